// Writes a feed directory as a publisher does, step by step, for other implementations to read.
// Uses protocol only.
//
//   make_feed FOLDER SIZE [SIZE …]
//
// The log grows from each size to the next, so that partial tiles of earlier sizes lie beside the
// later ones. Standard output has one line each: the verifier key of the log, that of the node that
// cosigned, the last root.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"

namespace {

constexpr std::string_view kScid = "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE";

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

/// Mostly documents, and now and then the end of the one before.
protocol::Bytes entry(std::uint64_t index) {
  const protocol::Hash random = protocol::sha256("uuid " + std::to_string(index / 7 * 7));
  protocol::Leaf leaf;
  leaf.id = protocol::uuid_urn(random.view().first<16>());
  if (index % 7 == 6) {
    leaf.op = protocol::Leaf::Op::del;
    leaf.why = "withdrawn";
  } else {
    leaf.type = "listing";
    leaf.document = protocol::sha256("document " + std::to_string(index));
    leaf.expires = protocol::from_unix(1'825'027'200 + static_cast<std::int64_t>(index));
  }
  const std::string text = protocol::format_leaf(leaf);
  return {text.begin(), text.end()};
}

void make_feed(const std::filesystem::path& folder, std::span<const std::uint64_t> sizes) {
  const auto key = protocol::SigningKey::from_seed(protocol::sha256("interop log").view()).value();
  const auto node =
      protocol::SigningKey::from_seed(protocol::sha256("interop node").view()).value();
  const std::string origin = protocol::feed_origin(kScid, 1);
  const std::string node_name = protocol::node_key_name(kScid);

  std::vector<protocol::Bytes> entries;
  std::vector<protocol::Hash> leaves;
  protocol::Frontier frontier;
  std::uint64_t old_size = 0;
  for (const std::uint64_t size : sizes) {
    while (entries.size() < size) {
      entries.push_back(entry(entries.size()));
      leaves.push_back(protocol::leaf_hash(entries.back()));
      frontier.append(leaves.back());
    }
    const std::span<const protocol::Bytes> all(entries);
    for (std::uint64_t bundle = old_size / protocol::kTileWidth;
         bundle * protocol::kTileWidth < size; ++bundle) {
      const std::uint64_t width = protocol::bundle_width(bundle, size);
      write_file(folder / protocol::entries_path(bundle, width),
                 protocol::as_text(
                     protocol::encode_bundle(all.subspan(bundle * protocol::kTileWidth, width))));
    }
    for (const protocol::HashTile& tile : protocol::new_hash_tiles(old_size, size)) {
      write_file(folder / protocol::hash_tile_path(tile.level, tile.number, tile.width),
                 protocol::as_text(protocol::hash_tile_bytes(leaves, tile)));
    }
    const std::string text = protocol::format_checkpoint({origin, size, frontier.root()});
    write_file(
        folder / "checkpoint",
        protocol::format_note(
            {text,
             {protocol::sign_note(text, origin, key),
              protocol::cosign_note(text, node_name, node, protocol::from_unix(1'795'000'000))}}));
    old_size = size;
  }
  std::cout
      << protocol::NoteKey{origin, protocol::NoteKeyKind::log, key.public_key()}.vkey() << "\n"
      << protocol::NoteKey{node_name, protocol::NoteKeyKind::cosignature, node.public_key()}.vkey()
      << "\n"
      << protocol::to_base64(frontier.root().view()) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw std::runtime_error("usage: make_feed FOLDER SIZE [SIZE ...]");
    std::vector<std::uint64_t> sizes;
    for (int i = 2; i < argc; ++i) sizes.push_back(std::stoull(argv[i]));
    make_feed(argv[1], sizes);
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "make_feed: " << problem.what() << "\n";
    return 1;
  }
}
