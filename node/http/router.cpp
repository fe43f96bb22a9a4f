#include "node/http/router.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace node {

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  Route route{std::string(method), std::string(pattern), {}, std::move(handler)};
  if (!pattern.starts_with('/') || method.empty() || !route.handler) {
    throw std::logic_error("not a route: " + route.method + " " + route.pattern);
  }
  std::string_view rest = pattern.substr(1);
  while (pattern.size() > 1) {
    const std::size_t slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    std::string_view part = rest.substr(0, slash);
    if (part.starts_with('{') && part.ends_with("*}") && part.size() > 3) {
      if (!last) throw std::logic_error("{name*} must come last: " + route.pattern);
      part = part.substr(1, part.size() - 3);
      route.segments.push_back({Segment::Kind::rest, std::string(part)});
    } else if (part.starts_with('{') && part.ends_with('}') && part.size() > 2) {
      part = part.substr(1, part.size() - 2);
      route.segments.push_back({Segment::Kind::name, std::string(part)});
    } else {
      route.segments.push_back({Segment::Kind::word, std::string(part)});
    }
    if (last) break;
    rest.remove_prefix(slash + 1);
  }
  for (const Route& other : routes_) {
    const bool same_shape =
        std::equal(other.segments.begin(), other.segments.end(), route.segments.begin(),
                   route.segments.end(), [](const Segment& a, const Segment& b) {
                     return a.kind == b.kind && (a.kind != Segment::Kind::word || a.text == b.text);
                   });
    if (same_shape && other.method == route.method) {
      throw std::logic_error("two handlers for " + route.method + " " + route.pattern);
    }
  }
  routes_.push_back(std::move(route));
}

bool Router::matches(const Route& route, const std::vector<std::string>& segments) {
  for (std::size_t at = 0; at < route.segments.size(); ++at) {
    if (at >= segments.size()) return false;
    const Segment& wanted = route.segments[at];
    switch (wanted.kind) {
      case Segment::Kind::word:
        if (segments[at] != wanted.text) return false;
        break;
      case Segment::Kind::name:
        if (segments[at].empty()) return false;
        break;
      case Segment::Kind::rest:
        return true;
    }
  }
  return segments.size() == route.segments.size();
}

bool Router::is_closer(const Route& a, const Route& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
}

Response Router::operator()(Request request) const {
  const Route* best = nullptr;
  std::vector<std::string> allowed;
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const Route& route : routes_) {
    if (!matches(route, request.segments)) continue;
    allowed.push_back(route.method);
    if (route.method == "GET") allowed.emplace_back("HEAD");
    if (route.method == method && (best == nullptr || is_closer(route, *best))) best = &route;
  }
  if (best != nullptr) {
    request.params.clear();
    for (std::size_t at = 0; at < best->segments.size(); ++at) {
      const Segment& segment = best->segments[at];
      if (segment.kind == Segment::Kind::word) continue;
      std::string value = request.segments[at];
      if (segment.kind == Segment::Kind::rest) {
        for (std::size_t next = at + 1; next < request.segments.size(); ++next) {
          value += '/' + request.segments[next];
        }
      }
      request.params.emplace_back(segment.text, std::move(value));
    }
    Response response = best->handler(request);
    response.route = best->pattern;
    return response;
  }
  if (allowed.empty()) {
    return refusal(request, protocol::ErrorCode::not_found, {});
  }
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  std::string list;
  for (const std::string& one : allowed) list += (list.empty() ? "" : ", ") + one;
  Response response = refusal(request, protocol::ErrorCode::method_not_allowed, "use " + list);
  response.set("Allow", list);
  return response;
}

std::vector<std::string> Router::list() const {
  std::vector<std::string> lines;
  for (const Route& route : routes_) lines.push_back(route.method + " " + route.pattern);
  return lines;
}

}  // namespace node
