#!/usr/bin/env bash
# Makes the secrets that deploy/compose.telemetry.yml mounts as files, once; what is there is left alone. Run deploy/init-secrets.sh first.
#   deploy/secrets/metrics_key.txt             the key that Prometheus scrapes with (role metrics, nothing else)
#   deploy/secrets/grafana_admin_password.txt  of Grafana's user `admin`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 077
[ -e secrets/bridge_keys.json ] || { echo "deploy/secrets/bridge_keys.json is missing; run: bash deploy/init-secrets.sh" >&2; exit 1; }
cd secrets

random() { head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_' | tr -d '='; }

if [ ! -e metrics_key.txt ]; then
  key=gb_$(random)
  hash=$(printf %s "$key" | sha256sum | cut -d ' ' -f 1)
  entry='    { "name": "prometheus", "hash": "sha256:'$hash'", "projects": ["*"], "roles": ["metrics"] },'
  # Into the list that deploy/init-secrets.sh writes. One that was written otherwise is left as it is.
  if ! grep -q '^  "keys": \[$' bridge_keys.json; then
    echo "deploy/secrets/bridge_keys.json has a form of its own. Add an entry with the role metrics by hand (gbridge key new --name" >&2
    echo "prometheus --role metrics prints one) and put its key into deploy/secrets/metrics_key.txt." >&2
    exit 1
  fi
  sed "/^  \"keys\": \\[\$/a\\
$entry" bridge_keys.json > bridge_keys.json.new
  printf %s "$key" > metrics_key.txt
  mv -f bridge_keys.json.new bridge_keys.json
  echo "made metrics_key.txt, and its entry in bridge_keys.json"
fi
if [ ! -e grafana_admin_password.txt ]; then
  random > grafana_admin_password.txt
  echo "made grafana_admin_password.txt"
fi
# Compose mounts these into containers that run as another user; the folder keeps other users of this machine out.
chmod 0444 bridge_keys.json metrics_key.txt grafana_admin_password.txt
