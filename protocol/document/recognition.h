#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/document/credential.h"
#include "protocol/encoding/json.h"
#include "protocol/result.h"

// What publishers sign beside listings: recognitions (SPEC 4.4) and the card about themselves
// (SPEC 4.5).

namespace protocol {

/// "I recognize this publisher, within this area, to this depth" (SPEC 4.4).
struct Recognition {
  std::string subject_did;
  std::string name;                       ///< what the recognizer calls the subject
  std::string role;                       ///< publisher kind, e.g. "state_chapter"; may be empty
  std::optional<std::string> at_version;  ///< an entry that the subject's log must have
  bool to_issue = false;                  ///< has a recognizedTo with the action "issue"
  int max_path_length = 0;                ///< how many further publishers below the subject
  std::optional<std::vector<std::string>>
      area;  ///< ISO 3166 codes; absent: no limit; empty: nothing
  /// Why its constraints cannot be honored (an unknown or ill-typed member): the edge is then void
  /// (edge_constraint).
  std::optional<std::string> constraint_error;

  bool operator==(const Recognition&) const = default;
};

/// Of an envelope of type recognition. Refuses with doc_profile, naming the member: another type of
/// document; no subject by a did:webvh name; a name or role that is no text of at most 200 bytes.
/// What makes only the edge void is in constraint_error.
Result<Recognition> read_recognition(const Envelope& envelope);
/// The credentialSubject of a recognition by `issuer_did`. Nothing is checked: sign_document() and
/// read_recognition() do.
Json recognition_subject(const Recognition& recognition, std::string_view issuer_did);

/// What a publisher says of itself (SPEC 4.5). Shown beside the recognizer's name for it, never
/// alone.
struct PublisherCard {
  std::string did;
  std::string name;
  std::string kind;  ///< vocabulary publisher_kinds
  std::vector<std::string> area;
  std::string homepage;  ///< may be empty
  std::string contact;   ///< role address or page; may be empty
  std::vector<std::string> languages;
  std::string data_license;

  bool operator==(const PublisherCard&) const = default;
};
/// Of an envelope of type publisher. Refuses with doc_profile, naming the member: another type of
/// document, a subject that is not the issuer, a member of another type or size than SPEC 4.5 says.
Result<PublisherCard> read_publisher_card(const Envelope& envelope);
/// Its credentialSubject; what is empty is left out.
Json publisher_card_subject(const PublisherCard& card);

}  // namespace protocol
