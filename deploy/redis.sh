#!/bin/sh
# Starts Redis with its certificate, and its password from the secret, which no list of processes shows. Messages survive
# a restart, and none is dropped for want of memory: Redis refuses new ones then, the ledger goes on, and the dispatcher
# sends them later.
set -eu
exec redis-server - <<CONFIGURATION
requirepass $(cat /run/secrets/redis_password)
port 0
tls-port 6379
tls-cert-file /run/secrets/redis_certificate
tls-key-file /run/secrets/redis_key
tls-ca-cert-file /run/secrets/internal_authority
tls-auth-clients no
tls-protocols "TLSv1.2 TLSv1.3"
dir /data
appendonly yes
appendfsync everysec
maxmemory 200mb
maxmemory-policy noeviction
CONFIGURATION
