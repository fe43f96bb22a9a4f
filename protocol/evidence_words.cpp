#include <algorithm>

#include "protocol/document/text_safety.h"
#include "protocol/document/vocabularies.h"
#include "protocol/evidence.h"
#include "protocol/identity/did.h"

// What a bundle proves, for somebody who has never heard of logs and keys. Each sentence says who
// says so and when, because that is all that was proven.

namespace protocol {

namespace {

std::string evidence_day(Timestamp time) {
  return time < Timestamp{} || time > kLatestTimestamp ? "a day that cannot be written"
                                                       : format_timestamp(time).substr(0, 10);
}

std::string evidence_time_words(Timestamp time) {
  if (time < Timestamp{} || time > kLatestTimestamp) return "a time that cannot be written";
  return evidence_day(time) + " " + format_timestamp(time).substr(11, 5) + " UTC";
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

/// "chapter.example/o/main", from the DID: where a publisher says that it lives.
std::string evidence_place(const ProvenIdentity& identity) {
  const auto did = parse_did(identity.did);
  if (!did) return identity.scid;
  std::string text = did->host;
  for (const auto& segment : did->path) text += "/" + segment;
  return evidence_name(text);
}

/// What the sentences call each publisher: by its recognizer's name, the anchor and the node by
/// their place. Two of one name are told apart by their identities.
class EvidenceNames {
 public:
  void add(const ProvenIdentity& identity, const std::string& name) {
    const auto shown = name.empty() ? evidence_place(identity) : evidence_name(name);
    for (const auto& one : all_) {
      if (one.identity.scid == identity.scid) return;
    }
    all_.push_back({identity, shown});
  }
  std::string of(const ProvenIdentity& identity) const {
    std::string name = identity.scid;
    for (const auto& one : all_) {
      if (one.identity.scid == identity.scid) name = one.name;
    }
    const auto same =
        std::count_if(all_.begin(), all_.end(), [&](const auto& one) { return one.name == name; });
    return same > 1 ? name + " (" + identity.scid + ")" : name;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& one : all_)
      lines.push_back(of(one.identity) + ": identity " + one.identity.scid + ", at " +
                      evidence_place(one.identity) +
                      (one.identity.witnessed
                           ? "; witnesses whom its identity log names approved its changes"
                           : ""));
    return lines;
  }

 private:
  struct One {
    ProvenIdentity identity;
    std::string name;
  };
  std::vector<One> all_;
};

std::string evidence_seen(const ProvenItem& item, const EvidenceFindings& findings,
                          const EvidenceNames& names) {
  std::string text;
  if (item.seen_at) {
    text = "seen by " + names.of(*findings.node) + " on " + evidence_time_words(*item.seen_at);
  }
  if (item.publisher_time) {
    text += (text.empty() ? "" : "; ") +
            ("dated by its publisher itself " + evidence_time_words(*item.publisher_time));
  }
  return "Entry " + std::to_string(item.index + 1) + " of " + std::to_string(item.size) +
         " in its log: " + (text.empty() ? "no time known" : text) + ".";
}

}  // namespace

EvidenceWords explain_evidence(const EvidenceFindings& findings) {
  EvidenceWords words;
  const auto& path = findings.path;
  EvidenceNames names;
  names.add(findings.anchor, "");
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& subject = i + 1 < path.size() ? path[i + 1].item.issuer : findings.listing.issuer;
    names.add(subject, path[i].subject_name);
  }
  if (findings.node) names.add(*findings.node, "");
  words.identities = names.lines();

  words.proven.push_back("\"" + evidence_name(findings.listing_name) + "\" was published by " +
                         names.of(findings.listing.issuer) + ", signed to be valid until " +
                         evidence_day(findings.listing.valid_until) + ". " +
                         evidence_seen(findings.listing, findings, names));
  if (path.empty())
    words.proven.push_back("That publisher is your anchor itself: nobody else vouches for it.");
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& step = path[i];
    const auto& subject = i + 1 < path.size() ? path[i + 1].item.issuer : findings.listing.issuer;
    std::string text = names.of(step.item.issuer) +
                       (i == 0 ? ", your anchor, recognizes " : " recognizes ") + names.of(subject);
    if (!step.role.empty())
      text += " (" + evidence_name(label(Vocabulary::publisher_kinds, step.role)) + ")";
    text += " " + evidence_area(step.area) + ", from " + evidence_day(step.item.valid_from) +
            " until " + evidence_day(step.item.valid_until) + ". " +
            evidence_seen(step.item, findings, names);
    words.proven.push_back(std::move(text));
  }
  if (findings.valid_now) {
    words.proven.push_back("By their dates, all of these documents are valid now.");
  } else {
    words.proven.push_back("By their dates, all of these documents were valid together on " +
                           evidence_time_words(findings.judged_at) + ". Now they are not.");
  }
  words.proven.push_back(
      "The anchor's identity log was seen up to version " + findings.anchor.version_id + " of " +
      evidence_day(findings.anchor.version_time) +
      (findings.pinned_version.empty() ? std::string(".")
                                       : ", and has the version that you named."));

  words.not_proven.push_back(
      "That nothing was withdrawn, by then or since. A log only shows what was added: a later "
      "entry may end the "
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
