#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "protocol/error_code.h"

namespace protocol {

/// A refusal that a peer, a client or a volunteer can act on. Programs branch on `code`, never on
/// `detail`.
struct Error {
  ErrorCode code;
  std::string
      detail;  ///< for people, naming the field: "credentialSubject.cost.model: expected a string"

  bool operator==(const Error&) const = default;
};

/// A value, or the reason why there is none. The one place that knows tl::expected; std::expected
/// of C++23 has the same shape. A class, because [[nodiscard]] on an alias would be ignored.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// Makes a refusal: `return refuse(ErrorCode::doc_syntax, "line 3: ...");`
inline tl::unexpected<Error> refuse(ErrorCode code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

/// Passes a refusal on, with where it happened put in front of what happened.
inline tl::unexpected<Error> refuse_in(std::string_view where, const Error& error) {
  return tl::unexpected<Error>(Error{error.code, std::string(where) + ": " + error.detail});
}

}  // namespace protocol

#define KITH_CONCAT_INNER(a, b) a##b
#define KITH_CONCAT(a, b) KITH_CONCAT_INNER(a, b)

/// `ASSIGN_OR_RETURN(auto key, PublicKey::parse(text));` declares `key`, or returns the refusal.
#define ASSIGN_OR_RETURN(declaration, expression)                \
  auto KITH_CONCAT(kith_result_, __LINE__) = (expression);       \
  if (!KITH_CONCAT(kith_result_, __LINE__))                      \
    return ::tl::unexpected<::protocol::Error>(                  \
        std::move(KITH_CONCAT(kith_result_, __LINE__)).error()); \
  declaration = std::move(*KITH_CONCAT(kith_result_, __LINE__))

/// For a Result<void>, or one whose value is not needed.
#define RETURN_IF_REFUSED(expression)                                              \
  do {                                                                             \
    if (auto kith_checked = (expression); !kith_checked)                           \
      return ::tl::unexpected<::protocol::Error>(std::move(kith_checked).error()); \
  } while (false)
