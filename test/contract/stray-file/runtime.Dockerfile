ARG IMAGE
FROM $IMAGE
USER root
RUN touch /usr/lib/left-over.so
USER 65532:65532
