ARG IMAGE
FROM $IMAGE
USER root
RUN rm /usr/lib/python3.13/sqlite3/__init__.py
USER 65532:65532
