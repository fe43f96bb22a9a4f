#!/usr/bin/env bash
# Our documents read by a verifier of Python's standard library and openssl; what is changed it refuses.
#   run.sh INTEROP_TOOL WORK_FOLDER
# Skips with 77 where python3 or openssl is not installed; in CI (CI=true) that is a failure.
set -euo pipefail
tool=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "$1 is missing (Debian: python3, openssl 3)"
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
command -v python3 >/dev/null || missing python3
command -v openssl >/dev/null || missing openssl
openssl pkeyutl -help 2>&1 | grep -q -e -rawin || missing "openssl pkeyutl -rawin"

rm -rf "$work"
mkdir -p "$work"
"$tool" make-documents "$work"
verify() { PYTHONUTF8=1 python3 -B "$here/verify.py" "$work/did.jsonl" "$1"; }

for name in listing largest recognition publisher; do
  verify "$work/$name.json" >"$work/answer" || { cat "$work/answer"; echo "our $name is refused"; exit 1; }
  echo "ok: our $name: $(cat "$work/answer")"
done

# One bit in one byte of our listing, all along it.
size=$(stat -c %s "$work/listing.json")
count=0
for ((offset = 3; offset < size; offset += 29)); do
  cp "$work/listing.json" "$work/changed.json"
  byte=$(od -An -tu1 -j "$offset" -N 1 "$work/changed.json")
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$work/changed.json" bs=1 seek="$offset" conv=notrunc status=none
  if verify "$work/changed.json" >"$work/answer" 2>&1; then
    echo "accepted, but must be refused: our listing with a bit flipped at byte $offset"
    exit 1
  fi
  count=$((count + 1))
done
[ "$count" -gt 40 ]
echo "ok: our listing is refused with a bit flipped, at $count places"

change() { # what, sed expression, wanted answer
  sed "$2" "$work/listing.json" >"$work/changed.json"
  cmp -s "$work/listing.json" "$work/changed.json" && { echo "nothing was changed: $1"; exit 1; }
  if verify "$work/changed.json" >"$work/answer" 2>&1; then
    echo "accepted, but must be refused: $1"
    exit 1
  fi
  grep -q "$3" "$work/answer" || { echo "refused for another reason: $1"; cat "$work/answer"; exit 1; }
  echo "ok: refused, as it must be: $1: $(tail -n 1 "$work/answer")"
}
change "another region" 's/US-OH/US-TX/' "Signature Verification Failure"
change "a context appended" 's|undefined-terms/v2"|&,"https://evil.example"|' "another suite or context"
change "a member twice" 's/"credentialSubject":{/&"name":"Another","name":"Group",/' "a member twice"
change "a fraction" 's/"credentialSubject":{/&"x_fee":12.5,/' "12.5"
change "another issuer" 's/"issuer":"[^"]*"/"issuer":"did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:other.example"/' "another issuer"
change "the key meant for cosignatures" 's/#sign/#node/' "may not sign"
