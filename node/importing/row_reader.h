#pragma once

#include <string>
#include <vector>

#include "node/importing/columns.h"
#include "node/importing/sheet.h"
#include "node/importing/understand_people.h"
#include "node/importing/understand_schedule.h"
#include "node/importing/understand_words.h"

namespace node {

/// All that one row says, before it becomes a listing.
struct RowFacts {
  Understood understood;
  std::string license_rule, facilitation, platform, rrule, meets, drop_in, email, phone, summary,
      status;
  std::vector<std::string> topics, accessibility, career_stages;
  std::vector<IdentityReading> identity;
  AgreementReading agreement;
  std::optional<std::int64_t> rule_minutes;  ///< how long a meeting of the rule lasts
  std::string apply_url;
  std::string sponsor;
  bool waitlist = false, crisis_988 = false, place_is_served = false;
  std::string kind_words;  ///< a kind that the vocabulary does not have
};

/// What the rows of a sheet have in common.
struct RowContext {
  const SheetColumns& columns;
  protocol::Date today;
  std::string section;  ///< the section title above the row
  LicenseWords licenses = {};
};

/// Fills understood, questions, as_stated and not_understood of `row` from its cells.
RowFacts read_row(const std::vector<std::string>& record, RowContext& context, ImportedRow& row);

/// The credentialSubject without id, status defaults and dates that the publisher's defaults fill.
protocol::Json listing_subject(const RowFacts& facts, const ImportedRow& row);

}  // namespace node
