#include "node/witness/witness.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <iostream>
#include <thread>

#include <gtest/gtest.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/http/router.h"
#include "node/publish/files.h"
#include "node/publish/keys.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/limits.h"
#include "protocol/log/merkle.h"
#include "tests/support/federation.h"
#include "tests/support/shared_inputs.h"
#include "tests/support/standing.h"

namespace {

using protocol::AddCheckpointOutcome;
using protocol::Hash;
using test_support::Federation;
using test_support::simple_listing;

/// What the key of a publisher can sign, beside what its own tool does: any continuation of its
/// log.
struct SignedLog {
  explicit SignedLog(Federation::Member& member)
      : scid(member.scid), origin(protocol::feed_origin(member.scid, 1)) {
    auto keys = node::load_keys(member.node->folder());
    sign.emplace(std::move(keys.sign));
    member.node->change([&](node::Store& store, node::Publisher*) {
      const auto feed = *store.queries().feed(scid);
      for (const auto& leaf : store.queries().entries(feed.feed_id, 0, feed.size))
        leaves.push_back(protocol::leaf_hash(leaf));
      published = feed.checkpoint;
    });
  }

  void grow(std::size_t count, const std::string& words = "invented") {
    for (std::size_t i = 0; i < count; ++i) {
      leaves.push_back(
          protocol::leaf_hash(protocol::as_bytes(words + std::to_string(leaves.size()))));
    }
  }
  std::span<const Hash> first(std::uint64_t size) const {
    return std::span(leaves).first(static_cast<std::size_t>(size));
  }
  std::string note(std::uint64_t size, const Hash& root) const {
    protocol::Note made{protocol::format_checkpoint({origin, size, root}), {}};
    made.signatures.push_back(protocol::sign_note(made.text, origin, *sign));
    return protocol::format_note(made);
  }
  std::string note(std::uint64_t size) const {
    return note(size, protocol::naive_root(first(size)));
  }
  std::string request(std::uint64_t old_size, std::uint64_t size) const {
    return protocol::format_add_checkpoint(
        old_size, protocol::consistency_proof(first(size), old_size), note(size));
  }
  std::uint64_t size() const { return leaves.size(); }

  std::string scid, origin, published;
  std::optional<protocol::SigningKey> sign;
  std::vector<Hash> leaves;
};

class Witnessing : public testing::Test {
 protected:
  Witnessing()
      : ohio(federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"})),
        iowa(federation.add("iowa.test", "Iowa Test Chapter", {"US-IA"})) {
    federation.publish(ohio, {simple_listing("First group"), simple_listing("Second group")});
    federation.follow(iowa, ohio);
    federation.sync(iowa);
    node::add_public_routes(router, *iowa.node);
  }

  node::Response post(const std::string& body) {
    auto request = node::make_request("POST", "/witness/add-checkpoint");
    request.body = body;
    return router(request);
  }
  node::Head head_of(Federation::Member& at, const std::string& scid) {
    return at.node->change([&](node::Store& store, node::Publisher*) {
      return node::newest_head(store.database(), *store.queries().feed(scid));
    });
  }
  node::Feed feed_of(Federation::Member& at, const std::string& scid) {
    return at.node->change(
        [&](node::Store& store, node::Publisher*) { return *store.queries().feed(scid); });
  }
  std::int64_t rows(Federation::Member& at, const std::string& table) {
    return at.node->change([&](node::Store& store, node::Publisher*) {
      auto count = store.database().prepare("SELECT count(*) FROM " + table);
      count.step();
      return count.integer(0);
    });
  }
  /// The time of `witness`'s own line for `text`.
  protocol::Timestamp time_of(const std::string& text, const std::string& lines,
                              Federation::Member& witness) {
    const auto note = protocol::parse_note(text + "\n" + lines);
    EXPECT_TRUE(note.has_value()) << lines;
    if (!note) return {};
    EXPECT_EQ(note->signatures.size(), 1u);
    const auto keys = node::load_keys(witness.node->folder());
    const auto time =
        protocol::verify_line(*note, {protocol::node_key_name(witness.scid),
                                      protocol::NoteKeyKind::cosignature, keys.node.public_key()});
    EXPECT_TRUE(time.has_value()) << (time ? "" : time.error().detail);
    return time ? *time : protocol::Timestamp{};
  }
  std::string text_of(const std::string& note) { return protocol::parse_note(note)->text; }

  test_support::StandingToTheEnd standing;  // Z2, Z3
  Federation federation;
  Federation::Member& ohio;
  Federation::Member& iowa;
  node::Router router;
};

TEST_F(Witnessing, ANewerCheckpointIsRememberedCosignedAndReadSoon) {
  std::vector<protocol::Timestamp> news;
  iowa.node->on_news([&](protocol::Timestamp at) { news.push_back(at); });
  const auto old_size = feed_of(iowa, ohio.scid).size;
  federation.clock.advance(std::chrono::seconds(30));
  const auto keys = federation.publish(ohio, {simple_listing("Third group")});
  const SignedLog log(ohio);
  ASSERT_GT(log.size(), old_size);
  const auto body = protocol::format_add_checkpoint(
      old_size, protocol::consistency_proof(log.leaves, old_size), log.published);
  EXPECT_GT(feed_of(iowa, ohio.scid).next_attempt, federation.clock.now());

  const auto response = post(body);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response.cache.max_age.count(), 0);
  EXPECT_EQ(time_of(text_of(log.published), response.body, iowa), federation.clock.now());
  EXPECT_EQ(head_of(iowa, ohio.scid).size, log.size());
  EXPECT_EQ(head_of(iowa, ohio.scid).note, log.published);
  EXPECT_EQ(feed_of(iowa, ohio.scid).size, old_size) << "not read yet";
  EXPECT_EQ(feed_of(iowa, ohio.scid).next_attempt, federation.clock.now());
  EXPECT_EQ(news, std::vector<protocol::Timestamp>{federation.clock.now()});

  // What is due is read, and only that.
  const auto outcomes = iowa.node->sync(std::nullopt, false, {});
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].refused) << outcomes[0].refused->detail;
  EXPECT_EQ(feed_of(iowa, ohio.scid).size, log.size());
  EXPECT_EQ(head_of(iowa, ohio.scid).size, log.size());
  EXPECT_EQ(federation.broken_invariant(iowa), "");
}

TEST_F(Witnessing, L16_EachFaultHasItsStatus) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(300);
  const auto size = log.size();
  const auto proof = protocol::consistency_proof(log.leaves, known);
  auto false_proof = proof;
  false_proof[0] = log.leaves[0];
  const std::vector<Hash> many(64, log.leaves[0]);
  std::string many_lines;
  for (const auto& hash : many) many_lines += protocol::to_base64(hash.view()) + "\n";

  protocol::Note by_stranger{text_of(log.note(size)), {}};
  const auto stranger = node::new_key();
  by_stranger.signatures.push_back(protocol::sign_note(by_stranger.text, log.origin, stranger));
  auto flipped = *protocol::parse_note(log.note(size));
  flipped.signatures[0].blob[9] ^= 4;
  const auto for_origin = [&](const std::string& origin) {
    protocol::Note note{
        protocol::format_checkpoint({origin, size, protocol::naive_root(log.leaves)}), {}};
    note.signatures.push_back(protocol::sign_note(note.text, origin, *log.sign));
    return protocol::format_add_checkpoint(known, proof, protocol::format_note(note));
  };
  const auto with = [&](std::uint64_t old_size, std::span<const Hash> hashes,
                        const std::string& note) {
    return protocol::format_add_checkpoint(old_size, hashes, note);
  };
  struct Case {
    const char* name;
    std::string body;
    int status;
  };
  const Case cases[] = {
      {"unknown publisher", for_origin("webvh/QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5/1"),
       404},
      {"another epoch", for_origin(protocol::feed_origin(ohio.scid, 2)), 404},
      {"an epoch written otherwise", for_origin("webvh/" + ohio.scid + "/01"), 404},
      {"no epoch", for_origin("webvh/" + ohio.scid), 404},
      {"somebody's else log", for_origin("log.example/behind-the-sofa"), 404},
      {"an SQL word", for_origin("webvh/'/1"), 404},
      {"no trusted signature", with(known, proof, protocol::format_note(by_stranger)), 403},
      {"a false signature", with(known, proof, protocol::format_note(flipped)), 403},
      {"old size above the new one", with(size + 1, proof, log.note(size)), 400},
      {"wrong old size", with(known - 1, proof, log.note(size)), 409},
      {"old size zero", with(0, {}, log.note(size)), 409},
      {"bad proof", with(known, false_proof, log.note(size)), 422},
      {"no proof", with(known, {}, log.note(size)), 422},
      {"64 hashes", "old 3\n" + many_lines + "\n" + log.note(size), 400},
      {"size 0 with a root", with(0, {}, log.note(0, log.leaves[0])), 422},
      {"nothing", "", 400},
      {"garbage", std::string(1000, '\x01'), 400},
      {"JSON", "{}", 400},
      {"over 64 KiB", std::string(64 * 1024 + 1, 'x'), 413},
  };
  const auto before = head_of(iowa, ohio.scid);
  const auto due = feed_of(iowa, ohio.scid).next_attempt;
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto response = post(c.body);
    EXPECT_EQ(response.status, c.status) << response.body;
    if (c.status == 409) {
      EXPECT_EQ(response.header("Content-Type"), "text/x.tlog.size");
      EXPECT_EQ(response.body, std::to_string(known) + "\n");
    } else {
      EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
    }
    EXPECT_EQ(response.body.find("\u2014"), std::string::npos) << "a signature";
  }
  EXPECT_EQ(rows(iowa, "head"), 1) << "nothing of it is stored";
  EXPECT_EQ(rows(iowa, "contradiction"), 0);
  EXPECT_EQ(head_of(iowa, ohio.scid).state(), before.state());
  EXPECT_EQ(feed_of(iowa, ohio.scid).next_attempt, due);
  EXPECT_EQ(router(node::make_request("GET", "/witness/add-checkpoint")).status, 405);
}

TEST_F(Witnessing, L17_ProofsOfEveryKindOfSizeAndNoByteOfThemMayDiffer) {
  SignedLog log(ohio);
  log.grow(65'537 - log.size());
  std::uint64_t known = 3;  // of the log so far: two groups and the publisher's card
  ASSERT_EQ(head_of(iowa, ohio.scid).size, known);
  for (const std::uint64_t size : {4U, 6U, 7U, 8U, 255U, 256U, 257U, 65'535U, 65'537U}) {
    SCOPED_TRACE(std::to_string(known) + " to " + std::to_string(size));
    const auto proof = protocol::consistency_proof(log.first(size), known);
    const auto note = log.note(size);
    ASSERT_FALSE(proof.empty());
    for (std::size_t i = 0; i < proof.size(); ++i) {
      auto off = proof;
      protocol::Bytes bytes(off[i].view().begin(), off[i].view().end());
      bytes[(i * 7) % 32] ^= 1;
      off[i] = *Hash::of(protocol::ByteView(bytes));
      EXPECT_EQ(post(protocol::format_add_checkpoint(known, off, note)).status, 422);
    }
    EXPECT_EQ(post(protocol::format_add_checkpoint(known, proof, note)).status, 200);
    EXPECT_EQ(head_of(iowa, ohio.scid).size, size);
    known = size;
  }
}

TEST_F(Witnessing, ARepeatedRequestGetsTheSameLineAndLaterANewerOne) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(5);
  const auto first = post(log.request(known, known + 5));
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(post(log.request(known, known + 5)).body, std::to_string(known + 5) + "\n");
  federation.clock.advance(std::chrono::seconds(59));
  EXPECT_EQ(post(log.request(known + 5, known + 5)).body, first.body);
  federation.clock.advance(std::chrono::seconds(1));
  const auto later = post(log.request(known + 5, known + 5));
  ASSERT_EQ(later.status, 200);
  EXPECT_EQ(time_of(text_of(log.note(known + 5)), later.body, iowa), federation.clock.now());
  federation.reopen(iowa);
  EXPECT_EQ(head_of(iowa, ohio.scid).size, known + 5);
}

TEST_F(Witnessing, L14_OfParallelRequestsFromOneBaseExactlyOneSucceeds) {
  const auto rounds = test_support::rounds(1000);
  SignedLog log(ohio);
  log.grow(static_cast<std::size_t>(rounds) * 4);
  auto known = head_of(iowa, ohio.scid).size;
  constexpr std::size_t kAtOnce = 4;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::string> bodies;
    for (std::size_t i = 1; i <= kAtOnce; ++i)
      bodies.push_back(log.request(known, known + i % 3 + 1));
    std::vector<node::Response> answers(kAtOnce);
    std::barrier start(static_cast<std::ptrdiff_t>(kAtOnce));
    std::vector<std::thread> senders;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      senders.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[i] = post(bodies[i]);
      });
    }
    for (auto& sender : senders) sender.join();
    const auto now = head_of(iowa, ohio.scid).size;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      if (answers[i].status == 200) {
        ++taken;
        EXPECT_EQ(now, known + (i + 1) % 3 + 1);
      } else {
        ASSERT_EQ(answers[i].status, 409) << answers[i].body;
        EXPECT_EQ(answers[i].body, std::to_string(now) + "\n");
      }
    }
    ASSERT_EQ(taken, 1u) << "round " << round;
    known = now;
  }
  std::cout << "MEASURED add-checkpoint: " << rounds << " rounds of " << kAtOnce
            << " parallel requests, one 200 in each\n";
}

TEST_F(Witnessing, AnOlderCheckpointFromTheOriginIsARollbackThen) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(1);
  ASSERT_EQ(post(log.request(known, known + 1)).status, 200);
  const auto outcomes = federation.sync(iowa);
  ASSERT_EQ(outcomes.size(), 1u);
  ASSERT_TRUE(outcomes[0].refused);
  EXPECT_EQ(outcomes[0].refused->code, protocol::ErrorCode::rollback)
      << outcomes[0].refused->detail;
  EXPECT_FALSE(feed_of(iowa, ohio.scid).quarantined);
  EXPECT_EQ(feed_of(iowa, ohio.scid).size, known) << "what was read before stays";
}

TEST_F(Witnessing, AnotherHistoryFromTheOriginIsEquivocationAndBothNotesAreKept) {
  for (const std::size_t more : {1U, 3U}) {
    SCOPED_TRACE(more);
    SignedLog log(ohio);
    const auto known = log.size();
    log.grow(1);
    ASSERT_EQ(post(log.request(known, known + 1)).status, 200);
    // Now its tool, which knows nothing of that, publishes something else for the same size.
    std::vector<protocol::Json> groups;
    for (std::size_t i = 0; i < more; ++i)
      groups.push_back(simple_listing("Other group " + std::to_string(i)));
    federation.publish(ohio, std::move(groups));
    const auto published = SignedLog(ohio).published;
    const auto outcomes = federation.sync(iowa);
    ASSERT_EQ(outcomes.size(), 1u);
    ASSERT_TRUE(outcomes[0].refused);
    EXPECT_EQ(outcomes[0].refused->code, protocol::ErrorCode::equivocation);
    EXPECT_TRUE(feed_of(iowa, ohio.scid).quarantined);
    iowa.node->change([&](node::Store& store, node::Publisher*) {
      auto row = store.database().prepare("SELECT accepted, other FROM contradiction");
      ASSERT_TRUE(row.step());
      EXPECT_EQ(row.text(0), log.note(known + 1));
      EXPECT_EQ(row.text(1), published);
      EXPECT_FALSE(row.step());
    });
    // The operator begins anew: nothing of the old head stands in the way.
    iowa.node->change([&](node::Store& store, node::Publisher*) { store.forget(ohio.scid); });
    EXPECT_EQ(rows(iowa, "head"), 0);
    federation.follow(iowa, ohio);
    EXPECT_FALSE(federation.sync(iowa)[0].refused);
  }
}

TEST_F(Witnessing, TwoRootsForOneSizeAreProofWhereverTheyComeFrom) {  // L02
  SignedLog log(ohio);
  auto other = log.leaves;
  other[0] = other[1];
  const auto false_note = log.note(log.size(), protocol::naive_root(other));
  const auto body = protocol::format_add_checkpoint(log.size(), {}, false_note);
  EXPECT_EQ(post(body).status, 422);
  EXPECT_TRUE(feed_of(iowa, ohio.scid).quarantined);
  EXPECT_EQ(rows(iowa, "contradiction"), 1);
  EXPECT_EQ(post(body).status, 422);
  EXPECT_EQ(rows(iowa, "contradiction"), 1);
  EXPECT_EQ(head_of(iowa, ohio.scid).note, log.published);
}

TEST_F(Witnessing, AFloodOfNewsOfOneFeedIsOneReadingAtATime) {  // F21
  SignedLog log(ohio);
  auto known = log.size();
  log.grow(200);
  federation.clock.advance(std::chrono::minutes(2));
  const auto now = federation.clock.now();
  std::vector<std::string> bodies;
  for (std::uint64_t size = known + 1; size <= log.size(); ++size) {
    bodies.push_back(log.request(size - 1, size));  // news
    bodies.push_back(log.request(size, size));      // what is known already
  }
  const auto started = std::chrono::steady_clock::now();
  double slowest = 0;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto one = std::chrono::steady_clock::now();
    ASSERT_EQ(post(bodies[i]).status, 200);
    // 100 that are too late among them.
    if (i % 4 == 0) {
      ASSERT_EQ(post(bodies[i]).status, 409);
    }
    slowest = std::max(
        slowest,
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - one).count());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::cout << "MEASURED add-checkpoint: 500 requests of one feed, 200 of them new heads, in "
            << took.count() << " s, the slowest " << slowest << " ms\n";
  EXPECT_EQ(feed_of(iowa, ohio.scid).next_attempt, now) << "one reading is due";
  EXPECT_EQ(iowa.node->sync(std::nullopt, false, {}).size(), 1u);
  EXPECT_TRUE(iowa.node->sync(std::nullopt, false, {}).empty());
  // The next news waits two seconds from the start of that one.
  log.grow(1);
  ASSERT_EQ(post(log.request(log.size() - 1, log.size())).status, 200);
  EXPECT_EQ(feed_of(iowa, ohio.scid).next_attempt, now + std::chrono::seconds(2));
  // Ten in a minute, whatever comes.
  std::size_t readings = 1;
  for (int second = 0; second < 59; ++second) {
    federation.clock.advance(std::chrono::seconds(1));
    log.grow(1);
    ASSERT_EQ(post(log.request(log.size() - 1, log.size())).status, 200);
    readings += iowa.node->sync(std::nullopt, false, {}).size();
  }
  EXPECT_EQ(readings, 10u);
}

TEST_F(Witnessing, F22_AFloodForUnknownLogsCostsNoSignatureAndLeavesNothing) {
  SignedLog log(ohio);
  log.origin = "webvh/QmW5hAGd2hzf1ecotDmDqmR1ZdBwgm164xHEJjdJ6YahM5/1";
  protocol::Note garbage{protocol::format_checkpoint({log.origin, 1, log.leaves[0]}), {}};
  garbage.signatures.push_back({log.origin, 7, protocol::Bytes(64, 9)});
  const auto body = protocol::format_add_checkpoint(0, {}, protocol::format_note(garbage));
  const auto data = iowa.node->folder() / "kith.sqlite3";
  const auto wal = iowa.node->folder() / "kith.sqlite3-wal";
  const auto before = std::pair(std::filesystem::file_size(data), std::filesystem::file_size(wal));
  const auto posts = test_support::rounds(10'000);
  const auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < posts; ++i) ASSERT_EQ(post(body).status, 404);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::cout << "MEASURED add-checkpoint of unknown origins: " << posts << " in " << took.count()
            << " s\n";
  EXPECT_EQ(std::pair(std::filesystem::file_size(data), std::filesystem::file_size(wal)), before);
  EXPECT_EQ(rows(iowa, "head"), 1);
}

TEST_F(Witnessing, NewsThatComesWhileAFeedIsReadIsNotLost) {
  SignedLog log(ohio);
  const auto known = log.size();
  federation.clock.advance(std::chrono::hours(1));
  bool posted = false;
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.ends_with("/checkpoint") && !posted) {
          posted = true;
          log.grow(1);
          EXPECT_EQ(post(log.request(known, known + 1)).status, 200);
        }
        return std::nullopt;
      });
  const auto now = federation.clock.now();
  federation.sync(iowa);
  federation.source.lie({});
  ASSERT_TRUE(posted);
  EXPECT_LE(feed_of(iowa, ohio.scid).next_attempt, now + std::chrono::seconds(2));
}

TEST_F(Witnessing, AForkThatIsCosignedWhileTheOtherIsReadIsFoundAtOnce) {
  SignedLog log(ohio);
  const auto known = log.size();
  federation.publish(ohio, {simple_listing("Third group"), simple_listing("Fourth group")});
  bool posted = false;
  federation.source.lie(
      [&](const std::string& url,
          const std::string&) -> std::optional<protocol::Result<crawler::FetchResponse>> {
        if (url.find("/docs/") != std::string::npos && !posted) {
          posted = true;
          log.grow(1);
          EXPECT_EQ(post(log.request(known, known + 1)).status, 200);
        }
        return std::nullopt;
      });
  const auto outcomes = federation.sync(iowa);
  federation.source.lie({});
  ASSERT_TRUE(posted);
  ASSERT_TRUE(outcomes[0].refused);
  EXPECT_EQ(outcomes[0].refused->code, protocol::ErrorCode::equivocation);
  EXPECT_EQ(feed_of(iowa, ohio.scid).size, known);
  EXPECT_TRUE(feed_of(iowa, ohio.scid).quarantined);
  EXPECT_EQ(rows(iowa, "contradiction"), 1);
}

TEST_F(Witnessing, OnesOwnLogIsWitnessedAndNeverForked) {
  SignedLog own(iowa);
  const auto known = own.size();
  const auto same = post(protocol::format_add_checkpoint(known, {}, own.published));
  ASSERT_EQ(same.status, 200);
  EXPECT_EQ(time_of(text_of(own.published), same.body, iowa), federation.clock.now());
  auto other = own.leaves;
  other.back() = protocol::empty_root();
  EXPECT_EQ(
      post(protocol::format_add_checkpoint(known, {}, own.note(known, protocol::naive_root(other))))
          .status,
      422);
  EXPECT_FALSE(feed_of(iowa, iowa.scid).quarantined);

  // Somebody shows a longer history by our own key, as after a restored backup: we add nothing to
  // the shorter one, and no time stamp to the longer, which a thief of #sign would need.
  own.grow(2);
  for (const auto base : {known, known + 2}) {
    const auto longer = post(own.request(base, known + 2));
    EXPECT_EQ(longer.status, 200);
    EXPECT_EQ(longer.body, "");
  }
  for (const char* command : {"monitor", "doctor"}) {
    test_support::CollectedOutput output;
    EXPECT_EQ(node::execute({command, {}, {}, {}, "/"}, *iowa.node, output) == node::kExitOk,
              std::string(command) == "doctor");
    std::replace(output.said.begin(), output.said.end(), '\n', ' ');
    EXPECT_NE(output.said.find("own key"), std::string::npos) << command << ": " << output.said;
  }
  try {
    federation.publish(iowa, {simple_listing("A group that would fork us")});
    FAIL() << "it was published";
  } catch (const node::DataError& refused) {
    EXPECT_EQ(refused.code(), protocol::ErrorCode::self_fork_refused) << refused.what();
  }
  EXPECT_EQ(feed_of(iowa, iowa.scid).size, known);

  // Only a new epoch leaves it behind. What cannot be done leaves no recovery sheet either.
  const auto sheets = iowa.node->folder().parent_path();
  const auto rotate = [&](std::map<std::string, std::vector<std::string>> options) {
    options["new-sheet"] = {(sheets / "next.txt").string()};
    options["recovery"] = {"x"};
    test_support::CollectedOutput output;
    const auto text = node::read_file_if_there(sheets / "iowa.test.sheet.txt");
    return node::execute({"rotate", options, {{"recovery", text.value_or("")}}, {}, "/"},
                         *iowa.node, output);
  };
  EXPECT_EQ(rotate({}), node::kExitConfiguration);
  EXPECT_FALSE(std::filesystem::exists(sheets / "next.txt"));
  EXPECT_EQ(rotate({{"stolen", {}}}), node::kExitOk);
  federation.publish(iowa, {simple_listing("A group in the new feed")});
  EXPECT_EQ(feed_of(iowa, iowa.scid).epoch, 2u);
}

TEST_F(Witnessing, OnesOwnNewerPublicationCountsAsKnown) {
  SignedLog before(iowa);
  federation.publish(iowa, {simple_listing("One more group")});
  before.grow(1);
  EXPECT_EQ(post(before.request(before.size() - 1, before.size())).body,
            std::to_string(feed_of(iowa, iowa.scid).size) + "\n");
}

TEST_F(Witnessing, ANodeWithoutAKeyHearsTheNewsAndSignsNothing) {
  auto& reader = federation.add_reader("reader");
  federation.follow(reader, ohio);
  federation.sync(reader);
  federation.clock.advance(std::chrono::seconds(10));
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(1);
  const auto answer = reader.node->add_checkpoint(log.request(known, known + 1));
  EXPECT_EQ(answer.outcome, AddCheckpointOutcome::cosigned);
  EXPECT_EQ(answer.lines, "");
  EXPECT_EQ(head_of(reader, ohio.scid).size, known + 1);
  EXPECT_EQ(feed_of(reader, ohio.scid).next_attempt, federation.clock.now());
}

TEST_F(Witnessing, AFeedThatWasNeverReadIsUnknown) {
  auto& texas = federation.add("texas.test", "Texas Test Chapter", {"US-TX"});
  iowa.node->change([&](node::Store& store, node::Publisher*) {
    store.follow(texas.scid, "did:webvh:" + texas.scid + ":texas.test:o:main", true);
  });
  const SignedLog log(texas);
  EXPECT_EQ(post(log.request(0, log.size())).status, 404);
}

TEST_F(Witnessing, HeadsOfAFeedThatWasForgottenInPeaceStayRemembered) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(1);
  ASSERT_EQ(post(log.request(known, known + 1)).status, 200);
  iowa.node->change([&](node::Store& store, node::Publisher*) { store.forget(ohio.scid); });
  EXPECT_EQ(post(log.request(known + 1, known + 1)).status, 404);
  federation.follow(iowa, ohio);
  ASSERT_TRUE(federation.sync(iowa)[0].refused);
  EXPECT_EQ(feed_of(iowa, ohio.scid).trouble->code, protocol::ErrorCode::rollback);
}

TEST_F(Witnessing, AFollowedHeadIsCosignedOnlyWhileNoNewerOneIsKnown) {
  const SignedLog before(ohio);
  const auto cosigned = iowa.node->cosigned_checkpoint(ohio.scid);
  ASSERT_TRUE(cosigned);
  const auto note = protocol::parse_note(*cosigned);
  ASSERT_TRUE(note);
  const auto keys = node::load_keys(iowa.node->folder());
  EXPECT_TRUE(
      protocol::verify_line(*note, {protocol::node_key_name(iowa.scid),
                                    protocol::NoteKeyKind::cosignature, keys.node.public_key()}));
  SignedLog log(ohio);
  log.grow(1);
  ASSERT_EQ(post(log.request(log.size() - 1, log.size())).status, 200);
  EXPECT_EQ(iowa.node->cosigned_checkpoint(ohio.scid), before.published);
  EXPECT_EQ(iowa.node->cosigned_checkpoint(iowa.scid), SignedLog(iowa).published);
  EXPECT_FALSE(iowa.node->cosigned_checkpoint("QmNobody"));
}

TEST_F(Witnessing, WhereTheDiskRefusesNothingIsSigned) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(1);
  iowa.node->change([&](node::Store& store, node::Publisher*) {
    store.database().execute(
        "CREATE TEMP TRIGGER no_room BEFORE INSERT ON head BEGIN SELECT RAISE(ABORT, 'full'); END");
  });
  EXPECT_THROW(post(log.request(known, known + 1)), node::StoreError);
  iowa.node->change([&](node::Store& store, node::Publisher*) {
    store.database().execute("DROP TRIGGER no_room");
  });
  EXPECT_EQ(head_of(iowa, ohio.scid).size, known);
  EXPECT_EQ(post(log.request(known, known + 1)).status, 200);
}

TEST_F(Witnessing, AStoreThatIsBusyForLongIsSaidAndNothingIsJudged) {
  SignedLog log(ohio);
  const auto known = log.size();
  log.grow(1);
  iowa.node->change([&](node::Store&, node::Publisher*) {
    // A stranger's own faults are answered meanwhile, at once.
    std::thread([&] { EXPECT_EQ(post(log.request(known - 1, known + 1)).status, 409); }).join();
    std::thread([&] {
      const auto response = post(log.request(known, known + 1));
      EXPECT_EQ(response.status, 503);
      EXPECT_TRUE(response.header("Retry-After"));
    }).join();
  });
  EXPECT_EQ(post(log.request(known, known + 1)).status, 200);
}

TEST_F(Witnessing, AServingNodeStampsItsOwnCheckpointAnewEveryDay) {
  const auto refresh = [&] {
    ohio.node->change([&](node::Store&, node::Publisher* publisher) {
      publisher->write_files(publisher->public_folder(), federation.clock.now(),
                             std::chrono::hours(20));
    });
    const auto file =
        node::read_file_if_there(ohio.node->folder() / "public" / "feed" / "1" / "checkpoint");
    const auto note = protocol::parse_note(*file);
    const auto keys = node::load_keys(ohio.node->folder());
    const auto time =
        protocol::verify_line(*note, {protocol::node_key_name(ohio.scid),
                                      protocol::NoteKeyKind::cosignature, keys.node.public_key()});
    return std::pair(note->text, *time);
  };
  const auto published = federation.clock.now();
  const auto first = refresh();
  EXPECT_EQ(first.second, published);
  federation.clock.advance(std::chrono::hours(19));
  EXPECT_EQ(refresh(), first);
  federation.clock.advance(std::chrono::hours(1));
  const auto second = refresh();
  EXPECT_EQ(second.first, first.first) << "nothing else changed";
  EXPECT_EQ(second.second, published + std::chrono::hours(20));
  // A follower takes it as a sign of life.
  federation.sync(iowa);
  EXPECT_EQ(feed_of(iowa, ohio.scid).heartbeat, second.second);
  EXPECT_EQ(rows(iowa, "head"), 1);
}

}  // namespace
