FROM shop-stand-in/debian
ARG EXECUTABLE
# the library of the addon of better-sqlite3
RUN apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends libstdc++6 && rm -rf /var/lib/apt/lists/*
COPY --chmod=0755 ${EXECUTABLE} /usr/local/bin/bun
