#include "node/pages/about_checks_page.h"

#include <vector>

#include "node/pages/words.h"
#include "protocol/trust/checks.h"

namespace node {

namespace {

std::string about_titles(const protocol::CheckPolicy& policy, protocol::Requirement requirement) {
  std::vector<std::string> titles;
  for (const auto& info : protocol::check_table()) {
    if (policy.required(info.check) == requirement)
      titles.push_back(titles.empty() ? std::string(info.title)
                                      : within_sentence(std::string(info.title)));
  }
  return joined_words(titles);
}

std::string about_requirement(protocol::Requirement requirement) {
  switch (requirement) {
    case protocol::Requirement::pass:
      return "This node asks for a pass.";
    case protocol::Requirement::no_warning:
      return "A warning keeps a listing out of the results here.";
    case protocol::Requirement::nothing:
      return "Shown here, and never a reason to leave a listing out.";
  }
  return {};
}

}  // namespace

Html about_policy(const protocol::CheckPolicy& policy) {
  Html html;
  html.raw(
      "<section class=\"stack\" aria-labelledby=\"rules\">\n<h2 id=\"rules\">This node’s "
      "rules</h2>\n<p>Each node decides which checks a listing must pass to be among the results. "
      "Nothing is hidden silently: below the results it says how many were left out, and you can "
      "look at them.</p>\n<p>");
  html.text("The rules here are called “").theirs(policy.name).text("”. ").theirs(policy.summary);
  html.raw("</p>\n<dl class=\"facts wide\">\n<dt>Must pass</dt><dd>");
  const auto passes = about_titles(policy, protocol::Requirement::pass);
  html.text(passes.empty() ? "Nothing" : passes).raw("</dd>\n");
  html.raw("<dt>Large fee before you start</dt><dd>");
  const auto limit = std::to_string(static_cast<long>(policy.numbers.upfront_limit));
  html.text("More than $" + limit + " (or " + limit +
            " of another currency), or three months’ fee where that is more");
  html.raw("</dd>\n<dt>Looked at again</dt><dd>");
  html.text("What a person here found against a group, within " +
            counted(static_cast<std::size_t>(policy.numbers.recheck_days), "day", "days"));
  html.raw(
      "</dd>\n</dl>\n<p>A publisher may answer each check in one line, and the answer stands "
      "beside it.</p>\n</section>\n");
  return html;
}

Html about_each_check(const protocol::CheckPolicy& policy) {
  Html html;
  html.raw(
      "<section class=\"stack\" aria-labelledby=\"each\">\n<h2 id=\"each\">Each check</h2>\n<p>A "
      "check can pass, be something to ask about, be a warning, or not apply. What a listing does "
      "not state is something to ask about, and never a warning: a warning needs something that "
      "was said or seen. There is no score.</p>\n<ul class=\"plain stack\">\n");
  for (const auto& info : protocol::check_table()) {
    html.raw("<li><h3>").text(info.title).raw("</h3><p>").text(info.meaning);
    html.raw("</p><p class=\"small soft\">").text("For " + std::string(info.scope) + ". ");
    html.text(info.takes_notes ? "Worked out by this node, or noted by a person. "
                               : "Worked out by this node. ");
    html.text(about_requirement(policy.required(info.check))).raw("</p></li>\n");
  }
  html.raw("</ul>\n</section>\n");
  return html;
}

Html about_place_names() {
  Html html;
  html.raw(
      "<section class=\"stack\" aria-labelledby=\"places\">\n<h2 id=\"places\">Where place names "
      "come from</h2>\n<p>“Near Columbus” and “within 50 miles” are worked out on this node; no "
      "map "
      "service learns where you are looking. Distances are as the crow flies, to the town where no "
      "finer point is stated.</p>\n<p>The towns are from <a "
      "href=\"https://www.geonames.org/\" rel=\"noopener noreferrer nofollow ugc\">GeoNames</a>, "
      "under the license <a "
      "href=\"https://creativecommons.org/licenses/by/4.0/\" rel=\"noopener noreferrer nofollow "
      "ugc\">CC BY 4.0</a>; the sources were "
      "merged and "
      "coordinates rounded. The centers of ZIP codes are from the U.S. Census Bureau (ZIP Code "
      "Tabulation "
      "Areas, 2021), in the public domain, and from GeoNames where it has none.</p>\n</section>\n");
  return html;
}

}  // namespace node
