#!/usr/bin/env bash
# Runs every test, and installs what they need. With CI=true nothing may be skipped or left unformatted.
#   bash tests/run.sh            everything
#   bash tests/run.sh -- ARGS    ARGS go to the test program, such as: -- -class '*Mapping*'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'tests/run.sh: %s\n' "$*" >&2; exit 1; }

[ "${1:-}" != -- ] || shift
command -v dotnet > /dev/null || fail "the .NET SDK of global.json is missing; install it and come back"

# Node runs the real third-party clients (npm). Debian's own package is new enough.
if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  say "installing Node.js"
  [ "$(id -u)" = 0 ] || fail "Node.js 18 or later is missing; install it (Debian: apt-get install nodejs npm), or run this as root"
  apt-get update -qq
  apt-get install -y -qq nodejs npm
fi

# A browser shows the page of the REST documentation. Debian's own package; another Chromium or Chrome will do.
if ! command -v chromium > /dev/null && ! command -v chromium-browser > /dev/null && ! command -v google-chrome > /dev/null; then
  say "installing Chromium"
  [ "$(id -u)" = 0 ] || fail "Chromium is missing; install it (Debian: apt-get install chromium), or run this as root"
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium
fi

# The commands by which a stranger checks a receipt are run as the page of receipts tells them.
if ! command -v jq > /dev/null || ! command -v openssl > /dev/null; then
  say "installing jq and openssl"
  [ "$(id -u)" = 0 ] || fail "jq or openssl is missing; install them (Debian: apt-get install jq openssl), or run this as root"
  apt-get update -qq
  apt-get install -y -qq jq openssl
fi
# The proxy of the deployment is run with its own configuration, and the manifests are rendered. Debian's own packages.
if ! command -v haproxy > /dev/null || ! command -v kubectl > /dev/null; then
  say "installing HAProxy and kubectl"
  [ "$(id -u)" = 0 ] || fail "HAProxy or kubectl is missing; install them (Debian: apt-get install haproxy kubernetes-client), or run this as root"
  apt-get update -qq
  command -v haproxy > /dev/null || apt-get install -y -qq --no-install-recommends haproxy
  command -v kubectl > /dev/null || apt-get install -y -qq --no-install-recommends kubernetes-client
fi

kubectl kustomize deploy/kubernetes/base > /dev/null || fail "this kubectl is too old to render deploy/kubernetes; 1.21 or later is needed (Debian 13 has it)"
# The store of many bridges is tested on real servers of the tests' own. Debian would start one on port 5432: nobody asked for it.
if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null; then
  say "installing PostgreSQL"
  [ "$(id -u)" = 0 ] || fail "PostgreSQL's server programs are missing; install them (Debian: apt-get install postgresql), or run this as root"
  if [ ! -e /etc/postgresql-common ]; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold postgresql
fi
command -v curl > /dev/null || fail "curl is missing; install it (Debian: apt-get install curl): the examples of the README are run"

# Alert rules are tested by promtool, and a Prometheus of the tests' own scrapes a bridge. The package would start one as a service.
if ! command -v prometheus > /dev/null || ! command -v promtool > /dev/null; then
  say "installing Prometheus"
  [ "$(id -u)" = 0 ] || fail "prometheus or promtool is missing; install it (Debian: apt-get install prometheus), or run this as root"
  apt-get update -qq
  if command -v systemctl > /dev/null; then systemctl mask --quiet prometheus prometheus-node-exporter || true; fi
  apt-get install -y -qq --no-install-recommends prometheus
fi

say "restoring packages as locked"
dotnet restore GrafeasBridge.sln --locked-mode

say "installing the Node clients as locked"
for folder in tests/clients/*/; do
  [ -f "$folder/package-lock.json" ] || continue
  (cd "$folder" && npm ci --no-audit --no-fund --silent)
done

say "building, with warnings as errors"
dotnet build GrafeasBridge.sln -c Release --no-restore -v quiet -nologo -p:RunAnalyzersDuringBuild=true

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
  ${hearing[@]+"${hearing[@]}"} dotnet tests/GrafeasBridge.Tests/bin/Release/net10.0/GrafeasBridge.Tests.dll -xml "$results" "$@" || status=$?
  local passed failed errors skipped
  passed=$(total passed) failed=$(total failed) skipped=$(total skipped) errors=$(total errors)
  [ "${passed:-0}" -gt 0 ] || fail "no test ran"
  all_passed=$((all_passed + passed)) all_failed=$((all_failed + ${failed:-0} + ${errors:-0})) all_skipped=$((all_skipped + ${skipped:-0}))
}

say "testing"
run "$@"

# Everything that has a store behind it, once more with PostgreSQL there. Left out is what tests files of the embedded store, and what has no
# store; the contract of the stores themselves was kept by both in the first run, and bridges on PostgreSQL were killed there by the laboratory.
if [ $# = 0 ]; then
  say "testing on PostgreSQL"
  GRAFEASBRIDGE_TEST_STORE=Postgres run -trait- store=embedded -class- "*.Delivery.Model.*" -class- "*.Delivery.RateLimiting.*" -class- "*.CrashTests" \
    -namespace "GrafeasBridge.Tests.Access*" -namespace "GrafeasBridge.Tests.V1Beta1*" -namespace "GrafeasBridge.Tests.Cli*" \
    -namespace "GrafeasBridge.Tests.Clients*" -namespace "GrafeasBridge.Tests.Delivery*" -namespace "GrafeasBridge.Tests.Hosting*" \
    -namespace "GrafeasBridge.Tests.Ingest*" -namespace "GrafeasBridge.Tests.Journey*" -namespace "GrafeasBridge.Tests.Query*" \
    -namespace "GrafeasBridge.Tests.Receipts*" -namespace "GrafeasBridge.Tests.Rest*" -namespace "GrafeasBridge.Tests.Retention*"
fi

printf '\n%s passed, %s failed, %s skipped\n' "$all_passed" "$all_failed" "$all_skipped"
[ "$status" = 0 ] || exit "$status"
if [ "${CI:-}" = true ] && [ "$all_skipped" != 0 ]; then fail "a skipped test is a failure here"; fi
