#include "node/pages/search_page.h"

#include <algorithm>

#include "node/checks/check_words.h"
#include "node/pages/frame.h"
#include "node/pages/listing_card.h"
#include "node/pages/near_filter.h"
#include "node/pages/search_filters.h"
#include "node/pages/words.h"
#include "protocol/document/vocabularies.h"

namespace node {

namespace {

using protocol::Vocabulary;

/// Values of a facet that are shown at once; the others unfold.
constexpr std::size_t kSearchFacetValues = 8;

struct SearchView {
  const Node& node;
  const NodeSummary& about;
  const Query& query;
  const SearchResult& result;
  PublisherNames names;
  ReaderZone reader;
  std::vector<PlaceQuestion> questions = {};
};

void search_option(Html& html, std::string_view value, std::string_view words, bool selected) {
  if (selected) {
    html.open("option", {{"value", value}, {"selected", ""}});
  } else {
    html.open("option", {{"value", value}});
  }
  html.text(visible_text(words)).raw("</option>");
}

struct SearchChoice {
  std::string value, words;
};

void search_picker(Html& html, const SearchView& view, Constant id, std::string_view field,
                   Constant label, Constant any, std::vector<SearchChoice> choices) {
  const auto chosen = values_of(view.query, field);
  const std::string selected = chosen.empty() ? std::string() : chosen.front();
  const bool known = std::any_of(choices.begin(), choices.end(),
                                 [&](const auto& choice) { return choice.value == selected; });
  // What came by a link stays chosen, also where the list does not have it.
  if (!selected.empty() && !known)
    choices.insert(choices.begin(),
                   {written_value(field, selected), value_words(field, selected, view.names)});
  html.raw("<div>").open("label", {{"class", "label"}, {"for", id.text()}}).raw(label);
  html.raw("</label>").open("select", {{"id", id.text()}, {"name", field}});
  search_option(html, "", any.text(), selected.empty());
  for (const auto& choice : choices)
    search_option(html, choice.value, choice.words, choice.value == written_value(field, selected));
  html.raw("</select></div>\n");
}

std::vector<SearchChoice> search_licenses() {
  std::vector<SearchChoice> choices;
  for (const auto& family : protocol::terms(Vocabulary::license_family)) {
    std::vector<std::string> titles;
    for (const auto& title : protocol::license_titles()) {
      // Titles in capitals are the ones that people sign with.
      const bool capitals =
          title.title.size() > 1 && title.title[1] >= 'A' && title.title[1] <= 'Z';
      // A title stands once for each level that it may mean.
      const bool known = std::find(titles.begin(), titles.end(), title.title) != titles.end();
      if (title.family == family.value && capitals && !known && titles.size() < 3)
        titles.emplace_back(title.title);
    }
    std::string words(family.label);
    if (!titles.empty()) words += " (" + joined_words(titles, "or") + ")";
    choices.push_back({std::string(family.value), std::move(words)});
  }
  return choices;
}

std::vector<SearchChoice> search_terms(Vocabulary vocabulary) {
  std::vector<SearchChoice> choices;
  for (const auto& term : protocol::terms(vocabulary))
    choices.push_back({std::string(term.value), std::string(term.label)});
  return choices;
}

/// What somebody says about themselves, to be told what they can join. It stands in the address of
/// the page and nowhere else.
void search_about_you(Html& html, const SearchView& view) {
  const auto& situation = view.query.situation;
  // Folded even when filled in: the chips below say what was read, and results come first.
  html.raw("<details><summary>");
  html.raw("Can I join? Tell us about you</summary>\n<div class=\"pickers\">\n");
  const auto text = [&](Constant id, std::string_view name, Constant label,
                        const std::vector<std::string>& values) {
    html.raw("<div>").open("label", {{"class", "label"}, {"for", id.text()}}).raw(label);
    html.raw("</label>")
        .open("input", {{"type", "text"},
                        {"id", id.text()},
                        {"name", name},
                        {"value", values.empty() ? "" : values.front()},
                        {"maxlength", "120"},
                        {"autocomplete", "off"}});
    html.raw("</div>\n");
  };
  text("mylic", "my_license", "My license, or none", situation.licenses);
  std::vector<SearchChoice> regions;
  for (const auto& row : protocol::us_regions())
    regions.push_back({std::string(row.code), std::string(row.name)});
  search_picker(html, view, "myst", "my_state", "I am licensed in", "Not said", std::move(regions));
  search_picker(html, view, "mystage", "my_stage", "My career stage", "Not said",
                search_terms(Vocabulary::career_stages));
  text("mymem", "my_membership", "I am a member of, or none", situation.memberships);
  search_picker(html, view, "join", "can_join", "Show", "All groups",
                {{"yes", "Only what I can join"}, {"probably", "What I can probably join"}});
  html.raw(
      "</div>\n<p class=\"small soft\">This stays in the address of the page you see. This node "
      "keeps none of it, and hands none of it on.</p>\n</details>\n");
}

void search_form(Html& html, const SearchView& view) {
  const auto& query = view.query;
  html.raw(
      "<div class=\"finder\">\n<div class=\"wrap\">\n"
      "<form class=\"find\" role=\"search\" action=\"/\">\n<div>\n"
      "<label class=\"label\" for=\"q\">What are you looking for?</label>\n<div class=\"box\">");
  html.open("input", {{"type", "search"},
                      {"id", "q"},
                      {"name", "q"},
                      {"value", query.words},
                      {"maxlength", "256"},
                      {"autocomplete", "off"}});
  html.raw("<button type=\"submit\" class=\"btn main\">").icon("search");
  html.raw("<span>Search</span></button></div>\n</div>\n<details class=\"who\"><summary>");
  const auto first = [&](std::string_view field, std::string_view any) {
    const auto values = values_of(query, field);
    return values.empty() ? std::string(any) : value_words(field, values.front(), view.names);
  };
  html.raw("For ").open("b").theirs(first("license", "any license")).raw("</b> in <b>");
  html.theirs(first("region", "any state")).raw("</b>, ");
  html.theirs(within_sentence(first("format", "any format")) + ", " +
              within_sentence(first("cost", "any cost")));
  html.raw("</summary>\n<div class=\"pickers\">\n");

  search_picker(html, view, "lic", "license", "License they take", "Any license",
                search_licenses());
  std::vector<SearchChoice> regions;
  for (const auto& row : protocol::us_regions())
    regions.push_back({std::string(row.code), std::string(row.name)});
  search_picker(html, view, "st", "region", "State they serve", "Any state", std::move(regions));
  search_picker(html, view, "fm", "format", "Format", "Any format",
                search_terms(Vocabulary::formats));
  std::vector<SearchChoice> costs = {{"free", "Free"},
                                     {"max-per-month:10", "Up to $10 a month"},
                                     {"max-per-month:40", "Up to $40 a month"},
                                     {"max-per-month:100", "Up to $100 a month"},
                                     {"included_in_membership", "In my membership"},
                                     {"sliding_scale", "Sliding scale"},
                                     {"employer_paid", "My employer pays"}};
  search_picker(html, view, "co", "cost", "Cost", "Any cost", std::move(costs));
  html.raw(
      "<div><label class=\"label\" for=\"zone\">Times in my zone</label><select id=\"zone\" "
      "name=\"zone\">");
  html.add(zone_options(view.reader, "The group’s own")).raw("</select></div>\n");
  const auto near = std::find_if(view.questions.begin(), view.questions.end(),
                                 [](const auto& one) { return one.field == "near"; });
  near_fields(html, view.query, near == view.questions.end() ? std::string() : near->typed);
  html.raw("</div>\n</details>\n");
  search_about_you(html, view);

  // What the pickers do not hold travels with the form: other filters, and further values.
  std::vector<std::string> picked;
  for (const auto& [name, value] : to_parameters(query)) {
    const bool picker = name == "license" || name == "region" || name == "format" ||
                        name == "cost" || name == "can_join" || name.starts_with("my_") ||
                        is_near_field(name);
    if (name == "q" || name == "zone") continue;
    if (picker && std::find(picked.begin(), picked.end(), name) == picked.end()) {
      picked.push_back(name);
      continue;
    }
    html.open("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
  }
  html.raw("</form>\n</div>\n</div>\n");
}

void search_chip(Html& html, std::string_view field, const std::string& words, const Query& less) {
  html.raw("<li>").open("a", {{"class", "chip"}, Attribute(search_address(less))});
  html.raw("<span><span class=\"vh\">").text(field).raw(": </span>").theirs(words);
  html.raw("</span>").icon("x").raw("<span class=\"vh\">(remove)</span></a></li>");
}

void search_chips(Html& html, const SearchView& view) {
  const auto& query = view.query;
  Html chips;
  if (!query.words.empty()) search_chip(chips, "Words", query.words, without_field(query, "q"));
  for (const auto& field : search_fields())
    for (const auto& value : values_of(query, field.name))
      search_chip(chips, field.title, value_words(field.name, value, view.names),
                  without_value(query, field.name, value));
  if (query.near) {
    search_chip(chips, "Near", near_words(*query.near), without_field(query, "near"));
    if (query.near->online_too)
      search_chip(chips, "Near", "also online", without_value(query, "online", "also"));
  }
  constexpr std::pair<std::string_view, std::string_view> kAboutYou[] = {
      {"my_license", "You hold"},
      {"my_state", "You are licensed in"},
      {"my_stage", "Your stage"},
      {"my_membership", "You are a member of"},
      {"can_join", "Show"}};
  for (const auto& [field, words] : kAboutYou)
    for (const auto& value : values_of(query, field))
      search_chip(chips, words, value_words(field, value, view.names),
                  without_value(query, field, value));
  for (const auto& unstated : query.include_unstated)
    for (const auto& field : search_fields())
      if (field.name == unstated)
        search_chip(chips, "Also", "that do not state " + std::string(field.unstated),
                    without_value(query, "unstated", unstated));
  for (const auto& unstated : query.include_unstated)
    if (unstated == "near" && query.near)
      search_chip(chips, "Also", "that do not state where they meet",
                  without_value(query, "unstated", unstated));
  if (chips.empty()) return;
  html.raw(
      "<div class=\"row\"><span class=\"small soft read\" id=\"read\">You asked for:</span>\n"
      "<ul class=\"chips\" aria-labelledby=\"read\">");
  html.add(chips).raw("</ul></div>\n");
}

void search_facet_value(Html& html, const SearchView& view, const Facet& facet,
                        const FacetValue& value, bool chosen) {
  const auto words = value_words(facet.field, value.value, view.names);
  if (value.count == 0 && !chosen) {
    html.raw("<div class=\"tick none\"><span>").theirs(words);
    html.raw("</span><span class=\"n\">0</span></div>\n");
    return;
  }
  const auto target = chosen ? without_value(view.query, facet.field, value.value)
                             : with_value(view.query, facet.field, value.value);
  if (chosen) {
    html.open("a",
              {{"class", "tick"}, {"aria-current", "true"}, Attribute(search_address(target))});
    html.raw("<span><b>")
        .theirs(words)
        .raw("</b></span><span class=\"vh\">(chosen; remove)</span>");
  } else {
    html.open("a", {{"class", "tick"}, Attribute(search_address(target))});
    html.raw("<span>").theirs(words).raw("</span>");
  }
  html.raw("<span class=\"n\">").text(counted(value.count, "", "")).raw("</span></a>\n");
}

void search_sorts(Html& html, const SearchView& view) {
  // Nothing to put in order.
  if (view.result.total == 0) return;
  html.raw("<fieldset><legend>Sort by</legend>\n");
  constexpr std::pair<Sort, std::string_view> kSorts[] = {
      {Sort::best_match, "Best match"},
      {Sort::next_meeting, "Next meeting"},
      {Sort::nearest, "Nearest"},
      {Sort::confirmed, "Most recently confirmed"},
      {Sort::eligibility, "What I can join first"},
      {Sort::cost, "Lowest cost a year"},
      {Sort::cost_hour, "Lowest cost an hour"},
      {Sort::time, "Least time a month"},
      {Sort::name, "A to Z"}};
  for (const auto& [sort, words] : kSorts) {
    if (sort == Sort::eligibility && view.query.situation.empty()) continue;
    if (sort == Sort::nearest && !view.query.near) continue;
    auto query = view.query;
    query.sort = sort;
    query.cursor.clear();
    if (sort == view.query.sort) {
      html.open("a",
                {{"class", "tick"}, {"aria-current", "true"}, Attribute(search_address(query))});
      html.raw("<span><b>").text(words).raw("</b></span></a>\n");
    } else {
      html.open("a", {{"class", "tick"}, Attribute(search_address(query))});
      html.raw("<span>").text(words).raw("</span></a>\n");
    }
  }
  html.raw("</fieldset>\n");
}

void search_facets(Html& html, const SearchView& view) {
  Html all;
  search_sorts(all, view);
  for (const auto& field : search_fields()) {
    const auto found = std::find_if(view.result.facets.begin(), view.result.facets.end(),
                                    [&](const Facet& facet) { return facet.field == field.name; });
    if (found == view.result.facets.end()) continue;
    Facet facet = *found;
    const auto chosen = values_of(view.query, field.name);
    const auto is_chosen = [&](const FacetValue& value) {
      return std::find(chosen.begin(), chosen.end(), value.value) != chosen.end();
    };
    std::stable_partition(facet.values.begin(), facet.values.end(), is_chosen);
    if (facet.values.empty() && facet.unstated == 0) continue;
    all.raw("<fieldset><legend>").text(field.title).raw("</legend>\n");
    for (std::size_t i = 0; i < facet.values.size(); ++i) {
      if (i == kSearchFacetValues) all.raw("<details><summary>More</summary>\n");
      search_facet_value(all, view, facet, facet.values[i], is_chosen(facet.values[i]));
    }
    if (facet.values.size() > kSearchFacetValues) all.raw("</details>\n");
    if (facet.unstated > 0) {
      all.raw("<div class=\"tick none\"><span>Not stated</span><span class=\"n\">");
      all.text(counted(facet.unstated, "", "")).raw("</span></div>\n");
    }
    all.raw("</fieldset>\n");
  }
  if (all.empty()) return;
  html.raw(
      "<nav class=\"facets\" aria-label=\"Narrow the results\">\n"
      "<details><summary><h2>Narrow or sort</h2></summary>\n");
  html.add(all).raw("</details>\n</nav>\n");
}

/// "12 more do not state their cost: include them", one for each filter that keeps such ones out.
void search_unstated(Html& html, const SearchView& view) {
  for (const auto& unstated : view.result.unstated) {
    if (unstated.count == 0) continue;
    if (unstated.field == "near") {
      html.raw("<p class=\"small\">").text(counted(unstated.count, "more does", "more do"));
      html.text(" not state where it meets: ");
      html.open("a", {Attribute(search_address(with_value(view.query, "unstated", "near")))});
      html.text(unstated.count == 1 ? "include it" : "include them").raw("</a></p>\n");
    }
    for (const auto& field : search_fields()) {
      if (field.name != unstated.field || field.unstated.empty()) continue;
      html.raw("<p class=\"small\">");
      html.text(counted(unstated.count, "more does", "more do"));
      html.text(" not state ").text(field.unstated).text(": ");
      html.open("a",
                {Attribute(search_address(with_value(view.query, "unstated", unstated.field)))});
      html.text(unstated.count == 1 ? "include it" : "include them").raw("</a></p>\n");
    }
  }
}

/// "3 listings were left out by this node's rules: show them".
void search_left_out(Html& html, const SearchView& view) {
  if (view.result.left_out == 0) return;
  auto other = view.query;
  other.cursor.clear();
  other.show_left_out = !view.query.show_left_out;
  html.raw("<p class=\"small\">");
  html.text(left_out_words(view.result.left_out, view.query.show_left_out)).text(": ");
  html.open("a", {Attribute(search_address(other))});
  html.text(view.query.show_left_out    ? "leave them out"
            : view.result.left_out == 1 ? "show it"
                                        : "show them");
  html.raw("</a>. <a href=\"/about/checks#rules\">What the rules are</a></p>\n");
}

/// Survivors' and public groups are never mixed in (house decision 8); a line says that they are
/// there.
void search_kept_apart(Html& html, const SearchView& view) {
  // A search that was cut short would only be cut short twice more.
  if (!view.query.audiences.empty() || view.result.truncated) return;
  struct Apart {
    std::string_view audience, one, many;
  };
  constexpr Apart kApart[] = {
      {"lived_experience", "group is led by and for people with lived experience",
       "groups are led by and for people with lived experience"},
      {"public", "group is open to everybody", "groups are open to everybody"}};
  Html lines;
  for (const auto& apart : kApart) {
    auto query = view.query;
    query.cursor.clear();
    query.limit = 1;
    query.audiences = {std::string(apart.audience)};
    const auto found = view.node.search(query);
    if (!found || found->total == 0) continue;
    query.limit = Query{}.limit;
    lines.raw("<p>").text(counted(found->total, apart.one, apart.many)).text(". ");
    lines.open("a", {Attribute(search_address(query))});
    lines.text(found->total == 1 ? "Show it" : "Show them").raw("</a></p>\n");
  }
  if (lines.empty()) return;
  html.raw(
      "<section class=\"panel apart stack\" aria-labelledby=\"apart\">\n"
      "<h2 id=\"apart\">Kept apart</h2>\n");
  html.add(lines);
  html.raw(
      "<p class=\"small soft\">They are not case consultation, and no license is asked "
      "for.</p>\n</section>\n");
}

struct SearchRelaxation {
  std::string words, instead;
  Query query;
  std::size_t total = 0;
};

/// What the same search finds without one of its filters, the most first.
std::vector<SearchRelaxation> search_relaxations(const SearchView& view) {
  std::vector<SearchRelaxation> all;
  const auto consider = [&](std::string words, std::string instead, Query query) {
    const auto found = view.node.search(query);
    if (found && found->total > 0)
      all.push_back({std::move(words), std::move(instead), std::move(query), found->total});
  };
  if (!view.query.words.empty())
    consider("Any topic", "instead of “" + view.query.words + "”", without_field(view.query, "q"));
  for (auto& one : near_relaxations(view.query))
    consider(std::move(one.words), std::move(one.instead), std::move(one.query));
  constexpr std::pair<std::string_view, std::string_view> kAny[] = {
      {"license", "Any license"}, {"region", "Any state or country"},
      {"cost", "Any cost"},       {"format", "Any format"},
      {"kind", "Any kind"},       {"publisher", "Any publisher"},
      {"status", "Open or not"},  {"can_join", "Also what may not fit you"}};
  for (const auto& [field, any] : kAny) {
    const auto values = values_of(view.query, field);
    if (values.empty()) continue;
    std::vector<std::string> words;
    const bool a_name = field == "region" || field == "publisher";
    for (const auto& value : values) {
      const auto named = value_words(field, value, view.names);
      words.push_back(a_name ? named : within_sentence(named));
    }
    consider(std::string(any), "instead of " + joined_words(words, "or"),
             without_field(view.query, field));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.total > b.total; });
  return all;
}

/// What each of several wishes finds by itself, the most first: for when letting go of one is not
/// enough.
std::vector<SearchRelaxation> search_single_wishes(const SearchView& view) {
  const auto& asked = view.query;
  std::vector<SearchRelaxation> all;
  std::size_t wishes = 0;
  const auto consider = [&](std::string words, const auto& keeps) {
    Parameters kept;
    for (const auto& one : to_parameters(asked))
      if (keeps(one.first) || one.first == "zone" || one.first.starts_with("my_"))
        kept.push_back(one);
    ++wishes;
    const auto query = parse_query(kept);
    const auto found = query ? view.node.search(*query) : protocol::Result<SearchResult>({});
    if (query && found && found->total > 0)
      all.push_back({std::move(words), {}, *query, found->total});
  };
  if (!asked.words.empty())
    consider("Only “" + asked.words + "”", [](const auto& name) { return name == "q"; });
  if (asked.near)
    consider("Only " + near_words(*asked.near),
             [](const auto& name) { return is_near_field(name); });
  for (const auto& field : search_fields()) {
    const auto values = values_of(asked, field.name);
    if (values.empty()) continue;
    std::vector<std::string> words;
    const bool a_name = field.name == "region" || field.name == "publisher";
    for (const auto& value : values) {
      const auto named = value_words(field.name, value, view.names);
      words.push_back(a_name ? named : within_sentence(named));
    }
    consider("Only " + joined_words(words, "or"),
             [&field](const auto& name) { return name == field.name; });
  }
  // One wish alone is the search that found nothing.
  if (wishes < 2) return {};
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.total > b.total; });
  return all;
}

void search_nothing(Html& html, const SearchView& view) {
  auto relaxations = search_relaxations(view);
  html.raw("<div>\n<h1>No group fits all of this.</h1>\n");
  if (view.about.listings == 0) {
    html.raw("<p class=\"measure\">This node lists no groups yet.</p>\n</div>\n");
    return;
  }
  html.raw("<p class=\"measure\">That is common, and it is not the end of the road.</p>\n</div>\n");
  search_unstated(html, view);
  search_left_out(html, view);
  const bool one_is_enough = !relaxations.empty();
  if (!one_is_enough) relaxations = search_single_wishes(view);
  if (relaxations.empty()) {
    html.raw("<p><a class=\"btn\" href=\"/\">See all groups</a></p>\n");
    return;
  }
  html.raw("<section class=\"panel lit stack\" aria-labelledby=\"relax\">\n<h2 id=\"relax\">");
  html.raw(one_is_enough ? Constant("Let go of one thing") : Constant("Keep one thing"));
  html.raw("</h2>\n<ul class=\"plain relax\">\n");
  for (const auto& one : relaxations) {
    html.raw("<li>").open("a", {Attribute(search_address(one.query))}).text(one.words);
    html.raw("</a> ");
    if (!one.instead.empty()) html.raw("<span class=\"soft\">").theirs(one.instead).raw("</span> ");
    html.raw("<b>").text(counted(one.total, "group", "groups")).raw("</b></li>\n");
  }
  html.raw("</ul>\n</section>\n");
}

void search_results(Html& html, const SearchView& view, protocol::Timestamp now) {
  const auto& result = view.result;
  html.raw("<div>\n<h2>").text(counted(result.total, "group", "groups")).raw("</h2>\n");
  html.raw("<p class=\"small soft\">Times are the group’s own");
  if (view.reader.zone) html.raw(", with the next one by your clock");
  html.raw(". Nobody can pay for a place in this list.</p>\n");
  html.add(zone_unknown(view.reader));
  if (result.truncated)
    html.raw(
        "<p class=\"small\">This search took too long and was cut short: there may be more. "
        "More words or a filter will help.</p>\n");
  if (!result.ignored_terms.empty()) {
    html.raw("<p class=\"small\">We looked for the first eight words and left out: ");
    html.theirs(joined_words(result.ignored_terms)).raw(".</p>\n");
  }
  html.raw("</div>\n<ul class=\"results\">\n");
  std::size_t number = 0;
  for (const auto& key : result.page) {
    // Withdrawn between the search and this line: then it is gone.
    const auto group = view.node.group(key);
    if (!group) continue;
    Html compare;
    if (result.page.size() > 1) {
      compare.raw("<label class=\"act\">");
      compare.open(
          "input",
          {{"type", "checkbox"}, {"name", "id"}, {"value", key.text()}, {"form", "compare"}});
      compare.raw("<span>Compare<span class=\"vh\">: ").theirs(group->listing.name);
      compare.raw("</span></span></label>\n");
    }
    html.raw("<li>").add(listing_card(
        *group, ++number, now, view.query.situation, view.reader,
        view.query.near ? distance_words(*view.query.near, group->listing) : std::string(),
        compare));
    html.raw("</li>\n");
  }
  html.raw("</ul>\n");
  if (result.page.size() > 1) {
    html.raw("<form id=\"compare\" action=\"/compare\" class=\"row noprint\">");
    for (const auto& [name, value] : to_parameters(view.query.situation))
      html.open("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
    html.raw(
        "<button type=\"submit\" class=\"btn\">Compare what is ticked</button>"
        "<span class=\"small soft\">Two to four groups, side by side</span></form>\n");
  }
  if (!result.next_cursor.empty() || !view.query.cursor.empty()) {
    html.raw("<div class=\"row\">\n");
    auto first = view.query;
    first.cursor.clear();
    if (!result.next_cursor.empty()) {
      auto parameters = to_parameters(first);
      parameters.emplace_back("cursor", result.next_cursor);
      html.open("a", {{"class", "btn main"}, Attribute(Address::local("/", parameters))});
      html.text("Next groups").raw("</a>\n");
    }
    if (!view.query.cursor.empty()) {
      html.open("a", {{"class", "btn"}, Attribute(search_address(first))});
      html.raw("Back to the first page</a>\n");
    }
    html.raw("</div>\n");
  }
  near_online_line(html, view.node, view.query, result.total);
  search_unstated(html, view);
  search_left_out(html, view);
}

void search_aside(Html& html, const SearchView& view) {
  html.raw(
      "<aside class=\"stack aside\" aria-label=\"About these results\">\n"
      "<section class=\"stack\" aria-labelledby=\"about\">\n<h2 id=\"about\">Who stands behind "
      "these</h2>\n<p>");
  html.text(
      "Every group here was signed by whoever published it, and this node checked the "
      "signature. It lists ");
  html.text(counted(view.about.listings, "group", "groups")).text(" of ");
  html.text(counted(view.about.publishers, "publisher", "publishers")).text(".");
  html.raw(
      "</p>\n<p><a href=\"/about/checks\">What “recognized” means, and what it does "
      "not</a></p>\n</section>\n");
  if (!view.about.degraded.empty()) {
    html.raw(
        "<section class=\"stack\" aria-labelledby=\"late\">\n<h2 id=\"late\">May be "
        "behind</h2>\n<ul class=\"plain\">\n");
    for (const auto& feed : view.about.degraded) {
      html.raw("<li>").add(publisher_link(feed.scid, feed.name)).raw("</li>\n");
    }
    html.raw("</ul>\n<p>We could not read these lately. What we had is kept.</p>\n</section>\n");
  }
  html.raw("</aside>\n");
}

std::string search_title(const SearchView& view) {
  const auto groups = view.result.total == 0 ? std::string("no exact match")
                                             : counted(view.result.total, "group", "groups");
  if (!view.query.words.empty()) return view.query.words + ": " + groups;
  return to_parameters(view.query).empty() ? "Find a peer support group" : "Your search: " + groups;
}

/// What was asked is said back to whoever asked, and to nobody else.
Response search_refused(const NodeSummary& about, const protocol::Error& error) {
  Page page;
  page.title = "We could not read this search";
  page.place = Page::Place::find;
  page.main.raw(
      "<div class=\"wrap\"><div class=\"stack measure\">\n<h1>We could not read this "
      "search</h1>\n<p>");
  page.main.theirs(error.detail);
  page.main.raw(
      "</p>\n<p>It may be an old link, or one that was cut short on its way to you.</p>\n"
      "<p><a class=\"btn main\" href=\"/\">Start a new search</a></p>\n</div></div>\n");
  auto response = page_response(about, page, no_store());
  response.status = protocol::describe(error.code).http_status;
  return response;
}

}  // namespace

Response search_page(const Request& request, const Node& node, const NodeSummary& about) {
  auto asked = request.query;
  drop_without_near(asked);
  auto questions = place_questions(asked);
  const auto query = parse_query(asked);
  if (!query) return search_refused(about, query.error());
  const auto result = node.search(*query);
  if (!result) return search_refused(about, result.error());
  const SearchView view{node,
                        about,
                        *query,
                        *result,
                        [&](const std::string& scid) {
                          // Whoever types a denied publisher into the address reads no name.
                          return node.is_denied({scid, ""}) ? scid : node.publisher_name(scid);
                        },
                        reader_zone(query->zone),
                        std::move(questions)};
  const auto now = node.clock().now();

  Page page;
  page.place = Page::Place::find;
  page.title = search_title(view);
  auto& html = page.main;
  search_form(html, view);
  html.raw("<div class=\"wrap\">\n<div class=\"stack\">\n");
  if (result->total > 0) html.raw("<h1 class=\"vh\">Peer support groups</h1>\n");
  for (const auto& question : view.questions) place_question_block(html, question);
  search_chips(html, view);
  html.raw("</div>\n<div class=\"cols three\">\n<div class=\"stack\">\n");
  search_facets(html, view);
  html.raw("</div>\n<div class=\"stack\">\n");
  if (result->total > 0) {
    search_results(html, view, now);
  } else {
    search_nothing(html, view);
  }
  search_kept_apart(html, view);
  html.raw("</div>\n");
  search_aside(html, view);
  html.raw("</div>\n</div>\n");
  return page_response(about, page, no_store());
}

}  // namespace node
