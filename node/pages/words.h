#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/visibility.h"
#include "protocol/document/computed.h"
#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"

// What a listing says, in plain words (design: pages/README.md, "Words"). Pure functions; what they
// return is text and has yet to be escaped. Vocabulary values that this node does not know come out
// as "other (value)".

namespace node {

/// "Nov 24"; with the year where that is not `today`'s. No line breaks between month and day
/// (U+00A0), as before AM and PM below.
std::string date_words(protocol::Date date, protocol::Date today);
/// Of "2026-11-24"; the text itself where it is no date.
std::string date_words(std::string_view date, protocol::Date today);
std::string date_words(protocol::Timestamp time, protocol::Date today);

/// "a", "a and b", "a, b and c".
std::string joined_words(const std::vector<std::string>& items, std::string_view last = "and");
/// "Live captions, quiet space": the labels of values of one vocabulary.
std::string label_words(protocol::Vocabulary vocabulary, const std::vector<std::string>& values);
/// "by video" of "By video", as within a sentence; "EMDR" stays.
std::string within_sentence(std::string text);
/// "1 group", "2 groups", "1,200 groups".
std::string counted(std::size_t count, std::string_view one, std::string_view many);

/// "2nd and 4th Tuesday, 7:00–8:30 PM (ET)" of one rule; what it does not say is left out. Empty
/// when it says nothing that can be put into words.
std::string schedule_words(const protocol::ScheduleRule& rule, protocol::Date today);
/// All rules and `meets`; empty: not stated.
std::string schedule_words(const protocol::Listing& listing, protocol::Date today);
/// "Eastern Time" of "America/New_York"; the zone itself where it has no usual name.
std::string zone_words(std::string_view tzid);

/// The amount first, then the year. Both may be empty.
struct CostWords {
  std::string amount;  ///< "$15–$45 a meeting, you choose."
  std::string year;    ///< "About $180–$540 a year."
};
CostWords cost_words(const protocol::Listing& listing);
/// "$180–$540", "$120 or 120 CHF"; to the whole unit. Empty where there is none.
std::string range_words(const std::vector<protocol::AmountRange>& ranges);
/// "$25", "€12.50", "30 CHF"; the text itself where `amount` is no number.
std::string money_words(std::string_view amount, std::string_view currency);

/// "3 of 8 open on Nov 12"; openings said over 60 days ago are unknown. Empty: not stated.
std::string places_words(const protocol::Capacity& capacity, protocol::Date today);

/// "Informal peer circle, by video".
std::string kind_words(const protocol::Listing& listing);
/// What one gives and gets by meeting that way, in two sentences; empty of a format that is not
/// known here.
std::string format_note(std::string_view format);
/// "Video", "Columbus, Ohio, in person", "Columbus, Ohio, and by video"; empty: not stated.
std::string where_words(const protocol::Listing& listing);
/// Who leads it and for whom: "Dana Whitlock, LPCC-S, with the Ohio Chapter". People without a
/// recorded consent are not named. Empty: not stated.
std::string run_by_words(const protocol::Listing& listing);
/// "Clinical social worker (independent license)".
std::string license_words(const protocol::License& license);
/// "For psychologists, …": whom it takes. Empty: not stated.
std::string eligibility_words(const protocol::Listing& listing);
/// "by the group's leader".
std::string confirmed_by_words(std::string_view role);
/// English name of a BCP 47 tag: "Spanish", "American Sign Language".
std::string language_words(std::string_view tag);
/// "Creative Commons Attribution 4.0 (CC-BY-4.0)".
std::string data_license_words(std::string_view spdx);

/// "Recognized by Y, which Z recognizes, until Oct 1, 2027." `publisher_name` is who signed.
std::string recognition_words(const Standing& standing, protocol::Date today);

}  // namespace node
