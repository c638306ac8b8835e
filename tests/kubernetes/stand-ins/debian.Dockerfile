# What the others are made on: Debian that trusts what this machine trusts, and asks the registries that it asks.
FROM debian:bookworm-slim
COPY ca-certificates.crt /etc/ssl/this-machine.crt
ARG GOPROXY=
ARG GOSUMDB=
ARG NPM_CONFIG_REGISTRY=
ARG PIP_INDEX_URL=
ENV SSL_CERT_FILE=/etc/ssl/this-machine.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/this-machine.crt \
    PIP_CERT=/etc/ssl/this-machine.crt \
    GOPROXY=${GOPROXY} GOSUMDB=${GOSUMDB} NPM_CONFIG_REGISTRY=${NPM_CONFIG_REGISTRY} PIP_INDEX_URL=${PIP_INDEX_URL}
