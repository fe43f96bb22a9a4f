#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace protocol {

/// Every reason for which something is refused (SPEC 9). The wire word is the name with `-` for
/// `_`. What each means, its HTTP status and what to do about it stand in one table,
/// error_code.cpp.
enum class ErrorCode {
  // Identity
  did_syntax,
  did_unreachable,
  did_invalid,
  did_deactivated,
  did_rollback,
  did_fork,
  // Feed
  feed_missing,
  note_syntax,
  origin_mismatch,
  sig_unknown,
  sig_bad,
  rollback,
  equivocation,
  corrupt_mirror,
  leaf_syntax,
  unsupported_op,
  quota,
  // Document
  doc_missing,
  doc_hash,
  doc_syntax,
  doc_profile,
  doc_context,
  doc_issuer,
  doc_expired,
  doc_future,
  proof_invalid,
  proof_key,
  // Trust path
  edge_expired,
  edge_scope,
  edge_depth,
  edge_constraint,
  edge_pin,
  edge_stale,
  no_path,
  denied,
  // Reading from strangers
  fetch_dns,
  fetch_blocked,
  fetch_connect,
  fetch_timeout,
  fetch_tls,
  fetch_http,
  fetch_redirect,
  fetch_too_large,
  fetch_encoding,
  fetch_malformed,
  fetch_backoff,
  // Answering clients
  bad_request,
  unauthenticated,
  forbidden,
  csrf,
  not_found,
  method_not_allowed,
  timeout,
  length_required,
  too_large,
  uri_too_long,
  unsupported_type,
  wrong_host,
  invalid,
  rate_limited,
  headers_too_large,
  internal,
  busy,
  starting,
  storage_full,
  // Running a node
  usage,
  config_invalid,
  key_permissions,
  in_use,
  schema_newer,
  storage_damaged,
  self_fork_refused,
};

struct ErrorInfo {
  ErrorCode code;
  std::string_view word;        ///< as on the wire and in `kith explain`: "doc-hash"
  int http_status;              ///< what a client is answered when this is the answer
  std::string_view meaning;     ///< one plain sentence
  std::string_view what_to_do;  ///< one or two plain sentences, for a volunteer
};

/// The row of the table for `code`.
const ErrorInfo& describe(ErrorCode code);

/// "doc-hash" for ErrorCode::doc_hash.
std::string_view word(ErrorCode code);

/// The code whose wire word is `word`, if there is one.
std::optional<ErrorCode> error_code_from_word(std::string_view word);

/// The whole table in the order of the enumerators.
std::span<const ErrorInfo> error_catalog();

}  // namespace protocol
