ARG IMAGE
FROM $IMAGE
USER root
RUN rm /usr/share/zoneinfo/Asia/Tokyo
USER 65532:65532
