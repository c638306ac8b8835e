FROM shop-stand-in/debian
RUN apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
