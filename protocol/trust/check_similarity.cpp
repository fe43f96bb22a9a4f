#include <algorithm>

#include "protocol/trust/checks.h"

// L26: which listings are probably one group. Exact comparisons of what was brought into one form,
// so that a node can look candidates up instead of comparing all with all.

namespace protocol {

namespace {

std::string similarity_small(std::string_view text) {
  std::string made;
  for (const char c : text) made += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return made;
}

std::string similarity_name(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : similarity_small(name)) {
    const bool part =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (part) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  std::erase_if(words, [](const std::string& word) {
    return word.empty() || word == "the" || word == "a" || word == "of" || word == "and" ||
           word == "for";
  });
  std::sort(words.begin(), words.end());
  std::string made;
  for (const auto& word : words) made += (made.empty() ? "" : " ") + word;
  return made;
}

std::string similarity_page(std::string_view url) {
  auto made = similarity_small(url);
  for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
    if (made.starts_with(scheme)) made.erase(0, scheme.size());
  }
  if (made.starts_with("www.")) made.erase(0, 4);
  while (made.ends_with('/')) made.pop_back();
  return made;
}

}  // namespace

SimilarityTraits similarity_traits(const Listing& listing) {
  SimilarityTraits traits;
  traits.name = similarity_name(listing.name);
  traits.contact = similarity_page(listing.contact.public_contact);
  const auto& links = listing.links;
  // A bare host is a whole organization's page and says nothing about one group.
  for (const auto* link : {&links.apply, &links.home}) {
    const auto page = similarity_page(*link);
    if (traits.home.empty() && page.find('/') != std::string::npos) traits.home = page;
  }
  traits.place = similarity_small(listing.place.locality);
  traits.survivors = is_for_survivors(listing);
  for (const auto& rule : listing.schedule) {
    if (rule.rrule.empty()) continue;
    const auto time = rule.dtstart.size() > 11 ? rule.dtstart.substr(11) : rule.start;
    traits.schedule += rule.rrule + "@" + time.substr(0, 5) + " " + rule.tzid + ";";
  }
  return traits;
}

bool are_similar(const SimilarityTraits& a, const SimilarityTraits& b, bool same_publisher) {
  const auto same = [](const std::string& x, const std::string& y) { return !x.empty() && x == y; };
  if (a.place != b.place || a.survivors != b.survivors) return false;
  const bool name = same(a.name, b.name);
  const bool contact = same(a.contact, b.contact) || same(a.home, b.home);
  const bool schedule = same(a.schedule, b.schedule);
  // A chapter may well have three "Peer groups" behind one address.
  if (same_publisher) return name && contact && a.schedule == b.schedule;
  return (name && (contact || schedule)) || (contact && same(a.home, b.home) && schedule);
}

}  // namespace protocol
