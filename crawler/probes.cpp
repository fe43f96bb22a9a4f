#include "crawler/probes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawler/fetch_url.h"
#include "crawler/robots.h"
#include "protocol/encoding/json.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"

namespace crawler {

namespace {

constexpr std::size_t kProbePageBytes = 1 << 20;
/// A name this short stands in every page by chance.
constexpr std::size_t kProbeNameBytes = 6;

std::string probe_host(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  std::string host(url.substr(0, url.find_first_of("/?#:")));
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return host.starts_with("www.") ? host.substr(4) : host;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kProbeEntities = {{
    {"&amp;", "&"},
    {"&nbsp;", " "},
    {"&#39;", "'"},
    {"&#x27;", "'"},
    {"&apos;", "'"},
    {"&rsquo;", "'"},
    {"&quot;", "\""},
    {"&ndash;", "-"},
    {"&mdash;", "-"},
}};

/// Words in lower case with one space between, also before the first and after the last.
std::string probe_words(std::string_view text) {
  std::string words = " ";
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) >= 0x80);
    // U+2018 to U+201D and the dashes: punctuation in three bytes.
    if (static_cast<unsigned char>(c) == 0xE2 && at + 2 < text.size() &&
        static_cast<unsigned char>(text[at + 1]) == 0x80) {
      const bool apostrophe = static_cast<unsigned char>(text[at + 2]) == 0x99;
      at += 2;
      if (apostrophe) continue;
      if (words.back() != ' ') words += ' ';
    } else if (c == '\'') {
      // "Women's" and "Womens" are one word.
    } else if (letter) {
      words += c;
    } else if (words.back() != ' ') {
      words += ' ';
    }
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

bool probe_begins(std::string_view text, std::string_view tag) {
  if (text.size() < tag.size()) return false;
  for (std::size_t i = 0; i < tag.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != tag[i]) return false;
  }
  return true;
}

/// What a reader sees, roughly: without tags, comments, scripts and styles.
std::string probe_visible(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  std::size_t at = 0;
  const auto skip_past = [&](std::string_view end) {
    while (at < html.size() && !probe_begins(html.substr(at), end)) ++at;
    at = std::min(at + end.size(), html.size());
  };
  while (at < html.size()) {
    const auto rest = html.substr(at);
    if (rest.starts_with("<!--")) {
      skip_past("-->");
    } else if (probe_begins(rest, "<script")) {
      skip_past("</script");
    } else if (probe_begins(rest, "<style")) {
      skip_past("</style");
    } else if (rest.front() == '<') {
      skip_past(">");
      text += ' ';
    } else if (rest.front() == '&') {
      const auto entity =
          std::find_if(kProbeEntities.begin(), kProbeEntities.end(),
                       [&](const auto& one) { return rest.starts_with(one.first); });
      if (entity != kProbeEntities.end()) {
        text += entity->second;
        at += entity->first.size();
      } else {
        text += ' ';
        ++at;
      }
    } else {
      text += rest.front();
      ++at;
    }
  }
  return text;
}

protocol::CheckObservation probe_judged(const ProbeTarget& target,
                                        const protocol::Result<FetchResponse>& answer,
                                        protocol::Timestamp now) {
  using protocol::CheckOutcome;
  const auto host = probe_host(target.url);
  protocol::CheckObservation seen{target.check, CheckOutcome::check, {}, now, std::nullopt};
  if (!answer) {
    // A page longer than anybody reads is there all the same.
    if (target.check == protocol::Check::contact &&
        answer.error().code == protocol::ErrorCode::fetch_too_large) {
      seen.outcome = CheckOutcome::pass;
      seen.detail = "Read at " + host;
      return seen;
    }
    const auto& detail = answer.error().detail;
    const bool gone = answer.error().code == protocol::ErrorCode::fetch_http &&
                      (detail.starts_with("404") || detail.starts_with("410"));
    seen.detail = gone ? host + " says that there is no such page"
                       : host + " could not be read; that may be a passing trouble";
    return seen;
  }
  if (target.check == protocol::Check::sponsor && !page_names(answer->body, target.name)) {
    seen.detail = "The page at " + host + " does not have the group’s name";
    return seen;
  }
  seen.outcome = CheckOutcome::pass;
  seen.detail = "Read at " + host;
  return seen;
}

}  // namespace

std::vector<ProbeTarget> probe_targets(const protocol::Listing& listing, std::string_view publisher,
                                       bool permitted) {
  std::vector<ProbeTarget> targets;
  if (protocol::is_for_survivors(listing) && !permitted) return targets;
  const auto readable = [](const std::string& url) {
    return url.starts_with("https://") && parse_fetch_url(url).has_value();
  };
  const auto& links = listing.links;
  const auto& page = listing.sponsor.page;
  const bool on_own_site =
      listing.sponsor.name != publisher &&
      (probe_host(page) == probe_host(links.home) || probe_host(page) == probe_host(links.apply));
  if (!listing.sponsor.name.empty() && readable(page) && !on_own_site)
    targets.push_back({protocol::Check::sponsor, page, listing.name});
  for (const auto* url : {&listing.contact.public_contact, &links.apply, &links.home}) {
    if (!readable(*url)) continue;
    targets.push_back({protocol::Check::contact, *url, listing.name});
    break;
  }
  return targets;
}

std::vector<protocol::CheckObservation> probe(Source& source, std::span<const ProbeTarget> targets,
                                              protocol::Timestamp now) {
  std::vector<std::string> urls;
  for (const auto& target : targets) urls.push_back(target.url);
  RobotsFiles robots(source);
  const auto may = robots.ask(urls);
  std::vector<FetchRequest> requests;
  for (std::size_t i = 0; i < urls.size(); ++i)
    if (may[i] == RobotsAnswer::allowed) requests.push_back({urls[i], kProbePageBytes, {}});
  const auto answers =
      requests.empty() ? std::vector<protocol::Result<FetchResponse>>() : source.get_all(requests);
  std::vector<protocol::CheckObservation> seen;
  auto answer = answers.begin();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    protocol::CheckObservation one{
        targets[i].check, protocol::CheckOutcome::check, {}, now, std::nullopt};
    switch (may[i]) {
      case RobotsAnswer::allowed:
        one = probe_judged(targets[i], *answer++, now);
        break;
      case RobotsAnswer::disallowed:
        one.outcome = protocol::CheckOutcome::not_applicable;
        one.detail = "The rules for automatic readers at " + probe_host(urls[i]) + " (robots.txt)";
        break;
      case RobotsAnswer::unreachable:
        one.detail = probe_host(urls[i]) + " could not be read; that may be a passing trouble";
        break;
    }
    seen.push_back(std::move(one));
  }
  return seen;
}

protocol::CheckObservation probe_domain(Source& source, const DomainTarget& target,
                                        protocol::Timestamp now) {
  using protocol::CheckOutcome;
  protocol::CheckObservation seen{
      protocol::Check::domain, CheckOutcome::check, {}, now, std::nullopt};
  const auto did = protocol::parse_did(target.did);
  if (!did) return seen;
  const auto answer =
      source.get({protocol::did_folder_url(*did) + "did.jsonl", protocol::kMaxDidLogBytes, {}});
  if (!answer) {
    seen.detail = "The identity file there could not be read; that may be a passing trouble";
    return seen;
  }
  if (!target.did_log.empty() && answer->body.starts_with(target.did_log)) {
    seen.outcome = CheckOutcome::pass;
    seen.detail = "Its identity file, read at that address";
    return seen;
  }
  const auto first =
      protocol::parse_json(std::string_view(answer->body)
                               .substr(0, std::min(answer->body.find('\n'), answer->body.size())));
  const auto* state = first ? first->find("state") : nullptr;
  const auto* id = state ? state->find("id") : nullptr;
  const auto there = id && id->if_string() ? protocol::parse_did(*id->if_string())
                                           : protocol::Result<protocol::Did>(protocol::refuse(
                                                 protocol::ErrorCode::did_syntax, "no identity"));
  if (there && there->scid != target.scid) {
    seen.outcome = CheckOutcome::warning;
    seen.detail = "The identity file there belongs to " + protocol::spoken_scid(there->scid);
  } else {
    seen.detail = "What is there now does not go on from the identity file that is known here";
  }
  return seen;
}

bool page_names(std::string_view html, std::string_view name) {
  const auto wanted = probe_words(name);
  if (wanted.size() < kProbeNameBytes + 2) return false;
  return probe_words(probe_visible(html)).find(wanted) != std::string::npos;
}

}  // namespace crawler
