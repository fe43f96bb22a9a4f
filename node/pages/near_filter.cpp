#include "node/pages/near_filter.h"

#include <algorithm>
#include <array>

#include "node/pages/search_filters.h"
#include "node/pages/words.h"
#include "node/search/region_reading.h"
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

/// "Georgia (country)" beside "Georgia", which is a state.
std::string region_choice(const std::string& region) {
  const auto name = protocol::region_name(region);
  return region.size() == 2 && protocol::regions_of(name).size() > 1 ? name + " (country)" : name;
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

std::vector<PlaceQuestion> place_questions(Parameters& parameters) {
  std::vector<PlaceQuestion> questions;
  const auto asked = parameters;
  std::erase_if(parameters, [](const auto& one) { return one.first == "cursor"; });
  for (const auto& reading : region_readings(asked)) {
    if (reading.is_clear()) continue;
    const std::pair<std::string, std::string> unclear(reading.parameter, reading.written);
    std::erase(parameters, unclear);
    PlaceQuestion question{reading.parameter, reading.written};
    question.regions = reading.others;
    if (!reading.taken.empty()) question.regions.push_back(reading.taken);
    // A town where a state is asked for: near it, or licensed in its state.
    if (question.regions.empty()) {
      for (const auto& place : Gazetteer::shared().find(reading.written).places) {
        if (question.field == "region") {
          question.places.push_back(place);
        } else if (std::find(question.regions.begin(), question.regions.end(), place.region) ==
                   question.regions.end()) {
          question.regions.push_back(place.region);
        }
      }
    }
    question.rest = asked;
    std::erase(question.rest, unclear);
    std::erase_if(question.rest, [](const auto& one) { return one.first == "cursor"; });
    questions.push_back(std::move(question));
  }

  const auto near = near_value(parameters, "near");
  if (near.empty()) {
    if (questions.empty()) parameters = asked;
    return questions;
  }
  auto without = parameters;
  std::erase_if(without, [](const auto& one) {
    return is_near_field(one.first) || (one.first == "sort" && one.second == "nearest") ||
           (one.first == "unstated" && one.second == "near");
  });
  const auto query = parse_query(without);
  auto answer = query ? Gazetteer::shared().find(near, query->regions) : PlaceAnswer();
  if (!query || answer.is_clear()) {
    if (questions.empty()) parameters = asked;
    return questions;
  }
  PlaceQuestion question{"near", near, std::move(answer.places), std::move(answer.regions)};
  question.within = near_value(parameters, "within");
  question.online_too = near_value(parameters, "online") == "also";
  question.rest = asked;
  std::erase_if(question.rest, [](const auto& one) {
    return is_near_field(one.first) || one.first == "cursor" ||
           (one.first == "sort" && one.second == "nearest");
  });
  parameters = std::move(without);
  questions.push_back(std::move(question));
  return questions;
}

void place_question_block(Html& html, const PlaceQuestion& question) {
  const bool known = !question.places.empty() || !question.regions.empty();
  const bool license = question.field == "my_state";
  html.raw("<section class=\"panel lit stack\">\n<h2>");
  if (known) {
    html.text(license ? "You are licensed in “" : "Which “").theirs(question.typed);
    html.text(license ? "”: which do you mean?" : "” do you mean?");
  } else {
    html.text("We do not know a place called “").theirs(question.typed).text("”");
  }
  html.raw("</h2>\n");
  if (!known && question.field == "near")
    html.raw(
        "<p>Write a ZIP code, or a town with its state or country: Portland, OR. A larger town "
        "near you will do as well.</p>\n");
  if (!known && question.field != "near")
    html.raw("<p>Choose a state from the list above, or write a country by its name.</p>\n");
  if (known) html.raw("<ul class=\"plain relax\">\n");
  const auto choice = [&](const Parameters& parameters, const std::string& words) {
    html.raw("<li>").open("a", {Attribute(Address::local("/", parameters))});
    html.text(words).raw("</a></li>\n");
  };
  for (const auto& place : question.places) {
    auto parameters = question.rest;
    std::erase_if(parameters, [](const auto& one) { return one.first == "near"; });
    parameters.emplace_back("near", near_text(place));
    if (!question.within.empty()) parameters.emplace_back("within", question.within);
    if (question.online_too) parameters.emplace_back("online", "also");
    choice(parameters, question.field == "near" ? place.name : "Near " + place.name);
  }
  for (const auto& region : question.regions) {
    auto parameters = question.rest;
    const std::string field = license ? "my_state" : "region";
    if (question.field == "near")
      std::erase_if(parameters, [](const auto& one) { return one.first == "region"; });
    parameters.emplace_back(field, region_text(region));
    choice(parameters, question.field == "near" ? "All of " + protocol::region_name(region)
                                                : region_choice(region));
  }
  if (known) html.raw("</ul>\n");
  html.raw("<p class=\"small soft\">Below is what we found without ");
  html.raw(license ? Constant("it") : Constant("a place")).raw(".</p>\n</section>\n");
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
