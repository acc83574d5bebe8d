#!/bin/sh
# What the examples use of the entry point of the official Postgres image: a first start makes the database, with the
# password of the environment, and runs what lies in /docker-entrypoint-initdb.d.
set -eu
[ "$1" = postgres ] || exec "$@"

as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }

mkdir -p "$PGDATA" /run/postgresql
chown -R postgres:postgres "$PGDATA" /run/postgresql
chmod 700 "$PGDATA"
# The host-path provisioner makes folders that root alone may enter.
chmod o+x "$(dirname "$PGDATA")"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\n' "$POSTGRES_PASSWORD" >/run/postgresql/password
  chown postgres /run/postgresql/password
  # Its words are options, so it is not quoted.
  as_postgres initdb --username=postgres --pwfile=/run/postgresql/password --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 ${POSTGRES_INITDB_ARGS:-}
  rm /run/postgresql/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  as_postgres pg_ctl -w start -o "-c listen_addresses=''"
  for script in /docker-entrypoint-initdb.d/*.sh; do
    if [ -f "$script" ]; then . "$script"; fi
  done
  as_postgres pg_ctl -w stop -m fast
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@" -c "listen_addresses=*"
