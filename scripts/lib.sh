# What the scripts of this folder share. Sourced by bash, never run by itself.
set -euo pipefail

kith_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# The same sources in another folder are the same objects: without these, every clone would compile from nothing.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$kith_root}
export CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}

# Node.js of the interop group, where the system's own is too old (see scripts/setup).
[[ -d $kith_root/.tools/node_modules/.bin ]] && PATH=$kith_root/.tools/node_modules/.bin:$PATH

say() { printf '%s\n' "$*" >&2; }

# fail SENTENCE [WHAT TO DO…]: ends the script; each argument is a line.
fail() {
  {
    printf '\nscripts/%s: %s\n' "$(basename "$0")" "$1"
    shift
    (($#)) && printf '  %s\n' "$@"
  } >&2
  exit 1
}

# usage: the script's own opening comment, less the shebang.
usage() {
  awk 'NR > 1 && /^#/ { sub(/^# ?/, ""); print; next } NR > 1 { exit }' "$0"
}

jobs_wanted() {
  local wanted=${KITH_JOBS:-$(nproc)}
  [[ $wanted =~ ^[1-9][0-9]{0,2}$ ]] || fail "KITH_JOBS is '$wanted', and should be a small number, like 2."
  printf '%s\n' "$wanted"
}

# as_root COMMAND…: as it is for root, else by sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "installing packages needs root, and there is no sudo here." \
      "Run this as root once: scripts/setup ${KITH_GROUPS:-}" \
      "After that everything else runs as you."
  fi
}

# missing_packages NAME…: those of them that are not installed, one a line.
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
  for name; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done
}

# apt_install NAME…: without recommendations, and without ever removing what somebody else installed.
apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends --no-remove \
    -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# install_packages NAME…: quick when all are there. Asks apt for new lists only when the ones here do not do.
install_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || fail \
    "this system has no apt-get. These scripts install Debian 12's packages." \
    "Install the same things in your own way (scripts/setup --list names them), then set KITH_SETUP=skip."
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  if ! apt-get install --simulate --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || ! apt_install "${missing[@]}"; then
    say "Not possible with the package lists that are here; getting new ones."
    as_root apt-get update -o DPkg::Lock::Timeout=300 </dev/null >&2 || fail \
      "apt-get update did not succeed; its own words are above." \
      "Check the network and /etc/apt, run 'apt-get update' by hand until it works, then run this again."
    apt_install "${missing[@]}" || fail \
      "these packages could not be installed: ${missing[*]}" \
      "apt's own words are above. Two usual reasons: this is not Debian 12 (bookworm), or an installed package is in the way:" \
      "libboost1.81-dev and libboost1.74-dev cannot be installed side by side (apt-get remove libboost1.74-dev)."
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || fail "apt-get was content, yet these are still not installed: ${missing[*]}"
}
