#include <algorithm>
#include <chrono>
#include <iostream>

#include "protocol/trust/check_policy.h"
#include "protocol/trust/checks.h"

// All checks of a page of twenty listings, and the policy's word on each. Target: below 2 ms.
// Run by hand: build/release/tests/bench/checks_bench

namespace {

constexpr int kBenchListings = 20;
constexpr int kBenchRounds = 200;

protocol::Json bench_subject(int number) {
  // Every second one is the largest that a listing may be; the others are of an ordinary size.
  protocol::ListingDefaults defaults;
  defaults.id = "urn:uuid:7b0c1f5e-7d0f-4d8a-9a40-0d6a5f1c2b3e";
  defaults.today = *protocol::parse_date("2026-11-22");
  defaults.area = {"US-OH"};
  if (number % 2 == 0) return protocol::largest_listing_subject(defaults);
  auto subject = *protocol::parse_json(R"({
    "name": "Tuesday Table", "kinds": ["formal_consultation"], "formats": ["video"],
    "summary": "Consultation over lunch for clinicians in private practice.",
    "description": "We start with a short check-in. Then two people present, twenty-five minutes each, with every identifying detail changed. The rest ask questions before anyone offers a thought.",
    "cost": {"model": "subscription", "options": [{"amount": "25", "currency": "USD", "per": "month"}]},
    "agreement": {"state": "signed_by_all", "clauses": ["de_identified_cases"]},
    "links": {"home": "https://table.example/group"}})");
  protocol::fill_defaults(subject, defaults);
  return subject;
}

}  // namespace

int main() {
  const auto now = *protocol::parse_timestamp("2026-11-22T12:00:00Z");
  std::vector<protocol::Json> subjects;
  std::vector<protocol::Listing> listings;
  for (int i = 0; i < kBenchListings; ++i) {
    subjects.push_back(bench_subject(i));
    listings.push_back(*protocol::read_listing(subjects.back()));
  }
  const std::vector<protocol::CheckNote> notes = {
      {protocol::Check::license, false, protocol::CheckOutcome::pass, "Seen", "Robin", now}};
  std::vector<double> times;
  std::size_t kept = 0;
  for (int round = 0; round < kBenchRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      protocol::CheckFacts facts;
      facts.listing = &listings[i];
      facts.subject = &subjects[i];
      facts.now = now;
      facts.publisher = "Ohio Chapter";
      facts.signed_at = now;
      facts.path = {"National Association", "Ohio Chapter"};
      facts.vouched_until = now + std::chrono::days{200};
      facts.read_at = now;
      facts.notes = notes;
      kept +=
          protocol::policy_leaves_out(protocol::check_listing(facts), protocol::default_policy())
              ? 0U
              : 1U;
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    times.push_back(took.count());
  }
  std::sort(times.begin(), times.end());
  std::cout << "20 listings, all checks and the policy: median " << times[times.size() / 2]
            << " ms, 99th percentile " << times[times.size() * 99 / 100] << " ms (" << kept
            << " kept)\n";
}
