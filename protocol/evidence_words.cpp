#include "protocol/evidence.h"

#include <algorithm>

#include "protocol/document/text_safety.h"
#include "protocol/document/vocabularies.h"

// What a bundle proves, for somebody who has never heard of logs and keys. Each sentence says who
// says so and when, because that is all that was proven.

namespace protocol {

namespace {

std::string evidence_day(Timestamp time) {
  if (time < Timestamp{} || time > kLatestTimestamp) return "a time that cannot be written";
  const auto text = format_timestamp(time);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

/// A name as it may be printed on a terminal: a stranger chose it.
std::string evidence_name(const std::string& name) {
  const bool controls = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return controls || dangerous_character(name) ? "(a name with hidden characters)" : name;
}

std::string evidence_area(const std::optional<std::vector<std::string>>& area) {
  if (!area) return "without a limit of area";
  std::string text;
  for (const auto& code : *area) text += (text.empty() ? "" : ", ") + code;
  return "for " + (text.empty() ? std::string("no area") : text);
}

/// "Ohio Chapter (QmW5…)": the recognizer's name for it, or only who it is.
std::string evidence_who(const std::string& name, const ProvenIdentity& identity) {
  const std::string host_and_path = identity.did.substr(std::min(
      identity.did.size(), std::string_view("did:webvh:").size() + identity.scid.size() + 1));
  return (name.empty() ? host_and_path : evidence_name(name)) + " (" + identity.scid + ")";
}

std::string evidence_seen(const ProvenItem& item, const EvidenceFindings& findings) {
  std::string text;
  if (item.seen_at) {
    text = "seen by " + evidence_who("", *findings.node) + " on " + evidence_day(*item.seen_at);
  }
  if (item.publisher_time) {
    text += (text.empty() ? "" : "; ") +
            ("dated by the publisher itself on " + evidence_day(*item.publisher_time));
  }
  return text.empty() ? "no time known" : text;
}

}  // namespace

EvidenceWords explain_evidence(const EvidenceFindings& findings) {
  EvidenceWords words;
  const auto& path = findings.path;
  const std::string publisher_name = path.empty() ? std::string() : path.back().subject_name;

  words.proven.push_back(
      "The group \"" + evidence_name(findings.listing_name) + "\" was published by " +
      evidence_who(publisher_name, findings.listing.issuer) + ", who signed it to be valid until " +
      evidence_day(findings.listing.valid_until) + ". Entry " +
      std::to_string(findings.listing.index) + " of " + std::to_string(findings.listing.size) +
      " in its log: " + evidence_seen(findings.listing, findings) + ".");
  if (path.empty()) {
    words.proven.push_back("That publisher is the anchor itself: nobody else vouches for it.");
  }
  std::string recognizer_name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& step = path[i];
    const auto& subject = i + 1 < path.size() ? path[i + 1].item.issuer : findings.listing.issuer;
    std::string text = evidence_who(recognizer_name, step.item.issuer) +
                       (i == 0 ? ", your anchor, recognizes " : " recognizes ") +
                       evidence_who(step.subject_name, subject);
    if (!step.role.empty()) text += " as " + evidence_name(label(Vocabulary::publisher_kinds, step.role));
    text += " " + evidence_area(step.area) + ", from " + evidence_day(step.item.valid_from) +
            " until " + evidence_day(step.item.valid_until) + ". Entry " +
            std::to_string(step.item.index) + " of " + std::to_string(step.item.size) +
            " in its log: " + evidence_seen(step.item, findings) + ".";
    words.proven.push_back(std::move(text));
    recognizer_name = step.subject_name;
  }
  if (findings.valid_now) {
    words.proven.push_back("By their dates, all of these documents are valid now.");
  } else {
    words.proven.push_back("By their dates, all of these documents were valid together on " +
                           evidence_day(findings.judged_at) + ". Now they are not.");
  }
  words.proven.push_back(
      "The anchor's identity log was seen up to version " + findings.anchor.version_id + " of " +
      evidence_day(findings.anchor.version_time) +
      (findings.pinned_version.empty() ? std::string(".")
                                       : ", and has the version that you named."));

  words.not_proven.push_back(
      "That nothing was withdrawn. A log only shows what was added: a later entry may end the "
      "listing or a recognition, and no file can show that there is none. Ask a node that follows "
      "these publishers.");
  if (findings.pinned_version.empty()) {
    words.not_proven.push_back(
        "That the anchor's identity log is whole. Somebody who holds an old key of the anchor "
        "could "
        "show an older, cut log, and that cannot be told from here. To rule it out, name the "
        "version "
        "that you know: --anchor " +
        findings.anchor.scid + "@VERSION, the part behind # in the anchor's kith1: line.");
  }
  bool undated = !findings.listing.dated();
  for (const auto& step : path) undated = undated || !step.item.dated();
  if (undated) {
    words.not_proven.push_back(
        "When. Nobody put a time under at least one of these logs; the dates inside the documents "
        "are "
        "their signer's own.");
  } else {
    words.not_proven.push_back(
        "That the times are true. Each is the word of whom it names, and as good as that.");
  }
  words.not_proven.push_back(
      "That the group is good, safe or right for you, or that what its listing says is so. It is "
      "the word of those named above.");
  return words;
}

}  // namespace protocol
