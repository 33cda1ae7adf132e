#!/usr/bin/env bash
# Builds and tests. tests/README.md tells what each run is for.
#   bash tests/run.sh --quick    what needs nothing but the .NET SDK
#   bash tests/run.sh            everything that proves a promise, on both stores; installs what is missing
#   bash tests/run.sh --full     the long forms as well, the laboratory, and every test with a store once more on PostgreSQL
# Further arguments go to the test program and choose among the tests of that run, such as: -class '*Mapping*'
# With CI=true nothing may be skipped or left unformatted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'tests/run.sh: %s\n' "$*" >&2; exit 1; }

# The only place that knows the traits: of the runs (run=), of what is needed (needs=) and of the store behind the tests (store=).
form=default leave=(-trait- 'run=Full') again=(-trait 'store=both' -trait- 'store=own')
case "${1:-}" in
  --quick) form=quick leave=(-trait- 'run=*' -trait- 'needs=*') again=() ;;
  --full) form=full leave=() again=(-trait- 'store=own') ;;
esac
[ "$form" = default ] || shift
[ "${1:-}" != -- ] || shift
program=tests/GrafeasBridge.Tests/bin/Release/net10.0/GrafeasBridge.Tests.dll
command -v dotnet > /dev/null || fail "the .NET SDK of global.json is missing; install it and come back"

# Debian's packages, each with what is looked for in its place.
packages=()
want() { local package=$1; shift; "$@" > /dev/null || packages+=("$package"); }
all() { local one; for one; do command -v "$one" || return 1; done; }
any() { local one; for one; do ! command -v "$one" || return 0; done; return 1; }
install() {
  [ "${#packages[@]}" != 0 ] || return 0
  local how="install it (Debian: apt-get install ${packages[*]}), run this as root, or leave out the tests that need it: bash tests/run.sh --quick"
  [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null || fail "missing here: ${packages[*]}; $how"
  say "installing ${packages[*]}"
  # Debian would start a PostgreSQL on port 5432 and a Prometheus as a service. Nobody asked for them: the tests start their own.
  if [ ! -e /etc/postgresql-common ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  if command -v systemctl > /dev/null; then systemctl mask --quiet prometheus prometheus-node-exporter || true; fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}"
}
if [ "$form" != quick ]; then
  want nodejs all node
  want npm all npm
  want chromium any chromium chromium-browser google-chrome
  want curl all curl
  want jq all jq
  want openssl all openssl
  want haproxy all haproxy
  want kubernetes-client all kubectl
  want prometheus all prometheus promtool
  want postgresql compgen -G '/usr/lib/postgresql/*/bin/initdb'
  install
  kubectl kustomize deploy/kubernetes/base > /dev/null || fail "this kubectl is too old to render deploy/kubernetes; 1.21 or later is needed (Debian 13 has it)"
  say "installing the Node clients as locked"
  for folder in tests/clients/*/; do
    [ -f "$folder/package-lock.json" ] || continue
    (cd "$folder" && npm ci --no-audit --no-fund --silent)
  done
fi

if [ "$form" = quick ]; then
  say "building"
  dotnet build tests/GrafeasBridge.Tests -c Release -v quiet -nologo
else
  say "building, with warnings as errors"
  dotnet restore GrafeasBridge.sln --locked-mode
  dotnet build GrafeasBridge.sln -c Release --no-restore -v quiet -nologo -p:RunAnalyzersDuringBuild=true
fi

if [ "${CI:-}" = true ]; then
  say "checking the format"
  dotnet format GrafeasBridge.sln --no-restore --verify-no-changes
fi

# A runner may start this script deaf to SIGINT, which children inherit; the tests of Ctrl-C need it heard.
hearing=()
if env --default-signal=INT true 2> /dev/null; then hearing=(env --default-signal=INT); fi
results=$(mktemp)
trap 'rm -f "$results"' EXIT
all_passed=0 all_failed=0 all_skipped=0 status=0
total() { grep -o "<assembly [^>]*" "$results" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | head -n 1; }
run() { # run ARGS: the test program; its counts are added up
  ${hearing[@]+"${hearing[@]}"} dotnet "$program" -noLogo -result-xml "$results" "$@" || status=$?
  local passed failed errors skipped
  passed=$(total passed) failed=$(total failed) skipped=$(total skipped) errors=$(total errors)
  [ "${passed:-0}" -gt 0 ] || fail "no test ran"
  all_passed=$((all_passed + passed)) all_failed=$((all_failed + ${failed:-0} + ${errors:-0})) all_skipped=$((all_skipped + ${skipped:-0}))
}

say "testing"
# The long forms are what properties, too, are given more time for.
[ "$form" != full ] || export GRAFEASBRIDGE_PROPERTY_FACTOR=${GRAFEASBRIDGE_PROPERTY_FACTOR:-10}
run ${leave[@]+"${leave[@]}"} "$@"

# The stores' own contract was kept by both already. Here it is what stands on a store that is tested once more, with PostgreSQL behind it.
if [ "$form" != quick ] && [ $# = 0 ]; then
  say "testing on PostgreSQL"
  unset GRAFEASBRIDGE_PROPERTY_FACTOR
  GRAFEASBRIDGE_TEST_STORE=Postgres run ${leave[@]+"${leave[@]}"} "${again[@]}"
fi

# A method is counted once, whatever the number of its cases.
left_out() { # left_out FILTER...: how many tests this run was not given, and of what kinds
  dotnet "$program" -noLogo -noColor -list methods "$@" | grep -c . || true
}
case "$form" in
  quick)
    say "left out: $(left_out -trait 'needs=*' -trait 'run=*') tests: long ones, and those that need $(dotnet "$program" -noLogo -noColor -list traits | sed -n 's/^"needs": \[\(.*\)\]$/\1/p' | tr -d '"'). All: bash tests/run.sh" ;;
  default)
    say "left out: $(left_out -trait 'run=Full') tests that have a short form which ran, and the rest of the second pass on PostgreSQL. All: bash tests/run.sh --full" ;;
esac
printf '\n%s passed, %s failed, %s skipped\n' "$all_passed" "$all_failed" "$all_skipped"
[ "$status" = 0 ] || exit "$status"
if [ "${CI:-}" = true ] && [ "$all_skipped" != 0 ]; then fail "a skipped test is a failure here"; fi
