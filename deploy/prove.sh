#!/usr/bin/env bash
# Proves docker-compose.yml on a real engine: builds, starts, sends, asks, looks at the emulator, restarts, and removes
# everything again. Needs docker with compose. Exit 0 only if every check held.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. deploy/prove-lib.sh

project grafeasbridge-prove
in_bridge() { "${compose[@]}" exec -T bridge "$@" 2>&1; }
"${compose[@]}" build
"${compose[@]}" up --detach --wait --wait-timeout 120

check 'the bridge is ready' '"ready"' "$(curl -sS -m 5 "http://127.0.0.1:$BRIDGE_HTTP_PORT/readyz" 2>&1)"
check 'the emulator says that it is one' 'mulator' "$(curl -sS -m 5 "http://127.0.0.1:$EMULATOR_PORT/" 2>&1)"
check 'no key, no answer' '16' "$(curl -sS -m 5 "http://127.0.0.1:$BRIDGE_HTTP_PORT/v1/projects/demo/notes" 2>&1)"
check 'it does not run as root' 'uid=1654' "$(in_bridge id)"
check 'its file system is read-only' 'Read-only' "$(in_bridge touch /app/x || true)"

gbridge() { in_bridge env GBRIDGE_API_KEY="$(cat deploy/secrets/operator_key.txt)" dotnet cli/gbridge.dll "$@" --server http://127.0.0.1:8080; }
check 'a build is sent and arrives' verified "$(gbridge send --project demo --create-notes --wait verified --timeout 60s \
  --resource acme-docker-images.bintray.io/team/web:1.4.0 --build-id b-41 --builder ci --commit 2ce3f90facdb51aeb950d5bc641e981be61fdf48)"
rest POST '/v1/projects/demo/notes?noteId=build' '{"build":{"builderVersion":"1"}}' > /dev/null
check 'an occurrence is accepted by REST' 'projects/demo/occurrences/' "$(rest POST /v1/projects/demo/occurrences \
  '{"resourceUri":"acme-docker-images.bintray.io/team/web:1.5.0","noteName":"projects/demo/notes/build","build":{"provenance":{"id":"b-42"}}}')"
version=/bridge/v1/targets/bintray/subjects/acme/repos/images/packages/team:web/versions/1.4.0
check 'its version is verified' VERIFIED "$(rest GET $version)"
check 'the emulator carries the attribute' 'b-41' "$(attributes_of 1.4.0)"
check 'the commit leads to the version' '1.4.0' "$(gbridge versions --commit 2ce3f90facdb51aeb950d5bc641e981be61fdf48)"

"${compose[@]}" restart bridge > /dev/null 2>&1
"${compose[@]}" up --detach --wait --wait-timeout 120 > /dev/null 2>&1
check 'a restart keeps what was stored' 'b-41' "$(rest GET /v1/projects/demo/occurrences)"
"${compose[@]}" stop --timeout 20 bridge > /dev/null 2>&1
check 'a stop is clean' 'exited 0' "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$("${compose[@]}" ps -aq bridge)")"

finish
