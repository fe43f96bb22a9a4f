#include "node/api/feeds.h"

#include <algorithm>

#include <boost/json.hpp>

#include "protocol/document/vocabularies.h"
#include "protocol/limits.h"

namespace node {

namespace {

namespace json = boost::json;

json::value feeds_time(const std::optional<protocol::Timestamp>& time) {
  return time ? json::value(protocol::format_timestamp(*time)) : json::value(nullptr);
}

json::object feeds_error(const protocol::Error& error) {
  return {{"code", protocol::word(error.code)},
          {"meaning", protocol::describe(error.code).meaning},
          {"detail", error.detail},
          {"what_to_do", what_readers_do(error.code)}};
}

/// Until when a feed is fresh, and until when it is shown, if nothing more comes of it. Nothing for
/// the own feed, which does not age, and for one that was never read.
json::value feeds_freshness(const Feed& feed) {
  const auto sign = last_sign_of_life(feed);
  if (feed.own || !sign) return nullptr;
  const auto end = freshness_deadline(feed);
  const auto fresh = std::min<protocol::Timestamp>(*sign + protocol::kFreshFor, end);
  return json::object{{"fresh_until", protocol::format_timestamp(fresh)},
                      {"shown_until", protocol::format_timestamp(end)}};
}

/// For strangers: what the operator denied is not there, and nothing says that it was.
std::optional<protocol::Error> feeds_hidden(const FeedReport& report) {
  if (!report.hidden || report.hidden->code != protocol::ErrorCode::denied) return report.hidden;
  if (report.denied_listings >= report.listings) return std::nullopt;
  return protocol::Error{protocol::ErrorCode::no_path, ""};
}

std::string feeds_vocabularies() {
  json::object words;
  for (const auto& vocabulary : protocol::vocabularies()) {
    json::array terms;
    for (const auto& term : vocabulary.terms)
      terms.push_back(
          json::object{{"value", term.value}, {"label", term.label}, {"standard", term.standard}});
    words[vocabulary.name] = std::move(terms);
  }
  json::array titles;
  for (const auto& title : protocol::license_titles()) {
    titles.push_back(json::object{{"title", title.title},
                                  {"family", title.family},
                                  {"level", title.level},
                                  {"regions", title.regions},
                                  {"words", title.words}});
  }
  return json::serialize(json::object{{"vocabularies", std::move(words)},
                                      {"license_titles", std::move(titles)}}) +
         "\n";
}

}  // namespace

Response get_feeds(const Node& node) {
  json::array feeds;
  for (const auto& report : node.feeds()) {
    if (report.denied) continue;
    const auto hidden = feeds_hidden(report);
    json::array troubled;
    for (const auto& record : report.troubled) {
      if (!record.trouble || node.is_denied(record.key)) continue;
      auto one = feeds_error(*record.trouble);
      one["uuid"] = record.key.uuid;
      troubled.push_back(std::move(one));
    }
    const auto& feed = report.feed;
    std::optional<protocol::Timestamp> next_attempt;
    if (!feed.own && feed.last_attempt) next_attempt = feed.next_attempt;
    json::object one{{"scid", feed.scid},
                     {"did", feed.did},
                     {"name", report.name},
                     {"own", feed.own},
                     {"state", word(report.state)},
                     {"in_words", report.in_words},
                     {"epoch", feed.epoch},
                     {"size", feed.size},
                     {"listings", report.listings - report.denied_listings},
                     {"last_sign_of_life", feeds_time(last_sign_of_life(feed))},
                     {"last_success", feeds_time(feed.last_success)},
                     {"last_attempt", feeds_time(feed.last_attempt)},
                     {"next_attempt", feeds_time(next_attempt)},
                     {"freshness", feeds_freshness(feed)}};
    one["trouble"] = feed.trouble ? json::value(feeds_error(*feed.trouble)) : json::value(nullptr);
    one["hidden"] = hidden ? json::value(feeds_error(*hidden)) : json::value(nullptr);
    // Not the report's, which is for the operator and knows of denials and of what others say.
    const auto advice = what_to_do(feed, report.state, std::nullopt, hidden);
    one["what_to_do"] = advice.empty() ? json::value(nullptr) : json::value(advice);
    one["troubled_records"] = std::move(troubled);
    feeds.push_back(std::move(one));
  }
  auto response = ok_json(json::serialize(json::object{{"feeds", std::move(feeds)}}) + "\n",
                          cache_for(std::chrono::seconds(10)));
  allow_any_origin(response);
  return response;
}

Response get_vocabularies() {
  static const std::string body = feeds_vocabularies();
  auto response = ok_json(body, cache_for(std::chrono::hours(1)));
  allow_any_origin(response);
  return response;
}

Response get_health() { return ok_json("{\"status\":\"ok\"}\n"); }

Response get_ready(const Node& node) {
  try {
    // One read of the database and of the index: what a search needs.
    (void)node.publisher_files();
    Query query;
    query.limit = 1;
    if (node.search(query)) return ok_json("{\"status\":\"ready\"}\n");
  } catch (const std::exception&) {
    // Why is for the operator, at the log and `kith doctor`; a stranger learns only that.
  }
  return problem(protocol::ErrorCode::starting);
}

}  // namespace node
