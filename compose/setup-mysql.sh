#!/bin/bash
# Waits until the vault server has made its tables, then makes Wardbell's user. The argument is the client.
set -euo pipefail
options=/tmp/client.cnf
umask 077
printf '[client]\nhost=database\nuser=root\npassword=%s\n' \
  "$(cat /run/secrets/database_password)" >$options
sql() { "$client" --defaults-extra-file=$options "$@"; }
client=$1
for try in $(seq 1 300); do
  # It listens when its migrations have ended.
  if (: </dev/tcp/vaultwarden/8000) 2>/dev/null; then break; fi
  [ "$try" -lt 300 ] || {
    echo "the vault server does not answer after five minutes: see its log [WB-RUN-06]" >&2
    exit 1
  }
  sleep 1
done
sql vaultwarden </setup.sql
# The password is of hexadecimal digits.
sql -e "ALTER USER 'wardbell'@'%' IDENTIFIED BY '$(cat /run/secrets/wardbell_password)' ACCOUNT UNLOCK"
echo "Wardbell's user is ready"
