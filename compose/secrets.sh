#!/bin/sh
# Makes the passwords that compose/postgresql.yaml, mariadb.yaml and mysql.yaml read from files,
# unless they are there.
set -eu
cd "$(dirname "$0")"
folder=${SECRETS:-secrets}
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
for name in database_password wardbell_password; do
  [ -s "$folder/$name" ] || password >"$folder/$name"
done
own=$(cat "$folder/database_password")
printf 'postgresql://vaultwarden:%s@database/vaultwarden' "$own" \
  >"$folder/vaultwarden_database_url.postgresql"
for product in mariadb mysql; do
  printf 'mysql://vaultwarden:%s@database/vaultwarden' "$own" \
    >"$folder/vaultwarden_database_url.$product"
done
# Compose mounts the files as they are, for users in the containers that are not yours. The folder,
# which is not mounted, keeps others of this machine out.
chmod 0444 "$folder"/*
echo "passwords are in $(CDPATH='' cd -- "$folder" && pwd)"
