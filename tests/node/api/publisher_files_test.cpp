#include "node/api/publisher_files.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/publish/files.h"
#include "protocol/log/tiles.h"
#include "tests/support/federation.h"

namespace {

using test_support::Federation;
using test_support::simple_listing;

TEST(PublisherFiles, KnowsExactlyThePathsOfTheLayout) {
  struct Case {
    const char* path;
    bool immutable;
    const char* type;
  };
  const Case cases[] = {
      {"did.jsonl", false, "text/jsonl; charset=utf-8"},
      {"did.json", false, "application/did+json"},
      {"feed/1/checkpoint", false, "text/plain; charset=utf-8"},
      {"feed/12/tile/0/000", true, "application/octet-stream"},
      {"feed/1/tile/0/000.p/1", true, "application/octet-stream"},
      {"feed/1/tile/63/x001/x234/067", true, "application/octet-stream"},
      {"feed/1/tile/entries/000", true, "application/octet-stream"},
      {"feed/1/tile/entries/x001/000.p/255", true, "application/octet-stream"},
      {"feed/1/docs/000.jsonl", false, "text/jsonl; charset=utf-8"},
      {"feed/1/docs/x001/234.jsonl", false, "text/jsonl; charset=utf-8"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.path);
    const auto file = node::parse_publisher_path(c.path);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->path.string(), c.path);
    EXPECT_EQ(file->immutable, c.immutable);
    EXPECT_EQ(file->content_type, c.type);
  }
}

TEST(PublisherFiles, RefusesEveryOtherPath) {
  const std::string cases[] = {"",
                               "/",
                               "did",
                               "did.jsonl/",
                               "/did.jsonl",
                               "../did.jsonl",
                               "./did.jsonl",
                               "DID.JSONL",
                               "did.jsonl.bak",
                               "feed",
                               "feed/",
                               "feed/1",
                               "feed/1/",
                               "feed/01/checkpoint",
                               "feed/-1/checkpoint",
                               "feed/+1/checkpoint",
                               "feed/1e0/checkpoint",
                               "feed/ 1/checkpoint",
                               "feed/99999999999999999999/checkpoint",
                               "feed/../feed/1/checkpoint",
                               "feed/1/checkpoint/",
                               "feed/1//checkpoint",
                               "feed/1/checkpoint.tmp",
                               "feed/1/tile",
                               "feed/1/tile/0",
                               "feed/1/tile/0/",
                               "feed/1/tile/64/000",
                               "feed/1/tile/00/000",
                               "feed/1/tile/-1/000",
                               "feed/1/tile/0/0",
                               "feed/1/tile/0/0000",
                               "feed/1/tile/0/x000/001",
                               "feed/1/tile/0/001/002",
                               "feed/1/tile/0/x001",
                               "feed/1/tile/0/x001/../../x",
                               "feed/1/tile/0/x1000/000",
                               "feed/1/tile/0/-01",
                               "feed/1/tile/0/000.p/0",
                               "feed/1/tile/0/000.p/256",
                               "feed/1/tile/0/000.p/01",
                               "feed/1/tile/0/000.p/-1",
                               "feed/1/tile/0/000.p",
                               "feed/1/tile/0/000.p/1/2",
                               "feed/1/tile/data/000",
                               "feed/1/tile/entries",
                               "feed/1/tile/0/x999/x999/x999/x999/x999/999",
                               "feed/1/docs",
                               "feed/1/docs/000",
                               "feed/1/docs/0.jsonl",
                               "feed/1/docs/x000/000.jsonl",
                               "feed/1/docs/../checkpoint",
                               "feed/1/docs/000.jsonl/x",
                               "feed/1/docs/.jsonl",
                               "kith.sqlite3",
                               "../kith.sqlite3",
                               std::string("did.jsonl\0", 10),
                               std::string("feed/1/tile/0/000\0.p/1", 22),
                               "feed/1/tile/0/" + std::string(5000, 'x'),
                               "feed/1/tile/0/\xff\xff\xff"};
  for (const auto& path : cases) {
    SCOPED_TRACE(path.substr(0, 60));
    EXPECT_FALSE(node::parse_publisher_path(path));
  }
}

class PublisherFilesServed : public ::testing::Test {
 protected:
  PublisherFilesServed() : member(federation.add("ohio.test", "Ohio Chapter", {"US-OH"})) {
    federation.publish(member, {simple_listing("A"), simple_listing("B")});
    node::add_public_routes(router, *member.node);
  }
  node::Response get(const std::string& target, const std::string& tag = {}) const {
    auto request = node::make_request("GET", target);
    if (!tag.empty()) request.headers.emplace_back("If-None-Match", tag);
    return router(request);
  }

  Federation federation;
  Federation::Member& member;
  node::Router router;
};

TEST_F(PublisherFilesServed, EveryFileOfTheFolderByteForByte) {
  const auto folder = member.node->publisher_files()->folder;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto path = std::filesystem::relative(entry.path(), folder).string();
    SCOPED_TRACE(path);
    ++files;
    const auto response = get("/o/main/" + path);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, node::read_file_if_there(entry.path()));
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(response.header("Cross-Origin-Resource-Policy"), "cross-origin");
    const std::string tag(*response.header("ETag"));
    for (const auto& known : {tag, "W/" + tag, "\"other\", " + tag + " ,\"x\"", std::string("*")}) {
      const auto same = get("/o/main/" + path, known);
      EXPECT_EQ(same.status, 304) << known;
      EXPECT_EQ(same.body, "");
      EXPECT_EQ(same.header("ETag"), tag);
    }
    EXPECT_EQ(get("/o/main/" + path, "\"other\"").status, 200);
  }
  EXPECT_GE(files, 5u);
}

TEST_F(PublisherFilesServed, OnlyWhatNeverChangesIsKeptForLong) {
  EXPECT_FALSE(get("/o/main/did.jsonl").cache.immutable);
  const auto checkpoint = get("/o/main/feed/1/checkpoint");
  EXPECT_EQ(checkpoint.status, 200);
  EXPECT_LE(checkpoint.cache.max_age, std::chrono::seconds(10));
  const auto size = checkpoint.body.substr(checkpoint.body.find('\n') + 1);
  const auto entries = get("/o/main/feed/1/" + protocol::entries_path(0, std::stoul(size)));
  EXPECT_EQ(entries.status, 200);
  EXPECT_TRUE(entries.cache.immutable);
  EXPECT_FALSE(get("/o/main/feed/1/docs/000.jsonl").cache.immutable);
}

TEST_F(PublisherFilesServed, NothingElseOfTheDataFolder) {
  const auto folder = member.node->publisher_files()->folder;
  std::ofstream(folder / "secret.txt") << "secret";
  for (const auto* path :
       {"/o/main/secret.txt", "/o/main/../kith.sqlite3", "/o/main/%2e%2e/kith.sqlite3",
        "/o/main/..%2fkith.sqlite3", "/o/main/feed/1/%2e%2e/%2e%2e/secret.txt", "/o/main/",
        "/o/main/feed/2/checkpoint", "/o/main/feed/1/tile/0/000.p/200", "/o/main//did.jsonl",
        "/o/main/did.jsonl%00"}) {
    SCOPED_TRACE(path);
    try {
      const auto response = get(path);
      EXPECT_EQ(response.status, 404);
      EXPECT_EQ(response.body.find("secret"), std::string::npos);
    } catch (const std::invalid_argument&) {
      // The edge would have refused such a target before any handler.
    }
  }
}

}  // namespace
