#include "node/pages/compare_page.h"

#include <algorithm>
#include <functional>

#include "node/pages/computed_blocks.h"
#include "node/pages/eligibility_line.h"
#include "node/pages/frame.h"
#include "node/pages/listing_card.h"
#include "node/pages/words.h"
#include "node/search/query.h"
#include "node/search/region_reading.h"

namespace node {

namespace {

/// The table, line by line.
class CompareTable {
 public:
  explicit CompareTable(const std::vector<Group>& groups) : groups_(groups) {}

  void part(Constant words) {
    html_.raw("<tr role=\"row\" class=\"head\">");
    html_.open("th", {{"scope", "rowgroup"},
                      {"role", "rowheader"},
                      {"colspan", std::to_string(groups_.size() + 1)}});
    html_.raw(words).raw("</th></tr>\n");
  }

  void row(std::string_view name, const std::function<Html(std::size_t)>& cell) {
    html_.raw("<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">").text(name).raw("</th>");
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      html_.open("td", {{"role", "cell"}, {"data-h", visible_text(groups_[i].listing.name)}});
      html_.add(cell(i)).raw("</td>");
    }
    html_.raw("</tr>\n");
  }

  /// Rows that each group has under the same names, in the order of the first that has them.
  void rows(const std::vector<std::vector<ComputedRow>>& of_groups) {
    std::vector<std::string_view> names;
    for (const auto& of_group : of_groups) {
      for (const auto& one : of_group) {
        if (std::find(names.begin(), names.end(), one.name) == names.end())
          names.push_back(one.name);
      }
    }
    for (const auto name : names) {
      row(name, [&](std::size_t i) {
        for (const auto& one : of_groups[i])
          if (one.name == name) return stated(one.words);
        return stated({});
      });
    }
  }

  const Html& html() const { return html_; }

 private:
  const std::vector<Group>& groups_;
  Html html_;
};

void compare_table(Html& html, const std::vector<Group>& groups, const Situation& situation,
                   protocol::Date today) {
  html.raw(
      "<section class=\"panel\" aria-label=\"Comparison\">\n<table class=\"t cmp\" "
      "role=\"table\">\n<caption class=\"vh\">The groups compared line by line</caption>\n"
      "<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\"><span "
      "class=\"vh\">What</span></th>");
  for (const auto& group : groups) {
    html.raw("<th scope=\"col\" role=\"columnheader\">");
    html.open("a", {{"class", "theirs"}, Attribute(group_address(group.key.text(), situation))});
    html.theirs(group.listing.name).raw("</a></th>");
  }
  html.raw("</tr></thead>\n<tbody role=\"rowgroup\">\n");

  CompareTable table(groups);
  const auto of = [&](const std::function<std::string(const protocol::Listing&)>& words) {
    return [&groups, words](std::size_t i) { return stated(words(groups[i].listing)); };
  };
  if (!situation.empty()) {
    const auto searcher = searcher_of(situation);
    table.row("Can I join?", [&](std::size_t i) {
      return eligibility_cell(protocol::judge_eligibility(groups[i].listing, searcher));
    });
  }
  table.row("For whom", of([](const auto& listing) { return eligibility_words(listing); }));
  std::vector<std::vector<ComputedRow>> dimensions, costs;
  for (const auto& group : groups) {
    dimensions.push_back(dimension_rows(group.listing, today));
    costs.push_back(cost_rows(group.listing));
  }
  table.part("Five things to compare");
  table.rows(dimensions);
  table.part("Time and place");
  table.row("When", of([&](const auto& listing) { return schedule_words(listing, today); }));
  table.row("Where", of([](const auto& listing) { return where_words(listing); }));
  table.part("Cost");
  table.row("As stated", [&](std::size_t i) { return cost(groups[i].listing); });
  table.rows(costs);
  table.part("What stays in the room");
  const auto profile = [&](std::string protocol::ConfidentialityProfile::*sentence) {
    return of([sentence, today](const auto& listing) {
      return protocol::confidentiality_profile(listing, today).*sentence;
    });
  };
  table.row("Agreement", profile(&protocol::ConfidentialityProfile::agreement));
  table.row("Signed again", profile(&protocol::ConfidentialityProfile::resign));
  table.row("Recording", profile(&protocol::ConfidentialityProfile::recording));
  table.row("Transcription", profile(&protocol::ConfidentialityProfile::ai));
  table.row("Platform", profile(&protocol::ConfidentialityProfile::platform));
  table.part("People");
  table.row("Places", [&](std::size_t i) { return places(groups[i].listing, today); });
  table.row("Run by", of([](const auto& listing) { return run_by_words(listing); }));
  table.row("Vouched for", [&](std::size_t i) { return recognition(groups[i].standing, today); });
  table.row("Confirmed", [&](std::size_t i) {
    return stated(freshness_words(groups[i].listing, groups[i].envelope.valid_from, today));
  });
  html.add(table.html()).raw("</tbody>\n</table>\n</section>\n");
}

}  // namespace

Response compare_page(const Request& request, const Node& node, const NodeSummary& about) {
  const auto today = std::chrono::floor<std::chrono::days>(node.clock().now());
  const auto situation = parse_clear_situation(request.query);
  std::vector<Group> groups;
  std::vector<std::string> seen;
  std::size_t asked = 0;
  for (const auto& [name, value] : request.query) {
    if (name != "id" || std::find(seen.begin(), seen.end(), value) != seen.end()) continue;
    seen.push_back(value);
    // However many an address names, only the first few are looked for.
    if (++asked > kMostCompared) continue;
    const auto key = RecordKey::parse(value);
    if (auto group = key ? node.group(*key) : std::nullopt) groups.push_back(std::move(*group));
  }

  Page page;
  page.place = Page::Place::find;
  page.title =
      groups.size() < 2 ? "Compare groups" : "Compare " + std::to_string(groups.size()) + " groups";
  auto& html = page.main;
  html.raw("<div class=\"wrap\">\n<p class=\"small noprint\">");
  html.open("a",
            {Attribute(Address::local("/", situation ? to_parameters(*situation) : Parameters()))});
  html.raw("Search for groups</a></p>\n<div class=\"stack\">\n<h1>");
  html.raw(groups.size() < 2 ? Constant("Compare groups") : Constant("Groups, side by side"));
  html.raw("</h1>\n");
  if (!situation) html.raw("<p>").theirs(situation.error().detail).raw("</p>\n");
  if (groups.size() < 2) {
    html.raw(
        "<p class=\"measure\">Tick two to four groups among the results of a search, then choose "
        "“Compare”.</p>\n");
  } else {
    html.raw(
        "<p class=\"measure\">“Not stated” means that the listing does not say, so it is a fair "
        "thing to ask.</p>\n");
  }
  if (asked > kMostCompared) html.raw("<p>Four fit side by side; the others were left out.</p>\n");
  if (groups.size() < std::min(asked, kMostCompared))
    html.raw("<p>Some of the groups are not shown here, or not any more.</p>\n");
  html.raw("</div>\n");
  if (groups.size() >= 2) compare_table(html, groups, situation ? *situation : Situation(), today);
  html.raw("</div>\n");
  return page_response(about, page, no_store());
}

}  // namespace node
