#include "node/publish/catch_up.h"

#include <limits>
#include <optional>
#include <utility>

#include "node/publish/files.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"

namespace node {

namespace {

using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

/// Answers for the addresses below one prefix with what lies below another place.
class CopySource final : public crawler::Source {
 public:
  CopySource(std::string own_folder, std::string place, crawler::Source& network)
      : own_folder_(std::move(own_folder)), place_(std::move(place)), network_(network) {
    while (place_.size() > 1 && place_.ends_with('/')) place_.pop_back();
    if (place_.ends_with("/did.jsonl")) place_.resize(place_.size() - 10);
    is_web_ = place_.starts_with("https://");
    is_mirror_ = is_web_ && place_.find("/mirror/") != std::string::npos;
  }

  std::vector<Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    std::vector<crawler::FetchRequest> elsewhere;
    std::vector<Result<crawler::FetchResponse>> answers;
    for (const auto& request : requests) {
      auto path = below(request.url);
      if (!path) {
        answers.push_back(
            refuse(ErrorCode::fetch_http, "404: " + request.url + " is not below the own address"));
      } else if (is_web_) {
        answers.push_back(refuse(ErrorCode::internal, ""));
        elsewhere.push_back({place_ + "/" + *path, request.max_bytes, request.etag});
      } else {
        answers.push_back(read(*path, request.max_bytes));
      }
    }
    if (elsewhere.empty()) return answers;
    auto found = network_.get_all(elsewhere);
    std::size_t next = 0;
    for (auto& answer : answers) {
      if (!answer && answer.error().code == ErrorCode::internal) answer = std::move(found[next++]);
    }
    return answers;
  }

 private:
  std::optional<std::string> below(const std::string& url) const {
    if (!url.starts_with(own_folder_)) return std::nullopt;
    std::string path = url.substr(own_folder_.size());
    // Identity logs name no path that leads out; a local folder is still no place to find that out.
    if (path.find("..") != std::string::npos) return std::nullopt;
    if (is_mirror_ && path.starts_with("feed/")) path = path.substr(path.find('/', 5) + 1);
    return path;
  }

  Result<crawler::FetchResponse> read(const std::string& path, std::size_t max_bytes) const {
    try {
      auto text = read_file_if_there(std::filesystem::path(place_) / path);
      if (!text) return refuse(ErrorCode::fetch_http, "404: there is no " + path + " in " + place_);
      if (text->size() > max_bytes) return refuse(ErrorCode::fetch_too_large, path);
      return crawler::FetchResponse{200, std::move(*text), ""};
    } catch (const std::system_error& error) {
      return refuse(ErrorCode::fetch_http, error.what());
    }
  }

  std::string own_folder_, place_;
  crawler::Source& network_;
  bool is_web_ = false, is_mirror_ = false;
};

}  // namespace

std::unique_ptr<crawler::Source> published_copy(const Feed& own, const std::string& place,
                                                crawler::Source& network) {
  const auto did = protocol::parse_did(own.did);
  return std::make_unique<CopySource>(did ? protocol::did_folder_url(*did) : std::string(), place,
                                      network);
}

OwnReading read_own_feed(crawler::Source& source, crawler::KnownFeed known, protocol::Timestamp now,
                         const crawler::Progress& progress) {
  // "Not changed" would say what a reader has, not what is there.
  known.did_log_etag.clear();
  known.checkpoint_etag.clear();
  // The limits guard against strangers; one's own history is taken whole.
  known.large = true;
  known.live_documents = std::numeric_limits<std::size_t>::max() / 4;

  OwnReading result;
  auto reading = crawler::read_feed(source, known, now, progress);
  if (!reading.update) {
    result.error = reading.update.error();
    switch (result.error.code) {
      case ErrorCode::rollback:
      case ErrorCode::did_rollback:
        result.found = OwnReading::Found::behind;
        break;
      case ErrorCode::equivocation:
      case ErrorCode::did_fork:
        result.found = OwnReading::Found::contradiction;
        result.contradicting_note = std::move(reading.contradicting_note);
        break;
      default:
        result.found = OwnReading::Found::unreadable;
        break;
    }
    return result;
  }
  if (reading.update->trouble) {
    // Taken up by half, the other half would be signed over.
    result.error = *reading.update->trouble;
    return result;
  }
  const bool same = !reading.update->new_epoch && reading.update->frontier.size() == known.size &&
                    reading.update->did_log == known.did_log;
  result.found = same ? OwnReading::Found::same : OwnReading::Found::ahead;
  for (const auto& change : reading.update->records) {
    if (change.problem && change.problem->code != ErrorCode::doc_expired) {
      result.without_text.push_back(change.id + " (" +
                                    std::string(protocol::word(change.problem->code)) + ": " +
                                    change.problem->detail + ")");
    }
  }
  result.update = std::move(*reading.update);
  return result;
}

void take_up(Store& store, const Feed& own, const crawler::FeedUpdate& update,
             protocol::Timestamp now) {
  const auto stored = store.queries().feed(own.scid);
  if (!stored || stored->size != own.size || stored->epoch != own.epoch ||
      stored->did_log != own.did_log)
    throw DataError(ErrorCode::in_use, "the own feed changed meanwhile; run the command again");
  store.apply(*stored, update, now, now);
  store.checkpoint();
}

void allow_publishing(Store& store) {
  for (const auto* key : {"restored_at", "published_note", "published_version"})
    store.set_setting(key, "");
}

}  // namespace node
