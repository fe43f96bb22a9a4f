#include "node/api/computed_json.h"

#include <cmath>

#include "protocol/document/computed.h"

namespace node {

namespace {

using protocol::Json;

template <class Texts>
Json computed_texts(const Texts& texts) {
  Json::Array items;
  for (const auto& text : texts) items.push_back(Json(std::string(text)));
  return Json(std::move(items));
}

Json computed_range(const protocol::AmountRange& range) {
  Json made = Json::object({{"low", protocol::decimal_of(range.low_cents)},
                            {"high", protocol::decimal_of(range.high_cents)}});
  if (!range.currency.empty()) made.set("currency", range.currency);
  return made;
}

void computed_set_ranges(Json& object, std::string_view name,
                         const std::vector<protocol::AmountRange>& ranges) {
  if (ranges.empty()) return;
  Json::Array items;
  for (const auto& range : ranges) items.push_back(computed_range(range));
  object.set(name, Json(std::move(items)));
}

Json computed_cost(const protocol::Listing& listing) {
  const auto picture = protocol::cost_picture(listing);
  Json made = Json(Json::Object());
  if (picture.costs_nothing) made.set("costs_nothing", true);
  if (picture.in_membership) made.set("in_membership", true);
  computed_set_ranges(made, "per_year", picture.per_year);
  computed_set_ranges(made, "per_hour", picture.per_hour);
  computed_set_ranges(made, "upfront", picture.upfront);
  computed_set_ranges(made, "once", picture.once);
  computed_set_ranges(made, "non_members", picture.non_members);
  if (picture.non_members_fee)
    made.set("non_members_fee", computed_range(*picture.non_members_fee));
  if (const auto renewal = protocol::renewal_words(listing); !renewal.empty())
    made.set("renewal", computed_texts(renewal));
  return made;
}

std::string_view computed_level(protocol::Confidentiality level) {
  switch (level) {
    case protocol::Confidentiality::not_stated:
      break;
    case protocol::Confidentiality::none:
      return "none";
    case protocol::Confidentiality::spoken:
      return "spoken";
    case protocol::Confidentiality::partial:
      return "partial";
    case protocol::Confidentiality::strong:
      return "strong";
  }
  return {};
}

std::string_view computed_freshness(protocol::Freshness state) {
  switch (state) {
    case protocol::Freshness::confirmed:
      return "confirmed";
    case protocol::Freshness::due_soon:
      return "due_soon";
    case protocol::Freshness::fading:
      return "fading";
    case protocol::Freshness::past:
      return "past";
  }
  return {};
}

}  // namespace

Json eligibility_json(const protocol::Verdict& verdict) {
  return Json::object({{"verdict", std::string(protocol::word(verdict.outcome))},
                       {"reasons", computed_texts(verdict.reasons)},
                       {"steps", computed_texts(verdict.steps)},
                       {"line", protocol::line(verdict)}});
}

Json computed_json(const protocol::Listing& listing, protocol::Date today) {
  Json made = Json(Json::Object());
  if (auto cost = computed_cost(listing); !cost.if_object()->empty())
    made.set("cost", std::move(cost));
  if (const auto cadence = protocol::cadence(listing); !cadence.empty())
    made.set("cadence", std::string(cadence));
  const auto minutes = protocol::minutes_per_month(listing);
  if (minutes) made.set("minutes_per_month", static_cast<std::int64_t>(std::llround(*minutes)));

  const auto profile = protocol::confidentiality_profile(listing, today);
  Json dimensions = Json(Json::Object());
  if (!listing.setup_effort.empty()) dimensions.set("setup_effort", listing.setup_effort);
  if (!listing.clinical_depth.empty()) dimensions.set("clinical_depth", listing.clinical_depth);
  if (const auto level = computed_level(profile.level); !level.empty())
    dimensions.set("confidentiality", std::string(level));
  if (minutes) {
    dimensions.set("time_commitment", static_cast<std::int64_t>(std::llround(*minutes)));
  }
  if (!listing.best_for.empty()) dimensions.set("best_for", listing.best_for);
  made.set("dimensions", std::move(dimensions));

  Json confidentiality = Json::object({{"covered", computed_texts(profile.covered)},
                                       {"missing", computed_texts(profile.missing)},
                                       {"agreement", profile.agreement},
                                       {"recording", profile.recording},
                                       {"transcription", profile.ai},
                                       {"platform", profile.platform}});
  if (!profile.resign.empty()) {
    confidentiality.set("resign", profile.resign);
    confidentiality.set("resign_overdue", profile.resign_overdue);
  }
  made.set("confidentiality", std::move(confidentiality));
  made.set("freshness", std::string(computed_freshness(protocol::freshness(listing, today).state)));
  return made;
}

}  // namespace node
