#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "crawler/address_load.h"
#include "crawler/fetch_url.h"
#include "crawler/fetcher.h"

// One request of the Fetcher on its way through libcurl, and the judgment of what comes back
// (SPEC 6.4). For fetcher.cpp alone.

namespace crawler {

using SteadyTime = std::chrono::steady_clock::time_point;
std::chrono::milliseconds since(SteadyTime then);

struct CurlListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListFree>;

struct CurlEasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct FetchAnswer {
  protocol::Result<FetchResponse> result;
  FetchNotes notes;
  std::string content_type = {};
};

/// One request on its way. Owned by the engine's thread from the moment it is queued. What is given
/// to it first; then what libcurl needs; then what came back so far.
struct FetchJob {
  FetchRequest request;
  std::optional<std::string> sends;  // the body of a POST
  FetchUrl url;
  std::promise<FetchAnswer> promise;
  const FetcherOptions* options = nullptr;
  AddressLoad* load = nullptr;

  std::chrono::milliseconds lookup_took{0};
  std::vector<IpAddress> addresses;  // judged; the only ones that may be connected to

  std::unique_ptr<CURL, CurlEasyFree> easy;
  CurlList headers, resolve, connect_to;
  char problem[CURL_ERROR_SIZE] = {};
  SteadyTime started;
  std::optional<SteadyTime> tls_started;
  std::optional<SteadyTime> first_byte;

  // The first one counts; libcurl's own words for it come later.
  std::optional<protocol::Error> refusal;
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

  void stop_with(protocol::ErrorCode code, std::string detail) {
    if (!refusal) refusal = protocol::Error{code, std::move(detail)};
  }
  bool malformed(std::string detail) {
    stop_with(protocol::ErrorCode::fetch_malformed, std::move(detail));
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
  // False ends the transfer; the refusal says why.
  bool take_header_line(std::string_view line);
  bool take_status_line(std::string_view line);
  bool take_field(std::string_view line);
  bool judge_head();
  bool take_body(std::string_view part);
};

/// Makes the easy handle of a job whose addresses are known. Throws std::runtime_error for a proxy
/// or CA that cannot be used.
void prepare(FetchJob& job);
/// The address that it is or was connected to; nothing before that.
std::optional<IpAddress> connected_to(const FetchJob& job);
/// Whether it may go on by the deadlines of its limits; false: its refusal says which has passed.
bool within_deadlines(FetchJob& job);
/// What it came to, `code` being libcurl's word.
protocol::Result<FetchResponse> conclude(FetchJob& job, CURLcode code);

}  // namespace crawler
