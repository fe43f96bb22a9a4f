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

inline std::filesystem::path generated_path() {
  return test_support::vectors_folder() / "tlog-generated" / "vectors.json";
}

inline protocol::Json generated() {
  return protocol::parse_json(test_support::read_file(generated_path())).value();
}

}  // namespace log_vectors
