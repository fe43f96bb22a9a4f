#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/document/vocabularies.h"

namespace node {

/// licenses_of() walks all titles; a sheet asks for the same words in row after row.
class LicenseWords {
 public:
  const std::vector<protocol::License>& of(const std::string& words, const std::string& region);

 private:
  std::unordered_map<std::string, std::vector<protocol::License>> known_;
};

struct PeopleReading {
  std::vector<protocol::License> licenses;
  std::string license_rule;  ///< only where the words say it: "any license", "no license needed"
  std::string
      licenses_question;  ///< a title with two meanings, or one that is no license known here
  std::string audience;   ///< vocabulary audience
  std::string audience_question;
  std::vector<std::string> career_stages;
};

/// Who can join. "Therapists" or "licensed" alone name no license. `region` settles what a title
/// means there.
PeopleReading understand_people(std::string_view cell, const std::string& region,
                                LicenseWords& words);

/// Who leads, where that is plain: vocabulary facilitation, else empty.
std::string understand_facilitation(std::string_view cell);

}  // namespace node
