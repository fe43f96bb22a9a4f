#pragma once

#include <optional>
#include <string>

#include "node/mirror/mirror_peers.h"
#include "node/store/copied_heads.h"
#include "node/store/store.h"

// Where a feed is read, beside its publisher's own host.

namespace node {

/// The local folder that this feed is read from instead of its host; nothing for most.
std::optional<std::string> feed_place(const StoreQueries& store, const std::string& scid);
/// Remembers it; an empty one: its host again.
void set_feed_place(Database& database, const std::string& scid, const std::string& folder);
/// Lets a feed be read at `at`, if it were read later otherwise.
void make_due(Database& database, const std::string& scid, protocol::Timestamp at);
/// A reading from a folder that found nothing new: the next one is at `next`.
void note_nothing_new(Database& database, const std::string& scid, protocol::Timestamp now,
                      protocol::Timestamp next);
/// What is here is as good as what other nodes have: says so, in the trouble that its host is in.
void note_where_it_is(Database& database, const Feed& feed, const protocol::Error& words);

/// Whether another copy may help after this refusal: the host does not answer, or not with what was
/// signed.
bool may_be_had_elsewhere(protocol::ErrorCode code);
/// Whether `update` says more than what is stored of `feed`.
bool is_worth_taking(const Feed& feed, const crawler::FeedUpdate& update);
/// The trouble to remember after a reading from other nodes, `refused` being that of its own host,
/// and `before` what of the state here was not confirmed. It begins with "unconfirmed-head" until
/// two of them agree.
protocol::Error copied_words(const Feed& feed, const MirrorReading& copy,
                             const std::optional<CopiedHead>& before,
                             const protocol::Error& refused);
/// Whether the head that `copy` has is one that only a single node has shown.
bool is_unconfirmed(const Feed& feed, const MirrorReading& copy,
                    const std::optional<CopiedHead>& before);

}  // namespace node
