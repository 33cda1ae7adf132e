#!/usr/bin/env bash
# The whole service under load on loopback: creates, reads, pages, reconciles, memory, start-up, in one run.
#   bash tests/load.sh            full run, 1,000,000 stored (about ten minutes on 2 cores)
#   bash tests/load.sh --quick    a tenth of it
#   bash tests/load.sh --postgres [--quick]   the same with PostgreSQL on the same cores, its files on the disk of the temporary folder
#   bash tests/load.sh --filters  lists with filters instead, 1,000,000 stored (about ten minutes; five with --no-creates)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v h2load > /dev/null; then
  [ "$(id -u)" = 0 ] || { echo "h2load is missing; install nghttp2-client, or run this as root" >&2; exit 1; }
  apt-get update -qq
  apt-get install -y -qq nghttp2-client
fi
dotnet build tests/GrafeasBridge.Benchmarks -c Release -v quiet -nologo
exec dotnet tests/GrafeasBridge.Benchmarks/bin/Release/net10.0/GrafeasBridge.Benchmarks.dll load "$@"
