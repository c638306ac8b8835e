# Debian's RabbitMQ, started as the official image starts it.
FROM shop-stand-in/debian
RUN groupadd --system --gid 999 rabbitmq \
 && useradd --system --uid 999 --gid 999 --home-dir /var/lib/rabbitmq rabbitmq \
 && printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
 && apt-get update --quiet \
 && apt-get install --quiet --yes --no-install-recommends rabbitmq-server \
 && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq/* /etc/rabbitmq/* \
 && mkdir -p /etc/rabbitmq/conf.d && chown -R 999:999 /var/lib/rabbitmq /var/log/rabbitmq /etc/rabbitmq
COPY --chmod=0755 rabbitmq-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV HOME=/var/lib/rabbitmq RABBITMQ_CONFIG_FILES=/etc/rabbitmq/conf.d
USER 999
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
