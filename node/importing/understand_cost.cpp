#include "node/importing/understand_cost.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "node/importing/cell_words.h"
#include "node/importing/cost_amounts.h"
#include "node/importing/cost_words.h"

namespace node {

namespace {

/// The part of `text` that speaks about the amount: up to the next mark that ends a thought or the
/// next amount, and back to the one before.
std::string_view cost_around(std::string_view text, const std::vector<CostAmount>& all,
                             std::size_t i) {
  std::size_t begin = i == 0 ? 0 : all[i - 1].end;
  std::size_t end = i + 1 < all.size() ? all[i + 1].begin : text.size();
  const auto stop = text.find(';', all[i].end);
  end = std::min(end, stop);
  const auto start = text.rfind(';', all[i].begin);
  if (start != std::string_view::npos) begin = std::max(begin, start + 1);
  // Between two amounts the comma parts what belongs to which: "$45 per meeting, members $30".
  if (i > 0) {
    const auto comma = text.find(',', begin);
    if (comma != std::string_view::npos && comma < all[i].begin) begin = comma + 1;
    // So does "or": "$99/month or $999/yr".
    const auto between = text.substr(begin, all[i].begin - begin);
    for (const std::string_view mark : {" or ", " and ", " / "}) {
      const auto at = between.rfind(mark);
      if (at != std::string_view::npos)
        begin = std::max(begin, all[i].begin - between.size() + at + mark.size());
    }
  }
  if (i + 1 < all.size()) {
    const auto comma = text.find_last_of(",(", end);
    if (comma != std::string_view::npos && comma >= all[i].end) end = comma;
  }
  return text.substr(begin, end - begin);
}

std::string cost_model_of(std::string_view text, std::string_view around,
                          const std::string& period) {
  if (has_any_phrase(
          text, {"sliding scale", "sliding-scale", "sliding fee", "sliding", "pay what you can",
                 "pay-what-you-can", "pay as you can", "you choose", "pwyc"}))
    return "sliding_scale";
  if (has_any_phrase(around, {"donation", "donations", "donate", "contribution", "suggested"}))
    return "donation";
  if (cost_in_membership(text)) return "included_in_membership";
  if (period == "meeting") return "fee_per_meeting";
  if (period == "month") return "subscription";
  if (period == "year")
    return has_phrase(around, "membership") ? "included_in_membership" : "subscription";
  if (period == "term") return "fee_per_term";
  if (has_phrase(around, "membership")) return "included_in_membership";
  return {};
}

}  // namespace

std::string dollar_of(const std::vector<std::string>& regions) {
  return cost_currency_of("$", regions);
}

namespace {

/// Whether prices are near enough to one another to be of the same time.
bool cost_alike(const std::vector<protocol::CostOption>& options) {
  constexpr double kFactor = 4;
  double least = 0;
  double most = 0;
  for (const auto& option : options) {
    if (option.amount.empty()) return false;
    const double amount = std::stod(option.amount);
    if (amount <= 0) continue;
    least = least == 0 ? amount : std::min(least, amount);
    most = std::max(most, amount);
  }
  return least > 0 && most <= least * kFactor;
}

/// Whether several amounts in a row, with nothing but marks between them, are for the payer to
/// choose from.
bool cost_is_choice(std::string_view text, const std::vector<CostAmount>& amounts) {
  if (!has_any_phrase(text, {"you choose", "your choice", "choose", "sliding", "sliding scale",
                             "pay what you can", "tiers", "tiered"}))
    return false;
  for (std::size_t i = 1; i < amounts.size(); ++i) {
    const auto between =
        plain_words(text.substr(amounts[i - 1].end, amounts[i].begin - amounts[i - 1].end));
    const bool rising = amounts[i].currency == amounts[0].currency &&
                        amounts[i].amount_max.empty() && amounts[i - 1].amount_max.empty() &&
                        std::stod(amounts[i].amount) > std::stod(amounts[i - 1].amount);
    if (!rising || !(between.empty() || between == "or" || between == "and")) return false;
  }
  return true;
}

/// The number of "25ish" and "$25-ish"; empty where there is none.
std::string cost_about_number(std::string_view text) {
  for (const auto end : {"-ish", "ish"}) {
    for (auto at = text.find(end); at != std::string_view::npos; at = text.find(end, at + 1)) {
      auto begin = at;
      while (begin > 0 && is_ascii_digit(text[begin - 1])) --begin;
      if (begin < at) return std::string(text.substr(begin, at - begin));
    }
  }
  return {};
}

}  // namespace

CostReading understand_cost(std::string_view cell, const std::vector<std::string>& regions) {
  CostReading reading;
  const bool nil = plain_words(cell) == "nil";
  if (!nil && says_nothing(cell)) return reading;
  const std::string text = cost_spelled_out(fold_cell(cell));
  if (nil || plain_words(text) == "none") {
    reading.cost.emplace().model = "free";
    return reading;
  }
  if (const auto ish = cost_about_number(text); !ish.empty()) {
    reading.question =
        "'" + tidy_cell(cell) + "' is not an amount; write " + ish + " or leave it empty";
    return reading;
  }
  auto amounts = cost_amounts(text);
  // "250/yr members; 325/yr others"
  if (amounts.empty() && text.find(';') != std::string::npos) {
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t at = cost_skip_spaces(text, begin);
      const auto piece_end = std::min(text.find(';', begin), text.size());
      const auto piece_begin = at;
      auto number = at < piece_end ? cost_number(text, at) : std::string();
      if (number.empty() || at >= piece_end ||
          cost_period(std::string_view(text).substr(at, piece_end - at)).empty()) {
        amounts.clear();
        break;
      }
      amounts.push_back({piece_begin, at, std::move(number), {}, {}});
      begin = piece_end + 1;
    }
    if (!amounts.empty())
      reading.currency_question =
          "'" + tidy_cell(cell) + "': which currency? Write it like $" + amounts.front().amount;
  }
  // A cell in a column of prices that is nothing but a number.
  if (amounts.empty()) {
    std::size_t at = 0;
    const auto number = cost_number(text, at);
    // "50 per month" as well, but not "50 people".
    const bool period =
        !number.empty() && !cost_period(text).empty() &&
        std::none_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_ascii_digit) &&
        (text[at] == '/' || text.substr(at).starts_with(" per ") ||
         text.substr(at).starts_with(" a ") || text.substr(at).starts_with(" each ") ||
         text.substr(at).starts_with(" monthly") || text.substr(at).starts_with(" annual") ||
         text.substr(at).starts_with(" yearly"));
    if (period) {
      reading.currency_question =
          "'" + tidy_cell(cell) + "': which currency? Write it like $" + number;
    }
    if (period || (!number.empty() && at == text.size()))
      amounts.push_back({0, at, number, {}, {}});
  }
  const bool unsure =
      has_any_phrase(text, {"unclear", "not sure", "unsure", "maybe", "probably"}) ||
      text.find('?') != std::string::npos;
  const auto free_at = cost_free_at(text);

  protocol::Cost cost;
  if (!amounts.empty()) {
    // "$0" says free.
    const bool nothing = std::all_of(amounts.begin(), amounts.end(), [](const CostAmount& amount) {
      return amount.amount.find_first_not_of("0.") == std::string::npos &&
             amount.amount_max.empty();
    });
    if (nothing) {
      cost.model = "free";
      reading.cost = std::move(cost);
      return reading;
    }
    if (unsure) {
      reading.question = "'" + tidy_cell(cell) + "': what does it cost, for certain?";
      return reading;
    }
    // "£3 / £6 / £10, you choose": between the least and the most.
    if (amounts.size() > 1 && cost_is_choice(text, amounts)) {
      amounts.front().amount_max = amounts.back().amount;
      amounts.front().end = amounts.back().end;
      amounts.resize(1);
    }
    // A price by the hour or the week has no value of its own here, and another period would be
    // wrong.
    const bool by_hour = has_any_phrase(text, {"per hour", "an hour", "hourly", "/hr", "/hour",
                                               "per week", "a week", "weekly", "/week", "/wk"});
    if (by_hour) return reading;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      auto around = cost_around(text, amounts, i);
      // "Free for early career, others $30": the first half is not about the amount.
      if (i == 0 && free_at < amounts[0].begin) {
        const auto comma = text.find_first_of(",;/", free_at);
        const auto skipped = static_cast<std::size_t>(around.data() - text.data());
        if (comma < amounts[0].begin && comma >= skipped) around.remove_prefix(comma + 1 - skipped);
      }
      // "$40 a year, free for trainees": nor is the second half.
      if (const auto start = static_cast<std::size_t>(around.data() - text.data());
          free_at != std::string::npos && free_at > amounts[i].begin &&
          free_at < start + around.size()) {
        const auto mark = text.find_last_of(",;(", free_at);
        const bool between = mark != std::string::npos && mark > amounts[i].begin;
        around = around.substr(0, (between ? mark : free_at) - start);
      }
      // "Free to members ($95 dues)": the dues are not the group's.
      if (free_at < amounts[i].begin &&
          has_any_phrase(around, {"dues", "membership", "to join the association"}) &&
          has_any_phrase(std::string_view(text).substr(free_at, amounts[i].begin - free_at),
                         {"members", "member"}))
        continue;
      // Credits, a deposit, a late fee or a fine are no price of the group.
      if ((i > 0 || free_at != std::string::npos) &&
          has_any_phrase(around, {"deposit", "late fee", "fine", "cancellation", "no-show", "ce",
                                  "ceu", "ceus", "ces", "certificate", "credits"})) {
        continue;
      }
      protocol::CostOption option;
      option.amount = amounts[i].amount;
      option.amount_max = amounts[i].amount_max == amounts[i].amount ? "" : amounts[i].amount_max;
      // "$75 1st session, then $50": what it costs to come once.
      const bool once =
          amounts.size() > 1 &&
          has_any_phrase(around, {"1st session", "first session", "1st meeting", "first meeting",
                                  "1st visit", "first visit", "first time", "initial session"});
      option.per = once ? "once" : cost_period(around);
      if (option.per.empty() && !cost.options.empty() && cost.options.front().per != "once")
        option.per = cost.options.front().per;
      if (option.per.empty() && amounts.size() == 1) option.per = cost_period(text);
      const bool shared = amounts[i].currency.size() < 3 && !amounts[i].currency.empty();
      option.currency =
          shared ? cost_currency_of(amounts[i].currency, regions) : amounts[i].currency;
      if (has_any_phrase(around, {"upfront", "up front", "in advance", "due before",
                                  "before the first", "prepaid", "pre-paid", "deposit"})) {
        option.upfront = true;
      }
      option.for_whom =
          i > 0 ||
                  has_any_phrase(
                      around,
                      {"for members", "members only", "to members", "for non-members",
                       "for students", "for trainees", "for early career", "non-members",
                       "nonmembers", "non members", "non-member", "guests", "guest", "visitors"}) ||
                  amounts.size() > 1
              ? cost_for_whom(around)
              : "";
      // "Free for members; $10 others"
      if (option.for_whom.empty() && amounts.size() == 1 && free_at != std::string::npos &&
          has_any_phrase(text, {"members", "member"}) &&
          has_any_phrase(around, {"others", "everyone else", "everybody else", "all others",
                                  "visitors", "guests", "guest", "the public", "public"}))
        option.for_whom = "non_members";
      if (shared && option.currency.empty() && reading.currency_question.empty()) {
        reading.currency_question = "'" + tidy_cell(cell) + "': which country's " +
                                    std::string(cost_coins(amounts[i].currency)) + "?";
      }
      cost.options.push_back(std::move(option));
    }
    // "$85 members, $50 students / yr": what stands at the end holds for all.
    if (cost.options.size() > 1 && text.find(" or ") == std::string::npos &&
        !cost.options.back().per.empty() && cost_alike(cost.options)) {
      for (auto& option : cost.options) {
        if (option.per.empty() && option.amount.find_first_not_of("0.") != std::string::npos)
          option.per = cost.options.back().per;
      }
    }
    // "$0 (credits $12)": what is left is nothing.
    const bool all_nothing =
        std::all_of(cost.options.begin(), cost.options.end(), [](const auto& option) {
          return option.amount.find_first_not_of("0.") == std::string::npos &&
                 option.amount_max.empty();
        });
    if (all_nothing) {
      cost.options.clear();
      const auto tail = std::string_view(text).substr(std::min(free_at, text.size()));
      if (auto who = cost_for_whom(tail); !who.empty() && has_any_phrase(tail, {"for", "to"})) {
        protocol::CostOption option;
        option.for_whom = std::move(who);
        cost.options.push_back(std::move(option));
      }
      cost.model = "free";
      reading.currency_question.clear();
      reading.cost = std::move(cost);
      return reading;
    }
    // The main price is one that somebody pays, and not only the first time.
    std::stable_partition(cost.options.begin(), cost.options.end(), [](const auto& option) {
      return option.amount.find_first_not_of("0.") != std::string::npos;
    });
    std::stable_partition(cost.options.begin(), cost.options.end(),
                          [](const auto& option) { return option.per != "once"; });
    // What members pay with their dues says nothing of what others do.
    const auto about = cost.options.front().for_whom == "non_members"
                           ? cost_around(text, amounts, 0)
                           : std::string_view(text);
    cost.model = cost_model_of(about, cost_around(text, amounts, 0), cost.options.front().per);
    if (cost.model == "included_in_membership" && cost_in_membership(text) &&
        cost.options.front().for_whom.empty()) {
      cost.options.front().for_whom = "members";
    }
    if (free_at != std::string::npos) {
      const auto stop = text.find_first_of(";,/", free_at);
      auto who = cost_for_whom(std::string_view(text).substr(free_at, stop - free_at));
      if (who.empty() && std::string_view(text).substr(0, free_at).ends_with("members "))
        who = "members";
      if (!who.empty()) {
        protocol::CostOption option;
        option.amount = "0";
        option.for_whom = who;
        option.currency = cost.options.front().currency;
        cost.options.push_back(std::move(option));
      }
    }
    if (has_any_phrase(text, {"about", "approx", "approximately", "around", "roughly", "circa"}) ||
        text.find('~') != std::string::npos) {
      reading.question = "'" + tidy_cell(cell) + "': is " + cost.options.front().amount +
                         " the price? Write the amount alone";
    }
    if (has_any_phrase(text, {"renews by itself", "renews automatically", "auto-renew",
                              "auto renew", "auto-renews", "recurring", "automatic renewal"})) {
      cost.auto_renew = true;
    }
    if (has_any_phrase(text, {"no refunds", "no refund", "nonrefundable", "non-refundable"}))
      cost.refund = "none";
    reading.cost = std::move(cost);
    return reading;
  }

  if (unsure) return reading;
  protocol::CostOption option;
  if (cost_in_membership(text)) {
    cost.model = "included_in_membership";
    option.for_whom = "members";
  } else if (free_at != std::string::npos) {
    cost.model = "free";
    const auto stop = text.find_first_of(";,", free_at);
    const auto tail = std::string_view(text).substr(free_at, stop - free_at);
    if (has_any_phrase(tail, {"for", "to"})) option.for_whom = cost_for_whom(tail);
    if (has_any_phrase(text, {"members only", "member only"})) option.for_whom = "members";
  } else if (has_any_phrase(text,
                            {"sliding scale", "sliding-scale", "sliding fee", "pay what you can",
                             "pay-what-you-can", "pay as you can", "pwyc"})) {
    cost.model = "sliding_scale";
  } else if (has_any_phrase(
                 text, {"donation", "donations", "donativo", "donativo voluntario", "by donation",
                        "koha", "love offering", "pay what you want", "voluntary contribution",
                        "pass the hat", "free will offering"})) {
    cost.model = "donation";
  } else if (has_any_phrase(
                 text, {"employer paid", "employer-paid", "employer funded", "employer-funded"}) ||
             cost_employer_pays(text)) {
    cost.model = "employer_paid";
  } else if (has_any_phrase(text, {"swap", "barter", "exchange of hours", "hour for an hour"})) {
    cost.model = "swap";
  } else {
    // A rhythm of payment without its amount: "monthly membership fee", "fee per session".
    const bool fee =
        has_any_phrase(text, {"fee", "fees", "dues", "subscription", "charge", "payment"});
    const auto period = fee ? cost_period(text) : std::string();
    if (period == "month" || period == "year") {
      cost.model = "subscription";
    } else if (period == "meeting") {
      cost.model = "fee_per_meeting";
    } else if (period == "term") {
      cost.model = "fee_per_term";
    } else if (text == "subscription") {
      cost.model = "subscription";
    }
    option.per = cost.model.empty() ? "" : period;
  }
  if (cost.model.empty()) return reading;
  if (!option.per.empty() || !option.for_whom.empty()) cost.options.push_back(std::move(option));
  reading.cost = std::move(cost);
  return reading;
}

}  // namespace node
