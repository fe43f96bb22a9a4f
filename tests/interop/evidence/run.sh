#!/usr/bin/env bash
# An evidence bundle of ours, judged by programs that share no code with us, and each notices what was changed.
#   run.sh MAKE_BUNDLE WORK_FOLDER
# Skips with 77 where Go, x/mod, python3 or openssl is not installed; in CI (CI=true) that is a failure.
set -euo pipefail
make_bundle=$1 work=$2
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "$1 is missing (Debian: golang-go, golang-golang-x-mod-dev, python3, openssl)"
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
sources=${KITH_GOCODE:-/usr/share/gocode}
command -v go >/dev/null || missing go
[ -d "$sources/src/golang.org/x/mod/sumdb/tlog" ] || missing golang.org/x/mod
command -v python3 >/dev/null || missing python3
openssl pkeyutl -help 2>&1 | grep -q -e -rawin || missing "openssl pkeyutl -rawin"

rm -rf "$work"
mkdir -p "$work"
export GO111MODULE=off GOPATH=$work/go:$sources GOFLAGS= GOPROXY=off GOTOOLCHAIN=local GOCACHE=${work}_cache PYTHONUTF8=1
(cd "$here" && go build -o "$work/check" ./check)

"$make_bundle" >"$work/bundle.json"
"$make_bundle" judge "$work/bundle.json"

# The log: Go.
"$work/check" "$work/bundle.json"

# The documents: Python and openssl, each with the identity log that stands beside it.
python3 -B - "$work" <<'PYTHON'
import json, sys
work = sys.argv[1]
bundle = json.load(open(f"{work}/bundle.json"))
for name, item, member in [("listing", bundle, "document")] + [
        (f"recognition{i}", step, "recognition") for i, step in enumerate(bundle["path"])]:
    json.dump(item[member], open(f"{work}/{name}.json", "w"))
    open(f"{work}/{name}.jsonl", "w").write(item["didLog"])
PYTHON
for name in listing recognition0 recognition1; do
  python3 -B "$here/../openssl/verify.py" "$work/$name.jsonl" "$work/$name.json"
done

# Each change is refused by us and by at least the one of the two whose part it is.
ours() { "$make_bundle" judge "$1"; }
ours_of_witnesses() { "$make_bundle" witnessed judge "$1"; }
go_tools() { "$work/check" "$1"; }
python() { python3 -B "$here/witnesses.py" "$1"; }
changed() { # our judge, the other one, what, python statement over `bundle`
  python3 -B - "$work" "$4" <<'PYTHON'
import json, sys
work, change = sys.argv[1:]
bundle = json.load(open(f"{work}/bundle.json"))
before = json.dumps(bundle)
exec(change)
assert json.dumps(bundle) != before, "nothing was changed"
json.dump(bundle, open(f"{work}/changed.json", "w"), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
PYTHON
  if "$1" "$work/changed.json" >"$work/ours"; then echo "we accept: $3"; exit 1; fi
  if "$2" "$work/changed.json" >"$work/theirs" 2>&1; then echo "$2 accepts: $3"; exit 1; fi
  echo "refused, as it must: $3: $(cat "$work/ours") | $(tail -n 1 "$work/theirs")"
}
refused() { changed ours go_tools "$@"; }
refused "another place in the log" 'bundle["proof"] = bundle["proof"].replace("index 1", "index 0")'
refused "a hash less" 'lines = bundle["proof"].split("\n"); del lines[2]; bundle["proof"] = "\n".join(lines)'
refused "another leaf" 'bundle["leaf"] = bundle["path"][0]["leaf"]'
refused "another name of the group" 'bundle["document"]["credentialSubject"]["name"] = "Other circle"'
refused "a wider recognition" \
  'bundle["path"][1]["recognition"]["credentialSubject"]["recognizedTo"]["constraints"]["area"] = ["US"]'
refused "the checkpoint of another log" 'bundle["proof"] = bundle["path"][0]["proof"]'
refused "another key" 'bundle["path"][0]["didLog"] = bundle["didLog"]'
refused "a larger log" 'bundle["proof"] = bundle["proof"].replace("/1\n3\n", "/1\n4\n")'
refused "another anchor" 'bundle["anchor"] = "QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5"'
refused "a path cut short" 'del bundle["path"][0]'

# Identity logs that name witnesses: the logs by Go as before, the witnesses by Python and openssl.
"$make_bundle" witnessed >"$work/bundle.json"
"$make_bundle" witnessed judge "$work/bundle.json"
"$work/check" "$work/bundle.json"
python3 -B "$here/witnesses.py" "$work/bundle.json"
unwitnessed() { changed ours_of_witnesses python "$@"; }
unwitnessed "no proofs" 'del bundle["didWitness"]'
unwitnessed "no proofs of a recognizer" 'del bundle["path"][1]["didWitness"]'
unwitnessed "the proofs of another log" 'bundle["didWitness"] = bundle["path"][1]["didWitness"]'
unwitnessed "one proof where two are needed" \
  'w = json.loads(bundle["didWitness"]); w[0]["proof"].pop(); bundle["didWitness"] = json.dumps(w)'
unwitnessed "one proof twice" \
  'w = json.loads(bundle["didWitness"]); w[0]["proof"][1] = w[0]["proof"][0]; bundle["didWitness"] = json.dumps(w)'
unwitnessed "a signature of another" \
  'w = json.loads(bundle["didWitness"]); p = w[0]["proof"]; p[0]["proofValue"] = p[1]["proofValue"]; bundle["didWitness"] = json.dumps(w)'
