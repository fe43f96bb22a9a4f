#include <algorithm>
#include <charconv>

#include "protocol/trust/check_rules.h"

// L10 to L12: what it costs, what is due before you know it, and what goes on by itself.

namespace protocol {

namespace {

std::optional<double> check_amount(const CostOption& option) {
  const auto& text = option.amount_max.empty() ? option.amount : option.amount_max;
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string check_amount_words(const CostOption& option) {
  std::string words;
  const auto money = [&](const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return check_money(value, option.currency);
  };
  if (!option.amount.empty()) words = money(option.amount);
  if (!option.amount_max.empty())
    words += (words.empty() ? "up to " : "–") + money(option.amount_max);
  if (!option.per.empty() && is_known(Vocabulary::cost_per, option.per))
    words += " " + label(Vocabulary::cost_per, option.per);
  if (!option.for_whom.empty() && option.for_whom != "all" &&
      is_known(Vocabulary::cost_for, option.for_whom))
    words += " for " + check_lower(label(Vocabulary::cost_for, option.for_whom));
  return words;
}

bool check_is_fee(const Cost& cost) {
  return cost.model != "free" && cost.model != "employer_paid" && cost.model != "swap" &&
         cost.model != "donation";
}

/// The largest that is due before the first meeting; null: none.
const CostOption* check_upfront(const Cost& cost) {
  const CostOption* largest = nullptr;
  for (const auto& option : cost.options) {
    const bool upfront = option.upfront.value_or(option.per == "once");
    if (!upfront || !check_amount(option)) continue;
    if (!largest || *check_amount(option) > *check_amount(*largest)) largest = &option;
  }
  return largest;
}

std::optional<double> check_monthly(const Cost& cost) {
  std::optional<double> most;
  for (const auto& option : cost.options) {
    if (option.per != "month") continue;
    if (const auto amount = check_amount(option)) most = std::max(most.value_or(0), *amount);
  }
  return most;
}

/// What calls itself free: "free for members, $20 for others" is not free to everybody.
CheckResult check_free(const Cost& cost, const std::string& question) {
  const std::string stated = "Stated by the publisher";
  std::vector<std::string> whom, paid;
  bool all_pay = false;
  for (const auto& option : cost.options) {
    const bool for_all = option.for_whom.empty() || option.for_whom == "all";
    if (const auto amount = check_amount(option); amount && *amount > 0) {
      paid.push_back(check_amount_words(option));
      all_pay = all_pay || for_all;
    } else if (!for_all && is_known(Vocabulary::cost_for, option.for_whom)) {
      whom.push_back(check_lower(label(Vocabulary::cost_for, option.for_whom)));
    }
  }
  if (all_pay)
    return check_asks("It says that it is free, and also " + check_joined(paid) + ".", question,
                      stated);
  const auto free = whom.empty() ? std::string("Free") : "Free for " + check_joined(whom);
  if (!paid.empty()) return check_passes(free + "; " + check_joined(paid, "or") + ".", stated);
  if (!whom.empty())
    return check_asks(free + ". Not stated what it costs others.", question, stated);
  return check_passes("Free.", stated);
}

}  // namespace

CheckResult check_cost(const CheckInput& in) {
  const std::string question = "What does it cost in a year, all together?";
  const std::string stated = "Stated by the publisher";
  if (!in.listing.cost) return check_asks("The cost is not given.", question);
  const auto& cost = *in.listing.cost;
  if (cost.model == "free") return check_free(cost, question);
  if (cost.model == "employer_paid") return check_passes("The employer pays.", stated);
  if (cost.model == "swap") return check_passes("An exchange without money.", stated);
  std::vector<std::string> amounts;
  for (const auto& option : cost.options) {
    if (auto words = check_amount_words(option); !words.empty() && check_amount(option))
      amounts.push_back(std::move(words));
  }
  if (amounts.empty()) {
    if (cost.model == "included_in_membership") {
      const auto& body = in.listing.membership_body;
      return check_passes(body.empty() ? "Included in membership."
                                       : "Included in membership of " + check_quoted(body) + ".",
                          stated);
    }
    if (cost.model == "donation") return check_passes("By donation; nobody has to pay.", stated);
    if (cost.model == "sliding_scale")
      return check_asks("Sliding scale without amounts.", question, stated);
    if (cost.model.empty()) return check_asks("The cost is not given.", question);
    return check_asks("There is a fee, without an amount.", question, stated);
  }
  auto text = check_joined(amounts, "or") + ".";
  if (!in.facts.yearly_cost.empty()) text += " " + check_quoted(in.facts.yearly_cost);
  return check_passes(std::move(text), stated);
}

CheckResult check_upfront_fee(const CheckInput& in) {
  const std::string unknown = "The cost is not given, so no fee before you start is known.";
  if (!in.listing.cost) return check_skips(unknown);
  const auto& cost = *in.listing.cost;
  const CostOption* upfront = check_upfront(cost);
  // "$1,900 due before the first meeting" names no model, and says all that is asked here.
  if (!upfront && cost.model.empty()) return check_skips(unknown);
  const std::string stated = "Stated by the publisher";
  if (!upfront) return check_passes("No large fee before you start.", stated);
  const double amount = *check_amount(*upfront);
  const double limit = std::max(in.numbers.upfront_limit, 3 * check_monthly(cost).value_or(0));
  if (amount <= limit) return check_passes("No large fee before you start.", stated);
  const auto money = check_money(amount, upfront->currency);
  const auto evidence = stated + ". This node asks about more than " +
                        check_money(limit, upfront->currency) + " at once";
  const auto question = "What does the " + money + " cover, and do I get it back if I leave?";
  const bool described = check_description(in).outcome == CheckOutcome::pass;
  if (!described && cost.what_it_pays.empty())
    return check_warns(money + " is due up front and the listing does not say what for.", question,
                       evidence);
  return check_asks(money + " is due before the first meeting. Ask what it covers.", question,
                    evidence);
}

CheckResult check_renewal(const CheckInput& in) {
  if (!in.listing.cost || !check_is_fee(*in.listing.cost))
    return check_skips("There is no fee to renew.");
  const auto& cost = *in.listing.cost;
  const std::string stated = "Stated by the publisher";
  const std::string question = "Does it renew by itself, do you remind me, and how do I stop?";
  if (!cost.auto_renew) {
    if (cost.model == "subscription")
      return check_asks("Not stated whether it renews by itself.", question);
    return check_skips("It names no fee that renews.");
  }
  if (!*cost.auto_renew) return check_passes("It does not renew by itself.", stated);
  const bool reminded = cost.renewal_notice_days.value_or(0) > 0;
  if (reminded) {
    return check_passes(
        "You are told before it renews, " +
            check_count(static_cast<long>(*cost.renewal_notice_days), "day", "days") + " ahead.",
        stated);
  }
  if (cost.renewal_notice_days && cost.refund == "none")
    return check_warns("Renews by itself, sends no reminder and gives no refund.", question,
                       stated);
  if (cost.renewal_notice_days)
    return check_asks("Renews by itself and sends no reminder.", question, stated);
  if (cost.refund == "none") return check_asks("Renews by itself; no refund.", question, stated);
  return check_asks("Renews by itself. Not stated whether you are reminded.", question, stated);
}

}  // namespace protocol
