#include "protocol/encoding/json_members.h"

namespace protocol {

namespace {

const Json* member_of(const Json* object, std::string_view name) {
  return object ? object->find(name) : nullptr;
}

}  // namespace

std::string text_member(const Json* object, std::string_view name) {
  const Json* value = member_of(object, name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? *text : std::string();
}

std::vector<std::string> text_members(const Json* object, std::string_view name) {
  std::vector<std::string> texts;
  const Json* value = member_of(object, name);
  if (const auto* items = value ? value->if_array() : nullptr) {
    for (const auto& item : *items) {
      if (const auto* text = item.if_string()) texts.push_back(*text);
    }
  }
  return texts;
}

std::optional<bool> flag_member(const Json* object, std::string_view name) {
  const Json* value = member_of(object, name);
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag ? std::optional<bool>(*flag) : std::nullopt;
}

std::optional<std::int64_t> integer_member(const Json* object, std::string_view name) {
  const Json* value = member_of(object, name);
  return value ? value->if_integer() : std::nullopt;
}

}  // namespace protocol
