#include "tests/support/federation.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"

namespace test_support {

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "kith-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make a scratch folder");
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<protocol::Result<crawler::FetchResponse>> FolderSource::get_all(
    std::span<const crawler::FetchRequest> requests) {
  const std::lock_guard lock(mutex_);
  std::vector<protocol::Result<crawler::FetchResponse>> answers;
  for (const auto& request : requests) {
    ++requests_;
    answers.push_back(answer(request));
  }
  return answers;
}

protocol::Result<crawler::FetchResponse> FolderSource::answer(
    const crawler::FetchRequest& request) const {
  for (const auto& [prefix, folder] : folders_) {
    const std::string base = "https://" + prefix + "/";
    if (!request.url.starts_with(base)) continue;
    const auto file = node::read_file_if_there(folder / request.url.substr(base.size()));
    if (lie_) {
      if (auto answer = lie_(request.url, file.value_or(""))) return *answer;
    }
    if (!file) return protocol::refuse(protocol::ErrorCode::fetch_http, "404 Not Found");
    if (file->size() > request.max_bytes)
      return protocol::refuse(protocol::ErrorCode::fetch_too_large, "over the limit");
    const std::string etag = "\"" + protocol::to_hex(protocol::sha256(*file).view()) + "\"";
    if (!request.etag.empty() && request.etag == etag) return crawler::FetchResponse{304, "", etag};
    return crawler::FetchResponse{200, *file, etag};
  }
  for (const auto& [host, site] : sites_) {
    const std::string base = "https://" + host + "/";
    if (request.url.starts_with(base)) return site(request.url.substr(base.size() - 1));
  }
  return protocol::refuse(protocol::ErrorCode::fetch_connect, "nobody listens at " + request.url);
}

protocol::Result<crawler::PostResponse> FolderSource::post(const crawler::PostRequest& request) {
  ++post_count_;
  const auto host = request.url.substr(8, request.url.find('/', 8) - 8);
  const auto found = posts_.find(host);
  if (found == posts_.end())
    return protocol::refuse(protocol::ErrorCode::fetch_connect, "nobody listens at " + host);
  return found->second(request);
}

Federation::Federation() : clock(*protocol::parse_timestamp("2026-11-02T09:00:00Z")) {}

Federation::Member& Federation::add(const std::string& host, const std::string& name,
                                    std::vector<std::string> area, const std::string& kind,
                                    bool has_api) {
  auto& member = add_reader(host);
  node::NewPublisher wanted;
  wanted.name = name;
  wanted.folder_url = "https://" + host + "/o/main";
  if (has_api) wanted.api_url = "https://" + host;
  wanted.kind = kind;
  wanted.area = std::move(area);
  wanted.contact = "groups@" + host;
  wanted.recovery_sheet = folder_.path() / (host + ".sheet.txt");
  member.node->change([&](node::Store& store, node::Publisher*) {
    node::Publisher::create(store, wanted, clock.now());
  });
  member.node->change([&](node::Store&, node::Publisher* publisher) {
    member.line = publisher->line();
    member.scid = publisher->scid();
  });
  source.serve(host + "/o/main", folder_.path() / host / "public");
  return member;
}

Federation::Member& Federation::add_reader(const std::string& folder_name) {
  members_.push_back(std::make_unique<Member>());
  members_.back()->host = folder_name;
  members_.back()->node =
      std::make_unique<node::Node>(folder_.path() / folder_name, clock, &source);
  return *members_.back();
}

void Federation::reopen(Member& member) {
  member.node.reset();
  member.node = std::make_unique<node::Node>(folder_.path() / member.host, clock, &source);
}

std::vector<node::RecordKey> Federation::publish(Member& member,
                                                 std::vector<protocol::Json> subjects) {
  std::vector<node::RecordKey> keys;
  member.node->change([&](node::Store&, node::Publisher* publisher) {
    std::vector<node::Draft> drafts;
    for (auto& subject : subjects) {
      node::Draft draft;
      if (const auto* id = subject.find("id")) draft.id = *id->if_string();
      if (draft.id.empty()) draft.id = node::new_record_id();
      auto defaults = publisher->listing_defaults(clock.now());
      defaults.id = draft.id;
      protocol::fill_defaults(subject, defaults);
      draft.subject = std::move(subject);
      drafts.push_back(std::move(draft));
    }
    for (const auto& refused : publisher->publish(drafts, clock.now())) {
      for (const auto& problem : refused.problems)
        ADD_FAILURE() << refused.draft << " " << problem.field << ": " << problem.message;
    }
    for (const auto& draft : drafts) keys.push_back({publisher->scid(), draft.id.substr(9)});
  });
  return keys;
}

void Federation::withdraw(Member& member, const node::RecordKey& key) {
  CollectedOutput output;
  EXPECT_EQ(node::execute({"withdraw", {{"id", {key.text()}}}, {}, {}, "/"}, *member.node, output),
            node::kExitOk)
      << output.said;
}

void Federation::recognize(Member& member, const Member& other, std::vector<std::string> area,
                           int depth) {
  CollectedOutput output;
  node::Invocation invocation{"recognize",
                              {{"publisher", {other.line}},
                               {"until", {"2027-11-01"}},
                               {"depth", {std::to_string(depth)}},
                               {"area", std::move(area)},
                               {"yes", {}}},
                              {},
                              {},
                              "/"};
  EXPECT_EQ(node::execute(invocation, *member.node, output), node::kExitOk) << output.said;
}

void Federation::recognize_as(Member& member, const protocol::Recognition& recognition) {
  member.node->change([&](node::Store&, node::Publisher* publisher) {
    std::vector<node::Draft> drafts(1);
    drafts[0].type = protocol::DocumentType::recognition;
    drafts[0].subject = protocol::recognition_subject(recognition, publisher->did());
    drafts[0].valid_until = clock.now() + std::chrono::days(100);
    EXPECT_TRUE(publisher->publish(drafts, clock.now()).empty());
  });
}

void Federation::unrecognize(Member& member, const Member& other) {
  CollectedOutput output;
  EXPECT_EQ(node::execute({"unrecognize", {{"publisher", {other.scid}}}, {}, {}, "/"}, *member.node,
                          output),
            node::kExitOk)
      << output.said;
}

void Federation::anchor(Member& member, const Member& other) {
  CollectedOutput output;
  EXPECT_EQ(node::execute({"anchor add", {{"publisher", {other.line}}, {"yes", {}}}, {}, {}, "/"},
                          *member.node, output),
            node::kExitOk)
      << output.said;
}

void Federation::follow(Member& member, const Member& other) {
  CollectedOutput output;
  EXPECT_EQ(node::execute({"follow", {{"publisher", {other.line}}, {"yes", {}}}, {}, {}, "/"},
                          *member.node, output),
            node::kExitOk)
      << output.said;
}

std::vector<node::FeedOutcome> Federation::sync(Member& member) {
  return member.node->sync(std::nullopt, true, {});
}

std::vector<std::string> Federation::found(Member& member, const node::Query& query) {
  auto ask = query;
  ask.limit = 100;
  if (ask.audiences.empty()) {
    for (const auto& term : protocol::terms(protocol::Vocabulary::audience))
      ask.audiences.emplace_back(term.value);
  }
  std::vector<std::string> keys;
  while (true) {
    const auto result = member.node->search(ask);
    if (!result) {
      ADD_FAILURE() << result.error().detail;
      return keys;
    }
    for (const auto& key : result->page) keys.push_back(key.text());
    if (result->next_cursor.empty()) return keys;
    ask.cursor = result->next_cursor;
  }
}

std::string Federation::everything(Member& member) {
  std::string text;
  for (const auto& key : found(member)) {
    const auto group = member.node->group(*node::RecordKey::parse(key));
    text += key + "\n" + (group ? group->document : "(cannot be opened)") + "\n";
  }
  return text;
}

std::vector<std::string> Federation::names(Member& member) {
  std::vector<std::string> all;
  for (const auto& key : found(member))
    all.push_back(member.node->group(*node::RecordKey::parse(key))->listing.name);
  std::sort(all.begin(), all.end());
  return all;
}

std::string Federation::broken_invariant(Member& member) {
  CollectedOutput output;
  return node::execute({"doctor", {}, {}, {}, "/"}, *member.node, output) == node::kExitOk
             ? std::string()
             : output.said;
}

protocol::Json simple_listing(const std::string& name, const protocol::Json::Object& more) {
  protocol::Json subject = protocol::Json::object(
      {{"name", name},
       {"kinds", protocol::Json::array({"formal_consultation"})},
       {"audience", "therapists"},
       {"links", protocol::Json::object({{"home", "https://groups.test/about"}})}});
  for (const auto& [key, value] : more) subject.set(key, value);
  return subject;
}

}  // namespace test_support
