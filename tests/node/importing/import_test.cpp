#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "node/importing/cell_words.h"
#include "node/importing/plan.h"
#include "node/importing/preview.h"
#include "tests/support/shared_inputs.h"

namespace node {

namespace {

using protocol::Json;
using test_support::read_file;

protocol::Date import_today() { return *protocol::parse_date("2026-11-22"); }

std::filesystem::path import_data() { return test_support::shared_folder() / "data"; }

/// A folder of this test alone, gone with it.
class ImportFolder {
 public:
  ImportFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kith_import_XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  ~ImportFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ImportFolder(const ImportFolder&) = delete;
  ImportFolder& operator=(const ImportFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string import_output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string output;
  char buffer[4096];
  while (const auto size = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
  if (pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  return output;
}

std::int64_t import_count(const Json& score, std::string_view field, std::string_view what) {
  const Json* fields = field == "all" ? score.find("total") : score.find("fields")->find(field);
  return fields->find(what)->if_integer().value();
}

/// The plain table of `score`, and a line for each field that a machine can find.
void import_print(const Json& score) {
  std::cout << "field               stated understood wrong missed only asked invented\n";
  std::vector<std::string> fields;
  for (const auto& [name, counts] : *score.find("fields")->if_object()) fields.push_back(name);
  fields.emplace_back("all");
  for (const auto& field : fields) {
    const auto count = [&](std::string_view what) { return import_count(score, field, what); };
    std::printf("%-18s %7lld %10lld %5lld %6lld %10lld %8lld\n", field.c_str(),
                static_cast<long long>(count("stated")),
                static_cast<long long>(count("understood")), static_cast<long long>(count("wrong")),
                static_cast<long long>(count("missed")), static_cast<long long>(count("put")),
                static_cast<long long>(count("invented")));
    std::printf("MEASURED import %s: %lld of %lld understood, %lld wrong, %lld invented\n",
                field.c_str(), static_cast<long long>(count("understood")),
                static_cast<long long>(count("stated")), static_cast<long long>(count("wrong")),
                static_cast<long long>(count("invented")));
  }
  std::fflush(stdout);
}

Json import_score(const ImportedSheet& sheet) {
  const ImportFolder folder;
  const auto out = folder.path() / "out.json";
  std::ofstream(out) << protocol::canonical(to_json(sheet));
  const auto report = import_output_of(
      "python3 '" + (import_data() / "score_import.py").string() + "' '" + out.string() + "' '" +
      (import_data() / "groups_expected.ndjson").string() + "' --json");
  const auto score = protocol::parse_json(report);
  if (!score) throw std::runtime_error("the score is no JSON: " + report);
  return *score;
}

double import_share(const Json& score, std::string_view field) {
  return static_cast<double>(import_count(score, field, "understood")) /
         static_cast<double>(import_count(score, field, "stated"));
}

TEST(Import, CountsOnTheSharedSheet) {
  KITH_NEEDS(import_data() / "groups_sheet.csv");
  const auto sheet =
      understand_sheet(read_file(import_data() / "groups_sheet.csv"), import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const auto score = import_score(*sheet);
  import_print(score);

  EXPECT_EQ(import_share(score, "name"), 1);
  EXPECT_EQ(import_count(score, "name", "wrong"), 0);
  for (const auto* field : {"regions", "formats", "cost"})
    EXPECT_GE(import_share(score, field), 0.95) << field;
  for (const auto* field : {"cadence", "audience", "audience_licenses", "all"})
    EXPECT_GE(import_share(score, field), 0.9) << field;
  EXPECT_EQ(import_count(score, "all", "invented"), 0);
  EXPECT_LT(import_count(score, "all", "wrong") * 100, import_count(score, "all", "stated"));
  for (const auto* rows : {"missing", "extra", "twice"}) {
    ASSERT_NE(score.find(rows), nullptr);
    EXPECT_TRUE(score.find(rows)->if_array()->empty())
        << rows << ": " << protocol::canonical(*score.find(rows));
  }
}

TEST(Import, AsksAboutAllThatTheSharedSheetLeavesOpen) {
  KITH_NEEDS(import_data() / "groups_sheet.csv");
  const auto sheet =
      understand_sheet(read_file(import_data() / "groups_sheet.csv"), import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  std::size_t open = 0;
  for (const auto& line : split_cell(read_file(import_data() / "groups_expected.ndjson"), "\n")) {
    const auto key = protocol::parse_json(line);
    ASSERT_TRUE(key) << line;
    const auto record = key->find("record")->if_integer();
    const auto row = std::find_if(sheet->rows.begin(), sheet->rows.end(),
                                  [&](const auto& one) { return one.record == record; });
    ASSERT_NE(row, sheet->rows.end()) << line;
    for (const auto& field : *key->find("ambiguous")->if_array()) {
      ++open;
      EXPECT_TRUE(std::any_of(row->questions.begin(), row->questions.end(),
                              [&](const auto& one) { return one.field == *field.if_string(); }))
          << row->understood.name << ": " << *field.if_string();
    }
  }
  EXPECT_GT(open, 0U);
  std::printf("MEASURED import asked: all %zu that are open\n", open);
}

TEST(Import, TellsGroupsFromOtherRowsOfTheSharedSheet) {
  KITH_NEEDS(import_data() / "groups_sheet_rows.json");
  const auto sheet =
      understand_sheet(read_file(import_data() / "groups_sheet.csv"), import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const auto rows = protocol::parse_json(read_file(import_data() / "groups_sheet_rows.json"));
  ASSERT_TRUE(rows);
  const std::map<std::string, RowKind> kinds = {{"title", RowKind::title},
                                                {"header", RowKind::header},
                                                {"section_header", RowKind::section},
                                                {"blank", RowKind::blank},
                                                {"duplicate", RowKind::duplicate},
                                                {"footer", RowKind::footer},
                                                {"listing", RowKind::listing}};
  ASSERT_EQ(rows->if_array()->size(), sheet->rows.size());
  for (std::size_t i = 0; i < sheet->rows.size(); ++i) {
    const auto& want = (*rows->if_array())[i];
    SCOPED_TRACE(sheet->rows[i].record);
    EXPECT_EQ(want.find("record")->if_integer(), sheet->rows[i].record);
    EXPECT_EQ(sheet->rows[i].kind, kinds.at(*want.find("type")->if_string()));
  }
}

/// The same table with its columns in another order, under other headings, as another program saves
/// it.
std::string import_mangled(const Csv& csv, std::mt19937& random, std::vector<std::size_t>& order) {
  const std::map<std::string, std::string> headings = {
      {"Group / Network name", "Name of the group"},
      {"Run by", "Organization"},
      {"What kind?", "Type of group"},
      {"Who can join (license etc.)", "Open to"},
      {"City & State", "Location"},
      {"In person or online??", "Format"},
      {"Cost", "Fees"},
      {"How often", "Frequency"},
      {"Day / Time", "When"},
      {"How long", "Duration"},
      {"Max size / open or closed", "Group size"},
      {"Leader's credentials", "Facilitator"},
      {"Specialty", "Focus"},
      {"Language", "Languages"},
      {"For (identity group)", "Identity"},
      {"Confidentiality", "Privacy"},
      {"Sponsor", "Sponsored by"},
      {"How do I join?", "How to sign up"},
      {"Web page", "Website"},
      {"Secretary notes", "Remarks"}};
  order.resize(20);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  std::string text;
  for (const auto& record : csv.records) {
    // Titles and sections stay in the first column, as they do in a sheet whose columns are moved.
    const bool line = std::count_if(record.begin(), record.end(),
                                    [](const auto& cell) { return !cell.empty(); }) == 1;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto from = line ? i : order[i];
      auto cell = from < record.size() ? record[from] : std::string();
      if (const auto heading = headings.find(cell); heading != headings.end())
        cell = heading->second;
      text += i > 0 ? ";" : "";
      text += '"';
      for (const char c : cell) {
        text += c;
        if (c == '"') text += c;
      }
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

/// UTF-8 as Windows-1252, for the letters that such sheets have; throws on others.
std::string import_windows(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
    } else if (lead == 0xC2 || lead == 0xC3) {
      const auto next = static_cast<unsigned char>(text.at(++i));
      bytes += static_cast<char>(lead == 0xC2 ? next : next + 0x40);
    } else if (text.compare(i, 3, "\xE2\x80\x99") == 0) {
      bytes += '\x92';
      i += 2;
    } else if (text.compare(i, 3, "\xE2\x80\x93") == 0) {
      bytes += '\x96';
      i += 2;
    } else {
      throw std::runtime_error("not in Windows-1252 at byte " + std::to_string(i));
    }
  }
  return bytes;
}

TEST(Import, UnderstandsTheSameSheetMangled) {
  KITH_NEEDS(import_data() / "groups_sheet.csv");
  const auto file = read_file(import_data() / "groups_sheet.csv");
  const auto csv = read_csv(file);
  ASSERT_TRUE(csv);
  const auto seed = test_support::run_seed();
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  for (int round = 0; round < 5; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    std::vector<std::size_t> order;
    // A letter that UTF-8 writes otherwise makes sure that the encoding is recognized.
    auto text = import_mangled(*csv, random, order);
    const auto at = text.find("Peer groups list");
    ASSERT_NE(at, std::string::npos);
    text.insert(at, "Caf\xC3\xA9 \xE2\x80\x93 ");
    const auto sheet = understand_sheet(import_windows(text), import_today());
    ASSERT_TRUE(sheet) << sheet.error().detail;
    const auto score = import_score(*sheet);
    EXPECT_EQ(import_share(score, "all"), 1) << protocol::canonical(score);
    EXPECT_EQ(import_count(score, "all", "invented"), 0);
    EXPECT_TRUE(score.find("missing")->if_array()->empty());
    EXPECT_TRUE(score.find("extra")->if_array()->empty());
  }
}

std::string import_filled(std::string text, protocol::Date today) {
  // "{today-12d}" and "{today-12d:long}", as the demo's fill_dates.py writes them.
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (auto at = text.find("{today"); at != std::string::npos; at = text.find("{today", at)) {
    const auto end = text.find('}', at);
    const auto token = text.substr(at + 6, end - at - 6);
    const auto day = today + std::chrono::days(token.empty() ? 0 : std::stoi(token));
    const std::chrono::year_month_day date{day};
    const bool spelled = token.find(":long") != std::string::npos;
    const auto month = static_cast<unsigned>(date.month());
    text.replace(at, end - at + 1,
                 spelled ? std::string(kMonths[month - 1]) + " " +
                               std::to_string(static_cast<unsigned>(date.day())) + ", " +
                               std::to_string(static_cast<int>(date.year()))
                         : protocol::format_date(day));
  }
  return text;
}

TEST(Import, TakesEverySampleSheetWhole) {
  struct Case {
    const char* sheet;
    std::size_t listings;
    const char* area;
  };
  const Case cases[] = {{"national.csv", 14, "US"},  {"ohio.csv", 36, "US-OH"},
                        {"oregon.csv", 30, "US-OR"}, {"lantern.csv", 18, "US-OH"},
                        {"alumni.csv", 14, "US-MI"}, {"clearsummit.csv", 8, "US-OR"}};
  std::size_t all = 0;
  std::map<std::string, std::size_t> stated;
  std::map<std::string, std::size_t> understood;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sheet);
    const auto path = std::filesystem::path(KITH_SOURCE) / "examples" / "federation" / c.sheet;
    const auto sheet =
        understand_sheet(import_filled(read_file(path), import_today()), import_today());
    ASSERT_TRUE(sheet) << sheet.error().detail;
    protocol::ListingDefaults defaults;
    defaults.today = import_today();
    defaults.area = {c.area};
    const auto changes = plan_import(*sheet, {}, defaults);
    EXPECT_EQ(changes.size(), c.listings);
    for (const auto& change : changes) {
      EXPECT_EQ(change.kind, ChangeKind::add)
          << change.name << (change.problems.empty() ? "" : change.problems[0].message);
    }
    for (const auto& [heading, field] : sheet->columns) EXPECT_NE(field, "") << heading;
    for (const auto& row : sheet->rows) {
      if (row.kind != RowKind::listing) continue;
      ++all;
      const auto& said = row.understood;
      const auto count = [&](const std::string& field, bool yes) {
        const bool there = std::any_of(row.as_stated.begin(), row.as_stated.end(),
                                       [&](const auto& kept) { return kept.first == field; });
        if (there) ++stated[field];
        if (there && yes) ++understood[field];
      };
      count("formats", !said.formats.empty());
      count("cost", said.cost.has_value());
      count("regions", !said.regions.empty());
      count("kinds", !said.kinds.empty());
      count("audience", !said.audience.empty() || !said.licenses.empty());
      count("languages", !said.languages.empty());
      count("links", !said.join_url.empty());
      count("confirmed_at", !said.confirmed_on.empty());
      count("duration", said.duration_min.has_value());
      count("schedule", !said.nth_days.empty() || !said.start_local.empty() ||
                            !said.cadence.empty() || row.subject.find("meets"));
    }
  }
  EXPECT_EQ(all, 120U);
  for (const auto& [field, count] : stated) {
    const auto share = static_cast<double>(understood[field]) / static_cast<double>(count);
    std::printf("MEASURED import samples %s: %zu of %zu understood\n", field.c_str(),
                understood[field], count);
    EXPECT_GE(share, field == "audience" ? 0.9 : 0.95) << field;
  }
}

TEST(Import, RefusesSheetsWithoutNamesAndSaysWhatItSaw) {
  const auto sheet = understand_sheet("Color,Weight\nred,5\n", import_today());
  ASSERT_FALSE(sheet);
  EXPECT_EQ(sheet.error().code, protocol::ErrorCode::invalid);
  EXPECT_NE(sheet.error().detail.find("'Color', 'Weight'"), std::string::npos)
      << sheet.error().detail;
  EXPECT_NE(sheet.error().detail.find("Group name"), std::string::npos);
  EXPECT_FALSE(understand_sheet("", import_today()));
  EXPECT_FALSE(understand_sheet("\n\n\n", import_today()));
}

TEST(Import, TakesTheFirstOfTwoColumnsOfNames) {
  const auto sheet =
      understand_sheet("Name,Name,E-mail\nTea Hour,A. Leader,a@tea.example\n", import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 2U);
  EXPECT_EQ(sheet->rows[1].understood.name, "Tea Hour");
  // Who leads it is no name of a group, and nothing of it is published.
  EXPECT_EQ(sheet->columns[1].second, "");
}

TEST(Import, FindsTheNamesUnderAHeadingNobodyKnows) {
  const auto sheet = understand_sheet(
      "Ln,Rec'd,Wotsit,Elig.,Loc.,Freq.,Day/Time,Len.,Fee,Web\n"
      "1,3/4,Tea Hour for Helpers,LISW,Toledo OH,mthly,1st Tues noon,1 hr,free,tea.example\n"
      "2,3/9,Salt Circle of Akron,LPCC,Akron OH,wkly,Mon 7pm,90 min,$5,salt.example\n"
      "3,4/2,Grief Readers,LMFT,Ohio,qtrly,,2 hr,free,grief.example\n",
      import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 4U);
  EXPECT_EQ(sheet->rows[1].understood.name, "Tea Hour for Helpers");
  EXPECT_EQ(sheet->rows[1].understood.regions, std::vector<std::string>{"US-OH"});
  EXPECT_EQ(sheet->rows[2].understood.cadence, "weekly");
  EXPECT_EQ(sheet->rows[3].understood.duration_min, 120);
  // Where nothing looks like names, nothing is guessed.
  EXPECT_FALSE(understand_sheet("Elig.,Loc.,Freq.,Len.,Fee,Web\nLISW,OH,wkly,1 hr,free,a.example\n",
                                import_today()));
}

TEST(Import, ReadsPricesPlacesAndHoursThatStandInSeveralColumns) {
  const auto sheet = understand_sheet(
      "#,Circle,Town,State / country,Rhythm,Day,From,To,Our members pay,Everybody else pays,"
      "Dues paid thru,Taking new folks?,Find it at\n"
      "1,Tea Hour,Toledo,Ohio,monthly,1st Tues,noon ET,1 ET,$5/session,$12/session,12/26 ($40 rcvd)"
      ",yes pls,tea.example\n"
      "2,Salt Circle,anywhere,US,weekly,Mon,7pm,8:30pm,free,free,,always,salt.example\n"
      "3,Guest Night,Cork,Ireland,,,,,,10 EUR per meeting,,n,guest.example\n",
      import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), 4U);
  const auto& tea = sheet->rows[1].understood;
  EXPECT_EQ(tea.locality, "Toledo");
  EXPECT_EQ(tea.regions, std::vector<std::string>{"US-OH"});
  EXPECT_EQ(tea.start_local, "12:00");
  EXPECT_EQ(tea.duration_min, 60);
  EXPECT_EQ(tea.tzid, "America/New_York");
  EXPECT_EQ(tea.intake, "open");
  EXPECT_EQ(tea.join_url, "https://tea.example");
  ASSERT_TRUE(tea.cost);
  ASSERT_EQ(tea.cost->options.size(), 2U);
  EXPECT_EQ(tea.cost->options[0].amount + tea.cost->options[0].for_whom, "5members");
  EXPECT_EQ(tea.cost->options[1].amount + tea.cost->options[1].for_whom, "12non_members");
  const auto& salt = sheet->rows[2].understood;
  EXPECT_EQ(salt.locality, "");
  ASSERT_TRUE(salt.cost);
  EXPECT_EQ(salt.cost->model, "free");
  EXPECT_EQ(salt.duration_min, 90);
  const auto& guest = sheet->rows[3].understood;
  ASSERT_TRUE(guest.cost);
  EXPECT_EQ(guest.cost->options.at(0).for_whom, "non_members");
  EXPECT_EQ(guest.intake, "closed");
  // What the office keeps of an account is nobody's business.
  EXPECT_EQ(protocol::canonical(sheet->rows[1].subject).find("rcvd"), std::string::npos);
}

TEST(Import, ReadsTheQuestionsOfAForm) {
  const std::string file =
      "Timestamp\tWhat do you call your group?\tWho runs the group, and for which body?\t"
      "What kind of group is it (pick the nearest one)?\tWho can come? Please name the licenses, "
      "or "
      "say that it does not matter\tWhere do you meet? (town and state, or \"only online\")\tDo "
      "you "
      "meet in person or online?\tHow often does the group come together in an ordinary month?\tOn "
      "what days and at what time do you meet (please say the time zone)?\tHow long does one "
      "meeting "
      "last?\tIs there a fee, and how much is it for members and others?\tHow many people fit in, "
      "and are you open to new ones at the moment?\tWhich languages do you speak in the group?\tDo "
      "people sign a confidentiality agreement before they come?\tHow does somebody who wants to "
      "join get in touch with you?\tIs there a website where one can read more?\n"
      "1/2/2026\tTea Hour\tBody A\tconsultation group\tLISW\tLima, OH\tin person\tmonthly\t2nd "
      "Tuesday 7-8:30 pm ET\t90 min\t$10 per meeting\t8, open\tEnglish\tyes\tby mail\t"
      "https://tea.example/\n";
  const auto sheet = understand_sheet(file, import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const std::vector<std::string> fields = {
      "",         "name",     "run_by", "kinds",  "audience",  "regions",   "formats", "cadence",
      "schedule", "duration", "cost",   "intake", "languages", "agreement", "join",    "links"};
  ASSERT_EQ(sheet->columns.size(), fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool size = fields[i] == "intake" && sheet->columns[i].second == "size";
    EXPECT_TRUE(sheet->columns[i].second == fields[i] || size)
        << sheet->columns[i].first << ": " << sheet->columns[i].second;
  }
  const auto& said = sheet->rows.at(1).understood;
  EXPECT_EQ(said.name, "Tea Hour");
  EXPECT_EQ(said.size_max, 8);
  EXPECT_EQ(said.intake, "open");
  EXPECT_TRUE(said.agreement_stated);
  EXPECT_EQ(said.nth_days, std::vector<std::string>{"2TU"});
  // "Yes" is an answer where an agreement is asked for, not under "Confidentiality".
  const auto other =
      understand_sheet("Group,Cost,Confidentiality\nTea Hour,free,yes\n", import_today());
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->rows.at(1).understood.agreement_stated);
}

TEST(Import, ReadsColumnsUnderHeadingsNobodyKnowsByTheirCells) {
  std::string file =
      "Group,City,State,How often,Run by,Web page,Face or screen,Tongue,Those invited,Boss,"
      "Who minds it,Arrears\n";
  for (const auto* row :
       {"Zoom,English,LPCs,LCSW,a@home.example,$20\n",
        "in person,Spanish,therapists,LPC,b@home.example,$30\n",
        "hybrid,English,LISW,LMFT,c@home.example,$5\n", "?,,LPCs and LMFTs,,d@home.example,\n",
        "phone,English & Spanish,psychologists,PhD,e@home.example,$10\n"}) {
    const auto number = std::to_string(file.size());
    file += "Circle " + number + ",Lima,OH,weekly,Body,https://" + number + ".example/," + row;
  }
  const auto sheet = understand_sheet(file, import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const auto field = [&](std::string_view heading) {
    for (const auto& [words, meaning] : sheet->columns)
      if (words == heading) return meaning;
    return std::string("no such column");
  };
  EXPECT_EQ(field("Face or screen"), "formats");
  EXPECT_EQ(field("Tongue"), "languages");
  EXPECT_EQ(field("Those invited"), "audience");
  // Licenses of whoever leads, addresses of persons, and sums that may be debts stay unread.
  EXPECT_EQ(field("Boss"), "");
  EXPECT_EQ(field("Who minds it"), "");
  EXPECT_EQ(field("Arrears"), "");
  for (const auto& row : sheet->rows) {
    for (const auto& [name, words] : row.as_stated)
      EXPECT_EQ(words.find("home.example"), std::string::npos) << name;
  }
}

TEST(Import, ASentenceInACellIsNoRowOfHeadings) {
  const auto sheet = understand_sheet(
      "Group,Cost,Notes\nTea Hour,free,What is the name of your group and how much does it cost?\n",
      import_today());
  ASSERT_TRUE(sheet);
  ASSERT_EQ(sheet->rows.size(), 2U);
  EXPECT_EQ(sheet->rows[1].kind, RowKind::listing);
}

TEST(Import, FindsTheHeadingsBelowTitlesAndSkipsWhatIsNoGroup) {
  const auto sheet = understand_sheet(
      "Peer groups 2026,,,\n"
      "kept by the office,,,\n"
      ",,,\n"
      "Program,Price,Where,Website\n"
      "=== ONLINE ===,,,\n"
      "Tea Hour,free,Ohio,tea.example.org\n"
      "Program,Price,Where,Website\n"
      "tea hour,,,https://tea.example.org\n"
      "Tea Hour,free,Oregon,\n"
      "Total:,2,,\n"
      "Last updated by the office,,,\n",
      import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  std::vector<RowKind> kinds;
  for (const auto& row : sheet->rows) kinds.push_back(row.kind);
  EXPECT_EQ(kinds, (std::vector<RowKind>{RowKind::title, RowKind::title, RowKind::blank,
                                         RowKind::header, RowKind::section, RowKind::listing,
                                         RowKind::header, RowKind::duplicate, RowKind::listing,
                                         RowKind::footer, RowKind::footer}));
  EXPECT_EQ(sheet->rows[7].note, "same group as record 6");
}

TEST(Import, PublishesNeitherNotesNorWhoLeads) {
  const auto sheet = understand_sheet(
      "Group,Leader,Notes,Web page,Cost\n"
      "Tea Hour,Pat Doe LCSW,Pat is moving away,https://tea.example.org/,\"about the price of a "
      "cake, or so\"\n",
      import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  const auto& row = sheet->rows[1];
  const auto signed_text = protocol::canonical(row.subject);
  EXPECT_EQ(signed_text.find("Pat"), std::string::npos) << signed_text;
  EXPECT_NE(signed_text.find("price of a cake"), std::string::npos) << signed_text;
  ASSERT_EQ(row.not_understood.size(), 1U);
  EXPECT_EQ(row.not_understood[0].first, "Cost");
}

TEST(Import, KeepsThePublishersWordsWithinTheirSizes) {
  std::string cells = "Tea Hour";
  std::string long_words = "peers";
  while (long_words.size() < 600) long_words += " \xC3\xA9t\xC3\xA9 peers";
  for (int i = 0; i < 12; ++i) cells += ",\"" + long_words + "\"";
  const auto sheet = understand_sheet(
      "Group,Run by,Kind,Who can join,Location,Format,Cost,How often,When,How "
      "long,Size,Focus,Confidentiality\n" +
          cells + "\n",
      import_today());
  ASSERT_TRUE(sheet) << sheet.error().detail;
  std::size_t all = 0;
  for (const auto& [name, words] : *sheet->rows[1].subject.find("as_stated")->if_object()) {
    EXPECT_LE(words.if_string()->size(), 200U) << name;
    all += words.if_string()->size();
  }
  EXPECT_LE(all, 2'000U);
  EXPECT_GT(all, 1'500U);
  protocol::ListingDefaults defaults;
  defaults.today = import_today();
  defaults.area = {"US-OH"};
  const auto changes = plan_import(*sheet, {}, defaults, "office@example.org");
  ASSERT_EQ(changes.size(), 1U);
  for (const auto& problem : changes[0].problems)
    ADD_FAILURE() << problem.field << ": " << problem.message;
}

TEST(Import, UnderstandsALargeSheetInTime) {
  std::string file = "Group,Who can join,Where,Format,Cost,When,Web page\n";
  for (int i = 0; i < 3'000; ++i) {
    file += "Group " + std::to_string(i) + ",\"LPC, LCSW and trainees\",\"Columbus, OH\",Zoom,$" +
            std::to_string(i % 90) +
            " per meeting,\"2nd Tuesday, 7-8:30pm ET\",https://example.org/" + std::to_string(i) +
            "\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto sheet = understand_sheet(file, import_today());
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(sheet) << sheet.error().detail;
  EXPECT_EQ(sheet->rows.size(), 3'001U);
  EXPECT_EQ(std::count_if(sheet->rows.begin(), sheet->rows.end(),
                          [](const auto& row) { return row.kind == RowKind::listing; }),
            3'000);
  std::printf(
      "MEASURED import of 3,000 rows: %lld ms\n",
      static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(60));
}

TEST(Import, SaysOfAnEmptyFileThatNothingIsInIt) {
  for (const char* file : {"", "\xef\xbb\xbf", "\n\n\n", ",,\n , \n"}) {
    const auto sheet = node::understand_file(file, protocol::Date{});
    ASSERT_FALSE(sheet);
    EXPECT_NE(sheet.error().detail.find("nothing in it"), std::string::npos)
        << sheet.error().detail;
  }
}

}  // namespace

}  // namespace node
