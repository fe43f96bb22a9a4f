#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// The caps of SPEC 8, in one place. Each is applied before memory is taken.

namespace protocol {

// Formats (SPEC 8.1), in bytes where nothing else is said. What is larger is refused.

/// Of a document's line, without its LF.
inline constexpr std::size_t kMaxDocumentBytes = 16 * 1024;
/// Of all objects of a document together (SPEC 2.1).
inline constexpr std::size_t kMaxDocumentKeys = 1024;
inline constexpr std::size_t kMaxDocsFileBytes = 256 * (kMaxDocumentBytes + 1);
/// 256 leaves, each behind its length.
inline constexpr std::size_t kMaxBundleBytes = 256 * (512 + 2);
/// From validFrom to validUntil (SPEC 4.1).
inline constexpr std::chrono::days kMaxValidity{400};
/// How far ahead of the reader's clock a claimed time may lie (SPEC 2.3).
inline constexpr std::chrono::minutes kMaxClockSkew{5};

// Amounts (SPEC 8.2).

/// Of one node.
inline constexpr std::size_t kMaxFollowedFeeds = 5'000;
/// Of one feed, unless its follower lists it as large.
inline constexpr std::size_t kMaxLiveDocuments = 50'000;
/// Further ones count for nothing.
inline constexpr std::size_t kMaxRecognitionsPerIssuer = 10'000;
/// Of one feed and UTC day, or twice its live documents, if that is more.
inline constexpr std::size_t kMaxNewLeavesPerDay = 5'000;
/// k of SPEC 7.2.
inline constexpr unsigned kMaxPathEdges = 4;

// Freshness, counted from the last sign of life (SPEC 6.3).

/// Then stale.
inline constexpr std::chrono::days kFreshFor{7};
/// Then dead.
inline constexpr std::chrono::days kStaleFor{35};
/// How long an older text may be shown while the newer one cannot be had, and how long the keys
/// before a change of identity count until a checkpoint by the new ones is read (SPEC 6.2, 6.3).
inline constexpr std::chrono::hours kKeepOlderVersion{24};

}  // namespace protocol
