// How a person finds a publisher, what of it is copied, and what never is.

#include "node/mirror/human_discovery.h"
#include "node/store/witness_proofs.h"
#include "protocol/encoding/json.h"
#include "protocol/evidence.h"
#include "protocol/identity/did.h"
#include "tests/node/mirror/mirrored_federation.h"

namespace {

using protocol::ErrorCode;
using protocol::Json;
using test_support::CollectedOutput;
using test_support::simple_listing;

/// A person who wants to see before saying yes.
class AskedOutput final : public node::CommandOutput {
 public:
  explicit AskedOutput(bool answer) : answer_(answer) {}
  void print(std::string_view text) override { said += text; }
  void complain(std::string_view text) override { said += text; }
  void progress(std::string_view) override {}
  bool ask(const std::string& question) override {
    shown_before_asking = said;
    asked = question;
    return answer_;
  }
  std::string said, shown_before_asking, asked;

 private:
  const bool answer_;
};

class Discovery : public test_support::MirroredFederation {
 protected:
  node::Invocation follow(const std::string& text) {
    return {"follow", {{"publisher", {text}}}, {}, {}, "/"};
  }
  bool holds(test_support::Federation::Member& member, const std::string& scid) {
    for (const auto& one : member.node->feeds()) {
      if (one.feed.scid == scid) return true;
    }
    return false;
  }
};

TEST_F(Discovery, OfADomainShowsNameIdentityAndPathBeforeAnythingHappens) {
  federation.sync(reader);
  auto& other = federation.add_reader("other");
  federation.anchor(other, national);
  federation.sync(other);
  AskedOutput no(false);
  // The catalog of the lake chapter's node names its folder.
  EXPECT_EQ(node::execute(follow("lake.test"), *reader.node, no), node::kExitNo);
  EXPECT_NE(no.shown_before_asking.find("Lake Test Chapter"), std::string::npos) << no.said;
  EXPECT_NE(no.shown_before_asking.find(protocol::spoken_scid(lake.scid)), std::string::npos);
  EXPECT_NE(no.shown_before_asking.find("newest version 1-Qm"), std::string::npos) << no.said;
  EXPECT_NE(no.shown_before_asking.find("recognized: National Test Association recognizes it"),
            std::string::npos)
      << no.said;
  EXPECT_NE(no.asked.find(lake.scid), std::string::npos);
  EXPECT_FALSE(report(reader, lake.scid).feed.followed);

  AskedOutput yes(true);
  EXPECT_EQ(node::execute(follow("lake.test"), *reader.node, yes), node::kExitOk) << yes.said;
  EXPECT_TRUE(report(reader, lake.scid).feed.followed);

  // A stranger's domain says so; --yes is for the whole line only.
  auto& stranger = federation.add("stranger.test", "Stranger", {"US-OH"}, "collective", true);
  serve_api(stranger);
  AskedOutput unsure(false);
  EXPECT_EQ(node::execute(follow("stranger.test"), *reader.node, unsure), node::kExitNo);
  EXPECT_NE(unsure.shown_before_asking.find("no body that this node trusts recognizes it"),
            std::string::npos)
      << unsure.said;
  auto sure = follow("stranger.test");
  sure.options["yes"] = {};
  CollectedOutput said;
  EXPECT_EQ(node::execute(sure, *reader.node, said), node::kExitUsage) << said.said;
  EXPECT_FALSE(holds(reader, stranger.scid));
}

TEST_F(Discovery, OfADomainThatNamesNobodyOrSeveralIsRefused) {
  const auto refused = [&](const std::string& body) {
    federation.source.serve_site("odd.test", [body](const std::string& path) -> Answer {
      if (path != "/.well-known/api-catalog")
        return protocol::refuse(ErrorCode::fetch_http, "404 Not Found");
      return crawler::FetchResponse{200, body, ""};
    });
    const auto found = node::publisher_of_domain(federation.source, "odd.test");
    return found ? "found " + *found : found.error().detail;
  };
  EXPECT_NE(refused("{}").find("names no publisher"), std::string::npos) << refused("{}");
  for (const char* body : {"", "[]", "{\"linkset\":7}", "{\"linkset\":[{\"item\":[7,{}]}]}",
                           "{\"linkset\":[{\"item\":[{\"href\":\"http://x.test/did.jsonl\"}]}]}",
                           "{\"linkset\":[{\"item\":[{\"href\":\"file:///etc/did.jsonl\"}]}]}"}) {
    EXPECT_FALSE(refused(body).starts_with("found")) << body;
  }
  EXPECT_EQ(refused("{\"linkset\":[{\"item\":[{\"href\":\"/o/a/did.jsonl\"}]}]}"),
            "found https://odd.test/o/a");
  const auto several = refused(
      "{\"linkset\":[{\"item\":[{\"href\":\"/o/a/did.jsonl\"},{\"href\":\"/o/b/did.jsonl\"}]}]}");
  EXPECT_NE(several.find("https://odd.test/o/a"), std::string::npos) << several;
  EXPECT_NE(several.find("https://odd.test/o/b"), std::string::npos) << several;
  for (const char* text : {"localhost", "", ".", "a..", "Chapter.example", "a b.test", "a/b.test"})
    EXPECT_FALSE(node::is_host_name(text)) << text;
}

TEST_F(Discovery, TheCatalogIsALinksetThatNamesWhatIsThere) {
  const auto answer = get(lake, "/.well-known/api-catalog");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(*answer.header("Content-Type"),
            "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"");
  EXPECT_EQ(*answer.header("Link"), "</.well-known/api-catalog>; rel=\"api-catalog\"");
  const auto json = protocol::parse_json(answer.body);
  ASSERT_TRUE(json) << answer.body;
  const auto& contexts = *json->find("linkset")->if_array();
  ASSERT_EQ(contexts.size(), 2u);
  EXPECT_EQ(*contexts[0].find("anchor"), Json("/.well-known/api-catalog"));
  std::vector<std::string> links;
  for (const auto& item : *contexts[0].find("item")->if_array())
    links.push_back(*item.find("href")->if_string());
  ASSERT_EQ(links.front(), "https://lake.test/o/main/did.jsonl");
  for (const auto& href : links) {
    if (!href.starts_with('/') || href == "/witness/add-checkpoint") continue;
    EXPECT_EQ(get(lake, href).status, 200) << href;
  }
  EXPECT_TRUE(contexts[1].find("service-desc"));
  // A node without a publisher has no feed of its own to name.
  EXPECT_EQ(get(reader, "/.well-known/api-catalog").body.find("did.jsonl"), std::string::npos);
}

TEST_F(Discovery, WhatIsErasedLeavesTheMirrorAsBytes) {
  const std::string canary = "Canary-" + std::string(12, 'q');
  const auto gone = federation.publish(ohio, {simple_listing(canary)})[0];
  federation.sync(national);
  const auto docs = mirror_of(ohio) + "docs/000.jsonl";
  ASSERT_NE(get(national, docs).body.find(canary), std::string::npos);
  const auto out = national.node->folder().parent_path() / "stick";
  const node::Invocation mirror{
      "mirror", {{"to", {out.string()}}, {"publisher", {ohio.scid}}}, {}, {}, "/"};
  run(national, mirror, node::kExitOk);
  const auto copied = out / ohio.scid / "feed/1/docs/000.jsonl";
  ASSERT_NE(node::read_file_if_there(copied)->find(canary), std::string::npos);

  run(ohio, {"erase", {{"id", {gone.text()}}, {"yes", {}}}, {}, {}, "/"}, node::kExitOk);
  federation.sync(national);
  EXPECT_EQ(get(national, docs).body.find(canary), std::string::npos);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(national.node->folder())) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(node::read_file_if_there(entry.path())->find(canary), std::string::npos)
        << entry.path();
  }
  run(national, mirror, node::kExitOk);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(node::read_file_if_there(entry.path())->find(canary), std::string::npos)
        << entry.path();
  }
  // Whoever reads the mirror has the others, and of this one nothing but that it was erased.
  federation.source.stop_site("lake.test");
  origin_down(ohio);
  federation.sync(reader);
  EXPECT_EQ(shown_of(reader, ohio), 2u);
}

TEST_F(Discovery, WhatIsDeniedIsInNoMirror) {
  ASSERT_NE(get(national, mirror_of(ohio) + "docs/000.jsonl").body.find("First group"),
            std::string::npos);
  run(national,
      {"deny",
       {{"what", {keys[0].text()}}, {"reason", {"asked for it"}}, {"yes", {}}},
       {},
       {},
       "/"},
      node::kExitOk);
  const auto docs = get(national, mirror_of(ohio) + "docs/000.jsonl").body;
  EXPECT_EQ(docs.find("First group"), std::string::npos);
  EXPECT_NE(docs.find("Second group"), std::string::npos);
  EXPECT_NE(get(national, "/mirror/").body.find(ohio.scid), std::string::npos);
  // The log stays whole, so that whoever reads this copy gets all the rest.
  federation.source.stop_site("lake.test");
  origin_down(ohio);
  federation.sync(reader);
  EXPECT_EQ(federation.names(reader), std::vector<std::string>{"Second group"});
  EXPECT_TRUE(reader.node->mirror_marks().empty()) << "to deny is no lie";

  run(national,
      {"deny", {{"what", {ohio.scid}}, {"reason", {"board decision"}}, {"yes", {}}}, {}, {}, "/"},
      node::kExitOk);
  EXPECT_EQ(get(national, "/mirror/").body.find(ohio.scid), std::string::npos);
  for (const char* file : {"checkpoint", "did.jsonl", "docs/000.jsonl", "tile/entries/000.p/3",
                           "tile/0/000.p/3", "fork"})
    EXPECT_EQ(get(national, mirror_of(ohio) + file).status, 404) << file;
  const auto out = national.node->folder().parent_path() / "stick";
  run(national, {"mirror", {{"to", {out.string()}}, {"publisher", {ohio.scid}}}, {}, {}, "/"},
      node::kExitNo);
  EXPECT_FALSE(std::filesystem::exists(out / ohio.scid));
}

TEST_F(Discovery, ProofsOfWitnessesArePassedOnAsTheyAre) {
  const auto file = mirror_of(ohio) + "did-witness.json";
  EXPECT_EQ(get(national, file).status, 404) << "its identity has no witnesses";
  const std::string proofs = "[ {\"versionId\" : \"1-Qm\"} ]\n";
  national.node->change([&](node::Store& store, node::Publisher*) {
    node::keep_witness_proofs(store.database(), store.queries().feed(ohio.scid)->feed_id, proofs);
  });
  EXPECT_EQ(get(national, file).body, proofs);
  const auto out = national.node->folder().parent_path() / "stick";
  run(national, {"mirror", {{"to", {out.string()}}, {"publisher", {ohio.scid}}}, {}, {}, "/"},
      node::kExitOk);
  EXPECT_EQ(node::read_file_if_there(out / ohio.scid / "did-witness.json"), proofs);
}

TEST_F(Discovery, WhatThisVersionDoesNotKnowSurvivesTheWholeWay) {
  // publish -> follow -> mirror -> folder -> evidence -> verify
  const auto key = federation.publish(
      ohio, {simple_listing("Of a later version",
                            {{"x_later", Json::object({{"deep", Json::array({1, "two"})}})},
                             {"formats", Json::array({"hologram"})}})})[0];
  std::string signed_line;
  ohio.node->change([&](node::Store& store, node::Publisher*) {
    signed_line = store.queries().record(key)->document;
  });
  ASSERT_NE(signed_line.find("x_later"), std::string::npos);
  federation.sync(national);
  federation.sync(lake);
  EXPECT_NE(get(national, mirror_of(ohio) + "docs/000.jsonl").body.find(signed_line + "\n"),
            std::string::npos);

  // By the mirrors alone, and by folder alone.
  origin_down(ohio);
  federation.sync(reader);
  auto& offline = federation.add_reader("offline");
  const auto out = reader.node->folder().parent_path() / "stick";
  run(reader, {"mirror", {{"to", {out.string()}}}, {}, {}, "/"}, node::kExitOk);
  for (const auto* member : {&national, &ohio}) {
    run(offline, follow((out / member->scid).string()), node::kExitOk);
  }
  offline.node->change([&](node::Store& store, node::Publisher*) {
    protocol::Anchor anchor;
    anchor.scid = national.scid;
    anchor.did = national.line.substr(6, national.line.find('#') - 6);
    anchor.at_version = national.line.substr(national.line.find('#') + 1);
    store.add_anchor(anchor);
  });
  origin_down(national);
  origin_down(lake);
  federation.source.stop_site("national.test");
  federation.source.stop_site("lake.test");
  federation.sync(offline);
  for (auto* member : {&reader, &offline}) {
    SCOPED_TRACE(member->host);
    const auto group = member->node->group(key);
    ASSERT_TRUE(group) << status(*member);
    EXPECT_EQ(group->document, signed_line);
    const auto evidence = member->node->evidence(key);
    ASSERT_TRUE(evidence) << evidence.error().detail;
    const auto text = protocol::format_evidence(*evidence);
    EXPECT_NE(text.find("x_later"), std::string::npos);
    const auto read_back = protocol::parse_evidence(text);
    ASSERT_TRUE(read_back);
    const auto findings =
        protocol::verify_evidence(*read_back, {national.scid, ""}, federation.clock.now());
    ASSERT_TRUE(findings) << findings.error().detail;
    EXPECT_TRUE(findings->valid_now);
  }
}

}  // namespace
