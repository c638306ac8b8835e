FROM shop-stand-in/debian
RUN apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
USER 999
CMD ["redis-server"]
