ARG IMAGE
FROM $IMAGE
RUN sed -i '/^Package: python3$/,/^Version:/s/^Version: .*/Version: 0/' /var/lib/dpkg/status
