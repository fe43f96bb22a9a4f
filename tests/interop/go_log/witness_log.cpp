// A node of ours beside a log that another implementation writes, one step for each call.
//
//   witness_log identity SERVED                  makes SERVED/did.jsonl for the keys of write/, and
//                                                prints the origin and the time stamp's key name
//   witness_log follow SERVED DATA SIZE          reads SERVED, which must be taken with SIZE
//   entries witness_log vkey SERVED DATA                 prints the key by which the node cosigns
//   witness_log post SERVED DATA REQUEST ANSWER  hands in an add-checkpoint request; prints the
//                                                status, writes the answer's body

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "node/api/witness.h"
#include "node/node.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "protocol/crypto/crypto.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/checkpoint.h"

namespace {

const std::string kFolderUrl = "https://go.test/o/main";
// Shortly after the time that write/ stamps its checkpoints with.
const protocol::Timestamp kNow = protocol::from_unix(1'795'000'100);

class FixedClock final : public node::Clock {
 public:
  protocol::Timestamp now() const override { return kNow; }
};

/// The files below a folder, as a web server would give them.
class ServedFolder final : public crawler::Source {
 public:
  explicit ServedFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    std::vector<protocol::Result<crawler::FetchResponse>> answers;
    for (const auto& request : requests) {
      const auto file =
          request.url.starts_with(kFolderUrl + "/")
              ? node::read_file_if_there(folder_ / request.url.substr(kFolderUrl.size() + 1))
              : std::nullopt;
      if (file) {
        answers.push_back(crawler::FetchResponse{200, *file, ""});
      } else {
        answers.push_back(protocol::refuse(protocol::ErrorCode::fetch_http, "404 Not Found"));
      }
    }
    return answers;
  }

 private:
  std::filesystem::path folder_;
};

template <class T>
T take(protocol::Result<T> result, const std::string& what) {
  if (!result) throw std::runtime_error(what + ": " + result.error().detail);
  return *std::move(result);
}

protocol::SigningKey key_of(std::string_view words) {
  return protocol::SigningKey::from_seed(protocol::sha256(words).view()).value();
}

void identity(const std::filesystem::path& served) {
  const auto update = key_of("go update");
  const protocol::DidLogStart start{.folder_url = kFolderUrl,
                                    .sign = key_of("go log").public_key(),
                                    .node = key_of("go node").public_key(),
                                    .feed_url = kFolderUrl + "/feed/1",
                                    .api_url = "",
                                    .next_update_keys = {key_of("go next").public_key()}};
  const auto line =
      take(protocol::create_did_log(start, update, protocol::from_unix(1'794'000'000)), "did");
  node::replace_file(served / "did.jsonl", line + "\n");
  const auto log = take(protocol::resolve_did_log(line + "\n", "", "", kNow), "did.jsonl");
  std::cout << protocol::feed_origin(log.scid, 1) << "\n"
            << protocol::node_key_name(log.scid) << "\n";
}

std::string scid_of(const std::filesystem::path& served) {
  return take(protocol::resolve_did_log(node::read_file_if_there(served / "did.jsonl").value(), "",
                                        "", kNow),
              "did.jsonl")
      .scid;
}

void follow(node::Node& node, const std::filesystem::path& served, const std::string& want) {
  const auto scid = scid_of(served);
  const auto log = take(
      protocol::resolve_did_log(*node::read_file_if_there(served / "did.jsonl"), "", "", kNow), "");
  node.change(
      [&](node::Store& store, node::Publisher*) { store.follow(scid, log.current().did, true); });
  for (const auto& outcome : node.sync(scid, true, {})) {
    if (outcome.refused) throw std::runtime_error(outcome.refused->detail);
  }
  for (const auto& report : node.feeds()) {
    if (report.feed.scid != scid) continue;
    if (std::to_string(report.feed.size) != want)
      throw std::runtime_error("it has " + std::to_string(report.feed.size) + " entries");
    std::cout << "ok: followed to size " << want << ", "
              << protocol::word(protocol::ErrorCode::doc_missing) << " for "
              << report.troubled.size() << " records\n";
    return;
  }
  throw std::runtime_error("the feed is not here");
}

void run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "identity") return identity(words[1]);
  if (words.size() < 3) throw std::runtime_error("see the head of witness_log.cpp");
  const std::filesystem::path served = words[1];
  const std::filesystem::path data = words[2];
  const FixedClock clock;
  ServedFolder source(served);
  node::Node node(data, clock, &source);
  if (!node.publisher_files()) {
    node.change([&](node::Store& store, node::Publisher*) {
      node::NewPublisher wanted;
      wanted.name = "Interop Witness";
      wanted.folder_url = "https://witness.test/o/main";
      wanted.kind = "state_chapter";
      wanted.area = {"US-OH"};
      wanted.contact = "groups@witness.test";
      wanted.recovery_sheet = data.string() + ".sheet.txt";
      node::Publisher::create(store, wanted, kNow);
    });
  }
  if (words[0] == "follow" && words.size() == 4) return follow(node, served, words[3]);
  if (words[0] == "vkey") {
    node.change([&](node::Store&, node::Publisher* publisher) {
      const auto keys = node::load_keys(node.folder());
      std::cout << protocol::NoteKey{protocol::node_key_name(publisher->scid()),
                                     protocol::NoteKeyKind::cosignature, keys.node.public_key()}
                       .vkey()
                << "\n";
    });
    return;
  }
  if (words[0] == "post" && words.size() == 5) {
    auto request = node::make_request("POST", "/witness/add-checkpoint");
    request.body = node::read_file_if_there(words[3]).value();
    const auto response = node::post_add_checkpoint(request, node);
    node::replace_file(words[4], response.body);
    std::cout << response.status << "\n";
    return;
  }
  throw std::runtime_error("see the head of witness_log.cpp");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& problem) {
    std::cerr << "witness_log: " << problem.what() << "\n";
    return 1;
  }
}
