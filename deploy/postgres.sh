#!/bin/sh
# Starts PostgreSQL with its certificate. It takes a key only if that is its own and closed to others, which a container's
# secret is not: so it gets a copy in memory. Connections in clear are refused (pg_hba.conf).
set -eu
install -o postgres -g postgres -m 0400 /run/secrets/postgres_key /run/tls/key.pem
exec docker-entrypoint.sh postgres "$@" \
    -c ssl=on \
    -c ssl_cert_file=/run/secrets/postgres_certificate \
    -c ssl_key_file=/run/tls/key.pem \
    -c ssl_min_protocol_version=TLSv1.2 \
    -c hba_file=/deploy/pg_hba.conf
