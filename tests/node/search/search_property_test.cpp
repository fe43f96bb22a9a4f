#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

#include "tests/node/search/search_samples.h"
#include "tests/support/linear_scan.h"
#include "tests/support/shared_inputs.h"

namespace {

using search_samples::kCursorKey;
using test_support::ScanQuery;
using test_support::Stated;

const protocol::Timestamp kScanNow = *protocol::parse_timestamp("2026-10-01T12:00:00Z");
constexpr const char* kScanFilters[] = {"license",  "region",   "cost",      "format",
                                        "kind",     "audience", "publisher", "status",
                                        "can_join", "near",     "words"};

template <class T, std::size_t N>
const T& scan_pick(std::mt19937_64& random, const T (&values)[N]) {
  return values[random() % N];
}

/// The verdict as a page gives it, from the whole listing, where the index keeps only rules.
protocol::Outcome scan_verdict(const protocol::Json& subject, const protocol::Searcher& searcher) {
  return protocol::judge_eligibility(search_samples::document("s/u", subject).listing, searcher)
      .outcome;
}

/// By another formula than the node's: the angle between two unit vectors.
std::optional<double> scan_kilometers(const protocol::Json& subject, const node::GeoPoint& from) {
  const auto listing = search_samples::document("s/u", subject).listing;
  const auto to = node::Gazetteer::shared().locate(listing.place, listing.regions);
  if (!to) return std::nullopt;
  const auto vector = [](const node::GeoPoint& point) {
    const double north = point.latitude * std::numbers::pi / 180;
    const double east = point.longitude * std::numbers::pi / 180;
    return std::array{std::cos(north) * std::cos(east), std::cos(north) * std::sin(east),
                      std::sin(north)};
  };
  const auto a = vector(from);
  const auto b = vector(*to);
  const double x = a[1] * b[2] - a[2] * b[1];
  const double y = a[2] * b[0] - a[0] * b[2];
  const double z = a[0] * b[1] - a[1] * b[0];
  return 6371 *
         std::atan2(std::sqrt(x * x + y * y + z * z), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

/// One random search, for the index and for the scan.
struct BothQueries {
  node::Query index;
  ScanQuery scan;
};

BothQueries random_query(std::mt19937_64& random) {
  BothQueries both;
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  const auto fill = [&](unsigned percent, const auto& add) {
    if (chance(percent)) {
      for (std::size_t i = 1 + random() % 2; i > 0; --i) add();
    }
  };
  fill(30, [&] {
    const std::string family =
        scan_pick(random, {"psychologist", "marriage_family_therapist", "psychoanalyst"});
    const std::string level = scan_pick(random, {"", "independent", "associate"});
    both.index.licenses.push_back({family, level});
    both.scan.licenses.emplace_back(family, level);
  });
  fill(30, [&] {
    const std::string region = scan_pick(random, {"US", "US-OH", "US-OR", "CA-ON", "CA", "DE"});
    both.index.regions.push_back(region);
    both.scan.regions.push_back(region);
  });
  fill(30, [&] {
    if (chance(50)) {
      const std::string model = scan_pick(random, {"free", "fee_per_meeting", "swap"});
      both.index.costs.push_back({model, {}});
      both.scan.cost_models.push_back(model);
    } else {
      const double most = scan_pick(random, {0.0, 10.0, 40.0, 108.33, 500.0});
      both.index.costs.push_back({"", most});
      both.scan.max_per_month.push_back(most);
    }
  });
  fill(30, [&] {
    const std::string format = scan_pick(
        random, {"in_person", "video", "hybrid", "async_text", "online_unspecified", "%"});
    both.index.formats.push_back(format);
    both.scan.formats.push_back(format);
  });
  fill(20, [&] {
    const std::string kind = scan_pick(random, {"formal_consultation", "knitting", "support_line"});
    both.index.kinds.push_back(kind);
    both.scan.kinds.push_back(kind);
  });
  fill(25, [&] {
    const std::string audience = scan_pick(random, {"therapists", "public", "lived_experience"});
    both.index.audiences.push_back(audience);
    both.scan.audiences.push_back(audience);
  });
  fill(10, [&] {
    const std::string scid = scan_pick(random, {"scid0", "scid1", "scid9"});
    both.index.publishers.push_back(scid);
    both.scan.publishers.push_back(scid);
  });
  for (const char* field : {"license", "region", "cost", "format", "kind", "near"}) {
    if (chance(25)) {
      both.index.include_unstated.emplace_back(field);
      both.scan.include_unstated.insert(field);
    }
  }
  constexpr const char* kWords[] = {"trauma",  "group",  "ohio", "peer",  "questions",
                                    "chapter", "toledo", "the",  "absent"};
  if (chance(40)) {
    std::string& words = both.index.words;
    if (chance(30)) {
      const std::vector<std::string> phrase = {
          scan_pick(random, {"trauma", "case", "peer", "a"}),
          scan_pick(random, {"group", "consultation", "trauma"})};
      words += "\"" + phrase[0] + " " + phrase[1] + "\" ";
      both.scan.phrases.push_back(phrase);
    }
    fill(50, [&] {
      const std::string word = scan_pick(random, kWords);
      // A second word makes the first a whole one; the prefix comes last.
      words += word + " ";
      both.scan.words.push_back(word);
    });
    both.scan.prefix = scan_pick(random, {"tr", "gr", "consult", "group", "e", "zz"});
    words += both.scan.prefix;
    if (both.scan.prefix.size() < 2) {
      both.scan.words.push_back(both.scan.prefix);
      both.scan.prefix.clear();
    }
  }
  fill(15, [&] {
    const std::string status = scan_pick(random, {"active", "closed", "forming"});
    both.index.statuses.push_back(status);
    both.scan.statuses.push_back(status);
  });
  both.index.sort = scan_pick(
      random, {node::Sort::best_match, node::Sort::confirmed, node::Sort::name, node::Sort::cost,
               node::Sort::cost_hour, node::Sort::time, node::Sort::next_meeting});
  if (chance(40)) {
    auto& situation = both.index.situation;
    fill(80, [&] { situation.licenses.emplace_back(scan_pick(random, {"LMFT", "LP", "none"})); });
    fill(50, [&] {
      situation.states.emplace_back(scan_pick(random, {"US-OH", "US-MN", "CA-ON"}));
    });
    if (chance(30)) situation.stage = "student";
    if (situation.empty()) situation.memberships = {"none"};
    const auto searcher = node::searcher_of(situation);
    if (chance(60)) {
      const bool only_yes = chance(50);
      both.index.can_join = only_yes ? node::CanJoin::yes : node::CanJoin::probably;
      both.scan.can_join = [searcher, only_yes](const protocol::Json& subject) {
        const auto outcome = scan_verdict(subject, searcher);
        return outcome == protocol::Outcome::can_join ||
               (!only_yes && outcome == protocol::Outcome::probably);
      };
    }
    if (chance(50)) both.index.sort = node::Sort::eligibility;
  }
  if (chance(35)) {
    const auto near = node::parse_nearness(
        scan_pick(random, {"43215", "Toledo, OH", "Salem, OR", "45,-179.9", "-89.9,0"}),
        scan_pick(random, {"", "1mi", "200km", "250mi", "1000mi"}), chance(40), {});
    both.index.near = near.value();
    both.scan.within_kilometers = near->kilometers();
    both.scan.online_too = near->online_too;
    both.scan.kilometers_away = [from = near->place.point](const protocol::Json& subject) {
      return scan_kilometers(subject, from);
    };
    if (chance(50)) both.index.sort = node::Sort::nearest;
  }
  both.index.limit = 1 + random() % 40;
  both.index.show_left_out = both.scan.show_left_out = chance(30);
  return both;
}

/// An index and what it should hold.
class SearchAgainstScan : public testing::Test {
 protected:
  SearchAgainstScan() : random_(test_support::run_seed()), index_(std::string(kCursorKey)) {
    for (int i = 0; i < 3; ++i)
      names_["scid" + std::to_string(i)] = i == 0 ? "Ohio Chapter" : "Peer Circle";
  }

  std::string random_key() {
    return "scid" + std::to_string(random_() % 3) + "/uuid-" + std::to_string(random_() % 400);
  }

  void change() {
    std::vector<node::SearchDocument> put;
    std::vector<node::RecordKey> removed;
    for (std::size_t i = random_() % 12; i > 0; --i) {
      const std::string key = random_key();
      removed.push_back({key.substr(0, 5), key.substr(6)});
      visible_.erase(key);
    }
    const std::size_t most = random_() % 5 == 0 ? 150 : 10;
    for (std::size_t i = random_() % most; i > 0; --i) {
      const std::string key = random_key();
      const auto subject = search_samples::random_subject(random_);
      auto document = search_samples::document(key, subject, names_[key.substr(0, 5)]);
      const bool gone = random_() % 20 == 0;
      if (random_() % 4 == 0) document.visible_until = kScanNow + std::chrono::seconds(1);
      if (gone) document.visible_until = kScanNow;
      if (random_() % 3 != 0) document.next_meeting = kScanNow + std::chrono::hours(random_() % 40);
      next_[key] = document.next_meeting.value_or(protocol::Timestamp::max());
      document.left_out = random_() % 6 == 0;
      left_out_.erase(key);
      if (document.left_out) left_out_.insert(key);
      put.push_back(std::move(document));
      visible_.erase(key);
      if (!gone) visible_.emplace(key, subject);
      stored_.insert(key);
    }
    index_.apply(std::move(put), removed);
  }

  test_support::ScanListings listings() const { return {visible_.begin(), visible_.end()}; }

  /// Whether the listing passes all filters but `but`.
  static bool passes(const std::string& key, const protocol::Json& subject, const ScanQuery& query,
                     const std::string& but) {
    if (!query.show_left_out && query.left_out.contains(key)) return false;
    return std::all_of(
        std::begin(kScanFilters), std::end(kScanFilters), [&](const std::string filter) {
          if (filter == but) return true;
          const auto stated = test_support::scan_filter(key, subject, filter, query);
          return stated == Stated::matches ||
                 (stated == Stated::unstated && query.include_unstated.contains(filter));
        });
  }

  void expect_facets(const node::SearchResult& found, const ScanQuery& query) const {
    ASSERT_EQ(found.facets.size(), 8U);
    for (const auto& facet : found.facets) {
      std::map<std::string, std::size_t> counts;
      std::size_t unstated = 0;
      for (const auto& [key, subject] : visible_) {
        if (!passes(key, subject, query, facet.field)) continue;
        const auto values = test_support::scan_facet_values(key, subject, facet.field);
        for (const auto& value : values) ++counts[value];
        if (values.empty()) ++unstated;
      }
      std::vector<std::pair<std::string, std::size_t>> want(counts.begin(), counts.end());
      std::stable_sort(want.begin(), want.end(),
                       [](const auto& a, const auto& b) { return a.second > b.second; });
      std::vector<std::pair<std::string, std::size_t>> got;
      for (const auto& value : facet.values) got.emplace_back(value.value, value.count);
      EXPECT_EQ(got, want) << facet.field;
      EXPECT_EQ(facet.unstated, unstated) << facet.field;
    }
  }

  void expect_unstated(const node::SearchResult& found, const ScanQuery& query) const {
    std::map<std::string, std::size_t> want;
    const std::pair<std::string, bool> set[] = {
        {"license", !query.licenses.empty()},
        {"region", !query.regions.empty()},
        {"cost", !query.cost_models.empty() || !query.max_per_month.empty()},
        {"format", !query.formats.empty()},
        {"kind", !query.kinds.empty()},
        {"near", static_cast<bool>(query.kilometers_away)}};
    for (const auto& [field, is_set] : set) {
      if (!is_set || query.include_unstated.contains(field)) continue;
      want[field] = 0;
      for (const auto& [key, subject] : visible_) {
        if (passes(key, subject, query, field) &&
            test_support::scan_filter(key, subject, field, query) == Stated::unstated)
          ++want[field];
      }
    }
    std::map<std::string, std::size_t> got;
    for (const auto& one : found.unstated) got[one.field] = one.count;
    EXPECT_EQ(got, want);
  }

  std::mt19937_64 random_;
  node::SearchIndex index_;
  std::map<std::string, std::string> names_;
  std::map<std::string, protocol::Json> visible_;
  std::set<std::string> stored_;
  std::map<std::string, protocol::Timestamp> next_;  ///< never where it is not known
  std::set<std::string> left_out_;                   ///< of those in visible_, by the node's policy
};

constexpr std::chrono::milliseconds kNoHurry{60'000};

TEST_F(SearchAgainstScan, FindsCountsAndPagesExactlyWhatALinearScanDoes) {
  std::size_t found_something = 0;
  const int rounds = test_support::rounds(300);
  for (int round = 0; round < rounds; ++round) {
    change();
    for (int i = 0; i < 8; ++i) {
      auto [query, scan] = random_query(random_);
      scan.publisher_names = names_;
      scan.left_out = left_out_;
      auto all_of_them = scan;
      all_of_them.show_left_out = true;
      const auto with_left_out = test_support::linear_scan(listings(), all_of_them);
      const auto left_out = std::count_if(with_left_out.begin(), with_left_out.end(),
                                          [&](const auto& key) { return left_out_.contains(key); });
      SCOPED_TRACE("round " + std::to_string(round) + ", words " + query.words);
      const auto want = test_support::linear_scan(listings(), scan);
      if (!want.empty()) ++found_something;
      std::set<std::string> got;
      std::size_t pages = 0;
      const auto searcher = node::searcher_of(query.situation);
      std::int64_t last_meters = 0;
      auto last_outcome = protocol::Outcome::can_join;
      auto last_meeting = protocol::Timestamp::min();
      for (;;) {
        const auto page = index_.search(query, kScanNow, kNoHurry);
        ASSERT_TRUE(page.has_value()) << page.error().detail;
        ASSERT_FALSE(page->truncated);
        EXPECT_EQ(page->total, want.size());
        EXPECT_EQ(page->left_out, static_cast<std::size_t>(left_out));
        EXPECT_LE(page->page.size(), query.limit);
        for (const auto& key : page->page) {
          EXPECT_TRUE(got.insert(key.text()).second) << key.text() << " twice";
          if (query.sort == node::Sort::next_meeting) {
            EXPECT_GE(next_.at(key.text()), last_meeting) << "what meets first comes first";
            last_meeting = next_.at(key.text());
          }
          if (query.sort == node::Sort::nearest) {
            const auto listing = search_samples::document("s/u", visible_.at(key.text())).listing;
            const auto meters = node::meters_away(*query.near, listing)
                                    .value_or(std::numeric_limits<std::int64_t>::max());
            EXPECT_GE(meters, last_meters) << "the nearest come first, the unknown last";
            last_meters = meters;
          }
          if (query.sort == node::Sort::eligibility) {
            const auto outcome = scan_verdict(visible_.at(key.text()), searcher);
            EXPECT_GE(outcome, last_outcome) << "what can be joined comes first";
            last_outcome = outcome;
          }
        }
        if (pages++ == 0) {
          expect_facets(*page, scan);
          expect_unstated(*page, scan);
        }
        if (page->next_cursor.empty()) break;
        EXPECT_EQ(page->page.size(), query.limit);
        query.cursor = page->next_cursor;
      }
      EXPECT_EQ(got, want);
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(found_something, static_cast<std::size_t>(rounds));
}

TEST_F(SearchAgainstScan, PagesStayConsistentWhileListingsComeAndGo) {
  const int rounds = test_support::rounds(100);
  for (int round = 0; round < rounds; ++round) {
    change();
    auto [query, scan] = random_query(random_);
    scan.publisher_names = names_;
    query.show_left_out = scan.show_left_out = true;  // flags come and go with the changes
    query.limit = 1 + random_() % 5;
    const auto at_first = visible_;
    auto untouched = visible_;
    std::vector<std::string> seen;
    for (;;) {
      const auto page = index_.search(query, kScanNow, kNoHurry);
      ASSERT_TRUE(page.has_value());
      for (const auto& key : page->page) seen.push_back(key.text());
      if (page->next_cursor.empty()) break;
      query.cursor = page->next_cursor;
      change();
      std::erase_if(untouched, [&](const auto& one) {
        const auto now = visible_.find(one.first);
        return now == visible_.end() || now->second != one.second;
      });
    }
    // What was there all along and unchanged is seen exactly once.
    const auto want = test_support::linear_scan({untouched.begin(), untouched.end()}, scan);
    for (const auto& key : want) {
      EXPECT_EQ(std::count(seen.begin(), seen.end(), key), 1) << key << " round " << round;
    }
    if (HasFailure()) return;
  }
}

TEST_F(SearchAgainstScan, TheOrderDoesNotDependOnHowTheIndexGrew) {
  for (int i = 0; i < 40; ++i) change();
  node::SearchIndex at_once{std::string(kCursorKey)};
  std::vector<node::SearchDocument> all;
  for (const auto& [key, subject] : visible_) {
    all.push_back(search_samples::document(key, subject, names_[key.substr(0, 5)]));
    if (next_.at(key) != protocol::Timestamp::max()) all.back().next_meeting = next_.at(key);
  }
  at_once.apply(std::move(all), {});
  for (int i = 0; i < 100; ++i) {
    auto [query, scan] = random_query(random_);
    query.limit = 100;
    query.show_left_out = true;  // the other index was told of none
    const auto grown = index_.search(query, kScanNow, kNoHurry);
    const auto made = at_once.search(query, kScanNow, kNoHurry);
    ASSERT_TRUE(grown && made);
    EXPECT_EQ(grown->page, made->page) << query.words;
    EXPECT_EQ(grown->next_cursor, made->next_cursor);
  }
}

}  // namespace
