#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// The caps of SPEC 8, in one place. Each is applied before memory is taken.

namespace protocol {

inline constexpr std::size_t kMaxDocumentBytes = 16 * 1024;
inline constexpr std::size_t kMaxDocumentKeys = 1024;  ///< of all its objects together
inline constexpr std::size_t kMaxDocsFileBytes = 256 * (kMaxDocumentBytes + 1);
inline constexpr std::size_t kMaxBundleBytes = 256 * (512 + 2);
inline constexpr std::size_t kMaxFollowedFeeds = 5'000;
inline constexpr std::size_t kMaxLiveDocuments =
    50'000;  ///< of one feed, unless its follower lists it as large
inline constexpr std::size_t kMaxRecognitionsPerIssuer = 10'000;
inline constexpr std::size_t kMaxNewLeavesPerDay =
    5'000;  ///< or twice the feed's live documents, if that is more
inline constexpr unsigned kMaxPathEdges = 4;
inline constexpr std::chrono::days kMaxValidity{400};
inline constexpr std::chrono::minutes kMaxClockSkew{5};
inline constexpr std::chrono::days kFreshFor{7};
inline constexpr std::chrono::days kStaleFor{35};
/// How long an older text may be shown while the newer one cannot be had.
inline constexpr std::chrono::hours kKeepOlderVersion{24};

}  // namespace protocol
