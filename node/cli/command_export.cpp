#include <filesystem>

#include "node/cli/commands.h"
#include "node/cli/output_place.h"
#include "node/exporting/calendar_export.h"
#include "node/exporting/directory_export.h"
#include "node/exporting/linked_data.h"
#include "node/exporting/sheet_export.h"
#include "node/publish/files.h"
#include "protocol/document/card.h"

namespace node {

namespace {

using protocol::Json;

struct ExportOne {
  ExistingListing existing;
  protocol::Listing listing;
  ExportSource source;
  bool own = false;
};

/// Adds a listing whose text was verified when it was accepted.
void export_collect(const RecordKey& key, const protocol::Envelope& envelope, std::string publisher,
                    bool own, std::vector<ExportOne>& all) {
  auto listing = protocol::read_listing(envelope.subject);
  if (!listing) return;
  ExportOne one;
  // One's own sheet comes back into one's own listings; of others nothing but what is shown goes
  // on.
  one.existing = {key.urn(), own ? envelope.subject : protocol::shown_subject(envelope.subject)};
  one.listing = std::move(*listing);
  one.source = {.path = "/groups/" + key.text(),
                .url = {},
                .publisher_scid = key.scid,
                .publisher_name = std::move(publisher),
                .signed_at = envelope.valid_from};
  one.own = own;
  all.push_back(std::move(one));
}

ExitCode export_own(Node& node, CommandOutput& output, std::vector<ExportOne>& all) {
  return node.change([&](Store& store, Publisher* publisher) {
    if (!publisher) {
      return say_refusal(
          {protocol::ErrorCode::config_invalid,
           "There is no publisher in this data folder yet, so there are no listings "
           "of your own. Name the ids of others' listings, or run `kith init` first."},
          output);
    }
    if (const auto feed = store.queries().feed(publisher->scid())) {
      for (const auto& record : store.queries().records(feed->feed_id, "listing")) {
        export_collect(record.key, publisher->own_envelope(record), publisher->name(), true, all);
      }
    }
    return kExitOk;
  });
}

struct ExportText {
  std::string text;
  std::size_t written = 0;
  std::vector<std::string> notes;  ///< what does not map, for the person
};

void export_left_out(ExportText& out, const std::vector<std::string>& names, std::string_view why) {
  if (names.empty()) return;
  std::string words = "Left out, " + std::string(why) + ": ";
  constexpr std::size_t kNamed = 10;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i)
    words += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kNamed) words += " and " + std::to_string(names.size() - kNamed) + " more";
  out.notes.push_back(words + ".");
}

ExportText export_csv(const std::vector<ExportOne>& all) {
  ExportText out;
  std::vector<ExistingListing> listings;
  std::vector<std::string> cards;
  for (const auto& one : all) {
    // One's own sheet is for working with; of others nothing but what they show goes on.
    if (one.listing.disclosure == "card_only" && !one.own) {
      cards.push_back(one.listing.name);
    } else {
      listings.push_back(one.existing);
    }
  }
  auto sheet = export_sheet(listings);
  out.text = std::move(sheet.csv);
  out.written = listings.size();
  std::string held;
  for (const auto& [member, count] : sheet.not_held)
    held += (held.empty() ? "" : ", ") + member + " (" + std::to_string(count) + ")";
  if (!held.empty()) {
    out.notes.push_back("Not wholly in the sheet, with the number of listings: " + held +
                        ". Importing the sheet again leaves these as they are.");
  }
  export_left_out(out, cards, "because they only show a card");
  return out;
}

ExportText export_ics(const std::vector<ExportOne>& all, protocol::Timestamp now) {
  ExportText out;
  CalendarWriter calendar(now);
  std::vector<std::string> none;
  for (const auto& one : all) {
    if (calendar.add(one.listing, one.source)) {
      ++out.written;
    } else {
      none.push_back(one.listing.name);
    }
  }
  if (out.written > 0) out.text = calendar.text();
  export_left_out(out, none,
                  "because no dates can be told from what they say, they do not meet, or they only "
                  "show a card");
  out.notes.push_back(
      "A calendar holds names, dates, places, summaries and licenses of the text; whom a group "
      "takes, what it costs and everything else stays in the listing.");
  return out;
}

ExportText export_jsonld(const std::vector<ExportOne>& all, protocol::Timestamp now) {
  ExportText out;
  Json::Array graph;
  std::vector<std::string> cards;
  for (const auto& one : all) {
    if (auto data = linked_data(one.listing, one.source, now)) {
      data->erase("@context");
      graph.push_back(std::move(*data));
    } else {
      cards.push_back(one.listing.name);
    }
  }
  out.written = graph.size();
  out.text = protocol::canonical(Json::object(
                 {{"@context", "https://schema.org"}, {"@graph", Json(std::move(graph))}})) +
             "\n";
  export_left_out(out, cards, "because they only show a card");
  out.notes.push_back(
      "schema.org has no place for eligibility, confidentiality, recognition and freshness; these "
      "stay in the listing.");
  return out;
}

ExportText export_hsds(const std::vector<ExportOne>& all, protocol::Timestamp now) {
  ExportText out;
  Json::Array services;
  std::vector<std::string> cards;
  for (const auto& one : all) {
    if (one.listing.disclosure == "card_only") {
      cards.push_back(one.listing.name);
      continue;
    }
    services.push_back(directory_service(one.existing.subject, one.listing, one.source, now));
  }
  out.written = services.size();
  out.text = protocol::canonical(directory_page(std::move(services))) + "\n";
  export_left_out(out, cards, "because they only show a card");
  out.notes.push_back(
      "Members without a place of their own in HSDS are attributes of the profile " +
      std::string(kDirectoryProfile) + " (docs/hsds-profile.md).");
  return out;
}

}  // namespace

ExitCode command_export(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::vector<std::string> formats;
  for (const auto* format : {"csv", "ics", "hsds", "jsonld"})
    if (invocation.has(format)) formats.emplace_back(format);
  if (formats.size() != 1) {
    output.complain("Name one format: --csv, --ics, --hsds or --jsonld.\n");
    return kExitUsage;
  }
  std::vector<ExportOne> all;
  const auto ids = invocation.all("id");
  if (ids.empty()) {
    if (const auto code = export_own(node, output, all); code != kExitOk) return code;
  }
  for (const auto& id : ids) {
    const auto key = record_meant(id, node, output);
    if (!key) return kExitUsage;
    const auto group = node.group(*key);
    if (!group) {
      output.complain("No listing shown here has the id " + key->text() + ".\n");
      return kExitNo;
    }
    export_collect(*key, group->envelope, group->publisher_name, group->standing.own, all);
  }
  const auto now = node.clock().now();
  const auto& format = formats.front();
  const auto out = format == "csv"      ? export_csv(all)
                   : format == "ics"    ? export_ics(all, now)
                   : format == "jsonld" ? export_jsonld(all, now)
                                        : export_hsds(all, now);
  if (out.written == 0) {
    output.complain("There is nothing to export.\n");
    for (const auto& note : out.notes) output.complain(wrapped(note) + "\n");
    return kExitNo;
  }
  if (invocation.has("out")) {
    const auto file = file_to_write(invocation, "out", node.folder(), output);
    if (!file) return kExitUsage;
    replace_file(*file, out.text);
    output.complain(std::to_string(out.written) +
                    (out.written == 1 ? " listing is in " : " listings are in ") + file->string() +
                    ".\n");
  } else {
    output.print(out.text);
  }
  // Beside the answer, so that `kith export --csv > sheet.csv` holds the sheet alone.
  for (const auto& note : out.notes) output.complain(wrapped(note) + "\n");
  return kExitOk;
}

}  // namespace node
