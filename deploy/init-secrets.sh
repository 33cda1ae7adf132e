#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml mounts as files, once; what is there is left alone.
#   deploy/secrets/ci_key.txt           the key that CI sends with (role send, read) - give it to CI
#   deploy/secrets/operator_key.txt     the key for people (all roles)
#   deploy/secrets/bridge_keys.json     their hashes, which is all that the bridge gets
#   deploy/secrets/target_api_key.txt   what the bridge shows to its target
#   deploy/secrets/emulator_users.txt  the same, as the emulator's user
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
# Compose mounts these into containers that run as another user; the folder keeps other users of this machine out.
chmod 0444 bridge_keys.json target_api_key.txt emulator_users.txt
