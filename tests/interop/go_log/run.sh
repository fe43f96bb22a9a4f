#!/usr/bin/env bash
# Both directions between our log and golang.org/x/mod/sumdb, and that each side notices a changed byte.
#   run.sh MAKE_FEED READ_LOG WITNESS_LOG WORK_FOLDER
# Skips with 77 where Go or x/mod is not installed; in CI (CI=true) that is a failure.
set -euo pipefail
make_feed=$1 read_log=$2 witness_log=$3 work=$4
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

# A log that Go makes and serves, followed and witnessed by a node of ours; what the node signs, read by Go.
served=$work/served
"$witness_log" identity "$served" >"$work/names"
origin=$(sed -n 1p "$work/names") cosigner=$(sed -n 2p "$work/names")
"$work/write" "$served/feed/1" 3 "$origin" "$cosigner"
"$witness_log" follow "$served" "$work/node" 3
"$work/write" "$served/feed/1" 1000 "$origin" "$cosigner" 3 7 255 256 257
own_vkey=$("$witness_log" vkey "$served" "$work/node")
log_vkey=$(sed -n 1p "$served/feed/1/vkey")
witness() { # status, request: what the node answers is in $work/answer
  local status
  status=$("$witness_log" post "$served" "$work/node" "$2" "$work/answer")
  [ "$status" = "$1" ] || { echo "$2: answered $status, not $1: $(cat "$work/answer")"; exit 1; }
}
requests=$served/feed/1/requests
witness 409 "$requests/7-255"
[ "$(cat "$work/answer")" = 3 ] || { echo "409 without the size that is known"; exit 1; }
for step in 3-7 7-255 255-256 256-257 257-1000; do
  witness 200 "$requests/$step"
  "$work/check" cosigned "$requests/$step" "$work/answer" "$log_vkey" "$own_vkey"
  witness 409 "$requests/$step"
done
witness 409 "$requests/3-7"
[ "$(cat "$work/answer")" = 1000 ] || { echo "409 without the size that is known"; exit 1; }
"$work/write" "$work/same" 1000 "$origin" "$cosigner" 1000
witness 200 "$work/same/requests/1000-1000"
"$work/check" cosigned "$work/same/requests/1000-1000" "$work/answer" "$log_vkey" "$own_vkey"
flip "$work/answer"
refused "Go reads our cosignature with a bit flipped" \
  "$work/check" cosigned "$work/same/requests/1000-1000" "$work/answer" "$log_vkey" "$own_vkey"
"$work/write" "$work/more" 1300 "$origin" "$cosigner" 1000
cp "$work/more/requests/1000-1300" "$work/flipped"
flip "$work/flipped" # a byte of the second hash
witness 422 "$work/flipped"
# The folder shows 1000 entries still, which the node has not read yet: it catches up with what it cosigned.
"$witness_log" follow "$served" "$work/node" 1000
witness 200 "$work/more/requests/1000-1300"
refused "the folder of 1000 entries after 1300 were cosigned" "$witness_log" follow "$served" "$work/node" 1000
cp -r "$work/more/." "$served/feed/1/"
"$witness_log" follow "$served" "$work/node" 1300
