#include "protocol/document/listing.h"

#include <algorithm>

#include "protocol/document/card.h"
#include "protocol/document/listing_fields.h"
#include "protocol/encoding/json_members.h"
#include "protocol/limits.h"

namespace protocol {

namespace {

// What follows reads members whose types the table of fields has already checked.

template <class T, class Read>
std::vector<T> listing_objects(const Json& subject, std::string_view name, const Read& read) {
  std::vector<T> objects;
  const Json* value = subject.find(name);
  if (const auto* items = value ? value->if_array() : nullptr) {
    for (const auto& item : *items) objects.push_back(read(&item));
  }
  return objects;
}

Cost listing_cost(const Json& cost) {
  const auto option = [](const Json* in) {
    return CostOption{.label = text_member(in, "label"),
                      .amount = text_member(in, "amount"),
                      .amount_max = text_member(in, "amount_max"),
                      .currency = text_member(in, "currency"),
                      .per = text_member(in, "per"),
                      .for_whom = text_member(in, "for"),
                      .upfront = flag_member(in, "upfront")};
  };
  return {.model = text_member(&cost, "model"),
          .options = listing_objects<CostOption>(cost, "options", option),
          .what_it_pays = text_member(&cost, "what_it_pays"),
          .auto_renew = flag_member(&cost, "auto_renew"),
          .renewal_notice_days = integer_member(&cost, "renewal_notice_days"),
          .refund = text_member(&cost, "refund")};
}

void listing_read_what(const Json& subject, Listing& listing) {
  listing.id = text_member(&subject, "id");
  listing.name = text_member(&subject, "name");
  listing.alternate_names = text_members(&subject, "alternate_names");
  listing.summary = text_member(&subject, "summary");
  listing.description = text_member(&subject, "description");
  listing.kinds = text_members(&subject, "kinds");
  listing.audience = text_member(&subject, "audience");
  listing.purposes = text_members(&subject, "purposes");
  listing.not_for = text_members(&subject, "not_for");
  listing.focus_topics = text_members(&subject, "focus_topics");
  listing.practice_settings = text_members(&subject, "practice_settings");
  listing.career_stages = text_members(&subject, "career_stages");
  listing.identity_affirming =
      listing_objects<IdentityAffirming>(subject, "identity_affirming", [](const Json* in) {
        return IdentityAffirming{text_member(in, "group"), text_member(in, "name"),
                                 text_member(in, "mode")};
      });
  const Json* dimensions = subject.find("dimensions");
  listing.setup_effort = text_member(dimensions, "setup_effort");
  listing.clinical_depth = text_member(dimensions, "clinical_depth");
  listing.best_for = text_member(dimensions, "best_for");
  const Json* credit = subject.find("ce_credit");
  listing.ce_credit = {.offered = flag_member(credit, "offered"),
                       .hours = text_member(credit, "hours"),
                       .approver = text_member(credit, "approver")};
  listing.mechanisms = text_members(&subject, "mechanisms");
}

void listing_read_eligibility(const Json& subject, Listing& listing) {
  listing.license_rule = text_member(&subject, "license_rule");
  listing.licenses = listing_objects<License>(subject, "licenses", [](const Json* in) {
    return License{text_member(in, "family"), text_member(in, "level")};
  });
  listing.license_jurisdictions = text_members(&subject, "license_jurisdictions");
  listing.license_levels = text_members(&subject, "license_levels");
  listing.license_region_rule = text_member(&subject, "license_region_rule");
  const Json* membership = subject.find("membership");
  listing.membership_required = text_member(membership, "required");
  listing.membership_body = text_member(membership, "body");
  listing.membership_trial = flag_member(membership, "trial");
  listing.membership_non_members_fee = text_member(membership, "non_members_fee");
  listing.other_criteria = listing_objects<std::string>(
      subject, "other_criteria", [](const Json* in) { return text_member(in, "text"); });
  listing.criterion_kinds = listing_objects<std::string>(
      subject, "other_criteria", [](const Json* in) { return text_member(in, "kind"); });
  listing.screening = text_member(&subject, "screening");
  listing.documents_required = text_members(&subject, "documents_required");
  listing.exclusions = text_members(&subject, "exclusions");
  listing.certifications = text_members(&subject, "certifications");
}

void listing_read_place_and_time(const Json& subject, Listing& listing) {
  listing.formats = text_members(&subject, "formats");
  listing.scope = text_member(&subject, "scope");
  listing.area = text_members(&subject, "area");
  listing.regions = text_members(&subject, "regions");
  if (const Json* place = subject.find("place")) {
    const Json* point = place->find("point");
    listing.place = {.locality = text_member(place, "locality"),
                     .region = text_member(place, "region"),
                     .postal_prefix = text_member(place, "postal_prefix"),
                     .lat = text_member(point, "lat"),
                     .lon = text_member(point, "lon"),
                     .precision = text_member(point, "precision")};
  }
  const Json* platform = subject.find("platform");
  listing.platform_name = text_member(platform, "name");
  listing.platform_kind = text_member(platform, "kind");
  listing.platform_baa = text_member(platform, "baa");
  listing.platform_e2ee = text_member(platform, "e2ee");
  listing.platform_waiting_room = flag_member(platform, "waiting_room");
  listing.platform_public_social = flag_member(platform, "public_social");
  listing.schedule = listing_objects<ScheduleRule>(subject, "schedule", [](const Json* in) {
    return ScheduleRule{.dtstart = text_member(in, "dtstart"),
                        .start = text_member(in, "start"),
                        .duration = integer_member(in, "duration"),
                        .rrule = text_member(in, "rrule"),
                        .exdates = text_members(in, "exdates"),
                        .rdates = text_members(in, "rdates"),
                        .tzid = text_member(in, "tzid")};
  });
  listing.meets = text_member(&subject, "meets");
  listing.response_time = text_member(&subject, "response_time");
  listing.drop_in = text_member(&subject, "drop_in");
  const Json* commitment = subject.find("commitment");
  listing.commitment = {.minimum_meetings = integer_member(commitment, "minimum_meetings"),
                        .term = text_member(commitment, "term"),
                        .cohort_start = text_member(commitment, "cohort_start")};
}

void listing_read_people(const Json& subject, Listing& listing) {
  if (const Json* cost = subject.find("cost")) listing.cost = listing_cost(*cost);
  const Json* capacity = subject.find("capacity");
  listing.capacity = {.max = integer_member(capacity, "max"),
                      .openings = integer_member(capacity, "openings"),
                      .waitlist = flag_member(capacity, "waitlist"),
                      .as_of = text_member(capacity, "as_of")};
  listing.facilitation = text_member(&subject, "facilitation");
  listing.leaders = listing_objects<Leader>(subject, "leaders", [](const Json* in) {
    return Leader{.role = text_member(in, "role"),
                  .display_name = text_member(in, "display_name"),
                  .credentials = text_member(in, "credentials"),
                  .public_profile = text_member(in, "public_profile"),
                  .consent = !text_member(in->find("consent"), "given_at").empty(),
                  .license_jurisdiction = text_member(in, "license_jurisdiction"),
                  .consent_given_at = text_member(in->find("consent"), "given_at")};
  });
  listing.accountable_via = text_member(&subject, "accountable_via");
  const Json* sponsor = subject.find("sponsor");
  listing.sponsor = {.name = text_member(sponsor, "name"),
                     .kind = text_member(sponsor, "kind"),
                     .identifier = text_member(sponsor, "identifier"),
                     .page = text_member(sponsor, "page"),
                     .relation = text_member(sponsor, "relation")};
  const Json* contact = subject.find("contact");
  listing.contact = {.public_contact = text_member(contact, "public"),
                     .coordinator = text_member(contact, "coordinator"),
                     .hours = text_member(contact, "hours"),
                     .preferred = text_member(contact, "preferred")};
  const Json* links = subject.find("links");
  listing.links = {.home = text_member(links, "home"),
                   .apply = text_member(links, "apply"),
                   .webinar = text_member(links, "webinar"),
                   .agreement = text_member(links, "agreement"),
                   .charter = text_member(links, "charter"),
                   .survey = text_member(links, "survey"),
                   .report_problem = text_member(links, "report_problem")};
  listing.languages = text_members(&subject, "languages");
  listing.accessibility = text_members(&subject, "accessibility");
  listing.crisis_resource = text_member(&subject, "crisis_resource");
  const Json* agreement = subject.find("agreement");
  listing.agreement_state = text_member(agreement, "state");
  listing.agreement_clauses = text_members(agreement, "clauses");
  listing.agreement_resign = text_member(agreement, "resign");
  listing.agreement_last_signed = text_member(agreement, "last_signed");
  listing.agreement_hash = text_member(agreement, "hash");
  listing.charter = text_members(&subject, "charter");
  listing.ethics_frameworks = text_members(&subject, "ethics_frameworks");
  listing.evidence = listing_objects<OfferedEvidence>(subject, "evidence", [](const Json* in) {
    return OfferedEvidence{.check_id = text_member(in, "check_id"),
                           .kind = text_member(in, "kind"),
                           .value = text_member(in, "value"),
                           .by = text_member(in, "by"),
                           .at = text_member(in, "at")};
  });
}

void listing_read_freshness(const Json& subject, Listing& listing) {
  listing.status = text_member(&subject, "status");
  listing.disclosure = text_member(&subject, "disclosure");
  listing.confirmed_at = text_member(&subject, "confirmed_at");
  listing.confirmed_by_role = text_member(&subject, "confirmed_by_role");
  listing.review_by = text_member(&subject, "review_by");
  listing.lang = text_member(&subject, "lang");
  listing.data_license = text_member(&subject, "data_license");
  listing.same_as = text_members(&subject, "same_as");
  const Json* stated = subject.find("as_stated");
  if (const auto* members = stated ? stated->if_object() : nullptr) {
    for (const auto& [name, words] : *members)
      listing.as_stated.emplace_back(name, words.if_string() ? *words.if_string() : "");
  }
}

}  // namespace

Result<Listing> read_listing(const Json& subject) {
  std::optional<Complaint> first;
  check_listing_fields(subject, [&](Complaint complaint) {
    first = std::move(complaint);
    return false;
  });
  if (first) {
    const auto path = first->field.empty() ? std::string("credentialSubject")
                                           : "credentialSubject." + first->field;
    return refuse(ErrorCode::doc_profile, path + ": " + first->message);
  }
  Listing listing;
  listing_read_what(subject, listing);
  listing_read_eligibility(subject, listing);
  listing_read_place_and_time(subject, listing);
  listing_read_people(subject, listing);
  listing_read_freshness(subject, listing);
  if (listing.disclosure == "card_only") {
    // A card promises that there is no more to see. A publisher's tool that signed more anyway has
    // made it public, but no page, map, filter or export of ours spreads it.
    listing.schedule.clear();
    listing.place = {};
    listing.leaders.clear();
    std::erase_if(listing.as_stated, [](const auto& one) { return is_beyond_a_card(one.first); });
  }
  return listing;
}

void fill_defaults(Json& subject, const ListingDefaults& defaults) {
  const auto fill = [&](std::string_view name, Json value) {
    if (!subject.find(name)) subject.set(name, std::move(value));
  };
  fill("id", defaults.id);
  fill("type", "PeerSupportGroup");
  fill("audience", "therapists");
  if (!defaults.area.empty())
    fill("area", Json(Json::Array(defaults.area.begin(), defaults.area.end())));
  fill("status", "active");
  fill("confirmed_at", format_date(defaults.today));
  fill("confirmed_by_role", "chapter_admin");
  const Json* given = subject.find("confirmed_at");
  const auto confirmed =
      given && given->if_string() ? parse_date(*given->if_string()) : std::nullopt;
  fill("review_by", format_date(confirmed.value_or(defaults.today) + std::chrono::days{180}));
  fill("lang", defaults.lang);
  fill("data_license", defaults.data_license);
  if (text_member(&subject, "audience") == "lived_experience") {
    std::string_view line;
    for (const auto* name : {"area", "regions"}) {
      for (const auto& region : text_members(&subject, name))
        if (line.empty()) line = crisis_line(region);
    }
    if (!line.empty()) fill("crisis_resource", std::string(line));
  }
}

std::string_view crisis_line(std::string_view region) {
  struct Line {
    std::string_view country, words;
  };
  // National lines, free and open at all hours.
  constexpr Line kLines[] = {
      {"US", "988 Suicide & Crisis Lifeline: call or text 988, at any hour"},
      {"CA", "9-8-8 Suicide Crisis Helpline: call or text 988, at any hour"},
      {"GB", "Samaritans: call 116 123, at any hour"},
      {"IE", "Samaritans: call 116 123, at any hour"},
      {"AU", "Lifeline: call 13 11 14, at any hour"},
      {"NZ", "1737: call or text 1737, at any hour"},
  };
  for (const auto& line : kLines) {
    if (region_covers(line.country, region)) return line.words;
  }
  return {};
}

Timestamp listing_valid_until(const Listing& listing, Timestamp valid_from) {
  const Timestamp latest = valid_from + kMaxValidity;
  const auto review = parse_date(listing.review_by);
  if (!review) return latest;
  return std::min<Timestamp>(Timestamp(*review + std::chrono::days{90}), latest);
}

}  // namespace protocol
