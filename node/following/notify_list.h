#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/store/store.h"
#include "protocol/crypto/crypto.h"
#include "protocol/result.h"

// Who is told of a newer head of a log (SPEC 6.5).

namespace node {

struct NotifyTarget {
  std::string url;                              ///< of the node: "https://host" without a path
  std::string scid;                             ///< whose node it is; empty where that is not known
  std::optional<protocol::PublicKey> node_key;  ///< "#node" of that publisher
};

/// Those that recognize this node's publisher, those that it recognizes, those that are followed by
/// hand, and those that the operator named; each node once, and never this one. An `#api` on
/// another host than its identity is left out: nobody is to be pointed at by a stranger.
std::vector<NotifyTarget> notify_list(const StoreQueries& store);

/// A node's address as the operator writes it, with or without a slash or the witness's path behind
/// it. Refuses with config_invalid.
protocol::Result<std::string> notify_url(std::string_view text);

/// "https://host:port" + the one address to which strangers may write.
std::string witness_url(const std::string& node_url);

}  // namespace node
