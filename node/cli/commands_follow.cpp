#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "node/alerts.h"
#include "node/cli/commands.h"
#include "node/mirror/feed_place.h"
#include "node/mirror/mirror.h"
#include "node/pages/html.h"
#include "node/publish/files.h"
#include "node/publish/vouching.h"
#include "node/store/contradictions.h"
#include "node/store/large_feeds.h"
#include "protocol/document/recognition.h"
#include "protocol/identity/did.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"

namespace node {

namespace {

std::string follow_joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::optional<int> follow_whole_number(const std::string& text, int most) {
  if (text.empty() || text.size() > 3 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const int value = std::stoi(text);
  return value <= most ? std::optional(value) : std::nullopt;
}

/// How recognitions that are held here lead from an anchor to this publisher: the names on the way,
/// the anchor first; empty where none do.
std::vector<std::string> follow_path(Node& node, const std::string& scid) {
  const auto now = node.clock().now();
  std::set<std::string> usable, anchors;
  for (const auto& anchor : node.anchors()) anchors.insert(anchor.scid);
  for (const auto& report : node.feeds()) {
    if (!report.denied && (report.state == FeedState::ok || report.state == FeedState::stale ||
                           report.state == FeedState::unconfirmed_head))
      usable.insert(report.feed.scid);
  }
  std::map<std::string, std::set<std::string>> recognized_by;
  node.change([&](Store& store, Publisher*) {
    store.queries().for_each_record(
        "recognition", StoreQueries::Texts::include, [&](const Record& record) {
          const auto envelope = protocol::read_envelope(record.document);
          if (!envelope || now < envelope->valid_from || now >= record.shown_until()) return;
          const auto recognition = protocol::read_recognition(*envelope);
          if (!recognition || recognition->constraint_error) return;
          if (const auto subject = protocol::parse_did(recognition->subject_did))
            recognized_by[subject->scid].insert(record.key.scid);
        });
  });
  // Upwards, one step of all ways at a time.
  std::vector<std::vector<std::string>> ways = {{scid}};
  std::set<std::string> seen = {scid};
  for (std::size_t step = 0; step <= protocol::kMaxPathEdges; ++step) {
    std::vector<std::vector<std::string>> longer;
    for (const auto& way : ways) {
      if (anchors.contains(way.back())) {
        std::vector<std::string> names;
        for (auto one = way.rbegin(); one != way.rend(); ++one)
          names.push_back(node.publisher_name(*one));
        return names;
      }
      for (const auto& above : recognized_by[way.back()]) {
        if (!usable.contains(above) || !seen.insert(above).second) continue;
        longer.push_back(way);
        longer.back().push_back(above);
      }
    }
    ways = std::move(longer);
  }
  return {};
}

bool follows_by_hand(Node& node, const std::string& scid) {
  const auto feeds = node.feeds();
  return std::any_of(feeds.begin(), feeds.end(), [&](const FeedReport& report) {
    return report.feed.scid == scid && report.feed.followed;
  });
}

/// Finds the publisher that the person named, shows it, and asks. Nothing where the answer is no,
/// or it cannot be read.
std::optional<FoundPublisher> follow_agreed(const Invocation& invocation, const std::string& doing,
                                            Node& node, CommandOutput& output, ExitCode& exit,
                                            const std::string& folder = {}) {
  const auto target = invocation.first("publisher");
  std::optional<FoundPublisher> found;
  // One's own publisher is not read over the network: an association's node is often its own
  // anchor.
  node.change([&](Store&, Publisher* publisher) {
    if (publisher && (target == publisher->line() || target == publisher->did())) {
      const auto line = publisher->line();
      found = FoundPublisher{publisher->did(),
                             publisher->scid(),
                             line.substr(line.find('#') + 1),
                             publisher->name(),
                             "",
                             {}};
    }
  });
  if (!found) {
    auto read = node.look_up(target, folder);
    if (!read) {
      exit = say_refusal(read.error(), output);
      return std::nullopt;
    }
    found = std::move(*read);
  }
  output.print((found->name.empty() ? std::string("(no name)") : found->name) +
               "\n  calls itself this; identity, in groups of four:\n  " +
               protocol::spoken_scid(found->scid) + "\n  at " + found->did + "\n  newest version " +
               found->version_id + "\n");
  if (!found->area.empty()) output.print("  answers for " + follow_joined(found->area) + "\n");
  auto path = follow_path(node, found->scid);
  if (path.size() == 1) {
    output.print("  an anchor of this node\n");
  } else if (!path.empty()) {
    std::string words = "recognized: ";
    path.back() = "it";
    for (std::size_t i = 0; i < path.size(); ++i)
      words += (i == 0 ? "" : " recognizes ") +
               (i == 0 || i + 1 == path.size() ? path[i] : path[i] + ", which");
    output.print("  " + wrapped(words, 2) + "\n");
  } else {
    output.print("  no body that this node trusts recognizes it, as far as is known here\n");
  }
  if (invocation.has("yes")) {
    // Another place to read the same identity from trusts nobody new.
    const bool is_known =
        !folder.empty() && (path.size() == 1 || follows_by_hand(node, found->scid));
    if (!target.starts_with("kith1:") && !is_known) {
      output.complain(wrapped("--yes works only with the whole kith1: line: that line is the proof "
                              "that you compared. Of a publisher that you follow already, a local "
                              "folder will do.") +
                      "\n");
      exit = kExitUsage;
      return std::nullopt;
    }
  } else if (!output.ask(doing + " " + (found->name.empty() ? found->scid : found->name) + " (" +
                         found->scid + ")? Compare the identity by telephone or on paper first.")) {
    output.print("Nothing was changed.\n");
    exit = kExitNo;
    return std::nullopt;
  }
  return found;
}

/// The local folder that the person means; empty: something else.
std::string follow_folder(const Invocation& invocation) {
  const auto target = invocation.first("publisher");
  if (target.starts_with("kith1:") || target.starts_with("did:") || target.starts_with("https://"))
    return {};
  const auto folder = invocation.output_path(target);
  std::error_code failed;
  return std::filesystem::exists(std::filesystem::path(folder) / "did.jsonl", failed)
             ? folder
             : std::string();
}

}  // namespace

std::string name_for_operator(const std::string& scid, Node& node) {
  auto name = node.publisher_name(scid);
  if (name != scid) return name;
  return node.read([&](StoreQueries& store) {
    const auto feed = store.feed(scid);
    if (!feed) return scid;
    for (const auto& record : store.records(feed->feed_id, "publisher")) {
      const auto envelope = protocol::read_envelope(record.document);
      if (!envelope) continue;
      if (auto card = protocol::read_publisher_card(*envelope)) return std::move(card->name);
    }
    return scid;
  });
}

std::optional<std::string> publisher_meant(const std::string& text, Node& node,
                                           CommandOutput& output) {
  if (protocol::is_scid(text)) return text;
  std::string did = text.starts_with("kith1:") ? text.substr(6, text.find('#') - 6) : text;
  if (const auto parsed = protocol::parse_did(did)) return parsed->scid;
  std::vector<FeedReport> named;
  for (auto& report : node.feeds()) {
    if (report.name == text || (report.denied && name_for_operator(report.feed.scid, node) == text))
      named.push_back(std::move(report));
  }
  if (named.size() == 1) return named.front().feed.scid;
  output.complain(
      named.empty() ? "No publisher here is called '" + text + "'. `kith status` lists them.\n"
                    : "Several publishers are called '" + text + "'; give the identity instead.\n");
  return std::nullopt;
}

ExitCode command_anchor_add(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::optional<int> depth;
  if (invocation.has("depth")) {
    depth = follow_whole_number(invocation.first("depth"), 3);
    if (!depth) {
      output.complain(
          "--depth: write a number from 0 to 3: how many further publishers may stand below those "
          "it recognizes.\n");
      return kExitUsage;
    }
  }
  for (const auto& code : invocation.all("area")) {
    if (!protocol::is_region_code(code)) {
      output.complain("--area: '" + code + "' is not an ISO 3166 code such as US or US-OH.\n");
      return kExitUsage;
    }
  }
  std::optional<int> max_stale;
  if (invocation.has("max-stale")) {
    max_stale = follow_whole_number(invocation.first("max-stale"), 400);
    if (!max_stale || *max_stale < 1) {
      output.complain(
          "--max-stale: write a number of days from 1 to 400: how long what it says counts while "
          "nothing is heard of it.\n");
      return kExitUsage;
    }
  }
  ExitCode exit = kExitOk;
  const auto found =
      follow_agreed(invocation, "Trust whom it recognizes: make an anchor of", node, output, exit);
  if (!found) return exit;
  node.change([&](Store& store, Publisher*) {
    protocol::Anchor anchor{found->scid, found->did, found->version_id, depth, std::nullopt};
    if (invocation.has("area")) anchor.area = invocation.all("area");
    anchor.max_stale_days = max_stale;
    store.follow(found->scid, found->did, true);
    store.add_anchor(anchor);
  });
  output.print("It is an anchor now. `kith sync` reads it and those that it recognizes.\n");
  return kExitOk;
}

ExitCode command_anchor_list(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto anchors = node.anchors();
  if (invocation.json()) {
    protocol::Json::Array list;
    for (const auto& anchor : anchors) {
      auto row = protocol::Json::object(
          {{"scid", anchor.scid}, {"did", anchor.did}, {"at_version", anchor.at_version}});
      if (anchor.max_path_length) row.set("depth", *anchor.max_path_length);
      if (anchor.area)
        row.set("area", protocol::Json::Array(anchor.area->begin(), anchor.area->end()));
      if (anchor.max_stale_days) row.set("max_stale_days", *anchor.max_stale_days);
      list.push_back(std::move(row));
    }
    output.print(protocol::canonical(list) + "\n");
    return kExitOk;
  }
  if (anchors.empty()) output.print("No anchors: this node shows its own listings only.\n");
  for (const auto& anchor : anchors) {
    output.print(node.publisher_name(anchor.scid) + "\n  " + anchor.scid + "\n");
    if (anchor.area) output.print("  only for " + follow_joined(*anchor.area) + "\n");
    if (anchor.max_path_length)
      output.print("  at most " + std::to_string(*anchor.max_path_length) +
                   " publishers below those it recognizes\n");
    if (anchor.max_stale_days)
      output.print("  counts for " + std::to_string(*anchor.max_stale_days) +
                   " days without a sign of life\n");
  }
  return kExitOk;
}

ExitCode command_anchor_remove(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  const bool was =
      node.change([&](Store& store, Publisher*) { return store.remove_anchor(*scid); });
  output.print(was ? "It is no anchor any more. What only it vouched for is not shown now; nothing "
                     "was deleted.\n"
                   : "It was no anchor.\n");
  return was ? kExitOk : kExitNo;
}

ExitCode command_recognize(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  const auto until = protocol::parse_date(invocation.first("until"));
  if (!until) {
    output.complain(
        "--until: write a day such as " +
        protocol::format_date(std::chrono::floor<std::chrono::days>(now) + std::chrono::days(365)) +
        ".\n");
    return kExitUsage;
  }
  protocol::Recognition recognition;
  recognition.to_issue = true;
  recognition.role = invocation.first("role");
  if (!recognition.role.empty() &&
      !protocol::is_known(protocol::Vocabulary::publisher_kinds, recognition.role)) {
    output.complain("--role: '" + recognition.role +
                    "' is not a kind of publisher. Choose one of:\n");
    for (const auto& term : protocol::terms(protocol::Vocabulary::publisher_kinds))
      output.complain("  " + std::string(term.value) + "\n");
    return kExitUsage;
  }
  const auto depth =
      follow_whole_number(invocation.has("depth") ? invocation.first("depth") : "0", 3);
  if (!depth) {
    output.complain(
        "--depth: write a number from 0 to 3: how many further publishers may stand below this "
        "one.\n");
    return kExitUsage;
  }
  recognition.max_path_length = *depth;
  if (invocation.has("area")) recognition.area = invocation.all("area");
  for (const auto& code : invocation.all("area")) {
    if (!protocol::is_region_code(code)) {
      output.complain("--area: '" + code + "' is not an ISO 3166 code such as US or US-OH.\n");
      return kExitUsage;
    }
  }
  ExitCode exit = kExitOk;
  const auto found = follow_agreed(invocation, "Publish that you recognize", node, output, exit);
  if (!found) return exit;
  recognition.subject_did = found->did;
  recognition.at_version = found->version_id;
  recognition.name = invocation.has("name") ? invocation.first("name") : found->name;

  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher)
      return say_refusal({protocol::ErrorCode::config_invalid,
                          "Only a publisher can recognize others. Run `kith init` first."},
                         output);
    if (publisher->scid() == found->scid) {
      output.complain("A publisher cannot recognize itself.\n");
      return kExitUsage;
    }
    std::vector<Draft> drafts(1);
    drafts[0].type = protocol::DocumentType::recognition;
    drafts[0].subject = protocol::recognition_subject(recognition, publisher->did());
    drafts[0].valid_until = *until;
    for (const auto& one : own_recognitions(store.queries(), *publisher)) {
      if (one.scid == found->scid) drafts[0].id = one.record_id;
    }
    if (const auto refused = publisher->publish(drafts, now); !refused.empty()) {
      for (const auto& problem : refused[0].problems)
        output.complain(wrapped(problem.field + ": " + problem.message, 2) + "\n");
      return kExitNo;
    }
    store.follow(found->scid, found->did, false);
    output.print("Published: you recognize " + recognition.name + " until " +
                 protocol::format_date(*until) + ".\n");
    return kExitOk;
  });
}

ExitCode command_unrecognize(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  return node.change([&](Store& store, Publisher* publisher) {
    std::vector<Draft> drafts;
    if (publisher) {
      for (const auto& one : own_recognitions(store.queries(), *publisher)) {
        if (one.scid != *scid) continue;
        Draft draft;
        draft.what = Draft::What::end;
        draft.id = one.record_id;
        drafts.push_back(std::move(draft));
      }
    }
    if (drafts.empty() || !publisher) {
      if (publisher) publisher->finish_files(node.clock().now());
      output.print("You do not recognize it; nothing was changed.\n");
      return kExitNo;
    }
    publisher->publish(drafts, node.clock().now());
    output.print(
        "Withdrawn. Nodes that trusted it because of you stop showing it at their next reading.\n");
    return kExitOk;
  });
}

namespace {

/// The operator's decision about a publisher that contradicted itself.
ExitCode follow_clear_quarantine(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  const auto name = node.publisher_name(*scid);
  const auto reports = node.feeds();
  const auto report = std::find_if(reports.begin(), reports.end(),
                                   [&](const auto& one) { return one.feed.scid == *scid; });
  if (report == reports.end() || report->state != FeedState::quarantined) {
    output.complain(name + " is not in quarantine.\n");
    return kExitNo;
  }
  const auto& feed = report->feed;
  output.print(
      wrapped(name + " (" + *scid + ") is in quarantine: " +
              (feed.trouble ? feed.trouble->detail : std::string("it contradicted itself")) +
              ". Here are " + std::to_string(feed.size) +
              " entries of it, as they were read before that.") +
      "\n" +
      wrapped("Telephone the publisher first, on a number that you had before, and ask how "
              "many entries its feed has and whether keys were stolen.") +
      "\n");
  if (!output.ask("Is what was read here its true history? Show it again?")) return kExitNo;
  const bool was = node.change([&](Store& store, Publisher*) {
    return clear_quarantine(store.database(), *scid, node.clock().now());
  });
  output.print(
      was ? wrapped("Out of quarantine. The proof is kept and served at /fork. If its own "
                    "host still shows the other history, the next reading quarantines it "
                    "again: then `kith unfollow` it and follow it anew by the line that the "
                    "publisher reads to you.") +
                "\n"
          : std::string("It was not in quarantine any more.\n"));
  return was ? kExitOk : kExitNo;
}

ExitCode follow_large(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  const bool here = node.change([&](Store& store, Publisher*) {
    const auto feed = store.queries().feed(*scid);
    if (!feed || feed->own) return false;
    set_large_feed(store.database(), *scid, true);
    make_due(store.database(), *scid, node.clock().now());
    return true;
  });
  if (!here) {
    output.complain("No feed of that publisher is read here. `kith follow` it first.\n");
    return kExitNo;
  }
  output.print(wrapped("Of " + node.publisher_name(*scid) +
                       " as many listings are taken as it publishes, and ten times as many "
                       "entries as of others. `kith unfollow` ends that.") +
               "\n");
  return kExitOk;
}

/// The proof of a contradiction outlives the copy of the feed: written beside the data. Empty where
/// there is none.
std::string follow_keep_proof(const std::string& scid, Node& node) {
  for (const auto& report : node.feeds()) {
    if (report.feed.scid != scid || !report.feed.quarantined) continue;
    const auto bytes =
        node.mirror().file(mirror_name(protocol::feed_origin(scid, report.feed.epoch)),
                           {MirrorPath::What::fork, 0, 0, 0});
    if (!bytes) return {};
    const auto file = node.folder() / ("fork-" + scid + ".json");
    replace_file(file, *bytes);
    return file.string();
  }
  return {};
}

}  // namespace

ExitCode command_follow(const Invocation& invocation, Node& node, CommandOutput& output) {
  if (invocation.has("clear-quarantine")) return follow_clear_quarantine(invocation, node, output);
  if (invocation.has("large")) return follow_large(invocation, node, output);
  ExitCode exit = kExitOk;
  const auto folder = follow_folder(invocation);
  const auto found = follow_agreed(invocation, "Follow", node, output, exit, folder);
  if (!found) return exit;
  const bool own = node.change([&](Store& store, Publisher* publisher) {
    if (publisher && publisher->scid() == found->scid) return true;
    store.follow(found->scid, found->did, true);
    set_feed_place(store.database(), found->scid, folder);
    return false;
  });
  if (own) {
    output.complain("That is this node's own publisher.\n");
    return kExitUsage;
  }
  if (!folder.empty()) output.print(wrapped("It is read from " + folder + " from now on.") + "\n");
  output.print("Following it. `kith sync` reads it now.\n");
  return kExitOk;
}

ExitCode command_unfollow(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  if (const auto proof = follow_keep_proof(*scid, node); !proof.empty())
    output.print(wrapped("The proof of its contradiction was kept: " + proof) + "\n");
  const bool was = node.change([&](Store& store, Publisher*) {
    set_feed_place(store.database(), *scid, "");
    set_large_feed(store.database(), *scid, false);
    return store.forget(*scid);
  });
  output.print(was ? "Forgotten, with its copy here. It comes back by itself where a publisher "
                     "that you trust recognizes it.\n"
                   : "It was not followed.\n");
  return was ? kExitOk : kExitNo;
}

ExitCode command_sync(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::optional<std::string> only;
  if (invocation.has("feed")) {
    only = publisher_meant(invocation.first("feed"), node, output);
    if (!only) return kExitUsage;
  }
  const auto outcomes = node.sync(only, true, [&](const SyncProgress& step) {
    std::string line = "Reading " + std::to_string(step.feed) + " of " +
                       std::to_string(step.feeds) + ": " + step.name;
    if (step.total > 0)
      line +=
          ", " + step.what + " " + std::to_string(step.done) + " of " + std::to_string(step.total);
    output.progress(line);
  });
  bool refused = false;
  protocol::Json::Array list;
  for (const auto& outcome : outcomes) {
    protocol::Json row = protocol::Json::object(
        {{"scid", outcome.scid},
         {"name", outcome.name},
         {"entries", static_cast<std::int64_t>(outcome.entries)},
         {"troubled_records", static_cast<std::int64_t>(outcome.troubled_records)}});
    std::string text =
        outcome.name + ": " +
        (outcome.entries > 0 ? std::to_string(outcome.entries) + " new entries" : "nothing new");
    if (outcome.refused) {
      refused = true;
      row.set("code", protocol::word(outcome.refused->code));
      row.set("detail", outcome.refused->detail);
      // A copy was taken, or a part of what there is: then there are entries, and trouble too.
      text = outcome.name +
             (outcome.changed ? ": " + std::to_string(outcome.entries) + " new entries; "
                              : std::string(": not taken, what was read before stays. ")) +
             std::string(protocol::word(outcome.refused->code)) + ": " + outcome.refused->detail;
    } else if (outcome.troubled_records > 0) {
      text += ", " + std::to_string(outcome.troubled_records) +
              " records could not be taken (see `kith status`)";
    }
    if (!invocation.json()) output.print(wrapped(text, 2) + "\n");
    list.push_back(std::move(row));
  }
  if (invocation.json()) {
    output.print(protocol::canonical(protocol::Json::object(
                     {{"feeds", std::move(list)},
                      {"listings_shown", static_cast<std::int64_t>(node.listings_shown())}})) +
                 "\n");
  } else if (outcomes.empty()) {
    output.print("There is nobody to read yet. Start with `kith anchor add` or `kith follow`.\n");
  } else {
    output.print(std::to_string(node.listings_shown()) + " listings are shown on this node now.\n");
  }
  return refused ? kExitNo : kExitOk;
}

namespace {

/// What an operator is told unasked, at the end of `kith status`.
void status_alerts(const std::vector<Alert>& found, CommandOutput& output) {
  if (found.empty()) return;
  output.print("\nAlerts\n");
  for (const auto& alert : found) {
    output.print("  " + wrapped(alert.name + ", " + alert.about + ": " + alert.what_happened, 4) +
                 "\n    " + wrapped("What to do: " + alert.what_to_do, 4) + "\n");
  }
}

}  // namespace

ExitCode command_status(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto reports = node.feeds();
  const auto found = alerts(node);
  if (invocation.json()) {
    protocol::Json::Array feeds;
    for (const auto& report : reports) {
      protocol::Json::Array records;
      for (const auto& record : report.troubled) {
        records.push_back(
            protocol::Json::object({{"id", record.key.text()},
                                    {"type", record.type},
                                    {"code", protocol::word(record.trouble->code)},
                                    {"detail", record.trouble->detail},
                                    {"what_to_do", what_readers_do(record.trouble->code)},
                                    {"older_text_shown", !record.document.empty()}}));
      }
      protocol::Json row =
          protocol::Json::object({{"scid", report.feed.scid},
                                  {"did", report.feed.did},
                                  {"name", report.name},
                                  {"own", report.feed.own},
                                  {"followed_by_hand", report.feed.followed},
                                  {"state", word(report.state)},
                                  {"in_words", report.in_words},
                                  {"size", static_cast<std::int64_t>(report.feed.size)},
                                  {"listings", static_cast<std::int64_t>(report.listings)},
                                  {"records", std::move(records)}});
      if (report.feed.trouble) {
        row.set("code", protocol::word(report.feed.trouble->code));
        row.set("detail", report.feed.trouble->detail);
      }
      if (report.hidden) {
        row.set("hidden", protocol::word(report.hidden->code));
        row.set("hidden_detail", report.hidden->detail);
      }
      row.set("denied", report.denied);
      row.set("denied_listings", static_cast<std::int64_t>(report.denied_listings));
      row.set("what_to_do", report.what_to_do);
      if (report.disputed) row.set("disputed", report.disputed->detail);
      if (const auto sign = last_sign_of_life(report.feed))
        row.set("last_sign_of_life", protocol::format_timestamp(*sign));
      if (report.feed.last_success)
        row.set("last_success", protocol::format_timestamp(*report.feed.last_success));
      feeds.push_back(std::move(row));
    }
    protocol::Json::Array told;
    for (const auto& alert : found) {
      told.push_back(protocol::Json::object({{"name", alert.name},
                                             {"about", alert.about},
                                             {"what_happened", alert.what_happened},
                                             {"what_to_do", alert.what_to_do}}));
    }
    output.print(protocol::canonical(protocol::Json::object(
                     {{"feeds", std::move(feeds)},
                      {"alerts", std::move(told)},
                      {"listings_shown", static_cast<std::int64_t>(node.listings_shown())}})) +
                 "\n");
    return kExitOk;
  }
  if (node.anchors().empty())
    output.print(wrapped("No anchors: this node shows its own listings only. `kith anchor add` "
                         "names whom you trust.") +
                 "\n\n");
  for (const auto& report : reports) {
    const auto name = report.denied ? name_for_operator(report.feed.scid, node) : report.name;
    output.print(visible_line(name) + (report.feed.own ? " (this node)" : "") + "\n  " +
                 report.feed.scid + "\n");
    output.print("  " + wrapped(std::string(word(report.state)) + ": " + report.in_words, 2) +
                 "\n");
    output.print("  " + std::to_string(report.listings) + " listings, " +
                 std::to_string(report.feed.size) + " entries");
    // Where the state has not just said so; one's own feed is not read at all.
    const auto read_well =
        report.feed.last_success ? protocol::format_timestamp(*report.feed.last_success) : "";
    if (!report.feed.own && !read_well.empty() &&
        report.in_words.find(read_well) == std::string::npos)
      output.print(", read well on " + read_well + " (" +
                   how_long_ago(*report.feed.last_success, node.clock().now()) + ")");
    output.print("\n");
    if (report.hidden) {
      output.print("  " +
                   wrapped("Not shown: " + std::string(protocol::word(report.hidden->code)) + ". " +
                               visible_line(report.hidden->detail),
                           2) +
                   "\n");
    }
    if (report.denied) {
      output.print("  Denied by you, with all that only it vouches for: `kith denied` says why.\n");
    } else if (report.denied_listings > 0) {
      output.print("  " + std::to_string(report.denied_listings) +
                   " of its listings are denied by you: `kith denied`.\n");
    }
    if (report.disputed) {
      output.print("  " + wrapped("Disputed: did-fork: " + report.disputed->detail + ".", 2) +
                   "\n");
    }
    // The words of a trouble say it already.
    if (!report.feed.trouble && !report.what_to_do.empty())
      output.print("  " + wrapped("What to do: " + report.what_to_do, 2) + "\n");
    for (const auto& record : report.troubled) {
      output.print("  " +
                   wrapped(record.type + " " + record.key.text() + ": " +
                               std::string(protocol::word(record.trouble->code)) + ": " +
                               visible_line(record.trouble->detail) +
                               (record.document.empty() ? "" : " (its older text is shown)"),
                           4) +
                   "\n");
    }
    // Once for each code: a whole folder may have been changed on its way.
    std::set<protocol::ErrorCode> codes;
    for (const auto& record : report.troubled) {
      const auto code = record.trouble->code;
      if (!codes.insert(code).second) continue;
      output.print("  " +
                   wrapped("What to do about " + std::string(protocol::word(code)) + ": " +
                               std::string(what_readers_do(code)),
                           4) +
                   "\n");
    }
    output.print("\n");
  }
  output.print(std::to_string(node.listings_shown()) + " listings are shown.\n");
  status_alerts(found, output);
  return kExitOk;
}

}  // namespace node
