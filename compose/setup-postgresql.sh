#!/bin/bash
# Waits until the vault server has made its tables, then makes Wardbell's role and publication.
set -euo pipefail
export PGHOST=database PGUSER=vaultwarden PGDATABASE=vaultwarden
PGPASSWORD=$(cat /run/secrets/database_password)
export PGPASSWORD
for try in $(seq 1 300); do
  # It listens when its migrations have ended.
  if (: </dev/tcp/vaultwarden/8000) 2>/dev/null; then break; fi
  [ "$try" -lt 300 ] || {
    echo "the vault server does not answer after five minutes: see its log [WB-RUN-06]" >&2
    exit 1
  }
  sleep 1
done
psql -qX -v ON_ERROR_STOP=1 -f /setup.sql
psql -qX -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/wardbell_password)" <<'SQL'
ALTER ROLE wardbell PASSWORD :'password';
SQL
echo "Wardbell's role is ready"
