// How fast news travels, and how long a node needs to read everybody; SPEC 6.5,
// docs/ARCHITECTURE.md.
//
//   push_bench push [ROUNDS]    publication to shown: a direct follower, and three hops away
//   push_bench cycle [PEERS]    one node that knows one anchor reads so many peers, 30 % of them
//   dead
//   push_bench followers [COUNT [SECONDS]]    so many read one publisher's news within that time
//
// Everything is on loopback, over TLS, in one process (but for the publisher of `followers`).
// Polling is set to one hour.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

#include "tests/bench/push_bench_followers.h"
#include "tests/support/live_federation.h"
#include "tests/support/peer_crowd.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kBenchNearGoal{1'000}, kBenchFarGoal{3'000};
constexpr seconds kBenchCycleGoal{120};
constexpr std::size_t kBenchConnectionsGoal = 64;
constexpr seconds kBenchStandstillGoal{10};
constexpr double kBenchMemoryGoalMib = 100;

void bench_print(const std::string& what, std::vector<milliseconds> times, milliseconds goal) {
  std::sort(times.begin(), times.end());
  std::cout << what << ": " << times.front().count() << " ms at best, "
            << times[times.size() / 2].count() << " ms in the middle, " << times.back().count()
            << " ms at worst (goal " << goal.count() << " ms)\n";
}

int bench_push(int rounds) {
  test_support::LiveFederation federation({"ohio.test", "near.test", "middle.test", "far.test"},
                                          std::chrono::hours(1));
  auto &ohio = federation[0], &near = federation[1], &middle = federation[2], &far = federation[3];
  federation.publish(ohio, "First group");
  for (auto* member : {&near, &middle, &far}) {
    federation.anchor(*member, ohio);
    member->node->sync(std::nullopt, true, {});
  }
  federation.notify(ohio, near);
  federation.notify(near, middle);
  federation.notify(middle, far);
  for (auto* member : {&ohio, &near, &middle, &far}) federation.start(*member);
  std::vector<milliseconds> to_near, to_far;
  for (int round = 0; round < rounds; ++round) {
    // At most ten readings a minute and feed.
    std::this_thread::sleep_for(seconds(7));
    const auto begun = steady_clock::now();
    const auto key = federation.publish(ohio, "Group " + std::to_string(round));
    const auto near_took = federation.wait_for(near, key, begun, seconds(60));
    const auto far_took = federation.wait_for(far, key, begun, seconds(60));
    if (!near_took || !far_took) {
      std::cout << "round " << round << ": not within a minute\n";
      return 1;
    }
    to_near.push_back(*near_took);
    to_far.push_back(*far_took);
  }
  std::cout << rounds << " publications, from the command to the listing shown\n";
  bench_print("direct follower", to_near, kBenchNearGoal);
  bench_print("three hops away", to_far, kBenchFarGoal);
  return *std::max_element(to_near.begin(), to_near.end()) <= kBenchNearGoal &&
                 *std::max_element(to_far.begin(), to_far.end()) <= kBenchFarGoal
             ? 0
             : 1;
}

int bench_cycle(std::size_t peers) {
  test_support::PeerCrowd::Sizes sizes;
  sizes.refusing = sizes.vanishing = sizes.dripping = peers / 10;
  sizes.living = peers - 3 * sizes.dripping;
  // As many as a node asks for copies and heads.
  sizes.nodes = std::min<std::size_t>(64, sizes.living);
  const auto begun = steady_clock::now();
  test_support::PeerCrowd crowd(sizes);
  std::cout << sizes.living << " living peers made in "
            << std::chrono::duration_cast<seconds>(steady_clock::now() - begun).count()
            << " s; beside them " << sizes.refusing << " that refuse, " << sizes.vanishing
            << " whose packets vanish, " << sizes.dripping << " that drip\n"
            << std::flush;
  const auto cycle = crowd.run({}, 64, kBenchCycleGoal * 2);
  const auto text = [](const std::optional<milliseconds>& time) {
    return time ? std::to_string(time->count()) + " ms" : std::string("never");
  };
  std::cout << "all tried: " << text(cycle.all_tried) << " (goal 120000 ms)\n"
            << "last living one read: " << text(cycle.living_read) << "\n"
            << "living ones read: " << cycle.living << "; listings shown: " << cycle.shown
            << "; dead ones resting: " << cycle.dead_with_backoff << "\n"
            << "a living one waited from due to begun, at most: " << text(cycle.longest_wait)
            << "; while none was begun, the dead having all places, at most: "
            << text(cycle.longest_standstill) << " (goal 10000 ms)\n"
            << "connections at one time: " << cycle.most_connections << " (goal 64)\n"
            << "heads compared with " << cycle.compared_nodes << " nodes, " << cycle.compared_heads
            << " heads, lists of " << cycle.list_bytes / 1024
            << " KiB: " << cycle.comparison.count() << " ms, " << cycle.comparison_cpu.count()
            << " ms of CPU, those who serve the lists included\n"
            << "memory grown by " << std::lround(cycle.grown_mib) << " MiB at most (goal 100)\n";
  return cycle.all_tried && *cycle.all_tried <= kBenchCycleGoal && cycle.living_read &&
                 cycle.shown == sizes.living && cycle.most_connections <= kBenchConnectionsGoal &&
                 cycle.longest_standstill && *cycle.longest_standstill <= kBenchStandstillGoal &&
                 cycle.grown_mib <= kBenchMemoryGoalMib
             ? 0
             : 1;
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, 4);  // as kith serve has it
  const std::string what = argc > 1 ? argv[1] : "";
  const int number = argc > 2 ? std::atoi(argv[2]) : 0;
  if (what == "push") return bench_push(number > 0 ? number : 10);
  if (what == "cycle") return bench_cycle(static_cast<std::size_t>(number > 0 ? number : 1'000));
  if (what == "followers")
    return bench::run_followers(number > 0 ? number : 1'000, argc > 3 ? std::atoi(argv[3]) : 10);
  std::cerr << "push_bench push [ROUNDS] | push_bench cycle [PEERS] | "
               "push_bench followers [COUNT [SECONDS]]\n";
  return 64;
}
