#!/usr/bin/env bash
# Proves the arrows protocol <- crawler <- node, and what each layer may touch. Silence means the picture is true.
set -u
cd "$(dirname "$0")/.."
bad=0
for layer in protocol crawler node; do
  # A renamed folder must not turn every rule about it into silence.
  [[ -d $layer ]] || { echo "there is no folder $layer"; exit 1; }
done
forbid() { # folders, pattern, reason
  if found=$(grep -rnE --include='*.h' --include='*.cpp' --exclude-dir=node_modules "$2" $1); then
    printf '%s\n  -> %s\n' "$found" "$3"
    bad=1
  fi
}
forbid protocol '#include "(crawler|node|tests)/' 'protocol uses nothing of ours'
forbid crawler '#include "(node|tests)/' 'crawler uses only protocol'
forbid node '#include "tests/' 'the product does not use its tests'
forbid protocol '#include <(fstream|filesystem|thread|mutex|atomic|iostream|cstdio|sys/|unistd|curl/|sqlite3|spdlog/)' \
  'protocol is pure: no file, socket, thread or log'
forbid protocol '(system_clock|steady_clock)::now|time\((nullptr|NULL|0)\)|randombytes|getenv' \
  'protocol is pure: time and randomness come in as arguments'
forbid 'protocol crawler node tests' '#include <regex>' 'std::regex recurses once per character: a long input ends the process'
allow_only() { # pattern, folders, allowed files (extended regex), reason
  if found=$(grep -rnE --include='*.h' --include='*.cpp' "$1" $2 | grep -vE "^($3):"); then
    printf '%s\n  -> %s\n' "$found" "$4"
    bad=1
  fi
}
allow_only '#include <boost/(beast|asio)' 'protocol crawler node' 'node/http/server\.cpp' 'Beast stays in node/http/server.cpp'
allow_only '#include <curl/' 'protocol crawler node' 'crawler/fetcher\.cpp' 'libcurl stays in crawler/fetcher.cpp'
allow_only '#include <httplib' 'protocol crawler node' 'node/cli/console_client\.cpp' 'cpp-httplib stays where both ends are ours'
allow_only '#include <sqlite3' 'protocol crawler node' 'node/store/sqlite\.(h|cpp)' 'SQLite stays behind node/store/sqlite.h'
allow_only '#include <CLI/' 'protocol crawler node' 'node/cli/command_line\.cpp' 'CLI11 stays in one file'
exit $bad
