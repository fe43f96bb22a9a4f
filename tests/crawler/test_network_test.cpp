#include "crawler/test_network.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/test_ca.h"

namespace crawler {
namespace {

class TestNetworkFile : public testing::Test {
 protected:
  protocol::Result<TestNetwork> parse(const std::string& text) {
    return parse_test_network(text, ca_.folder());
  }
  test_support::TestCa ca_;
};

TEST_F(TestNetworkFile, MapsNamesAndReadsTheCaBesideIt) {
  const auto file = ca_.folder() / "network.json";
  std::ofstream(file)
      << R"({"names": {"a.test": "127.0.0.2", "b.c.test": "127.255.0.9"}, "ca": "ca.pem"})";
  const auto network = load_test_network(file);
  ASSERT_TRUE(network.has_value()) << network.error().detail;
  EXPECT_EQ(network->names.at("a.test").text(), "127.0.0.2");
  EXPECT_EQ(network->names.at("b.c.test").text(), "127.255.0.9");
  EXPECT_EQ(network->ca_pem, ca_.certificate_pem());
  EXPECT_TRUE(parse(R"({"names": {}, "ca": ")" + ca_.certificate_file().string() + "\"}"));
}

TEST_F(TestNetworkFile, RefusesNamingTheMember) {
  std::ofstream(ca_.folder() / "empty.pem") << "nothing";
  const struct {
    const char* text;
    const char* names;
  } cases[] = {
      {"", ""},
      {"[]", "object"},
      {R"({"ca": "ca.pem"})", "names"},
      {R"({"names": [], "ca": "ca.pem"})", "names"},
      {R"({"names": {}})", "ca:"},
      {R"({"names": {}, "ca": 1})", "ca:"},
      {R"({"names": {}, "ca": ""})", "ca:"},
      {R"({"names": {}, "ca": "none.pem"})", "ca: "},
      {R"({"names": {}, "ca": "."})", "ca: "},
      {R"({"names": {}, "ca": "empty.pem"})", "ca: "},
      {R"({"names": {}, "ca": "ca.pem", "proxy": "x"})", "proxy"},
      {R"({"names": {}, "names": {}, "ca": "ca.pem"})", ""},
      {R"({"names": {"a.example": "127.0.0.2"}, "ca": "ca.pem"})", R"(names["a.example"])"},
      {R"({"names": {"test": "127.0.0.2"}, "ca": "ca.pem"})", R"(names["test"])"},
      {R"({"names": {"atest": "127.0.0.2"}, "ca": "ca.pem"})", R"(names["atest"])"},
      {R"({"names": {"A.test": "127.0.0.2"}, "ca": "ca.pem"})", R"(names["A.test"])"},
      {R"({"names": {"a.test.": "127.0.0.2"}, "ca": "ca.pem"})", R"(names["a.test."])"},
      {R"({"names": {"a.test": 1}, "ca": "ca.pem"})", R"(names["a.test"])"},
      {R"({"names": {"a.test": "127.1"}, "ca": "ca.pem"})", R"(names["a.test"])"},
      {R"({"names": {"a.test": "128.0.0.1"}, "ca": "ca.pem"})", R"(names["a.test"])"},
      {R"({"names": {"a.test": "10.0.0.1"}, "ca": "ca.pem"})", R"(names["a.test"])"},
      {R"({"names": {"a.test": "::1"}, "ca": "ca.pem"})", R"(names["a.test"])"},
      {R"({"names": {"a.test": "::ffff:127.0.0.1"}, "ca": "ca.pem"})", R"(names["a.test"])"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto network = parse(c.text);
    ASSERT_FALSE(network.has_value());
    EXPECT_EQ(network.error().code, protocol::ErrorCode::config_invalid);
    EXPECT_NE(network.error().detail.find(c.names), std::string::npos) << network.error().detail;
  }
  const auto missing = load_test_network(ca_.folder() / "none.json");
  ASSERT_FALSE(missing.has_value());
  EXPECT_NE(missing.error().detail.find("none.json"), std::string::npos);
}

}  // namespace
}  // namespace crawler
