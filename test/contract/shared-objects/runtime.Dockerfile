ARG IMAGE
FROM $IMAGE
USER root
RUN rm /usr/lib/*/libz.so.1*
USER 65532:65532
