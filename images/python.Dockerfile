# A service in Python: `bun run images insights`, or from the root of the repository
# docker build --file images/python.Dockerfile --build-arg SERVICE=insights .
#
# Both bases have the same Python, of Debian 12.
ARG PYTHON=python:3.11-slim-bookworm
ARG GO=golang:1.26-bookworm
ARG RUNTIME=gcr.io/distroless/python3-debian12:nonroot

FROM ${GO} AS probe
WORKDIR /probe
COPY k8s/probe .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /bin/probe .

FROM ${PYTHON} AS build
ARG BUILDKIT_SBOM_SCAN_STAGE=true
ARG SERVICE
WORKDIR /repository
COPY services services
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m pip install --disable-pip-version-check --root-user-action ignore --no-compile \
      --require-hashes --only-binary :all: --target /app/packages --requirement "services/${SERVICE}/requirements.txt" \
 && rm -rf /app/packages/bin
# the service, and the schemas of the events that it takes, as they lie in the repository
RUN mkdir -p "/app/services/${SERVICE}" \
 && cp -r "services/${SERVICE}/${SERVICE}" "/app/services/${SERVICE}/" \
 && for schemas in services/*/contract/schemas; do \
      mkdir -p "/app/${schemas}" && cp -r "${schemas}/." "/app/${schemas}"; \
    done \
 && printf 'import runpy\n\nrunpy.run_module("%s", run_name="__main__", alter_sys=True)\n' "${SERVICE}" > /app/__main__.py \
 && python3 -m compileall -q /app

FROM ${RUNTIME}
ARG SERVICE
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=probe /bin/probe /probe
COPY --from=build /app /app
ENV PYTHONPATH=/app/packages:/app/services/${SERVICE} PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 65532:65532
ENTRYPOINT ["/usr/bin/python3", "/app"]
