#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/publish/keys.h"
#include "node/record_key.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "tests/support/federation.h"

namespace test_support {

/// A publisher whose keys sign whatever the test says (suite L). It begins with what `member` has
/// published and answers, in its place, for every file of the feed from memory; the member's own
/// node knows nothing of it. One at a time for one federation, since it is the federation's source
/// that lies.
class LyingPublisher {
 public:
  LyingPublisher(Federation& federation, Federation::Member& member);
  ~LyingPublisher();
  LyingPublisher(const LyingPublisher&) = delete;
  LyingPublisher& operator=(const LyingPublisher&) = delete;

  const std::string& origin() const { return origin_; }
  const node::NodeKeys& keys() const { return keys_; }

  /// A listing as the right key signs it, with its entry.
  node::RecordKey put(const std::string& name, const protocol::Json::Object& more = {});
  /// Any entry, and any text beside it.
  void append(std::string_view entry, std::string line = {});
  /// Entries of a kind that nobody knows: they are hashed and skipped.
  void append_unknown(std::size_t count);
  std::uint64_t size() const { return entries.size(); }
  protocol::Hash root() const;

  /// The lines of both keys for `text`; `time` as eight bytes say it, which may be none.
  protocol::NoteSignature own_line(const std::string& text) const;
  protocol::NoteSignature stamp(const std::string& text, std::uint64_t time) const;
  /// A checkpoint of `text`, or of what is in the log, stamped `time` or now.
  std::string note_of(const std::string& text, std::optional<std::uint64_t> time = {}) const;
  std::string note(std::optional<std::uint64_t> time = {}) const;
  /// Serves entries, tiles and texts as they stand, under `checkpoint` or note().
  void publish(std::optional<std::string> checkpoint = {});

  /// What is in the log, and the text of each entry: anything may be changed before publish().
  std::vector<std::string> entries, lines;
  /// What is answered for each path below the feed's folder, after publish(); anything else is
  /// absent.
  std::map<std::string, std::string> files;

 private:
  Federation& federation_;
  std::string scid_, origin_, did_;
  node::NodeKeys keys_;
  protocol::ListingDefaults defaults_;
};

}  // namespace test_support
