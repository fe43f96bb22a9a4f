#!/usr/bin/env bash
# Installs playwright-core and axe-core once, then opens every page of a node of its own in Chromium.
#   run.sh KITH FOLDER
# FOLDER keeps the packages; a change of the lockfile installs them anew. Skips with 77, saying why, where Node.js, npm,
# the packages or Chromium are not to be had (scripts/setup interop browser); in CI (CI=true) that is a failure.
set -euo pipefail
mkdir -p "$2"
kith=$(realpath "$1") folder=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "$*"
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
# A newer Node.js than the system's, where the project's setup has put one.
tools=$here/../../.tools/node_modules/.bin
[ -d "$tools" ] && PATH=$tools:$PATH
command -v node >/dev/null || missing "node is missing (Debian: nodejs)"
command -v npm >/dev/null || missing "npm is missing (Debian: npm)"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  missing "Node.js $(node --version) is too old for these packages, which want 20"
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
  missing "Chromium is missing (scripts/setup browser)"

# Where the packages come from is up to npm's settings on each machine.
if grep -q '"resolved"' "$here/package-lock.json"; then
  echo "package-lock.json names a registry host; make it anew with this folder's .npmrc"
  exit 1
fi
want=$(cat "$here/package.json" "$here/package-lock.json" "$here/.npmrc" | sha256sum)
if [ "$(cat "$folder/installed" 2>/dev/null)" != "$want" ]; then
  rm -rf "$folder/installed" "$folder/node_modules"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder/"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error) || missing "npm ci failed"
  echo "$want" >"$folder/installed"
fi

# Below node_modules' folder, where Node.js looks for the packages.
cp "$here/pages.mjs" "$here/listings.json" "$folder/"
cd "$folder"
rm -rf node node-recovery.txt
exec node pages.mjs "$kith" "$chromium" "$folder/node"
