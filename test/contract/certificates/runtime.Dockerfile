ARG IMAGE
FROM $IMAGE
USER root
RUN rm /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
