// Every file of tests/vectors/ is judged here (folders of feeds:
// tests/crawler/cycle_vectors_test.cpp). A file that is put there needs no line of code.
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/evidence.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"
#include "protocol/log/add_checkpoint.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"
#include "protocol/log/tlog_proof.h"
#include "protocol/trust/path.h"
#include "tests/support/shared_inputs.h"
#include "tests/support/vectors.h"

namespace protocol {
namespace {

using test_support::vector_cases;
using test_support::VectorCase;

template <class T>
std::string own_verdict(const Result<T>& result) {
  return result ? "ok" : std::string(word(result.error().code));
}

template <class T>
void own_expect(const VectorCase& one, const Result<T>& result) {
  EXPECT_EQ(own_verdict(result), one.expect())
      << one.text("why") << (result ? "" : "\n" + result.error().detail);
}

Timestamp own_time(const VectorCase& one, std::string_view member = "now") {
  const auto time = parse_timestamp(one.text(member));
  EXPECT_TRUE(time) << one.where;
  return time.value_or(Timestamp{});
}

std::optional<Hash> own_hash(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? Hash::of(ByteView(*bytes)) : std::nullopt;
}

std::vector<Hash> own_hashes(const VectorCase& one, std::string_view member) {
  std::vector<Hash> hashes;
  for (const auto& item : *one.find(member)->if_array()) {
    const auto hash = own_hash(*item.if_string());
    EXPECT_TRUE(hash) << one.where;
    if (hash) hashes.push_back(*hash);
  }
  return hashes;
}

#define KITH_EACH_VECTOR(kind)           \
  const auto cases = vector_cases(kind); \
  ASSERT_FALSE(cases.empty());           \
  for (const auto& one : cases)          \
    if (const testing::ScopedTrace trace(__FILE__, __LINE__, one.where); true)

TEST(OwnVectors, Json) {
  KITH_EACH_VECTOR("json") {
    const std::string text = one.text("json");
    JsonLimits limits;
    if (one.has("document"))
      limits = {.max_bytes = kMaxDocumentBytes, .max_keys = kMaxDocumentKeys};
    const auto read = parse_json(text, limits);
    own_expect(one, read);
    if (read && one.expect() == "ok") {
      EXPECT_EQ(canonical(*read), one.text("canonical"));
    }
  }
}

TEST(OwnVectors, Encodings) {
  KITH_EACH_VECTOR("encodings") {
    const std::string form = one.text("form");
    const std::string text = one.text("text");
    std::optional<Bytes> bytes;
    std::string again;
    const auto fixed = [&](const auto& value, const auto& encode) {
      if (!value) return;
      bytes = Bytes(value->view().begin(), value->view().end());
      again = encode(*value);
    };
    const auto plain = [&](std::optional<Bytes> value, const auto& encode) {
      bytes = std::move(value);
      if (bytes) again = encode(*bytes);
    };
    if (form == "hex")
      plain(from_hex(text), to_hex);
    else if (form == "base64")
      plain(from_base64(text), to_base64);
    else if (form == "base64url")
      plain(from_base64url(text), to_base64url);
    else if (form == "base58btc")
      plain(from_base58(text), to_base58);
    else if (form == "multikey")
      fixed(from_multikey(text), to_multikey);
    else if (form == "multihash")
      fixed(from_multihash(text), to_multihash);
    else if (form == "proof value")
      fixed(from_proof_value(text), to_proof_value);
    else if (form == "time" || form == "date") {
      const auto time = form == "time" ? parse_timestamp(text) : parse_date(text);
      EXPECT_EQ(time ? "ok" : "refused", one.expect()) << text;
      if (time) {
        EXPECT_EQ(to_unix(*time), one.integer("seconds"));
        EXPECT_EQ(form == "time" ? format_timestamp(*time)
                                 : format_date(std::chrono::floor<std::chrono::days>(*time)),
                  text);
      }
      continue;
    } else if (form == "usable key") {
      const auto key = from_multikey(text);
      ASSERT_TRUE(key);
      EXPECT_EQ(is_valid_key(*key) ? "ok" : "refused", one.expect());
      continue;
    } else {
      FAIL() << "a form that SPEC 2.2 does not have: " << form;
    }
    EXPECT_EQ(bytes ? "ok" : "refused", one.expect()) << text;
    if (bytes && one.expect() == "ok") {
      EXPECT_EQ(to_hex(*bytes), one.text("hex"));
      EXPECT_EQ(again, text);
    }
  }
}

TEST(OwnVectors, Dids) {
  KITH_EACH_VECTOR("dids") {
    const auto did = parse_did(one.text("did"));
    own_expect(one, did);
    if (did && one.expect() == "ok") {
      EXPECT_EQ(did_folder_url(*did), one.text("folder"));
    }
  }
}

TEST(OwnVectors, DidLogs) {
  KITH_EACH_VECTOR("did_logs") {
    const auto log = resolve_did_log(one.text("log"), one.text_or("witnesses", ""),
                                     one.text_or("did", ""), own_time(one));
    if (!log || !one.has("document")) {
      own_expect(one, log);
    } else {
      own_expect(one, publisher_keys(log->current()));
    }
    if (!log || one.expect() != "ok") continue;
    std::vector<std::string> versions;
    for (const auto& version : log->versions) versions.push_back(version.version_id);
    std::vector<std::string> expected;
    ASSERT_TRUE(one.has("versions"));
    for (const auto& version : *one.find("versions")->if_array())
      expected.push_back(*version.if_string());
    EXPECT_EQ(versions, expected);
    EXPECT_EQ(log->deactivated, one.has("deactivated"));
  }
}

TEST(OwnVectors, Leaves) {
  KITH_EACH_VECTOR("leaves") {
    const std::string text = one.text("leaf");
    const auto leaf = parse_leaf(text);
    own_expect(one, leaf);
    if (!leaf || one.expect() != "ok") continue;
    EXPECT_EQ(format_leaf(*leaf), text);
    if (one.has("leaf_hash")) {
      EXPECT_EQ(to_hex(leaf_hash(as_bytes(text)).view()), one.text("leaf_hash"));
    }
  }
}

TEST(OwnVectors, Bundles) {
  KITH_EACH_VECTOR("bundles") {
    const std::string text = one.text("bundle");
    const auto entries =
        decode_bundle(as_bytes(text), static_cast<std::uint64_t>(one.integer("width")));
    own_expect(one, entries);
    if (!entries || one.expect() != "ok") continue;
    std::vector<Hash> hashes;
    for (const auto& entry : *entries) hashes.push_back(leaf_hash(entry));
    EXPECT_EQ(hashes, own_hashes(one, "leaf_hashes"));
    if (one.has("root")) {
      Frontier frontier;
      for (const auto& hash : hashes) frontier.append(hash);
      EXPECT_EQ(to_hex(frontier.root().view()), one.text("root"));
    }
  }
}

TEST(OwnVectors, Checkpoints) {
  KITH_EACH_VECTOR("checkpoints") {
    const std::string text = one.text("note");
    std::optional<Checkpoint> checkpoint;
    std::optional<Timestamp> heartbeat;
    const auto judge = [&]() -> Result<void> {
      ASSIGN_OR_RETURN(const Note note, parse_note(text));
      ASSIGN_OR_RETURN(checkpoint, parse_checkpoint(note.text, one.text("origin")));
      const auto sign = from_multikey(one.text("sign"));
      RETURN_IF_REFUSED(verify_line(note, {one.text("origin"), NoteKeyKind::log, sign.value()}));
      if (const std::string named = one.text_or("node", ""); !named.empty()) {
        const auto node = from_multikey(named);
        ASSIGN_OR_RETURN(heartbeat, verify_line(note, {one.text("node_name"),
                                                       NoteKeyKind::cosignature, node.value()}));
        if (*heartbeat > own_time(one) + kMaxClockSkew) {
          return refuse(ErrorCode::sig_bad, "the time stamp lies ahead");
        }
      }
      return {};
    };
    own_expect(one, judge());
    if (one.expect() != "ok" || !checkpoint) continue;
    EXPECT_EQ(static_cast<std::int64_t>(checkpoint->size), one.integer("size"));
    EXPECT_EQ(to_hex(checkpoint->root.view()), one.text("root"));
    EXPECT_EQ(heartbeat.has_value(), one.has("time"));
    if (heartbeat && one.has("time")) {
      EXPECT_EQ(to_unix(*heartbeat), one.integer("time"));
    }
  }
}

TEST(OwnVectors, Proofs) {
  KITH_EACH_VECTOR("proofs") {
    const auto proof = own_hashes(one, "proof");
    const auto number = [&](std::string_view member) {
      return static_cast<std::uint64_t>(one.integer(member));
    };
    const auto hash = [&](std::string_view member) { return own_hash(one.text(member)).value(); };
    if (one.text("proof_of") == "inclusion") {
      own_expect(
          one, check_inclusion(number("index"), number("size"), hash("leaf"), proof, hash("root")));
    } else {
      ASSERT_EQ(one.text("proof_of"), "consistency");
      own_expect(one, check_consistency(number("old_size"), hash("old_root"), number("size"),
                                        hash("root"), proof));
    }
  }
}

TEST(OwnVectors, Documents) {
  KITH_EACH_VECTOR("documents") {
    const auto now = own_time(one);
    const auto log = resolve_did_log(one.text("did_log"), "", "", now);
    ASSERT_TRUE(log) << log.error().detail;
    std::optional<DocumentType> type;
    std::string edge;
    const std::string line = one.text("document");
    const auto judge = [&]() -> Result<void> {
      ASSIGN_OR_RETURN(const VerifiedDocument document, verify_document(line, *log, now));
      const auto& envelope = document.envelope();
      type = envelope.type;
      switch (envelope.type) {
        case DocumentType::listing:
          RETURN_IF_REFUSED(read_listing(envelope.subject));
          break;
        case DocumentType::recognition: {
          ASSIGN_OR_RETURN(const Recognition recognition, read_recognition(envelope));
          if (recognition.constraint_error || !recognition.to_issue) edge = "edge-constraint";
          break;
        }
        case DocumentType::publisher:
          RETURN_IF_REFUSED(read_publisher_card(envelope));
          break;
      }
      return {};
    };
    own_expect(one, judge());
    EXPECT_EQ(edge, one.text_or("void", ""));
    if (one.expect() == "ok" && type) {
      EXPECT_EQ(word(*type), one.text("t"));
    }
    if (one.has("sha256")) {
      EXPECT_EQ(to_hex(sha256(line).view()), one.text("sha256"));
    }
  }
}

/// The file's `subject` with the case's `with` set into it (null: the member taken away), or the
/// case's own.
TEST(OwnVectors, Listings) {
  KITH_EACH_VECTOR("listings") {
    Json subject = *one.find("subject");
    if (const Json* with = one.find("with")) {
      for (const auto& [name, value] : *with->if_object()) {
        if (value.is_null()) {
          subject.erase(name);
        } else {
          subject.set(name, value.find("text")
                                ? Json(test_support::vector_text(*value.find("text")))
                                : value);
        }
      }
    }
    const auto listing = read_listing(subject);
    own_expect(one, listing);
    if (!listing) {
      EXPECT_TRUE(listing.error().detail.find(one.text("at")) != std::string::npos)
          << listing.error().detail << " does not name " << one.text("at");
    }
  }
}

std::optional<std::vector<std::string>> own_area(const Json& value) {
  const Json* area = value.find("area");
  if (!area) return std::nullopt;
  std::vector<std::string> codes;
  for (const auto& code : *area->if_array()) codes.push_back(*code.if_string());
  return codes;
}

TEST(OwnVectors, Paths) {
  KITH_EACH_VECTOR("paths") {
    const auto text = [](const Json& value, std::string_view name) {
      const Json* found = value.find(name);
      return found && found->if_string() ? *found->if_string() : std::string();
    };
    const auto time = [&](const Json& value, std::string_view name, Timestamp otherwise) {
      const std::string written = text(value, name);
      return written.empty() ? otherwise : parse_timestamp(written).value();
    };
    const auto scid = [&](const std::string& letter) {
      const Json* found = one.find("scids")->find(letter);
      EXPECT_TRUE(found) << letter;
      return found ? *found->if_string() : std::string();
    };
    const auto did = [&](const std::string& letter) {
      return "did:webvh:" + scid(letter) + ":publisher.example";
    };
    std::vector<Anchor> anchors;
    for (const auto& item : *one.find("anchors")->if_array()) {
      Anchor anchor{scid(text(item, "scid")), did(text(item, "scid")), text(item, "atVersion"),
                    std::nullopt, own_area(item)};
      if (const Json* most = item.find("maxPathLength"))
        anchor.max_path_length = static_cast<int>(*most->if_integer());
      anchors.push_back(std::move(anchor));
    }
    std::vector<Issuer> issuers;
    for (const auto& item : *one.find("publishers")->if_array()) {
      Issuer issuer;
      issuer.scid = scid(text(item, "scid"));
      issuer.usable = !item.find("whyNot");
      if (!issuer.usable) issuer.why_not = error_code_from_word(text(item, "whyNot")).value();
      issuer.deadline = time(item, "deadline", Timestamp::max());
      if (const Json* versions = item.find("versions")) {
        for (const auto& version : *versions->if_array())
          issuer.versions.push_back(*version.if_string());
      }
      issuers.push_back(std::move(issuer));
    }
    std::vector<Edge> edges;
    for (const auto& item : *one.find("recognitions")->if_array()) {
      Edge edge;
      edge.from = scid(text(item, "from"));
      edge.to = scid(text(item, "to"));
      edge.recognition.subject_did = did(text(item, "to"));
      edge.record_id = std::to_string(edges.size());
      edge.valid_from = time(item, "validFrom", Timestamp{});
      edge.valid_until = time(item, "validUntil", kLatestTimestamp);
      edge.recognition.to_issue = true;
      edge.recognition.area = own_area(item);
      if (const Json* most = item.find("maxPathLength"))
        edge.recognition.max_path_length = static_cast<int>(*most->if_integer());
      if (!text(item, "atVersion").empty()) edge.recognition.at_version = text(item, "atVersion");
      if (item.find("void")) edge.recognition.constraint_error = "said so by the vector";
      edges.push_back(std::move(edge));
    }
    const TrustGraph graph(anchors, issuers, edges, own_time(one));
    const auto area = own_area(one.value).value_or(std::vector<std::string>{"US-OH"});
    const auto path = graph.best(scid(one.text("issuer")), area);
    own_expect(one, path);
    if (!path || one.expect() != "ok") continue;
    std::vector<std::string> expected;
    for (const auto& step : *one.find("path")->if_array())
      expected.push_back(scid(*step.if_string()));
    EXPECT_EQ(path->scids, expected);
    if (one.has("expires")) {
      EXPECT_EQ(path->expires, own_time(one, "expires"));
    }
    if (one.has("anchorsReaching")) {
      EXPECT_EQ(static_cast<std::int64_t>(graph.anchors_reaching(scid(one.text("issuer")), area)),
                one.integer("anchorsReaching"));
    }
  }
}

TEST(OwnVectors, AddCheckpoint) {
  std::set<std::int64_t> statuses;
  KITH_EACH_VECTOR("add_checkpoint") {
    const std::string origin = one.text("origin");
    LogKeys keys{{origin, NoteKeyKind::log, from_multikey(one.text("sign")).value()}, {}};
    if (const std::string node = one.text_or("node", ""); !node.empty()) {
      keys.time_stamp =
          NoteKey{one.text("node_name"), NoteKeyKind::cosignature, from_multikey(node).value()};
    }
    const LogHead known{static_cast<std::uint64_t>(one.integer("known_size")),
                        own_hash(one.text("known_root")).value()};
    int status = 0;
    bool fork = false;
    std::string detail;
    const auto request = parse_add_checkpoint(one.text("request"));
    if (!request) {
      status = describe(request.error().code).http_status;
      detail = request.error().detail;
    } else if (request->checkpoint.origin != origin) {
      status = http_status(AddCheckpointOutcome::unknown_origin);
    } else {
      const auto judged = judge_add_checkpoint(*request, keys, known, own_time(one));
      status = http_status(judged.outcome);
      fork = judged.is_fork;
      detail = judged.detail;
    }
    EXPECT_EQ(status, one.integer("status")) << one.text("why") << "\n" << detail;
    EXPECT_EQ(one.expect(), one.integer("status") == 200 ? "ok" : "refused");
    EXPECT_EQ(fork, one.has("fork"));
    statuses.insert(status);
    if (!one.has("answer")) continue;
    const std::string answer = one.text("answer");
    if (status == 409) {
      EXPECT_EQ(answer, std::to_string(known.size) + "\n");
      continue;
    }
    // The witness's line makes the sender's note a note that the witness signed, too.
    ASSERT_EQ(status, 200);
    const auto note = parse_note(request->note_bytes + answer);
    ASSERT_TRUE(note) << note.error().detail;
    const auto time = verify_line(*note, {one.text("witness_name"), NoteKeyKind::cosignature,
                                          from_multikey(one.text("witness")).value()});
    ASSERT_TRUE(time) << time.error().detail;
    EXPECT_EQ(*time, own_time(one));
  }
  EXPECT_EQ(statuses, (std::set<std::int64_t>{200, 400, 403, 404, 409, 413, 422}))
      << "every status of SPEC 5.6 has a vector";
}

TEST(OwnVectors, TlogProofs) {
  KITH_EACH_VECTOR("tlog_proofs") {
    const auto proof = parse_tlog_proof(one.text("proof"));
    if (!proof) {
      own_expect(one, proof);
      continue;
    }
    EXPECT_EQ(format_tlog_proof(*proof), one.text("proof"));
    const auto proven = verify_tlog_proof(
        *proof, leaf_hash(as_bytes(one.text("leaf"))),
        {one.text("origin"), NoteKeyKind::log, from_multikey(one.text("sign")).value()});
    own_expect(one, proven);
    if (!proven || one.expect() != "ok") continue;
    EXPECT_EQ(static_cast<std::int64_t>(proof->index), one.integer("index"));
    EXPECT_EQ(static_cast<std::int64_t>(proven->checkpoint.size), one.integer("size"));
    EXPECT_EQ(to_hex(proven->checkpoint.root.view()), one.text("root"));
  }
}

/// Replaces what a refusal would name "leaf" or "path[0].leaf"; null takes it away.
void own_set_member(Json& bundle, std::string_view member, const Json& value) {
  Json* object = &bundle;
  if (const auto dot = member.find("]."); dot != std::string_view::npos) {
    ASSERT_TRUE(member.starts_with("path[")) << member;
    const auto index = static_cast<std::size_t>(member[5] - '0');
    auto* steps = bundle.find("path")->if_array();
    ASSERT_TRUE(steps && index < steps->size()) << member;
    object = &(*steps)[index];
    member.remove_prefix(dot + 2);
  }
  if (value.is_null())
    object->erase(member);
  else
    object->set(member, value);
}

TEST(OwnVectors, Evidence) {
  KITH_EACH_VECTOR("evidence") {
    std::string text = one.text_or("text", "");
    if (!one.has("text")) {
      Json bundle = *one.find("bundle");
      for (const auto& [member, value] : *one.find("set")->if_object())
        own_set_member(bundle, member, value);
      text = canonical(bundle) + "\n";
    }
    const auto judge = [&]() -> Result<EvidenceFindings> {
      ASSIGN_OR_RETURN(const auto evidence, parse_evidence(text));
      return verify_evidence(evidence, {one.text("reader_anchor"), one.text_or("at_version", "")},
                             own_time(one));
    };
    const auto findings = judge();
    own_expect(one, findings);
    if (!findings) {
      const std::string named = one.text("at").empty() ? "" : one.text("at") + ": ";
      EXPECT_TRUE(findings.error().detail.starts_with(named)) << findings.error().detail;
    } else if (one.expect() == "ok") {
      EXPECT_EQ(findings->judged_at, own_time(one, "judged_at"));
      EXPECT_EQ(findings->valid_now, findings->judged_at == own_time(one));
      EXPECT_EQ(findings->pinned_version, one.text_or("at_version", ""));
    }
  }
}

/// Folders judged by other tests, which read their own files.
const std::set<std::string>& own_folders_of_others() {
  static const std::set<std::string> names = {"cycles"};
  return names;
}

TEST(OwnVectors, NoFolderIsLeftUnjudged) {
  const std::set<std::string> here = {
      "json",   "encodings", "dids",     "did_logs", "leaves",         "bundles",  "checkpoints",
      "proofs", "documents", "listings", "paths",    "add_checkpoint", "evidence", "tlog_proofs"};
  for (const auto& kind : test_support::vector_kinds()) {
    EXPECT_TRUE(here.count(kind) == 1 || own_folders_of_others().count(kind) == 1)
        << "tests/vectors/" << kind << " is read by no test";
  }
}

TEST(OwnVectors, EveryCodeThatBytesCanGetHasOneOrAReason) {
  // Codes of SPEC 9.1 to 9.3 that no file can bring about by itself.
  const std::map<std::string, std::string> none = {
      {"did-unreachable",
       "no bytes: the host does not answer, and a cycle reports the word of 9.4"}};
  std::set<std::string> seen;
  for (const auto& kind : test_support::vector_kinds()) {
    for (const auto& one : vector_cases(kind)) {
      seen.insert(one.expect());
      seen.insert(one.text_or("void", ""));
    }
  }
  for (const auto& row : error_catalog()) {
    if (row.code > ErrorCode::denied) break;  // 9.4 and 9.5: network, clients, operators
    SCOPED_TRACE(row.word);
    const std::string name(row.word);
    if (none.count(name) == 1) {
      EXPECT_EQ(seen.count(name), 0u) << "has a vector now; take it off the list";
    } else {
      EXPECT_EQ(seen.count(name), 1u) << "no vector in tests/vectors expects it";
    }
  }
  for (const auto& expected : seen) {
    EXPECT_TRUE(expected.empty() || expected == "ok" || expected == "refused" ||
                error_code_from_word(expected))
        << expected << " is no word of SPEC 9";
  }
}

}  // namespace
}  // namespace protocol
