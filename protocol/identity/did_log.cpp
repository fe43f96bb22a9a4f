#include "protocol/identity/did_log.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "protocol/document/data_integrity.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/limits.h"

namespace protocol {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kDidMethod = "did:webvh:1.0";
constexpr std::string_view kDidPlaceholder = "{SCID}";
constexpr std::string_view kDidKeyPrefix = "did:key:";
constexpr std::size_t kNotWitnessed = std::numeric_limits<std::size_t>::max();

tl::unexpected<Error> did_log_syntax(std::string detail) {
  return refuse(ErrorCode::did_syntax, std::move(detail));
}
tl::unexpected<Error> did_log_invalid(std::string detail) {
  return refuse(ErrorCode::did_invalid, std::move(detail));
}

bool did_log_contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string did_log_multihash(const Json& value) { return to_multihash(sha256(canonical(value))); }

// The key in a multikey text, if it is Ed25519 and has exactly one owner.
std::optional<PublicKey> did_log_key(std::string_view multikey) {
  auto key = from_multikey(multikey);
  if (!key || !is_valid_key(*key)) return std::nullopt;
  return key;
}

std::string did_log_replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string made;
  for (std::size_t at = 0;;) {
    const std::size_t found = text.find(from, at);
    made += text.substr(at, found - at);
    if (found == std::string_view::npos) return made;
    made += to;
    at = found + from.size();
  }
}

// Replaces a text in the whole value, names of members included. Nothing when two members then have
// one name. Works on the canonical text: what is replaced consists of characters that JSON never
// escapes.
std::optional<Json> did_log_replace(const Json& value, std::string_view from, std::string_view to) {
  const std::string text = did_log_replaced(canonical(value), from, to);
  // A short text may become a longer one; depth and count stay as they were.
  JsonLimits limits;
  limits.max_bytes = text.size();
  auto made = parse_json(text, limits);
  if (!made) return std::nullopt;
  return std::move(*made);
}

// "X" of "did:key:X#X". Body and fragment must be equal: one says who is authorized and the other
// whose signature it is, and a reader who takes each from another half accepts forgeries.
std::optional<std::string> did_log_method_key(const Json& proof) {
  const Json* member = proof.find("verificationMethod");
  const std::string* method = member ? member->if_string() : nullptr;
  if (!method || !method->starts_with(kDidKeyPrefix)) return std::nullopt;
  const std::string_view rest = std::string_view(*method).substr(kDidKeyPrefix.size());
  const std::size_t mark = rest.find('#');
  if (mark == std::string_view::npos || rest.substr(0, mark) != rest.substr(mark + 1)) {
    return std::nullopt;
  }
  return std::string(rest.substr(0, mark));
}

// When an entry was made, as exactly as it says: a second, and nanoseconds behind it.
using DidEntryTime = std::pair<Timestamp, std::uint32_t>;

// did:webvh takes any time of ISO 8601 in UTC, and programs whose clocks are finer write fractions
// of a second. Without them a good log would be refused; cut off, two entries within one second
// would seem to have one time.
std::optional<DidEntryTime> did_log_time(std::string_view text) {
  constexpr std::size_t whole = std::string_view("2026-01-01T00:00:00").size();
  constexpr std::size_t most_digits = 9;
  std::uint32_t nanoseconds = 0;
  if (text.size() > whole && text[whole] == '.' && text.ends_with('Z')) {
    const std::string_view digits = text.substr(whole + 1, text.size() - whole - 2);
    if (digits.empty() || digits.size() > most_digits) return std::nullopt;
    for (std::size_t i = 0; i < most_digits; ++i) {
      const char digit = i < digits.size() ? digits[i] : '0';
      if (digit < '0' || digit > '9') return std::nullopt;
      nanoseconds = nanoseconds * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    const auto second = parse_timestamp(std::string(text.substr(0, whole)) + "Z");
    return second ? std::optional(DidEntryTime{*second, nanoseconds}) : std::nullopt;
  }
  const auto second = parse_timestamp(text);
  return second ? std::optional(DidEntryTime{*second, 0}) : std::nullopt;
}

struct DidWitnessList {
  std::size_t threshold = 0;
  std::vector<std::string> keys;  // multikeys, distinct; empty: not witnessed
};

struct DidParameters {
  std::optional<std::string> method;
  std::optional<std::string> scid;
  std::optional<std::vector<std::string>> update_keys;
  std::optional<std::vector<std::string>> next_key_hashes;
  std::optional<DidWitnessList> witness;
  std::optional<bool> portable;
  std::optional<bool> deactivated;
};

Result<std::vector<std::string>> did_log_strings(std::string_view name, const Json& value) {
  const auto* items = value.if_array();
  if (!items) return did_log_syntax("parameters." + std::string(name) + ": expected an array");
  std::vector<std::string> strings;
  for (const Json& item : *items) {
    const std::string* text = item.if_string();
    if (!text) return did_log_syntax("parameters." + std::string(name) + ": expected strings");
    strings.push_back(*text);
  }
  return strings;
}

// A malformed list is never taken for "no witnesses": that would switch off what the controller
// announces.
Result<DidWitnessList> did_log_witness_list(const Json& value) {
  const auto* members = value.if_object();
  if (!members) return did_log_syntax("parameters.witness: expected an object");
  DidWitnessList list;
  if (members->empty()) return list;
  for (const auto& [name, member] : *members) {
    if (name != "threshold" && name != "witnesses") {
      return did_log_syntax("parameters.witness: unknown member");
    }
  }
  const Json* threshold = value.find("threshold");
  const Json* witnesses = value.find("witnesses");
  if (!threshold || !witnesses || !witnesses->if_array()) {
    return did_log_syntax("parameters.witness: expected threshold and witnesses");
  }
  std::set<std::string_view> distinct;
  for (const Json& witness : *witnesses->if_array()) {
    const auto* witness_members = witness.if_object();
    const Json* id = witness.find("id");
    if (!witness_members || witness_members->size() != 1 || !id || !id->if_string()) {
      return did_log_syntax("parameters.witness.witnesses: expected objects with an id alone");
    }
    const std::string_view text = *id->if_string();
    if (!text.starts_with(kDidKeyPrefix) || !did_log_key(text.substr(kDidKeyPrefix.size()))) {
      return did_log_invalid("parameters.witness: an id is not did:key of a usable Ed25519 key");
    }
    if (!distinct.insert(text).second) {
      return did_log_invalid("parameters.witness: one witness stands there twice");
    }
    list.keys.emplace_back(text.substr(kDidKeyPrefix.size()));
  }
  const auto count = threshold->if_integer();
  if (!count || *count < 1 || static_cast<std::uint64_t>(*count) > list.keys.size()) {
    return did_log_invalid(
        "parameters.witness.threshold: must be from 1 to the number of witnesses");
  }
  list.threshold = static_cast<std::size_t>(*count);
  return list;
}

Result<bool> did_log_bool(std::string_view name, const Json& value) {
  if (!value.if_bool()) {
    return did_log_syntax("parameters." + std::string(name) + ": expected true or false");
  }
  return *value.if_bool();
}

Result<DidParameters> did_log_parameters(const Json& value) {
  if (!value.if_object()) return did_log_syntax("parameters: expected an object");
  DidParameters parameters;
  for (const auto& [name, member] : *value.if_object()) {
    if (name == "method" || name == "scid") {
      if (!member.if_string()) return did_log_syntax("parameters." + name + ": expected a string");
      (name == "method" ? parameters.method : parameters.scid) = *member.if_string();
    } else if (name == "updateKeys") {
      ASSIGN_OR_RETURN(parameters.update_keys, did_log_strings(name, member));
      for (const auto& key : *parameters.update_keys) {
        if (!did_log_key(key)) {
          return did_log_invalid("parameters.updateKeys: not a usable Ed25519 multikey");
        }
      }
    } else if (name == "nextKeyHashes") {
      ASSIGN_OR_RETURN(parameters.next_key_hashes, did_log_strings(name, member));
      for (const auto& hash : *parameters.next_key_hashes) {
        if (!from_multihash(hash)) {
          return did_log_invalid("parameters.nextKeyHashes: not a SHA-256 multihash");
        }
      }
    } else if (name == "witness") {
      ASSIGN_OR_RETURN(parameters.witness, did_log_witness_list(member));
    } else if (name == "watchers") {
      RETURN_IF_REFUSED(did_log_strings(name, member));
    } else if (name == "portable") {
      ASSIGN_OR_RETURN(parameters.portable, did_log_bool(name, member));
    } else if (name == "deactivated") {
      ASSIGN_OR_RETURN(parameters.deactivated, did_log_bool(name, member));
    } else if (name == "ttl") {
      const auto seconds = member.if_integer();
      if (!seconds || *seconds < 0 || *seconds > (std::int64_t{1} << 31)) {
        return did_log_syntax("parameters.ttl: expected seconds from 0 to 2^31");
      }
    } else {
      return did_log_syntax("parameters: a member that did:webvh 1.0 does not have");
    }
  }
  return parameters;
}

// A key that anybody can sign for must not come into a DID document, not even where Kith would not
// use it.
Result<void> did_log_document_keys(const Json& document) {
  for (const std::string_view name :
       {"verificationMethod", "authentication", "assertionMethod", "keyAgreement",
        "capabilityInvocation", "capabilityDelegation"}) {
    const Json* list = document.find(name);
    if (!list || !list->if_array()) continue;
    for (const Json& method : *list->if_array()) {
      const Json* text = method.find("publicKeyMultibase");
      if (!text || !text->if_string()) continue;
      const auto key = from_multikey(*text->if_string());
      if (key && !is_valid_key(*key)) {
        return did_log_invalid("state." + std::string(name) + ": a key that has no single owner");
      }
    }
  }
  return {};
}

struct DidEntryParts {
  const Json* parameters = nullptr;
  const Json* state = nullptr;
  const Json* proof = nullptr;
  std::string version_id;
  std::string version_time;
};

Result<DidEntryParts> did_log_entry_parts(const Json& entry) {
  const auto* members = entry.if_object();
  if (!members) return did_log_syntax("expected a JSON object");
  DidEntryParts parts;
  const Json* version_id = entry.find("versionId");
  const Json* version_time = entry.find("versionTime");
  parts.parameters = entry.find("parameters");
  parts.state = entry.find("state");
  parts.proof = entry.find("proof");
  if (!version_id || !version_id->if_string() || !version_time || !version_time->if_string() ||
      !parts.parameters || !parts.state || !parts.state->if_object() || !parts.proof ||
      members->size() != 5) {
    return did_log_syntax("expected exactly versionId, versionTime, parameters, state and proof");
  }
  parts.version_id = *version_id->if_string();
  parts.version_time = *version_time->if_string();
  return parts;
}

// Takes entries in order and holds what governs the next one.
class DidLogWalk {
 public:
  explicit DidLogWalk(Timestamp now) : now_(now) {}
  // Goes on where `log` ends. Only for logs without witnesses, which is what we write, and a second
  // or more later, since a fraction of the last entry's time is not kept.
  DidLogWalk(DidLog log, Timestamp now)
      : log_(std::move(log)), now_(now), last_time_(log_.current().time, 0) {}

  Result<void> read(const Json& entry);
  Result<void> check_witnesses(std::string_view witness_json) const;
  const DidLog& log() const { return log_; }
  DidLog take() && { return std::move(log_); }

 private:
  Result<std::vector<std::string>> take_keys(const DidParameters& parameters);
  Result<void> check_hashes(std::string_view entry_hash, const Json& unsigned_entry) const;
  Result<void> check_proofs(const Json& proof, const Json& unsigned_entry,
                            const std::vector<std::string>& active) const;
  Result<std::string> check_state(const Json& state) const;
  void take_witnesses(std::optional<DidWitnessList> next);

  DidLog log_;
  Timestamp now_;
  DidEntryTime last_time_;             // of the last entry, where there is one
  std::vector<DidWitnessList> lists_;  // every list that was ever set
  std::size_t list_ = kNotWitnessed;   // the one that governs the next entry
  std::vector<std::size_t> governs_;   // the one that governs each entry
};

// The numbers are those of SPEC 3.3, whose order this keeps.
Result<void> DidLogWalk::read(const Json& entry) {
  // 2
  ASSIGN_OR_RETURN(const DidEntryParts parts, did_log_entry_parts(entry));
  ASSIGN_OR_RETURN(DidParameters parameters, did_log_parameters(*parts.parameters));
  const bool first = log_.versions.empty();
  if (log_.deactivated) return did_log_invalid("an entry after the deactivation");
  // 3
  if (first) {
    if (!parameters.method || !parameters.scid || !parameters.update_keys) {
      return did_log_invalid("parameters: the first entry needs method, scid and updateKeys");
    }
    if (!is_scid(*parameters.scid)) return did_log_invalid("parameters.scid: not a SCID");
    log_.scid = *parameters.scid;
  } else if (parameters.scid) {
    return did_log_invalid("parameters.scid: only the first entry has it");
  }
  if (parameters.method && *parameters.method != kDidMethod) {
    return did_log_invalid("parameters.method: only did:webvh:1.0 is understood");
  }
  // 4
  ASSIGN_OR_RETURN(const std::vector<std::string> active, take_keys(parameters));
  // 5
  const std::string number = std::to_string(log_.versions.size() + 1) + "-";
  if (!parts.version_id.starts_with(number) ||
      !from_multihash(std::string_view(parts.version_id).substr(number.size()))) {
    return did_log_invalid("versionId: expected " + number + " and a SHA-256 multihash");
  }
  // 6
  const auto time = did_log_time(parts.version_time);
  if (!time) return did_log_invalid("versionTime: expected YYYY-MM-DDThh:mm:ssZ");
  if (!first && *time <= last_time_) {
    return did_log_invalid("versionTime: not later than the entry before");
  }
  if (*time > DidEntryTime(now_ + kMaxClockSkew, 0)) {
    return did_log_invalid("versionTime: in the future");
  }
  // 7, 8
  Json unsigned_entry = entry;
  unsigned_entry.erase("proof");
  RETURN_IF_REFUSED(check_hashes(parts.version_id.substr(number.size()), unsigned_entry));
  // 9
  RETURN_IF_REFUSED(check_proofs(*parts.proof, unsigned_entry, active));
  // 10
  if (parameters.portable) {
    if (*parameters.portable && !first) {
      return did_log_invalid("parameters.portable: may become true in the first entry only");
    }
    log_.portable = *parameters.portable;
  }
  ASSIGN_OR_RETURN(std::string did, check_state(*parts.state));
  log_.deactivated = parameters.deactivated.value_or(false);
  // 11, as far as it concerns who witnesses what
  take_witnesses(std::move(parameters.witness));

  last_time_ = *time;
  log_.versions.push_back({parts.version_id, time->first, std::move(did), *parts.state});
  return {};
}

// Returns the keys that may sign this entry, and sets those that govern the next.
Result<std::vector<std::string>> DidLogWalk::take_keys(const DidParameters& parameters) {
  std::vector<std::string> active = log_.update_keys;
  if (!log_.next_key_hashes.empty()) {
    // Nothing is inherited here: an entry that could leave its keys out would let a stolen old key
    // go on.
    if (!parameters.update_keys || !parameters.next_key_hashes) {
      return did_log_invalid(
          "parameters: after a pre-rotation, updateKeys and nextKeyHashes must stand here");
    }
    const std::unordered_set<std::string> committed(log_.next_key_hashes.begin(),
                                                    log_.next_key_hashes.end());
    for (const auto& key : *parameters.update_keys) {
      if (!committed.contains(to_multihash(sha256(key)))) {
        return did_log_invalid(
            "parameters.updateKeys: a key that the entry before did not commit to");
      }
    }
    active = *parameters.update_keys;
  } else if (log_.versions.empty()) {
    active = *parameters.update_keys;
  }
  if (parameters.update_keys) log_.update_keys = *parameters.update_keys;
  if (parameters.next_key_hashes) log_.next_key_hashes = *parameters.next_key_hashes;
  return active;
}

Result<void> DidLogWalk::check_hashes(std::string_view entry_hash,
                                      const Json& unsigned_entry) const {
  const bool first = log_.versions.empty();
  Json hashed = unsigned_entry;
  if (first) {
    hashed.set("versionId", kDidPlaceholder);
    const auto preliminary = did_log_replace(hashed, log_.scid, kDidPlaceholder);
    if (!preliminary || did_log_multihash(*preliminary) != log_.scid) {
      return did_log_invalid("parameters.scid: not the hash of this entry");
    }
  }
  hashed.set("versionId", first ? log_.scid : log_.current().version_id);
  if (did_log_multihash(hashed) != entry_hash) {
    return did_log_invalid("versionId: not the hash of this entry behind the one before");
  }
  return {};
}

Result<void> DidLogWalk::check_proofs(const Json& proof, const Json& unsigned_entry,
                                      const std::vector<std::string>& active) const {
  const Json::Array one = proof.if_object() ? Json::Array{proof} : Json::Array{};
  const Json::Array& proofs = proof.if_array() ? *proof.if_array() : one;
  if (proofs.empty()) return did_log_invalid("proof: missing");
  const Hash hash = sha256(canonical(unsigned_entry));
  // All of them: with "one of them holds", anybody could hang a broken or foreign proof onto an
  // entry.
  for (const Json& item : proofs) {
    const auto multikey = did_log_method_key(item);
    if (!multikey) {
      return did_log_invalid("proof.verificationMethod: expected did:key:X#X with equal halves");
    }
    if (!did_log_contains(active, *multikey)) {
      return did_log_invalid("proof.verificationMethod: not a key that may sign this entry");
    }
    const auto key = from_multikey(*multikey);
    if (!key) return did_log_invalid("proof.verificationMethod: not an Ed25519 multikey");
    if (const auto held = check_detached_proof(item, nullptr, hash, *key); !held) {
      return did_log_invalid(held.error().detail);
    }
  }
  return {};
}

Result<std::string> DidLogWalk::check_state(const Json& state) const {
  const Json* id = state.find("id");
  if (!id || !id->if_string()) return did_log_invalid("state.id: missing");
  const std::string& did = *id->if_string();
  const auto parsed = parse_did(did);
  if (!parsed) return did_log_invalid("state.id: " + parsed.error().detail);
  if (parsed->scid != log_.scid) return did_log_invalid("state.id: another SCID");
  if (!log_.versions.empty() && did != log_.current().did) {
    if (!log_.portable) return did_log_invalid("state.id: changed, and the log is not portable");
    const Json* names = state.find("alsoKnownAs");
    const auto* list = names ? names->if_array() : nullptr;
    if (!list || std::find(list->begin(), list->end(), Json(log_.current().did)) == list->end()) {
      return did_log_invalid("state.alsoKnownAs: the name before the move is missing");
    }
  }
  RETURN_IF_REFUSED(did_log_document_keys(state));
  return did;
}

// A list that replaces another governs from the next entry on, or the witnesses could be voted out
// without their consent. A list that replaces none governs its own entry.
void DidLogWalk::take_witnesses(std::optional<DidWitnessList> next) {
  const std::size_t before = list_;
  if (next && next->keys.empty()) {
    list_ = kNotWitnessed;
  } else if (next) {
    list_ = lists_.size();
    lists_.push_back(std::move(*next));
  }
  governs_.push_back(before == kNotWitnessed ? list_ : before);
  log_.witnessed = list_ != kNotWitnessed;
}

Result<void> DidLogWalk::check_witnesses(std::string_view witness_json) const {
  if (lists_.empty()) return {};
  if (witness_json.empty())
    return did_log_invalid("did-witness.json: missing, and this log is witnessed");
  JsonLimits limits;
  limits.max_bytes = kMaxWitnessBytes;
  const auto file = parse_json(witness_json, limits);
  if (!file) return did_log_syntax("did-witness.json: " + file.error().detail);
  if (!file->if_array()) return did_log_syntax("did-witness.json: expected an array");

  std::unordered_map<std::string_view, std::size_t> entries;  // versionId to its number, from 1
  for (std::size_t i = 0; i < log_.versions.size(); ++i)
    entries[log_.versions[i].version_id] = i + 1;
  std::unordered_map<std::string, std::size_t>
      reached;  // witness to the last entry it approved, 0 for none
  for (const auto& list : lists_) {
    for (const auto& key : list.keys) reached[key] = 0;
  }

  for (const Json& item : *file->if_array()) {
    const Json* version_id = item.find("versionId");
    if (!version_id || !version_id->if_string()) {
      return did_log_syntax("did-witness.json: an item without versionId");
    }
    // A witness signs the versionId and nothing else, so its proof for another log, or for an entry
    // that is not published, verifies just as well and must not count.
    const auto entry = entries.find(*version_id->if_string());
    const Json* proof = item.find("proof");
    if (entry == entries.end() || !proof || !proof->if_array()) continue;
    const Hash hash = sha256(canonical(Json::object({{"versionId", *version_id}})));
    for (const Json& one : *proof->if_array()) {
      const auto multikey = did_log_method_key(one);
      if (!multikey) continue;
      const auto witness = reached.find(*multikey);
      if (witness == reached.end() || witness->second >= entry->second) continue;
      const auto key = from_multikey(*multikey);
      if (key && check_detached_proof(one, nullptr, hash, *key)) witness->second = entry->second;
    }
  }

  // An approval covers all entries before it, so a list has approved as far as its threshold-th
  // best witness.
  std::vector<std::size_t> approved;
  for (const auto& list : lists_) {
    std::vector<std::size_t> far;
    for (const auto& key : list.keys) far.push_back(reached.at(key));
    std::sort(far.rbegin(), far.rend());
    approved.push_back(far[list.threshold - 1]);
  }
  for (std::size_t i = 0; i < governs_.size(); ++i) {
    if (governs_[i] != kNotWitnessed && approved[governs_[i]] < i + 1) {
      return did_log_invalid("entry " + std::to_string(i + 1) +
                             ": not enough witnesses approved it");
    }
  }
  return {};
}

// Whether `text` is "#fragment", alone or behind any name of the identity `scid`.
bool did_log_refers(const Json* text, std::string_view scid, std::string_view fragment) {
  if (!text || !text->if_string()) return false;
  const std::string_view reference = *text->if_string();
  const std::size_t mark = reference.find('#');
  if (mark == std::string_view::npos || reference.substr(mark + 1) != fragment) return false;
  if (mark == 0) return true;
  const auto did = parse_did(reference.substr(0, mark));
  return did && did->scid == scid;
}

// The one item of the list `member` whose id has this fragment; an error when there are two, since
// readers would disagree about which counts.
Result<const Json*> did_log_item(const DidVersion& version, std::string_view member,
                                 std::string_view scid, std::string_view fragment) {
  const Json* list = version.document.find(member);
  const Json* found = nullptr;
  if (!list || !list->if_array()) return found;
  for (const Json& item : *list->if_array()) {
    if (!did_log_refers(item.find("id"), scid, fragment)) continue;
    if (found) return did_log_invalid("#" + std::string(fragment) + ": stands there twice");
    found = &item;
  }
  return found;
}

bool did_log_is_type(const Json& item, std::string_view type) {
  const Json* member = item.find("type");
  return member && *member == Json(type);
}

Result<std::optional<PublicKey>> did_log_method(const DidVersion& version, std::string_view scid,
                                                std::string_view fragment) {
  ASSIGN_OR_RETURN(const Json* const method,
                   did_log_item(version, "verificationMethod", scid, fragment));
  std::optional<PublicKey> key;
  if (!method) return key;
  const Json* controller = method->find("controller");
  const auto owner = controller && controller->if_string() ? parse_did(*controller->if_string())
                                                           : Result<Did>(Did{});
  const Json* text = method->find("publicKeyMultibase");
  if (text && text->if_string()) key = did_log_key(*text->if_string());
  if (!key || !did_log_is_type(*method, "Multikey") || !owner || owner->scid != scid) {
    return did_log_invalid("#" + std::string(fragment) +
                           ": expected a Multikey of a usable Ed25519 key, controlled by this DID");
  }
  return key;
}

bool did_log_asserts(const DidVersion& version, std::string_view scid, std::string_view fragment) {
  const Json* list = version.document.find("assertionMethod");
  const auto* items = list ? list->if_array() : nullptr;
  return items && std::any_of(items->begin(), items->end(), [&](const Json& item) {
           return did_log_refers(&item, scid, fragment);
         });
}

std::optional<PublicKey> did_log_assertion_key(const DidVersion& version,
                                               std::string_view fragment) {
  const auto did = parse_did(version.did);
  if (!did || fragment.empty() || !did_log_asserts(version, did->scid, fragment))
    return std::nullopt;
  const auto key = did_log_method(version, did->scid, fragment);
  return key ? *key : std::nullopt;
}

std::optional<std::uint64_t> did_log_epoch(std::string_view text) {
  if (text.empty() || text.size() > 15 || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::uint64_t epoch = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return epoch;
}

struct DidServiceUrl {
  std::string url;  // without a slash at the end
  std::vector<std::string> path;
};

// Endpoints obey the rules of DID hosts: what a publisher names here, followers will fetch.
Result<DidServiceUrl> did_log_service_url(std::string_view what, std::string_view url) {
  const auto place = did_from_folder_url(url, kDidPlaceholder);
  if (!place) return did_log_invalid(std::string(what) + ": " + place.error().detail);
  if (url.ends_with('/')) url.remove_suffix(1);
  return DidServiceUrl{std::string(url), place->path};
}

Json did_log_strings_json(const std::vector<std::string>& strings) {
  Json::Array items;
  for (const auto& text : strings) items.emplace_back(text);
  return Json(std::move(items));
}

Json did_log_method_json(const std::string& did, std::string_view fragment, const PublicKey& key) {
  return Json::object({{"id", did + "#" + std::string(fragment)},
                       {"type", "Multikey"},
                       {"controller", did},
                       {"publicKeyMultibase", to_multikey(key)}});
}

Result<Json> did_log_document(const DidLogStart& start, const std::string& did) {
  if (!is_valid_key(start.sign) || !is_valid_key(start.node)) {
    return did_log_invalid("#sign, #node: a key that has no single owner");
  }
  if (start.sign == start.node) return did_log_invalid("#node: must be another key than #sign");
  ASSIGN_OR_RETURN(const DidServiceUrl feed, did_log_service_url("#feed", start.feed_url));
  if (feed.path.empty() || !did_log_epoch(feed.path.back())) {
    return did_log_invalid("#feed: the address must end in the number of the epoch");
  }
  Json::Array services{Json::object(
      {{"id", did + "#feed"}, {"type", "PeerSupportFeed"}, {"serviceEndpoint", feed.url}})};
  if (!start.api_url.empty()) {
    ASSIGN_OR_RETURN(const DidServiceUrl api, did_log_service_url("#api", start.api_url));
    services.push_back(Json::object(
        {{"id", did + "#api"}, {"type", "PeerSupportNode"}, {"serviceEndpoint", api.url}}));
  }
  return Json::object(
      {{"@context",
        Json::array({"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"})},
       {"id", did},
       {"verificationMethod", Json::array({did_log_method_json(did, "sign", start.sign),
                                           did_log_method_json(did, "node", start.node)})},
       {"assertionMethod", Json::array({did + "#sign"})},
       {"authentication", Json::array({did + "#node"})},
       {"service", Json(std::move(services))}});
}

// Pre-rotation hashes the text of the multikey, not the bytes of the key.
std::vector<std::string> did_log_hashes(const std::vector<PublicKey>& keys) {
  std::vector<std::string> hashes;
  for (const auto& key : keys) hashes.push_back(update_key_hash(key));
  return hashes;
}

std::vector<std::string> did_log_multikeys(const std::vector<PublicKey>& keys) {
  std::vector<std::string> texts;
  for (const auto& key : keys) texts.push_back(to_multikey(key));
  return texts;
}

// Signs an entry that has everything but its proof, and puts the proof into an array as all
// did:webvh logs have it.
Json did_log_signed(Json entry, Timestamp created, const SigningKey& update) {
  const std::string key = to_multikey(update.public_key());
  const std::string method = std::string(kDidKeyPrefix) + key + "#" + key;
  Json made = sign_data_integrity(std::move(entry), method, created, update);
  made.set("proof", Json(Json::Array{*made.find("proof")}));
  return made;
}

}  // namespace

std::string update_key_hash(const PublicKey& key) { return to_multihash(sha256(to_multikey(key))); }

std::optional<Timestamp> parse_version_time(std::string_view text) {
  const auto time = did_log_time(text);
  return time ? std::optional(time->first) : std::nullopt;
}

bool DidLog::has_version(std::string_view version_id) const {
  return std::any_of(versions.begin(), versions.end(),
                     [&](const DidVersion& version) { return version.version_id == version_id; });
}

bool DidLog::has_did(std::string_view did) const {
  return std::any_of(versions.begin(), versions.end(),
                     [&](const DidVersion& version) { return version.did == did; });
}

Result<DidLog> resolve_did_log(std::string_view did_jsonl, std::string_view witness_json,
                               std::string_view did, Timestamp now) {
  if (did_jsonl.size() > kMaxDidLogBytes) return did_log_syntax("did.jsonl: over 1 MiB");
  if (witness_json.size() > kMaxWitnessBytes)
    return did_log_syntax("did-witness.json: over 256 KiB");
  if (did_jsonl.ends_with('\n')) did_jsonl.remove_suffix(1);
  if (did_jsonl.empty()) return did_log_syntax("did.jsonl: empty");
  const auto count = std::count(did_jsonl.begin(), did_jsonl.end(), '\n') + 1;
  if (static_cast<std::size_t>(count) > kMaxDidLogEntries) {
    return did_log_syntax("did.jsonl: over 1000 entries");
  }
  if (!did.empty()) RETURN_IF_REFUSED(parse_did(did));

  DidLogWalk walk(now);
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = did_jsonl.find('\n');
    const std::string where = "entry " + std::to_string(number);
    const auto entry = parse_json(did_jsonl.substr(0, end));
    if (!entry) return did_log_syntax(where + ": " + entry.error().detail);
    if (const auto read = walk.read(*entry); !read) return refuse_in(where, read.error());
    if (end == std::string_view::npos) break;
    did_jsonl.remove_prefix(end + 1);
  }
  RETURN_IF_REFUSED(walk.check_witnesses(witness_json));
  if (!did.empty() && !walk.log().has_did(did)) {
    return did_log_invalid("no entry of this log has the name that was asked for");
  }
  return std::move(walk).take();
}

bool names_witnesses(std::string_view did_jsonl) {
  // Most logs have neither the word nor an escape that could spell it, and need no parsing.
  if (did_jsonl.find("\"witness\"") == std::string_view::npos &&
      did_jsonl.find("\\u") == std::string_view::npos) {
    return false;
  }
  while (!did_jsonl.empty()) {
    const auto end = std::min(did_jsonl.find('\n'), did_jsonl.size());
    // Parsed rather than searched for: a key may be written with escapes, too.
    const auto entry = parse_json(did_jsonl.substr(0, end));
    const Json* parameters = entry ? entry->find("parameters") : nullptr;
    const Json* witness = parameters ? parameters->find("witness") : nullptr;
    const auto* members = witness ? witness->if_object() : nullptr;
    if (members && !members->empty()) return true;
    did_jsonl.remove_prefix(std::min(end + 1, did_jsonl.size()));
  }
  return false;
}

Result<std::string> claimed_scid(std::string_view did_jsonl) {
  if (did_jsonl.size() > kMaxDidLogBytes) return did_log_syntax("did.jsonl: over 1 MiB");
  const auto entry = parse_json(did_jsonl.substr(0, did_jsonl.find('\n')));
  if (!entry) return did_log_syntax("entry 1: " + entry.error().detail);
  const Json* parameters = entry->find("parameters");
  const Json* scid = parameters ? parameters->find("scid") : nullptr;
  if (!scid || !scid->if_string() || !is_scid(*scid->if_string()))
    return did_log_syntax("entry 1: parameters.scid: expected a SCID");
  return *scid->if_string();
}

std::vector<std::string> stored_version_ids(std::string_view did_jsonl) {
  std::vector<std::string> ids;
  while (!did_jsonl.empty()) {
    const auto end = std::min(did_jsonl.find('\n'), did_jsonl.size());
    const auto entry = parse_json(did_jsonl.substr(0, end));
    const Json* id = entry ? entry->find("versionId") : nullptr;
    if (id && id->if_string()) ids.push_back(*id->if_string());
    did_jsonl.remove_prefix(std::min(end + 1, did_jsonl.size()));
  }
  return ids;
}

std::optional<PublisherKeys> stored_publisher_keys(std::string_view did_jsonl) {
  while (did_jsonl.ends_with('\n')) did_jsonl.remove_suffix(1);
  const auto before = did_jsonl.rfind('\n');
  const auto entry =
      parse_json(before == std::string_view::npos ? did_jsonl : did_jsonl.substr(before + 1));
  const Json* parameters = entry ? entry->find("parameters") : nullptr;
  const Json* ended = parameters ? parameters->find("deactivated") : nullptr;
  if (ended && ended->if_bool() && *ended->if_bool()) return std::nullopt;
  const Json* state = entry ? entry->find("state") : nullptr;
  const Json* id = state ? state->find("id") : nullptr;
  if (!id || !id->if_string()) return std::nullopt;
  auto keys = publisher_keys({"", {}, *id->if_string(), *state});
  return keys ? std::optional(std::move(*keys)) : std::nullopt;
}

Result<PublisherKeys> publisher_keys(const DidVersion& version) {
  ASSIGN_OR_RETURN(const Did did, parse_did(version.did));
  ASSIGN_OR_RETURN(const auto sign, did_log_method(version, did.scid, "sign"));
  if (!sign || !did_log_asserts(version, did.scid, "sign")) {
    return did_log_invalid("#sign: missing, or not listed in assertionMethod");
  }
  ASSIGN_OR_RETURN(const auto node, did_log_method(version, did.scid, "node"));
  // A node signs other people's checkpoints with #node unseen; that key must not be able to speak
  // for the publisher.
  if (node == sign) return did_log_invalid("#node: must be another key than #sign");

  ASSIGN_OR_RETURN(const Json* const feed, did_log_item(version, "service", did.scid, "feed"));
  if (!feed || !did_log_is_type(*feed, "PeerSupportFeed")) {
    return refuse(ErrorCode::feed_missing,
                  "the DID document names no #feed of type PeerSupportFeed");
  }
  const Json* feed_endpoint = feed->find("serviceEndpoint");
  if (!feed_endpoint || !feed_endpoint->if_string()) {
    return did_log_invalid("#feed: serviceEndpoint must be an address");
  }
  ASSIGN_OR_RETURN(const DidServiceUrl feed_url,
                   did_log_service_url("#feed", *feed_endpoint->if_string()));
  const auto epoch = feed_url.path.empty() ? std::nullopt : did_log_epoch(feed_url.path.back());
  if (!epoch) return did_log_invalid("#feed: the address must end in the number of the epoch");

  PublisherKeys keys{version.did, *sign, node, feed_url.url, *epoch, std::nullopt};
  ASSIGN_OR_RETURN(const Json* const api, did_log_item(version, "service", did.scid, "api"));
  if (api && did_log_is_type(*api, "PeerSupportNode")) {
    const Json* api_endpoint = api->find("serviceEndpoint");
    if (!api_endpoint || !api_endpoint->if_string()) {
      return did_log_invalid("#api: serviceEndpoint must be an address");
    }
    ASSIGN_OR_RETURN(const DidServiceUrl api_url,
                     did_log_service_url("#api", *api_endpoint->if_string()));
    keys.api_url = api_url.url;
  }
  return keys;
}

std::optional<PublicKey> assertion_key(const DidVersion& version, std::string_view method_id) {
  const std::size_t mark = method_id.find('#');
  if (mark == std::string_view::npos || method_id.substr(0, mark) != version.did)
    return std::nullopt;
  return did_log_assertion_key(version, method_id.substr(mark + 1));
}

std::optional<PublicKey> assertion_key(const DidLog& log, std::string_view method_id) {
  const std::size_t mark = method_id.find('#');
  if (log.deactivated || mark == std::string_view::npos ||
      !log.has_did(method_id.substr(0, mark))) {
    return std::nullopt;
  }
  return did_log_assertion_key(log.current(), method_id.substr(mark + 1));
}

Result<std::string> create_did_log(const DidLogStart& start, const SigningKey& update,
                                   Timestamp now) {
  if (start.next_update_keys.empty()) {
    return did_log_invalid("next_update_keys: a log without pre-rotation dies with its first key");
  }
  const std::string update_key = to_multikey(update.public_key());
  for (const auto& key : start.next_update_keys) {
    if (!is_valid_key(key))
      return did_log_invalid("next_update_keys: a key that has no single owner");
    if (key == update.public_key()) {
      return did_log_invalid("next_update_keys: the key in use is no successor of itself");
    }
  }
  ASSIGN_OR_RETURN(const Did place, did_from_folder_url(start.folder_url, kDidPlaceholder));
  ASSIGN_OR_RETURN(Json document, did_log_document(start, format_did(place)));
  const Json preliminary = Json::object(
      {{"versionId", kDidPlaceholder},
       {"versionTime", format_timestamp(now)},
       {"parameters", Json::object({{"method", kDidMethod},
                                    {"scid", kDidPlaceholder},
                                    {"updateKeys", Json::array({update_key})},
                                    {"portable", true},
                                    {"nextKeyHashes", did_log_strings_json(did_log_hashes(
                                                          start.next_update_keys))}})},
       {"state", std::move(document)}});
  const std::string scid = did_log_multihash(preliminary);
  auto entry = did_log_replace(preliminary, kDidPlaceholder, scid);
  if (!entry) return did_log_invalid("the document cannot hold its own name");
  entry->set("versionId", "1-" + did_log_multihash(*entry));
  const Json made = did_log_signed(std::move(*entry), now, update);
  // What we publish is judged as a stranger would, before anybody relies on it.
  DidLogWalk walk(now);
  RETURN_IF_REFUSED(walk.read(made));
  return canonical(made);
}

Result<Json> next_did_document(const DidLog& log, const DidLogStart& start) {
  ASSIGN_OR_RETURN(const Did place, did_from_folder_url(start.folder_url, log.scid));
  const std::string did = format_did(place);
  ASSIGN_OR_RETURN(Json document, did_log_document(start, did));
  Json::Array names;
  const Json* before = log.current().document.find("alsoKnownAs");
  if (before && before->if_array()) names = *before->if_array();
  const auto drop = [&](const std::string& name) { std::erase(names, Json(name)); };
  drop(did);
  if (did != log.current().did) {
    drop(log.current().did);
    names.emplace_back(log.current().did);
  }
  if (!names.empty()) document.set("alsoKnownAs", Json(std::move(names)));
  return document;
}

Result<std::string> append_did_log(const DidLog& log, const DidLogChange& change,
                                   const SigningKey& update, Timestamp now) {
  if (log.deactivated) return refuse(ErrorCode::did_deactivated, "this identity has been given up");
  if (log.witnessed) return did_log_invalid("a witnessed log is continued by its witnesses' tools");
  if (change.next_update_keys.empty() && change.kept_key_hashes.empty() && !change.deactivate) {
    return did_log_invalid("next_update_keys: the next key must be committed to beforehand");
  }
  if (std::find(change.update_keys.begin(), change.update_keys.end(), update.public_key()) ==
      change.update_keys.end()) {
    return did_log_invalid("update_keys: the key that signs is not among them");
  }
  for (const auto& key : change.next_update_keys) {
    if (!is_valid_key(key))
      return did_log_invalid("next_update_keys: a key that has no single owner");
    if (key == update.public_key()) {
      return did_log_invalid("next_update_keys: the key in use is no successor of itself");
    }
  }
  std::vector<std::string> next_hashes = did_log_hashes(change.next_update_keys);
  for (const auto& hash : change.kept_key_hashes) {
    if (!did_log_contains(log.next_key_hashes, hash)) {
      return did_log_invalid("kept_key_hashes: the entry before did not commit to it");
    }
    if (hash == update_key_hash(update.public_key())) {
      return did_log_invalid("kept_key_hashes: the key in use is no successor of itself");
    }
    next_hashes.push_back(hash);
  }
  // Two changes in one second are possible, two entries with one time are not.
  const Timestamp time = std::max(now, log.current().time + 1s);
  Json parameters =
      Json::object({{"updateKeys", did_log_strings_json(did_log_multikeys(change.update_keys))},
                    {"nextKeyHashes", did_log_strings_json(next_hashes)}});
  if (change.deactivate) parameters.set("deactivated", true);
  Json entry = Json::object({{"versionId", log.current().version_id},
                             {"versionTime", format_timestamp(time)},
                             {"parameters", std::move(parameters)},
                             {"state", change.document}});
  entry.set("versionId", std::to_string(log.versions.size() + 1) + "-" + did_log_multihash(entry));
  const Json made = did_log_signed(std::move(entry), time, update);
  DidLogWalk walk(log, now);
  RETURN_IF_REFUSED(walk.read(made));
  return canonical(made);
}

Json parallel_did_web(const DidLog& log) {
  const DidVersion& version = log.current();
  Json document = version.document;
  const auto did = parse_did(version.did);
  if (!did) return document;  // resolve_did_log lets no such version through

  // The services that did:webvh implies must be spelled out for readers of did:web.
  std::string base = did_folder_url(*did);
  base.pop_back();
  if (did->path.empty()) base.resize(base.rfind('/'));
  const Json* services = document.find("service");
  Json::Array list = services && services->if_array() ? *services->if_array() : Json::Array{};
  const auto has = [&](std::string_view fragment) {
    return std::any_of(list.begin(), list.end(), [&](const Json& item) {
      return did_log_refers(item.find("id"), did->scid, fragment);
    });
  };
  if (!has("files")) {
    list.push_back(
        Json::object({{"id", "#files"}, {"type", "relativeRef"}, {"serviceEndpoint", base}}));
  }
  if (!has("whois")) {
    list.push_back(Json::object({{"@context", "https://identity.foundation/linked-vp/contexts/v1"},
                                 {"id", "#whois"},
                                 {"type", "LinkedVerifiablePresentation"},
                                 {"serviceEndpoint", base + "/whois.vp"}}));
  }
  document.set("service", Json(std::move(list)));
  auto renamed = did_log_replace(document, "did:webvh:" + log.scid + ":", "did:web:");
  if (renamed) document = std::move(*renamed);

  Json::Array names;
  const auto add = [&](const Json& name) {
    const Json* self = document.find("id");
    if ((self && name == *self) || std::find(names.begin(), names.end(), name) != names.end())
      return;
    names.push_back(name);
  };
  const Json* before = document.find("alsoKnownAs");
  if (before && before->if_array())
    std::for_each(before->if_array()->begin(), before->if_array()->end(), add);
  add(Json(version.did));
  document.set("alsoKnownAs", Json(std::move(names)));
  return document;
}

}  // namespace protocol
