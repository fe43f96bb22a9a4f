#include "node/evidence.h"

#include <fstream>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/note.h"
#include "tests/support/federation.h"

namespace {

using protocol::ErrorCode;
using protocol::Evidence;
using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;

/// An association, a chapter and a collective below it, and two nodes that follow them: one with a
/// publisher of its own, whose cosignature dates what it shows, and one without.
class EvidenceBundle : public testing::Test {
 protected:
  EvidenceBundle()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        lake(federation.add("lake.test", "Lake Test Collective", {"US-OH"}, "collective")),
        hub(federation.add("hub.test", "Hub Test Alumni", {"US-MI"}, "alumni_office")),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US"}, 1);
    federation.recognize(ohio, lake, {"US-OH"});
    federation.anchor(reader, national);
    federation.anchor(hub, national);
    key = federation.publish(
        lake, {simple_listing("Harbor circle", {{"x_not_known_yet", Json::array({1, "two"})}})})[0];
    federation.clock.advance(std::chrono::hours(1));
    federation.sync(reader);
    federation.sync(hub);
  }

  Evidence made_by(Federation::Member& member) { return *member.node->evidence(key); }

  protocol::Result<protocol::EvidenceFindings> verify(const Evidence& evidence,
                                                      const std::string& version = {}) {
    return protocol::verify_evidence(evidence, {national.scid, version}, federation.clock.now());
  }
  std::string code(const Evidence& evidence, const std::string& version = {}) {
    const auto findings = verify(evidence, version);
    return findings ? "holds" : std::string(protocol::word(findings.error().code));
  }
  std::string where(const Evidence& evidence) {
    const auto findings = verify(evidence);
    return findings ? "holds"
                    : findings.error().detail.substr(0, findings.error().detail.find(':'));
  }

  node::ExitCode run(Federation::Member& member, node::Invocation invocation) {
    test_support::CollectedOutput output;
    const auto exit = node::execute(invocation, *member.node, output);
    said = output.said;
    return exit;
  }
  node::ExitCode check(const std::string& file, std::vector<std::string> anchor,
                       bool json = false) {
    test_support::CollectedOutput output;
    node::Invocation invocation{"verify", {{"file", {"evidence.json"}}}, {{"file", file}}, {}, "/"};
    if (!anchor.empty()) invocation.options["anchor"] = std::move(anchor);
    if (json) invocation.options["json"] = {};
    const auto exit = node::command_verify(invocation, federation.clock.now(), output);
    said = output.said;
    return exit;
  }

  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& lake;
  Federation::Member& hub;
  Federation::Member& reader;
  node::RecordKey key;
  std::string said;
};

TEST_F(EvidenceBundle, ProvesTheListingAndItsPathAndWhenTheyWereSeen) {
  const auto findings = verify(made_by(hub));
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_EQ(findings->listing_name, "Harbor circle");
  EXPECT_EQ(findings->listing.issuer.scid, lake.scid);
  EXPECT_EQ(findings->anchor.scid, national.scid);
  ASSERT_EQ(findings->path.size(), 2U);
  EXPECT_EQ(findings->path[0].subject_scid, ohio.scid);
  EXPECT_EQ(findings->path[0].subject_name, "Ohio Test Chapter");
  EXPECT_EQ(findings->path[0].max_path_length, 1);
  EXPECT_EQ(findings->path[1].item.issuer.scid, ohio.scid);
  EXPECT_EQ(findings->path[1].area, std::vector<std::string>{"US-OH"});
  EXPECT_TRUE(findings->valid_now);
  ASSERT_TRUE(findings->node);
  EXPECT_EQ(findings->node->scid, hub.scid);
  for (const auto* item : {&findings->listing, &findings->path[0].item, &findings->path[1].item}) {
    EXPECT_EQ(item->seen_at, federation.clock.now());
    EXPECT_EQ(item->publisher_time, federation.clock.now() - std::chrono::hours(1));
  }
}

TEST_F(EvidenceBundle, KeepsTheUnknownMembersOfAListing) {
  const auto evidence = protocol::parse_evidence(protocol::format_evidence(made_by(reader)));
  ASSERT_TRUE(evidence);
  EXPECT_EQ(*evidence->listing.document.find("credentialSubject")->find("x_not_known_yet"),
            Json::array({1, "two"}));
  EXPECT_TRUE(verify(*evidence));
  auto changed = *evidence;
  changed.listing.document.find("credentialSubject")->set("x_not_known_yet", Json::array({1, "2"}));
  EXPECT_EQ(code(changed), "doc-hash");
}

TEST_F(EvidenceBundle, HasNoTimeOfANodeWithoutAPublisher) {
  const auto evidence = made_by(reader);
  EXPECT_TRUE(evidence.node_did_log.empty());
  const auto findings = verify(evidence);
  ASSERT_TRUE(findings);
  EXPECT_FALSE(findings->node);
  EXPECT_FALSE(findings->listing.seen_at);
  EXPECT_TRUE(findings->listing.publisher_time);
}

TEST_F(EvidenceBundle, IsTheSameBytesUntilSomethingChanges) {
  const auto first = protocol::format_evidence(made_by(hub));
  federation.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(protocol::format_evidence(made_by(hub)), first)
      << "a stranger could have anything signed";
  const auto parsed = protocol::parse_evidence(first);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, made_by(hub));
  EXPECT_EQ(protocol::format_evidence(*parsed), first);
}

TEST_F(EvidenceBundle, OfOnesOwnListingWithoutAPathIsTheWordOfItsPublisher) {
  const auto evidence = lake.node->evidence(key);
  ASSERT_TRUE(evidence);
  EXPECT_TRUE(evidence->path.empty());
  EXPECT_EQ(evidence->anchor, lake.scid);
  const auto findings =
      protocol::verify_evidence(*evidence, {lake.scid, ""}, federation.clock.now());
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_FALSE(findings->listing.seen_at) << "its own word twice is no second one";
  EXPECT_TRUE(findings->listing.publisher_time);
  EXPECT_EQ(code(*evidence), "no-path");
}

TEST_F(EvidenceBundle, IsOnlyMadeOfWhatIsShown) {
  const auto refused = [&](Federation::Member& member) {
    const auto evidence = member.node->evidence(key);
    return evidence ? "made" : std::string(protocol::word(evidence.error().code));
  };
  EXPECT_EQ(refused(hub), "made");
  EXPECT_EQ(refused(national), "not-found") << "it does not follow the collective";
  hub.node->change(
      [&](node::Store& store, node::Publisher*) { store.deny(key.scid, key.urn(), "asked to"); });
  EXPECT_EQ(refused(hub), "not-found");
  hub.node->change([&](node::Store& store, node::Publisher*) {
    store.deny(key.scid, key.urn(), "asked to", federation.clock.now());
  });
  EXPECT_EQ(refused(hub), "made") << "a denial is over on its last second";
  federation.unrecognize(ohio, lake);
  federation.sync(hub);
  EXPECT_EQ(refused(hub), "not-found");
  federation.withdraw(lake, key);
  federation.sync(reader);
  EXPECT_EQ(refused(reader), "not-found");
}

TEST_F(EvidenceBundle, NeedsTheAnchorThatTheReaderTrusts) {
  const auto evidence = made_by(hub);
  const auto against = [&](const std::string& scid) {
    const auto findings = protocol::verify_evidence(evidence, {scid, ""}, federation.clock.now());
    return findings ? "holds" : std::string(protocol::word(findings.error().code));
  };
  EXPECT_EQ(against(national.scid), "holds");
  EXPECT_EQ(against(ohio.scid), "no-path");
  // A bundle that only says so.
  auto lying = evidence;
  lying.anchor = hub.scid;
  const auto findings = protocol::verify_evidence(lying, {hub.scid, ""}, federation.clock.now());
  ASSERT_FALSE(findings);
  EXPECT_EQ(findings.error().code, ErrorCode::no_path);

  const auto version = verify(evidence)->anchor.version_id;
  EXPECT_EQ(code(evidence, version), "holds");
  EXPECT_EQ(code(evidence, "2-" + version.substr(2)), "edge-pin");
}

TEST_F(EvidenceBundle, RefusesPartsThatDoNotBelongTogether) {
  const auto good = made_by(hub);
  ASSERT_EQ(code(good), "holds");
  auto bundle = good;
  bundle.path.erase(bundle.path.begin());
  EXPECT_EQ(code(bundle), "no-path") << "it would begin at the chapter";
  bundle = good;
  bundle.path.pop_back();
  EXPECT_EQ(code(bundle), "edge-pin")
      << "the association recognized the chapter, not this publisher";
  bundle = good;
  std::swap(bundle.path[0], bundle.path[1]);
  EXPECT_EQ(code(bundle), "no-path");
  bundle = good;
  bundle.path.push_back(bundle.path[1]);
  EXPECT_EQ(code(bundle), "no-path") << "a publisher twice";
  bundle = good;
  bundle.path.assign(5, good.path[0]);
  EXPECT_EQ(code(bundle), "edge-depth");
  bundle = good;
  bundle.path.clear();
  EXPECT_EQ(code(bundle), "no-path");
  bundle = good;
  bundle.listing.did_log = good.path[0].did_log;
  EXPECT_EQ(code(bundle), "origin-mismatch");
  bundle = good;
  bundle.listing.proof = good.path[1].proof;
  EXPECT_EQ(code(bundle), "origin-mismatch");
  EXPECT_EQ(where(bundle), "proof");
  bundle = good;
  bundle.path[1].leaf = good.path[0].leaf;
  EXPECT_EQ(code(bundle), "corrupt-mirror");
  EXPECT_EQ(where(bundle), "path[1].proof");
  bundle = good;
  bundle.path[1].document = good.path[0].document;
  EXPECT_EQ(code(bundle), "doc-hash");
  EXPECT_EQ(where(bundle), "path[1].recognition");
  bundle = good;
  bundle.listing = good.path[1];
  EXPECT_EQ(code(bundle), "doc-profile");
  EXPECT_EQ(where(bundle), "leaf");
  bundle = good;
  bundle.listing.document = Json::object({});
  EXPECT_EQ(code(bundle), "doc-hash");
  bundle = good;
  bundle.node_did_log = good.listing.did_log;
  const auto own_word = verify(bundle);
  ASSERT_TRUE(own_word) << "the lines of the hub are then nobody's";
  EXPECT_FALSE(own_word->listing.seen_at);
  bundle.node_did_log = "{}";
  EXPECT_EQ(code(bundle), "did-syntax");
  EXPECT_EQ(where(bundle), "nodeDidLog");
}

TEST_F(EvidenceBundle, RefusesChangedBytesOfLeavesProofsAndDocuments) {
  const auto good = made_by(hub);
  std::size_t tried = 0;
  const auto attack = [&](auto&& text_of, std::size_t step) {
    const auto size = text_of(good).size();
    for (std::size_t at = 0; at < size; at += step) {
      auto bundle = good;
      auto& text = text_of(bundle);
      text[at] = static_cast<char>(text[at] ^ 1);
      ++tried;
      const auto findings = verify(bundle);
      // A line of a key that nobody asks for may be anything; its change may at most take a time
      // away.
      if (findings) {
        EXPECT_FALSE(findings->listing.seen_at && findings->path[0].item.seen_at &&
                     findings->path[1].item.seen_at)
            << "byte " << at << " of " << text.substr(at > 20 ? at - 20 : 0, 40);
        EXPECT_TRUE(findings->listing.publisher_time);
      }
    }
  };
  const auto part = [](auto& bundle, int which) -> auto& {
    return which < 0 ? bundle.listing : bundle.path[static_cast<std::size_t>(which)];
  };
  for (int which = -1; which < 2; ++which) {
    attack(
        [&](auto& bundle) -> auto& { return part(bundle, which).leaf; }, 7);
    attack(
        [&](auto& bundle) -> auto& { return part(bundle, which).proof; }, 31);
    attack(
        [&](auto& bundle) -> auto& { return part(bundle, which).did_log; }, 307);
  }
  EXPECT_GT(tried, 120U);
  // A change of any member of a document is a change of its hash.
  for (const auto* name : {"@context", "id", "type", "issuer", "validFrom", "validUntil",
                           "credentialSubject", "proof"}) {
    auto bundle = good;
    bundle.listing.document.erase(name);
    EXPECT_EQ(code(bundle), "doc-hash") << name;
  }
}

TEST_F(EvidenceBundle, RefusesBundlesThatAreNotWrittenAsTheyMust) {
  const auto good = format_evidence(made_by(hub));
  const auto json = *protocol::parse_json(good);
  struct Case {
    std::string name;
    std::string text;
    ErrorCode want;
    std::string member;
  };
  const auto with = [&](const std::string& member, Json value) {
    auto changed = json;
    changed.set(member, std::move(value));
    return protocol::canonical(changed);
  };
  const auto without = [&](const std::string& member) {
    auto changed = json;
    changed.erase(member);
    return protocol::canonical(changed);
  };
  const auto step_with = [&](const std::string& member, Json value) {
    auto changed = json;
    (*changed.find("path")->if_array())[1].set(member, std::move(value));
    return protocol::canonical(changed);
  };
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += '[';
  const Case cases[] = {
      {"empty", "", ErrorCode::doc_syntax, ""},
      {"no json", "kith", ErrorCode::doc_syntax, ""},
      {"a list", "[]", ErrorCode::doc_profile, "bundle"},
      {"null", "null", ErrorCode::doc_profile, "bundle"},
      {"two values", good + good, ErrorCode::doc_syntax, ""},
      {"a member twice", "{\"anchor\":\"\"," + good.substr(1), ErrorCode::doc_syntax, ""},
      {"deep", deep, ErrorCode::doc_syntax, ""},
      {"deep document",
       with("document",
            *protocol::parse_json(
                "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}")),
       ErrorCode::doc_hash, "document"},
      {"huge", std::string(protocol::kMaxEvidenceBytes + 1, ' '), ErrorCode::too_large, "bundle"},
      {"unknown member", with("more", 1), ErrorCode::doc_profile, "more"},
      {"unknown member of a step", step_with("more", 1), ErrorCode::doc_profile, "path[1].more"},
      {"no document", without("document"), ErrorCode::doc_profile, "document"},
      {"document as text", with("document", "{}"), ErrorCode::doc_profile, "document"},
      {"no leaf", without("leaf"), ErrorCode::doc_profile, "leaf"},
      {"leaf as number", with("leaf", 1), ErrorCode::doc_profile, "leaf"},
      {"empty leaf", with("leaf", ""), ErrorCode::doc_profile, "leaf"},
      {"long leaf", with("leaf", std::string(513, 'a')), ErrorCode::too_large, "leaf"},
      {"no proof", without("proof"), ErrorCode::doc_profile, "proof"},
      {"no log", without("didLog"), ErrorCode::doc_profile, "didLog"},
      {"long log", with("didLog", std::string(protocol::kMaxDidLogBytes + 1, 'a')),
       ErrorCode::too_large, "didLog"},
      {"no path", without("path"), ErrorCode::doc_profile, "path"},
      {"path as object", with("path", Json::object({})), ErrorCode::doc_profile, "path"},
      {"long path", with("path", Json(Json::Array(5))), ErrorCode::doc_profile, "path"},
      {"null step", with("path", Json(Json::Array(1))), ErrorCode::doc_profile, "path[0]"},
      {"no recognition", step_with("recognition", Json()), ErrorCode::doc_profile,
       "path[1].recognition"},
      {"step with a document", step_with("document", Json()), ErrorCode::doc_profile,
       "path[1].document"},
      {"no anchor", without("anchor"), ErrorCode::doc_profile, "anchor"},
      {"anchor by name", with("anchor", "National Test Association"), ErrorCode::doc_profile,
       "anchor"},
      {"empty node log", with("nodeDidLog", ""), ErrorCode::doc_profile, "nodeDidLog"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto evidence = protocol::parse_evidence(c.text);
    const auto error = evidence ? verify(*evidence).error() : evidence.error();
    EXPECT_EQ(error.code, c.want) << error.detail;
    if (!c.member.empty()) {
      EXPECT_TRUE(error.detail.starts_with(c.member + ":")) << error.detail;
    }
    // As a file: what cannot be read is damaged data, what does not hold is a no.
    EXPECT_EQ(check(c.text, {national.scid}), evidence ? node::kExitNo : node::kExitDamaged);
  }
}

TEST_F(EvidenceBundle, KeepsToDepthAreaAndPins) {
  // Recognitions that the tool would not let out, signed by the chapter's own key.
  const auto evidence = made_by(hub);
  const auto keys = node::load_keys(ohio.node->folder());
  const auto log =
      *protocol::resolve_did_log(evidence.path[1].did_log, "", "", federation.clock.now());
  const auto forged = [&](const std::function<void(Json & subject)>& change,
                          std::chrono::seconds from = {},
                          std::chrono::days lasts = std::chrono::days(90)) {
    auto envelope = *protocol::read_envelope(protocol::canonical(evidence.path[1].document));
    change(envelope.subject);
    envelope.valid_from += from;
    envelope.valid_until = envelope.valid_from + lasts;
    const auto line = *protocol::sign_document(envelope, log.current().did + "#sign", keys.sign,
                                               federation.clock.now());
    protocol::Leaf leaf;
    leaf.id = envelope.id;
    leaf.type = "recognition";
    leaf.document = protocol::sha256(line);
    leaf.expires = envelope.valid_until;
    auto bundle = evidence;
    auto& step = bundle.path[1];
    step.document = *protocol::parse_json(line);
    step.leaf = protocol::format_leaf(leaf);
    const auto origin = protocol::feed_origin(ohio.scid, 1);
    const auto root = protocol::leaf_hash(protocol::as_bytes(step.leaf));
    const auto text = protocol::format_checkpoint({origin, 1, root});
    step.proof = protocol::format_tlog_proof(
        {std::nullopt,
         0,
         {},
         protocol::format_note({text,
                                {protocol::sign_note(text, origin, keys.sign),
                                 protocol::cosign_note(text, protocol::node_key_name(ohio.scid),
                                                       keys.node, federation.clock.now())}})});
    return code(bundle);
  };
  const auto constraint = [](const std::string& name, Json value) {
    return [name, value](Json& subject) {
      subject.find("recognizedTo")->find("constraints")->set(name, value);
    };
  };
  EXPECT_EQ(forged([](Json&) {}), "holds");
  EXPECT_EQ(forged(constraint("maxPathLength", 5)), "holds");
  EXPECT_EQ(forged(constraint("maxPathLength", -1)), "edge-constraint");
  EXPECT_EQ(forged(constraint("maxPathLength", "1")), "edge-constraint");
  EXPECT_EQ(forged(constraint("area", Json::array({"US"}))), "holds");
  EXPECT_EQ(forged(constraint("area", Json::array({"US-MI"}))), "edge-scope");
  EXPECT_EQ(forged(constraint("area", Json::array({}))), "edge-scope");
  EXPECT_EQ(forged(constraint("only_on_mondays", true)), "edge-constraint");
  EXPECT_EQ(forged([](Json& subject) { subject.set("atVersion", "7-Qm"); }), "edge-pin");
  EXPECT_EQ(forged([](Json& subject) { subject.find("recognizedTo")->set("action", "trust"); }),
            "edge-constraint");
  EXPECT_EQ(forged([&](Json& subject) { subject.set("id", log.current().did); }), "edge-pin");
  EXPECT_EQ(forged([](Json&) {}, std::chrono::days(2)), "edge-expired") << "not yet";
  EXPECT_EQ(forged([](Json&) {}, -std::chrono::days(200)), "edge-expired") << "over";
}

TEST_F(EvidenceBundle, OutlivesItsDocumentsOnlyWhereATimeIsKnown) {
  const auto dated = made_by(hub);
  const auto made_at = federation.clock.now();
  federation.clock.advance(std::chrono::days(500));
  const auto findings = verify(dated);
  ASSERT_TRUE(findings) << findings.error().detail;
  EXPECT_FALSE(findings->valid_now);
  EXPECT_EQ(findings->judged_at, made_at);
  EXPECT_EQ(check(format_evidence(dated), {national.scid}), node::kExitNo);
  EXPECT_NE(said.find("its time is over"), std::string::npos) << said;
}

TEST_F(EvidenceBundle, CannotBeDatedInTheFuture) {
  const auto evidence = made_by(hub);
  EXPECT_FALSE(protocol::verify_evidence(evidence, {national.scid, ""},
                                         federation.clock.now() - std::chrono::hours(2)));
}

TEST_F(EvidenceBundle, IsServedByTheApi) {
  node::Router router;
  node::add_public_routes(router, *hub.node, {});
  const auto response = router(node::make_request("GET", "/api/v1/evidence/" + key.text()));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, format_evidence(made_by(hub)));
  for (const auto& target : {"/api/v1/evidence/" + key.scid + "/" + std::string(36, '0'),
                             "/api/v1/evidence/" + national.scid + "/" + key.uuid,
                             std::string("/api/v1/evidence/x/y")}) {
    EXPECT_EQ(router(node::make_request("GET", target)).status, 404) << target;
  }
}

TEST_F(EvidenceBundle, IsWrittenAndCheckedByCommands) {
  const test_support::ScratchFolder folder;
  const auto file = (folder.path() / "evidence.json").string();
  ASSERT_EQ(run(hub, {"evidence", {{"id", {key.text()}}, {"out", {file}}}, {}, {}, "/"}),
            node::kExitOk)
      << said;
  EXPECT_NE(said.find("--anchor " + national.scid), std::string::npos) << said;
  const auto text = *node::read_file_if_there(file);

  EXPECT_EQ(check(text, {national.scid}), node::kExitOk) << said;
  for (const std::string sentence :
       {"Harbor circle", "seen by hub.test/o/main", "your anchor, recognizes Ohio Test Chapter",
        "That nothing was withdrawn, by then or since", "an older, cut log",
        "good, safe or right"}) {
    std::string flat = said;
    for (std::size_t at; (at = flat.find("\n  ")) != std::string::npos;) flat.replace(at, 3, " ");
    EXPECT_NE(flat.find(sentence), std::string::npos) << sentence << "\n" << said;
  }
  EXPECT_EQ(check(text, {national.line}), node::kExitOk) << said;
  EXPECT_EQ(said.find("cut log"), std::string::npos) << said;
  EXPECT_EQ(check(text, {national.scid + "@" + national.line.substr(national.line.find('#') + 1)}),
            node::kExitOk);
  EXPECT_EQ(check(text, {national.scid + "@9-Qm"}), node::kExitNo);
  EXPECT_NE(said.find("edge-pin"), std::string::npos) << said;
  EXPECT_EQ(check(text, {ohio.scid}), node::kExitNo);
  EXPECT_EQ(check(text, {}), node::kExitUsage);
  EXPECT_EQ(check(text, {"National Test Association"}), node::kExitUsage);
  EXPECT_EQ(check(text, {national.scid + "@"}), node::kExitUsage);
  EXPECT_EQ(check(text, {national.scid}, true), node::kExitOk);
  const auto json = protocol::parse_json(said);
  ASSERT_TRUE(json) << said;
  EXPECT_EQ(*json->find("holds"), Json(true));
  EXPECT_EQ(*json->find("listing")->find("name"), Json("Harbor circle"));
  EXPECT_EQ(json->find("path")->if_array()->size(), 2U);
  EXPECT_EQ(check("{}", {national.scid}, true), node::kExitDamaged);
  EXPECT_EQ(*protocol::parse_json(said)->find("holds"), Json(false));
  EXPECT_EQ(run(hub, {"evidence", {{"id", {std::string(36, 'a')}}}, {}, {}, "/"}), node::kExitNo);
}

TEST_F(EvidenceBundle, ProvesEntriesOfLogsOfManyBundles) {
  std::vector<node::RecordKey> keys;
  for (int round = 0; round < 3; ++round) {
    std::vector<Json> listings;
    for (int i = 0; i < 200; ++i)
      listings.push_back(simple_listing("Group " + std::to_string(round * 200 + i)));
    const auto more = federation.publish(lake, std::move(listings));
    keys.insert(keys.end(), more.begin(), more.end());
    federation.sync(hub);
    for (const std::size_t at : {std::size_t{0}, keys.size() / 2, keys.size() - 1}) {
      const auto evidence = hub.node->evidence(keys[at]);
      ASSERT_TRUE(evidence) << evidence.error().detail;
      EXPECT_EQ(code(*evidence), "holds");
    }
  }
}

/// A chapter that recognizes another, and looks after both.
class Monitor : public testing::Test {
 protected:
  Monitor()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        lake(federation.add("lake.test", "Lake Test Collective", {"US-OH"}, "collective")) {
    federation.recognize(national, ohio, {"US"}, 1);
    federation.sync(national);
  }
  node::ExitCode monitor(bool json = false) {
    test_support::CollectedOutput output;
    node::Invocation invocation{"monitor", {}, {}, {}, "/"};
    if (json) invocation.options["json"] = {};
    const auto exit = node::execute(invocation, *national.node, output);
    said = output.said;
    return exit;
  }

  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& lake;
  std::string said;
};

TEST_F(Monitor, HasNothingToSayWhenNothingIsNew) {
  EXPECT_EQ(monitor(), node::kExitOk) << said;
  EXPECT_NE(said.find("reads as it should"), std::string::npos) << said;
  EXPECT_EQ(monitor(true), node::kExitOk);
  const auto json = protocol::parse_json(said);
  ASSERT_TRUE(json) << said;
  EXPECT_EQ(*json->find("look"), Json(false));
}

TEST_F(Monitor, TellsOnceOfANewRecognitionByWhomOneRecognizes) {
  EXPECT_EQ(monitor(), node::kExitOk);
  federation.recognize(ohio, lake, {"US-OH"});
  federation.sync(national);
  EXPECT_EQ(monitor(), node::kExitNo);
  EXPECT_NE(said.find("Lake Test Collective"), std::string::npos) << said;
  EXPECT_EQ(monitor(), node::kExitOk) << said;
  // Renewed is not new.
  federation.clock.advance(std::chrono::hours(1));
  federation.recognize(ohio, lake, {"US-OH"});
  federation.sync(national);
  EXPECT_EQ(monitor(), node::kExitOk) << said;
}

TEST_F(Monitor, SeesWhatIsWrongWithTheOwnPublicCopy) {
  const auto folder = national.node->folder() / "public";
  const auto checkpoint = *node::read_file_if_there(folder / "feed/1/checkpoint");
  federation.publish(national, {simple_listing("A new group")});
  ASSERT_EQ(monitor(), node::kExitOk) << said;
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.ends_with("/checkpoint")) return std::nullopt;
        return crawler::FetchResponse{200, checkpoint, ""};
      });
  EXPECT_EQ(monitor(), node::kExitNo);
  EXPECT_NE(said.find("old"), std::string::npos) << said;
  federation.source.lie(
      [&](const std::string& url,
          const std::string& body) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.ends_with(".jsonl") || url.ends_with("did.jsonl")) return std::nullopt;
        return crawler::FetchResponse{200, std::string(body.size(), '\n'), ""};
      });
  EXPECT_EQ(monitor(), node::kExitNo);
  EXPECT_NE(said.find("doc-missing"), std::string::npos) << said;
  federation.source.lie(nullptr);
  federation.source.stop_serving("national.test/o/main");
  EXPECT_EQ(monitor(), node::kExitUnreachable) << said;
}

TEST_F(Monitor, SeesRecognitionsThatEndSoonAndPublishersInContradiction) {
  // until 2027-11-01, see Federation::recognize
  const auto end = *protocol::parse_timestamp("2027-11-01T00:00:00Z");
  federation.clock.advance(end - federation.clock.now() - std::chrono::days(31));
  EXPECT_EQ(said.find("ends on"), std::string::npos);
  monitor();
  EXPECT_EQ(said.find("ends on 2027-11-01"), std::string::npos) << said;
  federation.clock.advance(std::chrono::days(1));
  EXPECT_EQ(monitor(), node::kExitNo);
  EXPECT_NE(said.find("ends on 2027-11-01"), std::string::npos) << said;
  national.node->change([&](node::Store& store, node::Publisher*) {
    store.note_failure(*store.queries().feed(ohio.scid), {ErrorCode::equivocation, "two histories"},
                       {"", "another note"}, true, federation.clock.now(), federation.clock.now());
  });
  EXPECT_EQ(monitor(), node::kExitNo);
  EXPECT_NE(said.find("quarantined"), std::string::npos) << said;
}

}  // namespace
