#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// The evidence bundle (SPEC 7.6): one listing with all that proves who published it and who
// recognizes whom, for somebody who has no node and no network, only the identity of a publisher
// that he trusts.

namespace protocol {

/// SPEC 8.1. Usual is 20 to 60 KB, two-thirds of it identity logs.
inline constexpr std::size_t kMaxEvidenceBytes = 8 * 1024 * 1024;

/// One signed document with the proof that its publisher's log holds it.
struct EvidenceItem {
  Json document;
  std::string leaf;         ///< the log's entry, as it was hashed
  std::string proof;        ///< c2sp.org/tlog-proof@v1
  std::string did_log;      ///< did.jsonl of who signed it
  std::string did_witness;  ///< its did-witness.json; empty where that log names no witnesses

  bool operator==(const EvidenceItem&) const = default;
};

/// As it stands in the file; nothing is verified.
struct Evidence {
  EvidenceItem listing;
  std::vector<EvidenceItem>
      path;  ///< recognitions, the anchor's first; empty: the anchor published the listing
  std::string anchor;  ///< SCID from which the maker's path leads
  std::string
      node_did_log;  ///< of the node that made it and cosigned the checkpoints; may be empty

  bool operator==(const Evidence&) const = default;
};

/// Refuses with too_large, doc_syntax (no JSON) or doc_profile (a member that is missing, unknown
/// or of another type, or more recognitions than a path can have), naming the member:
/// "path[1].leaf: …".
Result<Evidence> parse_evidence(std::string_view text);
/// Canonical JSON with a line end.
std::string format_evidence(const Evidence& evidence);

/// Whom the reader trusts, and one version of its identity log that he knows to be right.
struct TrustedAnchor {
  std::string scid;
  std::string at_version;  ///< empty: any
};
/// Of "SCID", "SCID@VERSION" or a whole kith1: line. Refuses with usage.
Result<TrustedAnchor> parse_trusted_anchor(std::string_view text);

/// A publisher as its identity log shows it.
struct ProvenIdentity {
  std::string scid, did;
  std::string version_id;  ///< the newest that the bundle's log has
  std::size_t versions = 0;
  Timestamp version_time{};
  bool witnessed = false;  ///< witnesses that the log names approved its newest rules
};

/// One document that was proven to stand in its publisher's log.
struct ProvenItem {
  ProvenIdentity issuer;
  std::string record_id;
  Timestamp valid_from{}, valid_until{};
  std::uint64_t index = 0, size = 0;        ///< which entry, of a log of how many
  std::optional<Timestamp> publisher_time;  ///< the publisher's own time stamp on the checkpoint
  std::optional<Timestamp> seen_at;         ///< the making node's cosignature on it

  /// The latest time that somebody put under the checkpoint.
  std::optional<Timestamp> dated() const;
};

struct ProvenRecognition {
  ProvenItem item;
  std::string subject_scid, subject_name, role;
  std::optional<std::vector<std::string>> area;
  int max_path_length = 0;
};

/// What a bundle proves to a reader who trusts `anchor`. It proves that each document was published
/// and that each recognition stood at its checkpoint's time; never that nothing was withdrawn.
struct EvidenceFindings {
  std::string listing_name;
  std::vector<std::string> area;
  ProvenItem listing;
  std::vector<ProvenRecognition> path;  ///< the anchor's first
  ProvenIdentity anchor;
  std::string pinned_version;  ///< that the reader named, and the log has; empty: none was named
  std::optional<ProvenIdentity> node;  ///< who made the bundle, if it says so
  Timestamp judged_at{};               ///< the moment at which all documents were valid together
  bool valid_now = false;              ///< judged_at is the reader's own now
};

/// Verifies everything, offline, in the order of SPEC 7.6: identity logs, checkpoints, inclusion,
/// leaves, documents, signatures, the path rule, times. An identity log that names witnesses needs
/// their proofs beside it. Refuses with the codes of SPEC 9 and the member in front; with no_path
/// where the bundle leads from another anchor. Documents that have ended by `now` are judged at the
/// latest time that a checkpoint proves; doc_expired or edge_expired where no such moment is known.
Result<EvidenceFindings> verify_evidence(const Evidence& evidence, const TrustedAnchor& anchor,
                                         Timestamp now);

/// The findings in plain sentences.
struct EvidenceWords {
  std::vector<std::string> proven;
  std::vector<std::string> not_proven;
  std::vector<std::string> identities;  ///< who is behind each name in the sentences
};
EvidenceWords explain_evidence(const EvidenceFindings& findings);

}  // namespace protocol
