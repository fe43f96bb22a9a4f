#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/store/sqlite.h"
#include "protocol/encoding/bytes.h"
#include "protocol/encoding/time.h"

// One-use links that were made for leaders of groups. Only a hash of each is here: who takes the
// database cannot answer for them.

namespace node {

struct StoredReminder {
  protocol::Hash token_hash;
  std::string id;  ///< urn:uuid of the listing
  protocol::Timestamp made_at{};
  protocol::Timestamp expires{};
  std::optional<protocol::Timestamp> used_at;
  std::string answer;  ///< what the leader wrote; empty where a choice said it all
};

/// A listing has one open link: older unused ones of the same listing go, as do expired ones.
void add_reminder(Database& database, const StoredReminder& reminder);
std::optional<StoredReminder> find_reminder(Database& database, const protocol::Hash& token_hash);
/// Says false where somebody used it first.
bool use_reminder(Database& database, const protocol::Hash& token_hash, protocol::Timestamp now,
                  std::string_view answer);
/// Answers with words that the publisher has yet to read, oldest first.
std::vector<StoredReminder> unread_answers(Database& database);
void forget_answer(Database& database, const protocol::Hash& token_hash);

}  // namespace node
