#include "crawler/fetcher.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

#include <curl/curl.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crawler/fetch_url.h"
#include "crawler/user_agent.h"

namespace crawler {
namespace {

using protocol::Error;
using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds kMaxRetryAfter = std::chrono::hours(24);
constexpr std::chrono::seconds kLookupKept{60};
constexpr std::size_t kMaxLookups = 64;  // threads of the resolver at one time
constexpr std::size_t kMaxLookupsKept = 10'000;
constexpr int kTickMs = 50;  // how late a deadline of our own may be noticed
constexpr std::size_t kMaxEtagLength = 200;
constexpr std::size_t kMaxAddressesMet = 10'000;

std::chrono::milliseconds since(SteadyTime then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               then);
}

// What a stranger wrote, for a line that people read: printable ASCII, at most 200 characters.
std::string fetch_shown(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 200)) shown += (c >= 0x20 && c < 0x7F) ? c : '?';
  return shown;
}

char fetch_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool fetch_same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return fetch_lower(x) == fetch_lower(y); });
}

std::string_view fetch_trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Digits only, saturated: what is too large for us stays too large.
std::optional<std::uint64_t> fetch_decimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value > (UINT64_MAX - 9) / 10 ? UINT64_MAX / 10
                                          : value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// An entity tag that can be sent back without changing the structure of our request (RFC
// 9110 8.8.3).
bool is_entity_tag(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() < 2 || tag.size() > kMaxEtagLength || tag.front() != '"' || tag.back() != '"') {
    return false;
  }
  tag = tag.substr(1, tag.size() - 2);
  return std::all_of(tag.begin(), tag.end(),
                     [](char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return IpAddress::v6(bytes);
  }
  return std::nullopt;
}

std::string in_brackets(const IpAddress& address) {
  return address.is_v4() ? address.text() : "[" + address.text() + "]";
}

}  // namespace

// Named, since the engine is built of them.

struct CurlListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListFree>;

static void append_to(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

struct CurlEasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct FetchAnswer {
  Result<FetchResponse> result;
  FetchNotes notes;
  std::string content_type = {};
};

// One request on its way. Owned by the engine's thread from the moment it is queued.
struct FetchJob {
  FetchRequest request;
  std::optional<std::string> sends;  // the body of a POST
  FetchUrl url;
  std::promise<FetchAnswer> promise;
  const FetcherOptions* options = nullptr;

  std::chrono::milliseconds lookup_took{0};
  std::vector<IpAddress> addresses;  // judged; the only ones that may be connected to

  std::unique_ptr<CURL, CurlEasyFree> easy;
  CurlList headers, resolve, connect_to;
  char problem[CURL_ERROR_SIZE] = {};
  SteadyTime started;
  std::optional<SteadyTime> tls_started;
  std::optional<SteadyTime> first_byte;

  std::optional<Error> refusal;  // the first one counts; libcurl's own words for it come later
  FetchNotes notes;
  std::string body;
  std::string etag;
  std::string content_type;
  bool etag_sent = false;

  bool expects_status_line = true;
  bool interim = false;
  bool head_done = false;
  int interims = 0;
  std::size_t header_bytes = 0;
  std::size_t header_lines = 0;
  bool excess = false;             // libcurl found bytes after the end
  std::size_t raw_body_bytes = 0;  // before chunks are taken apart, and with what follows the body
  std::optional<std::uint64_t> content_length;
  bool content_encoding = false;
  int transfer_encodings = 0;
  bool chunked = false;

  const FetchLimits& limits() const { return options->limits; }

  void stop_with(ErrorCode code, std::string detail) {
    if (!refusal) refusal = Error{code, std::move(detail)};
  }
  bool malformed(std::string detail) {
    stop_with(ErrorCode::fetch_malformed, std::move(detail));
    return false;
  }

  void begin_head() {
    content_length.reset();
    content_encoding = false;
    transfer_encodings = 0;
    chunked = false;
    etag.clear();
    content_type.clear();
    notes.retry_after.reset();
  }
  bool take_header_line(std::string_view line);
  bool take_status_line(std::string_view line);
  bool take_field(std::string_view line);
  bool judge_head();
  bool take_body(std::string_view part);
};

// False ends the transfer; the refusal says why.
bool FetchJob::take_header_line(std::string_view line) {
  header_bytes += line.size();
  if (header_bytes > limits().header_bytes) return malformed("more than 16 KiB of headers");
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (expects_status_line) {
    expects_status_line = false;
    begin_head();
    return take_status_line(line);
  }
  if (line.empty()) {
    if (head_done) return true;  // after trailers
    if (interim) {
      expects_status_line = true;
      return true;
    }
    head_done = true;
    return judge_head();
  }
  if (++header_lines > limits().header_lines) return malformed("more than 64 header lines");
  return head_done || take_field(line);
}

bool FetchJob::take_status_line(std::string_view line) {
  // libcurl is generous here ("HTTP/1.1 99", no space); a line that two programs could read
  // differently is refused.
  const auto digit = [&](std::size_t i) { return line[i] >= '0' && line[i] <= '9'; };
  if (line.size() < 12 || !(line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) ||
      !digit(9) || !digit(10) || !digit(11) || (line.size() > 12 && line[12] != ' ')) {
    return malformed("the status line is not one of HTTP/1.1");
  }
  const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  if (status < 100 || status > 599) return malformed("status " + std::to_string(status));
  interim = status < 200;
  if (!interim) {
    notes.status = status;
    return true;
  }
  if (status == 101) return malformed("it switched protocols without being asked");
  if (++interims > limits().interim_responses) return malformed("more than 4 interim responses");
  return true;
}

bool FetchJob::take_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || colon == 0) return malformed("a header line without a name");
  const std::string_view name = line.substr(0, colon);
  // Also refuses continued lines, which begin with a space.
  if (name.find_first_of(" \t") != name.npos) return malformed("a space in a header's name");
  const std::string_view value = fetch_trimmed(line.substr(colon + 1));
  if (fetch_same_word(name, "content-length")) {
    const auto length = fetch_decimal(value);
    if (!length) return malformed("Content-Length is no number");
    if (content_length) return malformed("Content-Length is given twice");
    content_length = length;
  } else if (fetch_same_word(name, "transfer-encoding")) {
    ++transfer_encodings;
    chunked = fetch_same_word(value, "chunked");
  } else if (fetch_same_word(name, "content-encoding")) {
    content_encoding = true;
  } else if (fetch_same_word(name, "etag")) {
    if (is_entity_tag(value)) etag = value;
  } else if (fetch_same_word(name, "content-type")) {
    content_type = value;
  } else if (fetch_same_word(name, "retry-after")) {
    // A date instead of seconds is left to libcurl, which knows its three forms; see judge_head.
    if (const auto seconds = fetch_decimal(value)) {
      const auto cap = static_cast<std::uint64_t>(kMaxRetryAfter.count());
      notes.retry_after = std::chrono::seconds(std::min(*seconds, cap));
    }
  }
  return true;
}

bool FetchJob::judge_head() {
  const int status = notes.status;
  if (status == 304 && !sends) {
    if (etag_sent) return true;
    return malformed("304 although nothing was at hand");
  }
  if (status >= 300 && status < 400) {
    stop_with(ErrorCode::fetch_redirect,
              "answered " + std::to_string(status) + "; redirects are not followed");
    return false;
  }
  if (status != 200 && !sends) {
    if (!notes.retry_after) {
      curl_off_t seconds = 0;
      curl_easy_getinfo(easy.get(), CURLINFO_RETRY_AFTER, &seconds);
      if (seconds > 0) {
        notes.retry_after = std::min(std::chrono::seconds(seconds), kMaxRetryAfter);
      }
    }
    stop_with(ErrorCode::fetch_http, std::to_string(status) + " from " + url.host);
    return false;
  }
  notes.retry_after.reset();
  if (content_encoding) {
    stop_with(ErrorCode::fetch_encoding, "the body is encoded although that was not asked for");
    return false;
  }
  if (transfer_encodings > 1 || (transfer_encodings == 1 && !chunked)) {
    stop_with(ErrorCode::fetch_encoding, "a Transfer-Encoding other than chunked");
    return false;
  }
  if (chunked && content_length) return malformed("both Content-Length and chunks");
  if (content_length && *content_length > request.max_bytes) {
    stop_with(ErrorCode::fetch_too_large, "announces " + std::to_string(*content_length) +
                                              " bytes; at most " +
                                              std::to_string(request.max_bytes) + " are read");
    return false;
  }
  return true;
}

bool FetchJob::take_body(std::string_view part) {
  if (part.size() > request.max_bytes - body.size()) {
    stop_with(ErrorCode::fetch_too_large,
              "more than " + std::to_string(request.max_bytes) + " bytes");
    return false;
  }
  body.append(part);
  return true;
}

namespace {

// --- what libcurl calls ---

std::size_t fetch_on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<FetchJob*>(self)->take_header_line({data, bytes}) ? bytes : bytes + 1;
}

std::size_t fetch_on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<FetchJob*>(self)->take_body({data, bytes}) ? bytes : bytes + 1;
}

// Verbose mode is on for this alone: only here does libcurl show bytes that follow the announced
// body, which it would otherwise drop in silence. After a body of no bytes it only mentions them.
int fetch_on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
  auto& job = *static_cast<FetchJob*>(self);
  if (type == CURLINFO_DATA_IN) job.raw_body_bytes += size;
  if (type == CURLINFO_TEXT && std::string_view(data, size).starts_with("Excess found")) {
    job.excess = true;
  }
  return 0;
}

// The second wall: whatever libcurl came to believe, only an address that was judged is connected
// to.
curl_socket_t fetch_on_socket(void* self, curlsocktype purpose, struct curl_sockaddr* target) {
  auto& job = *static_cast<FetchJob*>(self);
  const auto address = address_of(&target->addr);
  const bool judged = address && std::find(job.addresses.begin(), job.addresses.end(),
                                           address->unmapped()) != job.addresses.end();
  // With a proxy the socket leads to the proxy, which the operator chose; what the proxy is asked
  // for is an address that was judged.
  if (purpose != CURLSOCKTYPE_IPCXN || (!judged && job.options->proxy.empty())) {
    job.stop_with(ErrorCode::fetch_blocked, "a connection to an address that was not judged");
    return CURL_SOCKET_BAD;
  }
  return ::socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// OpenSSL compares the name itself: no fallback to the common name, no "*.test", no
// "a*.example.org".
CURLcode fetch_on_tls(CURL*, void* context, void* self) {
  auto* tls = static_cast<SSL_CTX*>(context);
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(tls);
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_CTX_set_security_level(tls, 2);  // no SHA-1 signatures, no RSA below 2048 bits
  auto& job = *static_cast<FetchJob*>(self);
  job.tls_started = std::chrono::steady_clock::now();
  const std::string& host = job.url.host;
  if (X509_VERIFY_PARAM_set1_host(param, host.c_str(), host.size()) != 1) {
    return CURLE_SSL_CERTPROBLEM;
  }
  return CURLE_OK;
}

template <class Value>
void set_option(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK) {
    throw std::runtime_error(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
  }
}

void prepare(FetchJob& job) {
  const FetcherOptions& options = *job.options;
  const std::string port = std::to_string(job.url.port);
  job.easy.reset(curl_easy_init());
  CURL* easy = job.easy.get();
  if (easy == nullptr) throw std::bad_alloc();

  set_option(easy, CURLOPT_PRIVATE, static_cast<void*>(&job));
  set_option(easy, CURLOPT_ERRORBUFFER, static_cast<char*>(job.problem));
  set_option(easy, CURLOPT_NOSIGNAL, 1L);

  // Exactly this URL, over TLS and HTTP/1.1, and nothing that a server could send us to.
  set_option(easy, CURLOPT_URL, ("https://" + job.url.host + ":" + port + job.url.target).c_str());
  set_option(easy, CURLOPT_PROTOCOLS_STR, "https");
  set_option(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set_option(easy, CURLOPT_PATH_AS_IS, 1L);
  set_option(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set_option(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set_option(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  set_option(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set_option(easy, CURLOPT_USERAGENT, std::string(user_agent()).c_str());
  append_to(job.headers, "Accept-Encoding: identity");
  append_to(job.headers, "Accept: */*");
  job.etag_sent = is_entity_tag(job.request.etag);
  if (job.etag_sent) append_to(job.headers, "If-None-Match: " + job.request.etag);
  if (job.sends) {
    append_to(job.headers, "Content-Type: text/plain; charset=utf-8");
    append_to(job.headers, "Expect:");  // all of it at once; nobody is asked first
    set_option(easy, CURLOPT_POST, 1L);
    set_option(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(job.sends->size()));
    set_option(easy, CURLOPT_POSTFIELDS, job.sends->data());
  }
  set_option(easy, CURLOPT_HTTPHEADER, job.headers.get());

  // Empty, not unset: libcurl asks the environment only for what is unset.
  set_option(easy, CURLOPT_PROXY, options.proxy.c_str());
  set_option(easy, CURLOPT_NOPROXY, "");
  if (!options.proxy.empty()) {
    set_option(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    set_option(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    append_to(job.connect_to,
              job.url.host + ":" + port + ":" + in_brackets(job.addresses.front()) + ":" + port);
    set_option(easy, CURLOPT_CONNECT_TO, job.connect_to.get());
  } else {
    // Pinned: libcurl never looks the name up itself, so there is no second answer to be rebound.
    std::string pin = job.url.host + ":" + port + ":";
    for (const IpAddress& address : job.addresses) pin += in_brackets(address) + ",";
    pin.pop_back();
    append_to(job.resolve, pin);
    set_option(easy, CURLOPT_RESOLVE, job.resolve.get());
  }
  set_option(easy, CURLOPT_OPENSOCKETFUNCTION, &fetch_on_socket);
  set_option(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&job));

  set_option(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_option(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set_option(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set_option(easy, CURLOPT_SSL_CTX_FUNCTION, &fetch_on_tls);
  set_option(easy, CURLOPT_SSL_CTX_DATA, static_cast<void*>(&job));
  if (options.test_network && options.test_network->names.contains(job.url.host)) {
    // The test CA vouches for test names alone, and nobody else does.
    const std::string& pem = options.test_network->ca_pem;
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    set_option(easy, CURLOPT_CAINFO_BLOB, &blob);
    set_option(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }

  set_option(easy, CURLOPT_HEADERFUNCTION, &fetch_on_header);
  set_option(easy, CURLOPT_HEADERDATA, static_cast<void*>(&job));
  set_option(easy, CURLOPT_WRITEFUNCTION, &fetch_on_body);
  set_option(easy, CURLOPT_WRITEDATA, static_cast<void*>(&job));
  set_option(easy, CURLOPT_DEBUGFUNCTION, &fetch_on_debug);
  set_option(easy, CURLOPT_DEBUGDATA, static_cast<void*>(&job));
  set_option(easy, CURLOPT_VERBOSE, 1L);

  const auto& limits = options.limits;
  // Second walls only: within_deadlines() is a little stricter and says which part took too long.
  constexpr std::chrono::milliseconds kLater{1'000};
  const auto left = std::max(limits.whole - job.lookup_took, std::chrono::milliseconds(0)) + kLater;
  set_option(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set_option(easy, CURLOPT_CONNECTTIMEOUT_MS,
             static_cast<long>((limits.connect + limits.tls + kLater).count()));
}

bool fetch_past(CURL* easy, CURLINFO milestone) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, milestone, &microseconds);
  return microseconds > 0;
}

std::chrono::milliseconds fetch_when(CURL* easy, CURLINFO milestone) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, milestone, &microseconds);
  return std::chrono::milliseconds(microseconds / 1'000);
}

// The deadlines that libcurl has no option for. False: `job.refusal` says which one passed.
bool within_deadlines(FetchJob& job) {
  const auto& limits = job.limits();
  CURL* easy = job.easy.get();
  const auto late = [&](std::string what) {
    job.stop_with(ErrorCode::fetch_timeout, std::move(what));
    return false;
  };
  const auto elapsed = since(job.started);
  if (elapsed + job.lookup_took > limits.whole) return late("not finished in time");
  // libcurl tells the time of the TCP connection only after TLS; its call for a TLS context is the
  // moment between.
  if (!job.tls_started && !fetch_past(easy, CURLINFO_PRETRANSFER_TIME_T)) {
    return elapsed <= limits.connect || late("no connection in time");
  }
  if (!fetch_past(easy, CURLINFO_PRETRANSFER_TIME_T)) {
    return since(*job.tls_started) <= limits.tls || late("no TLS session in time");
  }
  if (!fetch_past(easy, CURLINFO_STARTTRANSFER_TIME_T)) {
    return elapsed - fetch_when(easy, CURLINFO_PRETRANSFER_TIME_T) <= limits.first_byte ||
           late("no answer in time");
  }
  if (!job.first_byte) job.first_byte = std::chrono::steady_clock::now();
  const auto reading = since(*job.first_byte);
  const auto bytes = job.header_bytes + job.raw_body_bytes;
  const auto wanted =
      static_cast<std::size_t>(reading.count()) * limits.min_bytes_per_second / 1'000;
  return reading < limits.slow_after || bytes >= wanted || late("slower than 1 KiB a second");
}

Error explain(const FetchJob& job, CURLcode code) {
  std::string reason = fetch_shown(job.problem[0] != '\0' ? job.problem : curl_easy_strerror(code));
  const auto says = [&](std::string_view words) { return reason.find(words) != reason.npos; };
  long verdict = X509_V_OK;
  curl_easy_getinfo(job.easy.get(), CURLINFO_SSL_VERIFYRESULT, &verdict);
  if (verdict != X509_V_OK && verdict != X509_V_ERR_UNSPECIFIED) {  // the latter: not asked yet
    reason = std::string("certificate: ") + X509_verify_cert_error_string(verdict);
    return {ErrorCode::fetch_tls, reason};
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::fetch_timeout, reason};
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
      return {ErrorCode::fetch_connect, reason};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorCode::fetch_dns, reason};
    case CURLE_SSL_CONNECT_ERROR:
      // A connection that breaks during the handshake says nothing about TLS.
      if (says("Connection reset") || says("SSL_ERROR_SYSCALL")) {
        return {ErrorCode::fetch_connect, reason};
      }
      return {ErrorCode::fetch_tls, reason};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorCode::fetch_tls, reason};
    case CURLE_RECV_ERROR:
      if (!job.head_done) return {ErrorCode::fetch_connect, reason};
      // In the body: cut off by the peer (also without TLS's own goodbye), or broken chunks; a
      // reset is the network's.
      if (says("reset by peer")) {
        return {ErrorCode::fetch_connect, reason};
      }
      return {ErrorCode::fetch_malformed, reason};
    default:
      // What is left concerns the answer's form: status line, NUL in a header, a line over
      // libcurl's own bounds (which it calls out of memory), a body shorter than announced.
      return {ErrorCode::fetch_malformed, reason};
  }
}

Result<FetchResponse> conclude(FetchJob& job, CURLcode code) {
  if (job.refusal) return tl::unexpected<Error>(*job.refusal);
  if (code != CURLE_OK) return tl::unexpected<Error>(explain(job, code));
  if (!job.head_done) return refuse(ErrorCode::fetch_malformed, "the answer ends in its head");
  FetchResponse response;
  response.status = job.notes.status;
  if (job.notes.status == 304) {
    if (job.excess) return refuse(ErrorCode::fetch_malformed, "304 with a body");
    // A server may leave the tag out here; what is at hand keeps its own.
    response.etag = job.etag.empty() ? job.request.etag : std::move(job.etag);
    return response;
  }
  if (job.content_length) {
    if (job.body.size() != *job.content_length) {
      return refuse(ErrorCode::fetch_malformed, "the body is shorter than announced");
    }
    if (job.excess || job.raw_body_bytes > *job.content_length) {
      return refuse(ErrorCode::fetch_malformed, "the body is longer than announced");
    }
  }
  if (!job.content_length && !job.chunked) {
    // The end of the connection would be the end of the body, and libcurl does not tell TLS's
    // goodbye from a cable that was cut: half a file must not pass for a whole one. Every file
    // server announces lengths.
    return refuse(ErrorCode::fetch_malformed, "a body without Content-Length");
  }
  response.body = std::move(job.body);
  response.etag = std::move(job.etag);
  return response;
}

}  // namespace

// Answers of the resolver on their way back. Threads of a resolver that never answers outlive the
// engine, so what they touch belongs to them too.
struct LookupBoard {
  struct Answer {
    std::string host;
    std::uint64_t number;
    Result<std::vector<IpAddress>> addresses;
  };
  std::mutex mutex;
  CURLM* wake = nullptr;  // null once the engine has ended
  std::size_t running = 0;
  std::vector<Answer> answers;
};

Result<std::vector<IpAddress>> system_resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_UNSPEC;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (problem != 0) return refuse(ErrorCode::fetch_dns, host + ": " + gai_strerror(problem));
  std::vector<IpAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = address_of(entry->ai_addr)) addresses.push_back(*address);
  }
  freeaddrinfo(found);
  return addresses;
}

// The thread that drives libcurl. Requests come in through `inbox_`; everything below the line
// belongs to that thread.
class Fetcher::Engine {
 public:
  explicit Engine(FetcherOptions options);
  ~Engine();

  std::future<FetchAnswer> add(std::unique_ptr<FetchJob> job);
  void stop();
  const FetcherOptions& options() const { return options_; }

 private:
  using Job = std::unique_ptr<FetchJob>;

  // What is wanted of one host.
  struct Lane {
    std::deque<Job> waiting;
    std::size_t running = 0;
    std::optional<std::uint64_t> lookup;  // its number, while one is under way
    SteadyTime lookup_started;
  };
  struct Known {
    std::vector<IpAddress> addresses;
    SteadyTime until;
  };

  void run();
  bool take_inbox();
  void take_lookups();
  void start_what_may();
  bool start_in(const std::string& host, Lane& lane);
  bool start_lookup(const std::string& host, Lane& lane);
  void accept_lookup(const std::string& host, Lane& lane, Result<std::vector<IpAddress>> answer);
  bool may_meet(const std::string& url, const std::vector<IpAddress>& addresses);
  void begin(Job job, Lane& lane);
  void reap();
  void watch();
  void finish(FetchJob* job, CURLcode code);
  void refuse_waiting(Lane& lane, const Error& error);
  void refuse_everything();
  const Known* known(const std::string& host);

  const FetcherOptions options_;
  CURLM* multi_ = nullptr;
  std::shared_ptr<LookupBoard> board_ = std::make_shared<LookupBoard>();

  std::mutex mutex_;
  std::vector<Job> inbox_;  // under mutex_
  bool stopping_ = false;   // under mutex_: takes no more requests
  bool ending_ = false;     // under mutex_: the thread returns

  std::thread thread_;

  // --- owned by thread_ ---
  std::map<std::string, Lane> lanes_;
  std::map<std::string, Known> known_;
  std::map<IpAddress, std::size_t> running_at_;
  // Which first contacts there were at an address lately, and when.
  std::map<IpAddress, std::map<std::string, SteadyTime>> met_;
  std::map<FetchJob*, Job> running_;
  std::string last_started_;
  std::uint64_t next_lookup_ = 1;
};

Fetcher::Engine::Engine(FetcherOptions options) : options_(std::move(options)) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl cannot start");
  if (!options_.resolver) throw std::runtime_error("the fetcher needs a resolver");
  if (!options_.proxy.empty() && !options_.proxy.starts_with("http://")) {
    throw std::runtime_error("the proxy must be given as http://host:port");
  }
  if (options_.test_network) {
    for (const auto& [name, address] : options_.test_network->names) {
      if (!name.ends_with(".test") || !address.is_v4() || address.bytes()[0] != 127) {
        throw std::runtime_error("the test network leads outside: " + name);
      }
    }
  }
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::runtime_error("libcurl cannot start");
  const auto per_host = static_cast<long>(options_.limits.connections_per_host);
  const auto in_all = static_cast<long>(options_.limits.connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, per_host);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, in_all);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, in_all);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  board_->wake = multi_;

  // All signals stay with the other threads: SIGTERM must reach whoever waits for it, and a SIGPIPE
  // from a peer that went away is dropped here, since OpenSSL writes without MSG_NOSIGNAL. The
  // resolver's threads inherit this.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    curl_multi_cleanup(multi_);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Fetcher::Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = ending_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  {
    const std::lock_guard lock(board_->mutex);
    board_->wake = nullptr;
  }
  curl_multi_cleanup(multi_);
}

std::future<FetchAnswer> Fetcher::Engine::add(Job job) {
  auto answer = job->promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(job));
  }
  curl_multi_wakeup(multi_);
  return answer;
}

void Fetcher::Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
}

void Fetcher::Engine::run() {
  while (take_inbox()) {
    take_lookups();
    start_what_may();
    int left = 0;
    curl_multi_perform(multi_, &left);
    reap();
    watch();
    start_what_may();  // what has just finished makes room
    if (!running_.empty()) curl_multi_perform(multi_, &left);
    const bool busy = !running_.empty() || !lanes_.empty();
    curl_multi_poll(multi_, nullptr, 0, busy ? kTickMs : 10'000, nullptr);
  }
}

// False: the thread is to end.
bool Fetcher::Engine::take_inbox() {
  std::vector<Job> fresh;
  bool stopping = false;
  bool ending = false;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(inbox_);
    stopping = stopping_;
    ending = ending_;
  }
  for (Job& job : fresh) {
    Lane& lane = lanes_[job->url.host];
    lane.waiting.push_back(std::move(job));
  }
  if (stopping) refuse_everything();
  return !ending;
}

void Fetcher::Engine::refuse_waiting(Lane& lane, const Error& error) {
  for (Job& job : lane.waiting) {
    job->promise.set_value({tl::unexpected<Error>(error), job->notes});
  }
  lane.waiting.clear();
}

void Fetcher::Engine::refuse_everything() {
  const Error stopped{ErrorCode::fetch_backoff, "this node is stopping"};
  for (auto& [host, lane] : lanes_) refuse_waiting(lane, stopped);
  while (!running_.empty()) {
    FetchJob* job = running_.begin()->first;
    job->refusal = stopped;
    finish(job, CURLE_OK);
  }
  lanes_.clear();
}

void Fetcher::Engine::take_lookups() {
  std::vector<LookupBoard::Answer> answers;
  {
    const std::lock_guard lock(board_->mutex);
    answers.swap(board_->answers);
  }
  for (auto& answer : answers) {
    const auto lane = lanes_.find(answer.host);
    // An answer that came after its time belongs to nobody.
    if (lane == lanes_.end() || lane->second.lookup != answer.number) continue;
    accept_lookup(answer.host, lane->second, std::move(answer.addresses));
  }
}

void Fetcher::Engine::accept_lookup(const std::string& host, Lane& lane,
                                    Result<std::vector<IpAddress>> answer) {
  lane.lookup.reset();
  const auto took = since(lane.lookup_started);
  if (!answer) return refuse_waiting(lane, answer.error());
  // All answers are judged before the list is cut: one forbidden address among them refuses the
  // host.
  if (const auto judged = judge_answers(host, *answer); !judged) {
    return refuse_waiting(lane, judged.error());
  }
  std::vector<IpAddress> addresses;
  for (const IpAddress& address : *answer) {
    const IpAddress plain = address.unmapped();
    if (addresses.size() < options_.limits.addresses_tried &&
        std::find(addresses.begin(), addresses.end(), plain) == addresses.end()) {
      addresses.push_back(plain);
    }
  }
  if (known_.size() >= kMaxLookupsKept) known_.clear();
  known_[host] = {std::move(addresses), std::chrono::steady_clock::now() + kLookupKept};
  for (Job& job : lane.waiting) job->lookup_took = took;
}

const Fetcher::Engine::Known* Fetcher::Engine::known(const std::string& host) {
  if (options_.test_network) {
    const auto& names = options_.test_network->names;
    if (const auto named = names.find(host); named != names.end()) {
      // The one door to loopback: no lookup and no judgment, since the operator's file is both.
      return &(known_[host] = {{named->second}, SteadyTime::max()});
    }
  }
  const auto found = known_.find(host);
  if (found == known_.end()) return nullptr;
  if (found->second.until > std::chrono::steady_clock::now()) return &found->second;
  known_.erase(found);
  return nullptr;
}

// Round robin over the hosts, so that one with many requests does not hold up the others.
void Fetcher::Engine::start_what_may() {
  bool again = true;
  while (again && running_.size() < options_.limits.connections) {
    again = false;
    auto lane = lanes_.upper_bound(last_started_);
    for (std::size_t left = lanes_.size(); left > 0; --left) {
      if (lane == lanes_.end()) lane = lanes_.begin();
      if (running_.size() >= options_.limits.connections) return;
      if (start_in(lane->first, lane->second)) {
        last_started_ = lane->first;
        again = true;
      }
      ++lane;
    }
  }
  std::erase_if(lanes_, [](const auto& entry) {
    return entry.second.waiting.empty() && entry.second.running == 0 && !entry.second.lookup;
  });
}

bool Fetcher::Engine::start_in(const std::string& host, Lane& lane) {
  if (lane.waiting.empty() || lane.lookup || lane.running >= options_.limits.connections_per_host) {
    return false;
  }
  const Known* at = known(host);
  if (at == nullptr) return start_lookup(host, lane);
  // Ten thousand names on one address are still one machine.
  for (const IpAddress& address : at->addresses) {
    const auto busy = running_at_.find(address);
    if (busy != running_at_.end() && busy->second >= options_.limits.connections_per_host) {
      return false;
    }
  }
  Job job = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  if (job->request.is_first_contact && !may_meet(job->request.url, at->addresses)) {
    Error later{ErrorCode::fetch_backoff,
                host + ": too many new publishers at its address within an hour"};
    job->promise.set_value({tl::unexpected<Error>(std::move(later)), job->notes});
    return true;
  }
  job->addresses = at->addresses;
  begin(std::move(job), lane);
  return true;
}

// One machine can have any number of names, and each of its publishers can recognize the next.
bool Fetcher::Engine::may_meet(const std::string& url, const std::vector<IpAddress>& addresses) {
  const auto long_ago = std::chrono::steady_clock::now() - options_.limits.first_contacts_within;
  const auto forget = [&](std::map<std::string, SteadyTime>& met) {
    std::erase_if(met, [&](const auto& one) { return one.second <= long_ago; });
  };
  if (met_.size() >= kMaxAddressesMet) {
    for (auto& [address, met] : met_) forget(met);
    std::erase_if(met_, [](const auto& one) { return one.second.empty(); });
    if (met_.size() >= kMaxAddressesMet) return false;
  }
  for (const IpAddress& address : addresses) {
    auto& met = met_[address];
    forget(met);
    if (!met.contains(url) && met.size() >= options_.limits.first_contacts) return false;
  }
  const auto now = std::chrono::steady_clock::now();
  for (const IpAddress& address : addresses) met_[address].try_emplace(url, now);
  return true;
}

bool Fetcher::Engine::start_lookup(const std::string& host, Lane& lane) {
  {
    const std::lock_guard lock(board_->mutex);
    if (board_->running >= kMaxLookups) return false;
    ++board_->running;
  }
  const std::uint64_t number = next_lookup_++;
  lane.lookup = number;
  lane.lookup_started = std::chrono::steady_clock::now();
  // getaddrinfo cannot be interrupted. The thread is left to itself: it touches only what it owns
  // with us.
  try {
    std::thread([board = board_, resolver = options_.resolver, host, number] {
      auto answer = [&]() -> Result<std::vector<IpAddress>> {
        try {
          return resolver(host);
        } catch (const std::exception& problem) {
          return refuse(ErrorCode::fetch_dns, host + ": " + problem.what());
        }
      }();
      const std::lock_guard lock(board->mutex);
      --board->running;
      if (board->wake == nullptr) return;
      board->answers.push_back({host, number, std::move(answer)});
      curl_multi_wakeup(board->wake);
    }).detach();
  } catch (const std::system_error&) {
    // Out of threads: nobody's fault but ours, and it passes.
    const std::lock_guard lock(board_->mutex);
    --board_->running;
    lane.lookup.reset();
    return false;
  }
  return false;  // nothing runs yet
}

void Fetcher::Engine::begin(Job job, Lane& lane) {
  try {
    prepare(*job);
    job->started = std::chrono::steady_clock::now();
    if (curl_multi_add_handle(multi_, job->easy.get()) != CURLM_OK) throw std::bad_alloc();
  } catch (...) {
    // Operator's trouble (an unusable proxy or CA): it goes to the caller as an exception.
    job->promise.set_exception(std::current_exception());
    return;
  }
  ++lane.running;
  for (const IpAddress& address : job->addresses) ++running_at_[address];
  FetchJob* key = job.get();
  running_.emplace(key, std::move(job));
}

void Fetcher::Engine::reap() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* job = nullptr;
    const CURLcode code = message->data.result;  // finish() frees the message
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
    finish(static_cast<FetchJob*>(job), code);
  }
}

void Fetcher::Engine::watch() {
  std::vector<FetchJob*> late;
  for (const auto& [job, owned] : running_) {
    if (!within_deadlines(*job)) late.push_back(job);
  }
  for (FetchJob* job : late) finish(job, CURLE_OPERATION_TIMEDOUT);
  for (auto& [host, lane] : lanes_) {
    if (!lane.lookup || since(lane.lookup_started) <= options_.limits.lookup) continue;
    lane.lookup.reset();
    refuse_waiting(lane,
                   {ErrorCode::fetch_timeout, host + ": no answer about its address in time"});
  }
}

void Fetcher::Engine::finish(FetchJob* running, CURLcode code) {
  const auto found = running_.find(running);
  if (found == running_.end()) return;
  Job job = std::move(found->second);
  running_.erase(found);
  curl_multi_remove_handle(multi_, job->easy.get());
  --lanes_[job->url.host].running;
  for (const IpAddress& address : job->addresses) {
    if (--running_at_[address] == 0) running_at_.erase(address);
  }
  auto result = conclude(*job, code);
  if (!result && result.error().code != ErrorCode::fetch_http) {
    result = protocol::refuse_in(job->url.host, result.error());
  }
  job->easy.reset();
  job->promise.set_value({std::move(result), job->notes, std::move(job->content_type)});
}

Fetcher::Fetcher(FetcherOptions options) : engine_(std::make_unique<Engine>(std::move(options))) {}

Fetcher::~Fetcher() = default;

void Fetcher::stop() {
  is_stopped_ = true;  // before anything is refused because of it
  engine_->stop();
}

Result<FetchResponse> Fetcher::get(const FetchRequest& request, FetchNotes& notes) {
  auto answers = get_all(std::span(&request, 1), std::span(&notes, 1));
  return std::move(answers.front());
}

Result<PostResponse> Fetcher::post(const PostRequest& request) {
  if (request.body.size() > kMaxPostBytes) {
    return refuse(ErrorCode::fetch_too_large,
                  "at most " + std::to_string(kMaxPostBytes) + " bytes are sent");
  }
  ASSIGN_OR_RETURN(auto url, parse_fetch_url(request.url));
  auto job = std::make_unique<FetchJob>();
  job->request = {request.url, request.max_bytes, ""};
  job->sends = request.body;
  job->url = std::move(url);
  job->options = &engine_->options();
  FetchAnswer answer = engine_->add(std::move(job)).get();
  if (!answer.result) return tl::unexpected<Error>(std::move(answer.result.error()));
  return PostResponse{answer.result->status, std::move(answer.content_type),
                      std::move(answer.result->body)};
}

std::vector<Result<FetchResponse>> Fetcher::get_all(std::span<const FetchRequest> requests) {
  std::vector<FetchNotes> unread(requests.size());
  return get_all(requests, unread);
}

std::vector<Result<FetchResponse>> Fetcher::get_all(std::span<const FetchRequest> requests,
                                                    std::span<FetchNotes> notes) {
  if (notes.size() != requests.size()) throw std::logic_error("get_all: as many notes as requests");
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::variant<Error, std::future<FetchAnswer>>> pending;
  pending.reserve(requests.size());
  for (const FetchRequest& request : requests) {
    auto url = parse_fetch_url(request.url);
    if (!url) {
      pending.emplace_back(url.error());
      continue;
    }
    auto job = std::make_unique<FetchJob>();
    job->request = request;
    job->url = *std::move(url);
    job->options = &engine_->options();
    pending.emplace_back(engine_->add(std::move(job)));
  }
  std::vector<Result<FetchResponse>> answers;
  answers.reserve(requests.size());
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (auto* error = std::get_if<Error>(&pending[i])) {
      answers.emplace_back(tl::unexpected<Error>(std::move(*error)));
      notes[i] = {};
      continue;
    }
    auto& promised = std::get<std::future<FetchAnswer>>(pending[i]);
    const auto patience = requests[i].patience;
    if (patience.count() > 0 &&
        promised.wait_until(begun + patience) != std::future_status::ready) {
      // The job is the engine's own and ends by the limits; nobody waits for it any more.
      answers.emplace_back(refuse(ErrorCode::fetch_timeout,
                                  "no answer within " + std::to_string(patience.count()) + " ms"));
      notes[i] = {};
      continue;
    }
    FetchAnswer answer = promised.get();
    notes[i] = answer.notes;
    answers.push_back(std::move(answer.result));
  }
  return answers;
}

}  // namespace crawler
