ARG IMAGE
FROM $IMAGE
RUN rm /usr/bin/pip3
