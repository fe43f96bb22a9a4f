#include "node/cli/invocation.h"

#include <algorithm>
#include <filesystem>

#include "protocol/encoding/json.h"

namespace node {

namespace {

// A spreadsheet may come along with a command.
constexpr std::size_t kMaxInvocationBytes = 64 << 20;
constexpr std::size_t kColumns = 80;

protocol::Json invocation_strings(const std::vector<std::string>& values) {
  protocol::Json::Array array;
  for (const auto& value : values) array.emplace_back(value);
  return array;
}

std::vector<std::string> invocation_strings(const protocol::Json* value) {
  std::vector<std::string> strings;
  if (!value || !value->if_array()) return strings;
  for (const auto& item : *value->if_array()) {
    if (const auto* text = item.if_string()) strings.push_back(*text);
  }
  return strings;
}

// JSON holds text only; a file may hold any bytes.
std::string invocation_widened(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | (byte >> 6));
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

std::string invocation_narrowed(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80 || i + 1 == text.size()) {
      bytes += text[i];
    } else {
      bytes +=
          static_cast<char>(((lead & 0x03) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3F));
    }
  }
  return bytes;
}

}  // namespace

bool Invocation::has(std::string_view option) const {
  return options.contains(std::string(option));
}

std::string Invocation::first(std::string_view option) const {
  const auto found = options.find(std::string(option));
  return found == options.end() || found->second.empty() ? std::string() : found->second.front();
}

std::vector<std::string> Invocation::all(std::string_view option) const {
  const auto found = options.find(std::string(option));
  return found == options.end() ? std::vector<std::string>() : found->second;
}

std::string Invocation::file(std::string_view option) const {
  const auto found = files.find(std::string(option));
  return found == files.end() ? std::string() : found->second;
}

std::string Invocation::output_path(std::string_view path) const {
  return (std::filesystem::path(working_folder) / path).lexically_normal().string();
}

std::string to_line(const Invocation& invocation) {
  protocol::Json options = protocol::Json::Object();
  for (const auto& [name, values] : invocation.options)
    options.set(name, invocation_strings(values));
  protocol::Json files = protocol::Json::Object();
  for (const auto& [name, content] : invocation.files) files.set(name, invocation_widened(content));
  return protocol::canonical(
      protocol::Json::object({{"command", invocation.command},
                              {"options", std::move(options)},
                              {"files", std::move(files)},
                              {"confirmed", invocation_strings(invocation.confirmed)},
                              {"folder", invocation.working_folder}}));
}

protocol::Result<Invocation> invocation_from_line(std::string_view line) {
  protocol::JsonLimits limits;
  limits.max_bytes = kMaxInvocationBytes;
  ASSIGN_OR_RETURN(const auto json, protocol::parse_json(line, limits));
  Invocation invocation;
  const auto* command = json.find("command");
  const auto* folder = json.find("folder");
  if (!command || !command->if_string() || !folder || !folder->if_string()) {
    return protocol::refuse(protocol::ErrorCode::bad_request,
                            "command: expected a command with its folder");
  }
  invocation.command = *command->if_string();
  invocation.working_folder = *folder->if_string();
  invocation.confirmed = invocation_strings(json.find("confirmed"));
  if (const auto* options = json.find("options"); options && options->if_object()) {
    for (const auto& [name, values] : *options->if_object())
      invocation.options[name] = invocation_strings(&values);
  }
  if (const auto* files = json.find("files"); files && files->if_object()) {
    for (const auto& [name, content] : *files->if_object()) {
      if (const auto* text = content.if_string())
        invocation.files[name] = invocation_narrowed(*text);
    }
  }
  return invocation;
}

ExitCode exit_code_for(protocol::ErrorCode code) {
  switch (code) {
    case protocol::ErrorCode::usage:
    case protocol::ErrorCode::bad_request:
    case protocol::ErrorCode::did_syntax:
      return kExitUsage;
    case protocol::ErrorCode::storage_damaged:
      return kExitDamaged;
    case protocol::ErrorCode::did_unreachable:
    case protocol::ErrorCode::fetch_dns:
    case protocol::ErrorCode::fetch_blocked:
    case protocol::ErrorCode::fetch_connect:
    case protocol::ErrorCode::fetch_timeout:
    case protocol::ErrorCode::fetch_tls:
    case protocol::ErrorCode::fetch_http:
    case protocol::ErrorCode::fetch_redirect:
    case protocol::ErrorCode::fetch_too_large:
    case protocol::ErrorCode::fetch_encoding:
    case protocol::ErrorCode::fetch_malformed:
    case protocol::ErrorCode::fetch_backoff:
      return kExitUnreachable;
    case protocol::ErrorCode::storage_full:
      return kExitIo;
    case protocol::ErrorCode::key_permissions:
      return kExitPermission;
    case protocol::ErrorCode::config_invalid:
    case protocol::ErrorCode::in_use:
    case protocol::ErrorCode::schema_newer:
    case protocol::ErrorCode::self_fork_refused:
      return kExitConfiguration;
    // Everything else says that what was looked at is not what it should be.
    case protocol::ErrorCode::did_invalid:
    case protocol::ErrorCode::did_deactivated:
    case protocol::ErrorCode::did_rollback:
    case protocol::ErrorCode::did_fork:
    case protocol::ErrorCode::feed_missing:
    case protocol::ErrorCode::note_syntax:
    case protocol::ErrorCode::origin_mismatch:
    case protocol::ErrorCode::sig_unknown:
    case protocol::ErrorCode::sig_bad:
    case protocol::ErrorCode::rollback:
    case protocol::ErrorCode::equivocation:
    case protocol::ErrorCode::corrupt_mirror:
    case protocol::ErrorCode::leaf_syntax:
    case protocol::ErrorCode::unsupported_op:
    case protocol::ErrorCode::quota:
    case protocol::ErrorCode::doc_missing:
    case protocol::ErrorCode::doc_hash:
    case protocol::ErrorCode::doc_syntax:
    case protocol::ErrorCode::doc_profile:
    case protocol::ErrorCode::doc_context:
    case protocol::ErrorCode::doc_issuer:
    case protocol::ErrorCode::doc_expired:
    case protocol::ErrorCode::doc_future:
    case protocol::ErrorCode::proof_invalid:
    case protocol::ErrorCode::proof_key:
    case protocol::ErrorCode::edge_expired:
    case protocol::ErrorCode::edge_scope:
    case protocol::ErrorCode::edge_depth:
    case protocol::ErrorCode::edge_constraint:
    case protocol::ErrorCode::edge_pin:
    case protocol::ErrorCode::edge_stale:
    case protocol::ErrorCode::no_path:
    case protocol::ErrorCode::denied:
    case protocol::ErrorCode::unauthenticated:
    case protocol::ErrorCode::forbidden:
    case protocol::ErrorCode::csrf:
    case protocol::ErrorCode::not_found:
    case protocol::ErrorCode::method_not_allowed:
    case protocol::ErrorCode::timeout:
    case protocol::ErrorCode::length_required:
    case protocol::ErrorCode::too_large:
    case protocol::ErrorCode::uri_too_long:
    case protocol::ErrorCode::unsupported_type:
    case protocol::ErrorCode::wrong_host:
    case protocol::ErrorCode::invalid:
    case protocol::ErrorCode::rate_limited:
    case protocol::ErrorCode::headers_too_large:
    case protocol::ErrorCode::internal:
    case protocol::ErrorCode::busy:
    case protocol::ErrorCode::starting:
      return kExitNo;
  }
  return kExitNo;
}

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  // Columns are counted in code points: close enough for the scripts that messages are written in.
  const auto width = [](std::string_view word) {
    return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
  };
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    const auto word = text.substr(0, end);
    if (!word.empty()) {
      if (column > indent && column + 1 + width(word) > kColumns) {
        out += '\n';
        out.append(indent, ' ');
        column = indent;
      } else if (column > 0 && out.back() != '\n' && out.back() != ' ') {
        out += ' ';
        ++column;
      }
      out += word;
      column += width(word);
    }
    if (end < text.size() && text[end] == '\n') {
      out += '\n';
      column = 0;
      if (end + 1 < text.size() && indent > 0) {
        out.append(indent, ' ');
        column = indent;
      }
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace node
