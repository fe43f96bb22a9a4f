#include "crawler/reading_budget.h"

#include <gtest/gtest.h>

#include "crawler/fetcher.h"

namespace crawler {
namespace {

using std::chrono::seconds;

class BudgetSource final : public Source {
 public:
  std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) override {
    asked += requests.size();
    return {requests.size(), FetchResponse{200, std::string(each, 'x'), ""}};
  }
  std::size_t each = 0, asked = 0;
};

TEST(ReadingBudget, TimeIsEarnedByWhatComesAndEndsAllTheSame) {
  BudgetSource source;
  std::chrono::steady_clock::time_point time{};
  ReadingLimits limits;
  limits.free_time = seconds(10);
  limits.bytes_per_second = 1'000;
  limits.most_time = seconds(30);
  limits.now = [&] { return time; };
  BudgetedSource budgeted(source, limits);
  const auto asks = [&] {
    const auto before = source.asked;
    const auto answer = budgeted.get({"https://a.test/", 10'000, ""});
    EXPECT_EQ(answer.has_value(), source.asked == before + 1);
    if (!answer) {
      EXPECT_EQ(answer.error().code, protocol::ErrorCode::fetch_timeout);
    }
    return answer.has_value();
  };
  EXPECT_TRUE(asks());
  time += seconds(10);
  EXPECT_TRUE(asks()) << "for nothing";
  source.each = 8'000;
  EXPECT_TRUE(asks());
  time += seconds(8);
  EXPECT_TRUE(asks());
  time += seconds(9);
  EXPECT_FALSE(asks()) << "16 seconds were earned, and 17 are gone";
  time -= seconds(1);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(asks());
  time += seconds(5);
  EXPECT_FALSE(asks()) << "31 of the 30 that there are at most, however much came";
}

// SPEC 8.3; tests elsewhere shorten these times.
TEST(ReadingLimits, AreThoseOfTheSpec) {
  const FetchLimits one;
  EXPECT_EQ(one.lookup, seconds(5));
  EXPECT_EQ(one.connect, seconds(5));
  EXPECT_EQ(one.tls, seconds(5));
  EXPECT_EQ(one.first_byte, seconds(10));
  EXPECT_EQ(one.whole, seconds(30));
  EXPECT_EQ(one.slow_after, seconds(10));
  EXPECT_EQ(one.min_bytes_per_second, 1'024U);
  EXPECT_EQ(one.header_bytes, 16U * 1'024U);
  EXPECT_EQ(one.header_lines, 64U);
  EXPECT_EQ(one.interim_responses, 4);
  EXPECT_EQ(one.connections_per_host, 2U);
  EXPECT_EQ(one.connections, 64U);
  EXPECT_EQ(one.addresses_tried, 8U);
  EXPECT_EQ(one.first_contacts, 10U);
  EXPECT_EQ(one.first_contacts_within, std::chrono::hours(1));
  const ReadingLimits whole;
  EXPECT_EQ(whole.entries, 2'000'000U);
  EXPECT_EQ(whole.entries_of_large, 20'000'000U);
  EXPECT_EQ(whole.text_bytes, 128U << 20);
  EXPECT_EQ(whole.free_time, std::chrono::minutes(10));
  EXPECT_EQ(whole.bytes_per_second, 32U * 1'024U);
  EXPECT_EQ(whole.most_time, std::chrono::hours(1));
}

}  // namespace
}  // namespace crawler
