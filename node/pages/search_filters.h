#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/pages/html.h"
#include "node/search/query.h"

// The filters of a search as the page shows them: values in words, and the same search with one of
// them more or less.

namespace node {

/// One filter field, spelled as its parameter: "license", "region", …
struct SearchField {
  std::string_view name;
  std::string_view title;  ///< "License"
  std::string_view
      unstated;  ///< "which licenses they take": what a listing may leave out; or empty
};
std::span<const SearchField> search_fields();

/// What a publisher is called.
using PublisherNames = std::function<std::string(const std::string& scid)>;

/// The values that `query` has for a field, as facets name them.
std::vector<std::string> values_of(const Query& query, std::string_view field);
/// Such a value as it stands in an address: one region is written so that it is no other.
std::string written_value(std::string_view field, const std::string& value);
/// A value in words.
std::string value_words(std::string_view field, const std::string& value,
                        const PublisherNames& names);

/// The first page of the same search with `value` more, without it, or without the whole field.
/// What cannot be read leaves the query as it is.
Query with_value(Query query, std::string_view field, const std::string& value);
Query without_value(Query query, std::string_view field, const std::string& value);
Query without_field(Query query, std::string_view field);

/// The search page showing that query, from its first page on.
Address search_address(const Query& query);

}  // namespace node
