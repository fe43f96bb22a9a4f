// What other people's programs are confronted with: identities and documents of ours to read, and
// our judgment of theirs. Uses protocol only.
//
//   interop_tool make-did FOLDER                    1-created … 4-deactivated.jsonl: one life;
//                                                   paper.jsonl: first key lost, second one used
//   interop_tool make-documents FOLDER              did.jsonl and documents signed by it
//   interop_tool resolve NOW DID|- LOG [WITNESS]    prints the last state
//   interop_tool verify NOW LOG DOCUMENT            LOG is the issuer's did.jsonl
//   interop_tool canonical                          reads JSON texts, one a line; writes each
//                                                   canonical, or "refused CODE: detail"
//
// Keys come from SHA-256 of "interop NAME", so that the other side can have the same. A refusal is
// exit code 1 and one line "CODE: detail"; 2 is wrong use.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/json.h"
#include "protocol/error_code.h"
#include "protocol/identity/did_log.h"

namespace {

using protocol::Json;

constexpr std::string_view kFolderUrl = "https://chapter.example/o/main";
constexpr std::string_view kMovedUrl = "https://new-home.example:8443/groups";

/// What the code under test says no to.
struct Refusal {
  protocol::Error error;
};

template <class T>
T take(protocol::Result<T> result) {
  if (!result) throw Refusal{result.error()};
  return *std::move(result);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

protocol::SigningKey key(const std::string& name) {
  return protocol::SigningKey::from_seed(protocol::sha256("interop " + name).view()).value();
}

protocol::Timestamp time(std::string_view text) {
  const auto parsed = protocol::parse_timestamp(text);
  if (!parsed) throw std::runtime_error("not a time: " + std::string(text));
  return *parsed;
}

protocol::DidLogStart start(std::string_view folder_url, const std::string& sign) {
  protocol::DidLogStart made{.folder_url = std::string(folder_url),
                             .sign = key(sign).public_key(),
                             .node = key("node").public_key(),
                             .feed_url = std::string(folder_url) + "/feed/1",
                             .api_url = "https://chapter.example",
                             .next_update_keys = {}};
  made.next_update_keys.push_back(key("update 2").public_key());
  made.next_update_keys.push_back(key("paper").public_key());
  return made;
}

std::string first_entry() {
  return take(protocol::create_did_log(start(kFolderUrl, "sign"), key("update 1"),
                                       time("2025-01-01T00:00:00Z"))) +
         "\n";
}

protocol::DidLog resolve(const std::string& log) {
  return take(protocol::resolve_did_log(log, "", "", time("2025-07-01T00:00:00Z")));
}

/// The key on paper lies elsewhere while another one rotates, its commitment carried on by its hash
/// alone; then that one's successor is lost, and the paper signs.
void make_paper(const std::filesystem::path& file) {
  std::string log = first_entry();
  const auto append = [&](const std::string& name, const std::string& sign,
                          const std::string& successor, std::vector<std::string> kept, int day) {
    const protocol::DidLog before = resolve(log);
    const auto update = key(name);
    protocol::DidLogChange change;
    change.document = take(protocol::next_did_document(before, start(kFolderUrl, sign)));
    change.update_keys = {update.public_key()};
    change.next_update_keys = {key(successor).public_key()};
    change.kept_key_hashes = std::move(kept);
    log += take(protocol::append_did_log(before, change, update,
                                         time("2025-02-01T00:00:00Z") + std::chrono::days(day)));
    log += "\n";
  };
  append("update 2", "sign 2", "lost", {protocol::update_key_hash(key("paper").public_key())}, 1);
  append("paper", "sign 3", "update 4", {}, 2);
  write_file(file, log);
}

/// Created, keys rotated, moved to another host, given up; each by the key that was committed to.
void make_did(const std::filesystem::path& folder) {
  std::string log = first_entry();
  write_file(folder / "1-created.jsonl", log);
  const auto append = [&](std::string_view url, const std::string& sign, int number, bool last,
                          const std::string& name) {
    const protocol::DidLog before = resolve(log);
    protocol::DidLogChange change;
    change.document = last ? before.current().document
                           : take(protocol::next_did_document(before, start(url, sign)));
    const auto update = key("update " + std::to_string(number));
    change.update_keys = {update.public_key()};
    if (!last) {
      change.next_update_keys = {key("update " + std::to_string(number + 1)).public_key(),
                                 key("paper").public_key()};
    }
    change.deactivate = last;
    log += take(protocol::append_did_log(before, change, update,
                                         time("2025-02-01T00:00:00Z") + std::chrono::days(number)));
    log += "\n";
    write_file(folder / name, log);
  };
  append(kFolderUrl, "sign 2", 2, false, "2-rotated.jsonl");
  append(kMovedUrl, "sign 2", 3, false, "3-moved.jsonl");
  write_file(folder / "3-moved.did.json",
             protocol::canonical(protocol::parallel_did_web(resolve(log))));
  append(kMovedUrl, "sign 2", 4, true, "4-deactivated.jsonl");
  make_paper(folder / "paper.jsonl");
}

/// A listing that canonical JSON is hard on: every escape, both sides of the UTF-16 order, members
/// that nobody knows, the largest and the smallest integers.
Json hard_subject(const protocol::ListingDefaults& defaults) {
  Json made = Json::object({
      {"name", "Círculo de consulta – \"Dienstag\" 火曜日"},
      {"summary", "A\\B / C\nline two\ttab, e\u0301 and \u00e9, 🫂 and \ufb01"},
      {"kinds", Json::array({"formal_consultation"})},
      {"formats", Json::array({"video"})},
      {"regions", Json::array({"US-OH", "US-MI"})},
      {"links", Json::object({{"apply", "https://chapter.example/contact/tuesday"}})},
      {"x_🫂", "sorts before the next in UTF-16, after it in UTF-8"},
      {"x_\ufb01", Json::array({true, false, 0, -1, std::int64_t{9007199254740991},
                                std::int64_t{-9007199254740991}})},
      {"x_", Json::object({{"", ""}, {"10", 1}, {"9", 2}})},
  });
  protocol::fill_defaults(made, defaults);
  return made;
}

void make_documents(const std::filesystem::path& folder) {
  const std::string log = first_entry();
  write_file(folder / "did.jsonl", log);
  const std::string did = resolve(log).current().did;
  protocol::ListingDefaults defaults;
  defaults.id = "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1";
  defaults.today = protocol::parse_date("2025-06-01").value();
  defaults.area = {"US-OH"};
  const auto sign = [&](const std::string& name, protocol::DocumentType type, const std::string& id,
                        Json subject) {
    protocol::Envelope envelope;
    envelope.id = id;
    envelope.type = type;
    envelope.issuer = did;
    envelope.valid_from = time("2025-06-01T00:00:00Z");
    envelope.valid_until = time("2026-02-26T00:00:00Z");
    envelope.subject = std::move(subject);
    write_file(folder / name, take(protocol::sign_document(envelope, did + "#sign", key("sign"),
                                                           time("2025-06-01T00:00:00Z"))));
  };
  sign("listing.json", protocol::DocumentType::listing, defaults.id, hard_subject(defaults));
  sign("largest.json", protocol::DocumentType::listing, defaults.id,
       protocol::largest_listing_subject(defaults));

  protocol::Recognition recognition;
  recognition.subject_did =
      "did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:collective.example";
  recognition.name = "Lantern Collective";
  recognition.role = "state_chapter";
  recognition.to_issue = true;
  recognition.max_path_length = 1;
  recognition.area = {"US-OH"};
  sign("recognition.json", protocol::DocumentType::recognition,
       "urn:uuid:11111111-2222-4333-8444-555555555555",
       protocol::recognition_subject(recognition, did));

  protocol::PublisherCard card;
  card.did = did;
  card.name = "Ohio chapter";
  card.kind = "state_chapter";
  card.area = {"US-OH"};
  card.homepage = "https://chapter.example/";
  card.contact = "groups@chapter.example";
  card.languages = {"en", "es"};
  card.data_license = "CC-BY-4.0";
  sign("publisher.json", protocol::DocumentType::publisher,
       "urn:uuid:99999999-8888-4777-8666-555555555555", protocol::publisher_card_subject(card));
}

void print_resolved(std::string_view now, std::string_view did, const std::string& log_path,
                    const std::string& witness_path) {
  const protocol::DidLog log = take(protocol::resolve_did_log(
      read_file(log_path), witness_path.empty() ? "" : read_file(witness_path),
      did == "-" ? "" : did, time(now)));
  std::cout << protocol::canonical(Json::object({
                   {"did", log.current().did},
                   {"scid", log.scid},
                   {"versionId", log.current().version_id},
                   {"portable", log.portable},
                   {"deactivated", log.deactivated},
                   {"document", log.current().document},
               }))
            << "\n";
}

/// One line of output for each of the input, so that the caller can compare them side by side.
void print_canonical() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto parsed = protocol::parse_json(line);
    std::cout << (parsed ? protocol::canonical(*parsed)
                         : "refused " + std::string(protocol::word(parsed.error().code)) + ": " +
                               parsed.error().detail)
              << "\n";
  }
}

int run(const std::vector<std::string>& words) {
  const auto is = [&](std::string_view command, std::size_t least, std::size_t most) {
    return !words.empty() && words[0] == command && words.size() > least &&
           words.size() <= most + 1;
  };
  if (is("make-did", 1, 1)) {
    make_did(words[1]);
  } else if (is("make-documents", 1, 1)) {
    make_documents(words[1]);
  } else if (is("resolve", 3, 4)) {
    print_resolved(words[1], words[2], words[3], words.size() > 4 ? words[4] : "");
  } else if (is("verify", 3, 3)) {
    const protocol::DidLog log =
        take(protocol::resolve_did_log(read_file(words[2]), "", "", time(words[1])));
    const auto verified = take(protocol::verify_document(read_file(words[3]), log, time(words[1])));
    std::cout << verified.envelope().id << "\n";
  } else if (is("canonical", 0, 0)) {
    print_canonical();
  } else {
    throw std::runtime_error("see the head of interop_tool.cpp for its use");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const Refusal& refusal) {
    std::cout << protocol::word(refusal.error.code) << ": " << refusal.error.detail << "\n";
    return 1;
  } catch (const std::exception& problem) {
    std::cerr << "interop_tool: " << problem.what() << "\n";
    return 2;
  }
}
