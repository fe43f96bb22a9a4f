#include "protocol/evidence.h"

#include <gtest/gtest.h>

#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/tlog_proof.h"
#include "tests/support/sample_evidence.h"

// What a bundle must be; bundles of whole nodes, and attacks on them, are in
// tests/node/evidence_test.cpp.

namespace protocol {
namespace {

const Timestamp kEvidenceNow = test_support::sample_time() + std::chrono::days(1);

const test_support::SampleEvidence& evidence_sample() {
  static const test_support::SampleEvidence sample;
  return sample;
}

Result<EvidenceFindings> evidence_judged(const Evidence& bundle, Timestamp now = kEvidenceNow) {
  return verify_evidence(bundle, {evidence_sample().national.scid(), ""}, now);
}

/// The bundle with the cosignature of the hub on the listing's checkpoint made at another time.
Evidence evidence_seen_at(Timestamp time) {
  const auto& sample = evidence_sample();
  auto bundle = sample.bundle();
  auto proof = *parse_tlog_proof(bundle.listing.proof);
  auto note = *parse_note(proof.checkpoint);
  note.signatures.pop_back();
  note.signatures.push_back(
      cosign_note(note.text, node_key_name(sample.hub.scid()), sample.hub.node_key(), time));
  proof.checkpoint = format_note(note);
  bundle.listing.proof = format_tlog_proof(proof);
  return bundle;
}

std::string evidence_all_words(const EvidenceFindings& findings) {
  const auto words = explain_evidence(findings);
  std::string text;
  for (const auto* part : {&words.proven, &words.not_proven, &words.identities}) {
    for (const auto& sentence : *part) text += sentence + "\n";
  }
  return text;
}

TEST(Evidence, IsTheSameBytesForEverybodyWhoWritesIt) {
  const auto text = format_evidence(evidence_sample().bundle());
  EXPECT_EQ(text, format_evidence(test_support::SampleEvidence().bundle()));
  EXPECT_TRUE(text.ends_with("}\n"));
  const auto parsed = parse_evidence(text);
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(*parsed, evidence_sample().bundle());
}

TEST(Evidence, SaysWhoseChangesWitnessesApproved) {
  const auto findings = evidence_judged(test_support::SampleEvidence(true).bundle());
  ASSERT_TRUE(findings) << findings.error().detail;
  for (const auto& line : explain_evidence(*findings).identities) {
    const bool is_witnessed =
        line.starts_with("Buckeye Chapter") || line.starts_with("Lakeshore Collective");
    EXPECT_EQ(line.find("witnesses whom its identity log names") != std::string::npos, is_witnessed)
        << line;
  }
  EXPECT_TRUE(findings->listing.issuer.witnessed);
  EXPECT_FALSE(findings->anchor.witnessed);
}

TEST(Evidence, SaysWhoSaysWhatUntilWhenAndWhatNobodyCanSay) {
  const auto findings = evidence_judged(evidence_sample().bundle());
  ASSERT_TRUE(findings) << findings.error().detail;
  const auto text = evidence_all_words(*findings);
  for (const std::string sentence :
       {"\"Second circle\" was published by Lakeshore Collective, signed to be valid until "
        "2027-07-29",
        "Entry 2 of 3 in its log: seen by hub.example/o/main on 2026-11-01 10:00 UTC; dated by its "
        "publisher itself 2026-11-01 09:00 UTC.",
        "national.example/o/main, your anchor, recognizes Buckeye Chapter (State chapter) for US, "
        "from 2026-11-01 until 2027-08-28.",
        "Buckeye Chapter recognizes Lakeshore Collective (Collective) for US-OH",
        "all of these documents are valid now", "That nothing was withdrawn, by then or since",
        "an older, cut log", "good, safe or right for you"}) {
    EXPECT_NE(text.find(sentence), std::string::npos) << sentence << "\n" << text;
  }
}

TEST(Evidence, SaysWhenNoTimeIsKnown) {
  auto findings = *evidence_judged(evidence_sample().bundle());
  findings.listing.seen_at.reset();
  findings.listing.publisher_time.reset();
  const auto text = evidence_all_words(findings);
  EXPECT_NE(text.find("Entry 2 of 3 in its log: no time known."), std::string::npos) << text;
  EXPECT_NE(text.find("When. Nobody put a time"), std::string::npos) << text;
}

TEST(Evidence, TellsPublishersOfOneNameApartAndPrintsNoHiddenCharacters) {
  auto findings = *evidence_judged(evidence_sample().bundle());
  findings.path[1].subject_name = "Buckeye Chapter";
  const auto same = evidence_all_words(findings);
  EXPECT_NE(same.find("Buckeye Chapter (" + evidence_sample().chapter.scid() +
                      ") recognizes Buckeye Chapter (" + evidence_sample().collective.scid() + ")"),
            std::string::npos)
      << same;
  findings.path[1].subject_name = "\x1b[2J\u202eevil";
  findings.listing_name = "line\nbreak";
  const auto hidden = evidence_all_words(findings);
  EXPECT_EQ(hidden.find('\x1b'), std::string::npos);
  EXPECT_EQ(hidden.find("\u202e"), std::string::npos);
  EXPECT_EQ(hidden.find("line\n"), std::string::npos);
}

TEST(Evidence, TakesNoTimeFromTheFuture) {
  EXPECT_TRUE(evidence_judged(evidence_seen_at(kEvidenceNow + std::chrono::minutes(5))));
  for (const auto time :
       {kEvidenceNow + std::chrono::minutes(5) + std::chrono::seconds(1),
        kLatestTimestamp + std::chrono::seconds(1), from_unix(std::int64_t{1} << 62)}) {
    const auto findings = evidence_judged(evidence_seen_at(time));
    ASSERT_FALSE(findings);
    EXPECT_EQ(findings.error().code, ErrorCode::sig_bad);
    EXPECT_TRUE(findings.error().detail.starts_with("proof: ")) << findings.error().detail;
  }
}

TEST(Evidence, IsJudgedAtOneMomentAndExactlyToTheSecond) {
  const auto bundle = evidence_sample().bundle();
  const auto listing_ends = test_support::sample_time() + std::chrono::days(270);
  const auto before = evidence_judged(bundle, listing_ends - std::chrono::seconds(1));
  ASSERT_TRUE(before);
  EXPECT_TRUE(before->valid_now);
  const auto after = evidence_judged(bundle, listing_ends);
  ASSERT_TRUE(after) << after.error().detail;
  EXPECT_FALSE(after->valid_now);
  EXPECT_EQ(after->judged_at, test_support::sample_time() + std::chrono::hours(1));
  EXPECT_NE(evidence_all_words(*after).find("were valid together on 2026-11-01 10:00 UTC"),
            std::string::npos);
  // A checkpoint that was dated only after the end proves no moment at which it was so.
  const auto late = evidence_judged(evidence_seen_at(listing_ends), listing_ends);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::doc_expired);
}

TEST(Evidence, ReadsAnchorsOnlyAsTheyAreWritten) {
  const auto& scid = evidence_sample().national.scid();
  EXPECT_EQ(parse_trusted_anchor(scid)->at_version, "");
  EXPECT_EQ(parse_trusted_anchor(scid + "@2-Qm")->at_version, "2-Qm");
  const auto line = parse_trusted_anchor("kith1:" + evidence_sample().national.did() + "#1-Qm");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->scid, scid);
  EXPECT_EQ(line->at_version, "1-Qm");
  for (const auto& text : {std::string(), std::string("@"), scid + "@", scid.substr(1), scid + " ",
                           std::string("kith1:"), "kith1:" + evidence_sample().national.did(),
                           evidence_sample().national.did()}) {
    EXPECT_FALSE(parse_trusted_anchor(text)) << text;
  }
}

}  // namespace
}  // namespace protocol
