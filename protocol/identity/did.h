#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.h"

namespace protocol {

/// A did:webvh name taken apart (SPEC 3.2). Identity is the SCID; the rest only says where to look.
struct Did {
  std::string scid;  ///< 46 characters: "Qm…"
  std::string host;  ///< lower-case ASCII name with at least one dot
  std::optional<std::uint16_t> port;
  std::vector<std::string> path;  ///< segments, decoded; empty: the log is below /.well-known

  bool operator==(const Did&) const = default;
};

/// Refuses with did_syntax whatever is not exactly a did:webvh of a DNS name: IP addresses in any
/// spelling, localhost, dot segments, fragments, queries, upper case, double encodings. The port
/// mark may be %3A or %3a; format_did writes %3A. At most 2,048 characters.
Result<Did> parse_did(std::string_view text);
std::string format_did(const Did& did);

/// "https://host[:port]/o/main/", where did.jsonl and the feed lie; always with a slash at the end.
std::string did_folder_url(const Did& did);
/// The DID for a log whose folder is `url` ("https://host[:port]/o/main[/]"). `scid` may be
/// "{SCID}" while the log is made. A bare host stands for its /.well-known. In a URL the host is
/// not percent-encoded, and all that RFC 3986 lets stand in a segment may stand (SPEC 3.4). Refuses
/// with did_syntax.
Result<Did> did_from_folder_url(std::string_view url, std::string_view scid);

/// Whether `text` is a SCID: 46 characters of base58 that decode to 0x12 0x20 and 32 bytes.
bool is_scid(std::string_view text);
/// Groups of four, for reading over the telephone.
std::string spoken_scid(std::string_view scid);

}  // namespace protocol
