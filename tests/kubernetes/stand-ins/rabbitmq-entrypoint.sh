#!/bin/sh
# As https://hub.docker.com/_/rabbitmq describes: RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS become configuration.
set -eu
if [ -n "${RABBITMQ_DEFAULT_USER:-}" ]; then
  folder=/tmp/rabbitmq.conf.d
  mkdir -p "$folder"
  cp /etc/rabbitmq/conf.d/* "$folder/"
  printf 'default_user = %s\ndefault_pass = %s\n' "$RABBITMQ_DEFAULT_USER" "$RABBITMQ_DEFAULT_PASS" > "$folder/10-defaults.conf"
  export RABBITMQ_CONFIG_FILES="$folder"
fi
exec /usr/lib/rabbitmq/bin/rabbitmq-server
