#include "protocol/document/credential.h"

#include <functional>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/document/data_integrity.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/limits.h"
#include "tests/protocol/document/sample_subject.h"

namespace protocol {
namespace {

using document_samples::defaults;
using testing::HasSubstr;

SigningKey credential_key(std::uint8_t filling) {
  return *SigningKey::from_seed(Bytes(32, filling));
}

/// An identity with #sign and #node, in a name of the length asked for.
struct CredentialIssuer {
  explicit CredentialIssuer(std::uint8_t filling,
                            std::string folder = "https://chapter.example/o/main")
      : sign(credential_key(filling)),
        update(credential_key(static_cast<std::uint8_t>(filling + 1))) {
    const auto node = credential_key(static_cast<std::uint8_t>(filling + 2));
    const auto next = credential_key(static_cast<std::uint8_t>(filling + 3));
    const auto line = create_did_log({.folder_url = folder,
                                      .sign = sign.public_key(),
                                      .node = node.public_key(),
                                      .feed_url = folder + "/feed/1",
                                      .api_url = "",
                                      .next_update_keys = {next.public_key()}},
                                     update, *parse_timestamp("2026-10-01T00:00:00Z"));
    if (!line) throw std::runtime_error(line.error().detail);
    auto resolved = resolve_did_log(*line + "\n", "", "", *parse_timestamp("2026-11-01T00:00:00Z"));
    if (!resolved) throw std::runtime_error(resolved.error().detail);
    log = std::move(*resolved);
  }
  std::string did() const { return log.current().did; }
  SigningKey sign;
  SigningKey update;
  DidLog log;
};

const Timestamp kCredentialNow = *parse_timestamp("2026-11-01T00:00:00Z");

Envelope credential_envelope(const CredentialIssuer& issuer) {
  return {.id = defaults().id,
          .type = DocumentType::listing,
          .issuer = issuer.did(),
          .valid_from = kCredentialNow,
          .valid_until = *parse_timestamp("2027-07-29T00:00:00Z"),
          .subject = document_samples::subject()};
}

std::string credential_line(const CredentialIssuer& issuer) {
  auto line = sign_document(credential_envelope(issuer), issuer.did() + "#sign", issuer.sign,
                            kCredentialNow);
  if (!line) throw std::runtime_error(line.error().detail);
  return *line;
}

/// The line of a document that `change` altered before it was signed anew.
std::string credential_resigned(const CredentialIssuer& issuer,
                                const std::function<void(Json&)>& change) {
  Json document = *parse_json(credential_line(issuer));
  document.erase("proof");
  change(document);
  return canonical(
      sign_data_integrity(document, issuer.did() + "#sign", kCredentialNow, issuer.sign));
}

TEST(Credential, SignedIsVerifiedAndKeptByteForByte) {
  const CredentialIssuer issuer(1);
  const auto line = credential_line(issuer);
  const auto verified = verify_document(line, issuer.log, kCredentialNow);
  ASSERT_TRUE(verified) << verified.error().detail;
  EXPECT_EQ(verified->line(), line);
  EXPECT_EQ(verified->hash(), sha256(line));
  EXPECT_EQ(verified->envelope().issuer, issuer.did());
  EXPECT_EQ(verified->envelope().subject, *parse_json(canonical(document_samples::subject())));
  EXPECT_EQ(canonical(*parse_json(line)), line);
}

TEST(Credential, MayComeInOtherBytesButHashesByThem) {
  const CredentialIssuer issuer(1);
  const auto line = " " + credential_line(issuer);
  const auto verified = verify_document(line, issuer.log, kCredentialNow);
  ASSERT_TRUE(verified) << verified.error().detail;
  EXPECT_NE(verified->hash(), sha256(credential_line(issuer)));
}

TEST(Credential, IsRefusedWithAnyByteFlipped) {
  const CredentialIssuer issuer(1);
  const auto line = credential_line(issuer);
  for (std::size_t i = 0; i < line.size(); ++i) {
    for (const unsigned bit : {0x01U, 0x20U}) {
      auto bytes = line;
      bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ bit);
      ASSERT_FALSE(verify_document(bytes, issuer.log, kCredentialNow))
          << "byte " << i << " of " << bytes;
    }
    ASSERT_FALSE(verify_document(line.substr(0, i), issuer.log, kCredentialNow));
  }
}

TEST(Credential, RefusesOtherProfiles) {
  const CredentialIssuer issuer(1);
  struct Case {
    std::string name;
    std::function<void(Json&)> change;
    ErrorCode want;
  };
  const auto set = [](std::string_view name, Json value) {
    return [name = std::string(name), value](Json& document) { document.set(name, value); };
  };
  const auto subject_set = [](std::string_view name, Json value) {
    return [name = std::string(name), value](Json& document) {
      document.find("credentialSubject")->set(name, value);
    };
  };
  const auto profile = ErrorCode::doc_profile;
  const Case cases[] = {
      {"unknown member", set("credentialStatus", Json::object({})), profile},
      {"terms of use", set("termsOfUse", Json::array({})), profile},
      {"missing member", [](Json& d) { d.erase("validUntil"); }, profile},
      {"null", set("validUntil", Json()), profile},
      {"null deep in the subject", subject_set("new", Json::array({Json()})), profile},
      {"a fraction", subject_set("new", Json(Json::Number{0.5, false})), profile},
      {"a context appended",
       [](Json& d) { d.find("@context")->if_array()->push_back("https://evil.example/c"); },
       ErrorCode::doc_context},
      {"one context", set("@context", "https://www.w3.org/ns/credentials/v2"),
       ErrorCode::doc_context},
      {"issuer as an object", set("issuer", Json::object({{"id", issuer.did()}})), profile},
      {"did:web", set("issuer", "did:web:chapter.example"), profile},
      {"type alone", set("type", Json::array({"VerifiableCredential"})), profile},
      {"types turned round",
       set("type", Json::array({"PeerSupportGroupListing", "VerifiableCredential"})), profile},
      {"a foreign type", set("type", Json::array({"VerifiableCredential", "Diploma"})), profile},
      {"id of another form", set("id", "urn:uuid:1"), profile},
      {"subject's id is another",
       subject_set("id", "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f2"), profile},
      {"subject of another type", subject_set("type", "RecognizedEntity"), profile},
      {"subject as a list", set("credentialSubject", Json::array({Json::object({})})), profile},
      {"401 days", set("validUntil", "2027-12-07T00:00:00Z"), profile},
      {"until is from", set("validUntil", "2026-11-01T00:00:00Z"), profile},
      {"until before from", set("validUntil", "2026-10-31T00:00:00Z"), profile},
      {"no such day", set("validUntil", "2027-02-30T00:00:00Z"), profile},
      {"24 o'clock", set("validUntil", "2027-02-03T24:00:00Z"), profile},
      {"leap second", set("validUntil", "2026-12-31T23:59:60Z"), profile},
      {"an offset", set("validUntil", "2027-02-03T00:00:00+00:00"), profile},
      {"the year 10000", set("validUntil", "10000-01-01T00:00:00Z"), profile},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto result =
        verify_document(credential_resigned(issuer, c.change), issuer.log, kCredentialNow);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, c.want) << result.error().detail;
  }
  EXPECT_TRUE(
      verify_document(credential_resigned(issuer, set("validUntil", "2027-12-06T00:00:00Z")),
                      issuer.log, kCredentialNow));
  EXPECT_TRUE(verify_document(credential_resigned(issuer, subject_set("new", Json::array({1}))),
                              issuer.log, kCredentialNow));
}

TEST(Credential, RefusesOtherProofs) {
  const CredentialIssuer issuer(1);
  const Json good = *parse_json(credential_line(issuer));
  struct Case {
    std::string name;
    std::function<void(Json&)> change;
    ErrorCode want;
  };
  const auto proof_set = [](std::string_view name, Json value) {
    return [name = std::string(name), value](Json& document) {
      document.find("proof")->set(name, value);
    };
  };
  const Case cases[] = {
      {"no proof", [](Json& d) { d.erase("proof"); }, ErrorCode::doc_profile},
      {"a list of proofs",
       [](Json& d) {
         d.set("proof", Json::array({*d.find("proof"), *d.find("proof")}));
       },
       ErrorCode::doc_profile},
      {"a list of one", [](Json& d) { d.set("proof", Json::array({*d.find("proof")})); },
       ErrorCode::doc_profile},
      {"previousProof", proof_set("previousProof", "urn:x"), ErrorCode::doc_profile},
      {"another suite", proof_set("cryptosuite", "eddsa-rdfc-2022"), ErrorCode::doc_profile},
      {"another purpose", proof_set("proofPurpose", "authentication"), ErrorCode::doc_profile},
      {"no time", [](Json& d) { d.find("proof")->erase("created"); }, ErrorCode::doc_profile},
      {"another time", proof_set("created", "2026-11-01T00:00:01Z"), ErrorCode::proof_invalid},
      {"shorter contexts",
       proof_set("@context", Json::array({"https://www.w3.org/ns/credentials/v2"})),
       ErrorCode::doc_context},
      {"a giant value", proof_set("proofValue", "z" + std::string(5'000, '2')),
       ErrorCode::proof_invalid},
      {"an empty value", proof_set("proofValue", ""), ErrorCode::proof_invalid},
      {"the method of nobody", proof_set("verificationMethod", "#sign"), ErrorCode::doc_issuer},
      {"no fragment", proof_set("verificationMethod", issuer.did()), ErrorCode::proof_key},
      {"a key for other uses", proof_set("verificationMethod", issuer.did() + "#node"),
       ErrorCode::proof_key},
      {"a key that never was", proof_set("verificationMethod", issuer.did() + "#other"),
       ErrorCode::proof_key},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Json document = good;
    c.change(document);
    const auto result = verify_document(canonical(document), issuer.log, kCredentialNow);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, c.want) << result.error().detail;
  }
}

TEST(Credential, IsTheIssuersOwn) {
  const CredentialIssuer issuer(1);
  const CredentialIssuer other(50, "https://other.example/o/main");
  // A valid key of another identity.
  auto line =
      sign_document(credential_envelope(issuer), other.did() + "#sign", other.sign, kCredentialNow);
  ASSERT_TRUE(line);
  EXPECT_EQ(verify_document(*line, issuer.log, kCredentialNow).error().code, ErrorCode::doc_issuer);
  EXPECT_EQ(verify_document(*line, other.log, kCredentialNow).error().code, ErrorCode::doc_issuer);
  // The right method, another key.
  line = sign_document(credential_envelope(issuer), issuer.did() + "#sign", other.sign,
                       kCredentialNow);
  ASSERT_TRUE(line);
  EXPECT_EQ(verify_document(*line, issuer.log, kCredentialNow).error().code,
            ErrorCode::proof_invalid);
  // The right SCID under a host that the log never had.
  auto envelope = credential_envelope(issuer);
  envelope.issuer = "did:webvh:" + issuer.log.scid + ":evil.example";
  line = sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow);
  ASSERT_TRUE(line);
  EXPECT_EQ(verify_document(*line, issuer.log, kCredentialNow).error().code, ErrorCode::doc_issuer);
}

TEST(Credential, IsJudgedByTheKeysOfTheCurrentVersion) {
  CredentialIssuer issuer(1);
  const auto line = credential_line(issuer);
  // A move: the name changes in every place of the document, and the old name is remembered by the
  // log.
  const std::string moved = "did:webvh:" + issuer.log.scid + ":new.example:o:main";
  std::string text = canonical(issuer.log.current().document);
  for (auto at = text.find(issuer.did()); at != std::string::npos;
       at = text.find(issuer.did(), at + moved.size())) {
    text.replace(at, issuer.did().size(), moved);
  }
  auto next = issuer.log.current();
  next.did = moved;
  next.document = *parse_json(text);
  issuer.log.versions.push_back(next);
  EXPECT_TRUE(verify_document(line, issuer.log, kCredentialNow))
      << "the older name with the same fragment";
  // A rotated key: the same fragment is another key now.
  Json& methods = *issuer.log.versions.back().document.find("verificationMethod");
  for (auto& method : *methods.if_array()) {
    if (method.find("id")->if_string()->ends_with("#sign")) {
      method.set("publicKeyMultibase", *methods.if_array()->back().find("publicKeyMultibase"));
    }
  }
  EXPECT_EQ(verify_document(line, issuer.log, kCredentialNow).error().code, ErrorCode::proof_key)
      << "it would have held before";
  auto forged = line;
  const auto at = forged.find("Tuesday");
  ASSERT_NE(at, std::string::npos);
  forged[at] = 'X';
  EXPECT_EQ(verify_document(forged, issuer.log, kCredentialNow).error().code,
            ErrorCode::proof_invalid)
      << "and this one never";
  issuer.log.deactivated = true;
  EXPECT_EQ(verify_document(line, issuer.log, kCredentialNow).error().code, ErrorCode::proof_key);
}

TEST(Credential, HoldsFromFiveMinutesBeforeToTheSecondBeforeItsEnd) {
  const CredentialIssuer issuer(1);
  const auto line = credential_line(issuer);
  const auto at = [&](std::string_view time) {
    const auto result = verify_document(line, issuer.log, *parse_timestamp(time));
    return result ? std::optional<ErrorCode>() : std::optional(result.error().code);
  };
  EXPECT_EQ(at("2026-10-31T23:54:00Z"), ErrorCode::doc_future);
  EXPECT_EQ(at("2026-10-31T23:54:59Z"), ErrorCode::doc_future);
  EXPECT_EQ(at("2026-10-31T23:55:00Z"), std::nullopt);
  EXPECT_EQ(at("2027-07-28T23:59:59Z"), std::nullopt);
  EXPECT_EQ(at("2027-07-29T00:00:00Z"), ErrorCode::doc_expired);
}

TEST(Credential, RefusesWhatIsNoLineOfJson) {
  for (const std::string bad : {"", "null", "[]", "{}", "{", "\"text\"", "{\"a\":1,\"a\":2}"}) {
    EXPECT_FALSE(read_envelope(bad)) << bad;
  }
  const CredentialIssuer issuer(1);
  EXPECT_EQ(read_envelope(credential_line(issuer) + "\n").error().code, ErrorCode::doc_syntax);
  EXPECT_EQ(
      read_envelope(credential_line(issuer) + std::string(kMaxDocumentBytes, ' ')).error().code,
      ErrorCode::doc_syntax);
}

TEST(Credential, OfTheLargestListingFitsUnderALongName) {
  // A DID of almost 200 bytes.
  const CredentialIssuer issuer(1, "https://" + std::string(60, 'a') + ".example/o/" +
                                       std::string(60, 'b') + "/c" + std::string(4, 'd'));
  auto envelope = credential_envelope(issuer);
  envelope.subject = largest_listing_subject(defaults());
  envelope.valid_until = kCredentialNow + kMaxValidity;
  const auto line = sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow);
  ASSERT_TRUE(line) << line.error().detail;
  std::cout << "largest listing: subject " << canonical(envelope.subject).size()
            << " bytes, signed under a DID of " << issuer.did().size() << " bytes " << line->size()
            << " bytes\n";
  RecordProperty("largest_listing_bytes", static_cast<int>(line->size()));
  EXPECT_LE(line->size(), kMaxDocumentBytes);
  EXPECT_GT(line->size(), kMaxDocumentBytes - 400) << "no longer the largest";
  EXPECT_TRUE(verify_document(*line, issuer.log, kCredentialNow));
  EXPECT_THAT(problems_for_publishing(envelope.subject), testing::IsEmpty());
}

TEST(Credential, TooLargeNamesTheLongestMember) {
  const CredentialIssuer issuer(1);
  auto envelope = credential_envelope(issuer);
  envelope.subject.set("padding", std::string(kMaxDocumentBytes, 'x'));
  const auto line = sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow);
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::too_large);
  EXPECT_THAT(line.error().detail, HasSubstr("padding"));
}

TEST(Credential, IsNotSignedWhenNobodyWouldAcceptIt) {
  const CredentialIssuer issuer(1);
  auto envelope = credential_envelope(issuer);
  envelope.valid_until = envelope.valid_from;
  EXPECT_EQ(
      sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow).error().code,
      ErrorCode::doc_profile);
  envelope = credential_envelope(issuer);
  envelope.subject = Json("text");
  EXPECT_FALSE(sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow));
}

TEST(DocumentType, HasAWordEach) {
  for (const auto type :
       {DocumentType::listing, DocumentType::recognition, DocumentType::publisher}) {
    EXPECT_EQ(document_type_from_word(word(type)), type);
  }
  EXPECT_EQ(document_type_from_word("Listing"), std::nullopt);
}

// Recognitions and cards

Envelope recognition_envelope(const CredentialIssuer& issuer, Json subject) {
  auto envelope = credential_envelope(issuer);
  envelope.type = DocumentType::recognition;
  envelope.subject = std::move(subject);
  return envelope;
}

TEST(Recognition, ComesBackAsItWasWritten) {
  const CredentialIssuer issuer(1);
  const CredentialIssuer other(50, "https://other.example/o/main");
  const Recognition wanted{.subject_did = other.did(),
                           .name = "Lakeshore Collective",
                           .role = "collective",
                           .at_version = other.log.current().version_id,
                           .to_issue = true,
                           .max_path_length = 2,
                           .area = std::vector<std::string>{"US-OH", "US-MI"},
                           .constraint_error = std::nullopt};
  const auto envelope = recognition_envelope(issuer, recognition_subject(wanted, issuer.did()));
  const auto line = sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow);
  ASSERT_TRUE(line) << line.error().detail;
  const auto verified = verify_document(*line, issuer.log, kCredentialNow);
  ASSERT_TRUE(verified) << verified.error().detail;
  const auto read = read_recognition(verified->envelope());
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, wanted);
  auto none = wanted;
  none.area.emplace();
  EXPECT_EQ(
      *read_recognition(recognition_envelope(issuer, recognition_subject(none, issuer.did()))),
      none);
  none.area.reset();
  none.to_issue = false;
  none.max_path_length = 0;
  EXPECT_EQ(
      *read_recognition(recognition_envelope(issuer, recognition_subject(none, issuer.did()))),
      none);
}

TEST(Recognition, IsVoidWithConstraintsThatCannotBeHonored) {
  const CredentialIssuer issuer(1);
  const CredentialIssuer other(50, "https://other.example/o/main");
  const auto with = [&](Json action) {
    return read_recognition(
        recognition_envelope(issuer, Json::object({{"id", other.did()},
                                                   {"type", "RecognizedEntity"},
                                                   {"recognizedTo", std::move(action)}})));
  };
  const auto constraints = [&](Json value) {
    return with(Json::object({{"action", "issue"}, {"constraints", std::move(value)}}));
  };
  const Json bad[] = {Json::object({{"unknown", 1}}),
                      Json::object({{"maxPathLength", -1}}),
                      Json::object({{"maxPathLength", "1"}}),
                      Json::object({{"maxPathLength", Json(Json::Number{1.5, false})}}),
                      Json::object({{"maxPathLength", Json()}}),
                      Json::object({{"area", "US"}}),
                      Json::object({{"area", Json::array({"Ohio"})}}),
                      Json::object({{"area", Json::array({1})}}),
                      Json::array({}),
                      Json("none")};
  for (const auto& value : bad) {
    const auto read = constraints(value);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_TRUE(read->constraint_error.has_value()) << canonical(value);
  }
  EXPECT_EQ(constraints(Json::object({{"maxPathLength", std::int64_t{9'007'199'254'740'991}}}))
                ->constraint_error,
            std::nullopt);
  EXPECT_EQ(constraints(Json::object({}))->max_path_length, 0);
  EXPECT_FALSE(with(Json::object({{"action", "Issue"}}))->to_issue);
  EXPECT_TRUE(with(Json::object({{"action", "issue"}, {"recognizedBy", other.did()}}))
                  ->constraint_error.has_value());
  const Json issue = Json::object({{"action", "issue"}});
  EXPECT_TRUE(with(Json::array({issue}))->to_issue);
  EXPECT_TRUE(with(Json::array({issue, issue}))->constraint_error.has_value());
  EXPECT_TRUE(with(Json::object({{"action", "issue"}, {"note", "unknown outside constraints"}}))
                  ->constraint_error == std::nullopt);
}

TEST(Recognition, TakesNamesAsLongAsNamesMayBe) {
  const CredentialIssuer issuer(1);
  const CredentialIssuer other(50, "https://other.example/o/main");
  std::string name = other.did();
  name += ":" + std::string(2'048 - name.size() - 1, 'x');
  ASSERT_TRUE(parse_did(name));
  const auto named = [&](const std::string& did) {
    return read_recognition(recognition_envelope(issuer, Json::object({{"id", did}})));
  };
  const auto read = named(name);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->subject_did, name);
  EXPECT_FALSE(named(name + "x"));
}

TEST(Recognition, NeedsASubjectWithAName) {
  const CredentialIssuer issuer(1);
  EXPECT_EQ(read_recognition(recognition_envelope(issuer, Json::object({}))).error().code,
            ErrorCode::doc_profile);
  EXPECT_FALSE(read_recognition(
      recognition_envelope(issuer, Json::object({{"id", "did:web:other.example"}}))));
  EXPECT_FALSE(read_recognition(recognition_envelope(issuer, Json("text"))));
  EXPECT_FALSE(read_recognition(credential_envelope(issuer)));
}

TEST(PublisherCard, ComesBackAsItWasWrittenAndSpeaksOnlyOfItself) {
  const CredentialIssuer issuer(1);
  const PublisherCard wanted{.did = issuer.did(),
                             .name = "Example Chapter",
                             .kind = "state_chapter",
                             .area = {"US-OH"},
                             .homepage = "https://chapter.example/",
                             .contact = "groups@chapter.example",
                             .languages = {"en"},
                             .data_license = "CC-BY-4.0"};
  auto envelope = recognition_envelope(issuer, publisher_card_subject(wanted));
  envelope.type = DocumentType::publisher;
  const auto line = sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow);
  ASSERT_TRUE(line) << line.error().detail;
  const auto read = read_publisher_card(*read_envelope(*line));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, wanted);

  envelope.subject.set("homepage", "javascript:alert(1)");
  EXPECT_FALSE(read_publisher_card(envelope));
  envelope.subject = publisher_card_subject(wanted);
  envelope.subject.set("id", "did:webvh:" + issuer.log.scid + ":evil.example");
  EXPECT_FALSE(read_publisher_card(envelope));
  EXPECT_FALSE(sign_document(envelope, issuer.did() + "#sign", issuer.sign, kCredentialNow));
}

}  // namespace
}  // namespace protocol
