#!/usr/bin/env bash
# Installs the npm implementations once, then runs one program that compares them with ours.
#   run.sh PROGRAM.mjs INTEROP_TOOL FOLDER
# FOLDER keeps the packages; a change of the lockfile installs them anew. Skips with 77 where Node.js,
# npm or the packages are not to be had; in CI (CI=true) that is a failure.
set -euo pipefail
program=$1 tool=$(realpath "$2") folder=$3
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "$*"
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
# A newer Node.js than the system's, where the project's setup has put one.
tools=$here/../../../.tools/node_modules/.bin
[ -d "$tools" ] && PATH=$tools:$PATH
command -v node >/dev/null || missing "node is missing (Debian: nodejs)"
command -v npm >/dev/null || missing "npm is missing (Debian: npm)"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  missing "Node.js $(node --version) is too old for these packages, which want 20.19"

# Where the packages come from is up to npm's settings on each machine.
if grep -q '"resolved"' "$here/package-lock.json"; then
  echo "package-lock.json names a registry host; make it anew with this folder's .npmrc"
  exit 1
fi

# The tests of this folder may start at once; one of them installs, the others wait for it.
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
want=$(cat "$here/package.json" "$here/package-lock.json" "$here/.npmrc" | sha256sum)
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$want" ]; then
  rm -rf "$folder/installed" "$folder/node_modules"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder/"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error 9>&-) ||
    missing "npm ci failed"
  echo "$want" >"$folder/installed"
fi
flock -u 9

# Below node_modules' folder, where Node.js looks for the packages; each program has its own copy,
# since another may be starting.
work=$folder/${program%.mjs}
rm -rf "$work"
mkdir -p "$work"
cp "$here"/*.mjs "$work/"
cd "$work"
exec node "$program" "$tool" "$work/files"
