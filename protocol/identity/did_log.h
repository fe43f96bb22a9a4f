#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/identity/did.h"
#include "protocol/result.h"

// did:webvh 1.0: reading a publisher's identity log and writing one's own (SPEC 3).

namespace protocol {

// SPEC 8.1
inline constexpr std::size_t kMaxDidLogBytes = 1 << 20;  ///< of did.jsonl
inline constexpr std::size_t kMaxDidLogEntries = 1000;
inline constexpr std::size_t kMaxWitnessBytes = 256 * 1024;  ///< of did-witness.json

/// One verified state of an identity.
struct DidVersion {
  std::string version_id;  ///< "3-Qm…"
  Timestamp time;          ///< `versionTime`, without a fraction of a second
  std::string did;         ///< `state.id` in this version
  Json document;           ///< `state`, the DID document
};

/// An identity log that was verified from its first entry on.
struct DidLog {
  std::string scid;
  std::vector<DidVersion> versions;  ///< at least one, oldest first
  bool portable = false;
  bool deactivated = false;
  // What governs the next entry:
  std::vector<std::string> update_keys;  ///< multikeys
  std::vector<std::string>
      next_key_hashes;  ///< multihashes of multikey texts; empty: not pre-rotated
  /// The next entry needs witness proofs; Kith reads such logs and writes none.
  bool witnessed = false;

  const DidVersion& current() const { return versions.back(); }
  bool has_version(std::string_view version_id) const;
  /// Whether `did` is or was this identity's name: a move keeps the SCID and changes the rest.
  bool has_did(std::string_view did) const;
};

/// Verifies `did_jsonl` by every rule of SPEC 3.3, in that order. `witness_json` is
/// did-witness.json, or empty where there is none; it is looked at only where names_witnesses().
/// `did`, where not empty, must be the name of at least one version.
/// `now` bounds versionTime (5 minutes ahead). Refuses with did_syntax (size, JSON, members) or
/// did_invalid (chain, keys, proofs, witnesses), naming the entry.
Result<DidLog> resolve_did_log(std::string_view did_jsonl, std::string_view witness_json,
                               std::string_view did, Timestamp now);

/// Whether an entry of this text names witnesses, so that resolve_did_log() needs did-witness.json
/// with it (SPEC 3.3, rule 11). Nothing is verified; false for a text that is no identity log.
bool names_witnesses(std::string_view did_jsonl);
/// The SCID that the first entry claims, before anything is verified: to know which name to ask
/// for. Refuses with did_syntax.
Result<std::string> claimed_scid(std::string_view did_jsonl);

/// The `versionTime` of an entry: a time (SPEC 2.3), perhaps with a fraction of a second, which is
/// left out (SPEC 3.3, rule 6). Nothing for another text.
std::optional<Timestamp> parse_version_time(std::string_view text);

/// The versionIds, oldest first, of a log that was verified when it was stored: nothing is verified
/// again.
std::vector<std::string> stored_version_ids(std::string_view did_jsonl);

/// What a DID document says that Kith uses, checked (SPEC 3.4).
struct PublisherKeys {
  std::string did;
  PublicKey sign;                 ///< "#sign": documents and checkpoints; listed in assertionMethod
  std::optional<PublicKey> node;  ///< "#node": cosignatures
  std::string feed_url;     ///< "#feed" endpoint without a slash at the end: "https://…/feed/1"
  std::uint64_t epoch = 0;  ///< its last path element
  std::optional<std::string> api_url;  ///< "#api" endpoint
};
/// Refuses with did_invalid, or feed_missing when there is no "#feed" service of type
/// PeerSupportFeed.
Result<PublisherKeys> publisher_keys(const DidVersion& version);
/// The keys of the newest entry of a log that was verified when it was stored: nothing is verified
/// again. Nothing when that entry ends the identity.
std::optional<PublisherKeys> stored_publisher_keys(std::string_view did_jsonl);

/// The verification method `#fragment` of `version` by its full id, if it is a Multikey whose
/// controller is the DID and which assertionMethod lists. Inside the document, names are compared
/// by SCID and fragment (SPEC 3.4).
std::optional<PublicKey> assertion_key(const DidVersion& version, std::string_view method_id);
/// The same for the current version, where `method_id` may also begin with an earlier name of this
/// identity. Nothing when the identity is deactivated.
std::optional<PublicKey> assertion_key(const DidLog& log, std::string_view method_id);

// Writing

struct DidLogStart {
  std::string folder_url;  ///< "https://host[:port]/o/slug"
  PublicKey sign;
  PublicKey node;
  std::string feed_url;  ///< "https://…/feed/1"
  std::string api_url;   ///< empty: no #api service
  /// Their hashes are committed to; the second is meant for paper.
  std::vector<PublicKey> next_update_keys;
};
/// The first entry, one line without newline: portable, pre-rotated, signed by `update`.
Result<std::string> create_did_log(const DidLogStart& start, const SigningKey& update,
                                   Timestamp now);

struct DidLogChange {
  Json document;                       ///< the new state
  std::vector<PublicKey> update_keys;  ///< those whose hashes the last entry committed to
  std::vector<PublicKey> next_update_keys;
  bool deactivate = false;
  /// Commitments of the last entry that stay, of keys that are not at hand: a successor on paper.
  std::vector<std::string> kept_key_hashes = {};
};
/// The commitment to a successor, as nextKeyHashes holds it.
std::string update_key_hash(const PublicKey& key);
/// The document of the next entry: the one that create_did_log makes of `start`, at
/// `start.folder_url`, with what the current one says in alsoKnownAs and, after a move, the name it
/// had. `start.next_update_keys` is not looked at.
Result<Json> next_did_document(const DidLog& log, const DidLogStart& start);
/// The next entry for `log`, signed by `update`, which must be in `change.update_keys` and, where
/// the log is not pre-rotated, among the keys of the last entry. One line without newline; its time
/// is `now`, or a second after the last entry's. Refuses with did_invalid what a reader would, with
/// did_deactivated when the log has ended.
Result<std::string> append_did_log(const DidLog& log, const DidLogChange& change,
                                   const SigningKey& update, Timestamp now);

/// did.json, the parallel did:web document of the current version, for foreign wallets only
/// (SPEC 3.6).
Json parallel_did_web(const DidLog& log);

}  // namespace protocol
