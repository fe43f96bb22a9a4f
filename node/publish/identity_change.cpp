#include "node/publish/identity_change.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <sodium.h>

#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "node/publish/own_history.h"
#include "node/publish/publisher.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

template <class T>
T change_must(protocol::Result<T> result, const std::string& what) {
  if (!result) throw DataError(result.error().code, what + ": " + result.error().detail);
  return std::move(*result);
}

/// Which key of the sheet signs, and which of the others stays committed to.
struct ChangeSigner {
  const protocol::SigningKey* update = nullptr;
  const protocol::SigningKey* paper = nullptr;  ///< where it stands on the sheet
  bool is_second = false;
};

/// Keys come back from paper by hand, and then one digit is wrong or two stand the other way round.
/// Says which group of four, from 1, would have to be read otherwise for `key` to be one that
/// `fits`; nothing where more is wrong than that.
template <class Fits>
std::optional<std::size_t> change_mistyped_group(const protocol::SigningKey& key, Fits fits) {
  protocol::Bytes seed(key.seed().begin(), key.seed().end());
  const std::size_t digits = 2 * seed.size();
  const auto shift = [](std::size_t digit) { return digit % 2 == 0 ? 4U : 0U; };
  const auto at = [&](std::size_t digit) {
    return static_cast<std::uint8_t>(unsigned{seed[digit / 2]} >> shift(digit) & 0xFU);
  };
  const auto set = [&](std::size_t digit, std::uint8_t value) {
    auto& byte = seed[digit / 2];
    const unsigned other = static_cast<unsigned>(byte) & (0xF0U >> shift(digit));
    byte = static_cast<std::uint8_t>(other | static_cast<unsigned>(value) << shift(digit));
  };
  const auto is_right = [&] {
    const auto tried = protocol::SigningKey::from_seed(seed);
    return tried && fits(tried->public_key());
  };
  std::optional<std::size_t> group;
  for (std::size_t digit = 0; digit < digits && !group; ++digit) {
    const auto read = at(digit);
    for (std::uint8_t value = 0; value < 16 && !group; ++value) {
      if (value == read) continue;
      set(digit, value);
      if (is_right()) group = digit / 4 + 1;
    }
    set(digit, read);
    if (group || digit + 1 == digits || at(digit + 1) == read) continue;
    set(digit, at(digit + 1));
    set(digit + 1, read);
    if (is_right()) group = digit / 4 + 1;
    set(digit + 1, at(digit));
    set(digit, read);
  }
  sodium_memzero(seed.data(), seed.size());
  return group;
}

ChangeSigner change_signer(const ReadSheet& sheet, const protocol::DidLog& log) {
  if (!sheet.did.empty()) {
    const auto did = protocol::parse_did(sheet.did);
    if (!did || did->scid != log.scid) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "That recovery sheet belongs to another publisher, " + sheet.did +
                          ". Nothing was changed.");
    }
  }
  const auto has_signed = [&](const protocol::PublicKey& key) {
    return std::find(log.update_keys.begin(), log.update_keys.end(), protocol::to_multikey(key)) !=
           log.update_keys.end();
  };
  const auto may_sign = [&](const protocol::PublicKey& key) {
    return log.next_key_hashes.empty()
               ? has_signed(key)
               : std::find(log.next_key_hashes.begin(), log.next_key_hashes.end(),
                           protocol::update_key_hash(key)) != log.next_key_hashes.end();
  };
  ChangeSigner signer;
  for (const auto& key : sheet.keys) {
    if (!may_sign(key.public_key())) continue;
    (signer.update ? signer.paper : signer.update) = &key;
  }
  // Of a key that was mistyped nothing is known but that it fits nowhere; so does one that a newer
  // sheet has replaced.
  const auto refuse_mistyped = [&] {
    for (const auto& key : sheet.keys) {
      if (may_sign(key.public_key()) || has_signed(key.public_key())) continue;
      const auto group = change_mistyped_group(key, may_sign);
      if (!group) continue;
      throw DataError(
          protocol::ErrorCode::config_invalid,
          "A key of that recovery sheet is mistyped by one digit. Look at the paper: it "
          "is in group " +
              std::to_string(*group) +
              " of its 16 groups of four, or where that meets the next one. Nothing was "
              "changed.");
    }
  };
  if (!signer.update) {
    refuse_mistyped();
    throw DataError(protocol::ErrorCode::config_invalid,
                    "No key of that recovery sheet may sign the next version of this identity. If "
                    "it was used already, take the sheet that was written then; only the newest "
                    "one counts. If you typed it, compare it with the paper. Nothing was changed.");
  }
  // create_did_log() and this file commit to the first successor first.
  signer.is_second =
      !log.next_key_hashes.empty() &&
      protocol::update_key_hash(signer.update->public_key()) != log.next_key_hashes.front();
  // After a change the sheet before still has its second successor, which is for the day when
  // everything else is lost. A command that was given twice must not use it up.
  const auto signed_last =
      std::find_if(sheet.keys.begin(), sheet.keys.end(),
                   [&](const protocol::SigningKey& key) { return has_signed(key.public_key()); });
  if (signer.is_second && signed_last != sheet.keys.end()) {
    refuse_mistyped();
    // Behind the key that signed last the newest sheet has the one that signs next.
    if (std::any_of(signed_last + 1, sheet.keys.end(),
                    [&](const protocol::SigningKey& key) { return !may_sign(key.public_key()); })) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "Part 2 of that recovery sheet is not the key that this identity expects. "
                      "Compare it with the paper, group by group. If it is lost, hand in a file "
                      "with part 3 alone, the second successor. Nothing was changed.");
    }
    throw DataError(
        protocol::ErrorCode::config_invalid,
        "That recovery sheet was used already: its key 2 signed what is published now. "
        "Take the sheet that was written then. If that one is lost, hand in a file with "
        "part 3 alone, the second successor. Nothing was changed.");
  }
  return signer;
}

void change_check_not_ended(const protocol::DidLog& log) {
  if (log.deactivated) {
    throw DataError(protocol::ErrorCode::did_deactivated, "This publisher was ended already.");
  }
}

void change_check_new_sheet(const Store& store, const std::filesystem::path& sheet) {
  if (sheet.empty() || is_inside(sheet, store.folder())) {
    throw DataError(protocol::ErrorCode::config_invalid,
                    "--new-sheet must name a file outside the data folder: whoever takes the one "
                    "must not have the other.");
  }
  if (std::filesystem::exists(std::filesystem::symlink_status(sheet))) {
    throw DataError(
        protocol::ErrorCode::config_invalid,
        "--new-sheet: " + sheet.string() +
            " is there already, and a recovery sheet is never overwritten. Choose "
            "another name. (If an earlier try was cut off before it was committed, that "
            "sheet is void: this command still takes the old one then.)");
  }
}

/// The live record `record` as the new identity says it.
OwnChange change_signed_again(const StoreQueries& store, const Record& record,
                              const std::string& did, const protocol::SigningKey& sign,
                              protocol::Timestamp now) {
  auto envelope = own_envelope_of(store, record);
  envelope.issuer = did;
  // What it says stays valid as long as it was; only who says it, under which name, is new.
  envelope.valid_from = now;
  switch (envelope.type) {
    case protocol::DocumentType::listing:
      break;
    case protocol::DocumentType::publisher:
      envelope.subject.set("id", did);
      break;
    case protocol::DocumentType::recognition: {
      // Nothing else of it is touched: a constraint must not get lost on the way.
      auto* action = envelope.subject.find("recognizedTo");
      if (action && action->find("recognizedBy")) action->set("recognizedBy", did);
      break;
    }
  }
  auto line = change_must(protocol::sign_document(envelope, did + "#sign", sign, now),
                          record.key.text() + " cannot be signed again");
  protocol::Leaf leaf{.op = protocol::Leaf::Op::put,
                      .id = record.key.urn(),
                      .type = std::string(protocol::word(envelope.type)),
                      .document = protocol::sha256(line),
                      .expires = envelope.valid_until,
                      .why = {}};
  return {std::move(leaf), std::move(line)};
}

std::vector<OwnChange> change_records(const StoreQueries& store, const OwnFeed& own,
                                      IdentityChange::What what, const std::string& did,
                                      const protocol::SigningKey& sign, protocol::Timestamp now) {
  std::vector<OwnChange> changes;
  for (const auto& record : store.records(own.feed.feed_id)) {
    if (what == IdentityChange::What::deactivate) {
      protocol::Leaf leaf;
      leaf.op = protocol::Leaf::Op::del;
      leaf.id = record.key.urn();
      leaf.why = "closed";
      changes.push_back({std::move(leaf), ""});
    } else if (record.head_expires > now) {
      changes.push_back(change_signed_again(store, record, did, sign, now));
    } else if (what == IdentityChange::What::new_epoch) {
      // Nobody is shown what has expired; here it stays, to be confirmed or withdrawn.
      own_envelope_of(store, record);
      const auto entries =
          store.entries(record.feed_id, record.head_position, record.head_position + 1);
      changes.push_back(
          {change_must(protocol::parse_leaf(protocol::as_text(entries.front())), record.key.text()),
           record.document});
    }
  }
  return changes;
}

}  // namespace

void check_identity_change(Store& store, const IdentityChange& change) {
  const OwnFeed own = own_feed_of(store.queries());
  change_check_not_ended(own.log);
  change_signer(change.sheet, own.log);
}

IdentityChanged change_identity(Store& store, const IdentityChange& change,
                                protocol::Timestamp now) {
  const OwnFeed own = own_feed_of(store.queries());
  const auto& log = own.log;
  const bool ends = change.what == IdentityChange::What::deactivate;
  change_check_not_ended(log);
  const auto public_folder = store.folder() / "public";
  if (change.what == IdentityChange::What::new_epoch) {
    check_identity_folder(own.feed, public_folder);
  } else {
    check_feed_folder(store.queries(), own.feed, public_folder);
    // Before the new sheet is written: what cannot be committed must not leave one.
    if (const auto longer = shown_beyond(store.queries(), own.feed); !longer.empty())
      throw DataError(protocol::ErrorCode::self_fork_refused, longer);
  }
  const auto signer = change_signer(change.sheet, log);
  if (!ends) change_check_new_sheet(store, change.new_sheet);

  // Keys at the node
  const bool new_sign =
      change.what == IdentityChange::What::rotate || change.what == IdentityChange::What::new_epoch;
  const bool new_node = change.what == IdentityChange::What::new_epoch || change.new_node_key;
  const auto kept = [&](std::string_view name, const protocol::PublicKey& wanted,
                        const char* way_out) {
    auto key = find_key_for(store.folder(), name, wanted);
    if (!key) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "The key #" + std::string(name) + " is not in " +
                          (store.folder() / "keys").string() + ". " + way_out);
    }
    return std::move(*key);
  };
  // Also of keys that go: what an earlier change laid ready, and committed, is taken up first.
  if (new_sign) find_key_for(store.folder(), "sign", own.keys.sign);
  if (new_node && own.keys.node) find_key_for(store.folder(), "node", *own.keys.node);
  const NodeKeys keys{
      new_sign ? new_key()
               : kept("sign", own.keys.sign, "Run `kith rotate` first: it makes a new one."),
      new_node || !own.keys.node
          ? new_key()
          : kept("node", *own.keys.node, "Run the command with --node: it makes a new one.")};

  // The next version of the identity
  IdentityChanged changed;
  changed.old_did = own.feed.did;
  changed.second_successor = signer.is_second;
  const auto next = new_key();
  const auto paper = new_key();
  protocol::DidLogChange entry;
  entry.update_keys = {signer.update->public_key()};
  entry.deactivate = ends;
  std::uint64_t epoch = own.feed.epoch;
  if (ends) {
    entry.document = log.current().document;
  } else {
    const auto here = change_must(protocol::parse_did(own.feed.did), "identity");
    const auto place =
        change.what == IdentityChange::What::move
            ? change_must(protocol::did_from_folder_url(change.folder_url, log.scid), "--url")
            : here;
    if (change.what == IdentityChange::What::move && place == here) {
      throw DataError(protocol::ErrorCode::config_invalid,
                      "This publisher is at " + change.folder_url + " already.");
    }
    if (change.what == IdentityChange::What::new_epoch) ++epoch;
    std::string folder = protocol::did_folder_url(place);
    const std::string feed_url = folder + "feed/" + std::to_string(epoch);
    std::string api = own.keys.api_url.value_or("");
    if (!api.empty() && change.what == IdentityChange::What::move)
      api = folder.substr(0, folder.find('/', std::string_view("https://").size()));
    folder.pop_back();
    entry.document = change_must(protocol::next_did_document(log, {.folder_url = folder,
                                                                   .sign = keys.sign.public_key(),
                                                                   .node = keys.node.public_key(),
                                                                   .feed_url = feed_url,
                                                                   .api_url = api,
                                                                   .next_update_keys = {}}),
                                 "the new identity");
    entry.next_update_keys = {next.public_key()};
    // The second successor may lie in another town; its commitment is carried on without it. Once
    // it has signed, or never was, a new one takes its place.
    if (!signer.is_second) {
      for (const auto& hash : log.next_key_hashes) {
        if (hash != protocol::update_key_hash(signer.update->public_key()))
          entry.kept_key_hashes.push_back(hash);
      }
    }
    if (entry.kept_key_hashes.empty()) entry.next_update_keys.push_back(paper.public_key());
    changed.paper_stays = !entry.kept_key_hashes.empty() && !signer.paper;
  }
  const auto line = change_must(protocol::append_did_log(log, entry, *signer.update, now),
                                "the next version of the identity");
  OwnIdentity identity;
  identity.did_log = own.feed.did_log + line + "\n";
  const auto new_log = change_must(
      protocol::resolve_did_log(identity.did_log, "", own.feed.did, protocol::kLatestTimestamp),
      "the new identity does not verify");
  identity.did = new_log.current().did;
  identity.epoch = epoch;
  changed.did = identity.did;
  changed.line = "kith1:" + identity.did + "#" + new_log.current().version_id;

  // Every live record under it, and the root over them
  const auto changes =
      change_records(store.queries(), own, change.what, identity.did, keys.sign, now);
  changed.documents = changes.size();
  protocol::Frontier frontier =
      change.what == IdentityChange::What::new_epoch ? protocol::Frontier() : own.feed.frontier;
  for (const auto& one : changes)
    frontier.append(protocol::leaf_hash(protocol::as_bytes(protocol::format_leaf(one.leaf))));
  const auto checkpoint = sign_own_checkpoint(log.scid, epoch, frontier, keys, now);

  if (!ends) {
    identity.settings.emplace_back("recovery_sheet",
                                   std::filesystem::absolute(change.new_sheet).string());
    if (auto card =
            protocol::parse_json(store.queries().setting("publisher_card").value_or("{}"))) {
      card->set("id", identity.did);
      identity.settings.emplace_back("publisher_card", protocol::canonical(*card));
    }
    // First of all: an identity whose next keys nobody has must never be published.
    create_file(
        change.new_sheet,
        recovery_sheet_text(
            {.publisher = store.queries().setting("publisher_name").value_or(""),
             .did = identity.did,
             .made_at = now,
             .update_seed = signer.update->seed(),
             .next_seed = next.seed(),
             .paper_seed = !entry.kept_key_hashes.empty()
                               ? (signer.paper ? signer.paper->seed() : protocol::ByteView())
                               : paper.seed()}),
        0600);
    try {
      if (new_sign || new_node) save_next_keys(store.folder(), keys);
    } catch (const std::system_error&) {
      // Its keys were committed nowhere: a sheet that counts for nothing must not lie about.
      std::error_code ignored;
      std::filesystem::remove(change.new_sheet, ignored);
      throw;
    }
  }
  store.change_own_identity(own.feed.feed_id, own.feed.size, identity, changes, frontier,
                            checkpoint, now);
  try {
    // Takes up the keys that lie ready, and writes what followers read.
    Publisher(store).finish_files(now);
  } catch (const std::system_error& error) {
    changed.files_missing = error.what();
  }
  return changed;
}

}  // namespace node
