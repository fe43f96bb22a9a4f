#include "node/api/routes.h"

#include <memory>

#include "node/api/evidence.h"
#include "node/api/feeds.h"
#include "node/api/groups.h"
#include "node/api/listing_files.h"
#include "node/api/mirror.h"
#include "node/api/publisher_files.h"
#include "node/api/witness.h"
#include "node/pages/about_node.h"
#include "node/pages/answer_page.h"
#include "node/pages/compare_page.h"
#include "node/pages/frame.h"
#include "node/pages/listing_page.h"
#include "node/pages/publisher_page.h"
#include "node/pages/report_limiter.h"
#include "node/pages/report_page.h"
#include "node/pages/search_page.h"

namespace node {

void add_public_routes(Router& router, Node& node,
                       std::chrono::steady_clock::duration keep_summary) {
  const auto about = std::make_shared<const AboutNode>(node, keep_summary);

  // Pages
  router.add("GET", "/", [&node, about](const Request& request) {
    return search_page(request, node, *about->now());
  });
  router.add("GET", "/groups/{scid}/{uuid}", [&node, about](const Request& request) {
    if (auto file = get_listing_file(request, node)) return std::move(*file);
    return listing_page(request, node, *about->now());
  });
  router.add("GET", "/groups/{scid}/{uuid}/report", [&node, about](const Request& request) {
    return report_page(request, node, *about->now());
  });
  const auto limiter = std::make_shared<ReportLimiter>();
  router.add("POST", "/groups/{scid}/{uuid}/report",
             [&node, about, limiter](const Request& request) {
               return post_report(request, node, *about->now(), *limiter);
             });
  router.add("GET", "/compare", [&node, about](const Request& request) {
    return compare_page(request, node, *about->now());
  });
  router.add("GET", "/publishers/{scid}", [&node, about](const Request& request) {
    return publisher_page(request, node, *about->now());
  });
  router.add("GET", "/about/checks",
             [&node, about](const Request&) { return checks_page(node, *about->now()); });
  router.add("GET", "/answer/{token}", [&node, about](const Request& request) {
    return answer_page(request, node, *about->now());
  });
  router.add("POST", "/answer/{token}", [&node, about](const Request& request) {
    return post_answer(request, node, *about->now());
  });
  router.add("GET", style_path(), [](const Request&) {
    return ok_bytes(std::string(style_css()), "text/css; charset=utf-8", cache_forever());
  });
  router.add("GET", "/style.css", [](const Request&) {
    return ok_bytes(std::string(style_css()), "text/css; charset=utf-8",
                    cache_for(std::chrono::minutes(5)));
  });

  // API
  router.add("GET", "/api/v1/groups", [&node, about](const Request& request) {
    return get_groups(request, node, *about->now());
  });
  router.add("GET", "/api/v1/groups/{scid}/{uuid}",
             [&node](const Request& request) { return get_group(request, node); });
  router.add("GET", "/api/v1/evidence/{scid}/{uuid}",
             [&node](const Request& request) { return get_evidence(request, node); });
  router.add("GET", "/api/v1/feeds", [&node](const Request&) { return get_feeds(node); });
  router.add("GET", "/api/v1/vocabularies", [](const Request&) { return get_vocabularies(); });
  router.add("POST", "/witness/add-checkpoint",
             [&node](const Request& request) { return post_add_checkpoint(request, node); });
  router.add("GET", "/mirror/",
             [&node](const Request& request) { return get_mirror_index(request, node); });
  router.add("GET", "/mirror/{name}/{path*}",
             [&node](const Request& request) { return get_mirror_file(request, node); });
  router.add("GET", "/.well-known/api-catalog",
             [&node](const Request&) { return get_api_catalog(node); });
  router.add("GET", "/healthz", [](const Request&) { return get_health(); });
  router.add("GET", "/readyz", [&node](const Request&) { return get_ready(node); });

  // The publisher's files, at the place that its DID names, and those it has had
  for (const auto& url_path : node.publisher_url_paths()) {
    router.add("GET", url_path + "{path*}",
               [&node](const Request& request) { return get_publisher_file(request, node); });
  }
}

}  // namespace node
