#!/usr/bin/env bash
# Both directions between our log and golang.org/x/mod/sumdb, and that each side notices a changed byte.
#   run.sh MAKE_FEED READ_LOG WORK_FOLDER
# Skips with 77 where Go or x/mod is not installed; in CI (CI=true) that is a failure.
set -euo pipefail
make_feed=$1 read_log=$2 work=$3
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "$1 is missing (Debian: golang-go, golang-golang-x-mod-dev)"
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
# Where Debian's -dev packages put Go sources.
sources=${KITH_GOCODE:-/usr/share/gocode}
command -v go >/dev/null || missing go
[ -d "$sources/src/golang.org/x/mod/sumdb/tlog" ] || missing golang.org/x/mod

rm -rf "$work"
mkdir -p "$work"
export GO111MODULE=off GOPATH=$work/go:$sources GOFLAGS= GOPROXY=off GOTOOLCHAIN=local GOCACHE=${work}_cache
(cd "$here" && go build -o "$work/check" ./check && go build -o "$work/write" ./write)

refused() { # what, command …
  local what=$1
  shift
  if "$@" >"$work/answer" 2>&1; then
    echo "accepted, but must be refused: $what"
    exit 1
  fi
  echo "refused, as it must: $what: $(tail -n 1 "$work/answer")"
}
flip() { # file: the lowest bit of one byte
  local offset=60 byte
  byte=$(od -An -tu1 -j $offset -N 1 "$1")
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek=$offset conv=notrunc status=none
}

# Ours, read by Go.
ours() { # name, old sizes, sizes …
  local name=$1 old=$2
  shift 2
  "$make_feed" "$work/$name" "$@" >"$work/$name.keys"
  "$work/check" "$work/$name" "$(sed -n 1p "$work/$name.keys")" "$(sed -n 2p "$work/$name.keys")" "$old"
}
ours small 1,2,3,6,7,255,256,257,699,700 0 1 7 255 256 257 700
ours one 1 1
ours full 1,128,255,256 256
ours large 1,255,256,257,65535,65536,65537,65792 65535 65536 65537 65793
check_small() { "$work/check" "$work/small" "$(sed -n 1p "$work/small.keys")" "$(sed -n 2p "$work/small.keys")" 1; }
for file in checkpoint tile/entries/000 tile/0/000 tile/1/000.p/2; do
  flip "$work/small/$file"
  refused "Go reads our log with a bit flipped in $file" check_small
  flip "$work/small/$file"
done
check_small

# Go's, read by us.
for size in 1 2 255 256 257 1000 65793; do
  "$work/write" "$work/theirs$size" "$size"
  "$read_log" "$work/theirs$size"
done
for file in checkpoint vkey proofs tile/entries/000 tile/0/000 tile/1/000.p/3; do
  flip "$work/theirs1000/$file"
  refused "we read Go's log with a bit flipped in $file" "$read_log" "$work/theirs1000"
  flip "$work/theirs1000/$file"
done
"$read_log" "$work/theirs1000"
