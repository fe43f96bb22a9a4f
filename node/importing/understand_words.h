#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/encoding/time.h"

// Cells that name things from a list: kinds, languages, topics, identity groups, access.

namespace node {

struct KindReading {
  std::vector<std::string> kinds;  ///< vocabulary kinds
  std::string audience;            ///< where the kind says whom it is for: "public peer support"
};
KindReading understand_kind(std::string_view cell);

/// BCP 47 tags in the order of the cell; "ase" is American Sign Language.
std::vector<std::string> understand_languages(std::string_view cell);

/// Values of the vocabulary focus_topics; others stay in the kept words.
std::vector<std::string> understand_topics(std::string_view cell);

struct IdentityReading {
  std::string group;  ///< vocabulary identity_group
  std::string name;   ///< which faith
  std::string mode;   ///< "by_and_for" where that is said
};
std::vector<IdentityReading> understand_identity(std::string_view cell);

std::vector<std::string> understand_accessibility(std::string_view cell);
std::vector<std::string> understand_career_stages(std::string_view cell);

struct AgreementReading {
  std::string question;  ///< rules are named, and not whether anybody accepts them
  bool stated = false;   ///< there is an agreement: members agree, sign, or hold a contract
  std::string state;     ///< vocabulary agreement_state, where the words say which
  std::string resign;
  std::vector<std::string> clauses;
};
AgreementReading understand_agreement(std::string_view cell);

struct DateReading {
  std::optional<protocol::Date> date;
  std::string question;
};
/// "2026-11-03", "Nov 3, 2026", "3 November 2026", "11/3/2026" (asked about where day and month may
/// be exchanged).
DateReading understand_date(std::string_view cell);

/// "last seen 2014", "info from 2017-18", "as of 2020": the latest year that a remark says its
/// words are from.
std::optional<int> dated_remark(std::string_view cell);

struct LinkReading {
  std::string url;       ///< plain https; empty where the cell has none
  bool changed = false;  ///< "http://" or no scheme became https
  std::string problem;   ///< why what is there is no address
};
LinkReading understand_link(std::string_view cell);

/// A name without decoration: "*NEW* Group  " is "Group".
std::string understand_name(std::string_view cell);

/// Asks for the whole name where initials may be those of several associations ("OPA"); empty where
/// they are not.
std::string question_of_initials(std::string_view cell);

}  // namespace node
