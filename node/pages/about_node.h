#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "node/guarded.h"
#include "node/node.h"

namespace node {

/// A feed whose listings may not be what its publisher says today.
struct FeedInTrouble {
  std::string scid;
  std::string name;
  FeedState state = FeedState::ok;
  std::string code;  ///< wire word of the last refusal; may be empty
};

/// What every page and every answer says of the node itself.
struct NodeSummary {
  std::string scid;  ///< of its own publisher; empty before init
  std::string name;  ///< of its own publisher; empty before init
  std::string data_license;
  std::size_t publishers = 0;  ///< with listings that are shown
  std::size_t listings = 0;    ///< that are shown
  std::vector<FeedInTrouble> degraded;
};

/// Keeps that summary, so that not every search reads all feeds. Threads: any.
class AboutNode {
 public:
  /// `node` must outlive it. A summary older than `keep` is made anew.
  explicit AboutNode(const Node& node,
                     std::chrono::steady_clock::duration keep = std::chrono::seconds(10));
  std::shared_ptr<const NodeSummary> now() const;

 private:
  struct Kept {
    std::shared_ptr<const NodeSummary> summary;
    std::chrono::steady_clock::time_point made;
  };
  const Node& node_;
  std::chrono::steady_clock::duration keep_;
  mutable Guarded<Kept> kept_;
};

}  // namespace node
