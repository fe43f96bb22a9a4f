#include "protocol/log/note.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "tests/protocol/log/log_vectors.h"

namespace protocol {
namespace {

const std::string kNoteDash = "\u2014 ";
constexpr std::string_view kNoteText = "chapter.test/log\n7\nroot\n";

SigningKey note_signing_key(std::string_view seed) {
  return SigningKey::from_seed(sha256(seed).view()).value();
}

NoteKey note_key(const SigningKey& key, NoteKeyKind kind, std::string name) {
  return {std::move(name), kind, key.public_key()};
}

/// name+hash+base64, as published beside the vectors. Throws where it is none.
NoteKey note_key_of_vkey(const std::string& vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = vkey.find('+', first + 1);
  const Bytes bytes = from_base64(vkey.substr(second + 1)).value();
  const NoteKey key{vkey.substr(0, first), NoteKeyKind{bytes.at(0)},
                    PublicKey::of(ByteView(bytes).subspan(1)).value()};
  EXPECT_EQ(key.vkey(), vkey);
  return key;
}

/// The key that signed the vectors' checkpoint: they say of which text its seed is the hash.
SigningKey note_vectors_key(const Json& vectors) {
  const std::string& seed = *log_vectors::member(vectors, "seed").if_string();
  const std::size_t first = seed.find('"');
  const std::size_t last = seed.rfind('"');
  if (!seed.starts_with("SHA-256(\"") || first == last) {
    throw std::runtime_error("vectors: a seed that is not SHA-256 of a text");
  }
  return note_signing_key(std::string_view(seed).substr(first + 1, last - first - 1));
}

template <class T>
void note_expect_refused(const Result<T>& result, ErrorCode want) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, want) << result.error().detail;
}

TEST(Note, ReadsBackWhatItWrote) {
  const SigningKey key = note_signing_key("log");
  Note note{std::string(kNoteText), {}};
  note.signatures.push_back(sign_note(note.text, "chapter.test/log", key));
  note.signatures.push_back(cosign_note(note.text, "chapter.test/node", key, from_unix(1)));
  const std::string bytes = format_note(note);
  const auto read = parse_note(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->text, note.text);
  ASSERT_EQ(read->signatures.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->signatures[i].name, note.signatures[i].name);
    EXPECT_EQ(read->signatures[i].key_id, note.signatures[i].key_id);
    EXPECT_EQ(read->signatures[i].blob, note.signatures[i].blob);
  }
  EXPECT_EQ(format_note(*read), bytes);
}

TEST(Note, TextMayHoldBlankLines) {
  const std::string line = kNoteDash + "a.test AAAAAAA=\n";
  const auto note = parse_note("one\n\ntwo\n\n" + line);
  ASSERT_TRUE(note.has_value());
  EXPECT_EQ(note->text, "one\n\ntwo\n");
  EXPECT_EQ(note->signatures.size(), 1U);
}

TEST(Note, AcceptsWhatTheStrictReaderMayNotRefuse) {
  const std::string text(kNoteText);
  struct Case {
    const char* name;
    std::string bytes;
  };
  const Case cases[] = {
      {"shortest signature", text + "\n" + kNoteDash + "a.test AAAAAAA=\n"},
      {"name in another script",
       text + "\n" + kNoteDash + "caf\u00E9/\u65E5\u672C/\U0001F600 AAAAAAA=\n"},
      {"name with a slash and minus", text + "\n" + kNoteDash + "webvh/Qm-/1 AAAAAAA=\n"},
      {"name that is a dash", text + "\n" + kNoteDash + "\u2014 AAAAAAA=\n"},
      {"text of other scripts", "\u65E5\u672C\n\n" + kNoteDash + "a.test AAAAAAA=\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto note = parse_note(c.bytes);
    ASSERT_TRUE(note.has_value()) << note.error().detail;
    EXPECT_EQ(format_note(*note), c.bytes);
  }
}

TEST(Note, RefusesWhateverIsNotExactlyANote) {
  const std::string text(kNoteText);
  const std::string good = kNoteDash + "a.test AAAAAAA=\n";
  ASSERT_TRUE(parse_note(text + "\n" + good).has_value());
  struct Case {
    const char* name;
    std::string bytes;
  };
  const Case cases[] = {
      {"nothing", ""},
      {"one newline", "\n"},
      {"blank line only", "\n\n"},
      {"no blank line", text + good},
      {"no signature", text + "\n"},
      {"no text at all", good},
      {"blank line behind the signatures", text + "\n" + good + "\n"},
      {"blank line between signatures", text + "\n" + good + "\n" + good + "x"},
      {"no newline at the end", text + "\n" + good.substr(0, good.size() - 1)},
      {"hyphen for the dash", text + "\n- a.test AAAAAAA=\n"},
      {"en dash", text + "\n\u2013 a.test AAAAAAA=\n"},
      {"no space behind the dash", text + "\n\u2014a.test AAAAAAA=\n"},
      {"two spaces behind the dash", text + "\n" + kNoteDash + " a.test AAAAAAA=\n"},
      {"two spaces behind the name", text + "\n" + kNoteDash + "a.test  AAAAAAA=\n"},
      {"space in front", text + "\n " + good},
      {"space behind", text + "\n" + kNoteDash + "a.test AAAAAAA= \n"},
      {"no name", text + "\n" + kNoteDash + " AAAAAAA=\n"},
      {"name only", text + "\n" + kNoteDash + "a.test\n"},
      {"no base64", text + "\n" + kNoteDash + "a.test \n"},
      {"plus in the name", text + "\n" + kNoteDash + "a+b.test AAAAAAA=\n"},
      {"no-break space in the name", text + "\n" + kNoteDash + "a\u00A0b AAAAAAA=\n"},
      {"next line in the name", text + "\n" + kNoteDash + "a\u0085b AAAAAAA=\n"},
      {"ogham space in the name", text + "\n" + kNoteDash + "a\u1680b AAAAAAA=\n"},
      {"hair space in the name", text + "\n" + kNoteDash + "a\u200Ab AAAAAAA=\n"},
      {"line separator in the name", text + "\n" + kNoteDash + "a\u2028b AAAAAAA=\n"},
      {"narrow no-break space in the name", text + "\n" + kNoteDash + "a\u202Fb AAAAAAA=\n"},
      {"ideographic space in the name", text + "\n" + kNoteDash + "a\u3000b AAAAAAA=\n"},
      {"four bytes", text + "\n" + kNoteDash + "a.test AAAAAA==\n"},
      {"no padding", text + "\n" + kNoteDash + "a.test AAAAAAA\n"},
      {"bits behind the last byte", text + "\n" + kNoteDash + "a.test AAAAAAB=\n"},
      {"alphabet of URLs", text + "\n" + kNoteDash + "a.test AAAAAA-_\n"},
      {"padding in the middle", text + "\n" + kNoteDash + "a.test AAA=AAAAAAA=\n"},
      {"carriage return", text + "\n" + kNoteDash + "a.test AAAAAAA=\r\n"},
      {"carriage return in the text", "a\r\n\n" + good},
      {"tab in the text", "a\tb\n\n" + good},
      {"zero byte in the text", std::string("a\0b\n\n", 5) + good},
      {"stray continuation byte", "a\x80\n\n" + good},
      {"overlong slash", "a\xC0\xAF\n\n" + good},
      {"overlong in three", "a\xE0\x80\xAF\n\n" + good},
      {"overlong in four", "a\xF0\x80\x80\xAF\n\n" + good},
      {"surrogate", "a\xED\xA0\x80\n\n" + good},
      {"above Unicode", "a\xF4\x90\x80\x80\n\n" + good},
      {"five bytes", "a\xF8\x88\x80\x80\x80\n\n" + good},
      {"cut code point", "a\xE2\x80\n\n" + good},
      {"cut at the end", text + "\n" + good + "\xE2\x80"},
      {"one good line, one bad", text + "\n" + good + "x\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    note_expect_refused(parse_note(c.bytes), ErrorCode::note_syntax);
  }
}

TEST(Note, ReadsManySignaturesAndRefusesOver128KiB) {
  const SigningKey log_key = note_signing_key("log");
  Note note{std::string(kNoteText), {sign_note(kNoteText, "chapter.test/log", log_key)}};
  const SigningKey cosigner = note_signing_key("cosigner");
  const auto line = cosign_note(kNoteText, "other.test/node", cosigner, from_unix(1'795'000'000));
  while (note.signatures.size() < 16) note.signatures.push_back(line);
  EXPECT_EQ(parse_note(format_note(note)).value().signatures.size(), 16U);

  while (format_note(note).size() <= kMaxNoteBytes) note.signatures.push_back(line);
  note_expect_refused(parse_note(format_note(note)), ErrorCode::note_syntax);
  note.signatures.pop_back();
  std::string bytes = format_note(note);
  EXPECT_TRUE(parse_note(bytes).has_value());
  // To the byte: the text takes up what is left.
  bytes.insert(0, std::string(kMaxNoteBytes - bytes.size(), 'x'));
  ASSERT_EQ(bytes.size(), kMaxNoteBytes);
  EXPECT_TRUE(parse_note(bytes).has_value());
  bytes.insert(0, "x");
  note_expect_refused(parse_note(bytes), ErrorCode::note_syntax);
}

TEST(Note, RefusesTenMegabytesOfSignatureLines) {
  std::string bytes(kNoteText);
  bytes += "\n";
  while (bytes.size() < 10'000'000) bytes += kNoteDash + "a.test AAAAAAA=\n";
  note_expect_refused(parse_note(bytes), ErrorCode::note_syntax);
}

TEST(Note, SurvivesEveryCutAndEveryFlippedBit) {
  const SigningKey key = note_signing_key("log");
  const NoteKey log = note_key(key, NoteKeyKind::log, "chapter.test/log");
  const std::string good =
      format_note({std::string(kNoteText), {sign_note(kNoteText, log.name, key)}});
  ASSERT_TRUE(verify_line(parse_note(good).value(), log).has_value());
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_note(std::string_view(good).substr(0, length)).has_value()) << length;
  }
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const auto note = parse_note(bytes);
    if (note) {
      EXPECT_EQ(format_note(*note), bytes) << bit;
      EXPECT_FALSE(verify_line(*note, log).has_value()) << bit;
    }
  }
}

TEST(NoteKey, IsWrittenAsOtherToolsReadIt) {
  KITH_NEEDS(log_vectors::generated_path());
  const Json vectors = log_vectors::generated();
  const SigningKey key = note_vectors_key(vectors);
  const NoteKey log =
      note_key(key, NoteKeyKind::log, *log_vectors::member(vectors, "origin").if_string());
  EXPECT_EQ(log.vkey(), *log_vectors::member(vectors, "vkey").if_string());
}

TEST(VerifyLine, KnowsTheSignedCheckpointOfTheVectors) {
  KITH_NEEDS(log_vectors::generated_path());
  const Json vectors = log_vectors::generated();
  const std::string& bytes = *log_vectors::member(vectors, "checkpoint").if_string();
  const auto note = parse_note(bytes);
  ASSERT_TRUE(note.has_value()) << note.error().detail;
  const NoteKey log = note_key_of_vkey(*log_vectors::member(vectors, "vkey").if_string());
  const auto verified = verify_line(*note, log);
  ASSERT_TRUE(verified.has_value()) << verified.error().detail;
  EXPECT_EQ(*verified, Timestamp{});

  const auto checkpoint = parse_checkpoint(note->text, log.name);
  ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().detail;
  EXPECT_EQ(checkpoint->root, naive_root(log_vectors::leaves_of(vectors, checkpoint->size)));

  // Ed25519 is deterministic: the same key writes the same bytes.
  const SigningKey key = note_vectors_key(vectors);
  EXPECT_EQ(format_note({format_checkpoint(*checkpoint),
                         {sign_note(format_checkpoint(*checkpoint), log.name, key)}}),
            bytes);
}

TEST(VerifyLine, KnowsTheCosignaturesOfTheVectors) {
  const auto folder = test_support::vectors_folder() / "tlog-sunlight-cosig";
  KITH_NEEDS(folder);
  std::size_t checked = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".checkpoint") continue;
    SCOPED_TRACE(file.path().filename());
    const std::string stem = file.path().stem().string();
    const Json about = parse_json(test_support::read_file(folder / (stem + ".v0.json"))).value();
    const auto& keys = *log_vectors::member(about, "verifier_keys").if_array();
    const auto note = parse_note(test_support::read_file(file.path()));
    ASSERT_TRUE(note.has_value()) << note.error().detail;
    // A cosigner signs lines of extension too; our profile of checkpoints has none.
    if (std::count(note->text.begin(), note->text.end(), '\n') == 3) {
      const auto checkpoint = parse_checkpoint(note->text);
      EXPECT_TRUE(checkpoint.has_value()) << (checkpoint ? "" : checkpoint.error().detail);
    }
    ASSERT_FALSE(keys.empty());
    for (const Json& vkey : keys) {
      NoteKey key = note_key_of_vkey(*vkey.if_string());
      EXPECT_EQ(key.kind, NoteKeyKind::cosignature);
      const auto time = verify_line(*note, key);
      ASSERT_TRUE(time.has_value()) << time.error().detail;
      EXPECT_GT(*time, Timestamp{});
      ++checked;

      // The time is what the line says, and is signed.
      Note redated = *note;
      for (NoteSignature& line : redated.signatures) {
        if (line.name == key.name && line.key_id == key.id()) {
          std::int64_t said = 0;
          for (std::size_t i = 0; i < 8; ++i) said = said * 256 + line.blob.at(i);
          EXPECT_EQ(time->time_since_epoch().count(), said);
          line.blob[7] ^= 1;
        }
      }
      note_expect_refused(verify_line(redated, key), ErrorCode::sig_bad);
      Note other = *note;
      other.text.insert(0, "x");
      note_expect_refused(verify_line(other, key), ErrorCode::sig_bad);
      key.name += "x";
      note_expect_refused(verify_line(*note, key), ErrorCode::sig_unknown);
    }
  }
  EXPECT_GE(checked, 1U);
}

TEST(VerifyLine, RefusesTheWholeNoteForOneFalseLineOfAKnownKey) {
  const SigningKey key = note_signing_key("cosigner 7");
  const NoteKey known = note_key(key, NoteKeyKind::cosignature, "chapter7.test/node");
  Note note{std::string(kNoteText), {}};
  for (int i = 0; i < 16; ++i) {
    const std::string name = "chapter" + std::to_string(i) + ".test/node";
    note.signatures.push_back(cosign_note(
        note.text, name, note_signing_key("cosigner " + std::to_string(i)), from_unix(100 + i)));
  }
  EXPECT_EQ(verify_line(note, known).value(), from_unix(107));
  Note forged = note;
  forged.signatures[7].blob.back() ^= 1;
  note_expect_refused(verify_line(forged, known), ErrorCode::sig_bad);
  // A true line in front of a false one does not hide it, nor the other way round.
  forged.signatures.insert(forged.signatures.begin(), note.signatures[7]);
  note_expect_refused(verify_line(forged, known), ErrorCode::sig_bad);
  std::swap(forged.signatures[0], forged.signatures[8]);
  note_expect_refused(verify_line(forged, known), ErrorCode::sig_bad);
}

TEST(VerifyLine, IgnoresLinesOfOthers) {
  const SigningKey key = note_signing_key("log");
  const NoteKey log = note_key(key, NoteKeyKind::log, "chapter.test/log");
  Note note{std::string(kNoteText), {sign_note(kNoteText, log.name, key)}};
  note.signatures.push_back({log.name, log.id() ^ 1U, Bytes(64)});  // rotated key, same name
  note.signatures.push_back({"other.test", log.id(), Bytes(64)});   // same id, other name
  note.signatures.push_back({"strange.test", 7, Bytes{1}});         // unknown kind
  EXPECT_TRUE(verify_line(note, log).has_value());
}

TEST(VerifyLine, RefusesRightOriginByAnotherKey) {
  const SigningKey key = note_signing_key("log");
  const SigningKey thief = note_signing_key("thief");
  const NoteKey log = note_key(key, NoteKeyKind::log, "chapter.test/log");
  Note note{std::string(kNoteText), {sign_note(kNoteText, log.name, thief)}};
  note_expect_refused(verify_line(note, log), ErrorCode::sig_unknown);
  note.signatures[0].key_id = log.id();
  note_expect_refused(verify_line(note, log), ErrorCode::sig_bad);
}

TEST(VerifyLine, KeepsTheTwoKindsOfLinesApart) {
  const SigningKey key = note_signing_key("both");
  const NoteKey log = note_key(key, NoteKeyKind::log, "chapter.test/both");
  const NoteKey cosigner = note_key(key, NoteKeyKind::cosignature, "chapter.test/both");
  EXPECT_NE(log.id(), cosigner.id());
  const Note cosigned{std::string(kNoteText),
                      {cosign_note(kNoteText, log.name, key, from_unix(5))}};
  EXPECT_EQ(verify_line(cosigned, cosigner).value(), from_unix(5));
  note_expect_refused(verify_line(cosigned, log), ErrorCode::sig_unknown);
  Note renamed = cosigned;
  renamed.signatures[0].key_id = log.id();
  note_expect_refused(verify_line(renamed, log), ErrorCode::sig_bad);
}

TEST(VerifyLine, RefusesTimesThatAreNone) {
  const SigningKey key = note_signing_key("node");
  const NoteKey node = note_key(key, NoteKeyKind::cosignature, "chapter.test/node");
  struct Case {
    const char* name;
    std::uint64_t time;
    bool good;
  };
  const Case cases[] = {
      {"zero", 0, false},
      {"one", 1, true},
      {"2^63-1", 0x7FFFFFFFFFFFFFFFULL, true},
      {"2^63", 0x8000000000000000ULL, false},
      {"2^64-1", ~0ULL, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    // Signed as it stands, so that only the time can be the reason.
    const Signature signature =
        key.sign("cosignature/v1\ntime " + std::to_string(c.time) + "\n" + std::string(kNoteText));
    Bytes blob;
    for (int shift = 56; shift >= 0; shift -= 8) {
      blob.push_back(static_cast<std::uint8_t>(c.time >> shift & 0xFF));
    }
    blob.insert(blob.end(), signature.view().begin(), signature.view().end());
    const Note note{std::string(kNoteText), {{node.name, node.id(), blob}}};
    const auto time = verify_line(note, node);
    ASSERT_EQ(time.has_value(), c.good);
    if (c.good) {
      EXPECT_EQ(to_unix(*time), static_cast<std::int64_t>(c.time));
    } else {
      EXPECT_EQ(time.error().code, ErrorCode::sig_bad);
    }
  }
}

TEST(VerifyLine, RefusesBlobsOfAnotherLength) {
  const SigningKey key = note_signing_key("log");
  for (const NoteKeyKind kind : {NoteKeyKind::log, NoteKeyKind::cosignature}) {
    const NoteKey known = note_key(key, kind, "chapter.test/log");
    for (const std::size_t length : {1U, 8U, 63U, 64U, 65U, 71U, 72U, 73U, 5'000U}) {
      const Note note{std::string(kNoteText), {{known.name, known.id(), Bytes(length, 1)}}};
      note_expect_refused(verify_line(note, known), ErrorCode::sig_bad);
    }
  }
}

TEST(VerifyLine, TakesTheNewestOfSeveralTrueTimes) {
  const SigningKey key = note_signing_key("node");
  const NoteKey node = note_key(key, NoteKeyKind::cosignature, "chapter.test/node");
  const Note note{std::string(kNoteText),
                  {cosign_note(kNoteText, node.name, key, from_unix(50)),
                   cosign_note(kNoteText, node.name, key, from_unix(90)),
                   cosign_note(kNoteText, node.name, key, from_unix(70))}};
  EXPECT_EQ(verify_line(note, node).value(), from_unix(90));
}

}  // namespace
}  // namespace protocol
