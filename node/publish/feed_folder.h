#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "node/store/store.h"

namespace node {

/// Makes sure that what `folder` shows to the world is a beginning of the store's history, before
/// anything new is signed: its identity log, and its checkpoint of this epoch. Gives the size that
/// it shows. Throws DataError(self_fork_refused) otherwise: a restored backup, or a second copy of
/// this publisher.
std::uint64_t check_feed_folder(const StoreQueries& store, const Feed& feed,
                                const std::filesystem::path& folder);

/// Writes the own feed as the files that any static web server serves (SPEC 6.1): identity log, new
/// texts, entries, tiles, then the checkpoint, and only then the blanking of texts that are
/// superseded, withdrawn or erased, those of earlier epochs among them. Finishes what an earlier
/// run left undone; run again it writes nothing. `progress` is told how many of how many bundles
/// are done.
///
/// Throws DataError(self_fork_refused) when the folder already shows more than the store has, or
/// another history: a restored backup, or a second copy of this publisher. Throws std::system_error
/// when a file cannot be written; the folder then still shows its last state.
void write_feed_folder(
    const StoreQueries& store, const Feed& feed, const std::filesystem::path& folder,
    const std::function<void(std::size_t done, std::size_t total)>& progress = {});

/// Refuses as check_feed_folder() does where `folder` shows an identity log that ours is no
/// continuation of. For a new epoch, which leaves whatever the old one showed.
void check_identity_folder(const Feed& feed, const std::filesystem::path& folder);

}  // namespace node
