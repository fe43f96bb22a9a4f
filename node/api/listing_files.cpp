#include "node/api/listing_files.h"

#include "node/exporting/directory_export.h"
#include "node/exporting/linked_data.h"

namespace node {

ExportSource export_source(const Group& group) {
  return {.path = "/groups/" + group.key.text(),
          .url = {},
          .publisher_scid = group.key.scid,
          .publisher_name = group.publisher_name,
          .signed_at = group.envelope.valid_from};
}

std::string attachment_header(std::string_view name, std::string_view extension) {
  constexpr std::size_t kLongest = 60;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string plain, encoded;
  for (const char c : name.substr(0, 120)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) {
      if (plain.size() < kLongest) plain += c;
      encoded += c;
      continue;
    }
    if (!plain.empty() && plain.back() != '-' && plain.size() < kLongest) plain += '-';
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 15U];
  }
  while (plain.ends_with('-')) plain.pop_back();
  if (plain.empty()) plain = "group";
  return "attachment; filename=\"" + plain + std::string(extension) + "\"; filename*=UTF-8''" +
         encoded + std::string(extension);
}

std::optional<Response> get_listing_file(const Request& request, const Node& node) {
  auto uuid = request.param("uuid");
  std::string_view extension;
  for (const std::string_view known : {".ics", ".jsonld", ".hsds.json"})
    if (uuid.ends_with(known)) extension = known;
  if (extension.empty()) return std::nullopt;
  uuid.remove_suffix(extension.size());

  const auto nothing = [&](std::string_view why) {
    auto response = problem(protocol::ErrorCode::not_found, why);
    allow_any_origin(response);
    return response;
  };
  const auto key = RecordKey::parse(std::string(request.param("scid")) + "/" + std::string(uuid));
  const auto group = key ? node.group(*key) : std::nullopt;
  if (!group) return nothing("no such listing is shown here");
  if (group->listing.disclosure == "card_only")
    return nothing("this group shows a card only; ask whom the card names");

  const auto source = export_source(*group);
  const auto now = node.clock().now();
  std::string text, type;
  if (extension == ".ics") {
    CalendarWriter calendar(now);
    if (!calendar.add(group->listing, source))
      return nothing("this listing says no dates that a calendar could hold");
    text = calendar.text();
    type = "text/calendar; charset=utf-8";
  } else if (extension == ".jsonld") {
    text = protocol::canonical(*linked_data(group->listing, source, now)) + "\n";
    type = "application/ld+json";
  } else {
    text = protocol::canonical(
               directory_service(group->envelope.subject, group->listing, source, now)) +
           "\n";
    type = "application/json";
  }
  auto response = ok_bytes(std::move(text), std::move(type), cache_for(std::chrono::seconds(60)));
  response.set("Content-Disposition", attachment_header(group->listing.name, extension));
  allow_any_origin(response);
  return response;
}

}  // namespace node
