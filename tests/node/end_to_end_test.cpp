#include <set>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/http/router.h"
#include "node/node.h"
#include "tests/support/federation.h"
#include "tests/support/linear_scan.h"
#include "tests/support/shared_inputs.h"

// A chapter's real spreadsheet, published on one node and searched on another: command, API and
// page against a scan of the stored JSON that shares no code with the index.

namespace {

using test_support::CollectedOutput;
using test_support::Federation;

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4];
      out += "0123456789ABCDEF"[byte & 15];
    }
  }
  return out;
}

struct Asked {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
  test_support::ScanQuery scan;
};

class EndToEnd : public testing::Test {
 protected:
  EndToEnd()
      : a(federation.add("chapter.test", "Sheet Test Chapter", {"US-OH"})),
        b(federation.add_reader("reader")) {
    node::add_public_routes(router, *b.node);
  }

  void import_and_sync() {
    node::Invocation import{"import", {{"file", {"groups_sheet.csv"}}, {"apply", {}}}, {}, {}, "/"};
    import.files["file"] =
        test_support::read_file(test_support::shared_folder() / "data/groups_sheet.csv");
    CollectedOutput output;
    ASSERT_EQ(node::execute(import, *a.node, output), node::kExitOk) << output.said;
    federation.anchor(b, a);
    federation.sync(b);
    for (const auto& key : federation.found(b)) {
      const auto group = b.node->group(*node::RecordKey::parse(key));
      ASSERT_TRUE(group) << key;
      stored.emplace_back(key, group->envelope.subject);
    }
  }

  std::set<std::string> by_command(const Asked& asked) {
    node::Invocation search{"search", {{"json", {}}, {"limit", {"100"}}}, {}, {}, "/"};
    for (const auto& [name, value] : asked.parameters) search.options[name].push_back(value);
    CollectedOutput output;
    EXPECT_EQ(node::execute(search, *b.node, output), node::kExitOk) << output.said;
    const auto answer = protocol::parse_json(output.said);
    std::set<std::string> found;
    if (!answer) return found;
    for (const auto& group : *answer->find("groups")->if_array())
      found.insert(*group.find("id")->if_string());
    EXPECT_EQ(answer->find("total")->if_integer(), static_cast<std::int64_t>(found.size()));
    return found;
  }

  std::string target(const std::string& path, const Asked& asked) {
    std::string text = path + "?limit=100";
    for (const auto& [name, value] : asked.parameters)
      text += "&" + name + "=" + url_encoded(value);
    return text;
  }

  std::set<std::string> by_api(const Asked& asked) {
    const auto response = router(node::make_request("GET", target("/api/v1/groups", asked)));
    EXPECT_EQ(response.status, 200) << response.body;
    const auto answer = protocol::parse_json(response.body, {.max_bytes = 16 << 20,
                                                             .max_depth = 32,
                                                             .max_keys_per_object = 4096,
                                                             .max_values = 1'000'000});
    EXPECT_TRUE(answer);
    std::set<std::string> found;
    if (!answer) return found;
    for (const auto& group : *answer->find("groups")->if_array())
      found.insert(*group.find("scid")->if_string() + "/" + *group.find("uuid")->if_string());
    return found;
  }

  std::set<std::string> by_page(const Asked& asked) {
    const auto response = router(node::make_request("GET", target("/", asked)));
    EXPECT_EQ(response.status, 200);
    std::set<std::string> found;
    const std::string link = "groups/" + a.scid + "/";
    for (auto at = response.body.find(link); at != std::string::npos;
         at = response.body.find(link, at + 1)) {
      found.insert(a.scid + "/" + response.body.substr(at + link.size(), 36));
    }
    return found;
  }

  Federation federation;
  Federation::Member& a;
  Federation::Member& b;
  node::Router router;
  test_support::ScanListings stored;
};

TEST_F(EndToEnd, TheSharedSheetIsFoundOnAnotherNodeByEachFilterExactly) {
  KITH_NEEDS(test_support::shared_folder() / "data/groups_sheet.csv");
  import_and_sync();
  ASSERT_EQ(stored.size(), 68u);

  std::set<std::string> licenses, regions, models, formats, kinds;
  for (const auto& [key, subject] : stored) {
    for (const auto& value : test_support::scan_facet_values(key, subject, "license"))
      licenses.insert(value);
    for (const auto& value : test_support::scan_facet_values(key, subject, "region"))
      regions.insert(value);
    for (const auto& value : test_support::scan_facet_values(key, subject, "cost"))
      models.insert(value);
    for (const auto& value : test_support::scan_facet_values(key, subject, "format"))
      formats.insert(value);
    for (const auto& value : test_support::scan_facet_values(key, subject, "kind"))
      kinds.insert(value);
  }
  for (const auto& row : protocol::us_regions()) regions.insert(std::string(row.code));
  regions.insert("US");
  for (const auto& term : protocol::terms(protocol::Vocabulary::license_family))
    licenses.insert(std::string(term.value));
  std::vector<Asked> questions;
  const std::vector<std::string> audiences = [] {
    std::vector<std::string> all;
    for (const auto& term : protocol::terms(protocol::Vocabulary::audience))
      all.emplace_back(term.value);
    return all;
  }();
  for (const bool unstated : {false, true}) {
    const auto add = [&](const std::string& filter, const std::string& value, auto&& set) {
      Asked asked{filter + "=" + value + (unstated ? " and unstated" : ""), {{filter, value}}, {}};
      set(asked.scan);
      asked.scan.audiences = audiences;
      for (const auto& audience : audiences) asked.parameters.emplace_back("audience", audience);
      if (unstated) asked.scan.include_unstated = {filter};
      questions.push_back(std::move(asked));
    };
    for (const auto& family : licenses)
      add("license", family, [&](auto& scan) { scan.licenses = {{family, ""}}; });
    add("license", "LMFT", [&](auto& scan) {
      scan.licenses = {{"marriage_family_therapist", "independent"}};
    });
    for (const auto& code : regions)
      add("region", code, [&](auto& scan) { scan.regions = {code}; });
    for (const auto& model : models)
      add("cost", model, [&](auto& scan) { scan.cost_models = {model}; });
    for (const double most : {0.0, 10.0, 40.0, 1000.0}) {
      add("cost", "max-per-month:" + std::to_string(static_cast<int>(most)),
          [&](auto& scan) { scan.max_per_month = {most}; });
    }
    for (const auto& format : formats)
      add("format", format, [&](auto& scan) { scan.formats = {format}; });
    for (const auto& kind : kinds) add("kind", kind, [&](auto& scan) { scan.kinds = {kind}; });
  }
  std::size_t non_empty = 0;
  for (auto& asked : questions) {
    SCOPED_TRACE(asked.name);
    const auto want = test_support::linear_scan(stored, asked.scan);
    non_empty += want.empty() ? std::size_t{0} : std::size_t{1};
    const bool unstated = !asked.scan.include_unstated.empty();
    auto command = asked;
    if (unstated) {
      command.parameters.emplace_back("include-unstated", asked.parameters[0].first);
      asked.parameters.emplace_back("unstated", asked.parameters[0].first);
    }
    EXPECT_EQ(by_command(command), want);
    EXPECT_EQ(by_api(asked), want);
    EXPECT_EQ(by_page(asked), want);
  }
  EXPECT_GT(non_empty, 20u) << "the questions must find something";
  std::cout << "MEASURED end to end: 68 listings, " << questions.size()
            << " filtered searches by command, API and page equal a linear scan, " << non_empty
            << " of them with results\n";
}

TEST_F(EndToEnd, ImportingTheSheetAgainAddsNoLeaf) {
  KITH_NEEDS(test_support::shared_folder() / "data/groups_sheet.csv");
  import_and_sync();
  const auto size = a.node->feeds().front().feed.size;
  federation.clock.advance(std::chrono::days(3));
  node::Invocation import{"import", {{"file", {"groups_sheet.csv"}}, {"apply", {}}}, {}, {}, "/"};
  import.files["file"] =
      test_support::read_file(test_support::shared_folder() / "data/groups_sheet.csv");
  CollectedOutput output;
  ASSERT_EQ(node::execute(import, *a.node, output), node::kExitOk) << output.said;
  EXPECT_EQ(a.node->feeds().front().feed.size, size) << output.said;
}

}  // namespace
