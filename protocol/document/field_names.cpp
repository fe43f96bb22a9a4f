#include "protocol/document/field_names.h"

#include <algorithm>
#include <charconv>

namespace protocol {

namespace {

// In the order of kFieldsListing. HSDS 3.1 has been compared by its profile, schema.org and RFC
// 5545 by their own lists of names.
constexpr FieldName kFieldNames[] = {
    {"id", "Id", "@id", "service.id", "UID"},
    {"type", "Type", "@type"},
    {"name", "Name", "name", "service.name", "SUMMARY"},
    {"alternate_names", "Other names", "alternateName", "service.alternate_name"},
    {"summary", "Summary", "disambiguatingDescription", "service.description"},
    {"description", "Description", "description", "service.description", "DESCRIPTION"},
    {"kinds", "Kind", "additionalType", "taxonomy_term.term", "CATEGORIES"},
    {"audience", "For whom", "audience", "service.eligibility_description"},
    {"purposes", "Purposes", "about", "taxonomy_term.term", "CATEGORIES"},
    {"not_for", "What it is not"},
    {"dimensions", "Things to compare"},
    {"dimensions.setup_effort", "Setup effort"},
    {"dimensions.clinical_depth", "Clinical depth"},
    {"dimensions.best_for", "Best for"},
    {"focus_topics", "Topics", "keywords", "attribute.taxonomy_term_id", "CATEGORIES"},
    {"practice_settings", "Practice settings", "keywords", "attribute.taxonomy_term_id"},
    {"identity_affirming", "Identity-affirming", "audience", "attribute.taxonomy_term_id"},
    {"identity_affirming.group", "Group"},
    {"identity_affirming.name", "Which"},
    {"identity_affirming.mode", "In what way"},
    {"career_stages", "Career stages", "audience", "service.eligibility_description"},
    {"ce_credit", "Continuing education", "educationalCredentialAwarded"},
    {"ce_credit.offered", "Offered"},
    {"ce_credit.hours", "Hours"},
    {"ce_credit.approver", "Approved by", "recognizedBy"},
    {"mechanisms", "How it helps"},
    {"license_rule", "License rule", "qualifications", "service.eligibility_description"},
    {"licenses", "Licenses", "qualifications", "service.eligibility_description"},
    {"licenses.family", "Profession", "credentialCategory"},
    {"licenses.level", "Level", "educationalLevel"},
    {"license_jurisdictions", "Licensed where", "validIn"},
    {"license_levels", "License levels", "educationalLevel"},
    {"license_region_rule", "Where the license must be from", "validIn"},
    {"membership", "Membership", "ProgramMembership", "service.eligibility_description"},
    {"membership.required", "Required"},
    {"membership.body", "Of whom", "hostingOrganization"},
    {"membership.trial", "Trial visit"},
    {"membership.non_members_fee", "Fee for others", "Offer.price", "cost_option.amount"},
    {"other_criteria", "Other criteria", "qualifications", "service.eligibility_description"},
    {"other_criteria.text", "Text"},
    {"other_criteria.kind", "Kind"},
    {"screening", "First step", "", "service.application_process"},
    {"documents_required", "Papers to bring", "", "required_document.document"},
    {"exclusions", "Not for"},
    {"certifications", "Certifications", "hasCredential"},
    {"formats", "Format", "eventAttendanceMode", "location.location_type"},
    {"scope", "Reach"},
    {"area", "Convened in", "areaServed"},
    {"regions", "Serves", "areaServed", "service_area.name"},
    {"place", "Place", "location", "address", "LOCATION"},
    {"place.locality", "Town", "addressLocality", "address.city", "LOCATION"},
    {"place.region", "State or province", "addressRegion", "address.state_province", "LOCATION"},
    {"place.postal_prefix", "Postal code, first three places"},
    {"place.point", "Point", "geo", "", "GEO"},
    {"place.point.lat", "Latitude", "latitude", "location.latitude", "GEO"},
    {"place.point.lon", "Longitude", "longitude", "location.longitude", "GEO"},
    {"place.point.precision", "Precision"},
    {"platform", "Platform", "VirtualLocation", "location.location_type"},
    {"platform.name", "Name", "VirtualLocation.name"},
    {"platform.kind", "Kind"},
    {"platform.baa", "Business associate agreement"},
    {"platform.e2ee", "Encrypted from end to end"},
    {"platform.waiting_room", "Waiting room"},
    {"platform.public_social", "Public social network"},
    {"schedule", "Schedule", "eventSchedule", "schedule"},
    {"schedule.dtstart", "First meeting", "Schedule.startDate", "schedule.dtstart", "DTSTART"},
    {"schedule.start", "Start", "Schedule.startTime", "schedule.opens_at"},
    {"schedule.duration", "Length in minutes", "Schedule.duration", "schedule.closes_at",
     "DURATION"},
    {"schedule.rrule", "Rule of repetition", "Schedule.repeatFrequency", "schedule.freq", "RRULE"},
    {"schedule.exdates", "Not on", "Schedule.exceptDate", "", "EXDATE"},
    {"schedule.rdates", "Also on", "", "", "RDATE"},
    {"schedule.tzid", "Time zone", "Schedule.scheduleTimezone", "schedule.timezone", "TZID"},
    {"meets", "Meets", "", "schedule.description"},
    {"response_time", "Answers within"},
    {"drop_in", "Dropping in", "", "schedule.attending_type"},
    {"commitment", "Commitment"},
    {"commitment.minimum_meetings", "Meetings at least"},
    {"commitment.term", "Term"},
    {"commitment.cohort_start", "Next start", "startDate"},
    {"cost", "Cost", "offers", "cost_option"},
    {"cost.model", "Model", "isAccessibleForFree", "service.fees_description"},
    {"cost.options", "Option", "offers", "cost_option"},
    {"cost.options.label", "Label", "Offer.name", "cost_option.option"},
    {"cost.options.amount", "Amount", "Offer.price", "cost_option.amount"},
    {"cost.options.amount_max", "Up to", "PriceSpecification.maxPrice"},
    {"cost.options.currency", "Currency", "Offer.priceCurrency", "cost_option.currency"},
    {"cost.options.per", "For each", "UnitPriceSpecification.unitText",
     "cost_option.amount_description"},
    {"cost.options.upfront", "Before the first meeting"},
    {"cost.options.for", "For whom", "Offer.eligibleCustomerType", "cost_option.option"},
    {"cost.what_it_pays", "What it pays", "Offer.description", "service.fees_description"},
    {"cost.auto_renew", "Renews by itself"},
    {"cost.renewal_notice_days", "Notice in days"},
    {"cost.refund", "Refund", "hasMerchantReturnPolicy"},
    {"capacity", "Places", "", "service_capacity"},
    {"capacity.max", "Places in all", "maximumAttendeeCapacity", "service_capacity.maximum"},
    {"capacity.openings", "Open places", "remainingAttendeeCapacity", "service_capacity.available"},
    {"capacity.waitlist", "Waiting list"},
    {"capacity.as_of", "As of", "", "service_capacity.updated"},
    {"facilitation", "Led how"},
    {"leaders", "Leaders", "organizer", "contact"},
    {"leaders.role", "Role", "roleName", "contact.title"},
    {"leaders.display_name", "Name", "Person.name", "contact.name"},
    {"leaders.credentials", "Credentials", "hasCredential"},
    {"leaders.license_jurisdiction", "Licensed in"},
    {"leaders.public_profile", "Profile", "Person.url"},
    {"leaders.consent", "Consent"},
    {"leaders.consent.given_at", "Given on"},
    {"leaders.consent.how", "How"},
    {"accountable_via", "Who answers for the group"},
    {"sponsor", "Sponsor", "sponsor", "organization"},
    {"sponsor.name", "Name", "Organization.name", "organization.name"},
    {"sponsor.kind", "Kind", "additionalType"},
    {"sponsor.identifier", "Identifier", "identifier", "organization_identifier.identifier"},
    {"sponsor.page", "Page", "Organization.url", "organization.website"},
    {"sponsor.relation", "What it does"},
    {"contact", "Contact", "contactPoint", "contact", "CONTACT"},
    {"contact.public", "Address", "ContactPoint.email", "service.email", "CONTACT"},
    {"contact.coordinator", "Whom to ask for", "ContactPoint.name", "contact.name"},
    {"contact.hours", "Hours", "ContactPoint.hoursAvailable"},
    {"contact.preferred", "Best way"},
    {"links", "Links", "url", "additional_urls"},
    {"links.home", "Web page", "url", "service.url", "URL"},
    {"links.apply", "Where to apply", "Offer.url", "service.application_process"},
    {"links.webinar", "Webinar", "", "additional_urls.url"},
    {"links.agreement", "Agreement", "", "additional_urls.url"},
    {"links.charter", "Charter", "", "additional_urls.url"},
    {"links.survey", "Survey", "", "additional_urls.url"},
    {"links.report_problem", "Report a problem", "", "additional_urls.url"},
    {"languages", "Languages", "inLanguage", "language.code"},
    {"accessibility", "Access", "accessibilityFeature", "accessibility.description"},
    {"crisis_resource", "Crisis line", "", "service.alert"},
    {"agreement", "Agreement"},
    {"agreement.state", "State"},
    {"agreement.clauses", "Clauses"},
    {"agreement.resign", "Signed again"},
    {"agreement.last_signed", "Last signed"},
    {"agreement.hash", "Fingerprint"},
    {"charter", "Charter covers"},
    {"ethics_frameworks", "Codes of ethics", "publishingPrinciples"},
    {"evidence", "Evidence"},
    {"evidence.check_id", "Check"},
    {"evidence.kind", "Kind"},
    {"evidence.value", "What"},
    {"evidence.by", "By"},
    {"evidence.at", "On"},
    {"status", "Status", "eventStatus", "service.status", "STATUS"},
    {"disclosure", "What is shown"},
    {"confirmed_at", "Confirmed on", "", "service.assured_date"},
    {"confirmed_by_role", "Confirmed by"},
    {"review_by", "To be confirmed again by", "", "schedule.valid_to"},
    {"lang", "Language of the text", "inLanguage", "", "LANGUAGE"},
    {"data_license", "License of the data", "license"},
    {"same_as", "Also known at", "sameAs"},
    {"as_stated", "In their own words"},
};

/// A path without its places in lists.
std::string name_path(std::string_view path) {
  std::string plain;
  bool inside = false;
  for (const char c : path) {
    if (c == '[') inside = true;
    if (!inside) plain += c;
    if (c == ']') inside = false;
  }
  return plain;
}

std::string name_ordinal(std::size_t number) {
  const auto tens = number % 100;
  const std::string_view ending = tens >= 11 && tens <= 13 ? "th"
                                  : number % 10 == 1       ? "st"
                                  : number % 10 == 2       ? "nd"
                                  : number % 10 == 3       ? "rd"
                                                           : "th";
  return std::to_string(number) + std::string(ending);
}

/// "1st" of "options[0]"; empty where no place is said.
std::string name_place(std::string_view part) {
  const auto open = part.find('[');
  std::size_t place = 0;
  if (open == std::string_view::npos ||
      std::from_chars(part.data() + open + 1, part.data() + part.size(), place).ec != std::errc())
    return {};
  return name_ordinal(place + 1);
}

std::string name_lower(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

}  // namespace

std::span<const FieldName> field_names() { return kFieldNames; }

const FieldName* field_name(std::string_view path) {
  const auto plain = name_path(path);
  const auto found = std::find_if(std::begin(kFieldNames), std::end(kFieldNames),
                                  [&](const FieldName& row) { return row.path == plain; });
  return found == std::end(kFieldNames) ? nullptr : &*found;
}

std::string field_label(std::string_view path) {
  std::string label;
  std::size_t end = 0;
  while (end < path.size()) {
    const auto begin = end == 0 ? 0 : end + 1;
    end = std::min(path.find('.', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    std::string words;
    if (const auto* row = field_name(path.substr(0, end))) {
      words = row->label;
    } else {
      words = name_path(part);
      std::replace(words.begin(), words.end(), '_', ' ');
    }
    if (const auto place = name_place(part); !place.empty())
      words = place + " " + name_lower(std::move(words));
    label += label.empty() ? words : ", " + name_lower(std::move(words));
  }
  return label;
}

}  // namespace protocol
