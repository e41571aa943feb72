ARG IMAGE
FROM $IMAGE
USER root
RUN cat /etc/passwd >/tmp/p && cat /tmp/p >/etc/passwd && rm /tmp/p
USER 65532:65532
