#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "node/http/message.h"

namespace node {

using Handler = std::function<Response(const Request&)>;

/// The table of routes. A pattern is matched segment by segment: "/groups/{scid}/{uuid}" takes
/// exactly three, and
/// "/mirror/{path*}" takes all that follow, joined by "/" (at least one). Written words win over
/// {names}. A HEAD is served from the GET. Filled before the server starts, only read afterwards.
class Router {
 public:
  /// Throws std::logic_error for a pattern that is none, or that method and shape have already.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  /// The handler's answer; not_found where no pattern matches, method_not_allowed with Allow where
  /// only the method does not. What the handler throws passes through.
  Response operator()(Request request) const;

  /// "GET /groups/{scid}/{uuid}" and so on, in the order added.
  std::vector<std::string> list() const;

 private:
  struct Segment {
    enum class Kind { word, name, rest } kind;
    std::string text;
  };
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<Segment> segments;
    Handler handler;
  };
  static bool matches(const Route& route, const std::vector<std::string>& segments);
  static bool is_closer(const Route& a, const Route& b);

  std::vector<Route> routes_;
};

}  // namespace node
