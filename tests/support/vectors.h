#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/json.h"

// The project's own vectors, tests/vectors/. Their layout is in tests/vectors/README.md.

namespace test_support {

/// One case of one file. Members that a case lacks are those of its file.
struct VectorCase {
  std::string where;  ///< "leaves/forms.json: a put"
  protocol::Json value;
  protocol::Json file;

  const protocol::Json* find(std::string_view member) const;
  bool has(std::string_view member) const { return find(member) != nullptr; }
  /// A text, joined from its pieces. Throws std::runtime_error when there is none.
  std::string text(std::string_view member) const;
  std::string text_or(std::string_view member, std::string_view otherwise) const;
  std::int64_t integer(std::string_view member) const;
  std::string expect() const { return text("expect"); }
};

std::filesystem::path own_vectors_folder();
/// Names of the folders in it, sorted.
std::vector<std::string> vector_kinds();
/// All cases of all *.json files of the folder `kind`. Throws std::runtime_error naming a file that
/// is not of the layout: each has `about` and `cases`, each case `name`, `why` and `expect`, no
/// name twice.
std::vector<VectorCase> vector_cases(std::string_view kind);
/// A text as vectors write it: a string, or a list of strings, {"base64": …} and {"times": n, "of":
/// text}.
std::string vector_text(const protocol::Json& value);

}  // namespace test_support
