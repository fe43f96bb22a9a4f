#include "node/importing/json_lines.h"

#include "protocol/encoding/json_members.h"

namespace node {

namespace {

using protocol::Json;

}  // namespace

bool looks_like_json_lines(std::string_view file) {
  if (file.starts_with("\xEF\xBB\xBF")) file.remove_prefix(3);
  const auto first = file.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && file[first] == '{';
}

protocol::Result<ImportedSheet> read_json_lines(std::string_view file) {
  if (file.size() > kMaxSheetBytes)
    return protocol::refuse(protocol::ErrorCode::too_large,
                            "the file is larger than 8 MiB; import it in parts");
  if (file.starts_with("\xEF\xBB\xBF")) file.remove_prefix(3);
  ImportedSheet sheet;
  sheet.row_word = "Line";
  sheet.says_all = true;
  int number = 0;
  while (!file.empty()) {
    const auto end = file.find('\n');
    auto line = file.substr(0, end);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto parsed = protocol::parse_json(line);
    const auto where = "line " + std::to_string(number) + ": ";
    if (!parsed)
      return protocol::refuse(protocol::ErrorCode::invalid, where + parsed.error().detail);
    if (!parsed->if_object())
      return protocol::refuse(protocol::ErrorCode::invalid,
                              where + "each line must be one object, such as {\"name\":\"…\"}");
    const Json* inner = parsed->find("credentialSubject");
    Json subject = inner && inner->if_object() ? *inner : *parsed;
    if (sheet.rows.size() >= kMaxSheetRows)
      return protocol::refuse(protocol::ErrorCode::invalid,
                              "more than 50,000 lines; import the file in parts");
    ImportedRow row;
    row.record = number;
    row.understood.name = protocol::text_member(&subject, "name");
    row.understood.id = protocol::text_member(&subject, "id");
    row.understood.confirmed_on = protocol::text_member(&subject, "confirmed_at");
    // Which listing it is comes from `id` above; the plan sets it again.
    subject.erase("id");
    row.subject = std::move(subject);
    sheet.rows.push_back(std::move(row));
  }
  if (sheet.rows.empty())
    return protocol::refuse(protocol::ErrorCode::invalid, "the file holds no listing");
  return sheet;
}

}  // namespace node
