#include "node/evidence.h"

#include "node/publish/own_history.h"
#include "node/store/witness_proofs.h"
#include "protocol/document/credential.h"
#include "protocol/encoding/json.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"
#include "protocol/log/leaf.h"

namespace node {

namespace {

using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

/// Without them an identity log that names witnesses proves nothing.
Result<std::string> evidence_witness_proofs(const StoreQueries& store, const Feed& feed) {
  if (!protocol::names_witnesses(feed.did_log)) return std::string();
  auto proofs = stored_witness_proofs(store.database(), feed.feed_id);
  if (proofs.empty()) {
    return refuse(ErrorCode::busy, "the identity log of " + feed.scid +
                                       " needs the proofs of its witnesses, which come with the "
                                       "next reading of its feed");
  }
  return proofs;
}

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
  ASSIGN_OR_RETURN(item.did_witness, evidence_witness_proofs(store, feed));
  return item;
}

/// What a reader could not take because of its size is not handed out.
Result<void> evidence_fits(const protocol::Evidence& evidence) {
  const auto size = [](const protocol::EvidenceItem& item) {
    return item.leaf.size() + item.proof.size() + item.did_log.size() + item.did_witness.size() +
           protocol::kMaxDocumentBytes;
  };
  std::size_t total = size(evidence.listing) + evidence.node_did_log.size();
  for (const auto& step : evidence.path) total += size(step);
  // As texts in JSON none of these more than doubles; usual bundles are a hundredth of that.
  if (2 * total <= protocol::kMaxEvidenceBytes) return {};
  if (protocol::format_evidence(evidence).size() <= protocol::kMaxEvidenceBytes) return {};
  return refuse(ErrorCode::too_large, "the identity logs on this path are too long for a bundle");
}

}  // namespace

Result<protocol::Evidence> make_evidence(const StoreQueries& store, LogProofs& proofs,
                                         const CheckpointOf& checkpoint_of, const RecordKey& key,
                                         const Standing& standing) {
  const auto own = find_own_feed(store);
  const auto prove = [&](const std::string& scid,
                         const auto& choose) -> Result<protocol::EvidenceItem> {
    const auto feed = store.feed(scid);
    if (!feed) return refuse(ErrorCode::not_found, "a feed on its path is not here any more");
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
  // There is no place for the proofs of a node's own witnesses, which Kith never names.
  if (own && !protocol::names_witnesses(own->did_log)) evidence.node_did_log = own->did_log;
  RETURN_IF_REFUSED(evidence_fits(evidence));
  return evidence;
}

}  // namespace node
