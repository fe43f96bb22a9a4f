#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "node/importing/cell_words.h"
#include "node/importing/sheet.h"
#include "tests/support/shared_inputs.h"

// Cells of sheets that nobody had when the rules were written: what they say was written down
// first, by the rules that the README of the shared sheet gives for its key.

namespace node {

namespace {

using protocol::Json;

const std::map<std::string, std::string>& cells_headings() {
  static const std::map<std::string, std::string> kHeadings = {
      {"who", "Who can join"},   {"place", "City & State"}, {"format", "Format"},
      {"cost", "Cost"},          {"$cost", "Cost"},         {"often", "How often"},
      {"when", "Day / Time"},    {"length", "How long"},    {"size", "Max size"},
      {"language", "Language"},  {"web", "Web page"},       {"agreement", "Confidentiality"},
      {"join", "How do I join?"}};
  return kHeadings;
}

struct CellCase {
  std::string line;
  std::map<std::string, std::string> cells;  ///< by heading
  std::set<std::string> want;
  bool in_ohio = false;
};

std::vector<CellCase> cells_cases() {
  const auto path = std::filesystem::path(KITH_SOURCE) / "tests" / "node" / "importing" /
                    "cells_of_other_sheets.txt";
  std::vector<CellCase> cases;
  for (const auto& line : split_cell(test_support::read_file(path), "\n")) {
    if (line.starts_with("#")) continue;
    const auto arrow = line.find("=>");
    if (arrow == std::string::npos) throw std::runtime_error("no => in " + line);
    CellCase one;
    one.line = line;
    for (const auto& cell : split_cell(line.substr(0, arrow), "|")) {
      const auto colon = cell.find(':');
      const auto column = cell.substr(0, colon);
      auto words = tidy_cell(cell.substr(colon + 1));
      for (auto at = words.find("\\n"); at != std::string::npos; at = words.find("\\n"))
        words.replace(at, 2, "\n");
      one.cells[cells_headings().at(column)] = words;
      if (column == "$cost") one.in_ohio = true;
    }
    if (one.in_ohio) one.cells["City & State"] = "Ohio";
    for (const auto& want : split_cell(line.substr(arrow + 2), ";")) one.want.insert(want);
    one.want.erase("words");  // cells that state something always keep their words
    cases.push_back(std::move(one));
  }
  return cases;
}

std::string cells_list(const std::vector<std::string>& values) {
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : " ") + value;
  return all;
}

std::set<std::string> cells_said(const ImportedRow& row, bool in_ohio) {
  std::set<std::string> said;
  const auto& u = row.understood;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) said.insert(name + "=" + value);
  };
  std::string licenses;
  for (const auto& one : u.licenses)
    licenses += (licenses.empty() ? "" : ",") + one.family + ":" + one.level;
  add("licenses", licenses);
  add("audience", u.audience);
  if (const Json* rule = row.subject.find("license_rule")) add("rule", *rule->if_string());
  if (!in_ohio) add("regions", cells_list(u.regions));
  add("locality", u.locality);
  add("formats", cells_list(u.formats));
  if (u.cost) {
    const auto dot = [](const std::string& text) { return text.empty() ? std::string(".") : text; };
    std::string cost = dot(u.cost->model);
    if (!u.cost->options.empty()) {
      const auto& main = u.cost->options.front();
      cost += " " + dot(main.amount) + (main.amount_max.empty() ? "" : "-" + main.amount_max) +
              " " + dot(main.currency) + " " + dot(main.per) + " " + dot(main.for_whom);
    }
    add("cost", cost);
  }
  add("cadence", u.cadence);
  add("days", cells_list(u.nth_days));
  add("start", u.start_local);
  if (u.duration_min) add("minutes", std::to_string(*u.duration_min));
  add("tzid", u.tzid);
  if (u.size_max) add("size", std::to_string(*u.size_max));
  add("intake", u.intake);
  add("languages", cells_list(u.languages));
  add("url", u.join_url);
  if (u.agreement_stated) said.insert("agreement");
  for (const auto& question : row.questions) said.insert("ask(" + question.field + ")");
  return said;
}

TEST(UnderstandCells, OfSheetsThatNobodyHadSeen) {
  const auto cases = cells_cases();
  std::set<std::string> headings;
  for (const auto& [column, heading] : cells_headings()) headings.insert(heading);
  std::string file = "Group";
  for (const auto& heading : headings) file += "," + heading;
  file += "\n";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    file += "Tea Hour " + std::to_string(i);
    for (const auto& heading : headings) {
      const auto cell = cases[i].cells.find(heading);
      std::string words = cell == cases[i].cells.end() ? "" : cell->second;
      for (auto at = words.find('"'); at != std::string::npos; at = words.find('"', at + 2))
        words.insert(at, 1, '"');
      file += ",\"" + words + "\"";
    }
    file += "\n";
  }
  const auto sheet = understand_sheet(file, *protocol::parse_date("2026-11-22"));
  ASSERT_TRUE(sheet) << sheet.error().detail;
  ASSERT_EQ(sheet->rows.size(), cases.size() + 1);
  EXPECT_GE(cases.size(), 300U);
  std::size_t right = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto said = cells_said(sheet->rows[i + 1], cases[i].in_ohio);
    if (said == cases[i].want) {
      ++right;
      continue;
    }
    std::string words;
    for (const auto& one : said) words += one + "; ";
    ADD_FAILURE() << cases[i].line << "\n  said: " << words;
  }
  std::printf("MEASURED import cells: %zu of %zu as expected\n", right, cases.size());
}

}  // namespace

}  // namespace node
