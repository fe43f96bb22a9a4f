#include "protocol/log/tlog_proof.h"

#include <gtest/gtest.h>

#include "protocol/encoding/text_encodings.h"
#include "protocol/log/merkle.h"

namespace protocol {
namespace {

const std::string kProofNote =
    "log.example\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— log.example AAAAAQ==\n";
const std::string kProofHash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

std::string proof_text(const std::string& lines) {
  return "c2sp.org/tlog-proof@v1\n" + lines + "\n" + kProofNote;
}

/// A log of `size` entries, signed, with the proof for each.
struct ProofLog {
  explicit ProofLog(std::uint64_t size) {
    Frontier frontier;
    for (std::uint64_t i = 0; i < size; ++i) {
      leaves.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
      frontier.append(leaves.back());
    }
    const auto text = format_checkpoint({"log.example", size, frontier.root()});
    note = format_note({text, {sign_note(text, "log.example", key)}});
  }
  TlogProof proof(std::uint64_t index) const {
    return {std::nullopt, index, inclusion_proof(leaves, index), note};
  }
  NoteKey verifier() const { return {"log.example", NoteKeyKind::log, key.public_key()}; }

  SigningKey key = *SigningKey::from_seed(Bytes(32, 7));
  std::vector<Hash> leaves;
  std::string note;
};

TEST(TlogProof, ReadsWhatItWrites) {
  for (const auto& lines :
       {std::string("index 0\n"), "index 9007199254740991\n" + kProofHash + "\n",
        "extra AAEC\nindex 12\n" + kProofHash + "\n" + kProofHash + "\n",
        std::string("extra \nindex 12\n")}) {
    SCOPED_TRACE(lines);
    const auto proof = parse_tlog_proof(proof_text(lines));
    ASSERT_TRUE(proof) << proof.error().detail;
    EXPECT_EQ(proof->checkpoint, kProofNote);
    EXPECT_EQ(format_tlog_proof(*proof), proof_text(lines));
  }
  const auto proof = parse_tlog_proof(proof_text("extra AAEC\nindex 12\n" + kProofHash + "\n"));
  EXPECT_EQ(proof->extra, (Bytes{0, 1, 2}));
  EXPECT_EQ(proof->index, 12U);
  ASSERT_EQ(proof->hashes.size(), 1U);
  EXPECT_EQ(proof->hashes[0], empty_root());
}

TEST(TlogProof, RefusesEveryOtherForm) {
  std::string many;
  for (int i = 0; i < 64; ++i) many += kProofHash + "\n";
  const std::string cases[] = {
      "",
      "c2sp.org/tlog-proof@v1",
      "c2sp.org/tlog-proof@v1\n",
      "c2sp.org/tlog-proof@v2\nindex 0\n\n" + kProofNote,
      "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n" + kProofNote,
      " " + proof_text("index 0\n"),
      proof_text(""),
      proof_text("index\n"),
      proof_text("index \n"),
      proof_text("index 00\n"),
      proof_text("index 01\n"),
      proof_text("index -1\n"),
      proof_text("index +1\n"),
      proof_text("index 1 \n"),
      proof_text("index  1\n"),
      proof_text("index 0x1\n"),
      proof_text("index 9007199254740992\n"),
      proof_text("index 18446744073709551616\n"),
      proof_text("Index 0\n"),
      proof_text("index 0\nextra AAEC\n"),
      proof_text("extra AAE\nindex 0\n"),
      proof_text("extra AAEC\nextra AAEC\nindex 0\n"),
      proof_text("index 0\n" + kProofHash.substr(1) + "\n"),
      proof_text("index 0\n" + kProofHash + "A\n"),
      proof_text("index 0\n " + kProofHash + "\n"),
      // The same 32 bytes with other unused bits: one text for given bytes.
      proof_text("index 0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n"),
      proof_text("index 0\n" + many),
      "c2sp.org/tlog-proof@v1\nindex 0\n\n",
      "c2sp.org/tlog-proof@v1\nindex 0\n" + kProofHash + "\n",
      proof_text("extra " + std::string(kMaxTlogProofBytes, 'A') + "\nindex 0\n"),
  };
  for (const auto& text : cases) {
    SCOPED_TRACE(text.substr(0, 120));
    const auto proof = parse_tlog_proof(text);
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().code, ErrorCode::note_syntax);
  }
}

TEST(TlogProof, ProvesEveryEntryOfEverySmallLog) {
  for (const std::uint64_t size : {1U, 2U, 3U, 7U, 8U, 255U, 256U, 257U}) {
    const ProofLog log(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto proven = verify_tlog_proof(log.proof(i), log.leaves[i], log.verifier());
      ASSERT_TRUE(proven) << size << " " << i << " " << proven.error().detail;
      EXPECT_EQ(proven->checkpoint.size, size);
    }
  }
}

TEST(TlogProof, RefusesAnotherLeafPlaceHashKeyOrLog) {
  const ProofLog log(13);
  const auto good = log.proof(5);
  const auto code = [&](const TlogProof& proof, const Hash& leaf, const NoteKey& key) {
    const auto proven = verify_tlog_proof(proof, leaf, key);
    return proven ? std::string("proven") : std::string(word(proven.error().code));
  };
  EXPECT_EQ(code(good, log.leaves[5], log.verifier()), "proven");
  EXPECT_EQ(code(good, log.leaves[4], log.verifier()), "corrupt-mirror");
  for (const std::uint64_t index : {4U, 6U, 12U, 13U, 1'000'000U}) {
    auto wrong = good;
    wrong.index = index;
    EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "corrupt-mirror") << index;
  }
  for (std::size_t i = 0; i < good.hashes.size(); ++i) {
    auto wrong = good;
    wrong.hashes[i] = empty_root();
    EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "corrupt-mirror") << i;
    wrong = good;
    wrong.hashes.erase(wrong.hashes.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "corrupt-mirror") << i;
  }
  auto wrong = good;
  wrong.hashes.push_back(empty_root());
  EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "corrupt-mirror");

  auto key = log.verifier();
  key.key = SigningKey::from_seed(Bytes(32, 8))->public_key();
  EXPECT_EQ(code(good, log.leaves[5], key), "sig-unknown");
  key = log.verifier();
  key.name = "other.example";
  EXPECT_EQ(code(good, log.leaves[5], key), "origin-mismatch");
  wrong = good;
  wrong.checkpoint = "log.example\n13\n";
  EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "note-syntax");
  wrong = good;
  wrong.checkpoint.replace(wrong.checkpoint.find("\n13\n"), 4, "\n14\n");
  EXPECT_EQ(code(wrong, log.leaves[5], log.verifier()), "sig-bad");
}

}  // namespace
}  // namespace protocol
