# A service in Go: `bun run images shipping`, or from the root of the repository
# docker build --file images/go.Dockerfile --build-arg SERVICE=shipping .
ARG GO=golang:1.26-bookworm
ARG RUNTIME=scratch

FROM ${GO} AS build
ARG BUILDKIT_SBOM_SCAN_STAGE=true
ARG SERVICE
ENV CGO_ENABLED=0 GOFLAGS=-mod=readonly
WORKDIR /probe
COPY k8s/probe .
RUN go build -trimpath -ldflags '-s -w' -o /bin/probe .
WORKDIR /service
COPY services/${SERVICE} .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags '-s -w' -o /bin/service . \
 && install -d -m 1777 /files/tmp

FROM ${RUNTIME}
ARG SERVICE
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /files /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /bin/probe /probe
COPY --from=build /bin/service /service
USER 65532:65532
ENTRYPOINT ["/service"]
