#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml and deploy/compose.postgres.yml mount as files, once; what is there is left alone.
#   deploy/secrets/ci_key.txt           the key that CI sends with (role send, read) - give it to CI
#   deploy/secrets/operator_key.txt     the key for people (all roles)
#   deploy/secrets/bridge_keys.json     their hashes, which is all that the bridge gets
#   deploy/secrets/target_api_key.txt   what the bridge shows to its target
#   deploy/secrets/emulator_users.txt   the same, as the emulator's user
#   deploy/secrets/store_password.txt   what the bridges show to PostgreSQL
#   deploy/secrets/database_*           PostgreSQL's own password, its certificate and key, and the authority to know it by
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077
mkdir -p secrets
cd secrets

random() { head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_' | tr -d '='; }
hash() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

if [ ! -e bridge_keys.json ]; then
  ci=gb_$(random) operator=gb_$(random)
  printf %s "$ci" > ci_key.txt
  printf %s "$operator" > operator_key.txt
  cat > bridge_keys.json <<JSON
{
  "keys": [
    { "name": "ci", "hash": "sha256:$(hash "$ci")", "projects": ["*"], "roles": ["send", "read"] },
    { "name": "operator", "hash": "sha256:$(hash "$operator")", "projects": ["*"], "roles": ["send", "read", "operate"] }
  ]
}
JSON
  echo "made bridge_keys.json, ci_key.txt, operator_key.txt"
fi
if [ ! -e target_api_key.txt ]; then
  key=$(random)
  printf %s "$key" > target_api_key.txt
  printf 'bridge:%s\n' "$key" > emulator_users.txt
  echo "made target_api_key.txt, emulator_users.txt"
fi
if [ ! -e store_password.txt ]; then
  printf %s "$(random)" > store_password.txt
  printf %s "$(random)" > database_admin_password.txt
  echo "made store_password.txt, database_admin_password.txt"
fi
if [ ! -e database_key.pem ] && ! command -v openssl > /dev/null; then
  echo "openssl is missing: no certificate was made for PostgreSQL. docker-compose.yml alone needs none." >&2
elif [ ! -e database_key.pem ]; then
  # The authority signs this one certificate, and its key is thrown away: nobody can make another "postgres" that bridges believe.
  made=$(mktemp -d)
  trap 'rm -rf "$made"' EXIT
  ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  openssl req -x509 "${ec[@]}" -keyout "$made/ca.key" -out "$made/ca.pem" -days 3650 -subj "/CN=GrafeasBridge database authority" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign 2> /dev/null
  openssl req "${ec[@]}" -keyout "$made/key.pem" -out "$made/request.pem" -subj /CN=postgres 2> /dev/null
  openssl x509 -req -in "$made/request.pem" -CA "$made/ca.pem" -CAkey "$made/ca.key" -out "$made/certificate.pem" -days 3650 -extfile <(
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:postgres\n') 2> /dev/null
  mv "$made/ca.pem" database_ca.pem
  mv "$made/certificate.pem" database_certificate.pem
  mv "$made/key.pem" database_key.pem
  echo "made database_ca.pem, database_certificate.pem, database_key.pem"
fi
# Compose mounts these into containers that run as another user; the folder keeps other users of this machine out.
chmod 0444 bridge_keys.json target_api_key.txt emulator_users.txt store_password.txt database_*
