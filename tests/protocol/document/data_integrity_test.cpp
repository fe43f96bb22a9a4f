#include "protocol/document/data_integrity.h"

#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "protocol/encoding/text_encodings.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

using test_support::read_file;
using test_support::vectors_folder;

SigningKey integrity_key(std::uint8_t seed) { return *SigningKey::from_seed(Bytes(32, seed)); }

Json integrity_json(std::string_view text) {
  auto value = parse_json(text);
  if (!value) throw std::runtime_error("test input: " + value.error().detail);
  return *value;
}

std::string integrity_member(const Json& value, std::string_view key) {
  const Json* member = value.find(key);
  return member && member->if_string() ? *member->if_string() : "";
}

/// One folder of the suite's layout. Its keyPair.json and unsigned.json lie in it or above it.
void integrity_expect_vectors(const std::filesystem::path& folder) {
  SCOPED_TRACE(folder);
  const auto text = [&](const char* name) { return read_file(folder / name); };
  const auto shared = [&](const char* name) {
    const auto own = folder / name;
    return read_file(std::filesystem::exists(own) ? own : folder.parent_path() / name);
  };

  const Json unsecured = integrity_json(shared("unsigned.json"));
  const Json config = integrity_json(text("proofConfigJCS.json"));
  EXPECT_EQ(canonical(unsecured), text("canonDocJCS.txt"));
  EXPECT_EQ(to_hex(sha256(canonical(unsecured)).view()), text("docHashJCS.txt"));
  EXPECT_EQ(canonical(config), text("proofCanonJCS.txt"));
  EXPECT_EQ(to_hex(sha256(canonical(config)).view()), text("proofHashJCS.txt"));
  EXPECT_EQ(to_hex(data_integrity_message(unsecured, config)), text("combinedHashJCS.txt"));

  const Json pair = integrity_json(shared("keyPair.json"));
  const auto public_key = from_multikey(integrity_member(pair, "publicKeyMultibase"));
  ASSERT_TRUE(public_key);
  const auto secret = from_base58(integrity_member(pair, "privateKeyMultibase").substr(1));
  ASSERT_TRUE(secret && secret->size() == 34);
  const auto key = SigningKey::from_seed(ByteView(*secret).subspan(2));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->public_key(), *public_key);

  const Signature signature = key->sign(data_integrity_message(unsecured, config));
  EXPECT_EQ(to_hex(signature.view()), text("sigHexJCS.txt"));
  EXPECT_EQ(to_proof_value(signature), text("sigBTC58JCS.txt"));

  const Json secured = integrity_json(text("signedJCS.json"));
  EXPECT_TRUE(check_data_integrity(secured, *public_key));
  const auto created = parse_timestamp(integrity_member(config, "created"));
  ASSERT_TRUE(created);
  const Json made = sign_data_integrity(unsecured, integrity_member(config, "verificationMethod"),
                                        *created, *key);
  EXPECT_EQ(canonical(made), canonical(secured));
}

TEST(DataIntegrity, ComputesEveryIntermediateOfTheSuitesVectors) {
  const auto vectors = vectors_folder() / "vc-di-eddsa/TestVectors";
  KITH_NEEDS(vectors);
  int folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(vectors)) {
    if (!std::filesystem::exists(entry.path() / "signedJCS.json")) continue;
    integrity_expect_vectors(entry.path());
    ++folders;
  }
  EXPECT_GE(folders, 1);
}

// Sets and chains of proofs are valid for the suite; a profile of one proof refuses them, whatever
// they hold.
TEST(DataIntegrity, RefusesSetsAndChainsOfProofs) {
  const auto folder = vectors_folder() / "vc-di-eddsa/TestVectors/proof-set-chain";
  KITH_NEEDS(folder);
  int judged = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("signedProof") || entry.path().extension() != ".json") continue;
    SCOPED_TRACE(name);
    const auto checked = check_data_integrity(integrity_json(read_file(entry.path())),
                                              integrity_key(1).public_key());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::doc_profile);
    ++judged;
  }
  EXPECT_GE(judged, 1);
}

TEST(DataIntegrity, SignsAndChecksWithAndWithoutContext) {
  const SigningKey key = integrity_key(7);
  const auto at = from_unix(1'795'000'000);
  for (const char* text :
       {R"({"a":1})", R"({"@context":["https://one.example/v1"],"b":[2]})", "{}"}) {
    SCOPED_TRACE(text);
    const Json document = integrity_json(text);
    const Json made = sign_data_integrity(document, "did:example:x#sign", at, key);
    EXPECT_TRUE(check_data_integrity(made, key.public_key()));
    EXPECT_EQ(made.find("proof")->find("@context") != nullptr,
              document.find("@context") != nullptr);
    EXPECT_FALSE(check_data_integrity(made, integrity_key(8).public_key()));
    // Signing anew replaces the proof, and does not sign it along.
    EXPECT_EQ(canonical(sign_data_integrity(made, "did:example:x#sign", at, key)), canonical(made));
  }
}

TEST(DataIntegrity, RefusesEverythingButOneWholeProof) {
  const SigningKey key = integrity_key(7);
  const Json good = sign_data_integrity(
      integrity_json(R"({"@context":["https://one.example/v1"],"name":"Circle"})"),
      "did:example:x#sign", from_unix(1'795'000'000), key);
  ASSERT_TRUE(check_data_integrity(good, key.public_key()));

  using Change = std::function<void(Json & document, Json & proof)>;
  struct Case {
    const char* name;
    Change change;
    ErrorCode want;
  };
  const Case cases[] = {
      {"no proof", [](Json& d, Json&) { d.erase("proof"); }, ErrorCode::doc_profile},
      {"proof is an array of one", [](Json& d, Json& p) { d.set("proof", Json(Json::Array{p})); },
       ErrorCode::doc_profile},
      {"proof is a text", [](Json& d, Json&) { d.set("proof", "z"); }, ErrorCode::doc_profile},
      {"other type", [](Json&, Json& p) { p.set("type", "Ed25519Signature2020"); },
       ErrorCode::doc_profile},
      {"other suite", [](Json&, Json& p) { p.set("cryptosuite", "eddsa-rdfc-2022"); },
       ErrorCode::doc_profile},
      {"no suite", [](Json&, Json& p) { p.erase("cryptosuite"); }, ErrorCode::doc_profile},
      {"other purpose", [](Json&, Json& p) { p.set("proofPurpose", "authentication"); },
       ErrorCode::doc_profile},
      {"no method", [](Json&, Json& p) { p.erase("verificationMethod"); }, ErrorCode::doc_profile},
      {"method is a number", [](Json&, Json& p) { p.set("verificationMethod", 1); },
       ErrorCode::doc_profile},
      {"created is null", [](Json&, Json& p) { p.set("created", Json()); }, ErrorCode::doc_profile},
      {"previousProof", [](Json&, Json& p) { p.set("previousProof", "urn:x"); },
       ErrorCode::doc_profile},
      {"expires", [](Json&, Json& p) { p.set("expires", "2030-01-01T00:00:00Z"); },
       ErrorCode::doc_profile},
      {"no proofValue", [](Json&, Json& p) { p.erase("proofValue"); }, ErrorCode::doc_profile},
      {"context appended to the document",
       [](Json& d, Json&) { d.find("@context")->if_array()->push_back("https://two.example/v1"); },
       ErrorCode::doc_context},
      {"context dropped from the document", [](Json& d, Json&) { d.erase("@context"); },
       ErrorCode::doc_context},
      {"context dropped from the proof", [](Json&, Json& p) { p.erase("@context"); },
       ErrorCode::doc_context},
      {"context as a text instead of a list",
       [](Json& d, Json&) { d.set("@context", "https://one.example/v1"); }, ErrorCode::doc_context},
      {"another document", [](Json& d, Json&) { d.set("name", "circle"); },
       ErrorCode::proof_invalid},
      {"another member", [](Json& d, Json&) { d.set("extra", true); }, ErrorCode::proof_invalid},
      {"another time", [](Json&, Json& p) { p.set("created", "2026-01-01T00:00:00Z"); },
       ErrorCode::proof_invalid},
      {"another method", [](Json&, Json& p) { p.set("verificationMethod", "did:example:y#sign"); },
       ErrorCode::proof_invalid},
      {"proofValue without z",
       [](Json&, Json& p) { p.set("proofValue", p.find("proofValue")->if_string()->substr(1)); },
       ErrorCode::proof_invalid},
      {"proofValue empty", [](Json&, Json& p) { p.set("proofValue", ""); },
       ErrorCode::proof_invalid},
      {"proofValue one byte short",
       [](Json&, Json& p) { p.set("proofValue", "z" + to_base58(Bytes(63, 9))); },
       ErrorCode::proof_invalid},
      {"proofValue with leading zeros",
       [](Json&, Json& p) {
         p.set("proofValue", "z1" + p.find("proofValue")->if_string()->substr(1));
       },
       ErrorCode::proof_invalid},
      {"proofValue of 101 characters",
       [](Json&, Json& p) { p.set("proofValue", "z" + std::string(100, '2')); },
       ErrorCode::proof_invalid},
      {"proofValue of a million characters",
       [](Json&, Json& p) { p.set("proofValue", "z" + std::string(1'000'000, '2')); },
       ErrorCode::proof_invalid},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Json changed = good;
    Json proof = *changed.find("proof");
    c.change(changed, proof);
    if (changed.find("proof") && changed.find("proof")->if_object()) changed.set("proof", proof);
    const auto checked = check_data_integrity(changed, key.public_key());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, c.want) << checked.error().detail;
  }
}

TEST(DataIntegrity, RefusesASmallOrderKeyThatAnybodyCanSignFor) {
  // With the neutral point as key, the signature (neutral point, 0) satisfies the equation for
  // every message.
  std::array<std::uint8_t, 32> neutral{};
  neutral[0] = 1;
  Bytes forged(64, 0);
  forged[0] = 1;
  Json document = sign_data_integrity(Json::object({{"a", 1}}), "did:example:x#sign",
                                      from_unix(1'795'000'000), integrity_key(7));
  document.find("proof")->set("proofValue", to_proof_value(*Signature::of(forged)));
  const auto checked = check_data_integrity(document, PublicKey::of(neutral));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::proof_invalid);
}

}  // namespace
}  // namespace protocol
