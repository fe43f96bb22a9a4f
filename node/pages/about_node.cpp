#include "node/pages/about_node.h"

namespace node {

namespace {

NodeSummary about_summary(const Node& node) {
  NodeSummary summary;
  summary.listings = node.listings_shown();
  for (const auto& report : node.feeds()) {
    const bool unknown = report.hidden && (report.hidden->code == protocol::ErrorCode::no_path ||
                                           report.hidden->code == protocol::ErrorCode::denied);
    if (report.denied) continue;
    if (!report.hidden && report.listings > 0) ++summary.publishers;
    if (report.feed.own) {
      summary.scid = report.feed.scid;
      const auto card = node.publisher_card(report.feed.scid);
      // A node is called what it calls itself, also where its association says it longer.
      summary.name = card && !card->name.empty() ? card->name : report.name;
      if (card) summary.data_license = card->data_license;
    }
    // Of a publisher whose listings would not be shown anyhow, nothing is missing.
    if (unknown || (report.state == FeedState::ok && !report.feed.trouble)) continue;
    summary.degraded.push_back(
        {report.feed.scid, report.name, report.state,
         report.feed.trouble ? std::string(protocol::word(report.feed.trouble->code)) : ""});
  }
  return summary;
}

}  // namespace

AboutNode::AboutNode(const Node& node, std::chrono::steady_clock::duration keep)
    : node_(node), keep_(keep) {}

std::shared_ptr<const NodeSummary> AboutNode::now() const {
  const auto time = std::chrono::steady_clock::now();
  auto kept = kept_.with([](const Kept& current) { return current; });
  if (kept.summary && time - kept.made < keep_) return kept.summary;
  // Two threads may both make one; that costs less than one waiting for the other.
  kept = {std::make_shared<const NodeSummary>(about_summary(node_)), time};
  kept_.with([&](Kept& current) { current = kept; });
  return kept.summary;
}

}  // namespace node
