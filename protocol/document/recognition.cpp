#include "protocol/document/recognition.h"

#include <algorithm>
#include <limits>

#include "protocol/document/listing_fields.h"
#include "protocol/document/vocabularies.h"
#include "protocol/encoding/json_members.h"

namespace protocol {

namespace {

constexpr Field kRecognitionFields[] = {
    {.name = "id", .limit = 2'048, .presence = Presence::always},
    {.name = "name", .limit = 200},
    {.name = "role", .limit = 200},
};

constexpr Field kPublisherFields[] = {
    {.name = "id", .limit = 2'048, .presence = Presence::always},
    {.name = "name", .limit = 120, .presence = Presence::always},
    {.name = "kind", .type = FieldType::word, .words = Vocabulary::publisher_kinds},
    {.name = "area", .type = FieldType::region, .most = 24},
    {.name = "homepage", .type = FieldType::url},
    {.name = "contact", .type = FieldType::contact},
    {.name = "languages", .type = FieldType::language, .most = 24},
    {.name = "data_license"},
};

Result<void> recognition_check(const Json& subject, std::span<const Field> fields) {
  std::optional<Complaint> first;
  check_fields(subject, fields, [&](Complaint complaint) {
    first = std::move(complaint);
    return false;
  });
  if (!first) return {};
  return refuse(ErrorCode::doc_profile,
                "credentialSubject." + first->field + ": " + first->message);
}

/// Reads `constraints` into `recognition`; says why it cannot be honored, or nothing.
std::optional<std::string> recognition_constraints(const Json& constraints,
                                                   Recognition& recognition) {
  const auto* members = constraints.if_object();
  if (!members) return "constraints: is not an object";
  for (const auto& [name, value] : *members) {
    if (name == "maxPathLength") {
      const auto length = value.if_integer();
      if (!length || *length < 0) return "constraints.maxPathLength: is not a whole number from 0";
      recognition.max_path_length =
          static_cast<int>(std::min<std::int64_t>(*length, std::numeric_limits<int>::max()));
    } else if (name == "area") {
      const auto* items = value.if_array();
      if (!items) return "constraints.area: is not a list";
      recognition.area.emplace();
      for (const auto& item : *items) {
        const auto* code = item.if_string();
        if (!code || !is_region_code(*code))
          return "constraints.area: has something that is no region code";
        recognition.area->push_back(*code);
      }
    } else {
      // It may forbid something; honoring the rest and not this would widen what the recognizer
      // allowed.
      return "constraints." + name + ": is not known here";
    }
  }
  return std::nullopt;
}

std::optional<std::string> recognition_action(const Json& action, std::string_view issuer,
                                              Recognition& recognition) {
  if (!action.if_object()) return "recognizedTo: is not an object";
  const Json* verb = action.find("action");
  if (!verb || *verb != Json("issue")) return std::nullopt;
  if (recognition.to_issue) return "recognizedTo: says 'issue' twice";
  recognition.to_issue = true;
  if (const Json* by = action.find("recognizedBy")) {
    const auto* text = by->if_string();
    const auto named = text ? parse_did(*text) : Result<Did>(refuse(ErrorCode::did_syntax, ""));
    const auto signer = parse_did(issuer);
    if (!named || !signer || named->scid != signer->scid)
      return "recognizedTo.recognizedBy: is not the issuer";
  }
  if (const Json* constraints = action.find("constraints"))
    return recognition_constraints(*constraints, recognition);
  return std::nullopt;
}

}  // namespace

Result<Recognition> read_recognition(const Envelope& envelope) {
  if (envelope.type != DocumentType::recognition) {
    return refuse(ErrorCode::doc_profile, "type: is not a recognition");
  }
  const Json& subject = envelope.subject;
  RETURN_IF_REFUSED(recognition_check(subject, kRecognitionFields));
  Recognition recognition{.subject_did = text_member(&subject, "id"),
                          .name = text_member(&subject, "name"),
                          .role = text_member(&subject, "role"),
                          .at_version = std::nullopt,
                          .area = std::nullopt,
                          .constraint_error = std::nullopt};
  if (!parse_did(recognition.subject_did)) {
    return refuse(ErrorCode::doc_profile, "credentialSubject.id: is not a did:webvh name");
  }
  if (const Json* pin = subject.find("atVersion")) {
    const auto* text = pin->if_string();
    if (text && !text->empty()) {
      recognition.at_version = *text;
    } else {
      recognition.constraint_error = "atVersion: is not a text";
    }
  }
  if (const Json* actions = subject.find("recognizedTo")) {
    const Json::Array alone = {*actions};
    for (const auto& action : actions->if_array() ? *actions->if_array() : alone) {
      auto error = recognition_action(action, envelope.issuer, recognition);
      if (error && !recognition.constraint_error) recognition.constraint_error = std::move(error);
    }
  }
  return recognition;
}

Json recognition_subject(const Recognition& recognition, std::string_view issuer_did) {
  Json subject = Json::object({{"id", recognition.subject_did}, {"type", "RecognizedEntity"}});
  if (!recognition.name.empty()) subject.set("name", recognition.name);
  if (!recognition.role.empty()) subject.set("role", recognition.role);
  if (recognition.at_version) subject.set("atVersion", *recognition.at_version);
  if (recognition.to_issue) {
    Json constraints = Json::object({{"maxPathLength", recognition.max_path_length}});
    if (recognition.area) {
      constraints.set("area",
                      Json(Json::Array(recognition.area->begin(), recognition.area->end())));
    }
    subject.set("recognizedTo", Json::object({{"type", "RecognizedAction"},
                                              {"action", "issue"},
                                              {"recognizedBy", issuer_did},
                                              {"constraints", std::move(constraints)}}));
  }
  return subject;
}

Result<PublisherCard> read_publisher_card(const Envelope& envelope) {
  if (envelope.type != DocumentType::publisher) {
    return refuse(ErrorCode::doc_profile, "type: is not a publisher card");
  }
  const Json& subject = envelope.subject;
  RETURN_IF_REFUSED(recognition_check(subject, kPublisherFields));
  PublisherCard card{.did = text_member(&subject, "id"),
                     .name = text_member(&subject, "name"),
                     .kind = text_member(&subject, "kind"),
                     .area = text_members(&subject, "area"),
                     .homepage = text_member(&subject, "homepage"),
                     .contact = text_member(&subject, "contact"),
                     .languages = text_members(&subject, "languages"),
                     .data_license = text_member(&subject, "data_license")};
  // A card is a claim about oneself; one about another would put words under that other's name.
  if (card.did != envelope.issuer)
    return refuse(ErrorCode::doc_profile, "credentialSubject.id: is not the issuer");
  return card;
}

Json publisher_card_subject(const PublisherCard& card) {
  Json subject =
      Json::object({{"id", card.did}, {"type", "PeerSupportPublisher"}, {"name", card.name}});
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) subject.set(name, text);
  };
  const auto add_list = [&](std::string_view name, const std::vector<std::string>& list) {
    if (!list.empty()) subject.set(name, Json(Json::Array(list.begin(), list.end())));
  };
  add("kind", card.kind);
  add_list("area", card.area);
  add("homepage", card.homepage);
  add("contact", card.contact);
  add_list("languages", card.languages);
  add("data_license", card.data_license);
  return subject;
}

}  // namespace protocol
