#include "tests/support/vectors.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "protocol/encoding/text_encodings.h"
#include "tests/support/shared_inputs.h"

namespace test_support {

using protocol::Json;

namespace {

[[noreturn]] void vectors_fail(const std::string& what) { throw std::runtime_error(what); }

}  // namespace

std::string vector_text(const Json& value) {
  if (const auto* text = value.if_string()) return *text;
  if (const auto* pieces = value.if_array()) {
    std::string joined;
    for (const auto& piece : *pieces) joined += vector_text(piece);
    return joined;
  }
  if (const Json* base64 = value.find("base64"); base64 && base64->if_string()) {
    const auto bytes = protocol::from_base64(*base64->if_string());
    if (!bytes) vectors_fail("base64 that is none: " + *base64->if_string());
    return std::string(protocol::as_text(*bytes));
  }
  const Json* times = value.find("times");
  const Json* of = value.find("of");
  if (!times || !times->if_integer() || !of) vectors_fail("a text in no form of a text");
  std::string joined;
  for (std::int64_t i = 0; i < *times->if_integer(); ++i) joined += vector_text(*of);
  return joined;
}

const Json* VectorCase::find(std::string_view member) const {
  if (const Json* own = value.find(member)) return own;
  return file.find(member);
}

std::string VectorCase::text(std::string_view member) const {
  const Json* found = find(member);
  if (!found) vectors_fail(where + ": lacks " + std::string(member));
  return vector_text(*found);
}

std::string VectorCase::text_or(std::string_view member, std::string_view otherwise) const {
  const Json* found = find(member);
  return found ? vector_text(*found) : std::string(otherwise);
}

std::int64_t VectorCase::integer(std::string_view member) const {
  const Json* found = find(member);
  if (!found || !found->if_integer())
    vectors_fail(where + ": lacks the number " + std::string(member));
  return *found->if_integer();
}

std::filesystem::path own_vectors_folder() {
  return std::filesystem::path(KITH_SOURCE) / "tests" / "vectors";
}

std::vector<std::string> vector_kinds() {
  std::vector<std::string> kinds;
  for (const auto& entry : std::filesystem::directory_iterator(own_vectors_folder())) {
    if (entry.is_directory()) kinds.push_back(entry.path().filename().string());
  }
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

std::vector<VectorCase> vector_cases(std::string_view kind) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(own_vectors_folder() / kind)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<VectorCase> found;
  for (const auto& path : paths) {
    const std::string file = std::string(kind) + "/" + path.filename().string();
    const auto read = protocol::parse_json(read_file(path), {.max_bytes = 16 << 20});
    if (!read) vectors_fail(file + ": " + read.error().detail);
    const Json* about = read->find("about");
    const Json* cases = read->find("cases");
    if (!about || !about->if_string() || !cases || !cases->if_array() ||
        cases->if_array()->empty()) {
      vectors_fail(file + ": has no `about` or no `cases`");
    }
    Json shared = *read;
    shared.erase("cases");
    std::set<std::string> names;
    for (const Json& one : *cases->if_array()) {
      const Json* name = one.find("name");
      for (const char* needed : {"name", "why", "expect"}) {
        const Json* member = one.find(needed);
        if (!member || !member->if_string() || member->if_string()->empty()) {
          vectors_fail(file + ": a case without " + needed + ": " +
                       protocol::canonical(one).substr(0, 200));
        }
      }
      if (!names.insert(*name->if_string()).second) {
        vectors_fail(file + ": two cases are called " + *name->if_string());
      }
      found.push_back({file + ": " + *name->if_string(), one, shared});
    }
  }
  return found;
}

}  // namespace test_support
