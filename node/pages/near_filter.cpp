#include "node/pages/near_filter.h"

#include <algorithm>
#include <array>

#include "node/pages/search_filters.h"
#include "node/pages/words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

struct NearDistance {
  std::string_view value, words;
};
constexpr std::array<NearDistance, 6> kNearDistances = {{{"10mi", "10 miles"},
                                                         {"25mi", "25 miles"},
                                                         {"50mi", "50 miles"},
                                                         {"100mi", "100 miles"},
                                                         {"250mi", "250 miles"},
                                                         {"80km", "80 kilometers"}}};
constexpr double kNearFarther = 100;

std::string near_distance_words(const Nearness& nearness) {
  auto text = nearness.within_text();
  text.resize(text.size() - 2);
  if (nearness.unit == DistanceUnit::kilometers) return text + " kilometers";
  return text + (text == "1" ? " mile" : " miles");
}

std::string near_value(const Parameters& parameters, std::string_view name) {
  for (const auto& [parameter, value] : parameters)
    if (parameter == name && !value.empty()) return value;
  return {};
}

}  // namespace

void drop_without_near(Parameters& parameters) {
  const auto given = near_value(parameters, "near");
  if (given.find_first_not_of(" \t\r\n") != std::string::npos) return;
  std::erase_if(parameters, [](const auto& one) {
    return one.first == "near" || one.first == "within" || one.first == "online" ||
           (one.first == "sort" && one.second == "nearest") ||
           (one.first == "unstated" && one.second == "near");
  });
}

bool is_near_field(std::string_view name) {
  return name == "near" || name == "within" || name == "online";
}

void near_fields(Html& html, const Query& query, const std::string& typed) {
  html.raw("<div><label class=\"label\" for=\"near\">Near (ZIP or town)</label>");
  html.open("input", {{"type", "text"},
                      {"id", "near"},
                      {"name", "near"},
                      {"value", query.near ? query.near->text : typed},
                      {"maxlength", "120"},
                      {"autocomplete", "off"}});
  html.raw("</div>\n<div><label class=\"label\" for=\"within\">How far</label>");
  html.raw("<select id=\"within\" name=\"within\">");
  const auto chosen = query.near ? query.near->within_text() : Nearness{}.within_text();
  const bool known = std::any_of(kNearDistances.begin(), kNearDistances.end(),
                                 [&](const auto& one) { return one.value == chosen; });
  const auto option = [&](std::string_view value, std::string_view words) {
    if (value == chosen) {
      html.open("option", {{"value", value}, {"selected", ""}});
    } else {
      html.open("option", {{"value", value}});
    }
    html.text(words).raw("</option>");
  };
  if (!known) option(chosen, near_distance_words(*query.near));
  for (const auto& one : kNearDistances) option(one.value, one.words);
  html.raw("</select></div>\n<div><label class=\"tick\">");
  if (query.near && query.near->online_too) {
    html.open("input",
              {{"type", "checkbox"}, {"name", "online"}, {"value", "also"}, {"checked", ""}});
  } else {
    html.open("input", {{"type", "checkbox"}, {"name", "online"}, {"value", "also"}});
  }
  html.raw("<span>Also groups that meet online</span></label></div>\n");
}

std::optional<NearQuestion> near_question(const Parameters& parameters) {
  NearQuestion question;
  question.typed = near_value(parameters, "near");
  question.within = near_value(parameters, "within");
  question.online_too = near_value(parameters, "online") == "also";
  question.rest = parameters;
  std::erase_if(question.rest, [](const auto& one) {
    return is_near_field(one.first) || one.first == "cursor" ||
           (one.first == "sort" && one.second == "nearest");
  });
  const auto query = parse_query(question.rest);
  if (question.typed.empty() || !query) return std::nullopt;
  question.answer = Gazetteer::shared().find(question.typed, query->regions);
  if (question.answer.is_clear()) return std::nullopt;
  return question;
}

void near_question_block(Html& html, const NearQuestion& question) {
  const auto& answer = question.answer;
  const bool known = !answer.places.empty() || !answer.regions.empty();
  html.raw("<section class=\"panel lit stack\" aria-labelledby=\"which\">\n<h2 id=\"which\">");
  if (known) {
    html.text("Which “").theirs(question.typed).text("” do you mean?");
  } else {
    html.text("We do not know a place called “").theirs(question.typed).text("”");
  }
  html.raw("</h2>\n");
  if (!known)
    html.raw(
        "<p>Write a ZIP code, or a town with its state or country: Portland, OR. A larger town "
        "near you will do as well.</p>\n");
  if (known) html.raw("<ul class=\"plain relax\">\n");
  for (const auto& place : answer.places) {
    auto parameters = question.rest;
    parameters.emplace_back("near", near_text(place));
    if (!question.within.empty()) parameters.emplace_back("within", question.within);
    if (question.online_too) parameters.emplace_back("online", "also");
    html.raw("<li>").open("a", {Attribute(Address::local("/", parameters))});
    html.text(place.name).raw("</a></li>\n");
  }
  for (const auto& region : answer.regions) {
    auto parameters = question.rest;
    std::erase_if(parameters, [](const auto& one) { return one.first == "region"; });
    parameters.emplace_back("region", region);
    html.raw("<li>").open("a", {Attribute(Address::local("/", parameters))});
    html.text("All of " + protocol::region_name(region)).raw("</a></li>\n");
  }
  if (known) html.raw("</ul>\n");
  html.raw("<p class=\"small soft\">Below is what we found without a place.</p>\n</section>\n");
}

std::string near_words(const Nearness& nearness) {
  return "within " + near_distance_words(nearness) + " of " + nearness.place.name;
}

void near_online_line(Html& html, const Node& node, const Query& query, std::size_t total) {
  if (!query.near || query.near->online_too) return;
  auto online = query;
  online.cursor.clear();
  online.near->online_too = true;
  auto counting = online;
  counting.limit = 1;
  const auto found = node.search(counting);
  if (!found || found->total <= total) return;
  const auto more = found->total - total;
  html.raw("<p class=\"small\">");
  html.text(counted(more, "more group meets", "more groups meet"));
  html.text(" online, wherever you are: ");
  html.open("a", {Attribute(search_address(online))});
  html.text(more == 1 ? "show it too" : "show them too").raw("</a></p>\n");
}

std::vector<NearRelaxation> near_relaxations(const Query& query) {
  std::vector<NearRelaxation> all;
  if (!query.near) return all;
  const auto instead = "instead of only " + near_words(*query.near);
  auto wider = query;
  wider.cursor.clear();
  if (query.near->kilometers() < kNearFarther * kKilometersPerMile) {
    wider.near->within = kNearFarther;
    wider.near->unit = DistanceUnit::miles;
    all.push_back({"Within 100 miles", "instead of " + near_distance_words(*query.near), wider});
  }
  if (!query.near->online_too) {
    wider = query;
    wider.cursor.clear();
    wider.near->online_too = true;
    all.push_back({"Also groups that meet online", instead, wider});
  }
  all.push_back({"Anywhere", instead, without_field(query, "near")});
  return all;
}

}  // namespace node
