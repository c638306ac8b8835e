# The interpreter with its libraries, and no shell.
FROM shop-stand-in/debian AS packages
WORKDIR /packages
RUN apt-get update --quiet \
 && apt-get download --quiet \
      libbz2-1.0 libc6 libcrypt1 libexpat1 libffi8 libgcc-s1 liblzma5 libpython3.11-minimal libpython3.11-stdlib libsqlite3-0 libstdc++6 \
      libssl3 libuuid1 python3.11-minimal zlib1g base-files netbase tzdata \
 && for package in *.deb; do dpkg-deb --extract "$package" /files; done \
 && ln -s python3.11 /files/usr/bin/python3 \
 && rm -rf /files/usr/share/doc /files/usr/share/man

FROM scratch
COPY --from=packages /files /
USER 65532:65532
ENTRYPOINT ["/usr/bin/python3"]
