#include <algorithm>
#include <set>

#include "node/cli/commands.h"
#include "node/cli/output_place.h"
#include "node/publish/files.h"
#include "node/publish/own_history.h"
#include "protocol/evidence.h"
#include "protocol/identity/did.h"
#include "protocol/log/merkle.h"

namespace node {

namespace {

using protocol::Json;

/// Recognitions that end sooner are worth a look.
constexpr std::chrono::days kMonitorEndsSoon{30};
/// Remembers, between two runs of `kith monitor`, whom those that we recognize recognize.
constexpr std::string_view kMonitorSetting = "monitor_recognitions";

Json evidence_time(std::optional<protocol::Timestamp> time) {
  return time ? Json(protocol::format_timestamp(*time)) : Json();
}

Json evidence_identity_json(const protocol::ProvenIdentity& identity) {
  return Json::object({{"scid", identity.scid},
                       {"did", identity.did},
                       {"version_id", identity.version_id},
                       {"version_time", protocol::format_timestamp(identity.version_time)},
                       {"witnessed", identity.witnessed}});
}

Json::Object evidence_item_json(const protocol::ProvenItem& item) {
  return {{"issuer", evidence_identity_json(item.issuer)},
          {"id", item.record_id},
          {"valid_from", protocol::format_timestamp(item.valid_from)},
          {"valid_until", protocol::format_timestamp(item.valid_until)},
          {"index", static_cast<std::int64_t>(item.index)},
          {"size", static_cast<std::int64_t>(item.size)},
          {"publisher_time", evidence_time(item.publisher_time)},
          {"seen_at", evidence_time(item.seen_at)}};
}

Json evidence_texts(const std::vector<std::string>& texts) {
  Json::Array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

Json evidence_findings_json(const protocol::EvidenceFindings& findings,
                            const protocol::EvidenceWords& words) {
  Json::Object listing = evidence_item_json(findings.listing);
  listing.emplace_back("name", findings.listing_name);
  listing.emplace_back("area", evidence_texts(findings.area));
  Json::Array path;
  for (const auto& step : findings.path) {
    Json::Object edge = evidence_item_json(step.item);
    edge.emplace_back("subject", step.subject_scid);
    edge.emplace_back("name", step.subject_name);
    edge.emplace_back("role", step.role);
    edge.emplace_back("area", step.area ? evidence_texts(*step.area) : Json());
    edge.emplace_back("max_path_length", step.max_path_length);
    path.emplace_back(std::move(edge));
  }
  return Json::object(
      {{"holds", true},
       {"valid_now", findings.valid_now},
       {"judged_at", protocol::format_timestamp(findings.judged_at)},
       {"listing", std::move(listing)},
       {"path", std::move(path)},
       {"anchor", evidence_identity_json(findings.anchor)},
       {"pinned_version", findings.pinned_version.empty() ? Json() : Json(findings.pinned_version)},
       {"node", findings.node ? evidence_identity_json(*findings.node) : Json()},
       {"proven", evidence_texts(words.proven)},
       {"not_proven", evidence_texts(words.not_proven)}});
}

ExitCode evidence_refused(const protocol::Error& error, std::string_view heading, ExitCode exit,
                          bool json, CommandOutput& output) {
  const auto& info = protocol::describe(error.code);
  if (json) {
    output.print(protocol::canonical(Json::object({{"holds", false},
                                                   {"code", info.word},
                                                   {"meaning", info.meaning},
                                                   {"detail", error.detail}})) +
                 "\n");
    return exit;
  }
  output.print(std::string(heading) + "\n\n" + wrapped(info.meaning) + "\n" +
               wrapped(error.detail) + "\n(" + std::string(info.word) + ")\n");
  return exit;
}

void evidence_print_list(std::string_view heading, const std::vector<std::string>& sentences,
                         CommandOutput& output) {
  output.print("\n" + std::string(heading) + "\n");
  for (const auto& sentence : sentences) output.print(wrapped("* " + sentence, 2) + "\n");
}

/// One thing that an operator should look at, or only know.
struct MonitorLine {
  std::string text;
  bool look = false;
};

struct MonitorReport {
  std::vector<MonitorLine> own, peers, recognitions, trouble, ending;
  bool unreachable = false;

  bool look() const {
    for (const auto* part : {&own, &peers, &recognitions, &trouble, &ending}) {
      if (std::any_of(part->begin(), part->end(), [](const auto& line) { return line.look; }))
        return true;
    }
    return false;
  }
};

/// The root that the own log had when it was `size` long.
protocol::Hash monitor_root_at(const StoreQueries& store, const Feed& feed, std::uint64_t size) {
  constexpr std::uint64_t kAtOnce = 4096;
  protocol::Frontier frontier;
  for (std::uint64_t from = 0; from < size; from += kAtOnce) {
    for (const auto& entry : store.entries(feed.feed_id, from, std::min(size, from + kAtOnce)))
      frontier.append(protocol::leaf_hash(entry));
  }
  return frontier.root();
}

void monitor_own_copy(const StoreQueries& store, const Feed& feed, const PublicCopy& copy,
                      MonitorReport& report) {
  const auto say = [&](std::string text) { report.own.push_back({std::move(text), true}); };
  const auto entries = [](std::uint64_t n) {
    return std::to_string(n) + (n == 1 ? " entry" : " entries");
  };
  if (copy.epoch != feed.epoch) {
    say("The public copy is of epoch " + std::to_string(copy.epoch) + ", and this node is at " +
        std::to_string(feed.epoch) + ".");
  } else if (copy.size > feed.size) {
    say("The public copy has " + entries(copy.size) + ", and this node knows " +
        entries(feed.size) +
        ": another copy of this publisher is at work, or an old backup was restored.");
  } else if (monitor_root_at(store, feed, copy.size) != copy.root) {
    say("The public copy shows another history than this node's for its first " +
        entries(copy.size) +
        ". Somebody else signs with your key, or two copies of this publisher ran.");
  } else if (copy.size < feed.size) {
    say("The public copy is old: it has " + entries(copy.size) + " of " +
        std::to_string(feed.size) + ". Upload the folder again after `kith publish`.");
  }
  const auto trimmed = [](std::string_view text) {
    return text.substr(0, text.find_last_not_of('\n') + 1);
  };
  if (trimmed(copy.did_log) != trimmed(feed.did_log)) {
    say(feed.did_log.starts_with(trimmed(copy.did_log))
            ? "The public identity log is old; upload the folder again after `kith publish`."
            : "The public identity log is not the one that this node knows.");
  }
  for (const auto& [id, error] : copy.troubled) {
    say("A stranger cannot read " + id + ": " +
        std::string(protocol::describe(error.code).meaning) + " (" + std::string(word(error.code)) +
        ")");
  }
  if (report.own.empty()) {
    report.own.push_back(
        {"Your feed reads as it should: " + entries(copy.size) +
             (copy.heartbeat ? ", dated " + protocol::format_timestamp(*copy.heartbeat)
                             : std::string()) +
             ".",
         false});
  }
}

/// The own feed as other nodes have it, and what they have of others that cannot be.
void monitor_peers(const GossipRound& round, const Feed* own, Node& node, MonitorReport& report) {
  const auto origin = own ? protocol::feed_origin(own->scid, own->epoch) : std::string();
  const auto finding_of_own = [&](const std::string& peer) -> const GossipFinding* {
    for (const auto& finding : round.findings) {
      if (own && finding.scid == own->scid && finding.node == peer) return &finding;
    }
    return nullptr;
  };
  for (const auto& answer : round.answers) {
    const auto say = [&](std::string text, bool look) {
      report.peers.push_back({answer.node + " " + std::move(text), look});
    };
    if (answer.refused) {
      say("cannot be asked: " + std::string(word(answer.refused->code)) + ": " +
              answer.refused->detail,
          false);
    } else if (!own) {
      continue;
    } else if (const auto* found = finding_of_own(answer.node)) {
      say(found->contradicts
              ? "shows another history of your feed, signed with your key, for " +
                    std::to_string(found->size) +
                    " entries. Both notes are kept. Somebody else signs with your key, or two "
                    "copies of this publisher ran: stop publishing and see docs/OPERATING.md."
              : "shows " + std::to_string(found->size) +
                    " entries of your feed, signed with your key, and this node knows " +
                    std::to_string(own->size) +
                    ": another copy of this publisher is at work, or an old backup was restored.",
          true);
    } else if (const auto size = answer.sizes.find(origin); size == answer.sizes.end()) {
      say("does not hold your feed.", false);
    } else if (size->second < own->size) {
      say("has " + std::to_string(size->second) + " of your " + std::to_string(own->size) +
              " entries; it reads the rest with its next cycle.",
          false);
    } else if (size->second > own->size) {
      say("lists more of your feed than there is, and cannot show it.", false);
    } else {
      say("has your feed as it is here.", false);
    }
  }
  for (const auto& finding : round.findings) {
    if (!finding.contradicts || (own && finding.scid == own->scid)) continue;
    report.trouble.push_back({finding.node + " shows another history of " +
                                  node.publisher_name(finding.scid) + " (" + finding.scid +
                                  ") for " + std::to_string(finding.size) +
                                  " entries than was read here, signed by the same key.",
                              true});
  }
}

struct MonitorRecognition {
  std::string to;  ///< SCID
  std::string name;
  protocol::Timestamp valid_until{};
};

std::vector<MonitorRecognition> monitor_recognitions(const StoreQueries& store, const Feed& feed,
                                                     protocol::Timestamp now) {
  std::vector<MonitorRecognition> found;
  for (const auto& record : store.records(feed.feed_id, "recognition")) {
    const auto envelope = protocol::read_envelope(record.document);
    if (!envelope || now >= record.shown_until()) continue;
    const auto recognition = protocol::read_recognition(*envelope);
    if (!recognition) continue;
    if (const auto did = protocol::parse_did(recognition->subject_did))
      found.push_back({did->scid, recognition->name, envelope->valid_until});
  }
  return found;
}

/// What those that we recognize recognize now, against what was remembered; remembers it anew.
void monitor_new_recognitions(Store& store, const std::vector<MonitorRecognition>& ours, Node& node,
                              protocol::Timestamp now, MonitorReport& report) {
  const auto kept = store.queries().setting(kMonitorSetting);
  const auto before = kept ? protocol::parse_json(*kept) : protocol::Result<Json>(Json());
  Json remembered = Json::object({});
  for (const auto& subject : ours) {
    const auto feed = store.queries().feed(subject.to);
    if (!feed || remembered.find(subject.to)) continue;
    std::set<std::string> known;
    const Json* list = before ? before->find(subject.to) : nullptr;
    if (const auto* items = list ? list->if_array() : nullptr) {
      for (const auto& item : *items) {
        if (const auto* scid = item.if_string()) known.insert(*scid);
      }
    }
    std::set<std::string> current;
    for (const auto& edge : monitor_recognitions(store.queries(), *feed, now)) {
      if (!current.insert(edge.to).second || known.contains(edge.to)) continue;
      report.recognitions.push_back(
          {node.publisher_name(subject.to) + " recognizes " +
               (edge.name.empty() ? std::string("somebody") : edge.name) + " (" + edge.to +
               ") until " + protocol::format_timestamp(edge.valid_until).substr(0, 10) + "." +
               (list ? "" : " (First look.)"),
           list != nullptr});
    }
    Json::Array scids;
    for (const auto& scid : current) scids.emplace_back(scid);
    remembered.set(subject.to, std::move(scids));
  }
  const auto text = protocol::canonical(remembered);
  if (!kept || *kept != text) store.set_setting(kMonitorSetting, text);
}

void monitor_print(std::string_view heading, const std::vector<MonitorLine>& lines,
                   std::string_view none, CommandOutput& output) {
  output.print(std::string(heading) + "\n");
  for (const auto& line : lines)
    output.print(wrapped((line.look ? "! " : "  ") + line.text, 2) + "\n");
  if (lines.empty()) output.print(wrapped("  " + std::string(none), 2) + "\n");
}

Json monitor_json(const std::vector<MonitorLine>& lines) {
  Json::Array list;
  for (const auto& line : lines)
    list.push_back(Json::object({{"text", line.text}, {"look", line.look}}));
  return list;
}

}  // namespace

ExitCode command_evidence(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto key = record_meant(invocation.first("id"), node, output);
  if (!key) return kExitNo;
  const auto evidence = node.evidence(*key);
  if (!evidence && evidence.error().code == protocol::ErrorCode::not_found) {
    output.complain(wrapped("No listing with the id " + key->text() +
                            " is shown here, and there is evidence only for what is shown. It may "
                            "have been withdrawn, or nobody whom this node trusts vouches for it: "
                            "`kith status` and `kith denied` say more.") +
                    "\n");
    return kExitNo;
  }
  if (!evidence) return say_refusal(evidence.error(), output);
  // What is handed to somebody who cannot ask back is checked as he will check it.
  const auto findings =
      protocol::verify_evidence(*evidence, {evidence->anchor, ""}, node.clock().now());
  if (!findings) return say_refusal(findings.error(), output);
  const auto text = protocol::format_evidence(*evidence);
  if (!invocation.has("out")) {
    output.print(text);
    return kExitOk;
  }
  const auto file = file_to_write(invocation, "out", node.folder(), output);
  if (!file) return kExitUsage;
  replace_file(*file, text);
  output.print(
      wrapped("Written: " + file->string() + " (" + std::to_string(text.size()) + " bytes).") +
      "\n" +
      wrapped("Whoever trusts " + node.publisher_name(evidence->anchor) +
              " can check it anywhere, without network:") +
      "\n  kith verify FILE \\\n    --anchor " + evidence->anchor + "@\\\n" +
      findings->anchor.version_id + "\n");
  return kExitOk;
}

ExitCode command_verify(const Invocation& invocation, protocol::Timestamp now,
                        CommandOutput& output) {
  const bool json = invocation.json();
  const auto evidence = protocol::parse_evidence(invocation.file("file"));
  if (!evidence) {
    return evidence_refused(evidence.error(), "This file is no evidence that can be read.",
                            kExitDamaged, json, output);
  }
  if (!invocation.has("anchor")) {
    output.complain(
        wrapped(
            "Say whom you trust: --anchor with the identity of the body whose word counts for you, "
            "as you have it from its own page, on paper or by telephone. The file itself names " +
            evidence->anchor + ", but a file cannot say whom to trust.") +
        "\n");
    return kExitUsage;
  }
  const auto anchor = protocol::parse_trusted_anchor(invocation.first("anchor"));
  if (!anchor) {
    output.complain(wrapped("--anchor: " + anchor.error().detail +
                            ". Write SCID, SCID@VERSION, or the whole kith1: line.") +
                    "\n");
    return kExitUsage;
  }
  const auto findings = protocol::verify_evidence(*evidence, *anchor, now);
  if (!findings) {
    return evidence_refused(findings.error(), "The evidence does not hold.", kExitNo, json, output);
  }
  const auto words = protocol::explain_evidence(*findings);
  if (json) {
    output.print(protocol::canonical(evidence_findings_json(*findings, words)) + "\n");
  } else {
    output.print(findings->valid_now ? "The evidence holds.\n"
                                     : "The evidence held, and its time is over.\n");
    evidence_print_list("What it proves", words.proven, output);
    evidence_print_list("What it does not prove", words.not_proven, output);
    evidence_print_list("Who they are", words.identities, output);
  }
  return findings->valid_now ? kExitOk : kExitNo;
}

ExitCode command_monitor(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  MonitorReport report;
  const auto copy = node.read_public_copy();
  const auto round = node.compare_heads(true);
  node.change([&](Store& store, Publisher* publisher) {
    const auto queries = store.queries();
    const auto feeds = queries.feeds();
    const auto own = std::find_if(feeds.begin(), feeds.end(), [](const auto& f) { return f.own; });
    monitor_peers(round, own == feeds.end() ? nullptr : &*own, node, report);
    for (const auto& feed : feeds) {
      if (!feed.own) {
        if (feed_state(feed, now) == FeedState::quarantined) {
          report.trouble.push_back(
              {node.publisher_name(feed.scid) + " (" + feed.scid + ") is quarantined: " +
                   std::string(protocol::describe(feed.trouble ? feed.trouble->code
                                                               : protocol::ErrorCode::equivocation)
                                   .meaning),
               true});
        }
        continue;
      }
      if (auto longer = shown_beyond(queries, feed); !longer.empty())
        report.trouble.push_back({std::move(longer), true});
      if (!copy) {
        report.unreachable = exit_code_for(copy.error().code) == kExitUnreachable;
        report.own.push_back({"Your own feed cannot be read as a stranger reads it: " +
                                  std::string(protocol::describe(copy.error().code).meaning) + " " +
                                  copy.error().detail + " (" +
                                  std::string(word(copy.error().code)) + ")",
                              true});
      } else {
        monitor_own_copy(queries, feed, *copy, report);
      }
      const auto ours = monitor_recognitions(queries, feed, now);
      for (const auto& recognition : ours) {
        if (recognition.valid_until > now + kMonitorEndsSoon) continue;
        report.ending.push_back(
            {"Your recognition of " + recognition.name + " (" + recognition.to + ") ends on " +
                 protocol::format_timestamp(recognition.valid_until).substr(0, 10) +
                 ". `kith recognize` renews it.",
             true});
      }
      monitor_new_recognitions(store, ours, node, now, report);
    }
    if (!publisher)
      report.own.push_back(
          {"This node has no publisher of its own, so there is no feed of one's own "
           "to look at.",
           false});
  });
  const ExitCode exit = report.unreachable ? kExitUnreachable : report.look() ? kExitNo : kExitOk;
  if (invocation.json()) {
    output.print(
        protocol::canonical(Json::object({{"look", exit != kExitOk},
                                          {"own", monitor_json(report.own)},
                                          {"peers", monitor_json(report.peers)},
                                          {"new_recognitions", monitor_json(report.recognitions)},
                                          {"quarantined", monitor_json(report.trouble)},
                                          {"ending", monitor_json(report.ending)}})) +
        "\n");
    return exit;
  }
  monitor_print("Your own feed", report.own, "", output);
  monitor_print("Other nodes", report.peers, "None is known that could be asked.", output);
  monitor_print("New recognitions by those you recognize", report.recognitions, "None.", output);
  monitor_print("Contradictions", report.trouble, "None found.", output);
  monitor_print("Your recognitions that end within 30 days", report.ending, "None.", output);
  return exit;
}

}  // namespace node
