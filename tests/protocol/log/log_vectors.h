#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/merkle.h"
#include "tests/support/shared_inputs.h"

namespace log_vectors {

inline protocol::Hash hash_of_base64(std::string_view text) {
  return protocol::Hash::of(protocol::ByteView(protocol::from_base64(text).value())).value();
}

/// Throws where the member is missing: a vector file that is not as expected must not pass quietly.
inline const protocol::Json& member(const protocol::Json& value, std::string_view name) {
  const protocol::Json* found = value.find(name);
  if (found == nullptr) throw std::runtime_error("vectors: no member " + std::string(name));
  return *found;
}

inline std::vector<protocol::Hash> hashes(const protocol::Json& array) {
  std::vector<protocol::Hash> found;
  for (const protocol::Json& item : *array.if_array()) {
    found.push_back(hash_of_base64(*item.if_string()));
  }
  return found;
}

/// The leaves that the generated vectors are made of: {"n":0,"op":"put"} and so on.
inline std::vector<protocol::Hash> generated_leaves(std::size_t count) {
  std::vector<protocol::Hash> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string leaf = "{\"n\":" + std::to_string(i) + ",\"op\":\"put\"}";
    leaves.push_back(protocol::leaf_hash(protocol::as_bytes(leaf)));
  }
  return leaves;
}

/// The same with the text of the vectors' own member `leaf`, where "<i>" stands for the number.
inline std::vector<protocol::Hash> leaves_of(const protocol::Json& vectors, std::size_t count) {
  const std::string& form = *member(vectors, "leaf").if_string();
  const std::size_t mark = form.find("<i>");
  if (mark == std::string::npos) throw std::runtime_error("vectors: a leaf without <i>");
  std::vector<protocol::Hash> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string leaf = form.substr(0, mark) + std::to_string(i) + form.substr(mark + 3);
    leaves.push_back(protocol::leaf_hash(protocol::as_bytes(leaf)));
  }
  return leaves;
}

/// The largest log that the vectors speak of.
inline std::size_t largest_size(const protocol::Json& vectors) {
  std::size_t largest = 0;
  const auto take = [&](std::size_t size) { largest = size > largest ? size : largest; };
  for (const auto& [size, root] : *member(vectors, "roots").if_object()) take(std::stoull(size));
  for (const protocol::Json& c : *member(vectors, "inclusion").if_array()) {
    take(static_cast<std::size_t>(member(c, "Size").if_integer().value()));
  }
  for (const protocol::Json& c : *member(vectors, "consistency").if_array()) {
    take(static_cast<std::size_t>(member(c, "New").if_integer().value()));
  }
  return largest;
}

inline std::filesystem::path generated_path() {
  return test_support::vectors_folder() / "tlog-generated" / "vectors.json";
}

inline protocol::Json generated() {
  return protocol::parse_json(test_support::read_file(generated_path())).value();
}

}  // namespace log_vectors
