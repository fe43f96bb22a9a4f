#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/publish/publisher.h"
#include "node/store/store.h"
#include "protocol/document/listing.h"

// "Is this still right?": what a secretary sends to the leaders of groups, and what their answers
// do. Kith sends no mail itself: it writes the text, the secretary sends it as she likes.

namespace node {

/// For how long the link in a reminder works, once.
inline constexpr std::chrono::days kReminderValidity{45};
inline constexpr std::size_t kMaxAnswerBytes = 2000;

/// An own listing whose confirmation runs out.
struct DueListing {
  RecordKey key;
  protocol::Listing listing;
  protocol::Date review_by;     ///< from then on it is marked as not confirmed lately
  protocol::Timestamp ends_at;  ///< then it is gone
};
/// Those whose review_by or end lies before `until`, soonest first. Ended ones (closed, withdrawn)
/// are not asked about.
std::vector<DueListing> due_listings(const StoreQueries& store, const Publisher& publisher,
                                     protocol::Timestamp until);

/// Makes the link's secret and keeps its hash: "https://node.test/answer/…". `base_url` without a
/// slash at the end.
std::string make_answer_link(Store& store, const std::string& base_url, const DueListing& due,
                             protocol::Timestamp now);
/// The text for one leader. `link` is empty for a folder of static files: then it asks for an
/// answer by return. `words`, where not empty, is the secretary's own text, in which {group},
/// {publisher}, {listing}, {link}, {confirmed}, {review_by} and {ends} are filled in.
std::string reminder_text(const DueListing& due, const std::string& publisher,
                          const std::string& link, std::string_view words, protocol::Date today);

enum class LeaderChoice { confirm, edit, ended };
enum class AnswerState { open, used, expired, unknown, gone };
/// What a link leads to. Reads only: a stranger may ask for any number of them.
struct AnswerLink {
  AnswerState state = AnswerState::unknown;
  std::optional<protocol::Listing> listing;  ///< while it is open
};
AnswerLink look_up_answer(const StoreQueries& store, std::string_view token,
                          protocol::Timestamp now);
/// Carries out the choice and uses the link up: confirms the listing as of today by its leader,
/// ends it as closed, or keeps `words` (at most kMaxAnswerBytes, else cut at a character) for the
/// secretary. Says what became of it: `open` where it was done now, else why not. Throws as
/// Publisher::publish() does.
AnswerState answer_reminder(Store& store, Publisher& publisher, std::string_view token,
                            LeaderChoice choice, std::string_view words, protocol::Timestamp now);

}  // namespace node
