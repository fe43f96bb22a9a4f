#include "protocol/document/credential.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "protocol/document/data_integrity.h"
#include "protocol/document/listing_fields.h"
#include "protocol/limits.h"

namespace protocol {

namespace {

constexpr std::array<std::string_view, 2> kCredentialContexts = {
    "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"};

struct CredentialType {
  DocumentType type;
  std::string_view word;     ///< the leaf's `t`
  std::string_view name;     ///< second value of the envelope's `type`
  std::string_view subject;  ///< `type` of the subject
};
constexpr CredentialType kCredentialTypes[] = {
    {DocumentType::listing, "listing", "PeerSupportGroupListing", "PeerSupportGroup"},
    {DocumentType::recognition, "recognition", "RecognizedEntityCredential", "RecognizedEntity"},
    {DocumentType::publisher, "publisher", "PeerSupportPublisher", "PeerSupportPublisher"},
};

const CredentialType& credential_type(DocumentType type) {
  return kCredentialTypes[static_cast<std::size_t>(type)];
}

Json credential_contexts() {
  return Json(Json::Array(kCredentialContexts.begin(), kCredentialContexts.end()));
}

/// Exactly these members: what a reader does not know could change what the rest means (status,
/// terms of use).
Result<void> credential_members(const Json& object, std::span<const std::string_view> names,
                                std::string_view where) {
  for (const auto& [name, value] : *object.if_object()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return refuse(ErrorCode::doc_profile,
                    std::string(where) + name + ": is not a member of this version");
    }
  }
  for (const auto name : names) {
    if (!object.find(name))
      return refuse(ErrorCode::doc_profile,
                    std::string(where) + std::string(name) + ": is missing");
  }
  return {};
}

Result<std::string> credential_text(const Json& object, std::string_view name,
                                    std::string_view where) {
  const auto* text = object.find(name)->if_string();
  if (!text)
    return refuse(ErrorCode::doc_profile,
                  std::string(where) + std::string(name) + ": is not a text");
  return *text;
}

Result<Timestamp> credential_time(const Json& object, std::string_view name,
                                  std::string_view where) {
  ASSIGN_OR_RETURN(const std::string text, credential_text(object, name, where));
  const auto time = parse_timestamp(text);
  if (!time) {
    return refuse(ErrorCode::doc_profile, std::string(where) + std::string(name) +
                                              ": is not a time such as 2026-11-01T00:00:00Z");
  }
  return *time;
}

Result<DocumentType> credential_read_type(const Json& types) {
  const auto* items = types.if_array();
  if (items && items->size() == 2 && (*items)[0] == Json("VerifiableCredential")) {
    for (const auto& known : kCredentialTypes) {
      if ((*items)[1] == Json(known.name)) return known.type;
    }
  }
  return refuse(ErrorCode::doc_profile,
                "type: is not VerifiableCredential and one type of this version");
}

Result<void> credential_check_proof(const Json& proof) {
  if (!proof.if_object()) return refuse(ErrorCode::doc_profile, "proof: is not one object");
  constexpr std::string_view kNames[] = {
      "type",         "cryptosuite", "created",   "verificationMethod",
      "proofPurpose", "@context",    "proofValue"};
  RETURN_IF_REFUSED(credential_members(proof, kNames, "proof."));
  const std::pair<std::string_view, std::string_view> words[] = {
      {"type", "DataIntegrityProof"},
      {"cryptosuite", "eddsa-jcs-2022"},
      {"proofPurpose", "assertionMethod"}};
  for (const auto& [name, word] : words) {
    if (*proof.find(name) != Json(word)) {
      return refuse(ErrorCode::doc_profile,
                    "proof." + std::string(name) + ": must be " + std::string(word));
    }
  }
  RETURN_IF_REFUSED(credential_time(proof, "created", "proof."));
  RETURN_IF_REFUSED(credential_text(proof, "verificationMethod", "proof."));
  RETURN_IF_REFUSED(credential_text(proof, "proofValue", "proof."));
  if (*proof.find("@context") != credential_contexts()) {
    return refuse(ErrorCode::doc_context, "proof.@context: is not the list of this version");
  }
  return {};
}

Result<void> credential_check_subject(const Envelope& envelope, const Json& subject) {
  const auto& type = credential_type(envelope.type);
  const Json* name = subject.find("type");
  if (!name || *name != Json(type.subject)) {
    return refuse(ErrorCode::doc_profile,
                  "credentialSubject.type: must be " + std::string(type.subject));
  }
  const Json* id = subject.find("id");
  const auto* text = id ? id->if_string() : nullptr;
  if (!text) return refuse(ErrorCode::doc_profile, "credentialSubject.id: is missing");
  switch (envelope.type) {
    case DocumentType::listing:
      if (*text != envelope.id)
        return refuse(ErrorCode::doc_profile, "credentialSubject.id: is not the document's id");
      return {};
    case DocumentType::recognition:
      if (!parse_did(*text))
        return refuse(ErrorCode::doc_profile, "credentialSubject.id: is not a did:webvh name");
      return {};
    case DocumentType::publisher:
      if (*text != envelope.issuer)
        return refuse(ErrorCode::doc_profile, "credentialSubject.id: is not the issuer");
      return {};
  }
  return {};
}

/// The envelope, and the whole document for the check of its proof. The subject is in the document
/// only, until take() moves it over: a copy of it costs as much as parsing it.
struct CredentialParts {
  Envelope envelope;
  Json document;

  Envelope take() && {
    envelope.subject = std::move(*document.find("credentialSubject"));
    return std::move(envelope);
  }
};

Result<CredentialParts> credential_read(std::string_view line) {
  if (line.size() > kMaxDocumentBytes) {
    return refuse(ErrorCode::doc_syntax,
                  "is longer than " + std::to_string(kMaxDocumentBytes) + " bytes");
  }
  // A document is one line of a file; a line end inside would make it two.
  if (line.find_first_of("\r\n") != std::string_view::npos) {
    return refuse(ErrorCode::doc_syntax, "has a line end inside");
  }
  ASSIGN_OR_RETURN(Json document, parse_json(line, {.max_bytes = kMaxDocumentBytes,
                                                    .max_keys = kMaxDocumentKeys}));
  if (!document.if_object()) return refuse(ErrorCode::doc_profile, "is not an object");
  if (const auto unsafe = find_unsafe_value(document)) {
    return refuse(ErrorCode::doc_profile, unsafe->field + ": " + unsafe->message);
  }
  constexpr std::string_view kNames[] = {
      "@context", "id", "type", "issuer", "validFrom", "validUntil", "credentialSubject", "proof"};
  RETURN_IF_REFUSED(credential_members(document, kNames, ""));
  // Equal, not "begins with": a context appended by a stranger could rename every term.
  if (*document.find("@context") != credential_contexts()) {
    return refuse(ErrorCode::doc_context, "@context: is not the list of this version");
  }
  Envelope envelope;
  ASSIGN_OR_RETURN(envelope.id, credential_text(document, "id", ""));
  if (!is_record_id(envelope.id))
    return refuse(ErrorCode::doc_profile, "id: is not a 'urn:uuid:' id in lower case");
  ASSIGN_OR_RETURN(envelope.type, credential_read_type(*document.find("type")));
  ASSIGN_OR_RETURN(envelope.issuer, credential_text(document, "issuer", ""));
  if (const auto did = parse_did(envelope.issuer); !did) {
    return refuse(ErrorCode::doc_profile, "issuer: " + did.error().detail);
  }
  ASSIGN_OR_RETURN(envelope.valid_from, credential_time(document, "validFrom", ""));
  ASSIGN_OR_RETURN(envelope.valid_until, credential_time(document, "validUntil", ""));
  if (envelope.valid_until <= envelope.valid_from) {
    return refuse(ErrorCode::doc_profile, "validUntil: is not after validFrom");
  }
  if (envelope.valid_until - envelope.valid_from > kMaxValidity) {
    return refuse(ErrorCode::doc_profile, "validUntil: is more than 400 days after validFrom");
  }
  const Json& subject = *document.find("credentialSubject");
  if (!subject.if_object())
    return refuse(ErrorCode::doc_profile, "credentialSubject: is not one object");
  RETURN_IF_REFUSED(credential_check_subject(envelope, subject));
  RETURN_IF_REFUSED(credential_check_proof(*document.find("proof")));
  return CredentialParts{std::move(envelope), std::move(document)};
}

std::string credential_longest_member(const Json& subject) {
  std::string longest;
  std::size_t most = 0;
  for (const auto& [name, value] : *subject.if_object()) {
    const auto size = canonical(value).size();
    if (size > most) {
      most = size;
      longest = name + " (" + std::to_string(size) + " bytes)";
    }
  }
  return longest;
}

}  // namespace

std::string_view word(DocumentType type) { return credential_type(type).word; }

std::optional<DocumentType> document_type_from_word(std::string_view word) {
  for (const auto& known : kCredentialTypes) {
    if (known.word == word) return known.type;
  }
  return std::nullopt;
}

Result<Envelope> read_envelope(std::string_view line) {
  ASSIGN_OR_RETURN(CredentialParts parts, credential_read(line));
  return std::move(parts).take();
}

Result<void> check_times(const Envelope& envelope, Timestamp now) {
  if (envelope.valid_from > now + kMaxClockSkew) {
    return refuse(ErrorCode::doc_future,
                  "validFrom: " + format_timestamp(envelope.valid_from) + " is in the future");
  }
  if (now >= envelope.valid_until) {
    return refuse(ErrorCode::doc_expired,
                  "validUntil: was " + format_timestamp(envelope.valid_until));
  }
  return {};
}

namespace {

/// Whether a proof that does not hold would have held before the key of this fragment was replaced:
/// no forgery then, but a text that was forgotten. Only the newest few are tried, since each costs
/// a verification that a hostile feed could ask for with every document.
bool credential_by_former_key(const Json& document, const DidLog& issuer, std::string_view method,
                              PublicKey key) {
  constexpr int kMostFormerKeys = 3;
  const std::string fragment(method.substr(method.find('#')));
  int tried = 0;
  for (auto version = issuer.versions.rbegin();
       version != issuer.versions.rend() && tried < kMostFormerKeys; ++version) {
    const auto former = assertion_key(*version, version->did + fragment);
    if (!former || *former == key) continue;
    key = *former;
    ++tried;
    if (check_data_integrity(document, key)) return true;
  }
  return false;
}

}  // namespace

Result<VerifiedDocument> verify_document(std::string_view line, const DidLog& issuer,
                                         Timestamp now) {
  ASSIGN_OR_RETURN(CredentialParts parts, credential_read(line));
  RETURN_IF_REFUSED(check_times(parts.envelope, now));
  // The name may be an older one of the same identity (a move), but never one that this log did not
  // have: whoever holds that host now would otherwise speak under this identity's name.
  if (!issuer.has_did(parts.envelope.issuer)) {
    return refuse(ErrorCode::doc_issuer,
                  "issuer: " + parts.envelope.issuer + " is not a name of " + issuer.scid);
  }
  const std::string& method =
      *parts.document.find("proof")->find("verificationMethod")->if_string();
  if (!issuer.has_did(std::string_view(method).substr(0, method.find('#')))) {
    return refuse(ErrorCode::doc_issuer,
                  "proof.verificationMethod: is a key of another identity than the issuer");
  }
  const auto key = assertion_key(issuer, method);
  if (!key) {
    return refuse(
        ErrorCode::proof_key,
        "proof.verificationMethod: is not a key that the issuer now lists for signing documents");
  }
  if (const auto held = check_data_integrity(parts.document, *key); !held) {
    if (held.error().code == ErrorCode::proof_invalid &&
        credential_by_former_key(parts.document, issuer, method, *key)) {
      return refuse(ErrorCode::proof_key,
                    "proof: is by a key that the issuer has replaced since, and not signed again");
    }
    return tl::unexpected(held.error());
  }
  return VerifiedDocument(std::move(parts).take(), std::string(line), sha256(line));
}

Result<std::string> sign_document(const Envelope& envelope, std::string_view method_id,
                                  const SigningKey& key, Timestamp created) {
  Json document = Json::object({
      {"@context", credential_contexts()},
      {"id", envelope.id},
      {"type", Json::array({"VerifiableCredential", credential_type(envelope.type).name})},
      {"issuer", envelope.issuer},
      {"validFrom", format_timestamp(envelope.valid_from)},
      {"validUntil", format_timestamp(envelope.valid_until)},
      {"credentialSubject", envelope.subject},
  });
  std::string line =
      canonical(sign_data_integrity(std::move(document), std::string(method_id), created, key));
  if (line.size() > kMaxDocumentBytes) {
    const auto longest =
        envelope.subject.if_object() ? credential_longest_member(envelope.subject) : std::string();
    return refuse(ErrorCode::too_large, "the signed document has " + std::to_string(line.size()) +
                                            " bytes, " +
                                            std::to_string(line.size() - kMaxDocumentBytes) +
                                            " too many; the longest member is " + longest);
  }
  // What nobody would accept is not given out either.
  RETURN_IF_REFUSED(credential_read(line));
  return line;
}

}  // namespace protocol
