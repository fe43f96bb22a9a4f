#include "protocol/document/listing.h"

#include <algorithm>

#include "protocol/document/listing_fields.h"
#include "protocol/limits.h"

namespace protocol {

namespace {

// What follows reads members whose types the table of fields has already checked.

std::string listing_text(const Json* object, std::string_view name) {
  const Json* value = object ? object->find(name) : nullptr;
  const auto* text = value ? value->if_string() : nullptr;
  return text ? *text : std::string();
}

std::vector<std::string> listing_texts(const Json* object, std::string_view name) {
  std::vector<std::string> texts;
  const Json* value = object ? object->find(name) : nullptr;
  if (const auto* items = value ? value->if_array() : nullptr) {
    for (const auto& item : *items) {
      if (const auto* text = item.if_string()) texts.push_back(*text);
    }
  }
  return texts;
}

std::optional<bool> listing_flag(const Json* object, std::string_view name) {
  const Json* value = object ? object->find(name) : nullptr;
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag ? std::optional<bool>(*flag) : std::nullopt;
}

std::optional<std::int64_t> listing_integer(const Json* object, std::string_view name) {
  const Json* value = object ? object->find(name) : nullptr;
  return value ? value->if_integer() : std::nullopt;
}

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
    return CostOption{.label = listing_text(in, "label"),
                      .amount = listing_text(in, "amount"),
                      .amount_max = listing_text(in, "amount_max"),
                      .currency = listing_text(in, "currency"),
                      .per = listing_text(in, "per"),
                      .for_whom = listing_text(in, "for"),
                      .upfront = listing_flag(in, "upfront")};
  };
  return {.model = listing_text(&cost, "model"),
          .options = listing_objects<CostOption>(cost, "options", option),
          .what_it_pays = listing_text(&cost, "what_it_pays"),
          .auto_renew = listing_flag(&cost, "auto_renew"),
          .renewal_notice_days = listing_integer(&cost, "renewal_notice_days"),
          .refund = listing_text(&cost, "refund")};
}

void listing_read_what(const Json& subject, Listing& listing) {
  listing.id = listing_text(&subject, "id");
  listing.name = listing_text(&subject, "name");
  listing.alternate_names = listing_texts(&subject, "alternate_names");
  listing.summary = listing_text(&subject, "summary");
  listing.description = listing_text(&subject, "description");
  listing.kinds = listing_texts(&subject, "kinds");
  listing.audience = listing_text(&subject, "audience");
  listing.purposes = listing_texts(&subject, "purposes");
  listing.not_for = listing_texts(&subject, "not_for");
  listing.focus_topics = listing_texts(&subject, "focus_topics");
  listing.practice_settings = listing_texts(&subject, "practice_settings");
  listing.career_stages = listing_texts(&subject, "career_stages");
  listing.identity_affirming =
      listing_objects<IdentityAffirming>(subject, "identity_affirming", [](const Json* in) {
        return IdentityAffirming{listing_text(in, "group"), listing_text(in, "name"),
                                 listing_text(in, "mode")};
      });
  const Json* dimensions = subject.find("dimensions");
  listing.setup_effort = listing_text(dimensions, "setup_effort");
  listing.clinical_depth = listing_text(dimensions, "clinical_depth");
  listing.best_for = listing_text(dimensions, "best_for");
  const Json* credit = subject.find("ce_credit");
  listing.ce_credit = {.offered = listing_flag(credit, "offered"),
                       .hours = listing_text(credit, "hours"),
                       .approver = listing_text(credit, "approver")};
  listing.mechanisms = listing_texts(&subject, "mechanisms");
}

void listing_read_eligibility(const Json& subject, Listing& listing) {
  listing.license_rule = listing_text(&subject, "license_rule");
  listing.licenses = listing_objects<License>(subject, "licenses", [](const Json* in) {
    return License{listing_text(in, "family"), listing_text(in, "level")};
  });
  listing.license_jurisdictions = listing_texts(&subject, "license_jurisdictions");
  listing.license_levels = listing_texts(&subject, "license_levels");
  listing.license_region_rule = listing_text(&subject, "license_region_rule");
  const Json* membership = subject.find("membership");
  listing.membership_required = listing_text(membership, "required");
  listing.membership_body = listing_text(membership, "body");
  listing.membership_trial = listing_flag(membership, "trial");
  listing.membership_non_members_fee = listing_text(membership, "non_members_fee");
  listing.other_criteria = listing_objects<std::string>(
      subject, "other_criteria", [](const Json* in) { return listing_text(in, "text"); });
  listing.criterion_kinds = listing_objects<std::string>(
      subject, "other_criteria", [](const Json* in) { return listing_text(in, "kind"); });
  listing.screening = listing_text(&subject, "screening");
  listing.documents_required = listing_texts(&subject, "documents_required");
  listing.exclusions = listing_texts(&subject, "exclusions");
  listing.certifications = listing_texts(&subject, "certifications");
}

void listing_read_place_and_time(const Json& subject, Listing& listing) {
  listing.formats = listing_texts(&subject, "formats");
  listing.scope = listing_text(&subject, "scope");
  listing.area = listing_texts(&subject, "area");
  listing.regions = listing_texts(&subject, "regions");
  if (const Json* place = subject.find("place")) {
    const Json* point = place->find("point");
    listing.place = {.locality = listing_text(place, "locality"),
                     .region = listing_text(place, "region"),
                     .postal_prefix = listing_text(place, "postal_prefix"),
                     .lat = listing_text(point, "lat"),
                     .lon = listing_text(point, "lon"),
                     .precision = listing_text(point, "precision")};
  }
  const Json* platform = subject.find("platform");
  listing.platform_name = listing_text(platform, "name");
  listing.platform_kind = listing_text(platform, "kind");
  listing.platform_baa = listing_text(platform, "baa");
  listing.platform_e2ee = listing_text(platform, "e2ee");
  listing.platform_waiting_room = listing_flag(platform, "waiting_room");
  listing.platform_public_social = listing_flag(platform, "public_social");
  listing.schedule = listing_objects<ScheduleRule>(subject, "schedule", [](const Json* in) {
    return ScheduleRule{.dtstart = listing_text(in, "dtstart"),
                        .start = listing_text(in, "start"),
                        .duration = listing_integer(in, "duration"),
                        .rrule = listing_text(in, "rrule"),
                        .exdates = listing_texts(in, "exdates"),
                        .rdates = listing_texts(in, "rdates"),
                        .tzid = listing_text(in, "tzid")};
  });
  listing.meets = listing_text(&subject, "meets");
  listing.response_time = listing_text(&subject, "response_time");
  listing.drop_in = listing_text(&subject, "drop_in");
  const Json* commitment = subject.find("commitment");
  listing.commitment = {.minimum_meetings = listing_integer(commitment, "minimum_meetings"),
                        .term = listing_text(commitment, "term"),
                        .cohort_start = listing_text(commitment, "cohort_start")};
}

void listing_read_people(const Json& subject, Listing& listing) {
  if (const Json* cost = subject.find("cost")) listing.cost = listing_cost(*cost);
  const Json* capacity = subject.find("capacity");
  listing.capacity = {.max = listing_integer(capacity, "max"),
                      .openings = listing_integer(capacity, "openings"),
                      .waitlist = listing_flag(capacity, "waitlist"),
                      .as_of = listing_text(capacity, "as_of")};
  listing.facilitation = listing_text(&subject, "facilitation");
  listing.leaders = listing_objects<Leader>(subject, "leaders", [](const Json* in) {
    return Leader{.role = listing_text(in, "role"),
                  .display_name = listing_text(in, "display_name"),
                  .credentials = listing_text(in, "credentials"),
                  .public_profile = listing_text(in, "public_profile"),
                  .consent = !listing_text(in->find("consent"), "given_at").empty(),
                  .license_jurisdiction = listing_text(in, "license_jurisdiction"),
                  .consent_given_at = listing_text(in->find("consent"), "given_at")};
  });
  listing.accountable_via = listing_text(&subject, "accountable_via");
  const Json* sponsor = subject.find("sponsor");
  listing.sponsor = {.name = listing_text(sponsor, "name"),
                     .kind = listing_text(sponsor, "kind"),
                     .identifier = listing_text(sponsor, "identifier"),
                     .page = listing_text(sponsor, "page"),
                     .relation = listing_text(sponsor, "relation")};
  const Json* contact = subject.find("contact");
  listing.contact = {.public_contact = listing_text(contact, "public"),
                     .coordinator = listing_text(contact, "coordinator"),
                     .hours = listing_text(contact, "hours"),
                     .preferred = listing_text(contact, "preferred")};
  const Json* links = subject.find("links");
  listing.links = {.home = listing_text(links, "home"),
                   .apply = listing_text(links, "apply"),
                   .webinar = listing_text(links, "webinar"),
                   .agreement = listing_text(links, "agreement"),
                   .charter = listing_text(links, "charter"),
                   .survey = listing_text(links, "survey"),
                   .report_problem = listing_text(links, "report_problem")};
  listing.languages = listing_texts(&subject, "languages");
  listing.accessibility = listing_texts(&subject, "accessibility");
  listing.crisis_resource = listing_text(&subject, "crisis_resource");
  const Json* agreement = subject.find("agreement");
  listing.agreement_state = listing_text(agreement, "state");
  listing.agreement_clauses = listing_texts(agreement, "clauses");
  listing.agreement_resign = listing_text(agreement, "resign");
  listing.agreement_last_signed = listing_text(agreement, "last_signed");
  listing.agreement_hash = listing_text(agreement, "hash");
  listing.charter = listing_texts(&subject, "charter");
  listing.ethics_frameworks = listing_texts(&subject, "ethics_frameworks");
  listing.evidence = listing_objects<OfferedEvidence>(subject, "evidence", [](const Json* in) {
    return OfferedEvidence{.check_id = listing_text(in, "check_id"),
                    .kind = listing_text(in, "kind"),
                    .value = listing_text(in, "value"),
                    .by = listing_text(in, "by"),
                    .at = listing_text(in, "at")};
  });
}

void listing_read_freshness(const Json& subject, Listing& listing) {
  listing.status = listing_text(&subject, "status");
  listing.disclosure = listing_text(&subject, "disclosure");
  listing.confirmed_at = listing_text(&subject, "confirmed_at");
  listing.confirmed_by_role = listing_text(&subject, "confirmed_by_role");
  listing.review_by = listing_text(&subject, "review_by");
  listing.lang = listing_text(&subject, "lang");
  listing.data_license = listing_text(&subject, "data_license");
  listing.same_as = listing_texts(&subject, "same_as");
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
  if (listing_text(&subject, "audience") == "lived_experience") {
    std::string_view line;
    for (const auto* name : {"area", "regions"}) {
      for (const auto& region : listing_texts(&subject, name))
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
