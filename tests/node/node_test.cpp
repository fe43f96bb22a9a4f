#include "node/node.h"

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "node/publish/feed_folder.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"
#include "tests/support/federation.h"

namespace {

using protocol::ErrorCode;
using test_support::Federation;
using test_support::simple_listing;

/// What `kith status --json` says of one publisher.
protocol::Json status_of(Federation::Member& member, const std::string& scid) {
  test_support::CollectedOutput output;
  EXPECT_EQ(node::execute({"status", {{"json", {}}}, {}, {}, "/"}, *member.node, output),
            node::kExitOk);
  const auto status = protocol::parse_json(output.said);
  EXPECT_TRUE(status) << output.said;
  for (const auto& feed : *status->find("feeds")->if_array()) {
    if (*feed.find("scid")->if_string() == scid) return feed;
  }
  ADD_FAILURE() << "no feed " << scid << " in " << output.said;
  return {};
}

std::string text_of(const protocol::Json& object, std::string_view member) {
  const auto* value = object.find(member);
  return value && value->if_string() ? *value->if_string() : std::string();
}

/// A reader with an association as its anchor and a chapter that the association recognizes.
class Following : public testing::Test {
 protected:
  Following()
      : national(federation.add("national.test", "National Test Association", {"US"},
                                "national_association")),
        ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        reader(federation.add_reader("reader")) {
    federation.recognize(national, ohio, {"US-OH"}, 1);
    federation.anchor(reader, national);
    keys = federation.publish(ohio, {simple_listing("First group"), simple_listing("Second group"),
                                     simple_listing("Third group")});
    federation.sync(reader);
  }

  ErrorCode refused_code(const std::vector<node::FeedOutcome>& outcomes, const std::string& scid) {
    for (const auto& outcome : outcomes) {
      if (outcome.scid == scid) {
        EXPECT_TRUE(outcome.refused) << "it was taken";
        return outcome.refused ? outcome.refused->code : ErrorCode::internal;
      }
    }
    ADD_FAILURE() << "it was not read";
    return ErrorCode::internal;
  }

  /// Publishes through the publisher's own keys what its tool never would.
  void publish_raw(Federation::Member& member, const std::string& id, const std::string& line,
                   protocol::Timestamp expires) {
    member.node->change([&](node::Store& store, node::Publisher*) {
      const auto keys_of = node::load_keys(member.node->folder());
      const auto feed = *store.queries().feed(member.scid);
      protocol::Leaf leaf;
      leaf.id = id;
      leaf.type = "listing";
      leaf.document = protocol::sha256(line);
      leaf.expires = expires;
      auto frontier = feed.frontier;
      frontier.append(protocol::leaf_hash(protocol::as_bytes(protocol::format_leaf(leaf))));
      const auto origin = protocol::feed_origin(member.scid, 1);
      protocol::Note note{protocol::format_checkpoint({origin, frontier.size(), frontier.root()}),
                          {}};
      note.signatures.push_back(protocol::sign_note(note.text, origin, keys_of.sign));
      note.signatures.push_back(protocol::cosign_note(
          note.text, protocol::node_key_name(member.scid), keys_of.node, federation.clock.now()));
      store.append_own(feed.feed_id, feed.size, {{leaf, line}}, frontier,
                       protocol::format_note(note), federation.clock.now());
      node::write_feed_folder(store.queries(), *store.queries().feed(member.scid),
                              member.node->folder() / "public");
    });
  }

  Federation federation;
  Federation::Member& national;
  Federation::Member& ohio;
  Federation::Member& reader;
  std::vector<node::RecordKey> keys;
};

TEST_F(Following, FindsByRecognitionWhomNobodyNamed) {
  EXPECT_EQ(federation.found(reader).size(), 3u);
  const auto group = reader.node->group(keys[0]);
  ASSERT_TRUE(group);
  ASSERT_EQ(group->standing.path.size(), 2u);
  EXPECT_EQ(group->standing.path[0].name, "National Test Association");
  EXPECT_EQ(group->standing.path[1].name, "Ohio Test Chapter");
  EXPECT_EQ(group->publisher_name, "Ohio Test Chapter");
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(Following, AnyFlippedByteOnTheWayChangesNothing) {
  const auto before = federation.everything(reader);
  federation.publish(ohio, {simple_listing("Fourth group")});
  for (const std::string file : {"/checkpoint", "/tile/entries/000.p/5"}) {
    const auto original = node::read_file_if_there(ohio.node->folder() / ("public/feed/1" + file));
    ASSERT_TRUE(original) << file;
    for (std::size_t at = 0; at < original->size(); ++at) {
      federation.source.lie(
          [&](const std::string& url,
              const std::string& body) -> std::optional<protocol::Result<crawler::FetchResponse>> {
            if (!url.starts_with("https://ohio.test/") || !url.ends_with(file)) return std::nullopt;
            std::string wrong = body;
            wrong[at] = static_cast<char>(wrong[at] ^ 1);
            return crawler::FetchResponse{200, wrong, ""};
          });
      federation.sync(reader);
      ASSERT_EQ(federation.everything(reader), before) << file << " with byte " << at << " flipped";
    }
    const auto status = status_of(reader, ohio.scid);
    EXPECT_EQ(text_of(status, "name"), "Ohio Test Chapter");
    EXPECT_FALSE(text_of(status, "code").empty()) << file;
    EXPECT_NE(text_of(status, "state"), "quarantined")
        << "bytes changed on the way are no fraud of the publisher";
  }
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 4u);
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "code"), "");
  EXPECT_EQ(federation.broken_invariant(reader), "");
}

TEST_F(Following, AnOlderCheckpointIsARollbackAndNothingChanges) {
  const auto old = *node::read_file_if_there(ohio.node->folder() / "public/feed/1/checkpoint");
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  const auto before = federation.everything(reader);
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url != "https://ohio.test/o/main/feed/1/checkpoint") return std::nullopt;
        return crawler::FetchResponse{200, old, ""};
      });
  EXPECT_EQ(refused_code(federation.sync(reader), ohio.scid), ErrorCode::rollback);
  EXPECT_EQ(federation.everything(reader), before);
  const auto status = status_of(reader, ohio.scid);
  EXPECT_EQ(text_of(status, "code"), "rollback");
  EXPECT_EQ(text_of(status, "name"), "Ohio Test Chapter");
}

TEST_F(Following, OneFlippedByteOfADocumentRefusesThatRecordOnly) {
  auto subject = simple_listing("First group, renamed");
  subject.set("id", keys[0].urn());
  federation.publish(ohio, {subject, simple_listing("Fourth group")});
  federation.source.lie(
      [&](const std::string& url,
          const std::string& body) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        const auto at = body.find("renamed");
        if (!url.ends_with("/docs/000.jsonl") || at == std::string::npos) return std::nullopt;
        std::string wrong = body;
        wrong[at] = 'R';
        return crawler::FetchResponse{200, wrong, ""};
      });
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 4u) << "all others arrive";
  EXPECT_EQ(reader.node->group(keys[0])->listing.name, "First group") << "its older text stays";
  EXPECT_TRUE(reader.node->group(keys[0])->standing.being_updated);
  const auto status = status_of(reader, ohio.scid);
  const auto& records = *status.find("records")->if_array();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(text_of(records[0], "id"), keys[0].text());
  EXPECT_EQ(text_of(records[0], "code"), "doc-hash");
  EXPECT_EQ(federation.broken_invariant(reader), "");

  // A day later the older text has had its time; when the right bytes come, the new one is shown.
  federation.clock.advance(std::chrono::hours(25));
  federation.sync(reader);
  EXPECT_FALSE(reader.node->group(keys[0]));
  EXPECT_EQ(federation.found(reader).size(), 3u);
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_EQ(reader.node->group(keys[0])->listing.name, "First group, renamed");
}

TEST_F(Following, ADocumentSignedByAnotherKeyIsRefusedAlone) {
  const auto group = ohio.node->group(keys[1]);
  ASSERT_TRUE(group);
  auto envelope = group->envelope;
  envelope.subject.set("name", "Forged group");
  const auto stranger = node::new_key();
  const auto line = protocol::sign_document(envelope, envelope.issuer + "#sign", stranger,
                                            federation.clock.now());
  ASSERT_TRUE(line) << line.error().detail;
  publish_raw(ohio, keys[1].urn(), *line, envelope.valid_until);
  federation.publish(ohio, {simple_listing("Fourth group")});
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 4u);
  EXPECT_EQ(reader.node->group(keys[1])->listing.name, "Second group");
  const auto status = status_of(reader, ohio.scid);
  ASSERT_EQ(status.find("records")->if_array()->size(), 1u);
  EXPECT_EQ(text_of(status.find("records")->if_array()->front(), "code"), "proof-invalid");
}

TEST_F(Following, AWithdrawalActsAtOnceEvenIfItsNewerTextNeverCame) {
  auto subject = simple_listing("First group, renamed");
  subject.set("id", keys[0].urn());
  federation.publish(ohio, {subject});
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (!url.ends_with("/docs/000.jsonl")) return std::nullopt;
        return protocol::refuse(ErrorCode::fetch_timeout, "no answer within 30 s");
      });
  federation.sync(reader);
  EXPECT_TRUE(reader.node->group(keys[0]));
  federation.withdraw(ohio, keys[0]);
  federation.sync(reader);
  EXPECT_FALSE(reader.node->group(keys[0]));
  EXPECT_EQ(federation.found(reader).size(), 2u);
}

TEST_F(Following, TheWholeOriginGoneChangesNothing) {
  const auto before = federation.everything(reader);
  federation.source.stop_serving("ohio.test/o/main");
  federation.source.stop_serving("national.test/o/main");
  for (int i = 0; i < 3; ++i) {
    federation.clock.advance(std::chrono::hours(24));
    federation.sync(reader);
    EXPECT_EQ(federation.everything(reader), before);
  }
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "code"), "fetch-connect");
  federation.reopen(reader);
  EXPECT_EQ(federation.everything(reader), before) << "also after a restart";
}

TEST_F(Following, SilenceIsShownThenHidesAndNothingIsDeleted) {
  const auto before = federation.everything(reader);
  federation.source.stop_serving("ohio.test/o/main");
  federation.clock.advance(std::chrono::days(8));
  federation.sync(reader);
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "state"), "stale");
  EXPECT_EQ(federation.everything(reader), before);
  federation.clock.advance(std::chrono::days(28));
  federation.sync(reader);
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "state"), "dead");
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "hidden"), "edge-stale");
  EXPECT_TRUE(federation.found(reader).empty());
  federation.source.serve("ohio.test/o/main", ohio.node->folder() / "public");
  federation.sync(reader);
  EXPECT_EQ(federation.everything(reader), before) << "back without being fetched anew";
}

TEST_F(Following, ASecondHistoryOfTheSameSizeIsQuarantinedWithItsProof) {
  const auto feed = reader.node->feeds();
  // The right key signs another root for the size that everybody has seen.
  const auto keys_of = node::load_keys(ohio.node->folder());
  const auto origin = protocol::feed_origin(ohio.scid, 1);
  protocol::Note note{protocol::format_checkpoint({origin, 4, protocol::sha256("another history")}),
                      {}};
  note.signatures.push_back(protocol::sign_note(note.text, origin, keys_of.sign));
  note.signatures.push_back(protocol::cosign_note(note.text, protocol::node_key_name(ohio.scid),
                                                  keys_of.node, federation.clock.now()));
  const auto forked = protocol::format_note(note);
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url != "https://ohio.test/o/main/feed/1/checkpoint") return std::nullopt;
        return crawler::FetchResponse{200, forked, ""};
      });
  EXPECT_EQ(refused_code(federation.sync(reader), ohio.scid), ErrorCode::equivocation);
  EXPECT_TRUE(federation.found(reader).empty());
  EXPECT_EQ(text_of(status_of(reader, ohio.scid), "state"), "quarantined");
  federation.source.lie(nullptr);
  federation.sync(reader);
  EXPECT_TRUE(federation.found(reader).empty()) << "only the operator clears it";
}

TEST_F(Following, ACutOrForkedIdentityLogIsNotBelieved) {
  const auto before = federation.everything(reader);
  auto& other = federation.add("other.test", "Other", {"US-OH"});
  const auto foreign = *node::read_file_if_there(other.node->folder() / "public/did.jsonl");
  for (const std::string& text : {std::string(), foreign, std::string("{}\n")}) {
    SCOPED_TRACE(text.substr(0, 40));
    federation.source.lie(
        [&](const std::string& url,
            const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
          if (url != "https://ohio.test/o/main/did.jsonl") return std::nullopt;
          return crawler::FetchResponse{200, text, ""};
        });
    refused_code(federation.sync(reader), ohio.scid);
    EXPECT_EQ(federation.everything(reader), before);
  }
}

TEST_F(Following, WhomNobodyRecognizesIsHeldAndNotShown) {
  auto& unknown =
      federation.add("unknown.test", "Clear Summit Test", {"US-OH"}, "independent_initiative");
  federation.publish(unknown, {simple_listing("Unvouched group")});
  federation.follow(reader, unknown);
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 3u);
  EXPECT_EQ(status_of(reader, unknown.scid).find("listings")->if_integer(), 1)
      << "its documents are held";
  EXPECT_EQ(text_of(status_of(reader, unknown.scid), "hidden"), "no-path");

  federation.recognize(ohio, unknown, {"US-OH"});
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 4u);
  node::Query query;
  query.words = "unvouched";
  const auto shown = federation.found(reader, query);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(reader.node->group(*node::RecordKey::parse(shown[0]))->standing.path.size(), 3u);

  federation.unrecognize(ohio, unknown);
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 3u);
  EXPECT_EQ(text_of(status_of(reader, unknown.scid), "hidden"), "no-path");
}

TEST_F(Following, ARecognitionHoldsOnlyInsideItsArea) {
  auto& lantern = federation.add("lantern.test", "Lantern", {"US-MI"}, "collective");
  federation.publish(lantern, {simple_listing("Outside of Ohio")});
  federation.recognize(ohio, lantern, {"US-MI"});
  federation.sync(reader);
  EXPECT_EQ(federation.found(reader).size(), 3u)
      << "Ohio's own recognition does not reach Michigan";
  EXPECT_EQ(text_of(status_of(reader, lantern.scid), "hidden"), "edge-scope");
}

TEST_F(Following, RemovingTheAnchorHidesAndAddingItShowsAgain) {
  const auto before = federation.everything(reader);
  reader.node->change(
      [&](node::Store& store, node::Publisher*) { store.remove_anchor(national.scid); });
  EXPECT_TRUE(federation.found(reader).empty());
  federation.anchor(reader, national);
  EXPECT_EQ(federation.everything(reader), before);
}

TEST_F(Following, AnUnchangedFeedCostsTwoRequests) {
  federation.sync(reader);
  const auto before = federation.source.requests();
  reader.node->sync(ohio.scid, true, {});
  EXPECT_EQ(federation.source.requests() - before, 2u)
      << "did.jsonl and checkpoint, both unchanged";
}

TEST(Node, ShowsItsOwnListingsOnlyWithoutAnchors) {
  Federation federation;
  auto& ohio = federation.add("ohio.test", "Ohio", {"US-OH"});
  auto& oregon = federation.add("oregon.test", "Oregon", {"US-OR"});
  federation.publish(ohio, {simple_listing("Ohio group")});
  federation.publish(oregon, {simple_listing("Oregon group")});
  federation.follow(ohio, oregon);
  federation.sync(ohio);
  ASSERT_EQ(federation.found(ohio).size(), 1u);
  EXPECT_TRUE(federation.found(ohio)[0].starts_with(ohio.scid));
}

TEST(Node, RefusesASecondProcessOnItsFolder) {
  Federation federation;
  auto& ohio = federation.add("ohio.test", "Ohio", {"US-OH"});
  try {
    const node::Node second(ohio.node->folder(), federation.clock, nullptr);
    FAIL() << "two wrote to one folder";
  } catch (const node::DataError& error) {
    EXPECT_EQ(error.code(), ErrorCode::in_use);
  }
}

}  // namespace
