// Traps that other directories fell into, walked from end to end; docs/requirements.md has the
// list.

#include "node/evidence.h"
#include "protocol/encoding/json.h"
#include "tests/node/mirror/mirrored_federation.h"

namespace {

using protocol::ErrorCode;
using protocol::Json;
using test_support::simple_listing;

class Traps : public test_support::MirroredFederation {};

TEST_F(Traps, AnErrorAChallengePageHalfAFileOrNothingDeletesNothing) {
  federation.follow(reader, ohio);
  federation.sync(reader);
  const auto before = federation.everything(reader);
  ASSERT_EQ(shown_of(reader, ohio), 2U);
  // Nobody else may help: what is left is what the host says.
  federation.source.stop_site("national.test");
  federation.source.stop_site("lake.test");
  federation.publish(ohio, {simple_listing("Third group")});

  using Body = std::function<Answer(const std::string& truth)>;
  const std::pair<const char*, Body> answers[] = {
      {"500",
       [](const std::string&) {
         return Answer(protocol::refuse(ErrorCode::fetch_http, "500 Internal Server Error"));
       }},
      {"challenge page",
       [](const std::string&) {
         return Answer(crawler::FetchResponse{
             200, "<!doctype html><title>Just a moment...</title><p>Checking your browser", ""});
       }},
      {"half",
       [](const std::string& truth) {
         return Answer(crawler::FetchResponse{200, truth.substr(0, truth.size() / 2), ""});
       }},
      {"empty",
       [](const std::string&) {
         return Answer(crawler::FetchResponse{200, "", ""});
       }},
      {"empty list",
       [](const std::string&) {
         return Answer(crawler::FetchResponse{200, "[]", ""});
       }},
  };
  for (const std::string part : {"/did.jsonl", "/checkpoint", "/tile/entries/", "/docs/"}) {
    for (const auto& answer : answers) {
      SCOPED_TRACE(part + " answers with " + answer.first);
      std::size_t lied = 0;
      federation.source.lie(
          [&](const std::string& url, const std::string& truth) -> std::optional<Answer> {
            if (!url.starts_with("https://ohio.test/") || url.find(part) == std::string::npos)
              return std::nullopt;
            ++lied;
            return answer.second(truth);
          });
      federation.sync(reader);
      EXPECT_GT(lied, 0U) << "nobody asked for it";
      EXPECT_EQ(federation.everything(reader), before);
      EXPECT_TRUE(report(reader, ohio.scid).feed.trouble || part == "/docs/");
    }
  }
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 3U) << "and it goes on where it was";
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(Traps, UnknownMembersSurvivePublishFollowMirrorEvidenceAndVerify) {
  const auto unknown = Json::object({{"deep", Json::array({1, "zwei", true})}});
  const auto key = federation.publish(
      ohio,
      {simple_listing("From the future", {{"x_tomorrow", unknown},
                                          {"formats", Json::array({"hologram", "video"})}})})[0];
  federation.sync(national);
  federation.sync(lake);
  // The reader has it from a single copy: its own host is gone.
  origin_down(ohio);
  federation.source.stop_site("lake.test");
  federation.sync(reader);
  ASSERT_EQ(shown_of(reader, ohio), 3U);
  ASSERT_EQ(report(reader, ohio.scid).state, node::FeedState::unconfirmed_head);
  const auto kept = [&](const Json& subject) {
    return *subject.find("x_tomorrow") == unknown &&
           *subject.find("formats") == Json::array({"hologram", "video"});
  };
  for (auto* member : {&ohio, &reader}) {
    const auto group = member->node->group(key);
    ASSERT_TRUE(group) << member->host;
    EXPECT_TRUE(kept(group->envelope.subject)) << member->host;
  }
  EXPECT_EQ(reader.node->group(key)->document, ohio.node->group(key)->document) << "byte for byte";
  EXPECT_NE(get(reader, "/groups/" + key.text()).body.find("other (hologram)"), std::string::npos);

  const auto made = reader.node->evidence(key);
  ASSERT_TRUE(made) << made.error().detail;
  const auto file = protocol::format_evidence(*made);
  const auto evidence = protocol::parse_evidence(file);
  ASSERT_TRUE(evidence);
  EXPECT_TRUE(kept(*evidence->listing.document.find("credentialSubject")));
  const auto findings =
      protocol::verify_evidence(*evidence, {national.scid, ""}, federation.clock.now());
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_EQ(findings->listing_name, "From the future");
  // One letter of the unknown part, and it is not what was signed.
  auto changed = *evidence;
  changed.listing.document.find("credentialSubject")->set("x_tomorrow", Json::array({2}));
  EXPECT_FALSE(protocol::verify_evidence(changed, {national.scid, ""}, federation.clock.now()));
}

}  // namespace
