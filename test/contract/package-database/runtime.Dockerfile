ARG IMAGE
FROM $IMAGE
USER root
RUN rm -r /var/lib/dpkg/status.d/libc6*
RUN printf 'Package: left-pad\nVersion: 1\nArchitecture: all\n' >/var/lib/dpkg/status.d/left-pad
USER 65532:65532
