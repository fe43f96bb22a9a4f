#!/usr/bin/env bash
# tests/header_alone.sh COMPILER BUILD_FOLDER   every header compiles by itself; code and SPEC name what the other has
#
# A header that leans on what its includers happen to include breaks when they stop; one without a paragraph leaves its reader
# without the rule. A header whose own .cpp includes it first is proven by every build and not compiled again here, but for
# those of protocol/, which other programs may take.
set -u
cd "$(dirname "$0")/.."
compiler=${1:-c++} build=${2:-build/dev}
bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t headers < <(find protocol -name '*.h' | sort)
for header in $(find crawler node -name '*.h' | sort); do
  first=$(grep -m1 '^#include' "${header%.h}.cpp" 2>/dev/null)
  [[ $first == "#include \"$header\"" ]] || headers+=("$header")
done
((${#headers[@]} > 20)) || { echo "only ${#headers[@]} headers were found"; exit 1; }
check() {
  # As the only line of a file: no warning about a #pragma once in the main file.
  printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
    "$2" -std=c++20 -fsyntax-only -Wall -Wextra -I. -I"$3/generated" -x c++ - 2>"$4/$(tr / _ <<<"$1")" || echo "$1"
}
export -f check
failed=$(printf '%s\n' "${headers[@]}" | xargs -P "$(nproc)" -I{} bash -c 'check "$@"' _ {} "$compiler" "$build" "$work")
if [[ -n $failed ]]; then
  for header in $failed; do
    echo "$header does not compile by itself:"
    head -5 "$work/$(tr / _ <<<"$header")"
  done
  bad=1
fi
# Bytes, results and limits of the compiler are no rule of the SPEC.
plain='protocol/(result|encoding/bytes)\.h'
for header in $(find protocol -name '*.h' | sort | grep -vE "^($plain)$"); do
  grep -qE 'SPEC [0-9]+' "$header" || { echo "$header cites no paragraph of the SPEC"; bad=1; }
done
# A citation that leads nowhere is worse than none.
for cited in $(grep -rhoE --include='*.h' --include='*.cpp' 'SPEC [0-9]+(\.[0-9]+)?' protocol crawler node | sort -u | cut -d' ' -f2); do
  grep -qE "^##+ ${cited//./\\.} " SPEC.md || { echo "SPEC $cited is cited, and SPEC.md has no such section"; bad=1; }
done
# Section 11 names a test for each attack; a test that was renamed must not leave the promise without its proof.
named=$(sed -n '/^## 11 /,/^## 12 /p' SPEC.md | grep -oE '`[A-Z][A-Za-z0-9]+\.[A-Z][A-Za-z0-9]+`' | tr -d '`' | sort -u)
(($(wc -w <<<"$named") > 20)) || { echo "SPEC 11 names hardly any test"; bad=1; }
for test in $named; do
  grep -rqE "^TEST(_F|_P)?\(${test%.*}, *${test#*.}\)" tests --include='*.cpp' ||
    grep -rqzE "TEST(_F|_P)?\(${test%.*},[[:space:]]*${test#*.}\)" tests --include='*.cpp' ||
    { echo "SPEC 11 names the test $test, which does not exist"; bad=1; }
done
echo "${#headers[@]} headers"
exit $bad
