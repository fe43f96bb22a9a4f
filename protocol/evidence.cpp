#include "protocol/evidence.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/log/tlog_proof.h"
#include "protocol/trust/path.h"

namespace protocol {

namespace {

// A document may be 32 deep itself, and stands up to three levels down in a bundle.
constexpr JsonLimits kEvidenceJson = {.max_bytes = kMaxEvidenceBytes, .max_depth = 32 + 3};

tl::unexpected<Error> evidence_profile(std::string_view where, std::string_view what) {
  return refuse(ErrorCode::doc_profile, std::string(where) + ": " + std::string(what));
}

/// The one path of a member: "path[1].leaf", or "leaf" where `where` is empty.
std::string evidence_member(const std::string& where, std::string_view name) {
  return where.empty() ? std::string(name) : where + "." + std::string(name);
}

Result<void> evidence_members(const Json& object, const std::string& where,
                              std::span<const std::string_view> known) {
  const auto* members = object.if_object();
  if (!members) return evidence_profile(where.empty() ? "bundle" : where, "is not an object");
  for (const auto& [name, value] : *members) {
    // A member of a later version may take back what the others say.
    if (std::find(known.begin(), known.end(), name) == known.end())
      return evidence_profile(evidence_member(where, name), "is not known here");
  }
  return {};
}

Result<std::string> evidence_text(const Json& object, const std::string& where,
                                  std::string_view name, std::size_t most,
                                  bool may_be_absent = false) {
  const auto member = evidence_member(where, name);
  const Json* value = object.find(name);
  if (!value && may_be_absent) return std::string();
  if (!value) return evidence_profile(member, "is missing");
  const auto* text = value->if_string();
  if (!text) return evidence_profile(member, "is not a text");
  if (text->empty()) return evidence_profile(member, "is empty");
  if (text->size() > most)
    return refuse(ErrorCode::too_large, member + ": over " + std::to_string(most) + " bytes");
  return *text;
}

Result<EvidenceItem> evidence_item(const Json& object, const std::string& where,
                                   std::string_view document) {
  EvidenceItem item;
  const Json* value = object.find(document);
  if (!value) return evidence_profile(evidence_member(where, document), "is missing");
  if (!value->if_object())
    return evidence_profile(evidence_member(where, document), "is not an object");
  item.document = *value;
  ASSIGN_OR_RETURN(item.leaf, evidence_text(object, where, "leaf", kMaxLeafBytes));
  ASSIGN_OR_RETURN(item.proof, evidence_text(object, where, "proof", kMaxTlogProofBytes));
  ASSIGN_OR_RETURN(item.did_log, evidence_text(object, where, "didLog", kMaxDidLogBytes));
  ASSIGN_OR_RETURN(item.did_witness,
                   evidence_text(object, where, "didWitness", kMaxWitnessBytes, true));
  return item;
}

void evidence_put_item(Json& object, std::string_view document, const EvidenceItem& item) {
  object.set(document, item.document);
  object.set("leaf", item.leaf);
  object.set("proof", item.proof);
  object.set("didLog", item.did_log);
  if (!item.did_witness.empty()) object.set("didWitness", item.did_witness);
}

/// One item with all that its proof led to.
struct EvidenceProof {
  ProvenItem item;
  DidLog log;
  Note note;
  Envelope envelope;
};

ProvenIdentity evidence_identity(const DidLog& log) {
  const auto& current = log.current();
  return {log.scid,     current.did,  current.version_id, log.versions.size(),
          current.time, log.witnessed};
}

Result<void> evidence_not_ahead(Timestamp time, Timestamp now, std::string_view whose) {
  if (time <= now + kMaxClockSkew) return {};
  // format_timestamp knows four-digit years only, and this number is a stranger's.
  const auto shown =
      time <= kLatestTimestamp ? format_timestamp(time) : std::string("after the year 9999");
  return refuse(ErrorCode::sig_bad, std::string(whose) + " lies in the future: " + shown);
}

/// Identity, checkpoint, inclusion, leaf, document: all but the path and the present time.
Result<EvidenceProof> evidence_prove(const EvidenceItem& item, const std::string& where,
                                     std::string_view document_member, DocumentType type,
                                     Timestamp now) {
  const auto at = [&](std::string_view name) { return evidence_member(where, name); };
  EvidenceProof proven;

  auto log = resolve_did_log(item.did_log, item.did_witness, "", now);
  if (!log) return refuse_in(at("didLog"), log.error());
  proven.log = std::move(*log);
  if (proven.log.deactivated)
    return refuse(ErrorCode::did_deactivated,
                  at("didLog") + ": the publisher has ended this identity");
  const auto keys = publisher_keys(proven.log.current());
  if (!keys) return refuse_in(at("didLog"), keys.error());

  const auto proof = parse_tlog_proof(item.proof);
  if (!proof) return refuse_in(at("proof"), proof.error());
  const auto origin = feed_origin(proven.log.scid, keys->epoch);
  auto checkpoint = verify_tlog_proof(*proof, leaf_hash(as_bytes(item.leaf)),
                                      {origin, NoteKeyKind::log, keys->sign});
  if (!checkpoint) return refuse_in(at("proof"), checkpoint.error());
  proven.note = std::move(checkpoint->note);
  if (keys->node) {
    // Who names such a key signs with it every time: a line that is missing was cut off on the way.
    const auto time = verify_line(
        proven.note, {node_key_name(proven.log.scid), NoteKeyKind::cosignature, *keys->node});
    if (!time) return refuse_in(at("proof"), time.error());
    if (auto ahead = evidence_not_ahead(*time, now, "its publisher's time stamp"); !ahead)
      return refuse_in(at("proof"), ahead.error());
    proven.item.publisher_time = *time;
  }

  const auto leaf = parse_leaf(item.leaf);
  if (!leaf) return refuse_in(at("leaf"), leaf.error());
  if (leaf->op != Leaf::Op::put || leaf->type != word(type))
    return refuse(ErrorCode::doc_profile,
                  at("leaf") + ": does not put a " + std::string(word(type)));

  const std::string line = canonical(item.document);
  if (sha256(line) != *leaf->document)
    return refuse(ErrorCode::doc_hash,
                  at(document_member) + ": is not the document that the leaf commits to");
  auto envelope = read_envelope(line);
  if (!envelope) return refuse_in(at(document_member), envelope.error());
  // Whether it is valid now is asked later, of all documents together.
  const auto verified = verify_document(line, proven.log, envelope->valid_from);
  if (!verified) return refuse_in(at(document_member), verified.error());
  if (envelope->id != leaf->id)
    return refuse(ErrorCode::doc_hash, at(document_member) + ": has another id than its leaf");
  if (envelope->type != type || envelope->valid_until != *leaf->expires)
    return refuse(ErrorCode::doc_profile,
                  at(document_member) + ": its type or validUntil is not the leaf's");

  proven.envelope = std::move(*envelope);
  proven.item.issuer = evidence_identity(proven.log);
  proven.item.record_id = proven.envelope.id;
  proven.item.valid_from = proven.envelope.valid_from;
  proven.item.valid_until = proven.envelope.valid_until;
  proven.item.index = proof->index;
  proven.item.size = checkpoint->checkpoint.size;
  return proven;
}

std::vector<std::string> evidence_versions(const DidLog& log) {
  std::vector<std::string> ids;
  for (const auto& version : log.versions) ids.push_back(version.version_id);
  return ids;
}

/// Reads the making node's cosignatures off the checkpoints.
Result<std::optional<ProvenIdentity>> evidence_node(const Evidence& evidence,
                                                    std::span<EvidenceProof* const> proofs,
                                                    Timestamp now) {
  if (evidence.node_did_log.empty()) return std::optional<ProvenIdentity>();
  const auto log = resolve_did_log(evidence.node_did_log, "", "", now);
  if (!log) return refuse_in("nodeDidLog", log.error());
  const auto keys = publisher_keys(log->current());
  if (!keys) return refuse_in("nodeDidLog", keys.error());
  if (!keys->node) return refuse(ErrorCode::did_invalid, "nodeDidLog: names no #node key");
  for (std::size_t i = 0; i < proofs.size(); ++i) {
    // A node's own feed bears its line as the publisher's; that is no second witness.
    if (proofs[i]->log.scid == log->scid) continue;
    const auto where = i == 0 ? std::string("proof") : "path[" + std::to_string(i - 1) + "].proof";
    const auto time = verify_line(
        proofs[i]->note, {node_key_name(log->scid), NoteKeyKind::cosignature, *keys->node});
    if (!time) {
      if (time.error().code == ErrorCode::sig_unknown) continue;  // the node had no time to add
      return refuse_in(where, time.error());
    }
    if (auto ahead = evidence_not_ahead(*time, now, "the node's time"); !ahead)
      return refuse_in(where, ahead.error());
    proofs[i]->item.seen_at = *time;
  }
  return std::optional(evidence_identity(*log));
}

bool evidence_valid_at(const ProvenItem& item, Timestamp moment) {
  return item.valid_from <= moment && moment < item.valid_until;
}

}  // namespace

Result<Evidence> parse_evidence(std::string_view text) {
  if (text.size() > kMaxEvidenceBytes)
    return refuse(ErrorCode::too_large,
                  "bundle: over " + std::to_string(kMaxEvidenceBytes) + " bytes");
  ASSIGN_OR_RETURN(const Json bundle, parse_json(text, kEvidenceJson));
  constexpr std::string_view kBundle[] = {"document",   "leaf", "proof",  "didLog",
                                          "didWitness", "path", "anchor", "nodeDidLog"};
  constexpr std::string_view kStep[] = {"recognition", "leaf", "proof", "didLog", "didWitness"};
  RETURN_IF_REFUSED(evidence_members(bundle, "", kBundle));
  Evidence evidence;
  ASSIGN_OR_RETURN(evidence.listing, evidence_item(bundle, "", "document"));
  const Json* path = bundle.find("path");
  const auto* steps = path ? path->if_array() : nullptr;
  if (!steps) return evidence_profile("path", "is missing, or is not a list");
  if (steps->size() > kMaxPathEdges) return evidence_profile("path", "has more than 4 steps");
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const auto where = "path[" + std::to_string(i) + "]";
    RETURN_IF_REFUSED(evidence_members((*steps)[i], where, kStep));
    ASSIGN_OR_RETURN(auto item, evidence_item((*steps)[i], where, "recognition"));
    evidence.path.push_back(std::move(item));
  }
  ASSIGN_OR_RETURN(evidence.anchor, evidence_text(bundle, "", "anchor", 100));
  if (!is_scid(evidence.anchor)) return evidence_profile("anchor", "is not a SCID");
  ASSIGN_OR_RETURN(evidence.node_did_log,
                   evidence_text(bundle, "", "nodeDidLog", kMaxDidLogBytes, true));
  return evidence;
}

std::string format_evidence(const Evidence& evidence) {
  Json bundle = Json::object({});
  evidence_put_item(bundle, "document", evidence.listing);
  Json::Array path;
  for (const auto& step : evidence.path) {
    Json item = Json::object({});
    evidence_put_item(item, "recognition", step);
    path.push_back(std::move(item));
  }
  bundle.set("path", std::move(path));
  bundle.set("anchor", evidence.anchor);
  if (!evidence.node_did_log.empty()) bundle.set("nodeDidLog", evidence.node_did_log);
  return canonical(bundle) + "\n";
}

Result<TrustedAnchor> parse_trusted_anchor(std::string_view text) {
  TrustedAnchor anchor;
  if (text.starts_with("kith1:")) {
    const auto hash = text.find('#');
    const auto did = parse_did(text.substr(6, hash == std::string_view::npos ? hash : hash - 6));
    if (!did || hash == std::string_view::npos)
      return refuse(ErrorCode::usage, "the line is not a whole kith1: line");
    anchor.scid = did->scid;
    anchor.at_version = text.substr(hash + 1);
  } else {
    const auto mark = text.find('@');
    anchor.scid = text.substr(0, mark);
    if (mark != std::string_view::npos) anchor.at_version = text.substr(mark + 1);
    if (mark != std::string_view::npos && anchor.at_version.empty())
      return refuse(ErrorCode::usage, "there is no version behind the @");
  }
  if (!is_scid(anchor.scid))
    return refuse(ErrorCode::usage, "'" + anchor.scid + "' is not an identity of 46 characters");
  return anchor;
}

std::optional<Timestamp> ProvenItem::dated() const {
  if (publisher_time && seen_at) return std::max(*publisher_time, *seen_at);
  return publisher_time ? publisher_time : seen_at;
}

Result<EvidenceFindings> verify_evidence(const Evidence& evidence, const TrustedAnchor& anchor,
                                         Timestamp now) {
  if (evidence.path.size() > kMaxPathEdges)
    return refuse(ErrorCode::edge_depth, "path: has more than 4 steps");
  if (evidence.anchor != anchor.scid) {
    return refuse(ErrorCode::no_path, "anchor: this bundle leads from " + evidence.anchor +
                                          ", and not from the one you trust");
  }
  ASSIGN_OR_RETURN(auto listing_proof,
                   evidence_prove(evidence.listing, "", "document", DocumentType::listing, now));
  const auto listing = read_listing(listing_proof.envelope.subject);
  if (!listing) return refuse_in("document", listing.error());
  std::vector<EvidenceProof> steps;
  std::vector<Recognition> recognitions;
  for (std::size_t i = 0; i < evidence.path.size(); ++i) {
    const auto where = "path[" + std::to_string(i) + "]";
    ASSIGN_OR_RETURN(auto step, evidence_prove(evidence.path[i], where, "recognition",
                                               DocumentType::recognition, now));
    auto recognition = read_recognition(step.envelope);
    if (!recognition) return refuse_in(where + ".recognition", recognition.error());
    steps.push_back(std::move(step));
    recognitions.push_back(std::move(*recognition));
  }

  std::vector<EvidenceProof*> proofs = {&listing_proof};
  for (auto& step : steps) proofs.push_back(&step);
  EvidenceFindings findings;
  ASSIGN_OR_RETURN(findings.node, evidence_node(evidence, proofs, now));

  // The moment at which all of it is judged: now, or else the latest that a checkpoint proves.
  std::optional<Timestamp> dated;
  for (const auto* proof : proofs) {
    if (const auto time = proof->item.dated()) dated = std::max(dated.value_or(*time), *time);
  }
  findings.valid_now = std::all_of(proofs.begin(), proofs.end(), [&](const auto* proof) {
    return evidence_valid_at(proof->item, now);
  });
  findings.judged_at = findings.valid_now ? now : dated.value_or(now);
  if (const auto& item = listing_proof.item; !evidence_valid_at(item, findings.judged_at)) {
    return refuse(
        findings.judged_at < item.valid_from ? ErrorCode::doc_future : ErrorCode::doc_expired,
        "document: is valid from " + format_timestamp(item.valid_from) + " until " +
            format_timestamp(item.valid_until) +
            ", and no proof shows it together with the whole path in that time");
  }

  // The path rule (SPEC 7.2), each edge by itself.
  const auto edges = static_cast<unsigned>(steps.size());
  const auto log_of = [&](std::size_t i) -> const DidLog& {
    return i < steps.size() ? steps[i].log : listing_proof.log;
  };
  std::set<std::string> seen;
  for (std::size_t i = 0; i <= steps.size(); ++i) {
    if (!seen.insert(log_of(i).scid).second)
      return refuse(ErrorCode::no_path, "path: visits " + log_of(i).scid + " twice");
  }
  if (log_of(0).scid != anchor.scid) {
    return refuse(ErrorCode::no_path,
                  (steps.empty() ? std::string("document") : std::string("path[0].recognition")) +
                      ": is not signed by the anchor");
  }
  const Anchor rule{anchor.scid, log_of(0).current().did, anchor.at_version, {}, {}};
  if (const auto fault = anchor_fault(rule, evidence_versions(log_of(0)), edges, listing->area)) {
    return refuse(*fault, (steps.empty() ? std::string("didLog") : std::string("path[0].didLog")) +
                              ": the anchor's log does not have the version " + anchor.at_version);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto where = "path[" + std::to_string(i) + "].recognition";
    const auto& item = steps[i].item;
    const Edge edge{item.issuer.scid, log_of(i + 1).scid, item.record_id,
                    item.valid_from,  item.valid_until,   std::move(recognitions[i])};
    auto fault = edge_fault(edge, evidence_versions(log_of(i + 1)), findings.judged_at);
    if (!fault) fault = edge_fault_there(edge, edges - 1 - static_cast<unsigned>(i), listing->area);
    if (fault) {
      const auto& why = edge.recognition.constraint_error;
      return refuse(*fault, where + ": " +
                                (*fault == ErrorCode::edge_constraint && why
                                     ? *why
                                     : std::string(describe(*fault).meaning)));
    }
    findings.path.push_back({item, edge.to, edge.recognition.name, edge.recognition.role,
                             edge.recognition.area, edge.recognition.max_path_length});
  }

  findings.listing_name = listing->name;
  findings.area = listing->area;
  findings.listing = listing_proof.item;
  findings.anchor = evidence_identity(log_of(0));
  findings.pinned_version = anchor.at_version;
  return findings;
}

}  // namespace protocol
