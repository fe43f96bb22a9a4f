#pragma once

#include <chrono>

#include "protocol/document/listing.h"

namespace protocol::document_samples {

inline ListingDefaults defaults() {
  using namespace std::chrono;
  return {.id = "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1",
          .today = sys_days{year{2026} / November / 1},
          .area = {"US-OH"}};
}

/// A small listing with which nothing is wrong.
inline Json subject() {
  Json made = Json::object({
      {"name", "Tuesday consultation circle"},
      {"kinds", Json::array({"formal_consultation"})},
      {"formats", Json::array({"video"})},
      {"regions", Json::array({"US-OH"})},
      {"links", Json::object({{"apply", "https://chapter.example/contact/tuesday"}})},
  });
  fill_defaults(made, defaults());
  return made;
}

}  // namespace protocol::document_samples
