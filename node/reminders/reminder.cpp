#include "node/reminders/reminder.h"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "node/pages/words.h"
#include "node/publish/own_history.h"
#include "node/store/reminders.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

namespace {

constexpr std::size_t kReminderTokenBytes = 32;
constexpr std::chrono::days kConfirmedFor{180};

protocol::Hash reminder_hash(std::string_view token) { return protocol::sha256(token); }

std::optional<StoredReminder> reminder_of_token(const StoreQueries& store, std::string_view token) {
  // What cannot be a token costs no look into the database.
  const auto bytes = protocol::from_base64url(token);
  if (!bytes || bytes->size() != kReminderTokenBytes) return std::nullopt;
  return find_reminder(store.database(), reminder_hash(token));
}

/// At most `most` bytes, not ending within a character.
std::string_view reminder_cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

void reminder_line(std::string& text, std::string_view label, const std::string& words) {
  if (words.empty()) return;
  text += "  " + std::string(label) + words + "\n";
}

/// A date with its year and plain spaces: the text goes into a mail.
std::string reminder_date(protocol::Date date) {
  std::string words = date_words(date, protocol::Date{});
  for (auto at = words.find("\u00A0"); at != std::string::npos; at = words.find("\u00A0"))
    words.replace(at, 2, " ");
  return words;
}

/// What the listing says, for reading over.
std::string reminder_listing(const protocol::Listing& listing, protocol::Date today) {
  std::string text;
  reminder_line(text, "Group:   ", listing.name);
  reminder_line(text, "What:    ", kind_words(listing));
  reminder_line(text, "When:    ", schedule_words(listing, today));
  reminder_line(text, "Where:   ", where_words(listing));
  const auto cost = cost_words(listing);
  reminder_line(text, "Cost:    ",
                cost.amount + (cost.amount.empty() || cost.year.empty() ? "" : " ") + cost.year);
  reminder_line(text, "Open to: ", eligibility_words(listing));
  reminder_line(text, "Led by:  ", run_by_words(listing));
  for (auto at = text.find("\u00A0"); at != std::string::npos; at = text.find("\u00A0"))
    text.replace(at, 2, " ");
  return text;
}

constexpr std::string_view kReminderWithLink = R"(Hello,

{publisher} lists your group "{group}"
so that whoever looks for it finds it. It was last confirmed on {confirmed}.
Is this still right?

{listing}
Please open this link and choose: still right, something changed, or no longer
meets. It works once:

{link}

If nobody answers, the listing is marked as not confirmed lately from
{review_by}, and it disappears on {ends}.

Thank you,
{publisher}
)";
constexpr std::string_view kReminderByReturn = R"(Hello,

{publisher} lists your group "{group}"
so that whoever looks for it finds it. It was last confirmed on {confirmed}.
Is this still right?

{listing}
Please answer this message in one line: still right, or what changed, or that
the group no longer meets.

If nobody answers, the listing is marked as not confirmed lately from
{review_by}, and it disappears on {ends}.

Thank you,
{publisher}
)";

/// The state of a link that is in the database, and the record as it is now.
AnswerState reminder_state(const StoredReminder& reminder, const std::optional<Record>& record,
                           protocol::Timestamp now) {
  if (reminder.used_at) return AnswerState::used;
  if (reminder.expires <= now) return AnswerState::expired;
  return record && record->type == "listing" ? AnswerState::open : AnswerState::gone;
}

}  // namespace

std::vector<DueListing> due_listings(const StoreQueries& store, const Publisher& publisher,
                                     protocol::Timestamp until) {
  std::vector<DueListing> due;
  const auto feed = store.feed(publisher.scid());
  if (!feed) return due;
  for (const auto& record : store.records(feed->feed_id, "listing")) {
    auto listing = protocol::read_listing(publisher.own_envelope(record).subject);
    if (!listing || listing->status == "closed" || listing->status == "withdrawn") continue;
    const auto review_by = protocol::parse_date(listing->review_by);
    if (!review_by || (protocol::Timestamp(*review_by) > until && record.head_expires > until))
      continue;
    due.push_back({record.key, std::move(*listing), *review_by, record.head_expires});
  }
  std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) {
    return std::tie(a.review_by, a.listing.name, a.key) <
           std::tie(b.review_by, b.listing.name, b.key);
  });
  return due;
}

std::string make_answer_link(Store& store, const std::string& base_url, const DueListing& due,
                             protocol::Timestamp now) {
  std::array<std::uint8_t, kReminderTokenBytes> random{};
  randombytes_buf(random.data(), random.size());
  const auto token = protocol::to_base64url(random);
  add_reminder(
      store.database(),
      {reminder_hash(token), due.key.urn(), now, now + kReminderValidity, std::nullopt, {}});
  return base_url + "/answer/" + token;
}

std::string reminder_text(const DueListing& due, const std::string& publisher,
                          const std::string& link, std::string_view words, protocol::Date today) {
  if (words.empty()) words = link.empty() ? kReminderByReturn : kReminderWithLink;
  const auto confirmed = protocol::parse_date(due.listing.confirmed_at);
  const std::pair<std::string_view, std::string> values[] = {
      {"{group}", due.listing.name},
      {"{publisher}", publisher},
      {"{listing}", reminder_listing(due.listing, today)},
      {"{link}", link},
      {"{confirmed}", confirmed ? reminder_date(*confirmed) : due.listing.confirmed_at},
      {"{review_by}", reminder_date(due.review_by)},
      {"{ends}", reminder_date(std::chrono::floor<std::chrono::days>(due.ends_at))},
  };
  std::string text;
  while (!words.empty()) {
    const auto brace = words.find('{');
    text += words.substr(0, brace);
    if (brace == std::string_view::npos) break;
    words.remove_prefix(brace);
    const auto value = std::find_if(std::begin(values), std::end(values),
                                    [&](const auto& one) { return words.starts_with(one.first); });
    if (value == std::end(values)) {
      text += words.front();
      words.remove_prefix(1);
    } else {
      text += value->second;
      words.remove_prefix(value->first.size());
    }
  }
  return text;
}

AnswerLink look_up_answer(const StoreQueries& store, std::string_view token,
                          protocol::Timestamp now) {
  const auto reminder = reminder_of_token(store, token);
  const auto own = reminder ? find_own_feed(store) : std::nullopt;
  if (!own) return {};
  const auto record = store.record({own->scid, reminder->id.substr(9)});
  AnswerLink link{reminder_state(*reminder, record, now), std::nullopt};
  if (link.state != AnswerState::open) return link;
  if (const auto envelope = protocol::read_envelope(record->document)) {
    if (auto listing = protocol::read_listing(envelope->subject))
      link.listing = std::move(*listing);
  }
  return link;
}

AnswerState answer_reminder(Store& store, Publisher& publisher, std::string_view token,
                            LeaderChoice choice, std::string_view words, protocol::Timestamp now) {
  const auto reminder = reminder_of_token(store.queries(), token);
  if (!reminder) return AnswerState::unknown;
  const RecordKey key{publisher.scid(), reminder->id.substr(9)};
  const auto record = store.queries().record(key);
  const auto state = reminder_state(*reminder, record, now);
  if (state != AnswerState::open) return state;

  std::vector<Draft> drafts(1);
  drafts[0].id = key.urn();
  switch (choice) {
    case LeaderChoice::confirm: {
      const auto today = std::chrono::floor<std::chrono::days>(now);
      drafts[0].subject = publisher.own_envelope(*record).subject;
      drafts[0].subject.set("confirmed_at", protocol::format_date(today));
      drafts[0].subject.set("confirmed_by_role", "leader");
      drafts[0].subject.set("review_by", protocol::format_date(today + kConfirmedFor));
      break;
    }
    case LeaderChoice::ended:
      drafts[0].what = Draft::What::end;
      drafts[0].why = "closed";
      break;
    case LeaderChoice::edit:
      return use_reminder(store.database(), reminder->token_hash, now,
                          reminder_cut(words, kMaxAnswerBytes))
                 ? AnswerState::open
                 : AnswerState::used;
  }
  // Published before the link is used up: cut off between the two, the leader opens it again and
  // confirms, or ends, what is confirmed or ended already.
  if (const auto refused = publisher.publish(drafts, now); !refused.empty())
    throw DataError(protocol::ErrorCode::invalid, refused[0].problems[0].message);
  use_reminder(store.database(), reminder->token_hash, now, "");
  return AnswerState::open;
}

}  // namespace node
