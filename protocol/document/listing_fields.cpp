#include "protocol/document/listing_fields.h"

#include <algorithm>
#include <charconv>

#include "protocol/document/web_address.h"
#include "protocol/encoding/time.h"

namespace protocol {

namespace {

constexpr std::size_t kMany = 24;  // "at most 24 values in a list unless said otherwise"

constexpr Field word_field(std::string_view name, Vocabulary words,
                           Presence presence = Presence::optional) {
  return {.name = name, .type = FieldType::word, .presence = presence, .words = words};
}
constexpr Field words_field(std::string_view name, Vocabulary words, std::size_t most = kMany,
                            Presence presence = Presence::optional) {
  return {
      .name = name, .type = FieldType::word, .most = most, .presence = presence, .words = words};
}
constexpr Field object_field(std::string_view name, std::span<const Field> members,
                             std::size_t most = 0) {
  return {.name = name, .type = FieldType::object, .most = most, .members = members};
}

constexpr Field kFieldsDimensions[] = {
    word_field("setup_effort", Vocabulary::setup_effort),
    word_field("clinical_depth", Vocabulary::clinical_depth),
    {.name = "best_for", .limit = 120},
};
constexpr Field kFieldsIdentity[] = {
    word_field("group", Vocabulary::identity_group),
    {.name = "name"},
    word_field("mode", Vocabulary::identity_mode),
};
constexpr Field kFieldsCeCredit[] = {
    {.name = "offered", .type = FieldType::flag},
    {.name = "hours", .type = FieldType::amount},
    {.name = "approver"},
};
constexpr Field kFieldsLicense[] = {
    word_field("family", Vocabulary::license_family, Presence::always),
    word_field("level", Vocabulary::license_level),
};
constexpr Field kFieldsMembership[] = {
    word_field("required", Vocabulary::membership_required),
    {.name = "body"},
    {.name = "trial", .type = FieldType::flag},
    {.name = "non_members_fee", .type = FieldType::amount},
};
constexpr Field kFieldsCriterion[] = {
    {.name = "text", .limit = 160, .presence = Presence::always},
    word_field("kind", Vocabulary::criterion_kind),
};
constexpr Field kFieldsPoint[] = {
    {.name = "lat", .type = FieldType::latitude, .presence = Presence::always},
    {.name = "lon", .type = FieldType::longitude, .presence = Presence::always},
    word_field("precision", Vocabulary::precision),
};
constexpr Field kFieldsPlace[] = {
    {.name = "locality"},
    {.name = "region", .type = FieldType::region},
    {.name = "postal_prefix", .type = FieldType::postal_prefix},
    object_field("point", kFieldsPoint),
};
constexpr Field kFieldsPlatform[] = {
    {.name = "name"},
    word_field("kind", Vocabulary::platform_kind),
    word_field("baa", Vocabulary::yes_no_unknown),
    word_field("e2ee", Vocabulary::yes_no_unknown),
    {.name = "waiting_room", .type = FieldType::flag},
    {.name = "public_social", .type = FieldType::flag},
};
constexpr Field kFieldsSchedule[] = {
    {.name = "dtstart", .type = FieldType::local_time},
    {.name = "start", .type = FieldType::clock_time},
    {.name = "duration", .type = FieldType::integer, .limit = 7 * 24 * 60},
    {.name = "rrule", .type = FieldType::rule},
    {.name = "exdates", .type = FieldType::local_day, .most = 12},
    {.name = "rdates", .type = FieldType::local_day, .most = 12},
    {.name = "tzid", .type = FieldType::zone},
};
constexpr Field kFieldsCommitment[] = {
    {.name = "minimum_meetings", .type = FieldType::integer, .limit = 10'000},
    word_field("term", Vocabulary::term),
    {.name = "cohort_start", .type = FieldType::date},
};
constexpr Field kFieldsCostOption[] = {
    {.name = "label"},
    {.name = "amount", .type = FieldType::amount},
    {.name = "amount_max", .type = FieldType::amount},
    {.name = "currency", .type = FieldType::currency},
    word_field("per", Vocabulary::cost_per),
    {.name = "upfront", .type = FieldType::flag},
    word_field("for", Vocabulary::cost_for),
};
constexpr Field kFieldsCost[] = {
    word_field("model", Vocabulary::cost_model),
    object_field("options", kFieldsCostOption, kMany),
    {.name = "what_it_pays"},
    {.name = "auto_renew", .type = FieldType::flag},
    {.name = "renewal_notice_days", .type = FieldType::integer, .limit = 3'660},
    word_field("refund", Vocabulary::cost_refund),
};
constexpr Field kFieldsCapacity[] = {
    {.name = "max", .type = FieldType::integer, .limit = 1'000'000},
    {.name = "openings", .type = FieldType::integer, .limit = 1'000'000},
    {.name = "waitlist", .type = FieldType::flag},
    {.name = "as_of", .type = FieldType::date},
};
constexpr Field kFieldsConsent[] = {
    {.name = "given_at", .type = FieldType::date},
    {.name = "how"},
};
constexpr Field kFieldsLeader[] = {
    {.name = "role"},
    {.name = "display_name"},
    {.name = "credentials"},
    {.name = "license_jurisdiction", .type = FieldType::region},
    {.name = "public_profile", .type = FieldType::url},
    object_field("consent", kFieldsConsent),
};
constexpr Field kFieldsSponsor[] = {
    {.name = "name"},
    word_field("kind", Vocabulary::sponsor_kind),
    {.name = "identifier"},
    {.name = "page", .type = FieldType::url},
    word_field("relation", Vocabulary::sponsor_relation),
};
constexpr Field kFieldsContact[] = {
    {.name = "public", .type = FieldType::contact},
    {.name = "coordinator"},
    {.name = "hours"},
    {.name = "preferred"},
};
constexpr Field kFieldsLinks[] = {
    {.name = "home", .type = FieldType::url},
    {.name = "apply", .type = FieldType::url},
    {.name = "webinar", .type = FieldType::url},
    {.name = "agreement", .type = FieldType::url},
    {.name = "charter", .type = FieldType::url},
    {.name = "survey", .type = FieldType::url},
    {.name = "report_problem", .type = FieldType::url},
};
constexpr Field kFieldsAgreement[] = {
    word_field("state", Vocabulary::agreement_state),
    words_field("clauses", Vocabulary::agreement_clauses),
    word_field("resign", Vocabulary::agreement_resign),
    {.name = "last_signed", .type = FieldType::month},
    {.name = "hash", .type = FieldType::hash},
};
constexpr Field kFieldsEvidence[] = {
    {.name = "check_id"},
    word_field("kind", Vocabulary::evidence_kind),
    {.name = "value", .limit = 500},  // may be a URL
    {.name = "by"},
    {.name = "at", .type = FieldType::date},
};

constexpr Field kFieldsListing[] = {
    {.name = "id", .type = FieldType::uuid, .presence = Presence::always},
    {.name = "type", .type = FieldType::subject_type, .presence = Presence::always},
    // What it is
    {.name = "name", .limit = 120, .presence = Presence::always},
    {.name = "alternate_names", .limit = 120, .most = 3},
    {.name = "summary", .limit = 280},
    {.name = "description", .limit = 3'000},
    words_field("kinds", Vocabulary::kinds, kMany, Presence::always),
    word_field("audience", Vocabulary::audience, Presence::always),
    words_field("purposes", Vocabulary::purposes),
    words_field("not_for", Vocabulary::not_for),
    object_field("dimensions", kFieldsDimensions),
    words_field("focus_topics", Vocabulary::focus_topics, 16),
    words_field("practice_settings", Vocabulary::practice_settings),
    object_field("identity_affirming", kFieldsIdentity, 8),
    words_field("career_stages", Vocabulary::career_stages),
    object_field("ce_credit", kFieldsCeCredit),
    words_field("mechanisms", Vocabulary::mechanisms),
    // Eligibility
    word_field("license_rule", Vocabulary::license_rule),
    object_field("licenses", kFieldsLicense, 12),
    {.name = "license_jurisdictions", .type = FieldType::region, .most = kMany},
    words_field("license_levels", Vocabulary::license_levels),
    word_field("license_region_rule", Vocabulary::license_region_rule),
    object_field("membership", kFieldsMembership),
    object_field("other_criteria", kFieldsCriterion, 3),
    word_field("screening", Vocabulary::screening),
    words_field("documents_required", Vocabulary::documents_required),
    {.name = "exclusions", .most = kMany},
    {.name = "certifications", .most = kMany},
    // Place, format, time
    words_field("formats", Vocabulary::formats),
    word_field("scope", Vocabulary::scope),
    {.name = "area", .type = FieldType::region, .most = 8, .presence = Presence::always},
    {.name = "regions", .type = FieldType::region, .most = kMany},
    object_field("place", kFieldsPlace),
    object_field("platform", kFieldsPlatform),
    object_field("schedule", kFieldsSchedule, 4),
    word_field("meets", Vocabulary::meets),
    word_field("response_time", Vocabulary::response_time),
    word_field("drop_in", Vocabulary::drop_in),
    object_field("commitment", kFieldsCommitment),
    // Cost, capacity, people
    object_field("cost", kFieldsCost),
    object_field("capacity", kFieldsCapacity),
    word_field("facilitation", Vocabulary::facilitation),
    object_field("leaders", kFieldsLeader, 3),
    {.name = "accountable_via"},
    object_field("sponsor", kFieldsSponsor),
    object_field("contact", kFieldsContact),
    object_field("links", kFieldsLinks),
    {.name = "languages", .type = FieldType::language, .most = kMany},
    words_field("accessibility", Vocabulary::accessibility),
    {.name = "crisis_resource"},
    // Confidentiality and ethics
    object_field("agreement", kFieldsAgreement),
    words_field("charter", Vocabulary::charter),
    words_field("ethics_frameworks", Vocabulary::ethics_frameworks),
    object_field("evidence", kFieldsEvidence, 8),
    // Identity and freshness
    word_field("status", Vocabulary::status, Presence::always),
    word_field("disclosure", Vocabulary::disclosure),
    {.name = "confirmed_at", .type = FieldType::date, .presence = Presence::always},
    word_field("confirmed_by_role", Vocabulary::confirmed_by_role, Presence::always),
    {.name = "review_by", .type = FieldType::date, .presence = Presence::always},
    {.name = "lang", .type = FieldType::language, .presence = Presence::always},
    {.name = "data_license", .presence = Presence::always},
    {.name = "same_as", .limit = 500, .most = kMany},
    {.name = "as_stated", .type = FieldType::own_words},
};

bool field_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool field_is_clock(std::string_view text) {
  return text.size() == 5 && text[2] == ':' && field_digits(text.substr(0, 2)) &&
         field_digits(text.substr(3)) && text.substr(0, 2) < "24" && text.substr(3) < "60";
}

bool field_is_local_time(std::string_view text) {
  return text.size() == 19 && text[10] == 'T' &&
         parse_timestamp(std::string(text) + "Z").has_value();
}

bool field_is_uuid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:uuid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool field_is_language(std::string_view text) {
  if (text.empty() || text.size() > 35) return false;
  bool first = true;
  while (true) {
    const auto part = text.substr(0, text.find('-'));
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (part.empty() || part.size() > 8) return false;
    if (!std::all_of(part.begin(), part.end(),
                     [&](char c) { return letter(c) || (!first && c >= '0' && c <= '9'); })) {
      return false;
    }
    if (first && part.size() < 2) return false;
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
    first = false;
  }
}

/// Digits with at most `decimals` after a dot; no leading zeros, no sign.
bool field_is_decimal(std::string_view text, std::size_t whole, std::size_t decimals) {
  const auto dot = text.find('.');
  const auto left = text.substr(0, dot);
  if (!field_digits(left) || left.size() > whole || (left.size() > 1 && left.front() == '0'))
    return false;
  if (dot == std::string_view::npos) return true;
  const auto right = text.substr(dot + 1);
  return field_digits(right) && right.size() <= decimals;
}

bool field_is_coordinate(std::string_view text, unsigned limit) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!field_is_decimal(text, 3, 7)) return false;
  unsigned whole = 0;
  const auto left = text.substr(0, text.find('.'));
  std::from_chars(left.data(), left.data() + left.size(), whole);
  if (whole != limit) return whole < limit;
  return text.find_first_not_of("0.", left.size()) == std::string_view::npos;
}

bool field_only(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

/// What somebody wrote, short enough to be read in a message.
std::string field_quote(std::string_view text) {
  constexpr std::size_t kShown = 40;
  if (text.size() <= kShown) return "'" + std::string(text) + "'";
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "'" + std::string(text.substr(0, end)) + "…'";
}

/// Why `text` is no value of the type, without its name; empty where it is one.
std::string field_text_complaint(const Field& field, std::string_view text) {
  const auto unless = [&](bool good, std::string_view is_not) {
    return good ? std::string() : field_quote(text) + " " + std::string(is_not);
  };
  const auto size = [&](std::size_t limit) {
    if (text.size() <= limit) return std::string();
    return "is " + std::to_string(text.size()) + " bytes long; at most " + std::to_string(limit) +
           " fit";
  };
  switch (field.type) {
    case FieldType::text:
    case FieldType::word:
      if (field.presence == Presence::always && text.empty()) return "is empty";
      return size(field.limit);
    case FieldType::uuid:
      return unless(field_is_uuid(text), "is not a 'urn:uuid:' id");
    case FieldType::subject_type:
      return unless(text == "PeerSupportGroup", "is not the type 'PeerSupportGroup'");
    case FieldType::date:
      return unless(parse_date(text).has_value(), "is not a date; write it like 2026-11-03");
    case FieldType::month:
      return unless(text.size() == 7 && parse_date(std::string(text) + "-01").has_value(),
                    "is not a month; write it like 2026-11");
    case FieldType::local_time:
      return unless(field_is_local_time(text),
                    "is not a day and time; write it like 2026-11-03T19:00:00");
    case FieldType::local_day:
      return unless(parse_date(text).has_value() || field_is_local_time(text),
                    "is not a day; write it like 2026-11-03 or 2026-11-03T19:00:00");
    case FieldType::clock_time:
      return unless(field_is_clock(text), "is not a time; write it like 19:00");
    case FieldType::zone: {
      const bool good =
          !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == '+' || c == '/';
          });
      return unless(good, "is not a time zone; write it like America/New_York");
    }
    case FieldType::rule:
      if (auto too_long = size(field.limit); !too_long.empty()) return too_long;
      return unless(text.starts_with("FREQ=") && field_only(text, "=;,+-"),
                    "is not a rule of repetition; write it like FREQ=MONTHLY;BYDAY=2TU");
    case FieldType::url:
      if (const auto why = why_no_plain_url(text))
        return field_quote(text) + " " + std::string(*why);
      return {};
    case FieldType::contact:
      if (const auto why = why_no_contact(text)) return field_quote(text) + " " + std::string(*why);
      return {};
    case FieldType::region:
      return unless(is_region_code(text), "is not a region code; write it like US-OH");
    case FieldType::language:
      return unless(field_is_language(text), "is not a language code; write it like en or es-MX");
    case FieldType::amount:
      return unless(field_is_decimal(text, 9, 2),
                    "is not an amount; write 25 or 25.00, or leave it empty");
    case FieldType::latitude:
      return unless(field_is_coordinate(text, 90), "is not a latitude; write it like 39.96");
    case FieldType::longitude:
      return unless(field_is_coordinate(text, 180), "is not a longitude; write it like -82.99");
    case FieldType::currency:
      return unless(text.size() == 3 && std::all_of(text.begin(), text.end(),
                                                    [](char c) { return c >= 'A' && c <= 'Z'; }),
                    "is not a currency; write it like USD");
    case FieldType::postal_prefix:
      return unless(text.size() == 3 && field_only(text, ""),
                    "is not the first three places of a postal code");
    case FieldType::hash:
      return unless(
          text.size() == 64 &&
              std::all_of(text.begin(), text.end(),
                          [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }),
          "is not a SHA-256 in hexadecimal");
    case FieldType::integer:
    case FieldType::flag:
    case FieldType::object:
    case FieldType::own_words:
      break;
  }
  return {};
}

using FieldTell = std::function<bool(Complaint)>;

std::string field_path(std::string_view parent, std::string_view name) {
  return parent.empty() ? std::string(name) : std::string(parent) + "." + std::string(name);
}

bool check_fields_of(const Json& object, std::span<const Field> fields, const std::string& path,
                     const FieldTell& tell);

bool check_own_words(const Json& value, const std::string& path, const FieldTell& tell) {
  const auto* members = value.if_object();
  if (!members) return tell({path, "is not an object of field names and texts"});
  std::size_t all = 0;
  for (const auto& [name, words] : *members) {
    const auto* said = words.if_string();
    if (!said) {
      if (!tell({field_path(path, name), "is not a text"})) return false;
      continue;
    }
    all += said->size();
    if (said->size() > 200 && !tell({field_path(path, name), "is " + std::to_string(said->size()) +
                                                                 " bytes long; at most 200 fit"})) {
      return false;
    }
  }
  if (all > 2'000) return tell({path, "holds " + std::to_string(all) + " bytes; at most 2000 fit"});
  return true;
}

bool check_value(const Json& value, const Field& field, const std::string& path,
                 const FieldTell& tell) {
  switch (field.type) {
    case FieldType::object:
      if (!value.if_object()) return tell({path, "is not an object"});
      return check_fields_of(value, field.members, path, tell);
    case FieldType::own_words:
      return check_own_words(value, path, tell);
    case FieldType::flag:
      return value.if_bool() || tell({path, "is not true or false"});
    case FieldType::integer: {
      const auto number = value.if_integer();
      if (number && *number >= 0 && *number <= static_cast<std::int64_t>(field.limit)) return true;
      return tell({path, "is not a whole number from 0 to " + std::to_string(field.limit)});
    }
    case FieldType::text:
    case FieldType::word:
    case FieldType::uuid:
    case FieldType::subject_type:
    case FieldType::date:
    case FieldType::month:
    case FieldType::local_time:
    case FieldType::local_day:
    case FieldType::clock_time:
    case FieldType::zone:
    case FieldType::rule:
    case FieldType::url:
    case FieldType::contact:
    case FieldType::region:
    case FieldType::language:
    case FieldType::amount:
    case FieldType::latitude:
    case FieldType::longitude:
    case FieldType::currency:
    case FieldType::postal_prefix:
    case FieldType::hash: {
      const auto* written = value.if_string();
      if (!written) return tell({path, "is not a text"});
      auto message = field_text_complaint(field, *written);
      return message.empty() || tell({path, std::move(message)});
    }
  }
  return true;
}

bool check_list(const Json& value, const Field& field, const std::string& path,
                const FieldTell& tell) {
  const auto* items = value.if_array();
  if (!items) return tell({path, "is not a list"});
  if (items->empty() && field.presence == Presence::always) return tell({path, "is empty"});
  if (items->size() > field.most &&
      !tell({path, "has " + std::to_string(items->size()) + " values; at most " +
                       std::to_string(field.most) + " fit"})) {
    return false;
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    if (!check_value((*items)[i], field, path + "[" + std::to_string(i) + "]", tell)) return false;
  }
  return true;
}

bool check_fields_of(const Json& object, std::span<const Field> fields, const std::string& path,
                     const FieldTell& tell) {
  for (const auto& field : fields) {
    const Json* value = object.find(field.name);
    const auto here = field_path(path, field.name);
    if (!value) {
      if (field.presence == Presence::always && !tell({here, "is missing"})) return false;
      continue;
    }
    if (!(field.most > 0 ? check_list(*value, field, here, tell)
                         : check_value(*value, field, here, tell)))
      return false;
  }
  return true;
}

bool is_safe_everywhere(const Json& value) {
  if (value.is_null() || (value.if_number() && !value.if_integer())) return false;
  if (const auto* items = value.if_array()) {
    return std::all_of(items->begin(), items->end(), is_safe_everywhere);
  }
  if (const auto* members = value.if_object()) {
    return std::all_of(members->begin(), members->end(), [](const Json::Member& member) {
      return is_safe_everywhere(member.second);
    });
  }
  return true;
}

/// Null and numbers that are no plain integers have no place anywhere, in unknown members neither:
/// readers in other languages would not agree on them.
bool check_everywhere(const Json& value, const std::string& path, const FieldTell& tell) {
  if (value.is_null()) return tell({path, "is null; leave the member out instead"});
  if (value.if_number() && !value.if_integer()) {
    return tell({path, "is not a whole number below 2^53; write it as a text"});
  }
  if (const auto* items = value.if_array()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (!check_everywhere((*items)[i], path + "[" + std::to_string(i) + "]", tell)) return false;
    }
  }
  if (const auto* members = value.if_object()) {
    for (const auto& [name, member] : *members) {
      if (!check_everywhere(member, field_path(path, name), tell)) return false;
    }
  }
  return true;
}

bool field_has_text(const Json* object, std::span<const Field> fields) {
  if (!object) return false;
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) {
    const Json* value = object->find(field.name);
    const auto* text = value ? value->if_string() : nullptr;
    return text && !text->empty();
  });
}

bool check_together(const Json& subject, const FieldTell& tell) {
  if (!field_has_text(subject.find("contact"), kFieldsContact) &&
      !field_has_text(subject.find("links"), kFieldsLinks)) {
    if (!tell({"contact", "is missing, and so is a link: say where people can ask"})) return false;
  }
  const auto day = [&](std::string_view name) -> std::optional<Date> {
    const Json* value = subject.find(name);
    const auto* text = value ? value->if_string() : nullptr;
    return text ? parse_date(*text) : std::nullopt;
  };
  const auto confirmed = day("confirmed_at");
  const auto review = day("review_by");
  if (confirmed && review && *review - *confirmed > std::chrono::days{400}) {
    return tell({"review_by", "is more than 400 days after confirmed_at"});
  }
  return true;
}

const Field* field_named(std::span<const Field> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

using FieldVisit = std::function<void(const std::string&, const std::string&, const Field*)>;

void visit_value(const Json& value, const std::string& path, const Field* field,
                 const FieldVisit& visit) {
  if (const auto* text = value.if_string()) visit(path, *text, field);
  if (const auto* items = value.if_array()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      visit_value((*items)[i], path + "[" + std::to_string(i) + "]", field, visit);
    }
  }
  if (const auto* members = value.if_object()) {
    for (const auto& [name, member] : *members) {
      visit_value(member, field_path(path, name),
                  field ? field_named(field->members, name) : nullptr, visit);
    }
  }
}

}  // namespace

std::span<const Field> listing_fields() { return kFieldsListing; }

bool is_record_id(std::string_view text) { return field_is_uuid(text); }

void check_fields(const Json& object, std::span<const Field> fields,
                  const std::function<bool(Complaint)>& tell) {
  check_fields_of(object, fields, "", tell);
}

std::optional<Complaint> find_unsafe_value(const Json& value) {
  // Nearly every document is clean; the path to a value is put into words only for one that is not.
  if (is_safe_everywhere(value)) return std::nullopt;
  std::optional<Complaint> first;
  check_everywhere(value, "", [&](Complaint complaint) {
    first = std::move(complaint);
    return false;
  });
  return first;
}

void check_listing_fields(const Json& subject, const std::function<bool(Complaint)>& tell) {
  if (!subject.if_object()) {
    tell({"", "is not an object"});
    return;
  }
  if (!check_everywhere(subject, "", tell)) return;
  if (!check_fields_of(subject, kFieldsListing, "", tell)) return;
  check_together(subject, tell);
}

void visit_texts(const Json& value, const FieldVisit& visit) {
  const Field whole{.name = "", .type = FieldType::object, .members = kFieldsListing};
  visit_value(value, "", &whole, visit);
}

}  // namespace protocol
