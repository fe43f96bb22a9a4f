// Thirty publishers in three levels, of which one lies as a mirror, one is down and one tells two
// stories.

#include "node/alerts.h"
#include "tests/node/mirror/mirrored_federation.h"

namespace {

using test_support::simple_listing;

class ThirtyWithTrouble : public test_support::MirroredFederation {
 protected:
  /// Below the association: five chapters with nodes, and below each five groups of files; with
  /// `ohio` and `lake` of the fixture they are thirty, and five more that nobody recognizes.
  ThirtyWithTrouble() {
    for (int i = 0; i < 5; ++i) {
      const auto word = std::to_string(i);
      auto& chapter = federation.add("chapter" + word + ".test", "Chapter " + word, {"US"},
                                     "state_chapter", true);
      federation.recognize(national, chapter, {"US"}, 1);
      federation.publish(chapter, {listing_of("chapter " + word)});
      chapters.push_back(&chapter);
      for (int k = 0; k < (i < 2 ? 5 : 4); ++k) {
        const auto name = word + "-" + std::to_string(k);
        auto& group =
            federation.add("group" + name + ".test", "Group " + name, {"US"}, "collective");
        federation.recognize(chapter, group, {"US"});
        federation.publish(group, {listing_of("group " + name)});
        groups.push_back(&group);
      }
      auto& stranger = federation.add("stranger" + word + ".test", "Stranger " + word, {"US"},
                                      "independent_initiative");
      federation.publish(stranger, {listing_of("stranger " + word)});
    }
    for (auto* chapter : chapters) {
      serve_api(*chapter);
      federation.anchor(*chapter, national);
      federation.sync(*chapter);
    }
    // The association does not trust by its own recognitions; it holds one group's copy by hand.
    federation.follow(national, *groups[3]);
    federation.sync(national);
  }

  /// Each with a page of its own: two with one page would be taken for one group.
  static protocol::Json listing_of(const std::string& whose) {
    auto word = whose;
    std::replace(word.begin(), word.end(), ' ', '-');
    return simple_listing(
        "Of " + whose,
        {{"links", protocol::Json::object({{"home", "https://groups.test/" + word}})}});
  }

  std::vector<test_support::Federation::Member*> chapters, groups;
};

TEST_F(ThirtyWithTrouble, AreKnownAfterOneStartAndEachTroubleIsNamed) {
  ASSERT_EQ(3 + chapters.size() + groups.size(), 30u);
  auto& whole = federation.add_reader("whole");
  federation.anchor(whole, national);
  federation.sync(whole);
  EXPECT_EQ(whole.node->feeds().size(), 30u);
  const auto all = federation.names(whole);
  EXPECT_EQ(all.size(), 2u + 5u + 22u) << "two of Ohio's, and one of each below";
  for (const auto& name : all) EXPECT_EQ(name.find("stranger"), std::string::npos) << name;

  auto& down = *groups[3];
  auto& forked = *groups[8];
  auto& twin = twin_of(forked, "twin");
  federation.publish(twin, {simple_listing("The other story")});
  federation.publish(forked, {simple_listing("The first story")});
  show_instead(forked, twin);
  federation.sync(*chapters[1]);
  origin_up(forked);
  origin_down(down);
  lies["national.test"] = [](const std::string& path,
                             const node::Response& truth) -> std::optional<Answer> {
    if (path.find("/tile/entries/") == std::string::npos || truth.status != 200)
      return std::nullopt;
    auto body = truth.body;
    body.back() = static_cast<char>(body.back() ^ 1);
    return crawler::FetchResponse{200, body, ""};
  };

  auto& fresh = federation.add_reader("fresh");
  federation.anchor(fresh, national);
  federation.sync(fresh);
  federation.sync(fresh);
  EXPECT_EQ(fresh.node->feeds().size(), 30u);
  auto wanted = all;
  std::erase(wanted, "Of group 1-3");
  EXPECT_EQ(federation.names(fresh), wanted) << status(fresh);
  EXPECT_EQ(shown_of(fresh, down), 1u) << "by a copy";
  EXPECT_EQ(report(fresh, forked.scid).state, node::FeedState::quarantined);
  EXPECT_EQ(get(fresh, mirror_of(forked) + "fork").status, 200);
  const auto of_down = report(fresh, down.scid);
  ASSERT_TRUE(of_down.feed.trouble);
  EXPECT_NE(of_down.feed.trouble->detail.find("its own host does not give it"), std::string::npos);
  std::set<std::string> told;
  for (const auto& alert : node::alerts(*fresh.node)) {
    EXPECT_FALSE(alert.what_to_do.empty());
    told.insert(alert.name + " " + alert.about.substr(0, alert.about.find(" (")));
  }
  EXPECT_EQ(told, (std::set<std::string>{"feed-quarantined Group 1-3",
                                         "peer-hostile the copies at https://national.test"}));
  EXPECT_EQ(federation.broken_invariant(fresh), "");
}

}  // namespace
