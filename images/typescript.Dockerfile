# A service in TypeScript: `bun run images orders`, or from the root of the repository
# docker build --file images/typescript.Dockerfile --build-arg SERVICE=orders .
#
# Bun is a layer of its own that all services share, and below it nothing but the libraries that it is linked with:
# a new version of a service is a few megabytes to pull.
ARG BUN=oven/bun:1.4.5-slim
ARG GO=golang:1.26-bookworm
ARG RUNTIME=scratch

FROM ${GO} AS probe
WORKDIR /probe
COPY k8s/probe .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /bin/probe .

FROM ${BUN} AS libraries
# of Bun, and of the addon of better-sqlite3
RUN install -d -m 1777 /libraries/tmp \
 && for library in $(ldd "$(command -v bun)" /usr/lib/*-linux-gnu/libstdc++.so.6 | grep -o '/[^ :]*\.so[^ :]*' | sort -u); do \
      install -D "$library" "/libraries$library"; \
    done

FROM ${BUN} AS build
# the packages of an image are told by its SBOM, and a bundle does not tell them
ARG BUILDKIT_SBOM_SCAN_STAGE=true
ARG SERVICE
ARG FOLDER=services/${SERVICE}
WORKDIR /repository
COPY . .
RUN --mount=type=cache,target=/root/.bun/install/cache \
    bun install --frozen-lockfile --production --ignore-scripts --filter "./${FOLDER}"
# with the data that an empty database begins with
RUN mkdir /app && cp -r --parents data/northwind /app/ \
 && bun build "${FOLDER}/src/main.ts" --outdir /app/src --target bun --external better-sqlite3 \
      --define 'process.env.NODE_ENV="production"' --sourcemap=linked \
 && for file in migrations openapi.json; do \
      if [ -e "${FOLDER}/${file}" ]; then cp -r "${FOLDER}/${file}" /app/; fi; \
    done \
 && for sqlite in node_modules/.bun/better-sqlite3@*/node_modules/better-sqlite3; do \
      if [ -d "$sqlite" ]; then \
        mkdir -p /app/node_modules/better-sqlite3/prebuilds \
     && cp -r "$sqlite/package.json" "$sqlite/LICENSE" "$sqlite/lib" /app/node_modules/better-sqlite3/ \
     && cp "$sqlite/prebuilds/linux-$(bun --print process.arch).node" /app/node_modules/better-sqlite3/prebuilds/; \
      fi; \
    done

FROM ${RUNTIME}
ARG SERVICE
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${SERVICE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=libraries /libraries /
COPY --from=libraries /usr/local/bin/bun /usr/local/bin/bun
COPY --from=probe /bin/probe /probe
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/bun", "/app/src/main.js"]
