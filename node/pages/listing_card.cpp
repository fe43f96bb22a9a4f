#include "node/pages/listing_card.h"

#include "node/api/listing_files.h"
#include "node/pages/check_list.h"
#include "node/pages/eligibility_line.h"
#include "node/pages/frame.h"
#include "node/pages/next_dates_list.h"
#include "node/pages/words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

void card_note(Html& html, Constant kind, Constant symbol, std::string_view bold,
               std::string_view rest) {
  html.raw("<p class=\"verdict").raw(kind).raw("\">").icon(symbol).raw("<span><b>");
  html.text(bold).raw("</b> ").theirs(rest).raw("</span></p>\n");
}

void card_fact(Html& html, Constant name, const Html& value) {
  html.raw("<dt>").raw(name).raw("</dt><dd>").add(value).raw("</dd>\n");
}

bool card_has_hidden_characters(const protocol::Listing& listing) {
  for (const auto* text : {&listing.name, &listing.summary, &listing.description, &listing.best_for,
                           &listing.sponsor.name}) {
    if (visible_text(*text) != *text && text->find('\t') == std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::string foreign_lang(const protocol::Listing& listing) {
  return listing.lang.starts_with("en") ? std::string() : listing.lang;
}

Html stated(std::string_view words, std::string_view lang) {
  Html html;
  if (words.empty()) {
    html.raw("<span class=\"soft\">Not stated</span>");
  } else if (lang.empty()) {
    html.theirs(words);
  } else {
    html.open("span", {{"lang", lang}}).theirs(words).close("span");
  }
  return html;
}

Html places(const protocol::Listing& listing, protocol::Date today) {
  const auto words = places_words(listing.capacity, today);
  Html html;
  const auto& capacity = listing.capacity;
  // More than a dozen chairs are not counted by the eye any more.
  constexpr std::int64_t kMostSeats = 12;
  if (words.find(" open on ") != std::string::npos && capacity.max && capacity.openings &&
      *capacity.max > 0 && *capacity.max <= kMostSeats && *capacity.openings <= *capacity.max) {
    const auto width = std::to_string(*capacity.max * 22 - 2);
    html.open("svg", {{"class", "seats"},
                      {"viewBox", "0 0 " + width + " 20"},
                      {"width", std::to_string((*capacity.max * 22 - 2) * 16 / 25)},
                      {"height", "13"},
                      {"aria-hidden", "true"}});
    for (std::int64_t seat = 0; seat < *capacity.max; ++seat) {
      const bool open = seat >= *capacity.max - *capacity.openings;
      html.open("circle", {{"class", open ? "seat-open" : "seat-taken"},
                           {"cx", std::to_string(10 + 22 * seat)},
                           {"cy", "10"},
                           {"r", open ? "7.5" : "8"}});
      html.close("circle");
    }
    html.raw("</svg>");
  }
  html.add(stated(words));
  return html;
}

Html cost(const protocol::Listing& listing) {
  const auto words = cost_words(listing);
  if (words.amount.empty()) return stated({});
  Html html;
  html.raw("<b>").theirs(words.amount).raw("</b>");
  if (!words.year.empty()) html.text(" ").theirs(words.year);
  return html;
}

Html recognition(const Standing& standing, protocol::Date today) {
  Html html;
  html.theirs(recognition_words(standing, today));
  return html;
}

Html notes(const Group& group, protocol::Timestamp now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto& listing = group.listing;
  Html html;
  if (listing.status == "forming") {
    card_note(html, "", "ask", "It is forming.", "It has not met yet and looks for people.");
  } else if (listing.status == "full") {
    card_note(html, "", "ask", "It is full.",
              listing.capacity.waitlist.value_or(false) ? "There is a waiting list."
                                                        : "Ask whether there is a waiting list.");
  } else if (listing.status == "paused") {
    card_note(html, "", "ask", "It is paused.", "Ask when it meets again.");
  } else if (listing.status == "closed" || listing.status == "withdrawn") {
    card_note(html, " bad", "warn", "It has closed.", "It takes no new people.");
  } else if (listing.status != "active") {
    card_note(html, "", "ask",
              "Its state:", protocol::label(protocol::Vocabulary::status, listing.status) + ".");
  }
  if (const auto review = protocol::parse_date(listing.review_by); review && *review < today) {
    card_note(html, " maybe", "ask", "Not confirmed lately.",
              "Nobody has confirmed this since " + date_words(listing.confirmed_at, today) +
                  ". It may no longer meet.");
  }
  if (group.feed_state == FeedState::stale) {
    card_note(
        html, " maybe", "ask", "This copy may be old.",
        "We last heard from " + group.publisher_name +
            (group.last_sign_of_life ? " on " + date_words(*group.last_sign_of_life, today) + "."
                                     : " some time ago.") +
            " What you read here is what it said then.");
  }
  if (group.feed_state == FeedState::unconfirmed_head) {
    card_note(html, " maybe", "ask", "This is a copy that nobody has confirmed yet.",
              "The site of " + group.publisher_name +
                  " does not answer, so this was read from another node. The publisher signed it; "
                  "something newer may exist.");
  }
  if (group.standing.being_updated) {
    card_note(html, " maybe", "ask", "It is being updated.",
              "A newer text exists and has not reached this node yet.");
  }
  html.add(check_warnings(group));
  if (card_has_hidden_characters(listing)) {
    card_note(html, " maybe", "ask", "It holds hidden characters.",
              "We show each of them as a box (\u25AF).");
  }
  return html;
}

Html listing_card(const Group& group, std::size_t number, protocol::Timestamp now,
                  const Situation& situation, const ReaderZone& reader, std::string_view distance,
                  const Html& compare) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto& listing = group.listing;
  const auto lang = foreign_lang(listing);
  const auto id = "g-" + std::to_string(number);
  const auto zone = reader.zone ? reader.zone->name() : std::string();
  Html html;
  html.open("article", {{"class", "card"}, {"aria-labelledby", id}})
      .raw("\n<div>\n<p class=\"kind\">");
  html.theirs(kind_words(listing)).raw("</p>\n").open("h3", {{"id", id}});
  if (lang.empty()) {
    html.open("a", {Attribute(group_address(group.key.text(), situation, zone))});
  } else {
    html.open("a", {{"lang", lang}, Attribute(group_address(group.key.text(), situation, zone))});
  }
  html.theirs(listing.name).raw("</a></h3>\n</div>\n");
  if (!listing.summary.empty()) {
    if (lang.empty()) {
      html.open("p", {{"class", "lead"}});
    } else {
      html.open("p", {{"class", "lead"}, {"lang", lang}});
    }
    html.theirs(listing.summary).raw("</p>\n");
  }
  html.add(notes(group, now));
  if (!situation.empty())
    html.add(eligibility_line(protocol::judge_eligibility(listing, searcher_of(situation))));
  html.raw("<dl class=\"facts\">\n");

  Html when;
  const auto times = schedule_words(listing, today);
  if (times.empty()) {
    when = stated({});
  } else {
    when.raw("<b>").theirs(times).raw("</b>").add(zone_note(listing));
  }
  if (reader.zone) {
    const auto next = next_dates(listing, now, 1);
    const auto yours = next.dates.empty()
                           ? std::string()
                           : reader_meeting_words(next.dates.front(), *reader.zone, today);
    if (!yours.empty()) when.raw("<br>Next: <b>").text(yours).raw("</b>");
  }
  card_fact(html, "When", when);
  Html where = stated(where_words(listing));
  if (!distance.empty()) where.raw("<br><b>").text(distance).raw("</b>");
  card_fact(html, "Where", where);
  card_fact(html, "Who", stated(eligibility_words(listing)));
  card_fact(html, "Cost", cost(listing));
  card_fact(html, "Places", places(listing, today));
  card_fact(html, "Run by", stated(run_by_words(listing)));
  Html vouched;
  vouched.text("Published by ").add(publisher_link(group.key.scid, group.publisher_name));
  vouched.text(". ").add(recognition(group.standing, today));
  vouched.add(also_published(group));
  card_fact(html, "Vouched", vouched);
  html.raw("</dl>\n");
  html.add(check_counts(group)).raw("<p class=\"small soft\">Confirmed ");
  html.theirs(date_words(listing.confirmed_at, today) + " " +
              confirmed_by_words(listing.confirmed_by_role));
  html.raw(".</p>\n<div class=\"acts\">\n");
  const auto act = [&](const Address& address, Constant words, Constant css = "act") {
    html.open("a", {{"class", css.text()}, Attribute(address)}).raw(words);
    html.raw("<span class=\"vh\">: ").theirs(listing.name).raw("</span></a>\n");
  };
  // The one filled button stands only where somebody may join today.
  const bool open =
      listing.status.empty() || listing.status == "active" || listing.status == "forming";
  act(group_address(group.key.text(), situation, zone).part("join"), "How to join",
      open ? Constant("act main") : Constant("act"));
  const std::string at = "/groups/" + group.key.text();
  if (has_calendar(listing, export_source(group))) act(Address::local(at + ".ics"), "Calendar");
  html.add(compare);
  act(Address::local(at + "/report"), "Report");
  html.raw("</div>\n</article>");
  return html;
}

}  // namespace node
