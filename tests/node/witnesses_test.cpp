// Publishers whose identity log asks for the approval of witnesses (SPEC 3.3, rule 11), and what a
// log must show at first contact: through whole nodes.

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/node.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "node/store/witness_proofs.h"
#include "protocol/document/data_integrity.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/evidence.h"
#include "protocol/identity/did_log.h"
#include "tests/support/federation.h"

namespace {

using protocol::ErrorCode;
using protocol::Json;
using test_support::Federation;
using test_support::simple_listing;

protocol::SigningKey witness_key(int seed) {
  return *protocol::SigningKey::from_seed(protocol::Bytes(32, static_cast<std::uint8_t>(seed)));
}
std::string witness_did(const protocol::SigningKey& key) {
  return "did:key:" + protocol::to_multikey(key.public_key());
}
std::string witness_method(const protocol::SigningKey& key) {
  return witness_did(key) + "#" + protocol::to_multikey(key.public_key());
}

/// National recognizes Ohio, which names three witnesses, two of whom must agree; a reader has the
/// first as its anchor.
class WitnessedIdentity : public testing::Test {
 protected:
  WitnessedIdentity()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US-OH"});
    federation.anchor(reader, national);
    key = federation.publish(ohio, {simple_listing("Chapter group")})[0];
    first_log = *node::read_file_if_there(place() / "did.jsonl");
    const auto log = resolved(first_log);
    federation.clock.advance(std::chrono::minutes(1));
    log_text = first_log + second_entry(log) + "\n";
    write("did.jsonl", log_text);
  }

  std::filesystem::path place() const { return ohio.node->folder() / "public"; }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(place() / name, std::ios::binary) << text;
  }
  protocol::DidLog resolved(const std::string& text) {
    return *protocol::resolve_did_log(text, "", "", federation.clock.now());
  }

  /// Signed by the successor on the recovery sheet, with the keys that are in use.
  std::string second_entry(const protocol::DidLog& log) {
    const auto sheet = node::read_recovery_sheet(
        *node::read_file_if_there(ohio.node->folder().parent_path() / "ohio.test.sheet.txt"));
    const auto& update = sheet.keys.at(1);
    Json::Array witnesses;
    for (const int seed : {20, 21, 22})
      witnesses.push_back(Json::object({{"id", witness_did(witness_key(seed))}}));
    Json entry = Json::object(
        {{"versionId", log.current().version_id},
         {"versionTime", protocol::format_timestamp(federation.clock.now())},
         {"parameters",
          Json::object({{"updateKeys", Json::array({protocol::to_multikey(update.public_key())})},
                        {"nextKeyHashes",
                         Json::array({protocol::update_key_hash(witness_key(9).public_key())})},
                        {"witness", Json::object({{"threshold", 2}, {"witnesses", witnesses}})}})},
         {"state", log.current().document}});
    version_id = "2-" + protocol::to_multihash(protocol::sha256(protocol::canonical(entry)));
    entry.set("versionId", version_id);
    entry = protocol::sign_data_integrity(std::move(entry), witness_method(update),
                                          federation.clock.now(), update);
    entry.set("proof", Json::array({*entry.find("proof")}));
    return protocol::canonical(entry);
  }

  /// did-witness.json: that version, approved by these.
  std::string approved(const std::string& version, const std::vector<int>& seeds) {
    Json::Array proofs;
    for (const int seed : seeds) {
      const auto witness = witness_key(seed);
      const Json made =
          protocol::sign_data_integrity(Json::object({{"versionId", version}}),
                                        witness_method(witness), federation.clock.now(), witness);
      proofs.push_back(*made.find("proof"));
    }
    return protocol::canonical(
        Json::array({Json::object({{"versionId", version}, {"proof", Json(proofs)}})}));
  }

  std::string trouble() {
    for (const auto& report : reader.node->feeds()) {
      if (report.feed.scid == ohio.scid)
        return report.feed.trouble ? std::string(protocol::word(report.feed.trouble->code)) : "";
    }
    return "not here";
  }
  std::string kept() {
    return reader.node->change_store([&](node::Store& store) {
      return node::stored_witness_proofs(store.database(),
                                         store.queries().feed(ohio.scid)->feed_id);
    });
  }
  bool is_shown() { return reader.node->group(key).has_value(); }

  std::string code_of(const protocol::Evidence& evidence) {
    const auto again = protocol::parse_evidence(protocol::format_evidence(evidence));
    if (!again) return std::string(protocol::word(again.error().code));
    const auto findings =
        protocol::verify_evidence(*again, {national.scid, ""}, federation.clock.now());
    if (findings) return "holds";
    EXPECT_EQ(findings.error().detail.substr(0, 7), "didLog:") << findings.error().detail;
    return std::string(protocol::word(findings.error().code));
  }

  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& reader;
  node::RecordKey key;
  std::string first_log, log_text, version_id;
};

TEST_F(WitnessedIdentity, IsProvenToOthersWithTheProofsOfItsWitnesses) {
  const auto file = approved(version_id, {20, 22});
  write("did-witness.json", file);
  federation.sync(reader);
  ASSERT_TRUE(is_shown()) << trouble();
  EXPECT_EQ(kept(), file);

  const auto evidence = reader.node->evidence(key);
  ASSERT_TRUE(evidence) << evidence.error().detail;
  EXPECT_EQ(evidence->listing.did_witness, file);
  EXPECT_TRUE(evidence->path.at(0).did_witness.empty()) << "the anchor names no witnesses";
  EXPECT_EQ(code_of(*evidence), "holds");

  auto changed = *evidence;
  changed.listing.did_witness.clear();
  EXPECT_EQ(code_of(changed), "did-invalid") << "without any proof";
  changed.listing.did_witness = approved(resolved(first_log).current().version_id, {20, 22});
  EXPECT_EQ(code_of(changed), "did-invalid") << "of the entry before";
  changed.listing.did_witness =
      approved("2-QmXcdBcwpxKV78yaozLgT3tdypnKFQ7qMa5DZCd8EJefk4", {20, 21, 22});
  EXPECT_EQ(code_of(changed), "did-invalid") << "of another log";
  changed.listing.did_witness = approved(version_id, {21});
  EXPECT_EQ(code_of(changed), "did-invalid") << "one where two are needed";
  changed.listing.did_witness = approved(version_id, {21, 21});
  EXPECT_EQ(code_of(changed), "did-invalid") << "one, twice";
  changed.listing.did_witness = approved(version_id, {21, 23});
  EXPECT_EQ(code_of(changed), "did-invalid") << "a stranger";
  changed.listing.did_witness = file;
  auto& proof = changed.listing.did_witness;
  const auto value = proof.find("\"proofValue\":\"z") + 20;
  proof[value] = proof[value] == '2' ? '3' : '2';
  EXPECT_EQ(code_of(changed), "did-invalid") << "a signature that is not theirs";
  changed.listing.did_witness = "{}";
  EXPECT_EQ(code_of(changed), "did-syntax");
  changed.listing.did_witness.assign(protocol::kMaxWitnessBytes + 1, ' ');
  EXPECT_EQ(code_of(changed), "too-large");
}

TEST_F(WitnessedIdentity, IsCheckedByTheCommandWithoutANode) {
  write("did-witness.json", approved(version_id, {20, 21}));
  federation.sync(reader);
  const auto evidence = reader.node->evidence(key);
  ASSERT_TRUE(evidence);
  const auto check = [&](const protocol::Evidence& bundle) {
    test_support::CollectedOutput output;
    const node::Invocation invocation{"verify",
                                      {{"file", {"evidence.json"}}, {"anchor", {national.scid}}},
                                      {{"file", protocol::format_evidence(bundle)}},
                                      {},
                                      "/"};
    return node::command_verify(invocation, federation.clock.now(), output);
  };
  EXPECT_EQ(check(*evidence), node::kExitOk);
  auto cut = *evidence;
  cut.listing.did_witness.clear();
  EXPECT_NE(check(cut), node::kExitOk);
}

TEST_F(WitnessedIdentity, IsNotTakenBeforeItsWitnessesAgree) {
  federation.sync(reader);
  EXPECT_FALSE(is_shown());
  EXPECT_EQ(trouble(), "did-invalid") << "there is no file";
  write("did-witness.json", approved(version_id, {20}));
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-invalid") << "one where two are needed";
  EXPECT_EQ(kept(), "");
  write("did-witness.json", approved(version_id, {20, 21}));
  federation.sync(reader);
  EXPECT_TRUE(is_shown()) << trouble();
}

TEST_F(WitnessedIdentity, IsNotHiddenBecauseTheProofsCouldNotBeRead) {
  write("did.jsonl", first_log);
  federation.sync(reader);
  ASSERT_TRUE(is_shown());
  write("did.jsonl", log_text);
  federation.source.lie(
      [](const std::string& url,
         const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.ends_with("did-witness.json")) return std::nullopt;
        return protocol::refuse(ErrorCode::fetch_timeout, "no answer");
      });
  federation.sync(reader);
  EXPECT_EQ(trouble(), "fetch-timeout");
  EXPECT_TRUE(is_shown()) << "the last good state stays";
  // That there is none is another matter: the new log does not hold then.
  federation.source.lie({});
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-invalid");
  EXPECT_FALSE(is_shown());
}

TEST_F(WitnessedIdentity, AsksForTheProofsOfAnUnchangedLogOnce) {
  const auto file = approved(version_id, {20, 21});
  write("did-witness.json", file);
  federation.sync(reader);
  std::size_t asked = 0;
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        asked += url.ends_with("did-witness.json");
        return std::nullopt;
      });
  federation.sync(reader);
  EXPECT_EQ(asked, 0U);
  std::filesystem::remove(place() / "did-witness.json");
  federation.sync(reader);
  EXPECT_EQ(trouble(), "") << "what they proved they prove for good";
  EXPECT_EQ(kept(), file);
  // The same entries with other white space are another text: the proofs are asked for, and no
  // entry is contradicted.
  write("did.jsonl", log_text.substr(0, log_text.size() - 2) + " }\n");
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-invalid") << "they are gone";
  write("did-witness.json", file);
  federation.sync(reader);
  EXPECT_EQ(trouble(), "");
  EXPECT_TRUE(is_shown());
  EXPECT_EQ(asked, 2U);
}

TEST_F(WitnessedIdentity, CutBackIsARollbackWhateverItsWitnessesSay) {
  write("did-witness.json", approved(version_id, {20, 21}));
  federation.sync(reader);
  write("did.jsonl", first_log);
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-rollback");
  EXPECT_TRUE(is_shown());
  write("did.jsonl", first_log.substr(0, first_log.size() - 2) + " }\n");
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-rollback") << "white space makes no fork";
}

TEST_F(WitnessedIdentity, OfBeforeProofsWereKeptGetsThemWithTheNextReading) {
  const auto file = approved(version_id, {20, 21});
  write("did-witness.json", file);
  federation.sync(reader);
  reader.node->change_store([&](node::Store& store) {
    node::keep_witness_proofs(store.database(), store.queries().feed(ohio.scid)->feed_id, "");
  });
  EXPECT_EQ(federation.broken_invariant(reader), "");
  const auto refused = reader.node->evidence(key);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
  federation.sync(reader);
  EXPECT_EQ(kept(), file);
  EXPECT_TRUE(reader.node->evidence(key));
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(WitnessedIdentity, CanBeFollowedByItsAddress) {
  write("did-witness.json", approved(version_id, {20, 21}));
  const auto found = reader.node->look_up("https://ohio.test/o/main");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->scid, ohio.scid);
  EXPECT_EQ(found->version_id, version_id);
}

TEST_F(WitnessedIdentity, LeavesNothingBehindWhenItIsForgotten) {
  write("did-witness.json", approved(version_id, {20, 21}));
  federation.sync(reader);
  reader.node->change_store([&](node::Store& store) {
    store.forget(ohio.scid);
    auto rows = store.database().prepare("SELECT count(*) FROM witness_proofs");
    rows.step();
    EXPECT_EQ(rows.integer(0), 0);
  });
}

/// A publisher that is known by a recognition alone, which names the version that its author saw.
class FirstContact : public WitnessedIdentity {
 protected:
  FirstContact() { write("did-witness.json", approved(version_id, {20, 21})); }

  void recognize_version(std::optional<std::string> version) {
    federation.unrecognize(national, ohio);
    protocol::Recognition recognition;
    recognition.subject_did = ohio.line.substr(6, ohio.line.find('#') - 6);
    recognition.at_version = std::move(version);
    recognition.name = "Ohio Test Chapter";
    recognition.to_issue = true;
    federation.recognize_as(national, recognition);
  }
  std::string remembered() {
    return reader.node->change_store(
        [&](node::Store& store) { return store.queries().feed(ohio.scid)->did_log; });
  }
};

// T12: at first contact a cut log is caught by whoever recognizes its publisher, and does not
// become what this node holds the publisher to from then on.
TEST_F(FirstContact, ALogWithoutTheRecognizedVersionIsNotRemembered) {
  recognize_version(version_id);
  write("did.jsonl", first_log);
  federation.sync(reader);
  EXPECT_EQ(trouble(), "did-fork");
  EXPECT_EQ(remembered(), "");
  EXPECT_FALSE(is_shown());
  // The host is its publisher's again: nobody has to clear anything.
  write("did.jsonl", log_text);
  federation.sync(reader);
  EXPECT_EQ(trouble(), "");
  EXPECT_TRUE(is_shown());
}

TEST_F(FirstContact, OneRecognitionWithoutAVersionIsEnoughToRead) {
  recognize_version(std::nullopt);
  write("did.jsonl", first_log);
  federation.sync(reader);
  EXPECT_EQ(trouble(), "");
  EXPECT_TRUE(is_shown());
}

TEST_F(FirstContact, WhomTheOperatorNamesIsReadAsItIs) {
  recognize_version(version_id);
  write("did.jsonl", first_log);
  reader.node->change_store([&](node::Store& store) {
    store.follow(ohio.scid, ohio.line.substr(6, ohio.line.find('#') - 6), true);
  });
  federation.sync(reader);
  EXPECT_EQ(remembered(), first_log);
  EXPECT_FALSE(is_shown()) << "the edge is void all the same (edge-pin)";
}

TEST_F(FirstContact, AVoidRecognitionInFrontOfAGoodOneHidesNobody) {
  // Another recognizer, whose SCID may come first, recognizes it for nothing.
  auto& other = federation.add("other.test", "Other Test Association", {"US"});
  federation.anchor(reader, other);
  protocol::Recognition recognition;
  recognition.subject_did = ohio.line.substr(6, ohio.line.find('#') - 6);
  federation.recognize_as(other, recognition);
  federation.sync(reader);
  EXPECT_TRUE(is_shown()) << trouble();
}

}  // namespace
