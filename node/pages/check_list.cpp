#include "node/pages/check_list.h"

#include "node/checks/check_words.h"
#include "node/pages/words.h"

namespace node {

namespace {

using protocol::CheckOutcome;

/// More than these nobody asks before joining; the rest stands in the list below.
constexpr std::size_t kCheckQuestions = 6;

/// What matters most to whoever is about to tell a case, first.
constexpr protocol::Check kCheckQuestionOrder[] = {
    protocol::Check::agreement,       protocol::Check::reporting,
    protocol::Check::upfront_fee,     protocol::Check::cost,
    protocol::Check::renewal,         protocol::Check::leadership,
    protocol::Check::not_therapy,     protocol::Check::platform,
    protocol::Check::dual_roles,      protocol::Check::agreement_points,
    protocol::Check::description,     protocol::Check::workplace,
    protocol::Check::survivor_safety, protocol::Check::license,
    protocol::Check::charter,         protocol::Check::sponsor,
    protocol::Check::confirmed,       protocol::Check::agreement_renewed,
    protocol::Check::criteria,        protocol::Check::complaints,
    protocol::Check::consent};

Html check_mark(CheckOutcome outcome) {
  Html html;
  switch (outcome) {
    case CheckOutcome::pass:
      html.icon("pass");
      break;
    case CheckOutcome::check:
      html.icon("ask");
      break;
    case CheckOutcome::warning:
      html.icon("warn");
      break;
    case CheckOutcome::not_applicable:
      html.icon("na");
      break;
  }
  return html;
}

Html& check_open_span(Html& html, CheckOutcome outcome, bool small) {
  switch (outcome) {
    case CheckOutcome::pass:
      return html.raw(small ? Constant("<span class=\"pass small\">")
                            : Constant("<span class=\"pass\">"));
    case CheckOutcome::check:
      return html.raw(small ? Constant("<span class=\"askc small\">")
                            : Constant("<span class=\"askc\">"));
    case CheckOutcome::warning:
      return html.raw(small ? Constant("<span class=\"warn small\">")
                            : Constant("<span class=\"warn\">"));
    case CheckOutcome::not_applicable:
      break;
  }
  return html.raw(small ? Constant("<span class=\"soft small\">")
                        : Constant("<span class=\"soft\">"));
}

void check_item(Html& html, const protocol::CheckResult& result, protocol::Date today) {
  html.raw("<li>");
  check_open_span(html, result.outcome, false).add(check_mark(result.outcome)).raw("</span><div>");
  html.raw("<h4>").text(protocol::describe(result.check).title).text(" ");
  check_open_span(html, result.outcome, true)
      .text(protocol::check_outcome_label(result.outcome))
      .raw("</span></h4><p>");
  html.theirs(result.text).raw("</p>");
  const auto evidence = check_evidence_words(result, today);
  const auto answer = check_answer_words(result, today);
  if (!evidence.empty() || !answer.empty()) {
    html.raw("<p class=\"small soft\">").theirs(evidence);
    if (!evidence.empty() && !answer.empty()) html.raw("<br>");
    html.theirs(answer).raw("</p>");
  }
  html.raw("</div></li>\n");
}

/// Within quotation marks, single ones.
std::string check_inner_quotes(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {{"“", "‘"}, {"”", "’"}};
  for (const auto& [outer, inner] : kMarks)
    for (auto at = text.find(outer); at != std::string::npos; at = text.find(outer, at))
      text.replace(at, outer.size(), inner);
  return text;
}

/// The three counts, each beside its mark.
void check_sum(Html& html, const Group& group) {
  const auto counts = protocol::count_checks(group.checks);
  html.raw("<p class=\"sum\"><span class=\"o pass\">").icon("pass");
  html.text(counted(counts.pass, "check passes", "checks pass")).raw("</span>");
  if (counts.check > 0) {
    html.raw("<span class=\"o askc\">").icon("ask");
    html.text(std::to_string(counts.check) + " to ask about").raw("</span>");
  }
  if (counts.warning > 0) {
    html.raw("<span class=\"o warn\">").icon("warn");
    html.text(counted(counts.warning, "warning", "warnings")).raw("</span>");
  }
  html.raw("</p>\n");
}

}  // namespace

Html check_counts(const Group& group) {
  Html html;
  check_sum(html, group);
  return html;
}

Html check_warnings(const Group& group) {
  Html html;
  for (const auto& result : group.checks) {
    if (result.outcome != CheckOutcome::warning) continue;
    html.raw("<p class=\"verdict bad\">").icon("warn").raw("<span><b>");
    html.text(protocol::describe(result.check).title).raw(":</b> ").theirs(result.text);
    html.raw("</span></p>\n");
  }
  if (!group.standing.left_out_for.empty()) {
    html.raw("<p class=\"verdict\">").icon("ask").raw("<span>");
    html.text(left_out_reason(group.standing.left_out_for));
    html.raw("</span></p>\n");
  }
  return html;
}

Html also_published(const Group& group) {
  Html html;
  for (const auto& [key, name] : group.also_published) {
    html.raw(" <span class=\"small\">Also published by ");
    html.open("a", {Attribute(Address::local("/groups/" + key.text()))}).theirs(name);
    html.raw("</a>.</span>");
  }
  if (!html.empty()) return html;
  if (group.checks.size() != protocol::kChecks) return html;
  const auto& result = group.checks[static_cast<std::size_t>(protocol::Check::duplicate)];
  // A person may have found that the two are different groups.
  if (result.outcome != CheckOutcome::check) return html;
  for (const auto& other : group.similar) {
    if (other.scid == group.key.scid) continue;
    html.raw(" <span class=\"small\">").theirs(result.text).text(" ");
    html.open("a", {Attribute(Address::local("/groups/" + other.text()))});
    html.raw("See it</a></span>");
    break;
  }
  return html;
}

Html check_questions(const Group& group) {
  std::vector<const protocol::CheckResult*> open;
  if (group.checks.size() != protocol::kChecks) return {};
  for (const auto check : kCheckQuestionOrder) {
    const auto& result = group.checks[static_cast<std::size_t>(check)];
    const bool asks =
        result.outcome == CheckOutcome::check || result.outcome == CheckOutcome::warning;
    if (asks && !result.question.empty()) open.push_back(&result);
  }
  Html html;
  if (open.empty()) return html;
  html.raw(
      "<section class=\"stack\" aria-labelledby=\"asks\">\n<h2 id=\"asks\">Questions to ask before "
      "you join</h2>\n<p>Made from the checks that are still open. An open check is no fault: most "
      "listings leave something out.</p>\n<ul class=\"stack\">\n");
  const auto item = [&](const protocol::CheckResult& result) {
    html.raw("<li>").theirs("“" + check_inner_quotes(result.question) + "”").raw("</li>\n");
  };
  for (std::size_t i = 0; i < open.size() && i < kCheckQuestions; ++i) item(*open[i]);
  html.raw("</ul>\n");
  if (open.size() > kCheckQuestions) {
    html.raw("<details><summary>");
    html.text(counted(open.size() - kCheckQuestions, "more question", "more questions"));
    html.raw("</summary>\n<ul class=\"stack\">\n");
    for (std::size_t i = kCheckQuestions; i < open.size(); ++i) item(*open[i]);
    html.raw("</ul></details>\n");
  }
  html.raw("</section>\n");
  return html;
}

Html check_list(const Group& group, protocol::Timestamp now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto ordered = checks_in_reading_order(group.checks);
  Html html;
  html.raw(
      "<section class=\"stack\" id=\"checks\" aria-labelledby=\"checksh\">\n<h2 "
      "id=\"checksh\">What "
      "we checked</h2>\n<p>We checked this listing, not the people in it. Open questions come "
      "first. Worked out by this node just now, from what it has; nobody was asked over the "
      "network.</p>\n");
  check_sum(html, group);
  const auto part = [&](CheckOutcome outcome, Constant heading) {
    Html items;
    for (const auto& result : ordered) {
      if (result.outcome == outcome) check_item(items, result, today);
    }
    if (items.empty()) return;
    html.raw("<h3 class=\"small soft\">").raw(heading).raw("</h3>\n<ul class=\"checks\">\n");
    html.add(items).raw("</ul>\n");
  };
  part(CheckOutcome::warning, "Warnings");
  part(CheckOutcome::check, "To ask about");
  part(CheckOutcome::pass, "Pass");
  Html rest;
  std::size_t count = 0;
  for (const auto& result : ordered) {
    if (result.outcome != CheckOutcome::not_applicable) continue;
    check_item(rest, result, today);
    ++count;
  }
  if (count > 0) {
    html.raw("<details><summary>");
    html.text(counted(count, "check does not apply", "checks do not apply"));
    html.raw("</summary>\n<ul class=\"checks\">\n").add(rest).raw("</ul></details>\n");
  }
  html.raw(
      "<p class=\"small noprint\"><a href=\"/about/checks#each\">How each check "
      "works</a></p>\n</section>\n");
  return html;
}

}  // namespace node
