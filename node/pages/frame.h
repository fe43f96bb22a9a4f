#pragma once

#include <string>
#include <string_view>

#include "node/http/message.h"
#include "node/pages/about_node.h"
#include "node/pages/html.h"

// What all pages have around them: head, icons, header, footer.

namespace node {

struct Page {
  enum class Place { find, checks, elsewhere };
  std::string title;  ///< plain text; " – Kith at NAME" is added
  Place place = Place::elsewhere;
  Html main;  ///< what stands in <main>
};

/// The whole page. Works without script; the server adds the content security policy.
Response page_response(const NodeSummary& about, const Page& page, CacheFor cache);

/// A page of one short message: what came of a form. `after`: a line below, for a link onward.
Response note_page(const NodeSummary& about, Constant title, std::string_view words, int status,
                   const Html& after = {});

/// A plain, kind page for what went wrong; problem() for whoever does not take HTML.
Response error_page(const Request& request, const NodeSummary& about, protocol::ErrorCode code,
                    std::string_view detail = {});
/// The page for an address where no listing is shown (any more).
Response nothing_here_page(const Request& request, const NodeSummary& about);

/// The stylesheet and the address that names it by its hash: "/style-1a2b3c4d5e6f.css".
std::string_view style_css();
const std::string& style_path();

/// A link to a publisher's page.
Html publisher_link(std::string_view scid, std::string_view name);

}  // namespace node
