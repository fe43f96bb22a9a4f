#include "protocol/document/field_names.h"

#include <set>

#include <gtest/gtest.h>

#include "protocol/document/listing.h"
#include "protocol/document/listing_fields.h"
#include "tests/protocol/document/sample_subject.h"

namespace protocol {
namespace {

void names_collect(std::span<const Field> fields, const std::string& above,
                   std::vector<std::string>& paths) {
  for (const auto& field : fields) {
    const auto path =
        above.empty() ? std::string(field.name) : above + "." + std::string(field.name);
    paths.push_back(path);
    names_collect(field.members, path, paths);
  }
}

TEST(FieldNames, HaveOneRowForEachMemberInTheSameOrder) {
  std::vector<std::string> members;
  names_collect(listing_fields(), "", members);
  std::vector<std::string> rows;
  for (const auto& row : field_names()) {
    rows.emplace_back(row.path);
    EXPECT_FALSE(row.label.empty()) << row.path;
    EXPECT_EQ(row.label.find('_'), std::string_view::npos) << row.path;
  }
  EXPECT_EQ(rows, members);
}

TEST(FieldNames, NameAPlaceInAListInPlainWords) {
  EXPECT_EQ(field_label("cost.options[1].amount"), "Cost, 2nd option, amount");
  EXPECT_EQ(field_label("name"), "Name");
  EXPECT_EQ(field_label("kinds[10]"), "11th kind");
  EXPECT_EQ(field_label("from_the_future.deep[x]"), "from the future, deep");
  EXPECT_EQ(field_label(""), "");
}

TEST(FieldNames, GiveTheNamesOfStandards) {
  ASSERT_NE(field_name("schedule[3].rrule"), nullptr);
  EXPECT_EQ(field_name("schedule[3].rrule")->icalendar, "RRULE");
  EXPECT_EQ(field_name("name")->schema_org, "name");
  EXPECT_EQ(field_name("languages")->hsds, "language.code");
  EXPECT_EQ(field_name("nothing"), nullptr);
  EXPECT_EQ(standard_of(Vocabulary::license_family, "psychologist"), "NUCC 103T00000X");
  EXPECT_EQ(standard_of(Vocabulary::formats, "hybrid"), "schema.org/MixedEventAttendanceMode");
  EXPECT_EQ(standard_of(Vocabulary::formats, "hologram"), "");
}

TEST(FieldNames, SpeakToAVolunteerWhereSomethingIsWrong) {
  Json made = document_samples::subject();
  made.set("cost", Json::object({{"model", "subscription"},
                                 {"options", Json::array({Json::object(
                                                 {{"amount", "25ish"}, {"currency", "USD"}})})}}));
  const auto problems = problems_for_publishing(made);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(
      words_for(problems[0]),
      "Cost, 1st option, amount: '25ish' is not an amount; write 25 or 25.00, or leave it empty");
}

}  // namespace
}  // namespace protocol
