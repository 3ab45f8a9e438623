#!/bin/bash
# Waits for the vault server's tables, then makes Wardbell's user. The argument is the client.
set -euo pipefail
options=/tmp/client.cnf
umask 077
printf '[client]\nhost=database\nuser=root\npassword=%s\n' \
  "$(cat /run/secrets/database_password)" >$options
sql() { "$client" --defaults-extra-file=$options "$@"; }
client=$1
for try in $(seq 1 150); do
  ready=$(sql -NBe "SELECT count(*) FROM information_schema.tables
    WHERE table_schema = 'vaultwarden' AND table_name = 'ciphers'" || true)
  [ "$ready" = 1 ] && break
  [ "$try" -lt 150 ] || { echo "the vault server has made no tables" >&2; exit 1; }
  sleep 2
done
sleep 5 # Migrations are many small ones, a few seconds in all.
sql vaultwarden </setup.sql
# The password is of hexadecimal digits.
sql -e "ALTER USER 'wardbell'@'%' IDENTIFIED BY '$(cat /run/secrets/wardbell_password)' ACCOUNT UNLOCK"
echo "Wardbell's user is ready"
