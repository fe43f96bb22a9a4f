#include "node/publish/publisher.h"

#include <algorithm>
#include <set>

#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "node/publish/own_history.h"
#include "node/store/codes.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"

namespace node {

namespace {

// The publisher's card says little that changes; it is signed anew long before it ends.
constexpr std::chrono::days kCardValidity{365};
constexpr std::chrono::days kNeverStampAnew{36500};

Feed publisher_feed(const StoreQueries& store) {
  auto feed = find_own_feed(store);
  if (!feed)
    throw DataError(protocol::ErrorCode::config_invalid,
                    "There is no publisher in this data folder yet. Run `kith init` first.");
  return std::move(*feed);
}

template <class T>
T publisher_must(protocol::Result<T> result, const char* what) {
  if (!result)
    throw DataError(protocol::ErrorCode::config_invalid,
                    std::string(what) + ": " + result.error().detail);
  return std::move(*result);
}

}  // namespace

bool is_inside(const std::filesystem::path& file, const std::filesystem::path& folder) {
  const auto absolute = std::filesystem::weakly_canonical(file);
  const auto root = std::filesystem::weakly_canonical(folder);
  const auto [end, ignored] =
      std::mismatch(root.begin(), root.end(), absolute.begin(), absolute.end());
  return end == root.end();
}

std::string sign_own_checkpoint(const std::string& scid, std::uint64_t epoch,
                                const protocol::Frontier& frontier, const NodeKeys& keys,
                                protocol::Timestamp now) {
  const auto origin = protocol::feed_origin(scid, epoch);
  protocol::Note note{protocol::format_checkpoint({origin, frontier.size(), frontier.root()}), {}};
  note.signatures.push_back(protocol::sign_note(note.text, origin, keys.sign));
  note.signatures.push_back(
      protocol::cosign_note(note.text, protocol::node_key_name(scid), keys.node, now));
  return protocol::format_note(note);
}

void Publisher::create(Store& store, const NewPublisher& wanted, protocol::Timestamp now) {
  if (const auto feed = find_own_feed(store.queries())) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "This data folder already has a publisher, " +
                        store.queries().setting("publisher_name").value_or(feed->scid) +
                        ". Choose another folder with --data.");
  }
  if (wanted.recovery_sheet.empty() || is_inside(wanted.recovery_sheet, store.folder())) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "--recovery must name a file outside the data folder: whoever takes the one "
                    "must not have the other.");
  }
  // An earlier start may have been cut off after the keys and before the feed: those keys signed
  // nothing that anybody saw, and are taken up again.
  const bool has_keys = std::filesystem::exists(store.folder() / "keys" / "node.key");
  NodeKeys keys = has_keys ? load_keys(store.folder()) : NodeKeys{new_key(), new_key()};
  const auto update = new_key();
  const auto next = new_key();
  const auto paper = new_key();

  const auto place =
      publisher_must(protocol::did_from_folder_url(wanted.folder_url, "{SCID}"), "--url");
  protocol::DidLogStart start{.folder_url = wanted.folder_url,
                              .sign = keys.sign.public_key(),
                              .node = keys.node.public_key(),
                              .feed_url = protocol::did_folder_url(place) + "feed/1",
                              .api_url = wanted.api_url,
                              .next_update_keys = {next.public_key(), paper.public_key()}};
  const auto line = publisher_must(protocol::create_did_log(start, update, now), "--url");
  const auto log = publisher_must(protocol::resolve_did_log(line + "\n", "", "", now),
                                  "the new identity does not verify");

  if (std::filesystem::exists(wanted.recovery_sheet)) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "--recovery: " + wanted.recovery_sheet.string() +
                        " is there already, and a recovery sheet is never overwritten. Choose "
                        "another name. (If an earlier "
                        "`kith init` was cut off, that sheet belongs to no publisher; `kith "
                        "status` shows whether there is one.)");
  }
  // The sheet first: an identity whose update keys nobody has must never be published.
  create_file(wanted.recovery_sheet,
              recovery_sheet_text(
                  {wanted.name, log.current().did, now, update.seed(), next.seed(), paper.seed()}),
              0600);
  if (!has_keys) {
    // Half of a pair, left by a start that was cut off between the two files.
    std::filesystem::remove(store.folder() / "keys" / "sign.key");
    save_keys(store.folder(), keys);
  }

  Feed feed;
  feed.scid = log.scid;
  feed.did = log.current().did;
  feed.did_log = line + "\n";
  feed.epoch = 1;
  feed.heartbeat = now;
  feed.checkpoint = sign_own_checkpoint(feed.scid, feed.epoch, {}, keys, now);

  const protocol::PublisherCard card{feed.did,          wanted.name,        wanted.kind,
                                     wanted.area,       wanted.homepage,    wanted.contact,
                                     {wanted.language}, wanted.data_license};
  store.create_own_feed(
      feed, {{"publisher_name", wanted.name},
             {"publisher_area", joined_codes(wanted.area)},
             {"publisher_language", wanted.language},
             {"publisher_license", wanted.data_license},
             {"publisher_card", protocol::canonical(protocol::publisher_card_subject(card))},
             {"recovery_sheet", std::filesystem::absolute(wanted.recovery_sheet).string()}});
  // The card is the first entry; should this be cut off, the next start publishes it.
  Publisher(store).write_files(store.folder() / "public", now, std::chrono::hours(24));
}

OwnFeed own_feed_of(const StoreQueries& store) {
  auto feed = publisher_feed(store);
  auto log = protocol::resolve_did_log(feed.did_log, "", feed.did, protocol::kLatestTimestamp);
  auto keys = log ? protocol::publisher_keys(log->current())
                  : protocol::Result<protocol::PublisherKeys>(tl::unexpected(log.error()));
  if (!keys)
    throw DataError(protocol::ErrorCode::storage_damaged,
                    "the own identity log does not verify: " + keys.error().detail);
  return {std::move(feed), std::move(*log), std::move(*keys)};
}

Publisher::Publisher(Store& store) : Publisher(store, own_feed_of(store.queries())) {}

Publisher::Publisher(Store& store, const OwnFeed& own)
    : store_(store),
      keys_(load_keys_for(store.folder(), own.keys.sign, own.keys.node)),
      did_(own.feed.did),
      scid_(own.feed.scid),
      epoch_(own.feed.epoch),
      deactivated_(own.log.deactivated) {
  for (auto version = own.log.versions.rbegin(); version != own.log.versions.rend(); ++version) {
    auto place = protocol::parse_did(version->did);
    if (place && std::find(places_.begin(), places_.end(), *place) == places_.end())
      places_.push_back(std::move(*place));
  }
}

Feed Publisher::own_feed() const { return publisher_feed(store_.queries()); }

std::string Publisher::name() const {
  return store_.queries().setting("publisher_name").value_or("");
}

std::string Publisher::contact() const {
  const auto card = protocol::parse_json(store_.queries().setting("publisher_card").value_or("{}"));
  if (!card) return {};
  for (const auto* member : {"contact", "homepage"}) {
    if (const auto* value = card->find(member);
        value && value->if_string() && !value->if_string()->empty()) {
      return *value->if_string();
    }
  }
  return {};
}

std::string Publisher::line() const {
  const auto feed = own_feed();
  const auto log = publisher_must(
      protocol::resolve_did_log(feed.did_log, "", feed.did, protocol::kLatestTimestamp),
      "identity");
  return "kith1:" + did_ + "#" + log.current().version_id;
}

protocol::ListingDefaults Publisher::listing_defaults(protocol::Timestamp now) const {
  const auto& settings = store_.queries();
  return {.id = "",
          .today = std::chrono::floor<std::chrono::days>(now),
          .area = split_codes(settings.setting("publisher_area").value_or("")),
          .lang = settings.setting("publisher_language").value_or("en"),
          .data_license = settings.setting("publisher_license").value_or("CC-BY-4.0")};
}

std::string Publisher::signed_checkpoint(const protocol::Frontier& frontier,
                                         protocol::Timestamp now) const {
  return sign_own_checkpoint(scid_, epoch_, frontier, keys_, now);
}

protocol::NoteSignature Publisher::cosign(std::string_view text, protocol::Timestamp now) const {
  return protocol::cosign_note(text, protocol::node_key_name(scid_), keys_.node, now);
}

protocol::Envelope Publisher::own_envelope(const Record& record) const {
  return own_envelope_of(store_.queries(), record);
}

protocol::Envelope own_envelope_of(const StoreQueries& store, const Record& record) {
  const auto entries =
      store.entries(record.feed_id, record.head_position, record.head_position + 1);
  const auto leaf = entries.size() == 1 ? protocol::parse_leaf(protocol::as_text(entries.front()))
                                        : protocol::Result<protocol::Leaf>(protocol::refuse(
                                              protocol::ErrorCode::leaf_syntax, ""));
  auto envelope = protocol::read_envelope(record.document);
  if (!leaf || !envelope || leaf->document != protocol::sha256(record.document)) {
    throw DataError(protocol::ErrorCode::storage_damaged,
                    "the stored text of " + record.key.text() +
                        " is not the one that was signed; nothing was published");
  }
  return std::move(*envelope);
}

std::vector<DraftProblems> Publisher::publish(std::vector<Draft>& drafts, protocol::Timestamp now) {
  if (deactivated_) {
    throw DataError(protocol::ErrorCode::did_deactivated,
                    "This publisher was ended by `kith deactivate`; nothing can be published as it "
                    "any more.");
  }
  const Feed feed = own_feed();
  require_right_to_publish(store_.queries(), feed);
  std::vector<DraftProblems> refused;
  std::vector<OwnChange> changes;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    auto& draft = drafts[i];
    auto refuse_draft = [&](std::string field, std::string message) {
      refused.push_back({i, {{std::move(field), std::move(message)}}});
    };
    if (draft.what == Draft::What::put && draft.id.empty()) draft.id = new_record_id();
    if (!protocol::is_uuid_urn(draft.id)) {
      refuse_draft("id",
                   "'" + draft.id + "' is not the id of a record; leave it out for a new one");
      continue;
    }
    if (!seen.insert(draft.id).second) {
      refuse_draft("id", "the same record stands twice in this batch");
      continue;
    }
    if (draft.what == Draft::What::end) {
      // What was withdrawn already may still have to be forgotten everywhere.
      if (draft.why != "erased" && !store_.queries().record({scid_, draft.id.substr(9)})) {
        refuse_draft("id", "there is no live record " + draft.id);
        continue;
      }
      changes.push_back({{.op = protocol::Leaf::Op::del,
                          .id = draft.id,
                          .type = {},
                          .document = {},
                          .expires = {},
                          .why = draft.why},
                         ""});
      continue;
    }
    protocol::Envelope envelope{draft.id, draft.type,          did_,
                                now,      now + kCardValidity, draft.subject};
    if (draft.type == protocol::DocumentType::listing) {
      envelope.subject.set("id", draft.id);
      if (auto problems = protocol::problems_for_publishing(envelope.subject); !problems.empty()) {
        refused.push_back({i, std::move(problems)});
        continue;
      }
      const auto listing = protocol::read_listing(envelope.subject);
      if (!listing) {
        refuse_draft("listing", listing.error().detail);
        continue;
      }
      envelope.valid_until = protocol::listing_valid_until(*listing, now);
      if (envelope.valid_until <= now) {
        refuse_draft("review_by", "it was to be confirmed by " + listing->review_by +
                                      ", over 90 days ago; confirm it first");
        continue;
      }
    } else if (draft.valid_until) {
      envelope.valid_until = *draft.valid_until;
      if (envelope.valid_until <= now || envelope.valid_until > now + protocol::kMaxValidity) {
        refuse_draft("until", "choose a day after today and within 400 days");
        continue;
      }
    }
    auto line = protocol::sign_document(envelope, did_ + "#sign", keys_.sign, now);
    if (!line) {
      refuse_draft("size", line.error().detail);
      continue;
    }
    protocol::Leaf leaf{.op = protocol::Leaf::Op::put,
                        .id = draft.id,
                        .type = std::string(protocol::word(draft.type)),
                        .document = protocol::sha256(*line),
                        .expires = envelope.valid_until,
                        .why = {}};
    changes.push_back({std::move(leaf), std::move(*line)});
  }
  if (!refused.empty() || changes.empty()) return refused;

  protocol::Frontier frontier = feed.frontier;
  for (const auto& change : changes) {
    frontier.append(protocol::leaf_hash(protocol::as_bytes(protocol::format_leaf(change.leaf))));
  }
  check_feed_folder(store_.queries(), feed, public_folder());
  // The commit comes before any file: a root that was signed once is never signed differently,
  // whatever happens next.
  store_.append_own(feed.feed_id, feed.size, changes, frontier, signed_checkpoint(frontier, now),
                    now);
  write_feed_folder(store_.queries(), own_feed(), public_folder());
  // What was withdrawn, erased or superseded leaves the write-ahead log, too.
  store_.checkpoint();
  return refused;
}

void Publisher::write_files(const std::filesystem::path& folder, protocol::Timestamp now,
                            std::chrono::seconds refresh_after,
                            const std::function<void(std::size_t, std::size_t)>& progress) {
  Feed feed = own_feed();
  require_right_to_publish(store_.queries(), feed);
  if (deactivated_) {
    write_feed_folder(store_.queries(), feed, folder, progress);
    return;
  }
  if (store_.queries().records(feed.feed_id, "publisher").empty()) {
    auto card = protocol::parse_json(store_.queries().setting("publisher_card").value_or("{}"));
    std::vector<Draft> drafts(1);
    drafts[0].type = protocol::DocumentType::publisher;
    drafts[0].subject = publisher_must(std::move(card), "publisher_card");
    if (auto refused = publish(drafts, now); !refused.empty()) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "the publisher card: " + refused[0].problems[0].message);
    }
    feed = own_feed();
  }
  // A stamp of a clock that ran ahead would be refused by everybody until that time has come.
  const bool is_of_the_future = feed.heartbeat && *feed.heartbeat > now + protocol::kMaxClockSkew;
  if (!feed.heartbeat || is_of_the_future || now - *feed.heartbeat >= refresh_after) {
    check_feed_folder(store_.queries(), feed, public_folder());
    store_.append_own(feed.feed_id, feed.size, {}, feed.frontier,
                      signed_checkpoint(feed.frontier, now), now);
    feed = own_feed();
  }
  write_feed_folder(store_.queries(), feed, folder, progress);
}

void Publisher::finish_files(protocol::Timestamp now) {
  write_files(public_folder(), now, kNeverStampAnew);
}

}  // namespace node
