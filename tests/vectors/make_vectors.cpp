// Makes the vectors in which something is signed or hashed, from the fixed seeds of SPEC 13.2 and
// nothing else.
//
//   make_vectors FOLDER           writes them into FOLDER/<kind>/*.json
//   make_vectors --check FOLDER   says which files there differ from what it makes; 1 if any does
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/document/credential.h"
#include "protocol/document/data_integrity.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/encoding/time.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/add_checkpoint.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"
#include "protocol/log/tlog_proof.h"

namespace {

using protocol::Bytes;
using protocol::canonical;
using protocol::Hash;
using protocol::Json;
using protocol::SigningKey;
using protocol::Timestamp;

SigningKey seed(std::uint8_t byte) { return *SigningKey::from_seed(Bytes(32, byte)); }

Timestamp at(const char* text) {
  const auto time = protocol::parse_timestamp(text);
  if (!time) throw std::logic_error(text);
  return *time;
}

template <class T>
T must(protocol::Result<T> result) {
  if (!result) throw std::logic_error(result.error().detail);
  return std::move(*result);
}

Json parsed(std::string_view text) {
  return must(protocol::parse_json(text, {.max_bytes = 1 << 24}));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  std::size_t place = text.find(from);
  if (place == std::string::npos)
    throw std::logic_error("nothing to replace: " + std::string(from));
  for (; place != std::string::npos; place = text.find(from, place + to.size())) {
    text.replace(place, from.size(), to);
  }
  return text;
}

Json base64(std::string_view bytes) {
  return Json::object({{"base64", protocol::to_base64(protocol::as_bytes(bytes))}});
}

// ---- files

std::map<std::string, std::string> made_files;

/// One case a line, so that a change of one is a change of one line.
class File {
 public:
  File(std::string path, std::string about, Json shared = Json(Json::Object()))
      : path_(std::move(path)), shared_(std::move(shared)) {
    shared_.set("about", std::move(about));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    std::string text = "{\n";
    for (const auto& [name, value] : *shared_.if_object()) {
      text += canonical(Json(name)) + ": " + canonical(value) + ",\n";
    }
    text += "\"cases\": [\n";
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      text += cases_[i] + (i + 1 < cases_.size() ? ",\n" : "\n");
    }
    made_files[path_] = text + "]\n}\n";
  }

  void add(std::string name, std::string expect, std::string why, Json::Object members) {
    // What a reader of the file wants to see first stands first.
    std::string line = "{\"name\": " + canonical(Json(std::move(name))) +
                       ", \"expect\": " + canonical(Json(std::move(expect))) +
                       ",\n \"why\": " + canonical(Json(std::move(why)));
    for (auto& [member, value] : members) {
      line += ",\n \"" + member + "\": " + canonical(value);
    }
    cases_.push_back(line + "}");
  }

 private:
  std::string path_;
  Json shared_;
  std::vector<std::string> cases_;
};

// ---- identities

constexpr const char* kMade = "2026-11-01T09:00:00Z";
constexpr const char* kNow = "2026-11-02T08:00:00Z";

protocol::DidLogStart chapter(std::uint8_t sign_seed = 4) {
  return {.folder_url = "https://chapter.example/o/main",
          .sign = seed(sign_seed).public_key(),
          .node = seed(5).public_key(),
          .feed_url = "https://chapter.example/o/main/feed/1",
          .api_url = "https://chapter.example",
          .next_update_keys = {seed(2).public_key(), seed(3).public_key()}};
}

std::string multikey(std::uint8_t byte) { return protocol::to_multikey(seed(byte).public_key()); }
std::string commitment(std::uint8_t byte) {
  return protocol::to_multihash(protocol::sha256(multikey(byte)));
}

/// Entries made by hand, so that each breaks one rule only: everything else in them is right and
/// signed.
struct Entries {
  std::vector<Json> made;

  std::string text() const {
    std::string lines;
    for (const auto& entry : made) lines += canonical(entry) + "\n";
    return lines;
  }
  std::string last_version() const { return *made.back().find("versionId")->if_string(); }
};

Json signed_by(Json entry, std::uint8_t key_seed, const char* created = kMade) {
  const std::string key = multikey(key_seed);
  Json made = protocol::sign_data_integrity(std::move(entry), "did:key:" + key + "#" + key,
                                            at(created), seed(key_seed));
  Json proof = *made.find("proof");
  made.set("proof", Json::array({std::move(proof)}));
  return made;
}

using Change = std::function<void(Json&)>;

/// A first entry with `change` made before anything is hashed.
Json first_entry(const Change& change = {}, std::uint8_t key_seed = 1) {
  const std::string line = must(protocol::create_did_log(chapter(), seed(1), at(kMade)));
  Json entry = parsed(line);
  const std::string scid = *entry.find("parameters")->find("scid")->if_string();
  entry.erase("proof");
  entry.set("versionId", "{SCID}");
  entry = parsed(replaced(canonical(entry), scid, "{SCID}"));
  if (change) change(entry);
  const std::string made_scid = protocol::to_multihash(protocol::sha256(canonical(entry)));
  entry = parsed(replaced(canonical(entry), "{SCID}", made_scid));
  entry.set("versionId", made_scid);
  const std::string hash = protocol::to_multihash(protocol::sha256(canonical(entry)));
  entry.set("versionId", "1-" + hash);
  return signed_by(std::move(entry), key_seed);
}

/// The next entry: keys of seed `key_seed`, new commitments to 7 and 3, the state as it was, then
/// `change`.
Json next_entry(const Entries& before, const Change& change = {}, std::uint8_t key_seed = 2,
                std::string_view number = "") {
  const Json& last = before.made.back();
  Json entry = Json::object(
      {{"versionId", before.last_version()},
       {"versionTime",
        protocol::format_timestamp(at(last.find("versionTime")->if_string()->c_str()) +
                                   std::chrono::hours(1))},
       {"parameters",
        Json::object({{"updateKeys", Json::array({multikey(2)})},
                      {"nextKeyHashes", Json::array({commitment(7), commitment(3)})}})},
       {"state", *last.find("state")}});
  if (change) change(entry);
  const std::string hash = protocol::to_multihash(protocol::sha256(canonical(entry)));
  const std::string count =
      number.empty() ? std::to_string(before.made.size() + 1) : std::string(number);
  entry.set("versionId", count + "-" + hash);
  return signed_by(std::move(entry), key_seed);
}

Change parameter(std::string name, Json value) {
  return [=](Json& entry) { entry.find("parameters")->set(name, value); };
}
Change without_parameter(std::string name) {
  return [=](Json& entry) { entry.find("parameters")->erase(name); };
}

Entries log_of(Json first) { return {{std::move(first)}}; }
Entries grown(Entries log, Json next) {
  log.made.push_back(std::move(next));
  return log;
}

std::string did_of(const Json& entry) { return *entry.find("state")->find("id")->if_string(); }

/// A key of small order, in multikey: anybody can sign for it.
std::string small_order_key() {
  Bytes bytes(32, 0);
  bytes[0] = 1;
  return protocol::to_multikey(*protocol::PublicKey::of(protocol::ByteView(bytes)));
}

Change method_key(std::string key) {
  return [=](Json& entry) {
    entry.find("state")
        ->find("verificationMethod")
        ->if_array()
        ->front()
        .set("publicKeyMultibase", key);
  };
}

Json witnesses_of(int threshold, std::vector<std::uint8_t> seeds) {
  Json::Array list;
  for (const auto one : seeds) list.push_back(Json::object({{"id", "did:key:" + multikey(one)}}));
  return Json::object({{"threshold", threshold}, {"witnesses", Json(list)}});
}

Json witness_proofs(const std::string& version, std::vector<std::uint8_t> seeds) {
  Json::Array proofs;
  for (const auto one : seeds) {
    Json made = signed_by(Json::object({{"versionId", version}}), one);
    proofs.push_back(made.find("proof")->if_array()->front());
  }
  return Json::object({{"versionId", version}, {"proof", Json(proofs)}});
}

void make_did_logs() {
  const Json first = first_entry();
  const std::string did = did_of(first);
  const Entries one = log_of(first);
  const Entries two = grown(one, next_entry(one));
  const auto log = [](const Entries& entries) { return Json::Object{{"log", entries.text()}}; };
  {
    File file("did_logs/entries.json",
              "Identity logs and the rules of SPEC 3.3. Each invalid one breaks the rule that "
              "`why` names and no other: "
              "its hashes and signatures are right unless that is the case.",
              Json::object({{"did", did}, {"now", "2026-12-01T00:00:00Z"}}));
    const auto with = [&](const Entries& entries, Json::Object more) {
      auto members = log(entries);
      for (auto& member : more) members.push_back(std::move(member));
      return members;
    };
    const auto versions = [](const Entries& entries) {
      Json::Array ids;
      for (const auto& entry : entries.made) ids.push_back(*entry.find("versionId"));
      return Json(ids);
    };
    file.add("one entry", "ok", "the identity of SPEC 3.3 and 3.4, made from the seeds of 13.2",
             with(one, {{"versions", versions(one)}}));
    {
      auto start = chapter(6);
      const auto before =
          must(protocol::resolve_did_log(one.text(), "", did, at("2027-01-05T09:00:00Z")));
      protocol::DidLogChange change{
          .document = must(protocol::next_did_document(before, start)),
          .update_keys = {seed(2).public_key()},
          .next_update_keys = {seed(7).public_key(), seed(3).public_key()}};
      const auto line =
          must(protocol::append_did_log(before, change, seed(2), at("2027-01-05T09:00:00Z")));
      const Entries rotated = grown(one, parsed(line));
      file.add(
          "a rotation", "ok",
          "the second entry of SPEC 3.5: a new #sign, and the first successor of the update key",
          with(rotated, {{"now", "2027-01-05T09:00:00Z"}, {"versions", versions(rotated)}}));
      file.add("a rotation that lies ahead", "did-invalid",
               "rule 6: more than 5 minutes ahead of now",
               with(rotated, {{"now", "2027-01-05T08:54:59Z"}}));
      file.add("a clock that is 5 minutes behind", "ok", "rule 6: at most 5 minutes ahead of now",
               with(rotated, {{"now", "2027-01-05T08:55:00Z"}, {"versions", versions(rotated)}}));
    }
    const std::string scid = *first.find("parameters")->find("scid")->if_string();
    const std::string moved_did = "did:webvh:" + scid + ":new.example:o:main";
    const auto move = [&](bool says_where_from) {
      return [=](Json& entry) {
        Json state = parsed(replaced(canonical(*entry.find("state")), did, moved_did));
        if (says_where_from) state.set("alsoKnownAs", Json::array({Json(did)}));
        entry.set("state", state);
      };
    };
    const Entries moved = grown(one, next_entry(one, move(true)));
    file.add("a move", "ok",
             "rule 10: portable from its first entry, and the new document names the old DID",
             with(moved, {{"versions", versions(moved)}}));
    file.add("the new name after a move", "ok", "rule 12: any entry's name will do",
             with(moved, {{"did", moved_did}, {"versions", versions(moved)}}));
    file.add("a move that hides where it came from", "did-invalid",
             "rule 10: alsoKnownAs must contain the name before",
             with(grown(one, next_entry(one, move(false))), {}));
    {
      const Json fixed = first_entry(parameter("portable", false));
      const Entries log1 = log_of(fixed);
      const std::string fixed_did = did_of(fixed);
      const std::string to = replaced(fixed_did, "chapter.example", "new.example");
      const auto go = [=](Json& entry) {
        Json state = parsed(replaced(canonical(*entry.find("state")), fixed_did, to));
        state.set("alsoKnownAs", Json::array({Json(fixed_did)}));
        entry.set("state", state);
      };
      file.add("a move of a log that is not portable", "did-invalid", "rule 10",
               with(grown(log1, next_entry(log1, go)), {{"did", fixed_did}}));
      file.add(
          "portable from the second entry", "did-invalid", "rule 10: in the first entry only",
          with(grown(log1, next_entry(log1, parameter("portable", true))), {{"did", fixed_did}}));
    }
    const Entries ended = grown(one, next_entry(one, parameter("deactivated", true)));
    file.add("an ended identity", "ok", "the log is valid; following it is did-deactivated",
             with(ended, {{"versions", versions(ended)}, {"deactivated", true}}));
    {
      Entries after = ended;
      after.made.push_back(next_entry(
          ended,
          [](Json& entry) {
            entry.find("parameters")->set("updateKeys", Json::array({multikey(7)}));
          },
          7));
      file.add("an entry after the end", "did-invalid", "rule 2: nothing follows deactivated",
               with(after, {}));
    }
    file.add("nothing", "did-syntax", "an empty file is no log", {{"log", ""}});
    file.add("no JSON", "did-syntax", "rule 1: each line is JSON", {{"log", "not a log\n"}});
    file.add("a blank line between", "did-syntax", "rule 1: each line is JSON",
             {{"log", canonical(two.made[0]) + "\n\n" + canonical(two.made[1]) + "\n"}});
    file.add("no LF at the end", "ok", "one LF at the end is allowed, not required",
             {{"log", canonical(first)}, {"versions", versions(one)}});
    file.add("1,001 entries", "did-syntax",
             "rule 1: at most 1,000 entries, counted before any is read",
             {{"log", Json::array({Json::object({{"times", 1001}, {"of", "{}\n"}})})}});
    file.add("over 1 MiB", "did-syntax", "rule 1: the size is judged first",
             {{"log", Json::array({Json::object({{"times", 1048577}, {"of", " "}})})}});
    file.add(
        "a member twice", "did-syntax", "rule 1: SPEC 2.1",
        {{"log",
          replaced(canonical(first), "{\"parameters\"", "{\"proof\":[],\"parameters\"") + "\n"}});
    const auto changed = [&](const std::string& name, const char* code, const char* why,
                             const Change& change) {
      const Json entry = first_entry(change);
      file.add(name, code, why, with(log_of(entry), {{"did", did_of(entry)}}));
    };
    changed("an unknown parameter", "did-syntax", "rule 2: a closed list", parameter("kith", true));
    changed("a parameter that is null", "did-syntax", "rule 2: null is refused",
            parameter("ttl", Json()));
    changed("a parameter of another type", "did-syntax", "rule 2: portable is true or false",
            parameter("portable", "yes"));
    changed("an unknown member", "did-syntax", "rule 2: a closed list",
            [](Json& entry) { entry.set("comment", "hello"); });
    {
      Json entry = first;
      entry.erase("state");
      file.add("no state", "did-syntax", "rule 2: all five members", with(log_of(entry), {}));
    }
    changed("another version of the method", "did-invalid", "rule 3: did:webvh:1.0, byte for byte",
            parameter("method", "did:webvh:0.5"));
    file.add("a downgrade in the second entry", "did-invalid",
             "rule 3: where method stands it is did:webvh:1.0",
             with(grown(one, next_entry(one, parameter("method", "did:webvh:0.5"))), {}));
    changed("no updateKeys", "did-invalid", "rule 3", without_parameter("updateKeys"));
    file.add("a second scid", "did-invalid", "rule 3: only the first entry has one",
             with(grown(one, next_entry(one, parameter("scid", scid))), {}));
    file.add("signed by a key that is not active", "did-invalid",
             "rule 4: the second entry is signed by its own updateKeys",
             with(grown(one, next_entry(one, {}, 1)), {}));
    file.add(
        "a key that was not committed to", "did-invalid", "rule 4: pre-rotation",
        with(grown(one, next_entry(one, parameter("updateKeys", Json::array({multikey(8)})), 8)),
             {}));
    file.add(
        "the paper key", "ok", "rule 4: the second successor is committed to as well",
        with(grown(one, next_entry(one, parameter("updateKeys", Json::array({multikey(3)})), 3)),
             {{"versions",
               versions(grown(
                   one,
                   next_entry(one, parameter("updateKeys", Json::array({multikey(3)})), 3)))}}));
    file.add("no updateKeys after pre-rotation", "did-invalid",
             "rule 4: the entry must have them itself",
             with(grown(one, next_entry(one, without_parameter("updateKeys"), 1)), {}));
    file.add("no nextKeyHashes after pre-rotation", "did-invalid",
             "rule 4: the entry must have them itself",
             with(grown(one, next_entry(one, without_parameter("nextKeyHashes"))), {}));
    changed("an update key of small order", "did-invalid",
            "rule 2 and SPEC 3.1: anybody could sign for it", [](Json& entry) {
              entry.find("parameters")
                  ->set("updateKeys", Json::array({multikey(1), Json(small_order_key())}));
            });
    file.add("number 3 after 1", "did-invalid", "rule 5",
             with(grown(one, next_entry(one, {}, 2, "3")), {}));
    file.add("number 02", "did-invalid", "rule 5: one spelling of a number",
             with(grown(one, next_entry(one, {}, 2, "02")), {}));
    file.add("the same time", "did-invalid", "rule 6: strictly later",
             with(grown(one, next_entry(one, [](Json& entry) { entry.set("versionTime", kMade); })),
                  {}));
    file.add("an offset in the time", "did-invalid", "rule 6: only Z",
             with(grown(one, next_entry(one,
                                        [](Json& entry) {
                                          entry.set("versionTime", "2026-11-01T10:00:00+00:00");
                                        })),
                  {}));
    const auto timed = [&](const char* time) {
      return grown(one, next_entry(one, [&](Json& entry) { entry.set("versionTime", time); }));
    };
    const Entries finer = timed("2026-11-01T09:00:00.001Z");
    file.add("a fraction of a second", "ok", "rule 6: some programs write one",
             with(finer, {{"versions", versions(finer)}}));
    file.add("a fraction of nothing", "did-invalid", "rule 6: the same time as the entry before",
             with(timed("2026-11-01T09:00:00.000Z"), {}));
    file.add("a fraction of ten digits", "did-invalid", "rule 6: nine at most",
             with(timed("2026-11-01T09:00:00.0000000001Z"), {}));
    {
      Json entry = first;
      Json state = *entry.find("state");
      state.set("alsoKnownAs", Json::array({"https://chapter.example/"}));
      entry.set("state", state);
      file.add("a document changed afterwards", "did-invalid", "rules 7 to 9",
               with(log_of(entry), {}));
      Entries later = two;
      later.made[1].set("state", state);
      file.add("a later document changed afterwards", "did-invalid", "rules 8 and 9",
               with(later, {}));
      Entries swapped = two;
      swapped.made.erase(swapped.made.begin());
      file.add("without its first entry", "did-invalid", "rule 3", with(swapped, {}));
    }
    {
      Json entry = first;
      Json proof = entry.find("proof")->if_array()->front();
      Json broken = proof;
      broken.set("proofValue", protocol::to_proof_value(seed(1).sign("something else")));
      entry.set("proof", Json::array({proof, broken}));
      file.add("a good proof and a broken one", "did-invalid", "rule 9: all must verify",
               with(log_of(entry), {}));
      entry.set("proof", proof);
      file.add("one proof that is no list", "ok", "rule 9: one object or a list",
               with(log_of(entry), {{"versions", versions(one)}}));
      entry.set("proof", Json(Json::Array{}));
      file.add("no proof", "did-invalid", "rule 9: the list is not empty", with(log_of(entry), {}));
      Json halves = proof;
      halves.set("verificationMethod", "did:key:" + multikey(1) + "#" + multikey(2));
      entry.set("proof", Json::array({halves}));
      file.add("unequal halves of a did:key", "did-invalid", "rule 9", with(log_of(entry), {}));
    }
    changed("a verification key of small order", "did-invalid", "rule 10 and SPEC 3.1",
            method_key(small_order_key()));
    file.add("another name than was asked for", "did-invalid", "rule 12",
             with(one, {{"did", "did:webvh:" + scid + ":other.example"}}));
  }
  {
    const Json watched = first_entry(parameter("witness", witnesses_of(2, {20, 21, 22})));
    const Entries log1 = log_of(watched);
    const std::string version = log1.last_version();
    File file(
        "did_logs/witnesses.json",
        "Witnessed logs, SPEC 3.3 rule 11. `witnesses` is did-witness.json.",
        Json::object(
            {{"did", did_of(watched)}, {"now", "2026-12-01T00:00:00Z"}, {"log", log1.text()}}));
    const auto proofs = [](std::vector<Json> items) {
      return canonical(Json(Json::Array(items.begin(), items.end())));
    };
    const Json versions = Json::array({Json(version)});
    file.add("two of three", "ok", "the threshold is 2",
             {{"witnesses", proofs({witness_proofs(version, {20, 22})})}, {"versions", versions}});
    file.add("one of three", "did-invalid", "the threshold is 2",
             {{"witnesses", proofs({witness_proofs(version, {20})})}});
    file.add("one of three, twice", "did-invalid", "distinct witnesses count",
             {{"witnesses", proofs({witness_proofs(version, {20, 20})})}});
    file.add("a stranger", "did-invalid", "only proofs by witnesses of the list count",
             {{"witnesses", proofs({witness_proofs(version, {20, 23})})}});
    file.add("no file", "did-invalid", "a witnessed log needs it", {});
    file.add("proofs of another log", "did-invalid",
             "the versionId must be in this log: witnesses sign nothing else",
             {{"witnesses", proofs({witness_proofs(one.last_version(), {20, 21})})}});
    const auto bad_list = [&](const std::string& name, const char* code, const char* why,
                              const Json& list) {
      const Json entry = first_entry(parameter("witness", list));
      const Entries log2 = log_of(entry);
      file.add(name, code, why,
               {{"did", did_of(entry)},
                {"log", log2.text()},
                {"witnesses", proofs({witness_proofs(log2.last_version(), {20, 21})})}});
    };
    bad_list("threshold 0", "did-invalid", "from 1 on", witnesses_of(0, {20, 21}));
    bad_list("threshold 3 of 2", "did-invalid", "at most their number", witnesses_of(3, {20, 21}));
    bad_list("one witness twice", "did-invalid", "each once", witnesses_of(2, {20, 20}));
    const Entries later =
        grown(log1, next_entry(log1, parameter("witness", witnesses_of(1, {23}))));
    const Json both = Json::array({Json(version), Json(later.last_version())});
    file.add("a list that replaces another", "ok",
             "it governs from the next entry on; entry 2 needs the old witnesses",
             {{"log", later.text()},
              {"witnesses", proofs({witness_proofs(later.last_version(), {20, 21})})},
              {"versions", both}});
    file.add("a list that approves itself", "did-invalid",
             "the replacing list does not govern its own entry",
             {{"log", later.text()},
              {"witnesses", proofs({witness_proofs(version, {20, 21}),
                                    witness_proofs(later.last_version(), {23})})}});
  }
  {
    File file("did_logs/documents.json",
              "DID documents of valid logs, SPEC 3.4. `document` says that the newest document is "
              "judged, too.",
              Json::object({{"now", "2026-12-01T00:00:00Z"}, {"document", true}}));
    const auto add = [&](const char* name, const char* code, const char* why,
                         const Change& change) {
      const Json entry = first_entry(change);
      const Entries entries = log_of(entry);
      Json::Object members{{"did", did_of(entry)}, {"log", entries.text()}};
      if (std::string(code) == "ok") {
        members.push_back({"versions", Json::array({Json(entries.last_version())})});
      }
      file.add(name, code, why, std::move(members));
    };
    const auto in_state = [](std::function<void(Json&)> change) {
      return [=](Json& entry) { change(*entry.find("state")); };
    };
    const auto service = [&](std::size_t index, std::string member, Json value) {
      return in_state(
          [=](Json& state) { (*state.find("service")->if_array())[index].set(member, value); });
    };
    add("as Kith writes it", "ok", "SPEC 3.4", {});
    add("without #node", "ok", "#node is optional",
        in_state([](Json& state) { state.find("verificationMethod")->if_array()->pop_back(); }));
    add("#sign and #node are one key", "did-invalid",
        "others' checkpoints are signed with #node unseen", in_state([](Json& state) {
          (*state.find("verificationMethod")->if_array())[1].set("publicKeyMultibase", multikey(4));
        }));
    add("#sign is not in assertionMethod", "did-invalid", "its reference stands there",
        in_state([](Json& state) { state.set("assertionMethod", Json(Json::Array{})); }));
    add("no #sign", "did-invalid", "required", in_state([](Json& state) {
          auto* methods = state.find("verificationMethod")->if_array();
          methods->erase(methods->begin());
        }));
    add("#sign twice", "did-invalid", "readers would disagree about which counts",
        in_state([](Json& state) {
          auto* methods = state.find("verificationMethod")->if_array();
          methods->push_back(methods->front());
        }));
    add("#sign of another controller", "did-invalid", "controller is this identity",
        in_state([](Json& state) {
          state.find("verificationMethod")
              ->if_array()
              ->front()
              .set("controller",
                   "did:webvh:QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5:chapter.example");
        }));
    add("no #feed", "feed-missing", "required",
        in_state([](Json& state) { state.erase("service"); }));
    add("#feed of another type", "feed-missing", "PeerSupportFeed",
        service(0, "type", "PeerSupportFeed2"));
    add("#feed without an epoch", "did-invalid", "the last element of the path is a number",
        service(0, "serviceEndpoint", "https://chapter.example/o/main/feed"));
    add("#feed with epoch 01", "did-invalid", "no leading zeros",
        service(0, "serviceEndpoint", "https://chapter.example/o/main/feed/01"));
    add("#feed on plain http", "did-invalid", "https only",
        service(0, "serviceEndpoint", "http://chapter.example/o/main/feed/1"));
    add("#feed at an IP address", "did-invalid", "the host obeys 3.2",
        service(0, "serviceEndpoint", "https://127.0.0.1/o/main/feed/1"));
    add("#feed with a query", "did-invalid", "host, port and path only",
        service(0, "serviceEndpoint", "https://chapter.example/feed/1?x=1"));
    add("#feed at another host", "ok", "the feed may lie elsewhere",
        service(0, "serviceEndpoint", "https://files.example/feed/1"));
  }
}

// ---- documents

protocol::DidLog chapter_log() {
  const Json first = first_entry();
  return must(protocol::resolve_did_log(log_of(first).text(), "", "", at(kNow)));
}

constexpr const char* kListingId = "urn:uuid:0f1e8a5c-7a0b-4f0e-8f6e-1c2d3e4f5a6b";
constexpr const char* kCardId = "urn:uuid:6f1c0c1e-3a55-4c1e-9d4b-2f6f0a7c9e10";
constexpr const char* kRecognitionId = "urn:uuid:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

Json listing_subject() {
  return parsed(
      R"({"area":["US-OH"],"audience":"therapists","confirmed_at":"2026-11-01","confirmed_by_role":"chapter_admin",)"
      R"("cost":{"model":"free"},"data_license":"CC-BY-4.0","formats":["video"],"id":")" +
      std::string(kListingId) +
      R"(","kinds":["formal_consultation"],"lang":"en","links":{"apply":"https://chapter.example/contact/tuesday"},)"
      R"("name":"Tuesday consultation circle","regions":["US-OH"],"review_by":"2027-04-30","status":"active",)"
      R"("type":"PeerSupportGroup"})");
}

Json unsigned_document(const std::string& issuer, const char* id, const char* type, Json subject,
                       const char* from = kMade, const char* until = "2027-07-29T00:00:00Z") {
  return Json::object(
      {{"@context", Json::array({"https://www.w3.org/ns/credentials/v2",
                                 "https://www.w3.org/ns/credentials/undefined-terms/v2"})},
       {"id", id},
       {"type", Json::array({"VerifiableCredential", type})},
       {"issuer", issuer},
       {"validFrom", from},
       {"validUntil", until},
       {"credentialSubject", std::move(subject)}});
}

std::string document_line(Json document, const std::string& did, std::uint8_t key = 4,
                          const std::string& fragment = "#sign") {
  return canonical(
      protocol::sign_data_integrity(std::move(document), did + fragment, at(kMade), seed(key)));
}

Json listing(const std::string& did) {
  return unsigned_document(did, kListingId, "PeerSupportGroupListing", listing_subject());
}

Json card(const std::string& did) {
  return unsigned_document(did, kCardId, "PeerSupportPublisher",
                           Json::object({{"area", Json::array({"US-OH"})},
                                         {"contact", "groups@chapter.example"},
                                         {"data_license", "CC-BY-4.0"},
                                         {"homepage", "https://chapter.example/"},
                                         {"id", did},
                                         {"kind", "state_chapter"},
                                         {"languages", Json::array({"en"})},
                                         {"name", "Buckeye Chapter"},
                                         {"type", "PeerSupportPublisher"}}),
                           kMade, "2027-11-01T09:00:00Z");
}

constexpr const char* kLakeshore =
    "did:webvh:Qmdbc77pFudBu6f3YaED6UJkgUGqN1pTpKiT4TnFEuf4Bh:lakeshore.example";

Json recognition(const std::string& did, Json subject_change = Json()) {
  Json subject = Json::object(
      {{"id", kLakeshore},
       {"type", "RecognizedEntity"},
       {"name", "Lakeshore Collective"},
       {"role", "collective"},
       {"recognizedTo",
        Json::object({{"type", "RecognizedAction"},
                      {"action", "issue"},
                      {"recognizedBy", did},
                      {"constraints",
                       Json::object({{"maxPathLength", 0}, {"area", Json::array({"US-OH"})}})}})}});
  if (const auto* members = subject_change.if_object()) {
    for (const auto& [name, value] : *members) subject.set(name, value);
  }
  return unsigned_document(did, kRecognitionId, "RecognizedEntityCredential", std::move(subject));
}

void make_documents() {
  const auto log = chapter_log();
  const std::string did = log.current().did;
  const Json first = first_entry();
  File file("documents/signed.json",
            "Signed documents and the publisher's identity log, SPEC 4.1, 4.2 and the subject's "
            "section. `document` is the "
            "line as it lies in the docs file; `void` is the code of a recognition that is kept "
            "and counts for nothing.",
            Json::object({{"did_log", log_of(first).text()}, {"now", kNow}}));
  const auto add = [&](const std::string& name, const std::string& code, const std::string& why,
                       const std::string& line, Json::Object more = {}) {
    Json::Object members{{"document", line}};
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, code, why, std::move(members));
  };
  const std::string good = document_line(listing(did), did);
  const Json sha = Json(protocol::to_hex(protocol::sha256(good).view()));
  add("a listing", "ok", "the example of SPEC 4.2", good, {{"sha256", sha}, {"t", "listing"}});
  add("a publisher card", "ok", "the card of SPEC 13.2", document_line(card(did), did),
      {{"t", "publisher"}});
  add("a recognition", "ok", "SPEC 4.4", document_line(recognition(did), did),
      {{"t", "recognition"}});
  {
    Json subject = listing_subject();
    subject.set("x_local", Json::array({"anything", 1, true, Json(Json::Object{})}));
    subject.set("audience", "gardeners");
    Json document = listing(did);
    document.set("credentialSubject", subject);
    add("unknown members and values inside a subject", "ok",
        "they are kept, served again and still verify", document_line(document, did),
        {{"t", "listing"}});
  }
  add("not canonical, but the same meaning", "ok",
      "the proof is over the canonical text; the leaf's hash is over the line",
      replaced(good, "\"status\":\"active\"", "\"status\": \"\\u0061ctive\""), {{"t", "listing"}});

  add("nothing", "doc-syntax", "an empty line is no document", "");
  add("a list", "doc-profile", "a document is an object", "[]");
  add("a line end inside", "doc-syntax", "one line",
      replaced(good, "{\"@context\"", "{\n\"@context\""));
  add("something behind it", "doc-syntax", "exactly one value", good + "{}");
  add("a member twice", "doc-syntax", "SPEC 2.1: also spelled with an escape",
      replaced(good, "\"lang\":\"en\"", "\"lang\":\"en\",\"l\\u0061ng\":\"en\""));
  add("a lone surrogate", "doc-syntax", "SPEC 2.1",
      replaced(good, "Tuesday consultation", "\\ud800 consultation"));
  {
    Json subject = listing_subject();
    subject.set("x_filler", std::string(16384, 'a'));
    Json document = listing(did);
    document.set("credentialSubject", subject);
    add("over 16,384 bytes", "doc-syntax", "SPEC 8.1", document_line(document, did));
  }
  const auto changed = [&](const std::string& name, const char* code, const char* why,
                           const std::function<void(Json&)>& change, Json::Object more = {}) {
    Json document = listing(did);
    change(document);
    add(name, code, why, document_line(document, did), std::move(more));
  };
  for (const char* member : {"credentialStatus", "termsOfUse", "evidence", "refreshService"}) {
    changed(std::string("a member ") + member, "doc-profile", "the envelope is a closed list",
            [=](Json& document) {
              document.set(member, Json::object({{"id", "https://x.example"}}));
            });
  }
  for (const char* member : {"validFrom", "validUntil", "issuer", "type", "id"}) {
    changed(std::string("no ") + member, "doc-profile", "all eight members are required",
            [=](Json& document) { document.erase(member); });
  }
  changed("a null deep inside", "doc-profile", "no value anywhere is null", [](Json& document) {
    document.find("credentialSubject")->set("x", Json::array({Json()}));
  });
  changed("a fraction deep inside", "doc-profile", "every number is a plain integer",
          [](Json& document) {
            document.find("credentialSubject")->set("x", Json(Json::Number{1.5, false}));
          });
  add("1.0 for 1", "doc-profile", "a plain integer has no fraction, whatever its value",
      replaced(good, "\"lang\":", "\"x\":1.0,\"lang\":"));
  add("-0", "doc-profile", "a plain integer has one spelling",
      replaced(good, "\"lang\":", "\"x\":-0,\"lang\":"));
  add("1e400", "doc-profile", "not finite as a double",
      replaced(good, "\"lang\":", "\"x\":1e400,\"lang\":"));
  changed("2^53", "doc-profile", "readers in other languages would round it", [](Json& document) {
    document.find("credentialSubject")->set("x", Json(Json::Number{9007199254740992.0, false}));
  });
  changed("2^53-1", "ok", "the largest plain integer",
          [](Json& document) {
            document.find("credentialSubject")->set("x", std::int64_t{9007199254740991});
          },
          {{"t", "listing"}});
  changed("an id in capitals", "doc-profile", "urn:uuid: in lower case", [](Json& document) {
    document.set("id", "urn:uuid:0F1E8A5C-7A0B-4F0E-8F6E-1C2D3E4F5A6B");
  });
  changed("two types of ours", "doc-profile", "one T", [](Json& document) {
    document.set("type", Json::array({"VerifiableCredential", "PeerSupportGroupListing",
                                      "PeerSupportPublisher"}));
  });
  changed("an unknown type", "doc-profile", "one T of the table", [](Json& document) {
    document.set("type", Json::array({"VerifiableCredential", "PeerSupportWish"}));
  });
  changed("an issuer that is an object", "doc-profile", "a text", [](Json& document) {
    document.set("issuer", Json::object({{"id", *document.find("issuer")}}));
  });
  changed("another id in the subject", "doc-profile",
          "the subject of a listing is the document's id",
          [](Json& document) { document.find("credentialSubject")->set("id", kCardId); });
  changed("another type of subject", "doc-profile", "the table of SPEC 4.1", [](Json& document) {
    document.find("credentialSubject")->set("type", "RecognizedEntity");
  });
  changed("valid for 401 days", "doc-profile", "at most 400",
          [](Json& document) { document.set("validUntil", "2027-12-07T09:00:00Z"); });
  changed("valid for 400 days", "ok", "at most 400",
          [](Json& document) { document.set("validUntil", "2027-12-06T09:00:00Z"); },
          {{"t", "listing"}});
  changed("ends when it begins", "doc-profile", "validUntil is after validFrom",
          [](Json& document) { document.set("validUntil", kMade); });
  for (const char* time : {"2027-02-30T00:00:00Z", "2027-02-03T24:00:00Z", "2026-12-31T23:59:60Z",
                           "2027-02-03T00:00:00+00:00", "2027-02-03T00:00:00.0Z",
                           "2027-02-03 00:00:00Z", "2027-02-03t00:00:00z"}) {
    changed(std::string("the time ") + time, "doc-profile", "SPEC 2.3: one form, a real second",
            [=](Json& document) { document.set("validUntil", time); });
  }
  changed("valid from 4 minutes ahead", "ok", "a clock may be 5 minutes behind",
          [](Json& document) { document.set("validFrom", "2026-11-02T08:04:00Z"); },
          {{"t", "listing"}});
  changed("valid from 6 minutes ahead", "doc-future", "more than 5 minutes",
          [](Json& document) { document.set("validFrom", "2026-11-02T08:06:00Z"); });
  changed("the last second", "ok", "valid before validUntil", [](Json&) {},
          {{"now", "2027-07-28T23:59:59Z"}, {"t", "listing"}});
  changed("the second after", "doc-expired", "and not on it", [](Json&) {},
          {{"now", "2027-07-29T00:00:00Z"}});
  changed("another context", "doc-context", "exactly the two", [](Json& document) {
    document.set("@context", Json::array({"https://www.w3.org/ns/credentials/v2"}));
  });
  {
    Json document = parsed(good);
    document.find("@context")->if_array()->push_back("https://evil.example/rename");
    add("a context appended", "doc-context",
        "the bare suite accepts it, and a term could mean something else", canonical(document));
    document.find("proof")->set("@context", *document.find("@context"));
    add("a context appended to both", "doc-context", "exactly the two", canonical(document));
  }
  {
    Json document = parsed(good);
    const Json proof = *document.find("proof");
    Json broken = proof;
    broken.set("proofValue", protocol::to_proof_value(seed(9).sign("another")));
    document.set("proof", Json::array({proof, broken}));
    add("a good proof and a broken one", "doc-profile",
        "one proof, never a list: some verifiers call this verified", canonical(document));
    document.set("proof", Json::array({proof}));
    add("a list of one proof", "doc-profile", "one proof, never a list", canonical(document));
    for (const char* member : {"previousProof", "expires", "domain", "challenge", "nonce"}) {
      Json more = proof;
      more.set(member, "2027-01-01T00:00:00Z");
      document.set("proof", more);
      add(std::string("a proof with ") + member, "doc-profile",
          "members of the proof are a closed list", canonical(document));
    }
    Json other = proof;
    other.set("cryptosuite", "eddsa-rdfc-2022");
    document.set("proof", other);
    add("another suite", "doc-profile", "eddsa-jcs-2022 only", canonical(document));
    other = proof;
    other.set("proofPurpose", "authentication");
    document.set("proof", other);
    add("another purpose", "doc-profile", "assertionMethod", canonical(document));
    document.set("proof", broken);
    add("a signature of something else", "proof-invalid", "SPEC 4.2", canonical(document));
    other = proof;
    other.set("proofValue", "z" + protocol::to_base58(Bytes(63, 7)));
    document.set("proof", other);
    add("63 bytes of signature", "proof-invalid", "64 bytes", canonical(document));
    other.set("proofValue", "z" + std::string(200, '2'));
    document.set("proof", other);
    add("a proof value of 201 characters", "proof-invalid", "at most 100, before any decoding",
        canonical(document));
    other.set("proofValue", protocol::to_base58(Bytes(64, 7)));
    document.set("proof", other);
    add("a proof value without z", "proof-invalid", "multibase", canonical(document));
    // S + L: the same point equation, another scalar.
    const auto signature = *protocol::from_proof_value(*proof.find("proofValue")->if_string());
    Bytes bytes(signature.view().begin(), signature.view().end());
    const std::uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                    0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                    0,    0,    0,    0,    0,    0,    0,    0,
                                    0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      carry += unsigned{bytes[32 + i]} + order[i];
      bytes[32 + i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    other.set("proofValue", "z" + protocol::to_base58(bytes));
    document.set("proof", other);
    add("a scalar that is not reduced", "proof-invalid",
        "SPEC 3.1: S+L signs the same message a second time", canonical(document));
  }
  add("one letter changed", "proof-invalid", "the text is not the one that was signed",
      replaced(good, "Tuesday consultation", "Thursday consultation"));
  add("signed by another key", "proof-invalid", "#sign is another key",
      document_line(listing(did), did, 9));
  add("signed by #node", "proof-key", "#node is not in assertionMethod",
      document_line(listing(did), did, 5, "#node"));
  add("a fragment that does not exist", "proof-key", "SPEC 3.4",
      document_line(listing(did), did, 4, "#sign2"));
  {
    const std::string stranger = kLakeshore;
    add("another issuer", "doc-issuer", "a publisher publishes its own documents only",
        document_line(listing(stranger), stranger));
    add("ours, signed in another name", "doc-issuer",
        "verificationMethod before # is a name of this log too",
        document_line(listing(did), stranger));
    add("the same SCID at a host that the log never had", "doc-issuer",
        "whoever holds that host could speak in this name",
        document_line(listing(replaced(did, "chapter.example", "evil.example")), did));
  }
  {
    const auto start = chapter(6);
    protocol::DidLogChange change{.document = must(protocol::next_did_document(log, start)),
                                  .update_keys = {seed(2).public_key()},
                                  .next_update_keys = {seed(7).public_key(), seed(3).public_key()}};
    const auto line =
        must(protocol::append_did_log(log, change, seed(2), at("2027-01-05T09:00:00Z")));
    const std::string both = log_of(first).text() + line + "\n";
    add("signed before #sign changed", "proof-key",
        "only keys of the newest DID document count: #sign is seed 6 now, and this holds under the "
        "one that it replaced",
        good, {{"did_log", both}, {"now", "2027-01-06T00:00:00Z"}});
    add("signed again after #sign changed", "ok", "the same text, by the new key",
        document_line(listing(did), did, 6),
        {{"did_log", both}, {"now", "2027-01-06T00:00:00Z"}, {"t", "listing"}});
    change.deactivate = true;
    const auto end =
        must(protocol::append_did_log(log, change, seed(2), at("2027-01-05T09:00:00Z")));
    add("of an ended identity", "proof-key", "it has no key that may sign", good,
        {{"did_log", log_of(first).text() + end + "\n"}, {"now", "2027-01-06T00:00:00Z"}});
  }
  const auto recognize = [&](const std::string& name, const char* fault, const char* why,
                             const char* change) {
    const std::string line =
        document_line(recognition(did, parsed(std::string(change).find("$D") == std::string::npos
                                                  ? change
                                                  : replaced(change, "$D", did))),
                      did);
    const bool is_void = std::string(fault) == "edge-constraint";
    Json::Object members{{"t", "recognition"}};
    if (is_void) members.push_back({"void", fault});
    add(name, is_void ? "ok" : fault, why, line, std::move(members));
  };
  recognize("a recognition of one that is no DID", "doc-profile", "id is a did:webvh name",
            R"({"id":"did:web:x.example"})");
  recognize("a name that is no text", "doc-profile", "SPEC 4.4", R"({"name":7})");
  recognize(
      "an unknown constraint", "edge-constraint", "what is not understood cannot be honored",
      R"({"recognizedTo":{"type":"RecognizedAction","action":"issue","recognizedBy":"$D","constraints":{"maxPathLength":1,"only":"weekdays"}}})");
  recognize(
      "a path length that is a text", "edge-constraint", "a plain integer",
      R"({"recognizedTo":{"type":"RecognizedAction","action":"issue","recognizedBy":"$D","constraints":{"maxPathLength":"1"}}})");
  recognize(
      "a negative path length", "edge-constraint", ">= 0",
      R"({"recognizedTo":{"type":"RecognizedAction","action":"issue","recognizedBy":"$D","constraints":{"maxPathLength":-1}}})");
  recognize(
      "an area that is no list", "edge-constraint", "a list of regions",
      R"({"recognizedTo":{"type":"RecognizedAction","action":"issue","recognizedBy":"$D","constraints":{"area":"US"}}})");
  recognize(
      "two entries that issue", "edge-constraint", "which of them holds?",
      R"({"recognizedTo":[{"action":"issue","recognizedBy":"$D"},{"action":"issue","recognizedBy":"$D"}]})");
  recognize("only another action", "edge-constraint", "there is no entry with issue",
            R"({"recognizedTo":{"action":"verify","recognizedBy":"$D"}})");
  recognize(
      "recognized by somebody else", "edge-constraint", "recognizedBy is the issuer",
      R"({"recognizedTo":{"action":"issue","recognizedBy":"did:webvh:Qmdbc77pFudBu6f3YaED6UJkgUGqN1pTpKiT4TnFEuf4Bh:lakeshore.example"}})");
  recognize("an empty atVersion", "edge-constraint", "a text, not empty", R"({"atVersion":""})");
}

// ---- logs

Bytes to_bytes(std::string_view text) { return Bytes(text.begin(), text.end()); }

std::string leaf_put(const char* id, const char* type, std::string_view line, const char* until) {
  protocol::Leaf leaf;
  leaf.id = id;
  leaf.type = type;
  leaf.document = protocol::sha256(line);
  leaf.expires = at(until);
  return protocol::format_leaf(leaf);
}
std::string leaf_del(const char* id, const char* why = "withdrawn") {
  protocol::Leaf leaf;
  leaf.op = protocol::Leaf::Op::del;
  leaf.id = id;
  leaf.why = why;
  return protocol::format_leaf(leaf);
}

std::vector<std::string> example_leaves() {
  const std::string did = chapter_log().current().did;
  return {leaf_put(kCardId, "publisher", document_line(card(did), did), "2027-11-01T09:00:00Z"),
          leaf_put(kListingId, "listing", document_line(listing(did), did), "2027-07-29T00:00:00Z"),
          leaf_del(kListingId)};
}

std::vector<Hash> hashes_of(const std::vector<std::string>& leaves) {
  std::vector<Hash> hashes;
  for (const auto& leaf : leaves) hashes.push_back(protocol::leaf_hash(protocol::as_bytes(leaf)));
  return hashes;
}

std::string checkpoint_note(const std::string& origin, std::uint64_t size, const Hash& root,
                            std::uint8_t sign = 4, const char* heartbeat = kNow,
                            std::uint8_t node = 5) {
  protocol::Note note;
  note.text = protocol::format_checkpoint({origin, size, root});
  note.signatures.push_back(protocol::sign_note(note.text, origin, seed(sign)));
  if (heartbeat) {
    const std::string scid = origin.substr(6, 46);
    note.signatures.push_back(
        protocol::cosign_note(note.text, protocol::node_key_name(scid), seed(node), at(heartbeat)));
  }
  return protocol::format_note(note);
}

void make_checkpoints() {
  const auto log = chapter_log();
  const std::string origin = protocol::feed_origin(log.scid, 1);
  const std::string node_name = protocol::node_key_name(log.scid);
  const auto hashes = hashes_of(example_leaves());
  const Hash root = protocol::naive_root(hashes);
  const std::string good = checkpoint_note(origin, 3, root);
  File file("checkpoints/notes.json",
            "Signed notes and checkpoints, SPEC 5.4, 5.5 and 6.2 step 2: the note, its three "
            "lines, the #sign line, the #node line "
            "and its time are judged in that order; the first that fails gives the code. `node` "
            "absent: the DID document names none.",
            Json::object({{"origin", origin},
                          {"sign", multikey(4)},
                          {"node", multikey(5)},
                          {"node_name", node_name},
                          {"now", kNow}}));
  const auto add = [&](const char* name, const char* code, const char* why, Json note,
                       Json::Object more = {}) {
    Json::Object members{{"note", std::move(note)}};
    if (std::string(code) == "ok") {
      members.push_back({"root", protocol::to_hex(root.view())});
      members.push_back({"size", 3});
    }
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, code, why, std::move(members));
  };
  const Json when = Json(protocol::to_unix(at(kNow)));
  add("a checkpoint", "ok", "the example of SPEC 5.5", good, {{"time", when}});
  const std::string text = protocol::format_checkpoint({origin, 3, root});
  const auto edited = [&](std::string_view from, std::string_view to) {
    return Json(replaced(good, from, to));
  };
  const auto note_of = [&](const std::string& body, std::vector<protocol::NoteSignature> lines) {
    protocol::Note note;
    note.text = body;
    note.signatures = std::move(lines);
    return protocol::format_note(note);
  };
  const auto sign_line = protocol::sign_note(text, origin, seed(4));
  const auto node_line = protocol::cosign_note(text, node_name, seed(5), at(kNow));
  add("lines of strangers", "ok", "names and key ids that are not ours are ignored",
      note_of(text, {protocol::sign_note(text, "other.example/log", seed(30)), sign_line, node_line,
                     protocol::cosign_note(text, "webvh/x/node", seed(31), at(kNow))}),
      {{"time", when}});
  add("our name with another key id", "ok", "the key id tells keys of one name apart",
      note_of(text, {protocol::sign_note(text, origin, seed(30)), sign_line, node_line}),
      {{"time", when}});
  add("two time stamps", "ok", "the latest counts",
      note_of(text, {sign_line,
                     protocol::cosign_note(text, node_name, seed(5), at("2026-11-01T12:00:00Z")),
                     node_line}),
      {{"time", when}});
  add("5 minutes ahead", "ok", "a claimed time may lie 5 minutes ahead", good,
      {{"now", "2026-11-02T07:55:00Z"}, {"time", when}});
  add("more than 5 minutes ahead", "sig-bad", "SPEC 6.2 step 2", good,
      {{"now", "2026-11-02T07:54:59Z"}});
  add("signed by another key", "sig-unknown", "no line with our key id",
      checkpoint_note(origin, 3, root, 9));
  add("without the time stamp", "sig-unknown", "#node is named, so somebody cut the line off",
      checkpoint_note(origin, 3, root, 4, nullptr));
  add("without the time stamp, and without #node", "ok", "no key, no line",
      checkpoint_note(origin, 3, root, 4, nullptr), {{"node", ""}});
  {
    auto wrong = protocol::sign_note(text, origin, seed(4));
    wrong.blob.back() = static_cast<std::uint8_t>(wrong.blob.back() ^ 1);
    add("a signature with one bit flipped", "sig-bad",
        "our name and key id, and it does not verify", note_of(text, {wrong, node_line}));
    add("one good line and one bad of the same key", "sig-bad",
        "one that fails refuses the whole note", note_of(text, {sign_line, wrong, node_line}));
    auto late = node_line;
    late.blob[7] = static_cast<std::uint8_t>(late.blob[7] ^ 1);
    add("a time stamp with another time", "sig-bad", "the time is signed",
        note_of(text, {sign_line, late}));
    add("the signature of another size", "sig-bad", "the text is signed",
        note_of(protocol::format_checkpoint({origin, 4, root}), {sign_line, node_line}));
  }
  add("another origin", "origin-mismatch", "the feed of somebody else",
      checkpoint_note(protocol::feed_origin("Qmdbc77pFudBu6f3YaED6UJkgUGqN1pTpKiT4TnFEuf4Bh", 1), 3,
                      root));
  add("another epoch", "origin-mismatch", "the epoch is part of the origin",
      checkpoint_note(protocol::feed_origin(log.scid, 2), 3, root));
  add("nothing", "note-syntax", "no text, no line", "");
  add("no signature line", "note-syntax", "at least one", text + "\n");
  add("no blank line", "note-syntax", "it stands between text and lines", edited("\n\n", "\n"));
  add("CR LF", "note-syntax", "no byte below 0x20 but LF", edited("\n", "\r\n"));
  add("no LF at the end", "note-syntax", "each line ends with LF", good.substr(0, good.size() - 1));
  add("a hyphen for the dash", "note-syntax", "U+2014", edited("\xe2\x80\x94 ", "- "));
  add("base64 with unused bits set", "note-syntax", "one text for given bytes", [&] {
    std::string bent = good;
    bent[bent.size() - 3] = static_cast<char>(bent[bent.size() - 3] + 1);
    return bent;
  }());
  add("bytes that are no UTF-8", "note-syntax", "valid UTF-8",
      Json::array({base64("\xff\n"), Json(good)}));
  add("over 128 KiB", "note-syntax", "SPEC 8.1",
      Json::array({Json(good),
                   Json::object({{"times", 1200},
                                 {"of", "\xe2\x80\x94 x/y " + std::string(120, 'A') + "\n"}})}));
  const auto bad_text = [&](const char* name, const char* why, const std::string& body) {
    add(name, "note-syntax", why,
        note_of(body, {protocol::sign_note(body, origin, seed(4)),
                       protocol::cosign_note(body, node_name, seed(5), at(kNow))}));
  };
  const std::string root64 = protocol::to_base64(root.view());
  bad_text("an extension line", "exactly three lines, and it is signed", text + "extra\n");
  bad_text("a size with a leading zero", "one spelling of a number",
           origin + "\n03\n" + root64 + "\n");
  bad_text("a negative size", "decimal", origin + "\n-3\n" + root64 + "\n");
  bad_text("a size of 2^53", "below 2^53", origin + "\n9007199254740992\n" + root64 + "\n");
  bad_text("a root of 31 bytes", "32 bytes",
           origin + "\n3\n" + protocol::to_base64(Bytes(31, 1)) + "\n");
  bad_text("two lines", "exactly three", origin + "\n3\n");
}

void make_proofs() {
  std::vector<Hash> leaves;
  for (int i = 0; i < 300; ++i)
    leaves.push_back(protocol::leaf_hash(to_bytes("leaf " + std::to_string(i))));
  const auto hex = [](const Hash& hash) { return Json(protocol::to_hex(hash.view())); };
  const auto list = [&](const std::vector<Hash>& proof) {
    Json::Array items;
    for (const auto& hash : proof) items.push_back(hex(hash));
    return Json(items);
  };
  const auto first = [&](std::size_t n) { return std::span(leaves).first(n); };
  File file("proofs/merkle.json",
            "Proofs of RFC 9162 over a log whose leaf i is the text `leaf i` (SPEC 5.2). "
            "`bad-request`: no proof could answer this.");
  const auto inclusion = [&](std::uint64_t index, std::uint64_t size, const std::string& name,
                             const char* code, const char* why,
                             std::function<void(std::vector<Hash>&)> change = {}) {
    auto proof = protocol::inclusion_proof(first(size), index < size ? index : 0);
    if (change) change(proof);
    file.add(name, code, why,
             {{"proof_of", "inclusion"},
              {"index", static_cast<std::int64_t>(index)},
              {"size", static_cast<std::int64_t>(size)},
              {"leaf", hex(leaves[index])},
              {"root", hex(protocol::naive_root(first(size)))},
              {"proof", list(proof)}});
  };
  for (const auto& [index, size] :
       {std::pair{0, 1}, {0, 2}, {2, 3}, {5, 7}, {255, 256}, {256, 257}, {100, 300}}) {
    inclusion(static_cast<std::uint64_t>(index), static_cast<std::uint64_t>(size),
              "leaf " + std::to_string(index) + " of " + std::to_string(size), "ok", "SPEC 5.2");
  }
  inclusion(5, 7, "a hash too many", "equivocation", "the length follows from index and size",
            [&](auto& proof) { proof.push_back(leaves[0]); });
  inclusion(5, 7, "a hash too few", "equivocation", "the length follows from index and size",
            [](auto& proof) { proof.pop_back(); });
  inclusion(5, 7, "two hashes exchanged", "equivocation", "order is left and right",
            [](auto& proof) { std::swap(proof[0], proof[1]); });
  const auto consistency = [&](std::uint64_t old_size, std::uint64_t size, const std::string& name,
                               const char* code, const char* why,
                               std::function<void(std::vector<Hash>&)> change = {}) {
    auto proof = old_size == 0 || old_size >= size
                     ? std::vector<Hash>{}
                     : protocol::consistency_proof(first(size), old_size);
    if (change) change(proof);
    file.add(name, code, why,
             {{"proof_of", "consistency"},
              {"old_size", static_cast<std::int64_t>(old_size)},
              {"size", static_cast<std::int64_t>(size)},
              {"old_root", hex(protocol::naive_root(first(old_size)))},
              {"root", hex(protocol::naive_root(first(size)))},
              {"proof", list(proof)}});
  };
  for (const auto& [old_size, size] : {std::pair{0, 1},
                                       {0, 0},
                                       {1, 1},
                                       {1, 2},
                                       {3, 7},
                                       {4, 8},
                                       {6, 7},
                                       {255, 256},
                                       {256, 257},
                                       {17, 300}}) {
    consistency(static_cast<std::uint64_t>(old_size), static_cast<std::uint64_t>(size),
                std::to_string(old_size) + " to " + std::to_string(size), "ok", "SPEC 5.2");
  }
  consistency(7, 3, "a log that shrinks", "bad-request", "no proof can answer this");
  consistency(3, 7, "64 hashes", "bad-request", "at most 63",
              [&](auto& proof) { proof.assign(64, leaves[0]); });
  consistency(0, 7, "a proof from nothing", "equivocation", "it must be empty",
              [&](auto& proof) { proof.push_back(leaves[0]); });
  consistency(7, 7, "a proof between equals", "equivocation", "it must be empty",
              [&](auto& proof) { proof.push_back(leaves[0]); });
  consistency(3, 7, "one bit changed", "equivocation", "another history",
              [&](auto& proof) { proof[0] = leaves[9]; });
  consistency(4, 8, "a hash too many at a power of two", "equivocation",
              "the length follows from the sizes",
              [&](auto& proof) { proof.push_back(leaves[0]); });
}

// ---- whole folders, read again and again

/// A publisher's folder, made as SPEC 6.1 says.
struct Feed {
  std::string did_log;
  std::string did;
  std::string scid;
  std::uint64_t epoch = 1;
  std::vector<std::string> leaves;
  std::vector<std::string> docs;
  std::uint8_t sign = 4;
  const char* heartbeat = kNow;

  std::string base() const {
    return "https://chapter.example/o/main/feed/" + std::to_string(epoch);
  }
  void put(const char* id, const char* type, const Json& document, const char* until) {
    const std::string line = document_line(document, did, sign);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (leaves[i].find(id) != std::string::npos) docs[i].clear();
    }
    leaves.push_back(leaf_put(id, type, line, until));
    docs.push_back(line);
  }
  void add(std::string leaf, std::string line = "") {
    leaves.push_back(std::move(leaf));
    docs.push_back(std::move(line));
  }
  void del(const char* id) {
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (leaves[i].find(id) != std::string::npos) docs[i].clear();
    }
    add(leaf_del(id));
  }
  Json files() const {
    const auto hashes = hashes_of(leaves);
    const auto size = static_cast<std::uint64_t>(leaves.size());
    Json made{Json::Object()};
    made.set("https://chapter.example/o/main/did.jsonl", did_log);
    made.set(base() + "/checkpoint",
             checkpoint_note(protocol::feed_origin(scid, epoch), size, protocol::naive_root(hashes),
                             sign, heartbeat));
    if (size > 0) {
      std::vector<Bytes> entries;
      for (const auto& leaf : leaves) entries.push_back(to_bytes(leaf));
      const Bytes bundle = protocol::encode_bundle(entries);
      made.set(base() + "/" + protocol::entries_path(0, size), base64(protocol::as_text(bundle)));
      made.set(base() + "/" + protocol::hash_tile_path(0, 0, size),
               base64(protocol::as_text(protocol::hash_tile_bytes(hashes, {0, 0, size}))));
      std::string lines;
      for (const auto& line : docs) lines += line + "\n";
      made.set(base() + "/" + protocol::docs_path(0), lines);
    }
    return made;
  }
};

Feed example_feed() {
  const Json first = first_entry();
  Feed feed;
  feed.did_log = log_of(first).text();
  feed.did = did_of(first);
  feed.scid = *first.find("parameters")->find("scid")->if_string();
  feed.put(kCardId, "publisher", card(feed.did), "2027-11-01T09:00:00Z");
  feed.put(kListingId, "listing", listing(feed.did), "2027-07-29T00:00:00Z");
  return feed;
}

Json without_file(Json files, const std::string& ending) {
  Json left{Json::Object()};
  for (auto& [url, body] : *files.if_object()) {
    if (!url.ends_with(ending)) left.set(url, body);
  }
  return left;
}
Json with_file(Json files, const std::string& ending, Json body) {
  for (auto& [url, old] : *files.if_object()) {
    if (url.ends_with(ending)) old = body;
  }
  return files;
}
std::string body_of(const Json& files, const std::string& ending) {
  for (const auto& [url, body] : *files.if_object()) {
    if (url.ends_with(ending)) {
      if (body.if_string()) return *body.if_string();
      const auto bytes = protocol::from_base64(*body.find("base64")->if_string());
      return std::string(protocol::as_text(*bytes));
    }
  }
  throw std::logic_error(ending);
}

void make_cycles() {
  const Feed before = example_feed();
  File file("cycles/folders.json",
            "Whole folders, read one after another by one follower that remembers what SPEC 6.2 "
            "says. Each of `steps` has its time, "
            "its files by URL (what is not there answers 404), and what comes of it: `expect` of "
            "the cycle (`ok` or the code that "
            "refused it), `applied` and `size`, `stopped` (why leaves stopped), and `records`: "
            "`shown`, `gone` or a code. The case's "
            "own `expect` is the one code it is about.",
            Json::object({{"did", before.did}}));
  const Json listing_shown = Json::object({{kListingId, "shown"}});
  const auto step = [](const char* now, Json files_of, const char* expect, Json::Object more = {}) {
    Json made = Json::object({{"now", now}, {"files", std::move(files_of)}, {"expect", expect}});
    for (auto& [name, value] : more) made.set(name, value);
    return made;
  };
  const auto add = [&](const char* name, const char* expect, const char* why, Json::Array steps,
                       Json::Object more = {}) {
    Json::Object members{{"steps", Json(std::move(steps))}};
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, expect, why, std::move(members));
  };
  const Json first_state = before.files();
  const Json both_shown = Json::object({{kCardId, "shown"}, {kListingId, "shown"}});
  const Json first_step =
      step(kNow, first_state, "ok", {{"size", 2}, {"applied", 2}, {"records", both_shown}});
  constexpr const char* kLater = "2026-11-02T09:00:00Z";
  add("a first contact", "ok", "a card and a listing", {first_step});
  {
    Feed after = before;
    after.heartbeat = kLater;
    after.del(kListingId);
    add("a withdrawal", "ok", "the del removes the record, and its line is blank",
        {first_step,
         step(kLater, after.files(), "ok",
              {{"size", 3}, {"applied", 3}, {"records", Json::object({{kListingId, "gone"}})}})});
    add("put and withdrawn between two readings", "ok",
        "only the last leaf of an id counts, so nothing flashes up",
        {step(kLater, after.files(), "ok",
              {{"size", 3},
               {"applied", 3},
               {"records", Json::object({{kCardId, "shown"}, {kListingId, "gone"}})}})});
    add("an older folder", "rollback", "a shorter state of the same history: the newer one stays",
        {step(kLater, after.files(), "ok"), step(kLater, first_state, "rollback")});
    Feed other = before;
    other.heartbeat = kLater;
    other.leaves.back() = leaf_del(kListingId, "mistake");
    other.docs.back().clear();
    add("two histories of one size", "equivocation", "two signed roots for size 2",
        {first_step, step(kLater, other.files(), "equivocation")});
    other.del(kCardId);
    add("two histories, the second longer", "equivocation",
        "the old root is not the root of the first 2 leaves; the level-0 tile says so",
        {first_step, step(kLater, other.files(), "equivocation")});
    const std::string bundle = body_of(after.files(), "entries/000.p/3");
    std::string bent = bundle;
    bent[bent.size() - 5] = static_cast<char>(bent[bent.size() - 5] ^ 1);
    add("a byte of an entry changed", "corrupt-mirror",
        "the host's fault, not the publisher's: the tiles give the signed root",
        {first_step, step(kLater, with_file(after.files(), "entries/000.p/3", base64(bent)),
                          "corrupt-mirror")});
    add("a bundle with a byte behind it", "leaf-syntax",
        "exactly its entries and nothing behind them",
        {first_step, step(kLater, with_file(after.files(), "entries/000.p/3", base64(bundle + "x")),
                          "leaf-syntax")});
    add("no bundle", "fetch-http", "404 for the partial bundle and for the full one",
        {first_step, step(kLater, without_file(after.files(), "entries/000.p/3"), "fetch-http")});
  }
  add("no identity log", "fetch-http",
      "404; SPEC 9.1 did-unreachable is the same trouble in other words",
      {step(kNow, without_file(first_state, "did.jsonl"), "fetch-http")});
  add("an identity log that is none", "did-syntax", "SPEC 3.3",
      {step(kNow, with_file(first_state, "did.jsonl", "hello\n"), "did-syntax")});
  {
    const auto log = chapter_log();
    protocol::DidLogChange change{.document = must(protocol::next_did_document(log, chapter(6))),
                                  .update_keys = {seed(2).public_key()},
                                  .next_update_keys = {seed(7).public_key(), seed(3).public_key()}};
    constexpr const char* kRotated = "2026-11-03T09:00:00Z";
    const std::string line = must(protocol::append_did_log(log, change, seed(2), at(kRotated)));
    Feed rotated = before;
    rotated.did_log += line + "\n";
    rotated.sign = 6;
    rotated.heartbeat = kRotated;
    rotated.put(kCardId, "publisher", card(before.did), "2027-11-01T09:00:00Z");
    rotated.put(kListingId, "listing", listing(before.did), "2027-07-29T00:00:00Z");
    add("a new #sign with everything signed again", "ok", "SPEC 3.5",
        {first_step, step(kRotated, rotated.files(), "ok",
                          {{"size", 4}, {"applied", 4}, {"records", both_shown}})});
    const Json only_log = with_file(first_state, "did.jsonl", rotated.did_log);
    add("a new #sign before its checkpoint", "sig-unknown", "the last good state stays",
        {first_step, step(kRotated, only_log, "sig-unknown")});
    add("a cut identity log", "did-rollback", "the newest entry, which was seen, is missing",
        {step(kRotated, rotated.files(), "ok"),
         step(kRotated, with_file(rotated.files(), "did.jsonl", before.did_log), "did-rollback")});
    protocol::DidLogChange other = change;
    other.document = must(protocol::next_did_document(log, chapter(8)));
    const std::string fork = must(protocol::append_did_log(log, other, seed(2), at(kRotated)));
    add("a forked identity log", "did-fork", "another second entry than the one that was seen",
        {step(kRotated, rotated.files(), "ok"),
         step(kRotated, with_file(rotated.files(), "did.jsonl", before.did_log + fork + "\n"),
              "did-fork")});
    protocol::DidLogChange end = change;
    end.deactivate = true;
    const std::string last = must(protocol::append_did_log(log, end, seed(2), at(kRotated)));
    add("an ended identity", "did-deactivated", "its listings are hidden",
        {first_step,
         step(kRotated, with_file(first_state, "did.jsonl", before.did_log + last + "\n"),
              "did-deactivated")});
    protocol::DidLogStart renewed = chapter(6);
    renewed.feed_url = "https://chapter.example/o/main/feed/2";
    protocol::DidLogChange epoch = change;
    epoch.document = must(protocol::next_did_document(log, renewed));
    const std::string second = must(protocol::append_did_log(log, epoch, seed(2), at(kRotated)));
    Feed fresh = before;
    fresh.leaves.clear();
    fresh.docs.clear();
    fresh.did_log += second + "\n";
    fresh.epoch = 2;
    fresh.sign = 6;
    fresh.heartbeat = kRotated;
    fresh.put(kListingId, "listing", listing(before.did), "2027-07-29T00:00:00Z");
    add("a new epoch", "ok", "size 0, nothing applied: what the old epoch held is over",
        {first_step,
         step(kRotated, fresh.files(), "ok",
              {{"size", 1}, {"applied", 1}, {"new_epoch", true}, {"records", listing_shown}})});
  }
  {
    // Entry 2 names two witnesses who must agree, and itself needs them.
    const Entries one = log_of(first_entry());
    const Entries watched =
        grown(one, next_entry(one, parameter("witness", witnesses_of(2, {20, 21}))));
    const auto version = watched.last_version();
    const auto witnessed = [&](const Json& proofs) {
      Json files = with_file(first_state, "did.jsonl", watched.text());
      if (!proofs.is_null()) {
        files.set("https://chapter.example/o/main/did-witness.json",
                  canonical(Json::array({proofs})));
      }
      return files;
    };
    const Json agreed = witnessed(witness_proofs(version, {20, 21}));
    add("an identity log with its witnesses' proofs", "ok", "step 1, SPEC 3.3 rule 11",
        {first_step, step(kLater, agreed, "ok", {{"size", 2}, {"applied", 2}})});
    add("an identity log without its witnesses' proofs", "did-invalid",
        "404: a witnessed log without the file",
        {first_step, step(kLater, witnessed(Json()), "did-invalid")});
    add("an identity log with one proof of two", "did-invalid", "SPEC 3.3 rule 11: the threshold",
        {first_step, step(kLater, witnessed(witness_proofs(version, {20})), "did-invalid")});
    add("proofs that are gone later", "ok",
        "step 1: the log is the one that was accepted, and what proved it is kept",
        {step(kLater, agreed, "ok"), step(kLater, witnessed(Json()), "ok")});
    add("a witnessed log cut back", "did-rollback", "the newest entry, which was seen, is missing",
        {step(kLater, agreed, "ok"), step(kLater, first_state, "did-rollback")});
  }
  {
    const Json no_feed = first_entry([](Json& entry) { entry.find("state")->erase("service"); });
    add("an identity without a feed", "feed-missing", "SPEC 3.4",
        {step(kNow, with_file(first_state, "did.jsonl", log_of(no_feed).text()), "feed-missing")},
        {{"did", did_of(no_feed)}});
  }
  add("a checkpoint that is none", "note-syntax", "SPEC 5.4",
      {step(kNow, with_file(first_state, "/checkpoint", "hello\n"), "note-syntax")});
  {
    Feed other = before;
    other.sign = 9;
    const std::string foreign = body_of(other.files(), "/checkpoint");
    add("a checkpoint by another key", "sig-unknown", "SPEC 5.4",
        {step(kNow, with_file(first_state, "/checkpoint", foreign), "sig-unknown")});
    std::string text = body_of(first_state, "/checkpoint");
    add("a checkpoint of another feed", "origin-mismatch", "SPEC 5.5",
        {step(kNow, with_file(first_state, "/checkpoint", replaced(text, "/1\n2\n", "/2\n2\n")),
              "origin-mismatch")});
    add("a checkpoint with another size", "sig-bad", "the text is signed",
        {step(kNow, with_file(first_state, "/checkpoint", replaced(text, "/1\n2\n", "/1\n1\n")),
              "sig-bad")});
  }
  const auto stopping = [&](const char* name, const char* code, const char* why,
                            const std::string& leaf) {
    Feed feed = before;
    feed.add(leaf);
    Feed published = feed;
    published.leaves.push_back(leaf_del(kListingId));
    published.docs.push_back("");
    add(name, code, why,
        {step(kNow, published.files(), "ok",
              {{"size", 4}, {"applied", 2}, {"stopped", code}, {"records", both_shown}})});
  };
  stopping("a leaf with an unknown operation", "unsupported-op",
           "leaves before it take effect, none from it on", R"({"op":"prune","to":2})");
  stopping("a leaf that is not canonical", "leaf-syntax",
           "leaves before it take effect, none from it on", R"({"op":"del", "id":"x"})");
  {
    Feed feed = before;
    feed.add(leaf_put("urn:uuid:2c5ea4c0-4067-41e9-8bad-9b1deb4d3b7d", "wish", "whatever",
                      "2027-11-01T09:00:00Z"));
    add("a leaf of an unknown type", "ok", "hashed and skipped",
        {step(kNow, feed.files(), "ok", {{"size", 3}, {"applied", 3}, {"records", both_shown}})});
    add("more leaves than a day's quota", "quota",
        "SPEC 8.2: 4,999 new leaves were taken earlier this day, one is left",
        {first_step, step(kNow,
                          [&] {
                            Feed more = before;
                            more.del(kListingId);
                            more.del(kCardId);
                            return more.files();
                          }(),
                          "ok",
                          {{"new_leaves_today", 4999},
                           {"size", 4},
                           {"applied", 3},
                           {"stopped", "quota"},
                           {"records", Json::object({{kListingId, "gone"}})}})});
  }
  const std::string docs = body_of(first_state, "docs/000.jsonl");
  const std::string card_line = docs.substr(0, docs.find('\n'));
  const std::string listing_line =
      docs.substr(card_line.size() + 1, docs.size() - card_line.size() - 2);
  const auto bad_line = [&](const char* name, const char* code, const char* why,
                            const std::string& lines) {
    add(name, code, why,
        {step(kNow, with_file(first_state, "docs/000.jsonl", lines), "ok",
              {{"size", 2},
               {"applied", 2},
               {"records", Json::object({{kCardId, "shown"}, {kListingId, code}})}})});
  };
  bad_line("a blank line", "doc-missing", "that record only", card_line + "\n\n");
  bad_line("a missing line", "doc-missing", "that record only", card_line + "\n");
  bad_line("a byte of a line changed", "doc-hash", "not the bytes that the leaf names",
           card_line + "\n" + replaced(listing_line, "Tuesday", "Thursday") + "\n");
  bad_line("the same meaning in other bytes", "doc-hash", "bytes are compared, not meanings",
           card_line + "\n" + replaced(listing_line, "\"lang\":", "\"lang\": ") + "\n");
  bad_line("another record's line", "doc-hash", "not the bytes that the leaf names",
           card_line + "\n" + card_line + "\n");
  add("no docs file", "doc-missing", "its records only; the log is read all the same",
      {step(kNow, without_file(first_state, "docs/000.jsonl"), "ok",
            {{"size", 2},
             {"applied", 2},
             {"records", Json::object({{kCardId, "doc-missing"}, {kListingId, "doc-missing"}})}})});
  const auto committed = [&](const char* name, const char* code, const char* why,
                             const std::string& line, const char* type = "listing",
                             const char* until = "2027-07-29T00:00:00Z",
                             const char* id = kListingId) {
    Feed feed = before;
    feed.leaves[1] = leaf_put(id, type, line, until);
    feed.docs[1] = line;
    add(name, code, why,
        {step(kNow, feed.files(), "ok",
              {{"size", 2},
               {"applied", 2},
               {"records", Json::object({{kCardId, "shown"}, {id, code}})}})});
  };
  const std::string did = before.did;
  committed("a committed text that is no JSON", "doc-syntax", "SPEC 6.2 step 6", "hello");
  committed("a committed document with another context", "doc-context", "SPEC 4.2", [&] {
    Json document = listing(did);
    document.set("@context", Json::array({"https://www.w3.org/ns/credentials/v2"}));
    return document_line(document, did);
  }());
  committed("a committed document of another issuer", "doc-issuer", "SPEC 4.2",
            document_line(listing(kLakeshore), kLakeshore));
  committed("a committed document signed by #node", "proof-key", "SPEC 4.2",
            document_line(listing(did), did, 5, "#node"));
  committed("a committed document with a false proof", "proof-invalid", "SPEC 4.2",
            document_line(listing(did), did, 9));
  committed("a committed document from the future", "doc-future", "SPEC 4.1", [&] {
    Json document = listing(did);
    document.set("validFrom", "2026-12-01T00:00:00Z");
    return document_line(document, did);
  }());
  committed("a document under another leaf's id", "doc-hash", "the document's id is the leaf's",
            document_line(listing(did), did), "listing", "2027-07-29T00:00:00Z",
            "urn:uuid:2c5ea4c0-4067-41e9-8bad-9b1deb4d3b7d");
  committed("a listing under a leaf that says recognition", "doc-profile",
            "its type is the leaf's t", document_line(listing(did), did), "recognition");
  committed("another validUntil than the leaf's exp", "doc-profile", "both must agree",
            document_line(listing(did), did), "listing", "2027-07-30T00:00:00Z");
  committed("a leaf that has expired", "doc-expired", "its document is not even read",
            document_line(listing(did), did), "listing", "2026-11-02T00:00:00Z");
}

void make_bundles() {
  const auto leaves = example_leaves();
  std::vector<Bytes> entries;
  for (const auto& leaf : leaves) entries.push_back(to_bytes(leaf));
  const Bytes bundle = protocol::encode_bundle(entries);
  const std::string text(protocol::as_text(bundle));
  const auto hashes = hashes_of(leaves);
  Json::Array list;
  for (const auto& hash : hashes) list.push_back(protocol::to_hex(hash.view()));
  File file("bundles/bundles.json",
            "Entry bundles, SPEC 5.3: exactly `width` entries and nothing behind them. "
            "`leaf_hashes`, `root`: of its entries.");
  file.add("the example log", "ok", "SPEC 5.3, 383 bytes",
           {{"bundle", base64(text)},
            {"width", 3},
            {"leaf_hashes", Json(list)},
            {"root", protocol::to_hex(protocol::naive_root(hashes).view())}});
  file.add("an entry without bytes", "ok",
           "a length of 0 is a length; the leaf in it is another question",
           {{"bundle", base64(std::string_view("\0\0", 2))},
            {"width", 1},
            {"leaf_hashes", Json::array({protocol::to_hex(protocol::leaf_hash({}).view())})}});
  file.add("fewer entries than the width", "leaf-syntax", "exactly",
           {{"bundle", base64(text)}, {"width", 4}});
  file.add("more entries than the width", "leaf-syntax", "nothing behind them",
           {{"bundle", base64(text)}, {"width", 2}});
  file.add("a byte behind the last", "leaf-syntax", "nothing behind them",
           {{"bundle", base64(text + "x")}, {"width", 3}});
  file.add("cut within an entry", "leaf-syntax", "its length says more",
           {{"bundle", base64(text.substr(0, text.size() - 1))}, {"width", 3}});
  file.add("cut within a length", "leaf-syntax", "two bytes",
           {{"bundle", base64(std::string_view("\0", 1))}, {"width", 1}});
  file.add("nothing", "leaf-syntax", "a width of 1 has one entry", {{"bundle", ""}, {"width", 1}});
}

// ---- news for a witness

void make_add_checkpoint() {
  const auto log = chapter_log();
  const std::string origin = protocol::feed_origin(log.scid, 1);
  const std::string node_name = protocol::node_key_name(log.scid);
  const std::string witness_name = "webvh/witness.example/node";
  std::vector<std::string> leaves = example_leaves();
  const auto hashes = hashes_of(leaves);
  const auto root = [&](std::size_t size) {
    return protocol::naive_root(std::span(hashes).first(size));
  };
  const auto hex = [](const Hash& hash) { return Json(protocol::to_hex(hash.view())); };
  const std::string note3 = checkpoint_note(origin, 3, root(3));
  const auto proof23 = protocol::consistency_proof(hashes, 2);
  const std::string good = protocol::format_add_checkpoint(2, proof23, note3);
  File file("add_checkpoint/requests.json",
            "What a witness answers, SPEC 5.6. `known_size` and `known_root`: its known head of "
            "`origin`, the only log it knows, with the keys `sign` and, where it is not empty, "
            "`node`. `status`: of the answer. `answer`: its body where that is set: for 200 the "
            "line of the key `witness` at `now`, for 409 the known size. `fork`: proof of two "
            "histories, too.",
            Json::object({{"origin", origin},
                          {"sign", multikey(4)},
                          {"node", multikey(5)},
                          {"node_name", node_name},
                          {"known_size", 2},
                          {"known_root", hex(root(2))},
                          {"witness", multikey(20)},
                          {"witness_name", witness_name},
                          {"now", kNow}}));
  const auto add = [&](const char* name, int status, const char* why, Json request,
                       Json::Object more = {}) {
    Json::Object members{{"status", status}, {"request", std::move(request)}};
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, status == 200 ? "ok" : "refused", why, std::move(members));
  };
  const auto line = [&](std::uint64_t size, const Hash& of) {
    return Json(protocol::format_signature_line(protocol::cosign_note(
        protocol::format_checkpoint({origin, size, of}), witness_name, seed(20), at(kNow))));
  };
  const auto knows = [&](std::size_t size) {
    return Json::Object{{"known_size", static_cast<std::int64_t>(size)},
                        {"known_root", hex(root(size))}};
  };
  const auto with = [](Json::Object members, const char* name, Json value) {
    members.push_back({name, std::move(value)});
    return members;
  };
  const auto request = [&](std::uint64_t old_size, const std::vector<Hash>& proof,
                           const std::string& note) {
    return Json(protocol::format_add_checkpoint(old_size, proof, note));
  };
  const auto edited = [&](std::string_view from, std::string_view to) {
    return Json(replaced(good, from, to));
  };

  add("one leaf more", 200, "the example of SPEC 5.6", good, {{"answer", line(3, root(3))}});
  add("a log that is seen for the first time", 200, "from size 0, without any hash",
      request(0, {}, note3), with(knows(0), "answer", line(3, root(3))));
  add("the known head again", 200, "same size, same root, no hash", request(3, {}, note3),
      with(knows(3), "answer", line(3, root(3))));
  add("an empty log", 200, "size 0 with the root of no leaves",
      request(0, {}, checkpoint_note(origin, 0, protocol::empty_root())),
      with(knows(0), "answer", line(0, protocol::empty_root())));
  add("without a time stamp", 200, "the log's own line is enough for a witness",
      request(2, proof23, checkpoint_note(origin, 3, root(3), 4, nullptr)),
      {{"answer", line(3, root(3))}});
  add("a time stamp 5 minutes ahead", 200, "a claimed time may lie 5 minutes ahead",
      request(2, proof23, checkpoint_note(origin, 3, root(3), 4, "2026-11-02T08:05:00Z")));
  {
    auto note = must(protocol::parse_note(note3));
    note.signatures.insert(note.signatures.begin(),
                           protocol::sign_note(note.text, "other.example/log", seed(30)));
    add("lines of strangers", 200, "names and key ids that are not the log's are ignored",
        request(2, proof23, protocol::format_note(note)), {{"answer", line(3, root(3))}});
  }

  add("over 64 KiB", 413, "before anything else is read",
      Json::array({Json(good),
                   Json::object({{"times", 600},
                                 {"of", "\xe2\x80\x94 x/y " + std::string(120, 'A') + "\n"}})}));
  add("nothing", 400, "the form", "");
  add("only the checkpoint", 400, "the form begins with old", note3);
  add("another word than old", 400, "the form", edited("old 2\n", "new 2\n"));
  add("a size with a leading zero", 400, "one spelling of a number", edited("old 2\n", "old 02\n"));
  add("a negative size", 400, "decimal", edited("old 2\n", "old -2\n"));
  add("a size of 2^53", 400, "below 2^53", edited("old 2\n", "old 9007199254740992\n"));
  add("two spaces", 400, "one spelling", edited("old 2\n", "old  2\n"));
  add("CR LF", 400, "lines end with LF", edited("\n", "\r\n"));
  add("no blank line", 400, "it stands between hashes and checkpoint",
      Json("old 2\n" + good.substr(good.find("\n\n") + 2)));
  add("a hash of 31 bytes", 400, "32 bytes",
      Json("old 2\n" + protocol::to_base64(Bytes(31, 1)) + "\n\n" + note3));
  add("a hash in base64url without padding", 400, "the standard alphabet, padded",
      edited("i0QbdTQp7KDUoDBM1wAuDjwTpseTQIpDFP0KSvK881I=",
             "i0QbdTQp7KDUoDBM1wAuDjwTpseTQIpDFP0KSvK881I"));
  {
    std::string many = "old 2\n";
    for (int i = 0; i < 64; ++i) many += protocol::to_base64(proof23[0].view()) + "\n";
    add("64 hashes", 400, "at most 63", Json(many + "\n" + note3));
  }
  add("no checkpoint", 400, "a signed note",
      Json("old 2\n" + protocol::to_base64(proof23[0].view()) + "\n\n"));
  add("a checkpoint without any line", 400, "SPEC 5.4",
      request(2, proof23, protocol::format_checkpoint({origin, 3, root(3)}) + "\n"));
  {
    protocol::Note note;
    note.text = protocol::format_checkpoint({origin, 3, root(3)}) + "extra\n";
    note.signatures.push_back(protocol::sign_note(note.text, origin, seed(4)));
    add("a checkpoint with an extension", 400, "three lines, ever",
        request(2, proof23, protocol::format_note(note)));
  }
  add("a byte behind it", 400, "the note ends with its last line", Json(good + "x"));

  const std::string other =
      protocol::feed_origin("Qmdbc77pFudBu6f3YaED6UJkgUGqN1pTpKiT4TnFEuf4Bh", 1);
  add("a log that is not known here", 404, "its keys are not known either",
      request(0, {}, checkpoint_note(other, 3, root(3))));
  add("another epoch", 404, "the present one only",
      request(0, {}, checkpoint_note(protocol::feed_origin(log.scid, 2), 3, root(3))));
  add("a log that is not known, by nobody's key", 404, "404 comes before signatures",
      request(7, {}, checkpoint_note(other, 3, root(3), 9)));

  add("signed by another key", 403, "no line of #sign",
      request(2, proof23, checkpoint_note(origin, 3, root(3), 9)));
  add("another key, and an old size above the checkpoint's", 403, "signatures come before sizes",
      request(4, {}, checkpoint_note(origin, 3, root(3), 9)));
  add("another size than was signed", 403, "the text is signed",
      request(2, proof23, replaced(note3, "/1\n3\n", "/1\n4\n")));
  {
    auto note = must(protocol::parse_note(note3));
    note.signatures[1].blob[20] = static_cast<std::uint8_t>(note.signatures[1].blob[20] ^ 1);
    add("a time stamp that does not verify", 403, "a line of #node, where it is there, must hold",
        request(2, proof23, protocol::format_note(note)));
    add("the same where no #node is named", 200, "then it is a stranger's line",
        request(2, proof23, protocol::format_note(note)), {{"node", ""}});
  }
  add("a time stamp too far ahead", 403, "more than 5 minutes",
      request(2, proof23, checkpoint_note(origin, 3, root(3), 4, "2026-11-02T08:05:01Z")));
  {
    auto note = must(protocol::parse_note(checkpoint_note(origin, 3, root(3), 4, nullptr)));
    note.signatures.push_back(protocol::cosign_note(note.text, node_name, seed(5),
                                                    protocol::from_unix(std::int64_t{1} << 62)));
    add("a time stamp after the year 9999", 403, "a number that is no date of SPEC 2.3",
        request(2, proof23, protocol::format_note(note)));
  }

  add("an old size above the checkpoint's", 400, "no log shrinks", request(4, {}, note3));
  add("a shorter state", 400, "old 3, size 2", request(3, {}, checkpoint_note(origin, 2, root(2))),
      knows(3));
  add("no leaves and another root", 422, "false whatever is known",
      request(0, {}, checkpoint_note(origin, 0, root(2))), knows(2));

  add("the sender knows less", 409, "the answer says from which size to prove",
      request(1, protocol::consistency_proof(hashes, 1), note3), {{"answer", "2\n"}});
  add("the sender knows more", 409, "the answer says from which size to prove",
      request(3, {}, note3), {{"answer", "2\n"}});
  add("a shorter state, honestly", 409, "old 2 is not the known head any more",
      request(2, {}, checkpoint_note(origin, 2, root(2))), with(knows(3), "answer", "3\n"));
  add("another old size and no proof at all", 409, "409 comes before the proof",
      request(1, {}, note3), {{"answer", "2\n"}});

  add("no proof", 422, "one is needed from 2 to 3", request(2, {}, note3));
  add("a wrong hash", 422, "it does not lead from the known head", request(2, {root(2)}, note3));
  add("a hash too many", 422, "the length follows from the sizes",
      request(2, {proof23[0], root(2)}, note3));
  add("a proof from nothing", 422, "it must be empty", request(0, {root(2)}, note3), knows(0));
  add("a proof between equals", 422, "it must be empty", request(3, {root(2)}, note3), knows(3));
  add("a proof of another history", 422, "the known head has another root",
      request(2, proof23, note3), {{"known_root", hex(root(3))}});
  add("same size, other root", 422, "two histories, signed by one key",
      request(2, {}, checkpoint_note(origin, 2, root(3))), {{"fork", true}});
}

// ---- proofs of one entry

void make_tlog_proofs() {
  const auto log = chapter_log();
  const std::string origin = protocol::feed_origin(log.scid, 1);
  const auto leaves = example_leaves();
  const auto hashes = hashes_of(leaves);
  const Hash root = protocol::naive_root(hashes);
  const auto proof_of = [&](std::size_t index) {
    return protocol::TlogProof{
        {}, index, protocol::inclusion_proof(hashes, index), checkpoint_note(origin, 3, root)};
  };
  const std::string good = protocol::format_tlog_proof(proof_of(1));
  File file("tlog_proofs/texts.json", "Proofs of one entry, SPEC 5.7. `leaf`: the entry's bytes.",
            Json::object({{"origin", origin}, {"sign", multikey(4)}, {"leaf", leaves[1]}}));
  const auto add = [&](const char* name, const char* code, const char* why, Json proof,
                       Json::Object more = {}) {
    Json::Object members{{"proof", std::move(proof)}};
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, code, why, std::move(members));
  };
  const auto found = [&](std::size_t index) {
    return Json::Object{{"index", static_cast<std::int64_t>(index)},
                        {"size", 3},
                        {"root", protocol::to_hex(root.view())},
                        {"leaf", leaves[index]}};
  };
  const auto text = [](const protocol::TlogProof& proof) {
    return Json(protocol::format_tlog_proof(proof));
  };
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    add(("entry " + std::to_string(i) + " of 3").c_str(), "ok", "SPEC 5.7", text(proof_of(i)),
        found(i));
  }
  {
    auto proof = proof_of(1);
    proof.extra = to_bytes("whatever");
    add("with extra data", "ok", "nothing signs it, so nothing follows from it", text(proof),
        found(1));
    proof = proof_of(1);
    proof.hashes.clear();
    proof.index = 0;
    proof.checkpoint = checkpoint_note(origin, 1, hashes[1]);
    add("the only entry", "ok", "no hash is needed", text(proof),
        {{"index", 0}, {"size", 1}, {"root", protocol::to_hex(hashes[1].view())}});
    proof = proof_of(1);
    proof.hashes.pop_back();
    add("a hash too few", "corrupt-mirror", "the length follows from index and size", text(proof));
    proof = proof_of(1);
    proof.hashes.push_back(root);
    add("a hash too many", "corrupt-mirror", "the length follows from index and size", text(proof));
    proof = proof_of(1);
    std::swap(proof.hashes[0], proof.hashes[1]);
    add("two hashes exchanged", "corrupt-mirror", "order is left and right", text(proof));
    proof = proof_of(1);
    proof.index = 2;
    add("another index", "corrupt-mirror", "the way to the root follows from it", text(proof));
    proof.index = 3;
    add("an index that the log does not have", "corrupt-mirror", "below the size", text(proof));
    proof = proof_of(1);
    proof.checkpoint = checkpoint_note(protocol::feed_origin(log.scid, 2), 3, root);
    add("a checkpoint of another epoch", "origin-mismatch", "SPEC 5.5", text(proof));
    proof.checkpoint = checkpoint_note(origin, 3, root, 9);
    add("a checkpoint by another key", "sig-unknown", "SPEC 5.4", text(proof));
    proof.checkpoint = replaced(checkpoint_note(origin, 3, root), "/1\n3\n", "/1\n4\n");
    add("a checkpoint with another size", "sig-bad", "the text is signed", text(proof));
    proof.checkpoint = "hello\n";
    add("a checkpoint that is none", "note-syntax", "SPEC 5.4", text(proof));
  }
  add("another entry", "corrupt-mirror", "the leaf is not the one that was proven", Json(good),
      {{"leaf", leaves[0]}});
  const auto edited = [&](std::string_view from, std::string_view to) {
    return Json(replaced(good, from, to));
  };
  add("nothing", "note-syntax", "the form", "");
  add("another first line", "note-syntax", "the form", edited("tlog-proof@v1", "tlog-proof@v2"));
  add("no index", "note-syntax", "the form", edited("index 1\n", ""));
  add("an index with a leading zero", "note-syntax", "one spelling",
      edited("index 1\n", "index 01\n"));
  add("an index of 2^53", "note-syntax", "below 2^53",
      edited("index 1\n", "index 9007199254740992\n"));
  add("extra behind the index", "note-syntax", "the order of the lines",
      edited("index 1\n", "index 1\nextra AAAA\n"));
  add("extra that is no base64", "note-syntax", "SPEC 2.2",
      edited("index 1\n", "extra ?\nindex 1\n"));
  add("no blank line", "note-syntax", "it stands before the checkpoint",
      Json(good.substr(0, good.find("\n\n") + 1)));
  add("nothing behind the blank line", "note-syntax", "the checkpoint",
      Json(good.substr(0, good.find("\n\n") + 2)));
  add("CR LF", "note-syntax", "lines end with LF", edited("\n", "\r\n"));
  {
    std::string many;
    for (int i = 0; i < 64; ++i) many += protocol::to_base64(root.view()) + "\n";
    add("64 hashes", "note-syntax", "at most 63", edited("index 1\n", "index 1\n" + many));
  }
  add("over 136 KiB", "note-syntax", "SPEC 8.1",
      Json::array({Json(good), Json::object({{"times", 140000}, {"of", "x"}})}));
}

// ---- evidence

/// A publisher with keys of its own: seeds `base` + 1 update, 2 and 3 its successors, 4 #sign, 5
/// #node.
struct EvidencePublisher {
  std::uint8_t base = 0;
  std::string did_log, did, scid, version_id;

  EvidencePublisher(std::uint8_t seeds, const std::string& host) : base(seeds) {
    const std::string folder = "https://" + host + "/o/main";
    did_log = must(protocol::create_did_log(
                  {.folder_url = folder,
                   .sign = key(4).public_key(),
                   .node = key(5).public_key(),
                   .feed_url = folder + "/feed/1",
                   .api_url = "https://" + host,
                   .next_update_keys = {key(2).public_key(), key(3).public_key()}},
                  key(1), at(kMade))) +
              "\n";
    const auto log = must(protocol::resolve_did_log(did_log, "", "", at(kNow)));
    did = log.current().did;
    scid = log.scid;
    version_id = log.current().version_id;
  }
  /// With the keys of `seeds`, and `log`, which names witnesses.
  EvidencePublisher(std::uint8_t seeds, const Entries& log)
      : base(seeds), did_log(log.text()), did(did_of(log.made.back())) {
    scid = must(protocol::parse_did(did)).scid;
    version_id = log.last_version();
  }
  SigningKey key(int number) const { return seed(static_cast<std::uint8_t>(base + number)); }
  std::string origin() const { return protocol::feed_origin(scid, 1); }
};

/// How one part of a bundle differs from a good one.
struct EvidenceChange {
  std::uint8_t document_key = 0;  ///< a seed; 0: #sign
  std::string document_did = {};  ///< whose key it says it is; empty: the publisher's
  std::string fragment = "#sign";
  std::function<void(std::string&)> line = {};  ///< the signed text, before it is hashed
  std::function<void(std::string&)> leaf = {};  ///< the entry, before it is hashed
  std::uint8_t checkpoint_key = 0;
  const char* time_stamp = "2026-11-02T08:00:00Z";  ///< null: none
  std::optional<Timestamp> seen = at("2026-11-02T09:00:00Z");
  bool broken_line = false;  ///< of the node that made the bundle
};

constexpr std::uint8_t kHubSeeds = 60;

/// The members of one part: the document in a log of three entries, of which it is the second.
Json::Object evidence_part(const EvidencePublisher& publisher, Json document, const char* type,
                           const std::string& prefix, const EvidenceChange& change = {}) {
  const std::string id = *document.find("id")->if_string();
  const std::string until = *document.find("validUntil")->if_string();
  const std::string by = change.document_did.empty() ? publisher.did : change.document_did;
  const auto sign =
      change.document_key ? change.document_key : static_cast<std::uint8_t>(publisher.base + 4);
  std::string line = document_line(std::move(document), by, sign, change.fragment);
  if (change.line) change.line(line);
  std::string leaf = leaf_put(id.c_str(), type, line, until.c_str());
  if (change.leaf) change.leaf(leaf);
  const std::vector<std::string> leaves = {
      leaf_put(kCardId, "publisher", document_line(card(publisher.did), publisher.did),
               "2027-11-01T09:00:00Z"),
      leaf, leaf_del(kCardId)};
  const auto hashes = hashes_of(leaves);
  protocol::Note note;
  note.text = protocol::format_checkpoint({publisher.origin(), 3, protocol::naive_root(hashes)});
  note.signatures.push_back(
      protocol::sign_note(note.text, publisher.origin(),
                          change.checkpoint_key ? seed(change.checkpoint_key) : publisher.key(4)));
  if (change.time_stamp) {
    note.signatures.push_back(protocol::cosign_note(note.text,
                                                    protocol::node_key_name(publisher.scid),
                                                    publisher.key(5), at(change.time_stamp)));
  }
  if (change.seen) {
    static const EvidencePublisher hub(kHubSeeds, "hub.example");
    auto seen = protocol::cosign_note(note.text, protocol::node_key_name(hub.scid), hub.key(5),
                                      *change.seen);
    if (change.broken_line) seen.blob.back() = static_cast<std::uint8_t>(seen.blob.back() ^ 1);
    note.signatures.push_back(seen);
  }
  const protocol::TlogProof proof{
      {}, 1, protocol::inclusion_proof(hashes, 1), protocol::format_note(note)};
  return {{prefix + (prefix.empty() ? "document" : "recognition"), parsed(line)},
          {prefix + "leaf", leaf},
          {prefix + "proof", protocol::format_tlog_proof(proof)},
          {prefix + "didLog", publisher.did_log}};
}

Json evidence_recognition(const EvidencePublisher& by, const EvidencePublisher& whom,
                          const char* area, int depth, const Change& change = {}) {
  Json document = recognition(
      by.did,
      Json::object(
          {{"id", whom.did},
           {"name", "A recognized publisher"},
           {"recognizedTo",
            Json::object({{"type", "RecognizedAction"},
                          {"action", "issue"},
                          {"recognizedBy", by.did},
                          {"constraints", Json::object({{"maxPathLength", depth},
                                                        {"area", Json::array({area})}})}})}}));
  if (change) change(document);
  return document;
}

void make_evidence() {
  const EvidencePublisher national(40, "national.example");
  const EvidencePublisher chapter_publisher(0, "chapter.example");
  const EvidencePublisher collective(50, "lakeshore.example");
  const EvidencePublisher hub(kHubSeeds, "hub.example");
  const auto listing_part = [&](const EvidenceChange& change = {}, const Change& edit = {}) {
    Json document = listing(collective.did);
    if (edit) edit(document);
    return evidence_part(collective, std::move(document), "listing", "", change);
  };
  const auto first_part = [&](int depth = 1, const Change& edit = {},
                              const EvidenceChange& change = {}) {
    return evidence_part(national,
                         evidence_recognition(national, chapter_publisher, "US", depth, edit),
                         "recognition", "path[0].", change);
  };
  const auto second_part = [&](const char* area = "US-OH", const Change& edit = {},
                               const EvidenceChange& change = {}) {
    return evidence_part(chapter_publisher,
                         evidence_recognition(chapter_publisher, collective, area, 0, edit),
                         "recognition", "path[1].", change);
  };
  const auto object_of = [](const Json::Object& members) {
    Json made{Json::Object()};
    for (const auto& [name, value] : members) {
      const auto dot = name.find("].");
      made.set(dot == std::string::npos ? name : name.substr(dot + 2), value);
    }
    return made;
  };
  Json bundle = object_of(listing_part());
  bundle.set("path", Json::array({object_of(first_part()), object_of(second_part())}));
  bundle.set("anchor", national.scid);
  bundle.set("nodeDidLog", hub.did_log);

  File file(
      "evidence/bundles.json",
      "Evidence bundles, SPEC 7.6: an association (the reader's anchor) recognizes a "
      "chapter, the chapter a collective, whose listing this is; a node made it. A case is "
      "`bundle` with each member that `set` names replaced (null: taken away), by the path "
      "that a refusal names it with. `at`: the member that must be named. `at_version`: what "
      "the reader knows of the anchor. `judged_at`: the moment of step 7.",
      Json::object(
          {{"bundle", bundle}, {"reader_anchor", national.scid}, {"now", "2026-11-03T00:00:00Z"}}));
  const auto add = [&](const char* name, const char* code, const char* at_member, const char* why,
                       Json::Object set, Json::Object more = {}) {
    Json changes{Json::Object()};
    for (const auto& [member, value] : set) changes.set(member, value);
    Json::Object members{{"set", changes}};
    if (std::string(code) != "ok") members.push_back({"at", at_member});
    for (auto& member : more) members.push_back(std::move(member));
    file.add(name, code, why, std::move(members));
  };
  const Json now = Json("2026-11-03T00:00:00Z");
  const auto text_of = [&](const char* member) { return *bundle.find(member)->if_string(); };

  add("a whole bundle", "ok", "", "everything is valid now", {}, {{"judged_at", now}});
  add("with the anchor's version", "ok", "", "the anchor's log has it", {},
      {{"judged_at", now}, {"at_version", national.version_id}});
  add("with a version that the anchor's log lacks", "edge-pin", "path[0].didLog",
      "step 8: it may be an older, cut log", {}, {{"at_version", collective.version_id}});
  add("of another anchor", "no-path", "anchor", "step 1: nothing in a bundle says whom to trust",
      {}, {{"reader_anchor", hub.scid}});
  add("that says another anchor", "no-path", "anchor", "step 1", {{"anchor", hub.scid}});
  add("whose anchor did not sign the first step", "no-path", "path[0].recognition", "step 8",
      {{"anchor", hub.scid}}, {{"reader_anchor", hub.scid}});
  add("without the node that made it", "ok", "", "its lines are then a stranger's",
      {{"nodeDidLog", Json()}}, {{"judged_at", now}});
  add("without any cosignature of that node", "ok", "", "there are none, so none must verify",
      listing_part({.seen = std::nullopt}), {{"judged_at", now}});
  add("long after", "ok", "", "step 7: the latest time that somebody put under a checkpoint", {},
      {{"now", "2029-01-01T00:00:00Z"}, {"judged_at", "2026-11-02T09:00:00Z"}});

  add("a member that is not known", "doc-profile", "note", "it might take back what others say",
      {{"note", "x"}});
  add("a member that is not known in a step", "doc-profile", "path[1].note", "at any level",
      {{"path[1].note", "x"}});
  for (const char* member : {"document", "leaf", "proof", "didLog", "path", "anchor"}) {
    add((std::string("without ") + member).c_str(), "doc-profile", member, "required",
        {{member, Json()}});
  }
  for (const char* member : {"recognition", "leaf", "proof", "didLog"}) {
    const std::string path = std::string("path[0].") + member;
    add(("without " + path).c_str(), "doc-profile", path.c_str(), "required", {{path, Json()}});
  }
  add("a document as a text", "doc-profile", "document", "an object", {{"document", "{}"}});
  add("a leaf as an object", "doc-profile", "leaf", "a text", {{"leaf", Json(Json::Object())}});
  add("an empty didWitness", "doc-profile", "didWitness", "no text is empty", {{"didWitness", ""}});
  add("a path that is an object", "doc-profile", "path", "a list",
      {{"path", Json(Json::Object())}});
  add("a step that is a text", "doc-profile", "path[0]", "an object",
      {{"path", Json::array({"x"})}});
  add("five steps", "doc-profile", "path", "at most 4", [&] {
    Json::Array steps(5, object_of(first_part()));
    return Json::Object{{"path", Json(steps)}};
  }());
  add("an anchor that is no SCID", "doc-profile", "anchor", "SPEC 3.2",
      {{"anchor", "national.example"}});
  add("a leaf over 512 bytes", "too-large", "leaf", "SPEC 8.1", {{"leaf", std::string(513, 'x')}});

  add("an identity log that is none", "did-syntax", "didLog", "step 2", {{"didLog", "hello\n"}});
  add("an identity log with another time", "did-invalid", "path[1].didLog", "step 2",
      {{"path[1].didLog",
        replaced(chapter_publisher.did_log, "2026-11-01T09:00:00Z", "2026-11-01T09:00:01Z")}});
  add("an identity log of another publisher", "origin-mismatch", "proof",
      "step 3: the checkpoint is not its", {{"didLog", chapter_publisher.did_log}});
  {
    const auto log = must(protocol::resolve_did_log(collective.did_log, "", "", at(kNow)));
    const auto end = must(protocol::append_did_log(log,
                                                   {.document = log.current().document,
                                                    .update_keys = {collective.key(2).public_key()},
                                                    .next_update_keys = {},
                                                    .deactivate = true},
                                                   collective.key(2), at(kNow)));
    add("an ended identity", "did-deactivated", "didLog", "step 2",
        {{"didLog", collective.did_log + end + "\n"}});
  }
  {
    Json entry = first_entry([](Json& made) { made.find("state")->erase("service"); });
    add("an identity without a feed", "feed-missing", "didLog", "step 2, SPEC 3.4",
        {{"didLog", log_of(entry).text()}});
  }

  add("a proof that is none", "note-syntax", "proof", "step 3, SPEC 5.7", {{"proof", "hello\n"}});
  add("the proof of another step", "origin-mismatch", "path[0].proof", "step 3",
      {{"path[0].proof", *object_of(second_part()).find("proof")}});
  add("another index", "corrupt-mirror", "proof", "step 3",
      {{"proof", replaced(text_of("proof"), "index 1\n", "index 0\n")}});
  add("another leaf of the same log", "corrupt-mirror", "proof",
      "step 3: the proof is of this entry only", {{"leaf", leaf_del(kCardId)}});
  add("a byte of the leaf changed", "corrupt-mirror", "proof", "step 3",
      {{"leaf", replaced(text_of("leaf"), "\"put\"", "\"pux\"")}});
  add("another size", "sig-bad", "proof", "step 3: the text is signed",
      {{"proof", replaced(text_of("proof"), "/1\n3\n", "/1\n4\n")}});
  add("a checkpoint by another key", "sig-unknown", "proof", "step 3",
      listing_part({.checkpoint_key = 9}));
  add("a checkpoint without its publisher's time stamp", "sig-unknown", "proof",
      "step 3: #node is named, so somebody cut the line off",
      listing_part({.time_stamp = nullptr}));
  add("a publisher's time stamp ahead of now", "sig-bad", "proof", "more than 5 minutes",
      listing_part({.time_stamp = "2026-11-03T00:05:01Z"}));

  add("a leaf that is not canonical", "leaf-syntax", "leaf", "step 4, and it is in the log",
      listing_part({.leaf = [](std::string& leaf) { leaf.insert(1, " "); }}));
  add("a leaf with an unknown operation", "unsupported-op", "leaf", "step 4",
      listing_part({.leaf = [](std::string& leaf) { leaf = R"({"op":"prune","to":2})"; }}));
  add("a leaf that withdraws", "doc-profile", "leaf", "step 4: a put",
      listing_part({.leaf = [](std::string& leaf) { leaf = leaf_del(kListingId); }}));
  add("a leaf of another type", "doc-profile", "leaf", "step 4: a listing",
      listing_part({.leaf = [](std::string& leaf) {
        leaf = replaced(leaf, "\"listing\"", "\"recognition\"");
      }}));
  add("a leaf with another id", "doc-hash", "document", "step 4",
      listing_part(
          {.leaf = [](std::string& leaf) { leaf = replaced(leaf, kListingId, kCardId); }}));
  add("a leaf with another exp", "doc-profile", "document", "step 4",
      listing_part(
          {.leaf = [](std::string& leaf) { leaf = replaced(leaf, "{\"exp\":1", "{\"exp\":"); }}));

  {
    Json document = *bundle.find("document");
    document.find("credentialSubject")->set("name", "Another circle");
    add("another text", "doc-hash", "document", "step 4: not what the leaf commits to",
        {{"document", document}});
    Json step = *bundle.find("path")->if_array()->at(1).find("recognition");
    step.find("credentialSubject")->set("name", "Another name");
    add("another text of a recognition", "doc-hash", "path[1].recognition", "step 4",
        {{"path[1].recognition", step}});
  }
  add("another context", "doc-context", "document", "step 5", listing_part({}, [](Json& document) {
        document.set("@context", Json::array({"https://www.w3.org/ns/credentials/v2"}));
      }));
  add("another issuer", "doc-issuer", "document", "step 5",
      listing_part({}, [&](Json& document) { document.set("issuer", chapter_publisher.did); }));
  add("signed by #node", "proof-key", "document", "step 5",
      listing_part({.document_key = 55, .fragment = "#node"}));
  add("signed by a stranger", "proof-invalid", "document", "step 5",
      listing_part({.document_key = 9}));
  add("a recognition signed by a stranger", "proof-invalid", "path[0].recognition", "step 5",
      first_part(1, {}, {.document_key = 9}));
  add("a listing without a name", "doc-profile", "document", "step 5, SPEC 4.3",
      listing_part({}, [](Json& document) { document.find("credentialSubject")->erase("name"); }));

  add("a node's identity log that is none", "did-syntax", "nodeDidLog", "step 6",
      {{"nodeDidLog", "hello\n"}});
  add("a broken line of the node", "sig-bad", "proof", "step 6",
      listing_part({.broken_line = true}));
  add("a broken line of the node on a recognition", "sig-bad", "path[0].proof", "step 6",
      first_part(1, {}, {.broken_line = true}));
  add("a broken line of a node that is not named", "ok", "", "a stranger's",
      [&] {
        auto set = listing_part({.broken_line = true});
        set.push_back({"nodeDidLog", Json()});
        return set;
      }(),
      {{"judged_at", now}});
  add("a line of the node ahead of now", "sig-bad", "proof", "more than 5 minutes",
      listing_part({.seen = at("2026-11-03T00:05:01Z")}));
  add("a line of the node after the year 9999", "sig-bad", "proof",
      "a number that is no date of SPEC 2.3",
      listing_part({.seen = protocol::from_unix(std::int64_t{1} << 62)}));

  const auto valid = [](const char* from, const char* until) {
    return [=](Json& document) {
      document.set("validFrom", from);
      document.set("validUntil", until);
    };
  };
  add("a listing that ended before any checkpoint here", "doc-expired", "document", "step 7",
      listing_part({}, valid(kMade, "2026-11-02T00:00:00Z")));
  add("a listing that is not valid yet", "doc-future", "document", "step 7",
      listing_part({}, valid("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")));
  add("a recognition that ended before any checkpoint here", "edge-expired", "path[0].recognition",
      "step 7", first_part(1, valid(kMade, "2026-11-02T00:00:00Z")));
  add("a recognition that has ended since", "ok", "", "step 7: at the latest time that is known",
      first_part(1, valid(kMade, "2026-11-02T12:00:00Z")), {{"judged_at", "2026-11-02T09:00:00Z"}});

  add("an anchor that does not reach so far", "edge-depth", "path[0].recognition",
      "step 8: maxPathLength 0, and one more follows", first_part(0));
  add("a recognition for another area", "edge-scope", "path[1].recognition", "step 8",
      second_part("US-IN"));
  add("a constraint that is not known", "edge-constraint", "path[1].recognition", "step 8",
      second_part("US-OH", [](Json& document) {
        document.find("credentialSubject")
            ->find("recognizedTo")
            ->find("constraints")
            ->set("only", "weekdays");
      }));
  add("a version that the recognized one lacks", "edge-pin", "path[0].recognition", "step 8",
      first_part(1, [&](Json& document) {
        document.find("credentialSubject")->set("atVersion", national.version_id);
      }));
  add("a recognition of somebody else", "edge-pin", "path[1].recognition",
      "step 8: it must lead to whoever comes next", second_part("US-OH", [&](Json& document) {
        document.find("credentialSubject")->set("id", hub.did);
      }));
  add("the anchor's step left out", "no-path", "path[0].recognition", "step 8",
      {{"path", Json::array({object_of(second_part())})}});
  add("no step at all", "no-path", "document", "step 8: the anchor did not publish it",
      {{"path", Json(Json::Array())}});
  {
    const auto back =
        evidence_part(chapter_publisher, evidence_recognition(chapter_publisher, national, "US", 3),
                      "recognition", "path[1].");
    const auto down = evidence_part(national, evidence_recognition(national, collective, "US", 3),
                                    "recognition", "path[2].");
    add("a path that visits the anchor twice", "no-path", "path", "step 8: no SCID twice",
        {{"path", Json::array({object_of(first_part(3)), object_of(back), object_of(down)})}});
  }

  add("two faults", "doc-profile", "path[0].recognition",
      "steps 2 to 5 are done part by part, so the first part's fault is named", [&] {
        auto set = first_part(
            1, [](Json& document) { document.find("credentialSubject")->set("name", 7); });
        set.push_back({"path[1].didLog", "hello\n"});
        return set;
      }());
  add("two faults of one edge", "edge-expired", "path[0].recognition",
      "step 8: rule 2 before rule 6", first_part(0, valid(kMade, "2026-11-02T00:00:00Z")));

  {
    // Its keys are the chapter's; another SCID, since its first entry names witnesses.
    const EvidencePublisher watched(
        0, log_of(first_entry(parameter("witness", witnesses_of(2, {20, 21, 22})))));
    const auto witnessed = [&](const char* name, const char* code, const char* at_member,
                               const char* why, Json proofs, Json::Object more = {}) {
      auto set = evidence_part(watched, listing(watched.did), "listing", "");
      const auto step = evidence_part(national, evidence_recognition(national, watched, "US", 0),
                                      "recognition", "path[0].");
      set.push_back({"path", Json::array({object_of(step)})});
      if (!proofs.is_null()) set.push_back({"didWitness", std::move(proofs)});
      add(name, code, at_member, why, std::move(set), std::move(more));
    };
    const auto approved = [&](const std::string& version, std::vector<std::uint8_t> seeds) {
      return Json(canonical(Json::array({witness_proofs(version, std::move(seeds))})));
    };
    const auto& version = watched.version_id;
    witnessed("a publisher with witnesses", "ok", "", "step 2, SPEC 3.3 rule 11: two of three",
              approved(version, {20, 22}), {{"judged_at", now}});
    witnessed("witnesses without their proofs", "did-invalid", "didLog",
              "step 2: a witnessed log without the file", Json());
    witnessed("the proofs of another log", "did-invalid", "didLog",
              "step 2: the versionId must be in this log",
              approved(chapter_publisher.version_id, {20, 21, 22}));
    witnessed("one witness of two", "did-invalid", "didLog", "step 2: the threshold",
              approved(version, {20}));
    witnessed("one witness twice", "did-invalid", "didLog", "step 2: distinct witnesses count",
              approved(version, {20, 20}));
    witnessed("a witness and a stranger", "did-invalid", "didLog",
              "step 2: only proofs by witnesses of the list count", approved(version, {20, 23}));
    {
      Json item = witness_proofs(version, {20, 21});
      auto& both = *item.find("proof")->if_array();
      both[0].set("proofValue", *both[1].find("proofValue"));
      witnessed("a witness's proof with another's signature", "did-invalid", "didLog",
                "step 2: it must verify by the key that it names",
                Json(canonical(Json::array({item}))));
    }
    witnessed("proofs that are no list", "did-syntax", "didLog", "step 2: a list", "{}");
    witnessed("a proof without a versionId", "did-syntax", "didLog", "step 2: each item has one",
              R"([{"proof":[]}])");
    add("proofs beside a log that names no witnesses", "ok", "", "step 2: they are not looked at",
        {{"didWitness", "hello"}}, {{"judged_at", now}});
    add("a node with witnesses", "did-invalid", "nodeDidLog",
        "step 6: there is no place for their proofs", {{"nodeDidLog", watched.did_log}});
  }

  // Small ones, whole: the anchor's own listing, and what does not get as far as a member.
  File small(
      "evidence/texts.json",
      "Whole texts of evidence bundles, SPEC 7.6. `judged_at`: the moment of step 7.",
      Json::object({{"reader_anchor", chapter_publisher.scid}, {"now", "2026-11-03T00:00:00Z"}}));
  const auto whole = [&](const char* name, const char* code, const char* at_member, const char* why,
                         Json text, Json::Object more = {}) {
    Json::Object members{{"text", std::move(text)}};
    members.push_back(std::string(code) == "ok" ? std::pair<std::string, Json>{"judged_at", now}
                                                : std::pair<std::string, Json>{"at", at_member});
    for (auto& member : more) members.push_back(std::move(member));
    small.add(name, code, why, std::move(members));
  };
  Json own = object_of(evidence_part(chapter_publisher, listing(chapter_publisher.did), "listing",
                                     "", {.seen = std::nullopt}));
  own.set("path", Json(Json::Array()));
  own.set("anchor", chapter_publisher.scid);
  const std::string own_text = canonical(own) + "\n";
  whole("the anchor's own listing", "ok", "", "a path without steps", own_text);
  whole("without the line end", "ok", "", "readers do not look for it",
        own_text.substr(0, own_text.size() - 1));
  whole("with a version that the log lacks", "edge-pin", "didLog", "step 8", own_text,
        {{"at_version", collective.version_id}});
  whole("nothing", "doc-syntax", "", "SPEC 2.1", "");
  whole("a list", "doc-profile", "bundle", "one object", "[]");
  whole("cut", "doc-syntax", "", "SPEC 2.1", own_text.substr(0, own_text.size() / 2));
  whole("a member twice", "doc-syntax", "", "SPEC 2.1", "{\"anchor\":\"x\"," + own_text.substr(1));
  Json hollow =
      Json::object({{"document", Json(Json::Object())},
                    {"leaf", "x"},
                    {"proof", "x"},
                    {"didLog", "x"},
                    {"path", Json::array({Json::object({{"recognition", Json(Json::Object())},
                                                        {"leaf", "y"},
                                                        {"proof", "y"},
                                                        {"didLog", "y"}})})},
                    {"anchor", chapter_publisher.scid}});
  whole("the form alone", "did-syntax", "didLog", "its parts are of no form", canonical(hollow));
  hollow.find("path")->if_array()->front().set("didWitness", 7);
  whole("a number for a text", "doc-profile", "path[0].didWitness", "a text", canonical(hollow));
  whole("over 8 MiB", "too-large", "bundle", "SPEC 8.1",
        Json::array({Json(own_text), Json::object({{"times", 1 << 23}, {"of", " "}})}));
}

}  // namespace

int main(int argc, char** argv) try {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (!check && argc != 2) throw std::runtime_error("make_vectors [--check] FOLDER");
  const std::filesystem::path folder = argv[argc - 1];
  make_did_logs();
  make_documents();
  make_checkpoints();
  make_bundles();
  make_proofs();
  make_cycles();
  make_add_checkpoint();
  make_tlog_proofs();
  make_evidence();
  int wrong = 0;
  for (const auto& [path, text] : made_files) {
    const auto place = folder / path;
    if (!check) {
      std::filesystem::create_directories(place.parent_path());
      std::ofstream out(place, std::ios::binary);
      out << text;
      if (!out.flush()) throw std::runtime_error("cannot write " + place.string());
      continue;
    }
    std::ifstream in(place, std::ios::binary);
    const std::string there((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (there == text) continue;
    std::printf("%s is not what make_vectors makes\n", path.c_str());
    ++wrong;
  }
  std::printf("%zu files, %d differ\n", made_files.size(), wrong);
  return wrong == 0 ? 0 : 1;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "make_vectors: %s\n", problem.what());
  return 2;
}
