#include "protocol/document/data_integrity.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "protocol/encoding/text_encodings.h"

namespace protocol {
namespace {

constexpr std::string_view kProofType = "DataIntegrityProof";
constexpr std::string_view kProofSuite = "eddsa-jcs-2022";
constexpr std::string_view kProofPurpose = "assertionMethod";

Bytes integrity_message(const Hash& document_hash, const std::string& proof_config) {
  const Hash config_hash = sha256(proof_config);
  Bytes message;
  message.reserve(2 * Hash::kSize);
  message.insert(message.end(), config_hash.view().begin(), config_hash.view().end());
  message.insert(message.end(), document_hash.view().begin(), document_hash.view().end());
  return message;
}

// A closed list: members such as previousProof, expires, domain or challenge change what a proof
// means, and a verifier that skips them would answer another question than the one it was asked.
Result<void> integrity_members(const Json& proof) {
  constexpr std::array<std::string_view, 7> known = {
      "type",         "cryptosuite", "created",   "verificationMethod",
      "proofPurpose", "@context",    "proofValue"};
  for (const auto& [name, value] : *proof.if_object()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return refuse(ErrorCode::doc_profile, "proof: a member that this suite does not have");
    }
    if (name != "@context" && !value.if_string()) {
      return refuse(ErrorCode::doc_profile, "proof." + name + ": expected a string");
    }
  }
  const std::pair<std::string_view, std::string_view> words[] = {
      {"type", kProofType}, {"cryptosuite", kProofSuite}, {"proofPurpose", kProofPurpose}};
  for (const auto& [name, word] : words) {
    const Json* found = proof.find(name);
    if (!found || *found->if_string() != word) {
      return refuse(ErrorCode::doc_profile,
                    "proof." + std::string(name) + ": must be " + std::string(word));
    }
  }
  for (const std::string_view name : {"verificationMethod", "proofValue"}) {
    if (!proof.find(name)) {
      return refuse(ErrorCode::doc_profile, "proof." + std::string(name) + ": missing");
    }
  }
  return {};
}

}  // namespace

Bytes data_integrity_message(const Json& unsecured_document, const Json& proof_config) {
  return integrity_message(sha256(canonical(unsecured_document)), canonical(proof_config));
}

Json sign_data_integrity(Json document, std::string verification_method, Timestamp created,
                         const SigningKey& key) {
  document.erase("proof");
  Json proof = Json::object({{"type", kProofType},
                             {"cryptosuite", kProofSuite},
                             {"created", format_timestamp(created)},
                             {"verificationMethod", std::move(verification_method)},
                             {"proofPurpose", kProofPurpose}});
  if (const Json* context = document.find("@context")) proof.set("@context", *context);
  const Signature signature = key.sign(data_integrity_message(document, proof));
  proof.set("proofValue", to_proof_value(signature));
  document.set("proof", std::move(proof));
  return document;
}

Result<void> check_data_integrity(const Json& secured_document, const PublicKey& key) {
  const Json* proof = secured_document.find("proof");
  if (!proof) return refuse(ErrorCode::doc_profile, "proof: missing");
  // One object, never a set: other verifiers call [good proof, broken proof] verified.
  if (!proof->if_object()) return refuse(ErrorCode::doc_profile, "proof: expected one object");
  return check_detached_proof(*proof, secured_document.find("@context"),
                              sha256(canonical_without(secured_document, "proof")), key);
}

Result<void> check_detached_proof(const Json& proof, const Json* context, const Hash& document_hash,
                                  const PublicKey& key) {
  if (!proof.if_object()) return refuse(ErrorCode::doc_profile, "proof: expected an object");
  RETURN_IF_REFUSED(integrity_members(proof));

  // The suite's text accepts a document whose @context merely begins with the proof's. Then anybody
  // could append a context that gives the signed words another meaning.
  const Json* proof_context = proof.find("@context");
  const bool same_context =
      proof_context && context ? *proof_context == *context : proof_context == context;
  if (!same_context) {
    return refuse(ErrorCode::doc_context, "proof.@context: must equal the document's");
  }

  const std::string& value = *proof.find("proofValue")->if_string();
  if (value.size() > kMaxProofValueLength) {
    return refuse(ErrorCode::proof_invalid, "proof.proofValue: too long");
  }
  const auto signature = from_proof_value(value);
  if (!signature) {
    return refuse(ErrorCode::proof_invalid, "proof.proofValue: expected z and base58 of 64 bytes");
  }
  if (!verify(key, integrity_message(document_hash, canonical_without(proof, "proofValue")),
              *signature)) {
    return refuse(ErrorCode::proof_invalid, "proof.proofValue: the signature does not hold");
  }
  return {};
}

}  // namespace protocol
