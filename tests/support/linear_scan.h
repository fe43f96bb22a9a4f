#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/encoding/json.h"

// What a search should find, told by reading every listing's JSON from the first to the last. It
// shares nothing with the search index but the names of the vocabulary, so that neither can hide a
// mistake of the other.

namespace test_support {

/// A search in plain words; lists are alternatives, empty ones ask for nothing.
struct ScanQuery {
  std::vector<std::string> words;  ///< whole words, in lower case
  std::string prefix;              ///< and one that begins so; empty: none
  std::vector<std::vector<std::string>> phrases;
  std::vector<std::pair<std::string, std::string>>
      licenses;  ///< family and level; level may be empty
  std::vector<std::string> regions;
  std::vector<std::string> cost_models;
  std::vector<double> max_per_month;
  std::vector<std::string> formats, kinds, audiences, publishers, statuses;
  /// Whether the searcher can join, as the test sees it; empty: not asked.
  std::function<bool(const protocol::Json& subject)> can_join;
  /// How far away the listing's place is, in kilometers, as the test sees it; nothing where it
  /// states none. Empty: not asked.
  std::function<std::optional<double>(const protocol::Json& subject)> kilometers_away;
  double within_kilometers = 0;
  bool online_too = false;
  std::set<std::string> include_unstated;
  std::set<std::string> left_out;  ///< key texts of what the node's policy leaves out
  bool show_left_out = false;
  /// Names of publishers by SCID (the key's part before '/'); words are looked for in them, too.
  std::map<std::string, std::string> publisher_names;
};

using ScanListings =
    std::vector<std::pair<std::string /*key text*/, protocol::Json /*credentialSubject*/>>;

/// Key texts of what the query finds.
std::set<std::string> linear_scan(const ScanListings& listings, const ScanQuery& query);

enum class Stated { matches, differs, unstated };

/// How one listing stands to one filter ("license", "region", "cost", "format", "kind", "audience",
/// "publisher", "status", "can_join", "near") or to "words"; matches where the query does not set
/// it.
Stated scan_filter(const std::string& key, const protocol::Json& subject, const std::string& filter,
                   const ScanQuery& query);

/// What the listing is counted under in the facet of `field`; empty: it states nothing.
std::set<std::string> scan_facet_values(const std::string& key, const protocol::Json& subject,
                                        const std::string& field);

std::optional<double> scan_cost_per_month(const protocol::Json& subject);

}  // namespace test_support
