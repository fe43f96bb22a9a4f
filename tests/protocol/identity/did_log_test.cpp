#include "protocol/identity/did_log.h"

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/document/data_integrity.h"
#include "protocol/encoding/text_encodings.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

using namespace std::chrono_literals;

const Timestamp kDidTestNow = *parse_timestamp("2026-11-22T12:00:00Z");

SigningKey did_test_key(int seed) {
  return *SigningKey::from_seed(Bytes(32, static_cast<std::uint8_t>(seed)));
}
std::string did_test_multikey(int seed) { return to_multikey(did_test_key(seed).public_key()); }
std::string did_test_did_key(int seed) { return "did:key:" + did_test_multikey(seed); }
std::string did_test_hash(int seed) { return to_multihash(sha256(did_test_multikey(seed))); }

// The neutral point: every signature made of it holds for every message.
std::string small_order_multikey() {
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = 1;
  return to_multikey(PublicKey::of(bytes));
}

// Replaces a text everywhere in a value; the test's own way, apart from the code under test.
Json did_test_replace(const Json& value, const std::string& from, const std::string& to) {
  std::string text = canonical(value);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return *parse_json(text);
}

std::string did_test_digest(const Json& value) { return to_multihash(sha256(canonical(value))); }

// What one entry is to say. The forge hashes and signs whatever stands here, so that a log breaks
// the one rule that a test is about and no other.
struct ForgedEntry {
  Json parameters;
  Json state;
  std::string time;
  int signer = 1;
  std::function<void(Json& entry)> before_hash;  // without versionId hash and proof
  std::function<void(Json& entry)> before_sign;  // hashed, unsigned
  std::function<void(Json& entry)> after_sign;
};

struct ForgedLog {
  std::string scid;
  std::vector<std::string> version_ids;
  std::string text;
  std::string did(const std::string& rest) const { return "did:webvh:" + scid + ":" + rest; }
};

void did_test_sign(Json& entry, int signer) {
  const std::string key = did_test_multikey(signer);
  entry = sign_data_integrity(std::move(entry), "did:key:" + key + "#" + key, kDidTestNow,
                              did_test_key(signer));
  entry.set("proof", Json(Json::Array{*entry.find("proof")}));
}

ForgedLog forge(const std::vector<ForgedEntry>& entries) {
  ForgedLog log;
  for (const auto& plan : entries) {
    Json entry = Json::object({{"versionId", "{SCID}"},
                               {"versionTime", plan.time},
                               {"parameters", plan.parameters},
                               {"state", plan.state}});
    if (!log.version_ids.empty()) entry = did_test_replace(entry, "{SCID}", log.scid);
    if (plan.before_hash) plan.before_hash(entry);
    if (log.version_ids.empty()) {
      log.scid = did_test_digest(entry);
      entry = did_test_replace(entry, "{SCID}", log.scid);
    } else {
      entry.set("versionId", log.version_ids.back());
    }
    entry.set("versionId",
              std::to_string(log.version_ids.size() + 1) + "-" + did_test_digest(entry));
    if (plan.before_sign) plan.before_sign(entry);
    log.version_ids.push_back(*entry.find("versionId")->if_string());
    did_test_sign(entry, plan.signer);
    if (plan.after_sign) plan.after_sign(entry);
    log.text += canonical(entry) + "\n";
  }
  return log;
}

Json plain_state(const std::string& rest) {
  return Json::object({{"@context", Json::array({"https://www.w3.org/ns/did/v1"})},
                       {"id", "did:webvh:{SCID}:" + rest}});
}

// Entry 1 by key 1, pre-rotated to keys 2 and 3; entry 2 by key 2.
ForgedEntry forged_first() {
  return {Json::object({{"method", "did:webvh:1.0"},
                        {"scid", "{SCID}"},
                        {"updateKeys", Json::array({did_test_multikey(1)})},
                        {"portable", true},
                        {"nextKeyHashes", Json::array({did_test_hash(2), did_test_hash(3)})}}),
          plain_state("chapter.example:o:main"),
          "2026-01-01T00:00:00Z",
          1,
          {},
          {},
          {}};
}
ForgedEntry forged_second() {
  return {Json::object({{"updateKeys", Json::array({did_test_multikey(2)})},
                        {"nextKeyHashes", Json::array({did_test_hash(4)})}}),
          plain_state("chapter.example:o:main"),
          "2026-01-02T00:00:00Z",
          2,
          {},
          {},
          {}};
}

struct ForgedPlan {
  ForgedEntry first = forged_first();
  ForgedEntry second = forged_second();
};

TEST(DidLog, AcceptsWhatTheRulesAllow) {
  const struct {
    const char* name;
    std::function<void(ForgedPlan&)> change;
  } cases[] = {
      {"two entries", [](ForgedPlan&) {}},
      {"method repeated",
       [](ForgedPlan& p) { p.second.parameters.set("method", "did:webvh:1.0"); }},
      {"both committed keys in force",
       [](ForgedPlan& p) {
         p.second.parameters.set("updateKeys",
                                 Json::array({did_test_multikey(3), did_test_multikey(2)}));
       }},
      {"two proofs, both by active keys",
       [](ForgedPlan& p) {
         p.second.parameters.set("updateKeys",
                                 Json::array({did_test_multikey(3), did_test_multikey(2)}));
         p.second.after_sign = [](Json& entry) {
           Json other = entry;
           other.erase("proof");
           did_test_sign(other, 3);
           entry.find("proof")->if_array()->push_back(other.find("proof")->if_array()->front());
         };
       }},
      {"proof as one object",
       [](ForgedPlan& p) {
         p.second.after_sign = [](Json& entry) {
           const Json proof = entry.find("proof")->if_array()->front();
           entry.set("proof", proof);
         };
       }},
      {"pre-rotation ended",
       [](ForgedPlan& p) { p.second.parameters.set("nextKeyHashes", Json(Json::Array{})); }},
      {"a fraction of a second",
       [](ForgedPlan& p) { p.second.time = "2026-01-02T00:00:00.123456789Z"; }},
      {"a fraction of a second later",
       [](ForgedPlan& p) {
         p.first.time = "2026-01-01T00:00:00.9Z";
         p.second.time = "2026-01-01T00:00:00.91Z";
       }},
      {"a fraction five minutes ahead",
       [](ForgedPlan& p) {
         p.second.time = format_timestamp(kDidTestNow + 5min).substr(0, 19) + ".0Z";
       }},
      {"watchers and ttl",
       [](ForgedPlan& p) {
         p.second.parameters.set("watchers", Json::array({"https://watch.example"}));
         p.second.parameters.set("ttl", 3600);
       }},
      {"deactivated", [](ForgedPlan& p) { p.second.parameters.set("deactivated", true); }},
      {"moved with the old name kept",
       [](ForgedPlan& p) {
         p.second.state = plain_state("new.example");
         p.second.state.set("alsoKnownAs",
                            Json::array({"did:webvh:{SCID}:chapter.example:o:main"}));
       }},
      {"portable given up", [](ForgedPlan& p) { p.second.parameters.set("portable", false); }},
      {"five minutes ahead",
       [](ForgedPlan& p) { p.second.time = format_timestamp(kDidTestNow + 5min); }},
      {"no pre-rotation: the key of before signs",
       [](ForgedPlan& p) {
         p.first.parameters.set("nextKeyHashes", Json(Json::Array{}));
         p.second.parameters = Json(Json::Object{});
         p.second.signer = 1;
       }},
      {"no pre-rotation: the key of before brings in its successor",
       [](ForgedPlan& p) {
         p.first.parameters.erase("nextKeyHashes");
         p.second.parameters.erase("nextKeyHashes");
         p.second.signer = 1;
       }},
      {"a key of another kind in the document, which Kith does not use",
       [](ForgedPlan& p) {
         p.second.state.set(
             "verificationMethod",
             Json::array({Json::object(
                 {{"id", "#p"}, {"publicKeyMultibase", "zDnaerx9CtbPJ1q36T5Ln5wY"}})}));
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ForgedPlan plan;
    c.change(plan);
    const ForgedLog log = forge({plan.first, plan.second});
    const auto read = resolve_did_log(log.text, "", log.did("chapter.example:o:main"), kDidTestNow);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->scid, log.scid);
    EXPECT_EQ(read->versions.size(), 2U);
    for (const auto& id : log.version_ids) EXPECT_TRUE(read->has_version(id));
    EXPECT_FALSE(read->has_version("2-Qm"));
    // The last newline is a matter of taste.
    EXPECT_TRUE(resolve_did_log(log.text.substr(0, log.text.size() - 1), "", "", kDidTestNow));
  }
}

TEST(DidLog, RefusesEveryBrokenRuleByItself) {
  using Change = std::function<void(ForgedPlan&)>;
  const auto parameter1 = [](const char* name, Json value) -> Change {
    return [=](ForgedPlan& p) { p.first.parameters.set(name, value); };
  };
  const auto parameter2 = [](const char* name, Json value) -> Change {
    return [=](ForgedPlan& p) { p.second.parameters.set(name, value); };
  };
  const auto drop2 = [](const char* name) -> Change {
    return [=](ForgedPlan& p) { p.second.parameters.erase(name); };
  };
  const auto time2 = [](std::string time) -> Change {
    return [=](ForgedPlan& p) { p.second.time = time; };
  };
  const auto version2 = [](std::function<std::string(const std::string&)> change) -> Change {
    return [=](ForgedPlan& p) {
      p.second.before_sign = [=](Json& entry) {
        entry.set("versionId", change(*entry.find("versionId")->if_string()));
      };
    };
  };
  const auto proof2 = [](std::function<void(Json & proof)> change) -> Change {
    return [=](ForgedPlan& p) {
      p.second.after_sign = [=](Json& entry) { change(entry.find("proof")->if_array()->front()); };
    };
  };
  const auto state2 = [](const char* name, Json value) -> Change {
    return [=](ForgedPlan& p) { p.second.state.set(name, value); };
  };
  const Json null;
  const Json bad_key = Json::array({small_order_multikey()});
  const auto method_of = [](std::string multikey) {
    return Json::array({Json::object({{"id", "did:webvh:{SCID}:chapter.example:o:main#x"},
                                      {"type", "Multikey"},
                                      {"publicKeyMultibase", multikey}})});
  };

  constexpr auto syntax = ErrorCode::did_syntax;
  constexpr auto invalid = ErrorCode::did_invalid;
  const struct {
    const char* name;
    Change change;
    ErrorCode want;
  } cases[] = {
      // Rule 2: members and types
      {"unknown parameter", parameter2("prune", 3), syntax},
      {"null parameter", parameter2("witness", null), syntax},
      {"null updateKeys", parameter2("updateKeys", null), syntax},
      {"updateKeys as a text", parameter2("updateKeys", did_test_multikey(2)), syntax},
      {"updateKeys with a number", parameter2("updateKeys", Json::array({1})), syntax},
      {"nextKeyHashes as an object", parameter2("nextKeyHashes", Json(Json::Object{})), syntax},
      {"portable as a text", parameter2("portable", "false"), syntax},
      {"deactivated as 0", parameter2("deactivated", 0), syntax},
      {"ttl negative", parameter2("ttl", -1), syntax},
      {"ttl over 2^31", parameter2("ttl", std::int64_t{2147483649}), syntax},
      {"ttl as a fraction", parameter2("ttl", Json(Json::Number{1.5, false})), syntax},
      {"watchers as a text", parameter2("watchers", "https://watch.example"), syntax},
      {"parameters as an array", [](ForgedPlan& p) { p.second.parameters = Json(Json::Array{}); },
       syntax},
      {"unknown member of the entry",
       [](ForgedPlan& p) { p.second.before_hash = [](Json& e) { e.set("note", "x"); }; }, syntax},
      {"no versionTime",
       [](ForgedPlan& p) { p.second.before_hash = [](Json& e) { e.erase("versionTime"); }; },
       syntax},
      {"versionTime as a number",
       [](ForgedPlan& p) { p.second.before_hash = [](Json& e) { e.set("versionTime", 1); }; },
       syntax},
      {"state as a text", [](ForgedPlan& p) { p.second.state = Json("x"); }, syntax},
      {"no proof member",
       [](ForgedPlan& p) { p.second.after_sign = [](Json& e) { e.erase("proof"); }; }, syntax},
      // Rule 3
      {"other method", parameter1("method", "did:webvh:0.5"), invalid},
      {"method of a future version", parameter1("method", "did:webvh:1.1"), invalid},
      {"method with a blank behind it", parameter1("method", "did:webvh:1.0 "), invalid},
      {"method downgraded later", parameter2("method", "did:webvh:0.5"), invalid},
      {"scid again", parameter2("scid", "{SCID}"), invalid},
      {"no method", [](ForgedPlan& p) { p.first.parameters.erase("method"); }, invalid},
      {"no scid", [](ForgedPlan& p) { p.first.parameters.erase("scid"); }, invalid},
      {"no updateKeys", [](ForgedPlan& p) { p.first.parameters.erase("updateKeys"); }, invalid},
      {"empty updateKeys", parameter1("updateKeys", Json(Json::Array{})), invalid},
      // Rule 4
      {"updateKeys left out under pre-rotation", drop2("updateKeys"), invalid},
      {"updateKeys left out and signed by the old key",
       [](ForgedPlan& p) {
         p.second.parameters.erase("updateKeys");
         p.second.signer = 1;
       },
       invalid},
      {"updateKeys empty under pre-rotation, old key signs",
       [](ForgedPlan& p) {
         p.second.parameters.set("updateKeys", Json(Json::Array{}));
         p.second.signer = 1;
       },
       invalid},
      {"nextKeyHashes left out under pre-rotation", drop2("nextKeyHashes"), invalid},
      {"a key that was not committed to",
       [](ForgedPlan& p) {
         p.second.parameters.set("updateKeys", Json::array({did_test_multikey(5)}));
         p.second.signer = 5;
       },
       invalid},
      {"a second key that was not committed to",
       parameter2("updateKeys", Json::array({did_test_multikey(2), did_test_multikey(5)})),
       invalid},
      {"the old key kept beside the new",
       parameter2("updateKeys", Json::array({did_test_multikey(2), did_test_multikey(1)})),
       invalid},
      {"the old key signs", [](ForgedPlan& p) { p.second.signer = 1; }, invalid},
      {"a stranger signs", [](ForgedPlan& p) { p.second.signer = 9; }, invalid},
      {"a stranger signs the first entry", [](ForgedPlan& p) { p.first.signer = 9; }, invalid},
      {"without pre-rotation, the new key signs its own introduction",
       [](ForgedPlan& p) {
         p.first.parameters.erase("nextKeyHashes");
         p.second.parameters.erase("nextKeyHashes");
       },
       invalid},
      {"hash of the key's bytes instead of its text",
       [](ForgedPlan& p) {
         p.first.parameters.set(
             "nextKeyHashes",
             Json::array({to_multihash(sha256(did_test_key(2).public_key().view()))}));
       },
       invalid},
      {"nextKeyHashes with a prefix z",
       parameter2("nextKeyHashes", Json::array({"z" + did_test_hash(4)})), invalid},
      {"update key that is no multikey", parameter2("updateKeys", Json::array({"z6Mk"})), invalid},
      {"update key of small order", parameter2("updateKeys", bad_key), invalid},
      {"first update key of small order beside a good one",
       parameter1("updateKeys", Json::array({did_test_multikey(1), small_order_multikey()})),
       invalid},
      // Rule 5
      {"number 3 after 1", version2([](const std::string& id) { return "3" + id.substr(1); }),
       invalid},
      {"number 02", version2([](const std::string& id) { return "0" + id; }), invalid},
      {"number +2", version2([](const std::string& id) { return "+" + id; }), invalid},
      {"two hyphens", version2([](const std::string& id) { return "2-" + id.substr(1); }), invalid},
      {"no hyphen", version2([](const std::string& id) { return "2" + id.substr(2); }), invalid},
      {"a hash with a prefix z",
       version2([](const std::string& id) { return "2-z" + id.substr(2); }), invalid},
      {"no hash", version2([](const std::string&) { return std::string("2-"); }), invalid},
      // Rule 6
      {"the same time again", time2("2026-01-01T00:00:00Z"), invalid},
      {"an earlier time", time2("2025-12-31T23:59:59Z"), invalid},
      {"over five minutes ahead", time2(format_timestamp(kDidTestNow + 5min + 1s)), invalid},
      {"the year 9999", time2("9999-06-15T00:00:00Z"), invalid},
      {"no zone", time2("2026-01-02T00:00:00"), invalid},
      {"another zone", time2("2026-01-02T00:00:00+01:00"), invalid},
      {"a fraction without digits", time2("2026-01-02T00:00:00.Z"), invalid},
      {"a fraction of ten digits", time2("2026-01-02T00:00:00.0000000001Z"), invalid},
      {"a fraction with a sign", time2("2026-01-02T00:00:00.-1Z"), invalid},
      {"a fraction without a zone", time2("2026-01-02T00:00:00.5"), invalid},
      {"a fraction behind a comma", time2("2026-01-02T00:00:00,5Z"), invalid},
      {"a fraction over five minutes ahead",
       time2(format_timestamp(kDidTestNow + 5min).substr(0, 19) + ".000000001Z"), invalid},
      {"an earlier fraction of the same second",
       [](ForgedPlan& p) {
         p.first.time = "2026-01-01T00:00:00.91Z";
         p.second.time = "2026-01-01T00:00:00.9Z";
       },
       invalid},
      {"the same time with a fraction of zero", time2("2026-01-01T00:00:00.000Z"), invalid},
      {"no such day", time2("2026-02-30T00:00:00Z"), invalid},
      // Rules 7 and 8
      {"a foreign SCID throughout",
       [](ForgedPlan& p) {
         p.first.before_hash = [](Json& entry) {
           entry = did_test_replace(entry, "{SCID}", did_test_hash(8));
         };
       },
       invalid},
      {"a hash of another entry",
       version2([](const std::string&) { return "2-" + did_test_hash(8); }), invalid},
      {"changed after hashing, signed anew",
       [](ForgedPlan& p) {
         p.second.before_sign = [](Json& entry) { entry.find("state")->set("x", 1); };
       },
       invalid},
      // Rule 9
      {"no proof in the list",
       [](ForgedPlan& p) {
         p.second.after_sign = [](Json& e) { e.set("proof", Json(Json::Array{})); };
       },
       invalid},
      {"proof is null",
       [](ForgedPlan& p) { p.second.after_sign = [](Json& e) { e.set("proof", Json()); }; },
       invalid},
      {"a broken proof behind a good one",
       [](ForgedPlan& p) {
         p.second.after_sign = [](Json& e) {
           Json broken = e.find("proof")->if_array()->front();
           broken.set("created", "2026-01-01T00:00:00Z");
           e.find("proof")->if_array()->push_back(broken);
         };
       },
       invalid},
      {"a stranger's proof behind a good one",
       [](ForgedPlan& p) {
         p.second.after_sign = [](Json& e) {
           Json other = e;
           other.erase("proof");
           did_test_sign(other, 9);
           e.find("proof")->if_array()->push_back(other.find("proof")->if_array()->front());
         };
       },
       invalid},
      {"other suite", proof2([](Json& p) { p.set("cryptosuite", "eddsa-rdfc-2022"); }), invalid},
      {"no suite", proof2([](Json& p) { p.erase("cryptosuite"); }), invalid},
      {"other purpose", proof2([](Json& p) { p.set("proofPurpose", "authentication"); }), invalid},
      {"other type", proof2([](Json& p) { p.set("type", "Ed25519Signature2020"); }), invalid},
      {"body of another key than the fragment", proof2([](Json& p) {
         p.set("verificationMethod", did_test_did_key(9) + "#" + did_test_multikey(2));
       }),
       invalid},
      {"fragment of another key than the body", proof2([](Json& p) {
         p.set("verificationMethod", did_test_did_key(2) + "#" + did_test_multikey(9));
       }),
       invalid},
      {"method without a fragment",
       proof2([](Json& p) { p.set("verificationMethod", did_test_did_key(2)); }), invalid},
      {"method without did:key", proof2([](Json& p) {
         p.set("verificationMethod", did_test_multikey(2) + "#" + did_test_multikey(2));
       }),
       invalid},
      {"a proof with a context",
       proof2([](Json& p) { p.set("@context", Json::array({"https://www.w3.org/ns/did/v1"})); }),
       invalid},
      {"a proof with previousProof", proof2([](Json& p) { p.set("previousProof", "urn:x"); }),
       invalid},
      {"a changed signature",
       proof2([](Json& p) { p.set("proofValue", to_proof_value(did_test_key(2).sign("x"))); }),
       invalid},
      // Rule 10
      {"no id", [](ForgedPlan& p) { p.second.state.erase("id"); }, invalid},
      {"id of did:web", state2("id", "did:web:chapter.example"), invalid},
      {"id with a fragment", state2("id", "did:webvh:{SCID}:chapter.example:o:main#x"), invalid},
      {"id at an address", state2("id", "did:webvh:{SCID}:127.0.0.1"), invalid},
      {"id at localhost", [](ForgedPlan& p) { p.first.state = plain_state("localhost%3A8080"); },
       invalid},
      {"id of another SCID",
       [](ForgedPlan& p) {
         const std::string other = "did:webvh:" + did_test_hash(8) + ":chapter.example:o:main";
         p.second.state.set("id", other);
         p.second.state.set("alsoKnownAs",
                            Json::array({"did:webvh:{SCID}:chapter.example:o:main"}));
       },
       invalid},
      {"first id of another SCID",
       [](ForgedPlan& p) {
         p.first.state.set("id", "did:webvh:" + did_test_hash(8) + ":chapter.example:o:main");
       },
       invalid},
      {"moved without the old name",
       [](ForgedPlan& p) { p.second.state = plain_state("new.example"); }, invalid},
      {"moved with a wrong old name",
       [](ForgedPlan& p) {
         p.second.state = plain_state("new.example");
         p.second.state.set("alsoKnownAs", Json::array({"did:webvh:{SCID}:chapter.example"}));
       },
       invalid},
      {"moved while giving up being portable",
       [](ForgedPlan& p) {
         p.second.parameters.set("portable", false);
         p.second.state = plain_state("new.example");
         p.second.state.set("alsoKnownAs",
                            Json::array({"did:webvh:{SCID}:chapter.example:o:main"}));
       },
       invalid},
      {"moved without being portable",
       [](ForgedPlan& p) {
         p.first.parameters.erase("portable");
         p.second.state = plain_state("new.example");
         p.second.state.set("alsoKnownAs",
                            Json::array({"did:webvh:{SCID}:chapter.example:o:main"}));
       },
       invalid},
      {"portable repeated", parameter2("portable", true), invalid},
      {"portable set later",
       [](ForgedPlan& p) {
         p.first.parameters.erase("portable");
         p.second.parameters.set("portable", true);
       },
       invalid},
      {"an entry after the deactivation", parameter1("deactivated", true), invalid},
      {"a method of small order in the document",
       state2("verificationMethod", method_of(small_order_multikey())), invalid},
      {"a method of small order in a relationship",
       state2("authentication", method_of(small_order_multikey())), invalid},
      // Rule 11: malformed lists
      {"witness threshold 0",
       parameter2("witness", Json::object({{"threshold", 0},
                                           {"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_did_key(20)}})})}})),
       invalid},
      {"witness threshold over the number",
       parameter2("witness", Json::object({{"threshold", 2},
                                           {"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_did_key(20)}})})}})),
       invalid},
      {"witness threshold as a text",
       parameter2("witness", Json::object({{"threshold", "1"},
                                           {"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_did_key(20)}})})}})),
       invalid},
      {"witness threshold 1.5",
       parameter2("witness", Json::object({{"threshold", Json(Json::Number{1.5, false})},
                                           {"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_did_key(20)}})})}})),
       invalid},
      {"witness without a threshold",
       parameter2("witness", Json::object({{"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_did_key(20)}})})}})),
       syntax},
      {"witness list empty beside a threshold",
       parameter2("witness", Json::object({{"threshold", 0}, {"witnesses", Json(Json::Array{})}})),
       invalid},
      {"one witness twice",
       parameter2("witness",
                  Json::object({{"threshold", 2},
                                {"witnesses",
                                 Json::array({Json::object({{"id", did_test_did_key(20)}}),
                                              Json::object({{"id", did_test_did_key(20)}})})}})),
       invalid},
      {"witness as a bare multikey",
       parameter2("witness", Json::object({{"threshold", 1},
                                           {"witnesses", Json::array({Json::object(
                                                             {{"id", did_test_multikey(20)}})})}})),
       invalid},
      {"witness of small order",
       parameter2(
           "witness",
           Json::object({{"threshold", 1},
                         {"witnesses", Json::array({Json::object(
                                           {{"id", "did:key:" + small_order_multikey()}})})}})),
       invalid},
      {"witness with a weight",
       parameter2("witness", Json::object({{"threshold", 1},
                                           {"witnesses",
                                            Json::array({Json::object({{"id", did_test_did_key(20)},
                                                                       {"weight", 1}})})}})),
       syntax},
      {"witness as a list", parameter2("witness", Json(Json::Array{})), syntax},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ForgedPlan plan;
    c.change(plan);
    const ForgedLog log = forge({plan.first, plan.second});
    const auto read = resolve_did_log(log.text, "", "", kDidTestNow);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, c.want) << read.error().detail;
  }
}

TEST(DidLog, RefusesWhatIsNoLogAtAll) {
  const ForgedLog good = forge({forged_first(), forged_second()});
  const std::size_t split = good.text.find('\n');
  const std::string one = good.text.substr(0, split), two = good.text.substr(split + 1);
  const std::string texts[] = {"",
                               "\n",
                               "\n\n",
                               "x",
                               "{}",
                               "[]",
                               "null",
                               "\xEF\xBB\xBF" + good.text,
                               good.text + "\n",
                               one + "\n\n" + two,
                               "\n" + good.text,
                               one + two,
                               one + " " + two,
                               two,
                               two + one,
                               one + "\n" + one,
                               good.text + two,
                               good.text + "x",
                               good.text.substr(0, good.text.size() - 2),
                               one + "\n" + two.substr(0, 50),
                               one + "\n{\"versionId\":\"a\",\"versionId\":\"b\"}",
                               std::string(kMaxDidLogBytes + 1, ' '),
                               std::string(kMaxDidLogBytes, '\n'),
                               std::string(100'000, '['),
                               std::string(1, '\0') + good.text};
  for (const auto& text : texts) {
    SCOPED_TRACE(text.substr(0, 80));
    const auto read = resolve_did_log(text, "", "", kDidTestNow);
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().code == ErrorCode::did_syntax ||
                read.error().code == ErrorCode::did_invalid);
  }
}

TEST(DidLog, RefusesALogThatNeverHadTheNameAskedFor) {
  ForgedPlan plan;
  plan.second.state = plain_state("new.example");
  plan.second.state.set("alsoKnownAs", Json::array({"did:webvh:{SCID}:chapter.example:o:main"}));
  const ForgedLog log = forge({plan.first, plan.second});
  const auto asked = [&](const std::string& did) {
    return resolve_did_log(log.text, "", did, kDidTestNow);
  };
  const auto read = asked(log.did("new.example"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->has_did(log.did("chapter.example:o:main")));
  EXPECT_EQ(read->current().did, log.did("new.example"));
  EXPECT_TRUE(asked(log.did("chapter.example:o:main")));
  for (const auto& did : {log.did("other.example"), log.did("new.example:o"),
                          "did:webvh:" + did_test_hash(8) + ":new.example"}) {
    ASSERT_FALSE(asked(did));
    EXPECT_EQ(asked(did).error().code, ErrorCode::did_invalid);
  }
  ASSERT_FALSE(asked("did:web:new.example"));
  EXPECT_EQ(asked("did:web:new.example").error().code, ErrorCode::did_syntax);
}

// Without a remembered head a shorter log is as good as a whole one; has_version is what tells
// (did_rollback, did_fork are decided where heads are remembered).
TEST(DidLog, ACutLogVerifiesAndLacksTheHeadThatWasSeen) {
  const ForgedLog log = forge({forged_first(), forged_second()});
  const auto cut = resolve_did_log(log.text.substr(0, log.text.find('\n')), "", "", kDidTestNow);
  ASSERT_TRUE(cut);
  EXPECT_TRUE(cut->has_version(log.version_ids[0]));
  EXPECT_FALSE(cut->has_version(log.version_ids[1]));
}

TEST(DidLog, TakesAThousandEntriesAndNoMore) {
  std::vector<ForgedEntry> entries{forged_first()};
  entries[0].parameters.erase("nextKeyHashes");
  for (int i = 1; i <= 1000; ++i) {
    ForgedEntry next{
        Json(Json::Object{}),
        plain_state("a.example"),
        format_timestamp(*parse_timestamp("2026-01-01T00:00:00Z") + std::chrono::seconds(i)),
        1,
        {},
        {},
        {}};
    entries.push_back(std::move(next));
  }
  entries[0].state = plain_state("a.example");
  ForgedLog log = forge(entries);
  ASSERT_LT(log.text.size(), kMaxDidLogBytes);
  const auto over = resolve_did_log(log.text, "", "", kDidTestNow);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::did_syntax);
  log.text.pop_back();
  log.text.resize(log.text.rfind('\n'));
  const auto read = resolve_did_log(log.text, "", "", kDidTestNow);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->versions.size(), 1000U);
}

// Witnesses

Json witness_list(int threshold, const std::vector<int>& seeds) {
  Json::Array witnesses;
  for (const int seed : seeds) witnesses.push_back(Json::object({{"id", did_test_did_key(seed)}}));
  return Json::object({{"threshold", threshold}, {"witnesses", Json(std::move(witnesses))}});
}
const Json& no_witnesses() {
  static const Json none(Json::Object{});
  return none;
}

Json witness_proof(const std::string& version_id, int seed) {
  const std::string key = did_test_multikey(seed);
  const Json signed_one =
      sign_data_integrity(Json::object({{"versionId", version_id}}), "did:key:" + key + "#" + key,
                          kDidTestNow, did_test_key(seed));
  return *signed_one.find("proof");
}

struct Approval {
  int entry;  // from 1
  int witness;
};

std::string witness_file(const ForgedLog& log, const std::vector<Approval>& approvals) {
  Json::Array items;
  for (const auto& [entry, witness] : approvals) {
    const std::string& id = log.version_ids[static_cast<std::size_t>(entry - 1)];
    items.push_back(
        Json::object({{"versionId", id}, {"proof", Json::array({witness_proof(id, witness)})}}));
  }
  return canonical(Json(std::move(items)));
}

// One log per list of "witness" parameters; a null leaves the parameter out.
ForgedLog witnessed_log(const std::vector<Json>& lists) {
  std::vector<ForgedEntry> entries;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    ForgedEntry entry = forged_first();
    entry.parameters.erase("nextKeyHashes");
    if (i > 0) entry.parameters = Json(Json::Object{});
    if (!lists[i].is_null()) entry.parameters.set("witness", lists[i]);
    entry.time = "2026-01-0" + std::to_string(i + 1) + "T00:00:00Z";
    entries.push_back(std::move(entry));
  }
  return forge(entries);
}

TEST(DidLogWitnesses, EachEntryNeedsTheThresholdOfTheListThatGovernsIt) {
  const Json same;
  const Json two_of_two = witness_list(2, {20, 21});
  const Json one_of_one = witness_list(1, {20});
  const Json two_of_three = witness_list(2, {20, 21, 22});
  const Json other = witness_list(1, {23});
  const struct {
    const char* name;
    std::vector<Json> lists;
    std::vector<Approval> approvals;
    bool accept;
  } cases[] = {
      {"never witnessed", {same, same}, {}, true},
      {"empty list is none", {no_witnesses(), same}, {}, true},
      {"approved", {one_of_one}, {{1, 20}}, true},
      {"not approved", {one_of_one}, {}, false},
      {"approved by a stranger", {one_of_one}, {{1, 22}}, false},
      {"one of two is missing", {two_of_two}, {{1, 20}}, false},
      {"one witness twice is one", {two_of_two}, {{1, 20}, {1, 20}}, false},
      {"two of three", {two_of_three}, {{1, 22}, {1, 20}}, true},
      {"a list stays in force", {one_of_one, same}, {{1, 20}}, false},
      {"a later approval covers the earlier entries", {one_of_one, same, same}, {{3, 20}}, true},
      {"the covered part ends with the last approval", {one_of_one, same, same}, {{2, 20}}, false},
      {"different approvals add up", {two_of_two, same}, {{2, 20}, {2, 21}}, true},
      {"each reaches as far as it goes", {two_of_two, same}, {{2, 20}, {1, 21}}, false},
      {"the first list governs its own entry", {same, one_of_one}, {}, false},
      {"the first list, set late, approved", {same, one_of_one}, {{2, 20}}, true},
      {"a replacement governs only from the next entry on",
       {two_of_two, one_of_one},
       {{1, 20}, {1, 21}, {2, 20}},
       false},
      {"a replacement approved by the list before",
       {two_of_two, one_of_one},
       {{2, 20}, {2, 21}},
       true},
      {"strangers do not vote themselves in", {one_of_one, other}, {{1, 20}, {2, 23}}, false},
      {"after a replacement the new list counts",
       {one_of_one, other, same},
       {{2, 20}, {3, 23}},
       true},
      {"after a replacement the old list does not", {one_of_one, other, same}, {{3, 20}}, false},
      {"the end of witnessing is witnessed", {one_of_one, no_witnesses()}, {{1, 20}}, false},
      {"witnessing ended", {one_of_one, no_witnesses(), same}, {{2, 20}}, true},
      {"begun again, at once", {one_of_one, no_witnesses(), other}, {{2, 20}}, false},
      {"begun again and approved", {one_of_one, no_witnesses(), other}, {{2, 20}, {3, 23}}, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const ForgedLog log = witnessed_log(c.lists);
    const std::string file = witness_file(log, c.approvals);
    const auto read = resolve_did_log(log.text, file, "", kDidTestNow);
    EXPECT_EQ(read.has_value(), c.accept) << (read ? "" : read.error().detail);
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::did_invalid);
    }
  }
}

TEST(DidLogWitnesses, AreFoundHoweverTheirNameIsWritten) {
  const Json one_of_one = witness_list(1, {20});
  const ForgedLog log = witnessed_log({Json(), one_of_one});
  EXPECT_TRUE(names_witnesses(log.text));
  EXPECT_FALSE(names_witnesses(witnessed_log({Json(), Json()}).text));
  EXPECT_FALSE(names_witnesses(witnessed_log({no_witnesses(), Json()}).text));
  EXPECT_TRUE(names_witnesses(witnessed_log({one_of_one, no_witnesses()}).text))
      << "its first entry needs them for ever";
  EXPECT_FALSE(names_witnesses(""));
  EXPECT_FALSE(names_witnesses("\n\n{\"parameters\":[\"witness\"]}\nwitness"));

  std::string escaped = log.text;
  const auto at = escaped.find("\"witness\"");
  ASSERT_NE(at, std::string::npos);
  escaped.replace(at, 9, "\"\\u0077itness\"");
  EXPECT_TRUE(names_witnesses(escaped));
  EXPECT_TRUE(resolve_did_log(escaped, witness_file(log, {{2, 20}}), "", kDidTestNow));
  EXPECT_FALSE(resolve_did_log(escaped, "", "", kDidTestNow));
}

TEST(DidLog, TellsItsClaimedScidOfTheFirstEntryOnly) {
  const ForgedLog log = forge({forged_first(), forged_second()});
  const auto scid = claimed_scid(log.text);
  ASSERT_TRUE(scid);
  EXPECT_EQ(*scid, log.scid);
  EXPECT_EQ(*claimed_scid(log.text.substr(0, log.text.find('\n')) + "\nwhatever"), log.scid);
  for (const std::string text :
       {"", "\n", "[]", "{}", "{\"parameters\":{}}", "{\"parameters\":{\"scid\":7}}",
        "{\"parameters\":{\"scid\":\"Qm\"}}"}) {
    SCOPED_TRACE(text);
    const auto refused = claimed_scid(text);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::did_syntax);
  }
}

TEST(DidLogWitnesses, AProofOfAnotherLogOrOfAnUnpublishedEntryDoesNotCount) {
  const ForgedLog log = witnessed_log({witness_list(1, {20}), Json()});
  const ForgedLog other = witnessed_log({witness_list(1, {20}), Json(), Json()});
  ASSERT_EQ(log.version_ids[0], other.version_ids[0]);
  EXPECT_TRUE(resolve_did_log(other.text, witness_file(other, {{3, 20}}), "", kDidTestNow));
  // Entry 3 is not in `log`: its approval says nothing about entries 1 and 2.
  EXPECT_FALSE(resolve_did_log(log.text, witness_file(other, {{3, 20}}), "", kDidTestNow));

  ForgedEntry stranger = forged_first();
  stranger.state = plain_state("stranger.example");
  const ForgedLog foreign = forge({stranger});
  EXPECT_FALSE(resolve_did_log(log.text, witness_file(foreign, {{1, 20}}), "", kDidTestNow));
  // A foreign proof under a name of this log.
  const std::string renamed = canonical(Json::array(
      {Json::object({{"versionId", log.version_ids[1]},
                     {"proof", Json::array({witness_proof(foreign.version_ids[0], 20)})}})}));
  EXPECT_FALSE(resolve_did_log(log.text, renamed, "", kDidTestNow));
  // Beside a proof that counts, foreign ones do no harm.
  Json::Array both = *parse_json(witness_file(foreign, {{1, 20}}))->if_array();
  both.push_back(parse_json(witness_file(log, {{2, 20}}))->if_array()->front());
  EXPECT_TRUE(resolve_did_log(log.text, canonical(Json(both)), "", kDidTestNow));
}

TEST(DidLogWitnesses, BrokenProofsAreDiscardedAndBrokenFilesRefused) {
  const ForgedLog log = witnessed_log({witness_list(1, {20})});
  const std::string id = log.version_ids[0];
  const Json good = witness_proof(id, 20);
  const auto file_of = [&](Json::Array proofs) {
    return canonical(
        Json::array({Json::object({{"versionId", id}, {"proof", Json(std::move(proofs))}})}));
  };
  const auto with = [&](const char* member, Json value) {
    Json proof = good;
    proof.set(member, std::move(value));
    return proof;
  };
  const Json broken[] = {
      Json(),
      Json("x"),
      Json(Json::Object{}),
      with("proofValue", "z"),
      with("cryptosuite", "eddsa-rdfc-2022"),
      with("proofPurpose", "authentication"),
      with("created", "2020-01-01T00:00:00Z"),
      with("verificationMethod", did_test_did_key(20)),
      with("verificationMethod", did_test_did_key(21) + "#" + did_test_multikey(20)),
      with("proofValue", "z" + std::string(100'000, '2'))};
  for (const auto& proof : broken) {
    SCOPED_TRACE(canonical(proof).substr(0, 200));
    EXPECT_FALSE(resolve_did_log(log.text, file_of({proof}), "", kDidTestNow));
    EXPECT_TRUE(resolve_did_log(log.text, file_of({proof, good}), "", kDidTestNow));
  }
  for (const std::string& file :
       {std::string("{}"), std::string("x"), std::string("[{}]"), std::string("[1]"),
        std::string("[]x"), std::string(kMaxWitnessBytes + 1, ' ')}) {
    SCOPED_TRACE(file.substr(0, 20));
    const auto read = resolve_did_log(log.text, file, "", kDidTestNow);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::did_syntax);
  }
  EXPECT_FALSE(resolve_did_log(log.text, "", "", kDidTestNow));
  EXPECT_FALSE(resolve_did_log(log.text, "[]", "", kDidTestNow));
}

// Writing

DidLogStart chapter_start() {
  return {"https://chapter.example/o/main",
          did_test_key(10).public_key(),
          did_test_key(11).public_key(),
          "https://chapter.example/o/main/feed/1",
          "https://chapter.example",
          {did_test_key(2).public_key(), did_test_key(3).public_key()}};
}

DidLog did_test_read(const std::string& text) {
  auto log = resolve_did_log(text, "", "", kDidTestNow + 24h);
  if (!log) throw std::runtime_error(log.error().detail);
  return std::move(*log);
}

DidLogChange chapter_change(const DidLog& log, const DidLogStart& start, int key, int next) {
  auto document = next_did_document(log, start);
  if (!document) throw std::runtime_error(document.error().detail);
  return {std::move(*document),
          {did_test_key(key).public_key()},
          {did_test_key(next).public_key(), did_test_key(next + 1).public_key()},
          false};
}

TEST(DidLogWriting, WhatIsCreatedResolvesAndNamesItsKeys) {
  const auto line = create_did_log(chapter_start(), did_test_key(1), kDidTestNow);
  ASSERT_TRUE(line) << line.error().detail;
  EXPECT_EQ(line->find('\n'), std::string::npos);
  const DidLog log = did_test_read(*line + "\n");
  EXPECT_TRUE(is_scid(log.scid));
  EXPECT_TRUE(log.portable);
  EXPECT_FALSE(log.deactivated);
  EXPECT_EQ(log.current().did, "did:webvh:" + log.scid + ":chapter.example:o:main");
  EXPECT_EQ(log.current().time, kDidTestNow);
  EXPECT_EQ(log.update_keys, std::vector<std::string>{did_test_multikey(1)});
  EXPECT_EQ(log.next_key_hashes, (std::vector<std::string>{did_test_hash(2), did_test_hash(3)}));

  const auto keys = publisher_keys(log.current());
  ASSERT_TRUE(keys) << keys.error().detail;
  EXPECT_EQ(keys->did, log.current().did);
  EXPECT_EQ(keys->sign, did_test_key(10).public_key());
  EXPECT_EQ(keys->node, did_test_key(11).public_key());
  EXPECT_EQ(keys->feed_url, "https://chapter.example/o/main/feed/1");
  EXPECT_EQ(keys->epoch, 1U);
  EXPECT_EQ(keys->api_url, "https://chapter.example");

  EXPECT_EQ(assertion_key(log.current(), keys->did + "#sign"), keys->sign);
  EXPECT_EQ(assertion_key(log, keys->did + "#sign"), keys->sign);
  for (const auto& method : {keys->did + "#node", keys->did + "#", keys->did, std::string("#sign"),
                             std::string(), keys->did + "#sign#sign", keys->did + ":x#sign"}) {
    SCOPED_TRACE(method);
    EXPECT_FALSE(assertion_key(log.current(), method));
    EXPECT_FALSE(assertion_key(log, method));
  }
}

TEST(DidLogWriting, TheSameInputGivesTheSameLog) {
  const auto one = create_did_log(chapter_start(), did_test_key(1), kDidTestNow);
  const auto two = create_did_log(chapter_start(), did_test_key(1), kDidTestNow);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
}

TEST(DidLogWriting, ALifeOfRotationsMovesAndAnEnd) {
  DidLogStart start = chapter_start();
  std::string text = *create_did_log(start, did_test_key(1), kDidTestNow) + "\n";
  DidLog log = did_test_read(text);
  const std::string old_did = log.current().did;

  // A new #sign, by the committed key.
  start.sign = did_test_key(12).public_key();
  auto line =
      append_did_log(log, chapter_change(log, start, 2, 4), did_test_key(2), kDidTestNow + 1h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  log = did_test_read(text);
  EXPECT_EQ(publisher_keys(log.current())->sign, did_test_key(12).public_key());
  EXPECT_EQ(log.update_keys, std::vector<std::string>{did_test_multikey(2)});
  EXPECT_FALSE(log.current().document.find("alsoKnownAs"));

  // A move to another host, in the same second: times still rise.
  start.folder_url = "https://new.example:8443/groups/";
  start.feed_url = "https://new.example:8443/groups/feed/2";
  line = append_did_log(log, chapter_change(log, start, 5, 6), did_test_key(5), kDidTestNow + 1h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  log = did_test_read(text);
  EXPECT_EQ(log.current().did, "did:webvh:" + log.scid + ":new.example%3A8443:groups");
  EXPECT_EQ(log.current().time, kDidTestNow + 1h + 1s);
  EXPECT_TRUE(log.has_did(old_did));
  EXPECT_EQ(publisher_keys(log.current())->epoch, 2U);
  EXPECT_TRUE(resolve_did_log(text, "", old_did, kDidTestNow + 24h));
  // A copy in the store is read without verifying it again.
  const auto stored = stored_publisher_keys(text);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->did, log.current().did);
  EXPECT_EQ(stored->feed_url, publisher_keys(log.current())->feed_url);
  std::vector<std::string> ids;
  for (const auto& version : log.versions) ids.push_back(version.version_id);
  EXPECT_EQ(stored_version_ids(text), ids);
  EXPECT_FALSE(stored_publisher_keys(""));
  EXPECT_TRUE(stored_version_ids("no log\n").empty());
  // A document signed before the move is still under a name that the log has had.
  EXPECT_EQ(assertion_key(log, old_did + "#sign"), start.sign);
  EXPECT_FALSE(assertion_key(log.current(), old_did + "#sign"));
  EXPECT_FALSE(assertion_key(log, "did:webvh:" + log.scid + ":never.example#sign"));

  // The next change keeps the old name.
  line = append_did_log(log, chapter_change(log, start, 6, 7), did_test_key(6), kDidTestNow + 2h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  log = did_test_read(text);
  EXPECT_EQ(*log.current().document.find("alsoKnownAs"), Json::array({old_did}));

  // And back: the name in use is not also another name.
  const std::string second_did = log.current().did;
  start.folder_url = "https://chapter.example/o/main";
  line = append_did_log(log, chapter_change(log, start, 7, 8), did_test_key(7), kDidTestNow + 3h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  log = did_test_read(text);
  EXPECT_EQ(*log.current().document.find("alsoKnownAs"), Json::array({second_did}));

  // The end.
  DidLogChange end = chapter_change(log, start, 8, 9);
  end.next_update_keys.clear();
  end.deactivate = true;
  line = append_did_log(log, end, did_test_key(8), kDidTestNow + 4h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  log = did_test_read(text);
  EXPECT_TRUE(log.deactivated);
  EXPECT_FALSE(assertion_key(log, log.current().did + "#sign"));
  EXPECT_FALSE(stored_publisher_keys(text));
  EXPECT_EQ(stored_version_ids(text).size(), 6U);
  const auto after = append_did_log(log, end, did_test_key(8), kDidTestNow + 5h);
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, ErrorCode::did_deactivated);
}

TEST(DidLogWriting, CarriesOnACommitmentWhoseKeyLiesElsewhere) {
  const DidLogStart start = chapter_start();
  std::string text = *create_did_log(start, did_test_key(1), kDidTestNow) + "\n";
  const DidLog log = did_test_read(text);
  const auto paper = update_key_hash(did_test_key(3).public_key());
  ASSERT_EQ(log.next_key_hashes.back(), paper);
  DidLogChange change = chapter_change(log, start, 2, 4);
  change.next_update_keys.pop_back();
  change.kept_key_hashes = {paper};
  auto line = append_did_log(log, change, did_test_key(2), kDidTestNow + 1h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  const DidLog kept = did_test_read(text);
  EXPECT_EQ(kept.next_key_hashes,
            (std::vector<std::string>{update_key_hash(did_test_key(4).public_key()), paper}));
  line = append_did_log(kept, chapter_change(kept, start, 3, 6), did_test_key(3), kDidTestNow + 2h);
  ASSERT_TRUE(line) << line.error().detail;
  text += *line + "\n";
  EXPECT_FALSE(append_did_log(did_test_read(text), chapter_change(kept, start, 4, 8),
                              did_test_key(4), kDidTestNow + 3h))
      << "the lost one is void once the second has signed";

  const struct {
    const char* name;
    std::vector<std::string> kept;
  } refused[] = {
      {"one that was never made", {update_key_hash(did_test_key(9).public_key())}},
      {"the key in use", {update_key_hash(did_test_key(2).public_key())}},
      {"no hash", {"paper"}},
  };
  for (const auto& c : refused) {
    SCOPED_TRACE(c.name);
    change.kept_key_hashes = c.kept;
    EXPECT_FALSE(append_did_log(log, change, did_test_key(2), kDidTestNow + 1h));
  }
}

TEST(DidLogWriting, RefusesWhatAReaderWouldRefuse) {
  const DidLogStart start = chapter_start();
  const DidLog log = did_test_read(*create_did_log(start, did_test_key(1), kDidTestNow));
  const DidLogChange good = chapter_change(log, start, 2, 4);
  ASSERT_TRUE(append_did_log(log, good, did_test_key(2), kDidTestNow));
  const auto refused = [&](const DidLogChange& change, int signer,
                           Timestamp now = kDidTestNow + 1h) {
    const auto line = append_did_log(log, change, did_test_key(signer), now);
    return !line && line.error().code == ErrorCode::did_invalid;
  };
  EXPECT_TRUE(refused(good, 3)) << "signed by a key that the change does not name";
  DidLogChange change = good;
  change.update_keys = {did_test_key(1).public_key()};
  EXPECT_TRUE(refused(change, 1)) << "the used-up key again";
  change.update_keys = {did_test_key(9).public_key()};
  EXPECT_TRUE(refused(change, 9)) << "a key that was never committed to";
  change = good;
  change.update_keys.push_back(did_test_key(9).public_key());
  EXPECT_TRUE(refused(change, 2)) << "a stranger beside the committed key";
  change = good;
  change.next_update_keys.clear();
  EXPECT_TRUE(refused(change, 2)) << "no next key";
  change.next_update_keys = {did_test_key(2).public_key()};
  EXPECT_TRUE(refused(change, 2)) << "the key in use as its own successor";
  change = good;
  change.document.set("id", "did:webvh:" + log.scid + ":other.example");
  EXPECT_TRUE(refused(change, 2)) << "a move that forgets the old name";
  change.document.set("id", "did:webvh:" + did_test_hash(8) + ":chapter.example:o:main");
  EXPECT_TRUE(refused(change, 2)) << "another identity";
  EXPECT_TRUE(refused(good, 2, kDidTestNow - 10min)) << "a clock far behind the last entry";
}

TEST(DidLogWriting, RefusesAStartThatCouldNotLast) {
  const auto refused = [](std::function<void(DidLogStart&)> change) {
    DidLogStart start = chapter_start();
    change(start);
    return !create_did_log(start, did_test_key(1), kDidTestNow);
  };
  EXPECT_FALSE(refused([](DidLogStart&) {}));
  EXPECT_FALSE(refused([](DidLogStart& s) { s.api_url.clear(); }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.next_update_keys.clear(); }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.next_update_keys = {did_test_key(1).public_key()}; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.node = s.sign; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.sign = *from_multikey(small_order_multikey()); }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.folder_url = "http://chapter.example/o"; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.folder_url = "https://localhost:8080/o"; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.feed_url = "https://chapter.example/o/main/feed"; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.feed_url = "https://chapter.example/feed/01"; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.feed_url = "https://10.0.0.1/feed/1"; }));
  EXPECT_TRUE(refused([](DidLogStart& s) { s.api_url = "https://a@chapter.example"; }));
}

TEST(PublisherKeys, AreRefusedUnlessEveryPartIsInOrder) {
  const DidLog log = did_test_read(*create_did_log(chapter_start(), did_test_key(1), kDidTestNow));
  const std::string did = log.current().did;
  const auto judged = [&](const std::function<void(Json&)>& change) {
    DidVersion version = log.current();
    change(version.document);
    return publisher_keys(version);
  };
  const auto methods = [](Json& d) -> Json::Array& {
    return *d.find("verificationMethod")->if_array();
  };
  const auto services = [](Json& d) -> Json::Array& { return *d.find("service")->if_array(); };
  const auto code = [&](const std::function<void(Json&)>& change) {
    const auto keys = judged(change);
    return keys ? std::string("accepted") : std::string(word(keys.error().code));
  };

  EXPECT_EQ(code([](Json&) {}), "accepted");
  EXPECT_EQ(code([&](Json& d) { methods(d).pop_back(); }), "accepted");  // no #node
  EXPECT_FALSE(judged([&](Json& d) { methods(d).pop_back(); })->node);
  EXPECT_EQ(code([&](Json& d) { services(d).pop_back(); }), "accepted");  // no #api
  EXPECT_FALSE(judged([&](Json& d) { services(d).pop_back(); })->api_url);
  EXPECT_EQ(code([&](Json& d) { services(d)[0].set("id", "#feed"); }), "accepted");
  EXPECT_EQ(judged([&](Json& d) {
              services(d)[0].set("serviceEndpoint", "https://a.example/f/7/");
            })->feed_url,
            "https://a.example/f/7");

  EXPECT_EQ(code([](Json& d) { d.erase("verificationMethod"); }), "did-invalid");
  EXPECT_EQ(code([](Json& d) { d.erase("assertionMethod"); }), "did-invalid");
  EXPECT_EQ(code([&](Json& d) { d.set("assertionMethod", Json::array({did + "#node"})); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[0].set("type", "Ed25519VerificationKey2020"); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[0].set("controller", "did:web:chapter.example"); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[0].erase("controller"); }), "did-invalid");
  EXPECT_EQ(code([&](Json& d) {
              methods(d)[0].set("controller",
                                "did:webvh:" + did_test_hash(8) + ":chapter.example:o:main");
            }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[0].set("publicKeyMultibase", small_order_multikey()); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[1].set("publicKeyMultibase", small_order_multikey()); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d)[1].set("publicKeyMultibase", did_test_multikey(10)); }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { methods(d).push_back(methods(d)[0]); }), "did-invalid");
  EXPECT_EQ(code([](Json& d) { d.erase("service"); }), "feed-missing");
  EXPECT_EQ(code([&](Json& d) { services(d)[0].set("type", "TiledLog"); }), "feed-missing");
  EXPECT_EQ(code([&](Json& d) { services(d).push_back(services(d)[0]); }), "did-invalid");
  for (const char* url :
       {"http://a.example/feed/1", "https://a.example/feed", "https://a.example/feed/x",
        "https://a.example/feed/01", "https://a.example/feed/-1", "https://a.example",
        "https://127.0.0.1/feed/1", "https://localhost/feed/1", "https://a.example/feed/1?x",
        "https://a.example/feed/1#x", "https://a.example/../feed/1", "https://u@a.example/feed/1",
        "https://a.example/feed/9007199254740993000", "file:///feed/1", ""}) {
    SCOPED_TRACE(url);
    EXPECT_EQ(code([&](Json& d) { services(d)[0].set("serviceEndpoint", url); }), "did-invalid");
  }
  EXPECT_EQ(code([&](Json& d) {
              services(d)[0].set("serviceEndpoint", Json::array({"https://a.example/feed/1"}));
            }),
            "did-invalid");
  EXPECT_EQ(code([&](Json& d) { services(d)[1].set("serviceEndpoint", "https://[::1]/"); }),
            "did-invalid");
}

TEST(DidLogWriting, TheParallelDocumentOfDidWebNamesTheLog) {
  DidLogStart start = chapter_start();
  std::string text = *create_did_log(start, did_test_key(1), kDidTestNow) + "\n";
  DidLog log = did_test_read(text);
  Json web = parallel_did_web(log);
  EXPECT_EQ(*web.find("id"), Json("did:web:chapter.example:o:main"));
  EXPECT_EQ(*web.find("alsoKnownAs"), Json::array({log.current().did}));
  EXPECT_EQ(*web.find("assertionMethod"), Json::array({"did:web:chapter.example:o:main#sign"}));
  const auto& services = *web.find("service")->if_array();
  ASSERT_EQ(services.size(), 4U);
  EXPECT_EQ(*services[2].find("serviceEndpoint"), Json("https://chapter.example/o/main"));
  EXPECT_EQ(*services[3].find("serviceEndpoint"), Json("https://chapter.example/o/main/whois.vp"));

  DidLogChange change = chapter_change(log, start, 2, 4);
  change.document.set("alsoKnownAs",
                      Json::array({"did:web:chapter.example:o:main", "https://chapter.example",
                                   "https://chapter.example"}));
  text += *append_did_log(log, change, did_test_key(2), kDidTestNow + 1h) + "\n";
  web = parallel_did_web(did_test_read(text));
  EXPECT_EQ(*web.find("alsoKnownAs"), Json::array({"https://chapter.example", log.current().did}));
}

// Every byte of a log is bound by a hash, a signature or the form itself.
TEST(DidLogMutation, NoChangedByteIsEverAccepted) {
  const DidLogStart start = chapter_start();
  std::string text = *create_did_log(start, did_test_key(1), kDidTestNow) + "\n";
  text += *append_did_log(did_test_read(text), chapter_change(did_test_read(text), start, 2, 4),
                          did_test_key(2), kDidTestNow + 1h) +
          "\n";
  text += *append_did_log(did_test_read(text), chapter_change(did_test_read(text), start, 4, 6),
                          did_test_key(4), kDidTestNow + 2h);
  const Timestamp later = kDidTestNow + 24h;
  ASSERT_TRUE(resolve_did_log(text, "", "", later));
  ASSERT_EQ(did_test_read(text).versions.size(), 3U);

  const unsigned long seed = test_support::run_seed();
  const int flips =
      test_support::rounds(10);  // bits per byte, beginning at one that the seed chooses
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int i = 0; i < std::min(flips, 8); ++i) {
      const auto bit = (seed + at + static_cast<unsigned long>(i)) % 8;
      std::string changed = text;
      changed[at] = static_cast<char>(static_cast<std::uint8_t>(changed[at]) ^ (1U << bit));
      ASSERT_FALSE(resolve_did_log(changed, "", "", later)) << "byte " << at << ", bit " << bit;
    }
  }
  for (std::size_t size = 0; size < text.size(); size += 7) {
    const auto cut = resolve_did_log(text.substr(0, size), "", "", later);
    EXPECT_EQ(cut.has_value(), size > 0 && (text[size] == '\n' || text[size - 1] == '\n')) << size;
  }
}

}  // namespace
}  // namespace protocol
