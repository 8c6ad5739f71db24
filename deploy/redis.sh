#!/bin/sh
# Starts Redis with its password from the secret, which no list of processes shows. Messages survive a restart, and none is
# dropped for want of memory: Redis refuses new ones then, the ledger goes on, and the dispatcher sends them later.
set -eu
exec redis-server - <<CONFIGURATION
requirepass $(cat /run/secrets/redis_password)
dir /data
appendonly yes
appendfsync everysec
maxmemory 200mb
maxmemory-policy noeviction
CONFIGURATION
