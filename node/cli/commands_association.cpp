#include <algorithm>

#include "node/cli/commands.h"
#include "node/publish/vouching.h"
#include "protocol/document/listing.h"

namespace node {

namespace {

using protocol::Json;

ExitCode association_no_publisher(CommandOutput& output) {
  return say_refusal({protocol::ErrorCode::config_invalid,
                      "Only a publisher can recognize others. Run `kith init` first."},
                     output);
}

std::optional<protocol::Timestamp> association_until(const Invocation& invocation,
                                                     protocol::Timestamp now,
                                                     CommandOutput& output) {
  if (const auto until = protocol::parse_date(invocation.first("until")))
    return protocol::Timestamp(*until);
  output.complain(
      "--until: write a day such as " +
      protocol::format_date(std::chrono::floor<std::chrono::days>(now) + std::chrono::days(365)) +
      ".\n");
  return std::nullopt;
}

ExitCode association_problems(const std::vector<DraftProblems>& refused, CommandOutput& output) {
  for (const auto& one : refused) {
    for (const auto& problem : one.problems)
      output.complain(wrapped(problem.field + ": " + problem.message, 2) + "\n");
  }
  output.complain("Nothing was published.\n");
  return kExitNo;
}

std::string association_day(protocol::Timestamp time) {
  return protocol::format_timestamp(time).substr(0, 10);
}

/// What an association wants to know of one chapter.
struct ChapterOverview {
  std::string scid, name;
  std::string role;
  std::vector<std::string> area;  ///< that it is recognized for; empty: everywhere
  int depth = 0;
  protocol::Timestamp valid_until{};  ///< of the recognition
  bool is_read = false;               ///< its feed is here and was read well at least once
  std::string feed_words;             ///< how its feed stands, in words
  std::size_t listings = 0;
  std::size_t lapsed = 0;  ///< not confirmed since their review date
  std::size_t without_agreement =
      0;  ///< of those for therapists: no confidentiality agreement stated
  std::optional<Suspension> suspended;
};

std::vector<ChapterOverview> chapter_overviews(Node& node, Store& store,
                                               const Publisher& publisher) {
  std::vector<ChapterOverview> chapters;
  const auto now = node.clock().now();
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto look_at_feed = [&](ChapterOverview& chapter) {
    const auto feed = store.queries().feed(chapter.scid);
    if (!feed) {
      chapter.feed_words = "Its feed is not read here.";
      return;
    }
    chapter.is_read = feed->last_success.has_value();
    chapter.feed_words = in_words(*feed, copied_head(store.database(), *feed), now);
    for (const auto& record : store.queries().records(feed->feed_id, "listing")) {
      if (record.document.empty() || now >= record.shown_until()) continue;
      const auto envelope = protocol::read_envelope(record.document);
      const auto listing =
          envelope ? protocol::read_listing(envelope->subject)
                   : protocol::Result<protocol::Listing>(tl::unexpected(envelope.error()));
      if (!listing || listing->status == "closed" || listing->status == "withdrawn") continue;
      ++chapter.listings;
      const auto review_by = protocol::parse_date(listing->review_by);
      if (!review_by || *review_by < today) ++chapter.lapsed;
      const bool for_therapists =
          listing->audience != "lived_experience" && listing->audience != "public";
      if (for_therapists &&
          (listing->agreement_state.empty() || listing->agreement_state == "none"))
        ++chapter.without_agreement;
    }
  };
  for (const auto& one : own_recognitions(store.queries(), publisher)) {
    ChapterOverview chapter;
    chapter.scid = one.scid;
    chapter.name = one.recognition.name;
    chapter.role = one.recognition.role;
    chapter.area = one.recognition.area.value_or(std::vector<std::string>{});
    chapter.depth = one.recognition.max_path_length;
    chapter.valid_until = one.valid_until;
    look_at_feed(chapter);
    chapters.push_back(std::move(chapter));
  }
  for (auto& one : suspensions(store.queries())) {
    ChapterOverview chapter;
    chapter.scid = one.scid;
    chapter.name = one.name;
    look_at_feed(chapter);
    chapter.suspended = std::move(one);
    chapters.push_back(std::move(chapter));
  }
  std::sort(chapters.begin(), chapters.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.scid) < std::tie(b.name, b.scid);
  });
  return chapters;
}

Json chapter_json(const ChapterOverview& chapter) {
  Json::Array area;
  for (const auto& code : chapter.area) area.emplace_back(code);
  Json row =
      Json::object({{"scid", chapter.scid},
                    {"name", chapter.name},
                    {"reachable", chapter.is_read},
                    {"feed", chapter.feed_words},
                    {"listings", static_cast<std::int64_t>(chapter.listings)},
                    {"lapsed", static_cast<std::int64_t>(chapter.lapsed)},
                    {"without_agreement", static_cast<std::int64_t>(chapter.without_agreement)}});
  if (chapter.suspended) {
    row.set("suspended", Json::object({{"at", protocol::format_timestamp(chapter.suspended->at)},
                                       {"reason", chapter.suspended->reason}}));
    return row;
  }
  row.set("role", chapter.role);
  row.set("area", Json(std::move(area)));
  row.set("depth", chapter.depth);
  row.set("until", association_day(chapter.valid_until));
  return row;
}

std::string chapter_words(const ChapterOverview& chapter, protocol::Timestamp now) {
  constexpr std::chrono::days kSoon{60};
  std::string text = chapter.name.empty() ? chapter.scid : chapter.name;
  std::string lines;
  const auto line = [&](const std::string& words) { lines += "  " + wrapped(words, 4) + "\n"; };
  if (chapter.suspended) {
    text += ": suspended";
    line("Since " + association_day(chapter.suspended->at) + ": " + chapter.suspended->reason);
  } else {
    std::string area;
    for (const auto& code : chapter.area)
      area += (area.empty() ? "" : ", ") + protocol::region_name(code);
    std::string recognized = "Recognized until " + association_day(chapter.valid_until) +
                             (area.empty() ? ", everywhere" : ", for " + area);
    if (chapter.depth > 0)
      recognized += "; may vouch for others, " + std::to_string(chapter.depth) + " deep";
    line(recognized + ".");
    if (chapter.valid_until <= now) {
      line("That has ended: its groups are not shown because of you any more.");
    } else if (chapter.valid_until - now <= kSoon) {
      line("That ends soon; renew it with `kith chapters --renew --until DAY`.");
    }
  }
  line(chapter.feed_words);
  line(std::to_string(chapter.listings) + (chapter.listings == 1 ? " listing, " : " listings, ") +
       std::to_string(chapter.lapsed) + " not confirmed lately, " +
       std::to_string(chapter.without_agreement) + " without a confidentiality agreement.");
  return text + "\n" + lines;
}

}  // namespace

ExitCode command_chapters(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  std::vector<std::string> only;
  for (const auto& text : invocation.all("publisher")) {
    const auto scid = publisher_meant(text, node, output);
    if (!scid) return kExitUsage;
    only.push_back(*scid);
  }
  const auto is_meant = [&](const std::string& scid) {
    return only.empty() || std::find(only.begin(), only.end(), scid) != only.end();
  };
  if (invocation.has("renew")) {
    const auto until = association_until(invocation, now, output);
    if (!until) return kExitUsage;
    return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
      if (!publisher) return association_no_publisher(output);
      auto meant = own_recognitions(store.queries(), *publisher);
      std::erase_if(meant, [&](const auto& one) { return !is_meant(one.scid); });
      if (meant.empty()) {
        output.complain("You recognize none of these; nothing was published.\n");
        return kExitNo;
      }
      if (const auto refused = renew_recognitions(*publisher, meant, *until, now); !refused.empty())
        return association_problems(refused, output);
      output.print(std::to_string(meant.size()) +
                   (meant.size() == 1 ? " recognition holds" : " recognitions hold") + " until " +
                   association_day(*until) + ".\n");
      return kExitOk;
    });
  }
  return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
    if (!publisher) return association_no_publisher(output);
    Json::Array rows;
    std::string text;
    std::size_t chapters = 0, reachable = 0, listings = 0, lapsed = 0, without = 0;
    for (const auto& chapter : chapter_overviews(node, store, *publisher)) {
      if (!is_meant(chapter.scid)) continue;
      ++chapters;
      reachable += chapter.is_read ? 1 : 0;
      listings += chapter.listings;
      lapsed += chapter.lapsed;
      without += chapter.without_agreement;
      rows.push_back(chapter_json(chapter));
      text += chapter_words(chapter, now) + "\n";
    }
    if (invocation.json()) {
      output.print(protocol::canonical(Json(std::move(rows))) + "\n");
      return kExitOk;
    }
    if (chapters == 0) {
      output.print("You recognize nobody yet. `kith recognize` does it.\n");
      return kExitOk;
    }
    output.print(text);
    output.print(wrapped("In all: " + std::to_string(chapters) +
                         (chapters == 1 ? " publisher, " : " publishers, ") +
                         std::to_string(reachable) + " of them read here; " +
                         std::to_string(listings) + " listings, " + std::to_string(lapsed) +
                         " not confirmed lately, " + std::to_string(without) +
                         " without a confidentiality agreement.") +
                 "\n");
    return kExitOk;
  });
}

ExitCode command_suspend(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  const auto reason = invocation.first("reason");
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    output.complain("--reason: write in a few words why; it stays on this node.\n");
    return kExitUsage;
  }
  return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
    if (!publisher) return association_no_publisher(output);
    if (!suspend(store, *publisher, *scid, reason, node.clock().now())) {
      output.complain("You do not recognize it; nothing was changed.\n");
      return kExitNo;
    }
    output.print(
        wrapped("Suspended. Nodes that trusted it because of you stop showing it, and whom it "
                "recognizes, at their next reading. The reason is kept here and is not published. "
                "`kith reinstate` gives the recognition back as it was.") +
        "\n");
    return kExitOk;
  });
}

ExitCode command_reinstate(const Invocation& invocation, Node& node, CommandOutput& output) {
  const auto now = node.clock().now();
  const auto scid = publisher_meant(invocation.first("publisher"), node, output);
  if (!scid) return kExitUsage;
  const auto until = association_until(invocation, now, output);
  if (!until) return kExitUsage;
  return node.change([&](Store& store, Publisher* publisher) -> ExitCode {
    if (!publisher) return association_no_publisher(output);
    const auto refused = reinstate(store, *publisher, *scid, *until, now);
    if (!refused) {
      output.complain("It is not suspended; nothing was changed.\n");
      return kExitNo;
    }
    if (!refused->empty()) return association_problems(*refused, output);
    output.print("Recognized again, as before, until " + association_day(*until) + ".\n");
    return kExitOk;
  });
}

}  // namespace node
