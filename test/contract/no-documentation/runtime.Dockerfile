ARG IMAGE
FROM $IMAGE
USER root
RUN mkdir -p /usr/share/man/man1 && touch /usr/share/man/man1/sh.1
USER 65532:65532
