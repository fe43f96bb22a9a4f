#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "node/following/notify_list.h"
#include "node/node.h"

namespace node {

/// What came of telling one node of the newest head of one log.
struct SendOutcome {
  enum class Kind {
    heard,         ///< 200: it has this head now, or had it
    knows_more,    ///< it had a newer one
    unknown,       ///< 404: it does not follow this log
    refused,       ///< any other answer that is about the checkpoint
    cannot_prove,  ///< what lies between its head and this one is not stored here yet
    unreachable,   ///< no answer, or one that says "later"
  };
  Kind kind = Kind::unreachable;
  std::string detail;                       ///< for people; empty when heard
  bool is_cosigned = false;                 ///< heard, with a line of its own that verifies
  std::optional<std::uint64_t> known_size;  ///< what it is now known to have
};

/// Sends the newest head that is known of the log `origin` to `target`: with `request`, the
/// add-checkpoint that brought it here, where that fits, else with a proof from the leaves stored
/// here. `known_size` is what the target had the last time; where that is this head nothing is
/// sent. After a 409 it is sent once more, from the size that the target named. Blocks; never under
/// the writer's lock. Throws StoreError and DataError where this node's own disk is in trouble.
SendOutcome send_checkpoint(Node& node, crawler::Source& source, const NotifyTarget& target,
                            const std::string& origin, const std::string& request,
                            std::optional<std::uint64_t> known_size);

/// "has it, and signed that it saw it", … for people.
std::string in_words(const SendOutcome& outcome);

}  // namespace node
