#!/usr/bin/env bash
# Proves deploy/compose.postgres.yml on a real engine: two bridges on one PostgreSQL behind the proxy, 1,000 occurrences sent
# while one bridge is restarted, then both restarted one after the other under load. Every version is looked for, at the bridge
# and at the emulator. Needs docker with compose and curl. Exit 0 only if every check held, and nothing is left behind.
# An engine that reaches no registry: PROVE_STANDIN_BASE=IMAGE, see deploy/README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/prove-lib.sh

project grafeasbridge-prove-replicas -f docker-compose.yml -f deploy/compose.postgres.yml
work=$(mktemp -d)
trap 'cleanup; rm -rf "$work"' EXIT

# gbridge ARGUMENTS: in a container beside the others, by the proxy, as a client anywhere would come
gbridge() {
  docker run --rm --interactive --network "${project}_default" --env "GBRIDGE_API_KEY=$(cat deploy/secrets/operator_key.txt)" \
    --entrypoint dotnet grafeasbridge:local cli/gbridge.dll "$@" --server http://proxy:8080 --insecure
}
bridges() { "${compose[@]}" ps --all --quiet bridge; }
restart() { docker restart --time 30 "$1" > /dev/null && until_healthy "$1"; }
until_healthy() {
  local _
  for _ in $(seq 1 120); do
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$1")" != healthy ] || return 0
    sleep 0.5
  done
  return 1
}
occurrences() { # occurrences PREFIX FROM TO: one for each version of its own
  local i
  for i in $(seq "$2" "$3"); do
    printf '{"resourceUri":"acme-docker-images.bintray.io/team/web:%s-%s","noteName":"projects/demo/notes/build","build":{"provenance":{"id":"b-%s-%s"}}}\n' \
      "$1" "$i" "$1" "$i"
  done
}
# send PREFIX FROM TO: gbridge repeats what is UNAVAILABLE, under the same request id. A line for each call goes to the log.
send() {
  occurrences "$1" "$2" "$3" | gbridge send - --project demo --json >> "$work/$1.sent" 2>> "$work/$1.errors" || echo "exit $?" >> "$work/$1.failed"
}
accepted() { cat "$work/$1.sent" 2> /dev/null | grep -c '"code":"OK"' || true; }

# verified PREFIX COUNT: waits until the bridge says that so many are, and looks at each at the emulator
verified() {
  local seen=0 wrong _
  for _ in $(seq 1 90); do
    seen=$(gbridge versions --state verified --limit 0 --json | grep -c "\"$1-" || true)
    [ "$seen" -lt "$2" ] || break
    sleep 2
  done
  check "$1: the proxy is told that all $2 versions are verified" "=$2=" "=$seen="
  wrong=0
  for i in $(seq 1 "$2"); do
    printf 'url = "http://127.0.0.1:%s/packages/acme/images/team:web/versions/%s-%s/attributes"\noutput = "%s"\n' \
      "$EMULATOR_PORT" "$1" "$i" "$work/$1-$i.json"
  done > "$work/urls"
  curl -sS --parallel --parallel-max 8 --max-time 10 --config "$work/urls" 2> "$work/$1.curl" || tail -n 3 "$work/$1.curl"
  for i in $(seq 1 "$2"); do grep -q "\"b-$1-$i\"" "$work/$1-$i.json" || wrong=$((wrong + 1)); done
  check "$1: the emulator carries all $2, none lost, none wrong" '=0=' "=$wrong="
}

"${compose[@]}" build
stand_in_proxy
"${compose[@]}" up --detach --wait --wait-timeout 180

check 'two bridges run' '=2=' "=$(bridges | wc -l)="
check 'the proxy reaches the bridges' '"ready"' "$(curl -sS -m 5 "http://127.0.0.1:$BRIDGE_HTTP_PORT/readyz" 2>&1)"
check 'the bridges come to PostgreSQL over TLS 1.3' 'TLSv1.3' "$("${compose[@]}" exec -T postgres psql -U postgres -Atc \
  "SELECT DISTINCT s.version FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'bridge' AND s.ssl" 2>&1)"
check 'no other way in is open' 'no encryption' "$("${compose[@]}" exec -T postgres psql 'host=postgres user=bridge dbname=bridge sslmode=disable' -c 'SELECT 1' 2>&1 || true)"
check 'pages are checked' 'on' "$("${compose[@]}" exec -T postgres psql -U postgres -Atc 'SHOW data_checksums' 2>&1)"
for service in bridge proxy postgres; do
  check "$service does not run as root" 'no' "$("${compose[@]}" exec -T $service sh -c '[ "$(id -u)" = 0 ] && echo root || echo no')"
  check "the file system of $service is read-only" 'Read-only' "$("${compose[@]}" exec -T $service touch /usr/x 2>&1 || true)"
done
rest POST '/v1/projects/demo/notes?noteId=build' '{"build":{"builderVersion":"1"}}' > /dev/null

say 'sending 1,000 occurrences, 50 at a time; one bridge is restarted meanwhile'
read -r first second <<< "$(bridges | tr '\n' ' ')"
during=0
for i in $(seq 1 50 951); do
  if [ "$i" = 201 ]; then restart "$first" & restarting=$!; fi
  send one $i $((i + 49))
  if [ "$i" -ge 201 ] && kill -0 "$restarting" 2> /dev/null; then during=$((during + 50)); fi
done
wait "$restarting"
say "$during of them while the bridge was away"
check 'one: the restart fell into the sending' 'yes' "$([ $during -gt 0 ] && echo yes || echo no)"
check 'one: all 1,000 were accepted' '=1000=' "=$(accepted one)="
check 'one: no call failed' 'none' "$(cat "$work/one.failed" 2> /dev/null || echo none)"
verified one 1000

say 'restarting both bridges, one after the other, under load'
( restart "$first" && restart "$second" && touch "$work/rolled" ) & rolling=$!
sent=0
until [ -e "$work/rolled" ] || ! kill -0 $rolling 2> /dev/null; do
  send two $((sent + 1)) $((sent + 100))
  sent=$((sent + 100))
done
check 'two: both were restarted' 'yes' "$(wait $rolling && echo yes || echo no)"
say "$sent calls were made"
check "two: all $sent were accepted" "=$sent=" "=$(accepted two)="
check 'two: no call failed' 'none' "$(cat "$work/two.failed" 2> /dev/null || echo none)"
verified two $sent

"${compose[@]}" stop > /dev/null 2>&1
for service in bridge proxy postgres; do
  check "$service ends in order" '=0=' "=$("${compose[@]}" ps --all --quiet $service | xargs docker inspect -f '{{.State.ExitCode}}' | sort -u | tr '\n' ' ' | tr -d ' ')="
done
rm -rf "$work"
finish
