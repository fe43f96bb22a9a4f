#include "node/evidence.h"

#include "node/publish/own_history.h"
#include "protocol/document/credential.h"
#include "protocol/encoding/json.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/leaf.h"

namespace node {

namespace {

using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

Result<protocol::EvidenceItem> evidence_item(const StoreQueries& store, LogProofs& proofs,
                                             const Feed& feed, const Record& record,
                                             std::uint64_t position,
                                             const std::string& checkpoint) {
  if (record.document.empty() || record.document_position != position)
    return refuse(ErrorCode::busy, "the record is being changed; try again in a minute");
  protocol::EvidenceItem item;
  auto document = protocol::parse_json(record.document);
  if (!document) return tl::unexpected(document.error());
  if (protocol::canonical(*document) != record.document) {
    return refuse(ErrorCode::doc_syntax, record.key.text() +
                                             ": its publisher did not write it canonically, so a "
                                             "bundle cannot hold it byte for byte");
  }
  item.document = std::move(*document);
  const auto entry = store.entries(feed.feed_id, position, position + 1);
  if (entry.size() != 1)
    return refuse(ErrorCode::busy, "the feed is being changed; try again in a minute");
  item.leaf = protocol::as_text(entry.front());
  if (position >= feed.size)
    return refuse(ErrorCode::busy, "the feed is being changed; try again in a minute");
  item.proof = protocol::format_tlog_proof(
      {std::nullopt, position, proofs.inclusion(store, feed, position), checkpoint});
  item.did_log = feed.did_log;
  return item;
}

/// Witness proofs of identity logs are read and not kept, and without them such a log proves
/// nothing.
Result<void> evidence_log_stands_alone(const Feed& feed, protocol::Timestamp now) {
  if (feed.did_log.find("\"witness\"") == std::string::npos) return {};
  if (const auto log = protocol::resolve_did_log(feed.did_log, "", "", now); !log) {
    return refuse(log.error().code, "the identity log of " + feed.scid +
                                        " needs the proofs of its witnesses, which this node does "
                                        "not keep: " +
                                        log.error().detail);
  }
  return {};
}

}  // namespace

Result<protocol::Evidence> make_evidence(const StoreQueries& store, LogProofs& proofs,
                                         const CheckpointOf& checkpoint_of, const RecordKey& key,
                                         const Standing& standing, protocol::Timestamp now) {
  const auto own = find_own_feed(store);
  const auto prove = [&](const std::string& scid,
                         const auto& choose) -> Result<protocol::EvidenceItem> {
    const auto feed = store.feed(scid);
    if (!feed) return refuse(ErrorCode::not_found, "a feed on its path is not here any more");
    RETURN_IF_REFUSED(evidence_log_stands_alone(*feed, now));
    const std::optional<std::pair<Record, std::uint64_t>> chosen = choose(*feed);
    if (!chosen) return refuse(ErrorCode::not_found, "a document on its path is not here any more");
    return evidence_item(store, proofs, *feed, chosen->first, chosen->second, checkpoint_of(*feed));
  };

  protocol::Evidence evidence;
  using Chosen = std::optional<std::pair<Record, std::uint64_t>>;
  ASSIGN_OR_RETURN(evidence.listing, prove(key.scid, [&](const Feed&) -> Chosen {
                     auto record = store.record(key);
                     if (!record || record->type != "listing") return std::nullopt;
                     const auto position = record->document_position;
                     return std::pair(std::move(*record), position);
                   }));
  // An own listing that no anchor's path leads to is the word of its publisher alone.
  evidence.anchor = standing.path.empty() ? key.scid : standing.path.front().scid;
  for (std::size_t i = 1; i < standing.path.size(); ++i) {
    const auto position = standing.path[i].recognition.value_or(0);
    const auto& scid = standing.path[i - 1].scid;
    ASSIGN_OR_RETURN(auto step, prove(scid, [&](const Feed& feed) -> Chosen {
                       const auto entry = store.entries(feed.feed_id, position, position + 1);
                       const auto leaf = entry.empty()
                                             ? Result<protocol::Leaf>(refuse(ErrorCode::busy, ""))
                                             : protocol::parse_leaf(protocol::as_text(entry[0]));
                       if (!leaf || !leaf->id.starts_with("urn:uuid:")) return std::nullopt;
                       auto record = store.record({scid, leaf->id.substr(9)});
                       if (!record || record->type != "recognition") return std::nullopt;
                       return std::pair(std::move(*record), position);
                     }));
    evidence.path.push_back(std::move(step));
  }
  if (own) evidence.node_did_log = own->did_log;
  return evidence;
}

}  // namespace node
