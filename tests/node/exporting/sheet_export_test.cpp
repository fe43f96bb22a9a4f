#include "node/exporting/sheet_export.h"

#include <cstdlib>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/node/exporting/random_listing.h"
#include "tests/support/shared_inputs.h"

namespace node {
namespace {

using protocol::Json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

protocol::Date exported_on() { return *protocol::parse_date("2026-11-22"); }

protocol::ListingDefaults exported_defaults() {
  protocol::ListingDefaults defaults;
  defaults.today = exported_on() + std::chrono::days{40};
  defaults.area = {"US-OH"};
  return defaults;
}

/// What importing `csv` would change of `listings`, in words; `held` with what each exports.
std::vector<std::string> exported_changes(const std::string& csv,
                                          std::vector<ExistingListing> listings) {
  for (auto& listing : listings) listing.exported = sheet_cells(listing.subject, listing.id);
  const auto sheet = understand_sheet(csv, exported_defaults().today);
  if (!sheet) return {sheet.error().detail};
  std::vector<std::string> changes;
  for (const auto& change :
       plan_import(*sheet, listings, exported_defaults(), "office@chapter.example")) {
    if (change.kind == ChangeKind::unchanged) continue;
    std::string text = change.id + " " + std::to_string(static_cast<int>(change.kind));
    for (const auto& one : change.differences)
      text += "\n  " + one.field + ": " + one.before + " -> " + one.after;
    for (const auto& one : change.problems) text += "\n  " + one.field + ": " + one.message;
    changes.push_back(std::move(text));
  }
  return changes;
}

std::vector<ExistingListing> exported_random(std::mt19937_64& random, std::size_t count) {
  std::vector<ExistingListing> listings;
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = test_support::numbered_id(i + 1);
    listings.push_back({id, test_support::random_listing(random, id), {}});
  }
  return listings;
}

TEST(SheetExport, ImportedAgainChangesNothing) {
  std::mt19937_64 random(test_support::run_seed());
  for (int i = 0; i < test_support::rounds(200); ++i) {
    const auto listings = exported_random(random, 1 + random() % 12);
    const auto sheet = export_sheet(listings);
    ASSERT_THAT(exported_changes(sheet.csv, listings), IsEmpty()) << sheet.csv;
  }
}

TEST(SheetExport, APriceThatSaysNothingComesBackAsItWas) {
  std::mt19937_64 random(1);
  auto listings = exported_random(random, 1);
  listings[0].subject.erase("as_stated");
  listings[0].subject.set(
      "cost", *protocol::parse_json(R"({"model":"swap","options":[{}],"refund":"pro_rata"})"));
  const auto sheet = export_sheet(listings);
  EXPECT_THAT(exported_changes(sheet.csv, listings), IsEmpty()) << sheet.csv;
}

TEST(SheetExport, OneChangedCellChangesWhatItSaysAndNothingElse) {
  std::mt19937_64 random(test_support::run_seed());
  for (int i = 0; i < test_support::rounds(300); ++i) {
    auto listings = exported_random(random, 3);
    for (auto& listing : listings) listing.exported = sheet_cells(listing.subject, listing.id);
    const auto csv = export_sheet(listings).csv;
    const auto sheet = understand_sheet(csv, exported_on());
    ASSERT_TRUE(sheet.has_value());
    // The second listing gets another page.
    auto records = read_csv(csv).value().records;
    ASSERT_EQ(records.size(), 4U);
    const auto columns = find_columns(records).value();
    records[2][columns.column(SheetField::web).value()] = "https://new.example/";
    std::string edited;
    for (const auto& record : records) edited += write_csv_record(record);
    const auto again = understand_sheet(edited, exported_on());
    ASSERT_TRUE(again.has_value());
    for (const auto& change : plan_import(*again, listings, exported_defaults())) {
      SCOPED_TRACE(csv);
      if (change.id != listings[1].id) {
        EXPECT_EQ(change.kind, ChangeKind::unchanged);
        continue;
      }
      ASSERT_EQ(change.kind, ChangeKind::update)
          << (change.problems.empty() ? "" : change.problems[0].message);
      for (const auto& difference : change.differences)
        EXPECT_THAT(difference.field, testing::AnyOf("links", "as_stated"));
      EXPECT_EQ(*change.subject.find("links")->find("home")->if_string(), "https://new.example/");
      const Json* before = listings[1].subject.find("links");
      if (before && before->find("charter")) {
        EXPECT_EQ(*change.subject.find("links")->find("charter"), *before->find("charter"));
      }
    }
  }
}

TEST(SheetExport, StaysTheSameWithoutItsIdsWhereWordsCanSayIt) {
  std::mt19937_64 random(test_support::run_seed());
  // Read by a node that knows nothing of them, the plainest members come back.
  for (int i = 0; i < test_support::rounds(100); ++i) {
    const auto id = test_support::numbered_id(1);
    Json subject = Json::object({{"id", id},
                                 {"type", "PeerSupportGroup"},
                                 {"name", "Tea Hour"},
                                 {"kinds", Json::array({"informal_circle"})},
                                 {"audience", "therapists"},
                                 {"area", Json::array({"US-OH"})},
                                 {"links", Json::object({{"home", "https://tea.example/"}})},
                                 {"status", "active"},
                                 {"confirmed_at", "2026-11-01"},
                                 {"confirmed_by_role", "leader"},
                                 {"review_by", "2027-04-30"},
                                 {"lang", "en"},
                                 {"data_license", "CC-BY-4.0"},
                                 {"summary", "=A group"},
                                 {"formats", Json::array({"video"})},
                                 {"regions", Json::array({"US-OR", "US-OH"})},
                                 {"languages", Json::array({"es"})}});
    const auto csv = export_sheet(std::vector<ExistingListing>{{id, subject, {}}}).csv;
    const auto read = understand_sheet(csv, exported_on()).value();
    const auto& back = read.rows.at(1).subject;
    for (const auto* member : {"name", "kinds", "audience", "links", "summary", "formats",
                               "regions", "languages", "confirmed_at"}) {
      ASSERT_NE(back.find(member), nullptr) << member << "\n" << csv;
      EXPECT_EQ(protocol::canonical(*back.find(member)),
                protocol::canonical(*subject.find(member)));
    }
  }
}

TEST(SheetExport, DisarmsFormulas) {
  for (const std::string start : {"=", "+", "-", "@", "'=", "''@"}) {
    const auto id = test_support::numbered_id(1);
    const Json subject = Json::object({{"id", id},
                                       {"type", "PeerSupportGroup"},
                                       {"name", start + "SUM(A1:A9)"},
                                       {"kinds", Json::array({"informal_circle"})},
                                       {"audience", "therapists"},
                                       {"area", Json::array({"US-OH"})},
                                       {"contact", Json::object({{"public", "a@b.example"}})},
                                       {"status", "active"},
                                       {"confirmed_at", "2026-11-01"},
                                       {"confirmed_by_role", "leader"},
                                       {"review_by", "2027-04-30"},
                                       {"lang", "en"},
                                       {"data_license", "CC-BY-4.0"}});
    const auto csv = export_sheet(std::vector<ExistingListing>{{id, subject, {}}}).csv;
    EXPECT_THAT(csv, HasSubstr("\r\n\"'" + start + "SUM(A1:A9)\","));
    EXPECT_THAT(exported_changes(csv, {{id, subject, {}}}), IsEmpty());
  }
}

TEST(SheetExport, NamesWhatASheetDoesNotHold) {
  std::mt19937_64 random(7);
  auto listings = exported_random(random, 20);
  const auto sheet = export_sheet(listings);
  EXPECT_THAT(sheet.not_held, testing::Contains(testing::Pair("data_license", testing::Gt(0U))));
  EXPECT_THAT(sheet.not_held, Not(testing::Contains(testing::Pair("as_stated", testing::_))));
}

TEST(SheetExport, KeepsTheSharedSheetThroughARoundTrip) {
  const auto path = test_support::shared_folder() / "data" / "groups_sheet.csv";
  KITH_NEEDS(path);
  const auto sheet = understand_sheet(test_support::read_file(path), exported_on()).value();
  std::vector<ExistingListing> listings;
  for (auto& change : plan_import(sheet, {}, exported_defaults(), "office@chapter.example")) {
    if (change.kind != ChangeKind::add) continue;
    const auto id = test_support::numbered_id(listings.size() + 1);
    change.subject.set("id", id);
    listings.push_back({id, change.subject, {}});
  }
  ASSERT_GT(listings.size(), 60U);
  const auto exported = export_sheet(listings);
  EXPECT_THAT(exported_changes(exported.csv, listings), IsEmpty());

  // And read by a node that knows none of them: how much comes back by words alone.
  const auto again = understand_sheet(exported.csv, exported_defaults().today).value();
  std::size_t members = 0, same = 0, row = 0;
  for (const auto& one : again.rows) {
    if (one.kind != RowKind::listing) continue;
    for (const auto& [name, value] : *listings.at(row).subject.if_object()) {
      // The publisher's defaults stand in no column.
      static const std::set<std::string_view> kDefaults = {
          "id",        "type", "area",         "status",   "confirmed_by_role",
          "review_by", "lang", "data_license", "as_stated"};
      if (kDefaults.contains(name)) continue;
      const Json* back = one.subject.find(name);
      ++members;
      if (back && protocol::canonical(*back) == protocol::canonical(value)) {
        ++same;
      } else if (std::getenv("KITH_SHOW") != nullptr) {
        std::printf("%s: %s -> %s\n", name.c_str(), protocol::canonical(value).c_str(),
                    back ? protocol::canonical(*back).c_str() : "nothing");
      }
    }
    ++row;
  }
  EXPECT_EQ(row, listings.size());
  std::printf("%zu of %zu members read again by words alone\n", same, members);
  EXPECT_GE(same * 100, members * 95);
}

}  // namespace
}  // namespace node
