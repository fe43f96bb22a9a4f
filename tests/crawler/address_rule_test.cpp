#include "crawler/address_rule.h"

#include <vector>

#include <gtest/gtest.h>

namespace crawler {
namespace {

TEST(AddressRule, JudgesEveryKindOfAddress) {
  const struct {
    const char* address;
    bool reachable;
  } cases[] = {
      {"0.0.0.0", false},
      {"0.255.255.255", false},
      {"1.0.0.0", true},
      {"1.1.1.1", true},
      {"8.8.8.8", true},
      {"9.255.255.255", true},
      {"10.0.0.0", false},
      {"10.255.255.255", false},
      {"11.0.0.0", true},
      {"100.63.255.255", true},
      {"100.64.0.0", false},
      {"100.127.255.255", false},
      {"100.128.0.0", true},
      {"126.255.255.255", true},
      {"127.0.0.1", false},
      {"127.255.255.255", false},
      {"128.0.0.0", true},
      {"169.253.255.255", true},
      {"169.254.0.0", false},
      {"169.254.169.254", false},
      {"169.255.0.0", true},
      {"172.15.255.255", true},
      {"172.16.0.0", false},
      {"172.31.255.255", false},
      {"172.32.0.0", true},
      {"191.255.255.255", true},
      {"192.0.0.1", false},
      {"192.0.0.9", false},
      {"192.0.0.170", false},
      {"192.0.1.0", true},
      {"192.0.2.1", false},
      {"192.0.3.0", true},
      {"192.31.196.1", true},
      {"192.52.193.1", true},
      {"192.88.99.1", false},
      {"192.88.100.0", true},
      {"192.167.255.255", true},
      {"192.168.0.0", false},
      {"192.168.255.255", false},
      {"192.169.0.0", true},
      {"192.175.48.1", true},
      {"198.17.255.255", true},
      {"198.18.0.0", false},
      {"198.19.255.255", false},
      {"198.20.0.0", true},
      {"198.51.100.7", false},
      {"198.51.101.0", true},
      {"203.0.113.255", false},
      {"203.0.114.0", true},
      {"223.255.255.255", true},
      {"224.0.0.1", false},
      {"239.255.255.255", false},
      {"240.0.0.1", false},
      {"255.255.255.254", false},
      {"255.255.255.255", false},

      {"::", false},
      {"::1", false},
      {"::2", false},
      {"::8.8.8.8", false},
      {"::7f00:1", false},
      {"::ffff:127.0.0.1", false},
      {"::ffff:a00:1", false},
      {"::ffff:0.0.0.0", false},
      {"::ffff:169.254.169.254", false},
      {"::ffff:8.8.8.8", true},
      {"::ffff:0:127.0.0.1", false},
      {"::ffff:0:8.8.8.8", false},
      {"64:ff9b::7f00:1", false},
      {"64:ff9b::10.0.0.1", false},
      {"64:ff9b::8.8.8.8", true},
      {"64:ff9b:1::8.8.8.8", false},
      {"64:ff9b:0:0:0:1:808:808", false},
      {"100::1", false},
      {"100:0:0:1::1", false},
      {"1fff:ffff::", false},
      {"2000::1", true},
      {"2001::1", false},
      {"2001:0:4136:e378:8000:63bf:3fff:fdd2", false},
      {"2001:1::1", false},
      {"2001:2:0:1::1", false},
      {"2001:3::1", true},
      {"2001:4:112::1", true},
      {"2001:10::1", false},
      {"2001:20::1", false},
      {"2001:30::1", false},
      {"2001:1ff:ffff::", false},
      {"2001:200::1", true},
      {"2001:db7::1", true},
      {"2001:db8::1", false},
      {"2001:db9::1", true},
      {"2001:4860:4860::8888", true},
      {"2002:7f00:1::", false},
      {"2002:808:808::1", false},
      {"2003::1", true},
      {"2606:2800:220:1::5efe:7f00:1", false},
      {"2606:2800:220:1:200:5efe:a00:1", false},
      {"2606:2800:220:1::5eff:1", true},
      {"2620:4f:8000::1", true},
      {"3fff::1", false},
      {"3fff:fff::1", false},
      {"3fff:1000::1", true},
      {"4000::1", false},
      {"5f00::1", false},
      {"fbff::1", false},
      {"fc00::1", false},
      {"fd12:3456::1", false},
      {"fe00::1", false},
      {"fe80::1", false},
      {"fec0::1", false},
      {"ff02::1", false},
      {"ff0e::1", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.address);
    const auto address = IpAddress::parse(c.address);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(is_globally_reachable(*address), c.reachable);
  }
}

TEST(AddressRule, NamesEachRow) {
  for (const AddressBlock& block : address_blocks()) {
    EXPECT_FALSE(block.name.empty()) << block.prefix;
    const auto base = IpAddress::parse(block.prefix.substr(0, block.prefix.find('/')));
    ASSERT_TRUE(base.has_value()) << block.prefix;
  }
  const auto metadata = IpAddress::parse("169.254.169.254");
  EXPECT_EQ(forbidding_block(*metadata)->name, "link local");
}

TEST(AddressRule, ParsesOneSpellingOfEachIpv4Address) {
  for (const char* text :
       {"", "127.1", "0177.0.0.1", "127.0.0.01", "0x7f.0.0.1", "2130706433", "1.2.3.4.5",
        "1.2.3.256", " 1.2.3.4", "1.2.3.4 ", "[::1]", "fe80::1%lo", "1.2.3.4/8", "::g"}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)).has_value());
  EXPECT_FALSE(IpAddress::parse(std::string(100'000, '1')).has_value());
  EXPECT_EQ(IpAddress::parse("::FFFF:8.8.8.8")->unmapped().text(), "8.8.8.8");
}

TEST(AddressRule, OneForbiddenAnswerRefusesTheHost) {
  const auto good = *IpAddress::parse("8.8.8.8");
  const auto bad = *IpAddress::parse("::ffff:10.0.0.1");
  EXPECT_TRUE(judge_answers("a.example", std::vector{good, good}).has_value());
  for (const auto& answers : {std::vector{good, bad}, std::vector{bad, good}, std::vector{bad}}) {
    const auto judged = judge_answers("a.example", answers);
    ASSERT_FALSE(judged.has_value());
    EXPECT_EQ(judged.error().code, protocol::ErrorCode::fetch_blocked);
    EXPECT_NE(judged.error().detail.find("private use"), std::string::npos)
        << judged.error().detail;
  }
  EXPECT_EQ(judge_answers("a.example", {}).error().code, protocol::ErrorCode::fetch_dns);
}

}  // namespace
}  // namespace crawler
