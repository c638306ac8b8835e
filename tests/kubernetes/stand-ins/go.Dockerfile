FROM shop-stand-in/debian
RUN apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY . /usr/local/go
ENV GOPATH=/go GOTOOLCHAIN=local PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
