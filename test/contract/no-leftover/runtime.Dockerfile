ARG IMAGE
FROM $IMAGE
USER root
RUN mkdir -p /var/log && touch /var/log/dpkg.log
USER 65532:65532
