#include "tests/support/lying_publisher.h"

#include <gtest/gtest.h>

#include "protocol/document/credential.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/tiles.h"

namespace test_support {

LyingPublisher::LyingPublisher(Federation& federation, Federation::Member& member)
    : federation_(federation),
      scid_(member.scid),
      origin_(protocol::feed_origin(member.scid, 1)),
      keys_(node::load_keys(member.node->folder())) {
  member.node->change([&](node::Store& store, node::Publisher* publisher) {
    did_ = publisher->did();
    defaults_ = publisher->listing_defaults(federation.clock.now());
    const auto feed = *store.queries().feed(scid_);
    for (const auto& entry : store.queries().entries(feed.feed_id, 0, feed.size))
      entries.emplace_back(protocol::as_text(entry));
    lines.resize(entries.size());
    for (const auto& record : store.queries().records(feed.feed_id)) {
      if (!record.document.empty()) lines[record.document_position] = record.document;
    }
  });
  publish();
  const std::string base = "https://" + member.host + "/o/main/feed/1/";
  federation_.source.lie(
      [this, base](const std::string& url,
                   const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.starts_with(base)) return std::nullopt;
        const auto file = files.find(url.substr(base.size()));
        if (file == files.end())
          return protocol::refuse(protocol::ErrorCode::fetch_http, "404 Not Found");
        return crawler::FetchResponse{200, file->second, ""};
      });
}

LyingPublisher::~LyingPublisher() { federation_.source.lie(nullptr); }

node::RecordKey LyingPublisher::put(const std::string& name, const protocol::Json::Object& more) {
  const auto now = federation_.clock.now();
  auto subject = simple_listing(name, more);
  auto defaults = defaults_;
  defaults.id = node::new_record_id();
  protocol::fill_defaults(subject, defaults);
  const protocol::Envelope envelope{
      defaults.id, protocol::DocumentType::listing, did_,
      now,         now + std::chrono::days(100),    std::move(subject)};
  const auto line = protocol::sign_document(envelope, did_ + "#sign", keys_.sign, now);
  EXPECT_TRUE(line.has_value()) << (line ? "" : line.error().detail);
  protocol::Leaf leaf;
  leaf.id = envelope.id;
  leaf.type = "listing";
  leaf.document = protocol::sha256(*line);
  leaf.expires = envelope.valid_until;
  append(protocol::format_leaf(leaf), *line);
  return {scid_, defaults.id.substr(9)};
}

void LyingPublisher::append(std::string_view entry, std::string line) {
  entries.emplace_back(entry);
  lines.push_back(std::move(line));
}

void LyingPublisher::append_unknown(std::size_t count) {
  protocol::Leaf leaf;
  leaf.type = "of-the-future";
  leaf.document = protocol::sha256("");
  leaf.expires = federation_.clock.now() + std::chrono::days(100);
  for (std::size_t i = 0; i < count; ++i) {
    leaf.id = node::new_record_id();
    append(protocol::format_leaf(leaf));
  }
}

protocol::Hash LyingPublisher::root() const {
  protocol::Frontier tree;
  for (const auto& entry : entries) tree.append(protocol::leaf_hash(protocol::as_bytes(entry)));
  return tree.root();
}

protocol::NoteSignature LyingPublisher::own_line(const std::string& text) const {
  return protocol::sign_note(text, origin_, keys_.sign);
}

protocol::NoteSignature LyingPublisher::stamp(const std::string& text, std::uint64_t time) const {
  const auto name = protocol::node_key_name(scid_);
  const auto signature =
      keys_.node.sign("cosignature/v1\ntime " + std::to_string(time) + "\n" + text);
  protocol::Bytes blob;
  for (int shift = 56; shift >= 0; shift -= 8)
    blob.push_back(static_cast<std::uint8_t>(time >> shift & 0xFF));
  blob.insert(blob.end(), signature.view().begin(), signature.view().end());
  const protocol::NoteKey key{name, protocol::NoteKeyKind::cosignature, keys_.node.public_key()};
  return {name, key.id(), blob};
}

std::string LyingPublisher::note_of(const std::string& text,
                                    std::optional<std::uint64_t> time) const {
  const auto now = static_cast<std::uint64_t>(protocol::to_unix(federation_.clock.now()));
  return protocol::format_note({text, {own_line(text), stamp(text, time.value_or(now))}});
}

std::string LyingPublisher::note(std::optional<std::uint64_t> time) const {
  return note_of(protocol::format_checkpoint({origin_, size(), root()}), time);
}

void LyingPublisher::publish(std::optional<std::string> checkpoint) {
  files.clear();
  std::vector<protocol::Hash> hashes;
  for (const auto& entry : entries)
    hashes.push_back(protocol::leaf_hash(protocol::as_bytes(entry)));
  for (const auto& tile : protocol::new_hash_tiles(0, size())) {
    const auto bytes = protocol::hash_tile_bytes(hashes, tile);
    files[protocol::hash_tile_path(tile.level, tile.number, tile.width)] = protocol::as_text(bytes);
  }
  for (std::uint64_t bundle = 0; bundle * protocol::kTileWidth < size(); ++bundle) {
    const auto width = protocol::bundle_width(bundle, size());
    std::vector<protocol::Bytes> members;
    std::string texts;
    for (std::uint64_t i = 0; i < width; ++i) {
      const auto at = bundle * protocol::kTileWidth + i;
      const auto bytes = protocol::as_bytes(entries[at]);
      members.emplace_back(bytes.begin(), bytes.end());
      texts += lines[at] + "\n";
    }
    files[protocol::entries_path(bundle, width)] =
        protocol::as_text(protocol::encode_bundle(members));
    files[protocol::docs_path(bundle)] = std::move(texts);
  }
  files["checkpoint"] = checkpoint ? std::move(*checkpoint) : note();
}

}  // namespace test_support
