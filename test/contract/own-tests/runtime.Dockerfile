ARG IMAGE
FROM $IMAGE
USER root
RUN rm /usr/lib/python3.13/ctypes/util.py
USER 65532:65532
