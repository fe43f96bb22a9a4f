#pragma once

#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/search/index.h"
#include "node/search/query.h"
#include "protocol/encoding/json.h"

// Invented listings for the tests of the search engine.

namespace search_samples {

/// A subject from the members given, with what every listing has put beside them.
protocol::Json subject(std::string_view members);
/// The listing as the index takes it. `key` is "SCID/UUID" in any form. Throws where it cannot be
/// read. Without "kinds" the document has none, though no publisher can leave them out.
node::SearchDocument document(const std::string& key, const protocol::Json& subject,
                              const std::string& publisher_name = "");

/// A random one, of few words and values, so that random queries find something.
protocol::Json random_subject(std::mt19937_64& random);

/// parse_query() of it, which must be good.
node::Query query(const node::Parameters& parameters);

/// Key texts of a page, in its order.
std::vector<std::string> page_texts(const node::SearchResult& result);

inline constexpr std::string_view kCursorKey = "0123456789abcdef0123456789abcdef";

}  // namespace search_samples
