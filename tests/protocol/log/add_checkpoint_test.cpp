#include "protocol/log/add_checkpoint.h"

#include <array>

#include <gtest/gtest.h>

#include "protocol/encoding/text_encodings.h"
#include "protocol/log/merkle.h"

namespace protocol {
namespace {

SigningKey add_checkpoint_key(std::uint8_t byte) {
  const std::array<std::uint8_t, 32> seed = [byte] {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(byte);
    return bytes;
  }();
  return *SigningKey::from_seed(ByteView(seed));
}

const std::string kAddCheckpointOrigin = "webvh/QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5/1";
const Timestamp kAddCheckpointNow = from_unix(1793606400);

std::vector<Hash> add_checkpoint_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(as_bytes(std::to_string(i))));
  return leaves;
}

class AddCheckpointTest : public testing::Test {
 protected:
  /// A checkpoint of `size` with the root of `leaves`, signed by the log's key.
  std::string note(std::uint64_t size, const Hash& root) const {
    Note made{format_checkpoint({kAddCheckpointOrigin, size, root}), {}};
    made.signatures.push_back(sign_note(made.text, kAddCheckpointOrigin, sign));
    return format_note(made);
  }
  Hash root(std::size_t size) const { return naive_root(std::span(leaves).first(size)); }
  LogKeys keys() const {
    return {{kAddCheckpointOrigin, NoteKeyKind::log, sign.public_key()}, stamp};
  }
  AddCheckpointJudgement judge(const std::string& body, const LogHead& known) const {
    const auto request = parse_add_checkpoint(body);
    EXPECT_TRUE(request.has_value()) << (request ? "" : request.error().detail);
    return judge_add_checkpoint(*request, keys(), known, kAddCheckpointNow);
  }
  AddCheckpointOutcome outcome(std::uint64_t old_size, std::span<const Hash> proof,
                               const std::string& signed_note, const LogHead& known) const {
    return judge(format_add_checkpoint(old_size, proof, signed_note), known).outcome;
  }

  SigningKey sign = add_checkpoint_key(4);
  SigningKey node = add_checkpoint_key(5);
  std::optional<NoteKey> stamp;
  std::vector<Hash> leaves = add_checkpoint_leaves(300);
};

TEST_F(AddCheckpointTest, ReadsBackWhatItWrites) {
  for (const std::size_t old_size : {0U, 1U, 7U, 128U, 255U, 300U}) {
    const auto proof = consistency_proof(leaves, old_size);
    const auto signed_note = note(300, root(300));
    const auto body = format_add_checkpoint(old_size, proof, signed_note);
    const auto request = parse_add_checkpoint(body);
    ASSERT_TRUE(request.has_value()) << request.error().detail;
    EXPECT_EQ(request->old_size, old_size);
    EXPECT_EQ(request->proof, proof);
    EXPECT_EQ(request->note_bytes, signed_note);
    EXPECT_EQ(request->checkpoint, (Checkpoint{kAddCheckpointOrigin, 300, root(300)}));
    EXPECT_EQ(judge(body, {old_size, root(old_size)}).outcome, AddCheckpointOutcome::cosigned);
  }
}

TEST_F(AddCheckpointTest, HasOneSpellingOnly) {
  const auto good =
      format_add_checkpoint(255, consistency_proof(leaves, 255), note(300, root(300)));
  ASSERT_TRUE(parse_add_checkpoint(good));
  const std::string hash = to_base64(leaves[0].view());
  const std::string end = "\n" + note(300, root(300));
  const std::string lines63 = [&] {
    std::string lines;
    for (int i = 0; i < 63; ++i) lines += hash + "\n";
    return lines;
  }();
  ASSERT_TRUE(parse_add_checkpoint("old 9007199254740991\n" + lines63 + end));
  struct Case {
    const char* name;
    std::string body;
    ErrorCode want;
  };
  const Case cases[] = {
      {"nothing", "", ErrorCode::bad_request},
      {"a blank line", "\n", ErrorCode::bad_request},
      {"no old size", end, ErrorCode::bad_request},
      {"no number", "old \n" + end, ErrorCode::bad_request},
      {"a leading zero", "old 01\n" + end, ErrorCode::bad_request},
      {"a sign", "old +1\n" + end, ErrorCode::bad_request},
      {"below nothing", "old -1\n" + end, ErrorCode::bad_request},
      {"2^53", "old 9007199254740992\n" + end, ErrorCode::bad_request},
      {"2^64", "old 18446744073709551616\n" + end, ErrorCode::bad_request},
      {"two spaces", "old  1\n" + end, ErrorCode::bad_request},
      {"a space behind", "old 1 \n" + end, ErrorCode::bad_request},
      {"another word", "Old 1\n" + end, ErrorCode::bad_request},
      {"line ends of another system", "old 1\r\n" + end, ErrorCode::bad_request},
      {"64 hashes", "old 1\n" + lines63 + hash + "\n" + end, ErrorCode::bad_request},
      {"a short hash", "old 1\n" + hash.substr(4) + "\n" + end, ErrorCode::bad_request},
      {"no padding", "old 1\n" + hash.substr(0, 43) + "\n" + end, ErrorCode::bad_request},
      {"a space before a hash", "old 1\n " + hash + "\n" + end, ErrorCode::bad_request},
      {"no checkpoint", "old 1\n\n", ErrorCode::note_syntax},
      {"no blank line", "old 1\n" + hash + "\n", ErrorCode::bad_request},
      {"the first line alone", "old 1", ErrorCode::bad_request},
      {"two blank lines", "old 1\n\n" + end, ErrorCode::note_syntax},
      {"a line behind the note", good + "x\n", ErrorCode::note_syntax},
      {"no line end at the end", good.substr(0, good.size() - 1), ErrorCode::note_syntax},
      {"an extension line",
       "old 1\n\n" +
           [&] {
             Note extended{format_checkpoint({kAddCheckpointOrigin, 300, root(300)}) + "more\n",
                           {}};
             extended.signatures.push_back(sign_note(extended.text, kAddCheckpointOrigin, sign));
             return format_note(extended);
           }(),
       ErrorCode::note_syntax},
      {"over 64 KiB", good + std::string(kMaxAddCheckpointBytes, 'x'), ErrorCode::too_large},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto request = parse_add_checkpoint(c.body);
    ASSERT_FALSE(request.has_value());
    EXPECT_EQ(request.error().code, c.want) << request.error().detail;
  }
  // Base64 of a hash has two spare bits, which must be zero.
  auto loose = hash;
  loose[42] = loose[42] == 'z' ? 'y' : static_cast<char>(loose[42] + 1);
  EXPECT_FALSE(parse_add_checkpoint("old 1\n" + loose + "\n" + end));
}

TEST_F(AddCheckpointTest, EveryFlippedBitOfARequestIsRefused) {
  auto body = format_add_checkpoint(255, consistency_proof(leaves, 255), note(300, root(300)));
  const LogHead known{255, root(255)};
  ASSERT_EQ(judge(body, known).outcome, AddCheckpointOutcome::cosigned);
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      const char kept = body[at];
      body[at] = static_cast<char>(body[at] ^ (1 << bit));
      if (const auto request = parse_add_checkpoint(body);
          request && request->checkpoint.origin == kAddCheckpointOrigin) {
        EXPECT_NE(judge_add_checkpoint(*request, keys(), known, kAddCheckpointNow).outcome,
                  AddCheckpointOutcome::cosigned)
            << "byte " << at << " bit " << bit;
      }
      body[at] = kept;
    }
  }
}

TEST_F(AddCheckpointTest, EachFaultHasItsAnswer) {
  using Outcome = AddCheckpointOutcome;
  const auto proof = consistency_proof(leaves, 255);
  auto false_proof = proof;
  false_proof.back() = leaves[0];
  const LogHead known{255, root(255)};
  const auto good = note(300, root(300));
  const std::vector<Hash> one(1, leaves[0]);
  const LogHead nothing{0, empty_root()};

  Note by_stranger{format_checkpoint({kAddCheckpointOrigin, 300, root(300)}), {}};
  by_stranger.signatures.push_back(sign_note(by_stranger.text, kAddCheckpointOrigin, node));
  Note with_false_line = *parse_note(good);
  with_false_line.signatures.push_back(with_false_line.signatures[0]);
  with_false_line.signatures[1].blob[3] ^= 1;

  EXPECT_EQ(outcome(255, proof, good, known), Outcome::cosigned);
  EXPECT_EQ(outcome(0, {}, good, nothing), Outcome::cosigned);
  EXPECT_EQ(outcome(0, {}, note(0, empty_root()), nothing), Outcome::cosigned);
  EXPECT_EQ(outcome(255, {}, note(255, root(255)), known), Outcome::cosigned) << "unchanged";

  EXPECT_EQ(outcome(255, proof, format_note(by_stranger), known), Outcome::untrusted);
  EXPECT_EQ(outcome(255, proof, format_note(with_false_line), known), Outcome::untrusted);
  const auto word_of = [&](const Note& sent) {
    return judge(format_add_checkpoint(255, proof, format_note(sent)), known).code;
  };
  EXPECT_EQ(word_of(by_stranger), ErrorCode::sig_unknown);
  EXPECT_EQ(word_of(with_false_line), ErrorCode::sig_bad);
  EXPECT_EQ(outcome(301, proof, good, known), Outcome::malformed) << "old size above the new one";
  EXPECT_EQ(outcome(254, proof, good, known), Outcome::conflict);
  EXPECT_EQ(outcome(0, {}, good, known), Outcome::conflict);
  EXPECT_EQ(outcome(256, proof, good, known), Outcome::conflict);
  EXPECT_EQ(outcome(255, false_proof, good, known), Outcome::inconsistent);
  EXPECT_EQ(outcome(255, {}, good, known), Outcome::inconsistent);
  EXPECT_EQ(outcome(0, one, good, nothing), Outcome::inconsistent) << "a proof of nothing";
  EXPECT_EQ(outcome(0, {}, note(0, root(1)), nothing), Outcome::inconsistent);
  EXPECT_EQ(outcome(0, {}, note(0, root(1)), known), Outcome::inconsistent);
  EXPECT_EQ(outcome(255, one, note(255, root(255)), known), Outcome::inconsistent);

  const auto fork = judge(format_add_checkpoint(255, {}, note(255, root(254))), known);
  EXPECT_EQ(fork.outcome, Outcome::inconsistent);
  EXPECT_TRUE(fork.is_fork);
  EXPECT_FALSE(judge(format_add_checkpoint(255, one, note(255, root(255))), known).is_fork);
  EXPECT_FALSE(judge(format_add_checkpoint(255, false_proof, good), known).is_fork);

  const std::pair<Outcome, int> statuses[] = {
      {Outcome::cosigned, 200},       {Outcome::malformed, 400}, {Outcome::untrusted, 403},
      {Outcome::unknown_origin, 404}, {Outcome::conflict, 409},  {Outcome::inconsistent, 422}};
  for (const auto& [each, status] : statuses) EXPECT_EQ(http_status(each), status);
}

TEST_F(AddCheckpointTest, ThePublishersTimeStampIsCheckedWhereItIsThere) {
  using Outcome = AddCheckpointOutcome;
  const std::string name = "webvh/QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5/node";
  stamp = NoteKey{name, NoteKeyKind::cosignature, node.public_key()};
  const LogHead known{0, empty_root()};
  const auto stamped = [&](std::chrono::seconds ahead, int flip) {
    Note made = *parse_note(note(300, root(300)));
    made.signatures.push_back(cosign_note(made.text, name, node, kAddCheckpointNow + ahead));
    made.signatures[1].blob[20] ^= static_cast<std::uint8_t>(flip);
    return format_note(made);
  };
  EXPECT_EQ(outcome(0, {}, note(300, root(300)), known), Outcome::cosigned) << "none is needed";
  EXPECT_EQ(outcome(0, {}, stamped(std::chrono::minutes(0), 0), known), Outcome::cosigned);
  EXPECT_EQ(outcome(0, {}, stamped(std::chrono::minutes(5), 0), known), Outcome::cosigned);
  EXPECT_EQ(outcome(0, {}, stamped(std::chrono::minutes(6), 0), known), Outcome::untrusted);
  EXPECT_EQ(outcome(0, {}, stamped(std::chrono::minutes(0), 1), known), Outcome::untrusted);
  EXPECT_EQ(judge(format_add_checkpoint(0, {}, stamped(std::chrono::minutes(6), 0)), known).code,
            ErrorCode::sig_bad);
}

}  // namespace
}  // namespace protocol
