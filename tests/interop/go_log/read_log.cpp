// Reads a feed directory that another implementation wrote, with its proofs, and says whether all
// of it holds.
//
//   read_log FOLDER
//
// FOLDER has checkpoint and tile/ as a feed has, `vkey` (the log's, then the cosigner's) and
// `proofs` (see write/).

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/log/subtree_hashes.h"
#include "protocol/log/tiles.h"

namespace {

void require(bool holds, const std::string& claim) {
  if (!holds) throw std::runtime_error("does not hold: " + claim);
}

template <class T>
T take(protocol::Result<T> result, const std::string& what) {
  if (!result) throw std::runtime_error(what + ": " + result.error().detail);
  return *std::move(result);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

protocol::NoteKey parse_vkey(const std::string& vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = vkey.find('+', first + 1);
  require(second != std::string::npos, "a vkey has three parts: " + vkey);
  const auto bytes = protocol::from_base64(vkey.substr(second + 1));
  require(bytes && bytes->size() == 33 && (bytes->front() == 1 || bytes->front() == 4),
          "a vkey ends with kind and key: " + vkey);
  protocol::NoteKey key{vkey.substr(0, first), protocol::NoteKeyKind{bytes->front()},
                        protocol::PublicKey::of(protocol::ByteView(*bytes).subspan(1)).value()};
  require(key.vkey() == vkey, "we write the vkey alike: " + vkey);
  return key;
}

void check_proof(const std::string& line, std::span<const protocol::Hash> leaves,
                 const protocol::SubtreeHashes& tree) {
  std::istringstream words(line);
  std::string kind;
  std::uint64_t number = 0;
  std::uint64_t size = 0;
  words >> kind >> number >> size;
  require(!words.fail() && size == leaves.size(), "a proof for this size: " + line);
  std::vector<protocol::Hash> proof;
  for (std::string word; words >> word;) {
    const auto bytes = protocol::from_base64(word);
    require(bytes && bytes->size() == 32, "a proof is made of hashes: " + line);
    proof.push_back(protocol::Hash::of(protocol::ByteView(*bytes)).value());
  }
  const protocol::Hash root = protocol::naive_root(leaves);
  if (kind == "inclusion") {
    require(number < size, line);
    require(protocol::check_inclusion(number, size, leaves[number], proof, root).has_value(), line);
    require(protocol::inclusion_proof(leaves, number) == proof &&
                protocol::inclusion_proof(tree, number, size) == proof,
            "we prove alike: " + line);
  } else {
    require(kind == "consistency" && number <= size, line);
    const protocol::Hash old_root = protocol::naive_root(leaves.first(number));
    require(protocol::check_consistency(number, old_root, size, root, proof).has_value(), line);
    require(protocol::consistency_proof(leaves, number) == proof &&
                protocol::consistency_proof(tree, number, size) == proof,
            "we prove alike: " + line);
  }
}

void read_log(const std::filesystem::path& folder) {
  std::istringstream vkeys(read_file(folder / "vkey"));
  std::string log_vkey;
  std::string node_vkey;
  std::getline(vkeys, log_vkey);
  std::getline(vkeys, node_vkey);
  const protocol::NoteKey log = parse_vkey(log_vkey);

  const std::string signed_bytes = read_file(folder / "checkpoint");
  const protocol::Note note = take(protocol::parse_note(signed_bytes), "checkpoint");
  require(protocol::format_note(note) == signed_bytes, "we write the checkpoint alike");
  take(protocol::verify_line(note, log), "the log's line");
  const protocol::Timestamp time =
      take(protocol::verify_line(note, parse_vkey(node_vkey)), "the cosigner's line");
  const protocol::Checkpoint head =
      take(protocol::parse_checkpoint(note.text, log.name), "checkpoint");

  // As a follower reads: bundle by bundle, each leaf parsed, the root from the frontier.
  protocol::Frontier frontier;
  std::vector<protocol::Hash> leaves;
  for (std::uint64_t bundle = 0; frontier.size() < head.size; ++bundle) {
    const std::uint64_t width = protocol::bundle_width(bundle, head.size);
    const std::string path = protocol::entries_path(bundle, width);
    const std::string bytes = read_file(folder / path);
    std::vector<protocol::Bytes> entries;
    for (const protocol::ByteView entry :
         take(protocol::decode_bundle(protocol::as_bytes(bytes), width), path)) {
      const protocol::Leaf leaf = take(protocol::parse_leaf(protocol::as_text(entry)), path);
      require(protocol::format_leaf(leaf) == protocol::as_text(entry), "we write the leaf alike");
      entries.emplace_back(entry.begin(), entry.end());
      leaves.push_back(protocol::leaf_hash(entry));
      frontier.append(leaves.back());
    }
    require(protocol::as_text(protocol::encode_bundle(entries)) == bytes,
            "we write alike: " + path);
  }
  require(frontier.root() == head.root, "the root of the entries is that of the checkpoint");

  protocol::TileHashes kept;
  const auto some = [&leaves](std::uint64_t from, std::uint64_t to) {
    const auto part = std::span(leaves).subspan(from, to - from);
    return std::vector<protocol::Hash>(part.begin(), part.end());
  };
  kept.extend(head.size, some);
  const protocol::TileTree tree(kept, some);
  require(protocol::tree_root(tree, head.size) == head.root, "the root from tile hashes");

  std::size_t tiles = 0;
  for (const protocol::HashTile& tile : protocol::new_hash_tiles(0, head.size)) {
    const std::string path = protocol::hash_tile_path(tile.level, tile.number, tile.width);
    const std::string theirs = read_file(folder / path);
    require(protocol::as_text(protocol::hash_tile_bytes(leaves, tile)) == theirs &&
                protocol::as_text(protocol::hash_tile_bytes(tree, tile)) == theirs,
            "we write alike: " + path);
    ++tiles;
  }

  std::istringstream proofs(read_file(folder / "proofs"));
  std::size_t checked = 0;
  for (std::string line; std::getline(proofs, line); ++checked) check_proof(line, leaves, tree);
  require(checked > 0, "there are proofs");
  std::cout << "ok: " << head.origin << " size " << head.size << ", cosigned at "
            << protocol::to_unix(time) << ", " << tiles << " hash tiles, " << checked
            << " proofs\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: read_log FOLDER");
    read_log(argv[1]);
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "read_log: " << problem.what() << "\n";
    return 1;
  }
}
