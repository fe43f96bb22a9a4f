#include "node/mirror/mirror.h"

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/http/router.h"
#include "node/publish/files.h"
#include "protocol/log/checkpoint.h"
#include "tests/support/federation.h"

namespace {

using test_support::CollectedOutput;
using test_support::Federation;
using test_support::simple_listing;

TEST(MirrorPath, IsTakenInOneSpellingOnly) {  // C11
  for (const char* good : {"checkpoint", "did.jsonl", "did-witness.json", "fork", "docs/000.jsonl",
                           "tile/0/000.p/5", "tile/entries/x001/000", "tile/1/000.p/255"}) {
    EXPECT_TRUE(node::parse_mirror_path(good)) << good;
  }
  for (const char* bad :
       {"", "x001/../..", "tile/0/x001/../..", "tile/0/%2e%2e", "tile/0/x1000", "tile/0/-1",
        "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/05", "tile/0/0",
        "tile/8/000", "tile/0/001/", "docs/../did.jsonl", "docs/000", "checkpoint/"}) {
    EXPECT_FALSE(node::parse_mirror_path(bad)) << bad;
  }
}

TEST(Mirror, ServesTheOriginsBytesAndCrossesByFolder) {
  Federation federation;
  auto& ohio = federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"});
  auto& hub = federation.add("hub.test", "Hub", {"US"});
  auto& reader = federation.add_reader("reader");
  const auto keys =
      federation.publish(ohio, {simple_listing("Stays"), simple_listing("Goes away")});
  federation.withdraw(ohio, keys[1]);
  federation.anchor(hub, ohio);
  federation.sync(hub);

  node::Router router;
  node::add_public_routes(router, *hub.node);
  const auto name = node::mirror_name(protocol::feed_origin(ohio.scid, 1));
  const auto get = [&](const std::string& path) {
    return router(node::make_request("GET", "/mirror/" + name + "/" + path));
  };
  const auto folder = ohio.node->folder() / "public";
  EXPECT_EQ(get("did.jsonl").body, *node::read_file_if_there(folder / "did.jsonl"));
  for (const char* file : {"tile/0/000.p/4", "tile/entries/000.p/4", "docs/000.jsonl"}) {
    const auto origin = node::read_file_if_there(folder / "feed/1" / file);
    ASSERT_TRUE(origin) << file;
    EXPECT_EQ(get(file).body, *origin) << file;
  }
  EXPECT_EQ(get("tile/0/000.p/3").status, 404) << "this size was never read";
  EXPECT_EQ(get("fork").status, 404);
  EXPECT_NE(get("checkpoint").body.find(protocol::node_key_name(hub.scid)), std::string::npos);

  const auto out = reader.node->folder().parent_path() / "stick";
  CollectedOutput said;
  ASSERT_EQ(
      node::execute({"mirror", {{"to", {out.string()}}, {"publisher", {ohio.scid}}}, {}, {}, "/"},
                    *hub.node, said),
      node::kExitOk)
      << said.said;
  federation.source.stop_serving("ohio.test/o/main");
  const auto place = (out / ohio.scid).string();
  const node::Invocation unasked{"follow", {{"publisher", {place}}, {"yes", {}}}, {}, {}, "/"};
  EXPECT_EQ(node::execute(unasked, *reader.node, said), node::kExitUsage)
      << "whom nobody here follows yet, a person compares first";
  ASSERT_EQ(node::execute({"follow", {{"publisher", {place}}}, {}, {}, "/"}, *reader.node, said),
            node::kExitOk)
      << said.said;
  EXPECT_EQ(node::execute(unasked, *reader.node, said), node::kExitOk) << said.said;
  reader.node->sync(std::nullopt, true, {});
  EXPECT_EQ(reader.node->feeds().at(0).listings, 1u);
  EXPECT_EQ(node::read_file_if_there(out / ohio.scid / "feed/1/docs/000.jsonl")->find("Goes away"),
            std::string::npos);

  hub.node->change(
      [&](node::Store& store, node::Publisher*) { store.deny(ohio.scid, "", "test"); });
  EXPECT_EQ(get("did.jsonl").status, 404);
  EXPECT_EQ(get("checkpoint").status, 404);
  EXPECT_EQ(hub.node->mirror().index().find(ohio.scid), std::string::npos);
}

}  // namespace
