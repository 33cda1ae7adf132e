# What prove.sh and prove-replicas.sh share; sourced, not run. Sets: compose (the command), passed, failed.
# Ports of its own, and a project name of its own, so that a running deployment is left alone.
export BRIDGE_GRPC_PORT=${BRIDGE_GRPC_PORT:-28080} BRIDGE_HTTP_PORT=${BRIDGE_HTTP_PORT:-28081} EMULATOR_PORT=${EMULATOR_PORT:-28082}
passed=0 failed=0

check() { # check NAME EXPECTED-PART ACTUAL
  if [[ $3 == *"$2"* ]]; then printf 'ok    %s\n' "$1"; passed=$((passed + 1))
  else printf 'FAIL  %s: wanted "%s", got: %s\n' "$1" "$2" "${3:0:600}"; failed=$((failed + 1)); fi
}

say() { printf '      %s\n' "$*"; }

rest() { # rest METHOD PATH [BODY]: the bridge's REST, with CI's key
  curl -sS -m 20 -X "$1" -H "authorization: Bearer $(cat deploy/secrets/ci_key.txt)" -H 'content-type: application/json' \
    ${3:+-d "$3"} "http://127.0.0.1:$BRIDGE_HTTP_PORT$2" 2>&1
}

attributes_of() { # attributes_of VERSION: as the emulator answers them
  curl -sS -m 5 "http://127.0.0.1:$EMULATOR_PORT/packages/acme/images/team:web/versions/$1/attributes" 2>&1
}

# project NAME [-f FILE]...: names the project, checks its files, and sees to it that nothing stays behind, whatever happens.
project() {
  project=$1; shift
  compose=(docker compose --project-name "$project" "$@")
  bash deploy/init-secrets.sh
  "${compose[@]}" config --quiet
  trap cleanup EXIT
}

cleanup() {
  local rc=$?
  if [ $rc -ne 0 ] || [ $failed -ne 0 ]; then "${compose[@]}" logs --no-color --tail 40 >&2 || true; fi
  "${compose[@]}" down --volumes --remove-orphans > /dev/null 2>&1 || true
}

# finish: takes it all down, counts, and is the exit code.
finish() {
  "${compose[@]}" down --volumes --remove-orphans > /dev/null 2>&1
  trap - EXIT
  check 'nothing is left behind' '0' "$(docker ps -aq --filter "label=com.docker.compose.project=$project" | wc -l)"
  printf '%s passed, %s failed\n' $passed $failed
  [ $failed -eq 0 ]
}

# For an engine that reaches no registry: with PROVE_STANDIN_BASE set to a local Debian image, the proxy's image is made from
# Debian's package, under the tag that the compose file names. Unset, the public image is pulled.
stand_in_proxy() {
  local tag
  [ -n "${PROVE_STANDIN_BASE:-}" ] || return 0
  tag=$("${compose[@]}" config --images | grep '^haproxy:')
  if docker image inspect "$tag" > /dev/null 2>&1; then return 0; fi
  say "making a stand-in for $tag from $PROVE_STANDIN_BASE"
  docker build --quiet --build-arg BASE="$PROVE_STANDIN_BASE" -t "$tag" - > /dev/null <<'DOCKERFILE'
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends haproxy && rm -rf /var/lib/apt/lists/* /etc/haproxy
STOPSIGNAL SIGUSR1
CMD ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
LABEL standin="for testing only, not the public image"
DOCKERFILE
}
