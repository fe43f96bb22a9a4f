#include "node/checks/check_words.h"

#include <algorithm>

#include "node/pages/words.h"

namespace node {

std::string check_summary(std::span<const protocol::CheckResult> results) {
  const auto counts = protocol::count_checks(results);
  auto text = counted(counts.pass, "check passes", "checks pass");
  if (counts.check > 0) text += ", " + std::to_string(counts.check) + " to ask about";
  if (counts.warning > 0) text += ", " + counted(counts.warning, "warning", "warnings");
  return text;
}

std::vector<protocol::CheckResult> checks_in_reading_order(
    std::span<const protocol::CheckResult> results) {
  std::vector<protocol::CheckResult> ordered(results.begin(), results.end());
  const auto rank = [](const protocol::CheckResult& result) {
    switch (result.outcome) {
      case protocol::CheckOutcome::warning:
        return 0;
      case protocol::CheckOutcome::check:
        return 1;
      case protocol::CheckOutcome::pass:
        return 2;
      case protocol::CheckOutcome::not_applicable:
        break;
    }
    return 3;
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return ordered;
}

std::string check_evidence_words(const protocol::CheckResult& result, protocol::Date today) {
  if (result.outcome == protocol::CheckOutcome::not_applicable) return {};
  std::string text = result.evidence;
  const auto add = [&](const std::string& sentence) {
    if (!text.empty()) text += text.ends_with('.') || text.ends_with("”") ? " " : ". ";
    text += sentence;
  };
  const auto on = result.date ? date_words(*result.date, today) : std::string();
  switch (result.by) {
    case protocol::CheckedBy::person:
      add("Noted by " + result.who + " on " + on + ".");
      break;
    case protocol::CheckedBy::publisher:
      // The evidence says already that the publisher stated it.
      if (!text.empty()) text += ".";
      break;
    case protocol::CheckedBy::node: {
      // "Not checked. Checked by this node." helps nobody.
      const bool open = result.outcome == protocol::CheckOutcome::check;
      const bool untried =
          result.check == protocol::Check::license || result.check == protocol::Check::contact;
      if (on.empty() && open && untried) {
        if (!text.empty()) text += ".";
      } else if (on.empty() && open && text.find("this node") == std::string::npos) {
        add("Read in the listing by this node.");
      } else {
        add("Checked by this node" + (on.empty()             ? "."
                                      : result.date == today ? " today."
                                                             : ", as of " + on + "."));
      }
      break;
    }
  }
  if (result.recheck_by) {
    add(result.recheck_overdue
            ? "It should have been looked at again by " + date_words(*result.recheck_by, today) +
                  " and was not: ask the group."
            : "To be looked at again by " + date_words(*result.recheck_by, today) + ".");
  }
  return text;
}

std::string check_answer_words(const protocol::CheckResult& result, protocol::Date today) {
  if (result.answer.empty()) return {};
  auto text = "The publisher answers: “" + result.answer + "” (" + result.answered_by;
  if (result.answered_on) text += ", " + date_words(*result.answered_on, today);
  return text + ")";
}

std::string left_out_words(std::size_t count, bool shown) {
  if (shown)
    return counted(count, "of these listings is", "of these listings are") +
           " otherwise left out by this node’s rules";
  return counted(count, "listing was", "listings were") + " left out by this node’s rules";
}

std::string left_out_reason(std::span<const protocol::Check> checks) {
  std::vector<std::string> titles;
  for (const auto check : checks)
    titles.push_back(within_sentence(std::string(protocol::describe(check).title)));
  return "This node’s rules leave it out of the results, because of: " + joined_words(titles) + ".";
}

protocol::Json checks_json(std::span<const protocol::CheckResult> results) {
  protocol::Json::Array list;
  for (const auto& result : results) {
    const auto& info = protocol::describe(result.check);
    auto one = protocol::Json::object({{"id", info.id},
                                       {"title", info.title},
                                       {"outcome", protocol::word(result.outcome)},
                                       {"text", result.text},
                                       {"scope", info.scope},
                                       {"by", protocol::word(result.by)}});
    if (!result.evidence.empty()) one.set("evidence", result.evidence);
    if (result.date) one.set("date", protocol::format_date(*result.date));
    if (!result.who.empty()) one.set("who", result.who);
    if (!result.question.empty()) one.set("question", result.question);
    if (!result.answer.empty()) {
      auto answer = protocol::Json::object({{"text", result.answer}, {"by", result.answered_by}});
      if (result.answered_on) answer.set("date", protocol::format_date(*result.answered_on));
      one.set("answer", std::move(answer));
    }
    if (result.recheck_by) {
      one.set("recheck_by", protocol::format_date(*result.recheck_by));
      one.set("recheck_overdue", result.recheck_overdue);
    }
    list.push_back(std::move(one));
  }
  return list;
}

protocol::Json check_ids_json(std::span<const protocol::Check> checks) {
  protocol::Json::Array list;
  for (const auto check : checks) list.emplace_back(protocol::describe(check).id);
  return list;
}

}  // namespace node
