#include "tests/support/sample_evidence.h"

#include <stdexcept>
#include <tuple>
#include <utility>

#include "protocol/document/data_integrity.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/note.h"
#include "protocol/log/tlog_proof.h"

namespace test_support {

namespace {

using protocol::Json;

protocol::SigningKey sample_key(const std::string& name) {
  return protocol::SigningKey::from_seed(protocol::sha256("evidence " + name).view()).value();
}

template <class T>
T sample_take(protocol::Result<T> result) {
  if (!result) throw std::logic_error("the sample is refused: " + result.error().detail);
  return *std::move(result);
}

std::string sample_did_log(const std::string& name) {
  const std::string folder = "https://" + name + ".example/o/main";
  protocol::DidLogStart start{.folder_url = folder,
                              .sign = sample_key(name + " sign").public_key(),
                              .node = sample_key(name + " node").public_key(),
                              .feed_url = folder + "/feed/1",
                              .api_url = "",
                              .next_update_keys = {}};
  start.next_update_keys.push_back(sample_key(name + " next").public_key());
  return sample_take(protocol::create_did_log(start, sample_key(name + " update"), sample_time())) +
         "\n";
}

std::string sample_did_key(const protocol::SigningKey& key) {
  return "did:key:" + protocol::to_multikey(key.public_key());
}

Json sample_signed(Json value, const protocol::SigningKey& key) {
  const auto method = sample_did_key(key) + "#" + protocol::to_multikey(key.public_key());
  return protocol::sign_data_integrity(std::move(value), method, sample_time(), key);
}

std::string sample_hash(const Json& value) {
  return protocol::to_multihash(protocol::sha256(protocol::canonical(value)));
}

/// The log `line` with three witnesses, by the rules of SPEC 3.3, and the approval of two of them.
std::pair<std::string, std::string> sample_witnessed(const std::string& name,
                                                     const std::string& line) {
  Json entry = sample_take(protocol::parse_json(line));
  const auto replaced = [](const Json& value, const std::string& from, const std::string& to) {
    std::string text = protocol::canonical(value);
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return sample_take(protocol::parse_json(text));
  };
  Json::Array witnesses;
  for (const auto* number : {"1", "2", "3"}) {
    witnesses.push_back(
        Json::object({{"id", sample_did_key(sample_key(name + " witness " + number))}}));
  }
  Json& parameters = *entry.find("parameters");
  parameters.set("witness", Json::object({{"threshold", 2}, {"witnesses", witnesses}}));
  const std::string before = *parameters.find("scid")->if_string();
  entry.erase("proof");
  entry.set("versionId", "{SCID}");
  entry = replaced(entry, before, "{SCID}");
  const std::string scid = sample_hash(entry);
  entry = replaced(entry, "{SCID}", scid);
  const std::string version = "1-" + sample_hash(entry);
  entry.set("versionId", version);
  entry = sample_signed(std::move(entry), sample_key(name + " update"));
  entry.set("proof", Json::array({*entry.find("proof")}));

  Json::Array proofs;
  for (const auto* number : {"1", "3"}) {
    const Json made = sample_signed(Json::object({{"versionId", version}}),
                                    sample_key(name + " witness " + number));
    proofs.push_back(*made.find("proof"));
  }
  return {protocol::canonical(entry) + "\n",
          protocol::canonical(
              Json::array({Json::object({{"versionId", version}, {"proof", proofs}})}))};
}

Json sample_recognition(const SamplePublisher& by, const SamplePublisher& whom,
                        const std::string& name, const std::string& role, const std::string& area,
                        int depth) {
  protocol::Recognition recognition;
  recognition.subject_did = whom.did();
  recognition.at_version = whom.version_id();
  recognition.name = name;
  recognition.role = role;
  recognition.to_issue = true;
  recognition.max_path_length = depth;
  recognition.area = std::vector<std::string>{area};
  return protocol::recognition_subject(recognition, by.did());
}

Json sample_listing(const std::string& name) {
  return Json::object({{"name", name},
                       {"type", "PeerSupportGroup"},
                       {"kinds", Json::array({"formal_consultation"})},
                       {"audience", "therapists"},
                       {"area", Json::array({"US-OH"})},
                       {"status", "active"},
                       {"confirmed_at", "2026-11-01"},
                       {"confirmed_by_role", "chapter_admin"},
                       {"review_by", "2027-04-30"},
                       {"lang", "en"},
                       {"data_license", "CC-BY-4.0"},
                       {"links", Json::object({{"home", "https://collective.example/groups"}})},
                       {"x_later_member", Json::array({1, "kept"})}});
}

}  // namespace

protocol::Timestamp sample_time() { return *protocol::parse_timestamp("2026-11-01T09:00:00Z"); }

SamplePublisher::SamplePublisher(const std::string& name, bool witnessed)
    : name_(name),
      sign_(sample_key(name + " sign")),
      node_(sample_key(name + " node")),
      did_log_(sample_did_log(name)) {
  if (witnessed) std::tie(did_log_, did_witness_) = sample_witnessed(name, did_log_);
  log_ = sample_take(protocol::resolve_did_log(did_log_, did_witness_, "", sample_time()));
}

std::uint64_t SamplePublisher::append(protocol::DocumentType type, Json subject,
                                      protocol::Timestamp from, protocol::Timestamp until) {
  const auto random = protocol::sha256(name_ + " " + std::to_string(leaves_.size()));
  const auto id = protocol::uuid_urn(random.view().first<16>());
  if (type == protocol::DocumentType::listing) subject.set("id", id);
  const protocol::Envelope envelope{id, type, did(), from, until, std::move(subject)};
  documents_.push_back(
      sample_take(protocol::sign_document(envelope, did() + "#sign", sign_, from)));
  protocol::Leaf leaf;
  leaf.id = id;
  leaf.type = protocol::word(type);
  leaf.document = protocol::sha256(documents_.back());
  leaf.expires = until;
  leaves_.push_back(protocol::format_leaf(leaf));
  hashes_.push_back(protocol::leaf_hash(protocol::as_bytes(leaves_.back())));
  return leaves_.size() - 1;
}

protocol::EvidenceItem SamplePublisher::item(std::uint64_t index,
                                             const SamplePublisher* witness) const {
  protocol::Frontier frontier;
  for (const auto& hash : hashes_) frontier.append(hash);
  const auto origin = protocol::feed_origin(scid(), 1);
  protocol::Note note{protocol::format_checkpoint({origin, frontier.size(), frontier.root()}), {}};
  note.signatures.push_back(protocol::sign_note(note.text, origin, sign_));
  note.signatures.push_back(
      protocol::cosign_note(note.text, protocol::node_key_name(scid()), node_, sample_time()));
  if (witness) {
    note.signatures.push_back(
        protocol::cosign_note(note.text, protocol::node_key_name(witness->scid()), witness->node_,
                              sample_time() + std::chrono::hours(1)));
  }
  return {
      sample_take(protocol::parse_json(documents_[index])), leaves_[index],
      protocol::format_tlog_proof({std::nullopt, index, protocol::inclusion_proof(hashes_, index),
                                   protocol::format_note(note)}),
      did_log_, did_witness_};
}

SampleEvidence::SampleEvidence(bool witnessed)
    : national("national"),
      chapter("chapter", witnessed),
      collective("collective", witnessed),
      hub("hub") {
  const auto from = sample_time();
  const auto until = from + std::chrono::days(300);
  national.append(
      protocol::DocumentType::recognition,
      sample_recognition(national, chapter, "Buckeye Chapter", "state_chapter", "US", 1), from,
      until);
  chapter.append(
      protocol::DocumentType::recognition,
      sample_recognition(chapter, collective, "Lakeshore Collective", "collective", "US-OH", 0),
      from, until);
  for (const auto* name : {"First circle", "Second circle", "Third circle"})
    collective.append(protocol::DocumentType::listing, sample_listing(name), from,
                      from + std::chrono::days(270));
}

protocol::Evidence SampleEvidence::bundle() const {
  return {collective.item(1, &hub),
          {national.item(0, &hub), chapter.item(0, &hub)},
          national.scid(),
          hub.did_log()};
}

}  // namespace test_support
