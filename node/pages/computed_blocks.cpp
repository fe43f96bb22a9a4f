#include "node/pages/computed_blocks.h"

#include <cmath>

#include "node/pages/listing_card.h"
#include "node/pages/words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::Vocabulary;

std::string computed_label(Vocabulary vocabulary, const std::string& value) {
  return value.empty() ? std::string() : protocol::label(vocabulary, value);
}

}  // namespace

std::string hours_words(const protocol::Listing& listing) {
  const auto minutes = protocol::minutes_per_month(listing);
  if (!minutes) return {};
  constexpr double kHour = 60;
  if (*minutes < kHour)
    return "About " +
           counted(static_cast<std::size_t>(std::llround(*minutes)), "minute", "minutes") +
           " a month";
  const auto halves = std::llround(*minutes / 30);
  return "About " + std::to_string(halves / 2) + (halves % 2 != 0 ? ".5" : "") +
         (halves == 2 ? " hour" : " hours") + " a month";
}

std::vector<ComputedRow> dimension_rows(const protocol::Listing& listing, protocol::Date today) {
  const auto profile = protocol::confidentiality_profile(listing, today);
  std::string confidentiality;
  if (profile.level != protocol::Confidentiality::not_stated) {
    confidentiality = protocol::words(profile.level);
    if (!listing.agreement_clauses.empty())
      confidentiality += ", " + std::to_string(profile.covered.size()) + " of 8 points";
  }
  std::string time = hours_words(listing);
  if (const auto cadence = protocol::cadence(listing); !cadence.empty())
    time = time.empty() ? std::string(cadence) : time + ". " + std::string(cadence);
  return {{"Setup effort", computed_label(Vocabulary::setup_effort, listing.setup_effort)},
          {"Clinical depth", computed_label(Vocabulary::clinical_depth, listing.clinical_depth)},
          {"Confidentiality", std::move(confidentiality)},
          {"Time", std::move(time)},
          {"Best for", listing.best_for}};
}

std::vector<ComputedRow> cost_rows(const protocol::Listing& listing) {
  const auto picture = protocol::cost_picture(listing);
  const auto unless_free = [&](std::string words) {
    return picture.costs_nothing ? std::string("$0") : std::move(words);
  };
  std::string year = unless_free(range_words(picture.per_year));
  if (picture.in_membership) {
    year += year.empty() ? "Nothing beyond the membership" : "";
    year += ". What the membership costs is not counted here";
  }
  std::vector<ComputedRow> rows = {
      {"For a year", std::move(year)},
      {"For an hour together", unless_free(range_words(picture.per_hour))},
      {"Before you start", unless_free(range_words(picture.upfront))}};
  if (!picture.once.empty()) rows.push_back({"Paid once", range_words(picture.once)});
  std::string others = range_words(picture.non_members);
  if (!others.empty()) others += " a year";
  if (picture.non_members_fee)
    others += (others.empty() ? "" : "; ") + range_words({*picture.non_members_fee});
  if (!others.empty()) rows.push_back({"For non-members", std::move(others)});
  if (listing.cost && !listing.cost->what_it_pays.empty())
    rows.push_back({"What it pays for", listing.cost->what_it_pays});
  std::string renewal;
  for (const auto& sentence : protocol::renewal_words(listing))
    renewal += (renewal.empty() ? "" : " ") + sentence;
  if (!renewal.empty()) rows.push_back({"Renewal", std::move(renewal)});
  return rows;
}

std::string freshness_words(const protocol::Listing& listing, protocol::Timestamp edited,
                            protocol::Date today) {
  const auto picture = protocol::freshness(listing, today);
  std::string text = "Confirmed " + date_words(listing.confirmed_at, today) + " " +
                     confirmed_by_words(listing.confirmed_by_role) + ".";
  const auto edited_on = std::chrono::floor<std::chrono::days>(edited);
  // An edit says nothing about whether the group still meets: it never stands for a confirmation.
  if (picture.confirmed_at && edited_on != *picture.confirmed_at)
    text += " Text last changed " + date_words(edited_on, today) + ".";
  if (!picture.review_by) return text;
  switch (picture.state) {
    case protocol::Freshness::confirmed:
      return text + " Due again by " + date_words(*picture.review_by, today) + ".";
    case protocol::Freshness::due_soon:
      return text + " Due again soon, by " + date_words(*picture.review_by, today) + ".";
    case protocol::Freshness::fading:
    case protocol::Freshness::past:
      break;
  }
  return text + " It was due again by " + date_words(*picture.review_by, today) +
         ". If nobody confirms it, it goes away on " + date_words(*picture.gone_by, today) + ".";
}

Html computed_facts(const std::vector<ComputedRow>& rows) {
  Html html;
  html.raw("<dl class=\"facts wide\">\n");
  for (const auto& row : rows)
    html.raw("<dt>").text(row.name).raw("</dt><dd>").add(stated(row.words)).raw("</dd>\n");
  html.raw("</dl>\n");
  return html;
}

Html cost_block(const protocol::Listing& listing) {
  Html html;
  if (!listing.cost && listing.membership_non_members_fee.empty()) return html;
  html.raw(
      "<section class=\"stack\" aria-labelledby=\"costs\">\n<h2 id=\"costs\">What it costs "
      "you</h2>\n");
  html.add(computed_facts(cost_rows(listing)));
  html.raw(
      "<p class=\"small soft\">Worked out by this node from what the listing states. Nothing is "
      "guessed.</p>\n</section>\n");
  return html;
}

Html confidentiality_block(const protocol::Listing& listing, protocol::Date today) {
  const auto profile = protocol::confidentiality_profile(listing, today);
  std::vector<ComputedRow> rows = {{"Agreement", profile.agreement},
                                   {"Recording", profile.recording},
                                   {"Transcription", profile.ai},
                                   {"Platform", profile.platform}};
  if (!profile.resign.empty()) rows.insert(rows.begin() + 1, {"Signed again", profile.resign});
  Html html = computed_facts(rows);
  if (listing.agreement_clauses.empty()) return html;
  const auto list = [&](const auto& clauses) {
    html.raw("<ul class=\"measure\">\n");
    for (const auto& clause : clauses)
      html.raw("<li>")
          .theirs(protocol::label(Vocabulary::agreement_clauses, clause))
          .raw("</li>\n");
    html.raw("</ul>\n");
  };
  html.raw("<p><b>").text(std::to_string(profile.covered.size()));
  html.raw(" of the 8 points</b> that an agreement should have:</p>\n");
  if (!profile.covered.empty()) list(profile.covered);
  if (!profile.missing.empty()) {
    html.raw("<p>Not among them, so ask:</p>\n");
    list(profile.missing);
  }
  if (!profile.others.empty()) {
    html.raw("<p>And also:</p>\n");
    list(profile.others);
  }
  return html;
}

Html fixed_notes(const protocol::Listing& listing) {
  Html html;
  if (!protocol::is_for_professionals(listing)) return html;
  html.raw("<p class=\"panel small\"><b>What no agreement can change.</b> ");
  html.text(protocol::kPrivilegeWarning);
  if (protocol::talks_about_cases(listing)) html.text(" ").text(protocol::kInformedConsentNote);
  html.raw("</p>\n");
  return html;
}

}  // namespace node
