#include "node/http/message.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <unistd.h>

#include "node/http/http_limits.h"
#include "node/http/request_head.h"
#include "node/log.h"

namespace node {

namespace {

char message_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::optional<std::string_view> message_find(const std::vector<TextPair>& headers,
                                             std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_header_name(key, name)) return value;
  }
  return std::nullopt;
}

void message_add_unless_set(Response& response, std::string_view name, std::string_view value) {
  if (!response.header(name)) response.headers.emplace_back(name, value);
}

void message_retry_after(Response& response, int status) {
  if (status == 429 || status == 503) {
    response.set("Retry-After", std::to_string(kRetryAfterSeconds));
  }
}

}  // namespace

FileBody::~FileBody() { ::close(descriptor_); }

std::string FileBody::read(std::size_t offset, std::size_t most) const {
  std::string bytes(std::min(most, size_ - std::min(offset, size_)), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done,
                             static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

bool same_header_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return message_lower(x) == message_lower(y);
         });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  return message_find(headers, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Request::query_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.emplace_back(value);
  }
  return values;
}

std::string_view Request::param(std::string_view name) const {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

Request make_request(std::string_view method, std::string_view target) {
  Request request;
  request.method = method;
  const auto read = read_target(target, request, EdgeLimits{});
  if (!read) throw std::invalid_argument("make_request: " + read.error().detail);
  return request;
}

std::vector<TextPair> Request::form_fields() const {
  const auto type = header("Content-Type");
  if (!type || !type->starts_with("application/x-www-form-urlencoded")) return {};
  try {
    return make_request("GET", "/?" + body).query;
  } catch (const std::invalid_argument&) {
    return {};
  }
}

Response& Response::set(std::string_view name, std::string value) {
  for (auto& [key, present] : headers) {
    if (same_header_name(key, name)) {
      present = std::move(value);
      return *this;
    }
  }
  headers.emplace_back(name, std::move(value));
  return *this;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
  return message_find(headers, name);
}

Response ok_bytes(std::string bytes, std::string content_type, CacheFor cache) {
  Response response;
  response.body = std::move(bytes);
  response.cache = cache;
  response.set("Content-Type", std::move(content_type));
  return response;
}

Response ok_json(std::string json, CacheFor cache) {
  return ok_bytes(std::move(json), "application/json", cache);
}

Response ok_html(std::string html, CacheFor cache) {
  return ok_bytes(std::move(html), "text/html; charset=utf-8", cache);
}

Response problem(protocol::ErrorCode code, std::string_view detail) {
  const protocol::ErrorInfo& info = protocol::describe(code);
  std::string body = R"({"type":"urn:kith:problem:)" + json_escaped(info.word) + R"(","title":")" +
                     json_escaped(info.meaning) + R"(","status":)" +
                     std::to_string(info.http_status);
  if (!detail.empty()) body += R"(,"detail":")" + json_escaped(detail) + '"';
  body += "}\n";
  Response response = ok_bytes(std::move(body), "application/problem+json");
  response.status = info.http_status;
  message_retry_after(response, info.http_status);
  return response;
}

Response refusal(const Request& request, protocol::ErrorCode code, std::string_view detail) {
  const auto accept = request.header("Accept");
  const bool wants_html = accept && accept->find("text/html") != std::string_view::npos;
  if (!wants_html || request.path.starts_with("/api/")) return problem(code, detail);
  const protocol::ErrorInfo& info = protocol::describe(code);
  // Where no page is reached, and so no name of this node is known; only the styles are shared.
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en-US\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><link "
      "rel=\"stylesheet\" href=\"/style.css\"><title>";
  page +=
      html_escaped(info.meaning) + "</title></head><body><main><div class=\"wrap\"><div class=\"";
  page += "stack measure\"><h1>" + html_escaped(info.meaning) + "</h1>";
  if (!detail.empty()) page += "<p>" + html_escaped(detail) + "</p>";
  page += "<p>" + html_escaped(info.what_to_do) +
          "</p><p><a class=\"btn main\" href=\"/\">Search for groups</a></p>";
  page += "<p class=\"small soft\">The name of this error is <code>" + html_escaped(info.word);
  page += "</code>.</p></div></div></main></body></html>\n";
  Response response = ok_html(std::move(page));
  response.status = info.http_status;
  message_retry_after(response, info.http_status);
  return response;
}

void allow_any_origin(Response& response) {
  response.set("Access-Control-Allow-Origin", "*");
  response.set("Cross-Origin-Resource-Policy", "cross-origin");
}

void security_headers(Response& response, bool is_tls) {
  message_add_unless_set(response, "X-Content-Type-Options", "nosniff");
  message_add_unless_set(response, "Referrer-Policy", "no-referrer");
  message_add_unless_set(response, "Cross-Origin-Resource-Policy", "same-origin");
  // Half a year: a node that loses its certificate for good is reachable again within a season.
  if (is_tls) message_add_unless_set(response, "Strict-Transport-Security", "max-age=15552000");
  const auto type = response.header("Content-Type");
  if (!type || !type->starts_with("text/html")) return;
  message_add_unless_set(
      response, "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  message_add_unless_set(response, "Cross-Origin-Opener-Policy", "same-origin");
  message_add_unless_set(response, "Permissions-Policy",
                         "geolocation=(), camera=(), microphone=(), browsing-topics=()");
}

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace node
