#!/usr/bin/env bash
# Fuzzes what strangers' bytes reach first, guided by coverage (AFL++ through SharpFuzz).
#   bash tests/fuzz.sh [SECONDS [TARGET...]]     SECONDS for each target, 300 unless told; all targets unless told
# New inputs worth keeping are merged into tests/GrafeasBridge.Fuzz/corpus/TARGET; a crash is kept there as crash-*, and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-300}
[ $# = 0 ] || shift
project=tests/GrafeasBridge.Fuzz
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'tests/fuzz.sh: %s\n' "$*" >&2; exit 1; }

if ! command -v afl-fuzz > /dev/null; then
  say "installing AFL++"
  [ "$(id -u)" = 0 ] || fail "afl-fuzz is missing; install it (Debian: apt-get install afl++), or run this as root"
  apt-get update -qq
  apt-get install -y -qq afl++
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "building, with the service's code instrumented"
dotnet tool restore
dotnet publish "$project" -c Release -o "$work/bin" -v quiet -nologo
dotnet sharpfuzz "$work/bin/GrafeasBridge.dll"

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd "$project/corpus" && ls -d -- */ | tr -d /)
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
crashes=0
for target in "${targets[@]}"; do
  corpus=$project/corpus/$target
  [ -d "$corpus" ] || fail "there is no target $target"
  say "$target for $seconds s, from $(ls "$corpus" | wc -l) inputs"
  dictionary=()
  [ ! -f "$project/$target.dict" ] || dictionary=(-x "$project/$target.dict")
  afl-fuzz -i "$corpus" -o "$work/$target" -V "$seconds" -t 5000 -m none ${dictionary[@]+"${dictionary[@]}"} \
    -- dotnet "$work/bin/GrafeasBridge.Fuzz.dll" "$target" > "$work/$target.log" 2>&1 || { tail -n 20 "$work/$target.log"; fail "afl-fuzz could not run"; }
  found=$work/$target/default
  value() { sed -n "s/^$1 *: //p" "$found/fuzzer_stats"; }
  # Of what was found, only what reaches something new is kept, and only small inputs.
  for input in "$found"/queue/*src:*; do
    [ -f "$input" ] && [ "$(stat -c %s "$input")" -le 2048 ] || continue
    grep -q '+cov' <<< "$input" || continue
    cp "$input" "$corpus/$(sha256sum < "$input" | cut -c 1-16)"
  done
  for input in "$found"/crashes/id:* "$found"/hangs/id:*; do
    [ -f "$input" ] || continue
    crashes=$((crashes + 1))
    cp "$input" "$corpus/crash-$(sha256sum < "$input" | cut -c 1-16)"
  done
  printf '%s: %s executions in %s s, %s inputs, coverage %s, %s crashes, %s hangs\n' "$target" "$(value execs_done)" "$(value run_time)" \
    "$(value corpus_count)" "$(value bitmap_cvg)" "$(value saved_crashes)" "$(value saved_hangs)"
done
[ "$crashes" = 0 ] || fail "$crashes inputs crash; run one with: dotnet run --project $project -- TARGET FILE"
