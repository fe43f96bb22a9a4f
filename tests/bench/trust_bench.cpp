// How long it takes until an anchor's removal is in effect, and who still finds what meanwhile
// (suite T, T14).
//
//   trust_bench [LISTINGS]          50,000 unless told otherwise

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "node/node.h"
#include "node/publish/publisher.h"
#include "tests/support/federation.h"

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t wanted = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 50'000;
  test_support::Federation federation;
  auto& national = federation.add("national.test", "National Test Association", {"US"});
  auto& chapter = federation.add("ohio.test", "Ohio Test Chapter", {"US-OH"});
  auto& reader = federation.add_reader("reader");
  federation.recognize(national, chapter, {"US-OH"});
  auto start = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < wanted; done += 5'000) {
    std::vector<protocol::Json> listings;
    for (std::size_t i = done; i < std::min(wanted, done + 5'000); ++i)
      listings.push_back(test_support::simple_listing("Group " + std::to_string(i)));
    federation.publish(chapter, std::move(listings));
  }
  std::cout << "published " << wanted << " in " << seconds_since(start) << " s\n";
  start = std::chrono::steady_clock::now();
  federation.anchor(reader, national);
  federation.sync(reader);
  std::cout << "followed in " << seconds_since(start) << " s, shown "
            << reader.node->listings_shown() << "\n";

  // The cap of a feed's live documents counts the publisher's card, too.
  const std::size_t all = reader.node->listings_shown();
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> searches{0}, between{0};
  std::atomic<double> slowest{0};
  std::thread searching([&] {
    while (!stop) {
      const auto begun = std::chrono::steady_clock::now();
      const auto result = reader.node->search({});
      const auto took = seconds_since(begun);
      if (took > slowest) slowest = took;
      // Everything or nothing: no state between may be seen.
      if (!result || (result->total != 0 && result->total != all)) ++between;
      ++searches;
    }
  });
  const auto timed = [&](const char* what, auto&& use) {
    const auto begun = std::chrono::steady_clock::now();
    reader.node->change([&](node::Store& store, node::Publisher*) { use(store); });
    std::cout << what << ": in effect after " << seconds_since(begun) << " s, shown "
              << reader.node->listings_shown() << "\n";
  };
  const auto anchor = reader.node->anchors().front();
  timed("anchor removed", [&](node::Store& store) { store.remove_anchor(anchor.scid); });
  timed("anchor added", [&](node::Store& store) { store.add_anchor(anchor); });
  timed("publisher denied", [&](node::Store& store) { store.deny(chapter.scid, "", "bench"); });
  timed("denial taken back", [&](node::Store& store) { store.allow(chapter.scid, ""); });
  stop = true;
  searching.join();
  std::cout << searches << " searches meanwhile, slowest " << slowest << " s, " << between
            << " of a state between\n";

  const auto found = reader.node->search({});
  start = std::chrono::steady_clock::now();
  std::size_t bytes = 0;
  for (const auto& key : found->page) {
    if (const auto evidence = reader.node->evidence(key))
      bytes = protocol::format_evidence(*evidence).size();
    if (&key == &found->page.front())
      std::cout << "evidence, the first: " << seconds_since(start) << " s\n";
  }
  std::cout << "evidence, " << found->page.size() << " in all: " << seconds_since(start) << " s, "
            << bytes << " bytes each\n";
  return between == 0 ? 0 : 1;
}
