#!/bin/sh
# As https://hub.docker.com/_/postgres describes: the first time, PGDATA is made with POSTGRES_PASSWORD and the scripts
# of /docker-entrypoint-initdb.d run on a server that nobody else reaches.
set -eu
case ${1:-} in -*) set -- postgres "$@" ;; esac
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
  initdb --pgdata "$PGDATA" --username postgres --pwfile /tmp/password --auth-local trust --auth-host scram-sha-256
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  pg_ctl --pgdata "$PGDATA" --options '-c listen_addresses=' --wait start
  for script in /docker-entrypoint-initdb.d/*; do "$script"; done
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
fi
exec "$@"
