#!/usr/bin/env bash
# The laboratory: the real service, its files and sockets, made to fail in every way it may meet, and judged by the checker.
#   bash tests/lab.sh                    short form of every scenario (a few minutes)
#   bash tests/lab.sh --full             full form; writes the report into tests/GrafeasBridge.Lab/results
#   bash tests/lab.sh --scenario NAME    one of them; --list names all; --seed N makes a run again; --rounds N sets its size
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet build tests/GrafeasBridge.Lab -c Release -v quiet -nologo
results=()
case " $* " in *" --full "*) results=(--results tests/GrafeasBridge.Lab/results) ;; esac
exec dotnet tests/GrafeasBridge.Lab/bin/Release/net10.0/GrafeasBridge.Lab.dll ${results[@]+"${results[@]}"} "$@"
