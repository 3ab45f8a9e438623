#!/bin/bash
# Waits for the vault server's tables, then makes Wardbell's role and publication.
set -euo pipefail
export PGHOST=database PGUSER=vaultwarden PGDATABASE=vaultwarden
PGPASSWORD=$(cat /run/secrets/database_password)
export PGPASSWORD
for try in $(seq 1 150); do
  # The last table that the server's migrations make, as far as every release has it.
  ready=$(psql -AtXc "SELECT to_regclass('public.ciphers') IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE c.relname = '__diesel_schema_migrations' AND l.mode LIKE '%Exclusive%')" || true)
  [ "$ready" = t ] && break
  [ "$try" -lt 150 ] || { echo "the vault server has made no tables" >&2; exit 1; }
  sleep 2
done
sleep 3 # Migrations are many small ones, a few seconds in all.
psql -qX -v ON_ERROR_STOP=1 -f /setup.sql
psql -qX -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/wardbell_password)" <<'SQL'
ALTER ROLE wardbell PASSWORD :'password';
SQL
echo "Wardbell's role is ready"
