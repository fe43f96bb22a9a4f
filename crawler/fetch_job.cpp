#include "crawler/fetch_job.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crawler/user_agent.h"

namespace crawler {

namespace {

using protocol::Error;
using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

constexpr std::chrono::seconds kMaxRetryAfter = std::chrono::hours(24);
constexpr std::size_t kMaxEtagLength = 200;

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

std::string in_brackets(const IpAddress& address) {
  return address.is_v4() ? address.text() : "[" + address.text() + "]";
}

void append_to(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

}  // namespace

std::chrono::milliseconds since(SteadyTime then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               then);
}

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
  const auto address = IpAddress::of(&target->addr);
  const bool judged = address && std::find(job.addresses.begin(), job.addresses.end(),
                                           address->unmapped()) != job.addresses.end();
  // With a proxy the socket leads to the proxy, which the operator chose; what the proxy is asked
  // for is an address that was judged.
  if (purpose != CURLSOCKTYPE_IPCXN || (!judged && job.options->proxy.empty())) {
    job.stop_with(ErrorCode::fetch_blocked, "a connection to an address that was not judged");
    return CURL_SOCKET_BAD;
  }
  const int socket = ::socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
  if (socket < 0 || !judged) return socket;
  if (job.load->open(&job, address->unmapped(), socket)) return socket;
  ::close(socket);
  return CURL_SOCKET_BAD;  // the next of its addresses may have room
}

// Called long after the job that opened it, where a connection was kept.
int fetch_on_close(void* load, curl_socket_t socket) {
  static_cast<AddressLoad*>(load)->close(socket);
  return ::close(socket);
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

}  // namespace

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
  set_option(easy, CURLOPT_CLOSESOCKETFUNCTION, &fetch_on_close);
  set_option(easy, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(job.load));

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

namespace {

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

}  // namespace

std::optional<IpAddress> connected_to(const FetchJob& job) {
  const char* text = nullptr;
  curl_easy_getinfo(job.easy.get(), CURLINFO_PRIMARY_IP, &text);
  const auto address = IpAddress::parse(text == nullptr ? "" : text);
  return address ? std::optional(address->unmapped()) : std::nullopt;
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

namespace {

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

}  // namespace

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

}  // namespace crawler
