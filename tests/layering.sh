#!/usr/bin/env bash
# layering.sh [libprotocol.a]   proves the arrows protocol <- crawler <- node, and what each layer may touch
# Silence means the picture is true.
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
forbid protocol '#include <(ctime|time\.h|random|future|condition_variable|shared_mutex|iosfwd|ostream|istream|sys/.*|netinet/.*|arpa/.*|netdb\.h|fcntl\.h|pthread\.h)>' \
  'protocol is pure: no clock, randomness, stream, thread or socket'
forbid protocol '(system_clock|steady_clock)::now|time\((nullptr|NULL|0)\)|randombytes|getenv' \
  'protocol is pure: time and randomness come in as arguments'
forbid 'protocol crawler node tests' '#include <regex>' 'std::regex recurses once per character: a long input ends the process'
allow_only() { # pattern, folders, allowed files (extended regex), reason
  if found=$(grep -rnE --include='*.h' --include='*.cpp' "$1" $2 | grep -vE "^($3):"); then
    printf '%s\n  -> %s\n' "$found" "$4"
    bad=1
  fi
}
allow_only '#include <boost/(beast|asio)' 'protocol crawler node' 'node/http/(door|edge|server|session|transport)\.(h|cpp)' 'Beast and Asio stay in node/http'
allow_only '#include "node/http/(door|edge|session|transport)\.h"' 'protocol crawler node' 'node/http/(door|edge|server|session|transport)\.(h|cpp)' 'the parts of the HTTP edge stay behind server.h'
allow_only '#include <curl/' 'protocol crawler node' 'crawler/(fetcher\.cpp|fetch_job\.(h|cpp))' 'libcurl stays in crawler/fetcher and crawler/fetch_job'
allow_only '#include <httplib' 'protocol crawler node' 'node/cli/console_client\.cpp' 'cpp-httplib stays where both ends are ours'
allow_only '#include <sqlite3' 'protocol crawler node' 'node/store/sqlite\.(h|cpp)' 'SQLite stays behind node/store/sqlite.h'
allow_only '#include <CLI/' 'protocol crawler node' 'node/cli/command_line\.cpp' 'CLI11 stays in one file'
# What the includes say, the linker shows: LIBRARY is libprotocol.a, and these are names that its objects ask others for.
library=${1:-}
if [[ -n $library ]]; then
  asked=$(nm -uC "$library" 2>/dev/null | sed -n 's/^ *U //p' | sort -u)
  # A library without any hash would mean that nm understood nothing.
  grep -q '^EVP_Digest' <<<"$asked" || { echo "nm sees no symbols in $library"; bad=1; }
  impure='open|openat|fopen|fdopen|creat|read|write|pread|pwrite|stat|unlink|rename|mkdir|opendir|mmap'
  impure+='|socket|connect|bind|listen|accept4?|send|sendto|recv|recvfrom|getaddrinfo|poll|select|epoll_[a-z0-9]+'
  impure+='|time|clock|clock_gettime|gettimeofday|nanosleep|usleep|sleep|localtime(_r)?|getenv|setlocale|system|fork|exec[a-z]*'
  impure+='|rand|srand|random|getrandom|arc4random|randombytes[a-z_]*|RAND_[a-z_]+'
  impure+='|printf|fprintf|puts|fputs|syslog|pthread_create|pthread_mutex_lock|pthread_cond_wait'
  impure_cpp='std::(chrono::_V2::(system|steady)_clock::now|thread::|random_device|mutex|condition_variable|cout|cerr|clog'
  impure_cpp+='|basic_(i|o)?fstream|basic_filebuf|filesystem::|locale::global)'
  if found=$(grep -E "^(__)?($impure)(_chk|64)?(@.*)?$|^$impure_cpp" <<<"$asked"); then
    printf '%s asks for:\n%s\n  -> protocol is pure: bytes and time in, a result out\n' "$library" "$found"
    bad=1
  fi
fi
exit $bad
