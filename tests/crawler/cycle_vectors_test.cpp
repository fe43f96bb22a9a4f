// The folders of tests/vectors/cycles, read by a follower as SPEC 6.2 says, one step after another.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "crawler/follower.h"
#include "protocol/document/listing.h"
#include "tests/support/vectors.h"

namespace crawler {
namespace {

using protocol::Json;

class CycleFiles final : public Source {
 public:
  explicit CycleFiles(const Json& files) : files_(files) {}
  std::vector<protocol::Result<FetchResponse>> get_all(
      std::span<const FetchRequest> requests) override {
    std::vector<protocol::Result<FetchResponse>> answers;
    for (const auto& request : requests) {
      const Json* body = files_.find(request.url);
      if (!body) {
        answers.push_back(protocol::refuse(protocol::ErrorCode::fetch_http, "404 Not Found"));
        continue;
      }
      const std::string text = test_support::vector_text(*body);
      if (text.size() > request.max_bytes) {
        answers.push_back(protocol::refuse(protocol::ErrorCode::fetch_too_large, request.url));
      } else {
        answers.push_back(FetchResponse{200, text, ""});
      }
    }
    return answers;
  }

 private:
  const Json& files_;
};

/// What a follower keeps between cycles (SPEC 6.2), in memory.
struct CycleMemory {
  KnownFeed known;
  std::vector<protocol::Bytes> leaves;
  std::map<std::string, RecordChange> records;

  void keep(const FeedUpdate& update) {
    if (update.new_epoch) {
      leaves.clear();
      records.clear();
    }
    leaves.insert(leaves.end(), update.entries.begin(), update.entries.end());
    known.did_log = update.did_log;
    known.did_witness = update.did_witness;
    known.epoch = update.keys.epoch;
    known.size = update.frontier.size();
    known.applied = update.applied;
    known.frontier = update.frontier;
    known.checkpoint = update.checkpoint;
    for (const auto& record : update.records) records.insert_or_assign(record.id, record);
    known.wanted.clear();
    known.live_documents = 0;
    for (const auto& [id, record] : records) {
      if (record.leaf.op != protocol::Leaf::Op::put) continue;
      ++known.live_documents;
      if (record.problem) known.wanted.push_back({record.leaf_index, record.leaf});
    }
  }
  void remember() {
    known.root_at = [this](std::uint64_t size) {
      protocol::Frontier frontier;
      for (std::size_t i = 0; i < size; ++i) frontier.append(protocol::leaf_hash(leaves[i]));
      return frontier.root();
    };
    known.leaves = [this](std::uint64_t from, std::uint64_t to) {
      return std::vector<protocol::Bytes>(leaves.begin() + static_cast<std::ptrdiff_t>(from),
                                          leaves.begin() + static_cast<std::ptrdiff_t>(to));
    };
    known.is_live = [this](const std::string& id) {
      const auto found = records.find(id);
      return found != records.end() && found->second.leaf.op == protocol::Leaf::Op::put;
    };
  }
};

TEST(CycleVectors, EveryFolderIsJudgedAsItSays) {
  const auto cases = test_support::vector_cases("cycles");
  ASSERT_FALSE(cases.empty());
  for (const auto& one : cases) {
    SCOPED_TRACE(one.where);
    CycleMemory memory;
    memory.known.did = one.text("did");
    std::set<std::string> seen;
    std::size_t number = 0;
    for (const Json& step : *one.find("steps")->if_array()) {
      SCOPED_TRACE("step " + std::to_string(++number));
      const auto now = protocol::parse_timestamp(*step.find("now")->if_string());
      ASSERT_TRUE(now);
      if (const Json* today = step.find("new_leaves_today")) {
        memory.known.new_leaves_today = static_cast<std::size_t>(*today->if_integer());
        memory.known.new_leaves_day =
            std::chrono::floor<std::chrono::days>(*now).time_since_epoch().count();
      }
      memory.remember();
      CycleFiles source(*step.find("files"));
      const auto reading = read_feed(source, memory.known, *now);
      const std::string verdict =
          reading.update ? "ok" : std::string(protocol::word(reading.update.error().code));
      EXPECT_EQ(verdict, *step.find("expect")->if_string())
          << (reading.update ? "" : reading.update.error().detail);
      EXPECT_EQ(!reading.contradicting_note.empty(), verdict == "equivocation");
      seen.insert(verdict);
      if (!reading.update) continue;
      const FeedUpdate& update = *reading.update;
      if (const Json* size = step.find("size")) {
        EXPECT_EQ(static_cast<std::int64_t>(update.frontier.size()), size->if_integer());
      }
      if (const Json* applied = step.find("applied")) {
        EXPECT_EQ(static_cast<std::int64_t>(update.applied), applied->if_integer());
      }
      EXPECT_EQ(update.new_epoch, step.find("new_epoch") != nullptr);
      const Json* stopped = step.find("stopped");
      EXPECT_EQ(update.trouble ? std::string(protocol::word(update.trouble->code)) : "",
                stopped ? *stopped->if_string() : "");
      if (update.trouble) seen.insert(std::string(protocol::word(update.trouble->code)));
      if (const Json* records = step.find("records")) {
        std::map<std::string, std::string> found;
        for (const auto& record : update.records) {
          found[record.id] = record.problem    ? std::string(protocol::word(record.problem->code))
                             : record.document ? "shown"
                                               : "gone";
          if (record.problem) seen.insert(found[record.id]);
        }
        for (const auto& [id, state] : *records->if_object()) {
          EXPECT_EQ(found[id], *state.if_string()) << id;
          found.erase(id);
        }
        for (const auto& [id, state] : found) {
          EXPECT_EQ(state, "gone") << id << " is not in the vector";
        }
      }
      memory.keep(update);
    }
    EXPECT_EQ(seen.count(one.expect()), 1u) << "no step gave the code that the case is about";
  }
}

}  // namespace
}  // namespace crawler
