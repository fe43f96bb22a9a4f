#include "node/importing/csv.h"

#include <chrono>
#include <random>

#include <gtest/gtest.h>

#include "node/importing/sheet.h"
#include "tests/support/shared_inputs.h"

namespace node {

namespace {

using protocol::ErrorCode;
using CsvRecords = std::vector<std::vector<std::string>>;

TEST(Csv, ReadsQuotesLineBreaksAndEmptyCells) {
  const auto csv = read_csv("a,\"b, \"\"c\"\"\r\nd\",\r\n\r\n,,x\n\"\",y");
  ASSERT_TRUE(csv) << csv.error().detail;
  EXPECT_EQ(csv->records, (CsvRecords{{"a", "b, \"c\"\r\nd"}, {}, {"", "", "x"}, {"", "y"}}));
  EXPECT_EQ(csv->separator, ',');
  EXPECT_EQ(csv->encoding, "UTF-8");
}

TEST(Csv, TakesQuotesInsideUnquotedCellsAsExcelDoes) {
  const auto csv = read_csv("6\" pipe,the \"Circle\" group\n\"quoted\" and more,z\n");
  ASSERT_TRUE(csv) << csv.error().detail;
  EXPECT_EQ(csv->records,
            (CsvRecords{{"6\" pipe", "the \"Circle\" group"}, {"quoted and more", "z"}}));
}

TEST(Csv, RecognizesTheSeparator) {
  struct Case {
    const char* name;
    const char* text;
    char want;
  };
  const Case cases[] = {
      {"comma", "a,b,c\n1;2,3,4\n", ','},
      {"semicolon, with commas in the cells", "a;b;c\n1, 2;3;4\n5, 6, 7;8;9\n", ';'},
      {"tab", "a\tb\tc\n1, 2\t3\t4;5\n", '\t'},
      {"named as Excel does", "sep=;\na;b\n", ';'},
      {"separators in quotes do not count", "\"a;b;c;d\",e\n\"f;g;h;i\",j\n", ','},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto csv = read_csv(c.text);
    ASSERT_TRUE(csv) << csv.error().detail;
    EXPECT_EQ(csv->separator, c.want);
  }
}

TEST(Csv, RecognizesTheEncoding) {
  struct Case {
    const char* name;
    std::string file;
    const char* encoding;
    std::string cell;
  };
  const Case cases[] = {
      {"UTF-8", "Caf\xC3\xA9,x\n", "UTF-8", "Caf\xC3\xA9"},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "Caf\xC3\xA9,x\n",
       "UTF-8", "Caf\xC3\xA9"},
      {"Windows", "Caf\xE9 \x93hi\x94,x\n", "Windows-1252",
       "Caf\xC3\xA9 \xE2\x80\x9Chi\xE2\x80\x9D"},
      {"UTF-16 little",
       std::string("\xFF\xFE"
                   "C\0a\0f\0\xE9\0,\0x\0",
                   14),
       "UTF-16", "Caf\xC3\xA9"},
      {"UTF-16 big", std::string("\xFE\xFF\0C\0a\0f\0\xE9\0,\0x", 14), "UTF-16", "Caf\xC3\xA9"},
      {"UTF-16 pair", std::string("\xFF\xFE\x3D\xD8\x00\xDE,\0x\0", 10), "UTF-16",
       "\xF0\x9F\x98\x80"},
      {"UTF-16 half a pair", std::string("\xFF\xFE\x3D\xD8,\0x\0", 8), "UTF-16", "\xEF\xBF\xBD"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto csv = read_csv(c.file);
    ASSERT_TRUE(csv) << csv.error().detail;
    EXPECT_EQ(csv->encoding, c.encoding);
    ASSERT_FALSE(csv->records.empty());
    EXPECT_EQ(csv->records[0][0], c.cell);
  }
}

TEST(Csv, RefusesWhatIsNoSheetAndWhatIsTooLarge) {
  const auto rows = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "a,b\n";
    return text;
  };
  struct Case {
    const char* name;
    std::string file;
    ErrorCode code;
    const char* says;
  };
  const Case cases[] = {
      {"open quote", "a,b\nc,\"d\ne,f\n", ErrorCode::invalid, "record 2"},
      {"8 MiB and one", std::string(kMaxSheetBytes + 1, 'a'), ErrorCode::too_large, "8 MiB"},
      {"50,001 rows", rows(kMaxSheetRows + 1), ErrorCode::invalid, "record 50001"},
      {"201 columns", "x\n" + std::string(kMaxSheetColumns, ',') + "\n", ErrorCode::invalid,
       "record 2"},
      {"cell of 1 MiB", "a,b\nc," + std::string(1 << 20, 'x') + "\n", ErrorCode::invalid,
       "record 2"},
      {"quoted cell of 1 MiB", "a,\"" + std::string(1 << 20, 'x') + "\"\n", ErrorCode::invalid,
       "record 1"},
      {"over a million cells",
       [] {
         std::string text;
         for (int i = 0; i < 7'000; ++i) {
           for (int k = 0; k < 150; ++k) text += "a,";
           text += "a\n";
         }
         return text;
       }(),
       ErrorCode::invalid, "1,000,000"},
      {"xlsx", "PK\x03\x04rest", ErrorCode::unsupported_type, "Excel"},
      {"gzip", "\x1F\x8B\x08", ErrorCode::unsupported_type, "gzip"},
      {"old Excel", "\xD0\xCF\x11\xE0\xA1", ErrorCode::unsupported_type, "Excel"},
      {"HTML", "  <!DOCTYPE html><table><tr><td>a</td></tr></table>", ErrorCode::unsupported_type,
       "web page"},
      {"HTML behind a row", "name,cost\n<html><body>x,y\n", ErrorCode::unsupported_type,
       "web page"},
      {"NUL bytes", std::string("a,b\0c\n", 6), ErrorCode::unsupported_type, "NUL"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto begin = std::chrono::steady_clock::now();
    const auto csv = read_csv(c.file);
    ASSERT_FALSE(csv);
    EXPECT_EQ(csv.error().code, c.code) << csv.error().detail;
    EXPECT_NE(csv.error().detail.find(c.says), std::string::npos) << csv.error().detail;
    // A second without sanitizers; these make it several times slower.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  }
}

TEST(Csv, TakesWhatIsJustWithinTheLimits) {
  std::string text;
  for (std::size_t i = 0; i < kMaxSheetRows; ++i) text += "a,b\n";
  EXPECT_EQ(read_csv(text)->records.size(), kMaxSheetRows);
  EXPECT_TRUE(read_csv("x\n" + std::string(kMaxSheetColumns - 1, ',') + "\n"));
  EXPECT_TRUE(read_csv("a," + std::string(kMaxCellBytes, 'x') + "\n"));
  EXPECT_TRUE(read_csv(""));
}

TEST(Csv, GivesBackWhatItWroteFormulasToo) {
  const std::vector<std::string> cells = {
      "plain", "=1+1",    "+49 30 1234",   "-",     "@x",       "'=x", "''-y", "it's",
      "a,b",   "a\"b\"c", "line\r\nbreak", "\ttab", " spaced ", "",    "a;b",  "end"};
  const auto line = write_csv_record(cells);
  EXPECT_EQ(line.substr(line.size() - 2), "\r\n");
  EXPECT_NE(line.find("'=1+1"), std::string::npos);
  const auto csv = read_csv("x,y\n" + line);
  ASSERT_TRUE(csv) << csv.error().detail;
  EXPECT_EQ(csv->records[1], cells);
}

TEST(Csv, NeverFallsOverOnAnyBytes) {
  const auto seed = test_support::run_seed();
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  const std::string_view marks = "\",;\t\r\n'=(-)0123456789abp:/.\xC3\xE2\x80\x93$&@ ";
  const std::string_view words[] = {
      "Group name,", "Cost,",        "When,", "every ", "other ",   "Tuesday",   " 7-8:30pm ET",
      "$",           "Columbus, OH", "LPCC/", "max ",   "https://", "free for ", "\n"};
  for (int round = 0; round < test_support::rounds(2'000); ++round) {
    std::string file =
        round % 3 == 0 ? "Group name,Cost,When,Where,Format,Who can join,How long,Size,Web page\n"
                       : "";
    const auto length = random() % 400;
    while (file.size() < length + 60) {
      const auto kind = random() % 10;
      if (kind == 0) {
        file += static_cast<char>(random() % 256);
      } else if (kind < 4) {
        file += words[random() % std::size(words)];
      } else {
        file += marks[random() % marks.size()];
      }
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const auto sheet = understand_sheet(file, *protocol::parse_date("2026-11-22"));
    if (!sheet) continue;
    for (const auto& row : sheet->rows) {
      if (row.kind != RowKind::listing) continue;
      EXPECT_TRUE(protocol::parse_json(protocol::canonical(row.subject)));
      EXPECT_LE(row.understood.regions.size(), 24U);
    }
    EXPECT_TRUE(protocol::parse_json(protocol::canonical(to_json(*sheet))));
  }
}

}  // namespace

}  // namespace node
