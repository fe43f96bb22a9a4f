#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crawler/source.h"
#include "node/cli/invocation.h"
#include "node/clock.h"
#include "node/node.h"

// Several nodes in one process, whose folders are read as strangers would read them: through a
// Source that can lie.

namespace test_support {

/// A folder below the system's temporary one, gone with the object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SetClock final : public node::Clock {
 public:
  explicit SetClock(protocol::Timestamp start) : now_(start) {}
  protocol::Timestamp now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<protocol::Timestamp> now_;
};

/// What a command says, kept as one text. Questions are answered with yes.
class CollectedOutput final : public node::CommandOutput {
 public:
  void print(std::string_view text) override { said += text; }
  void complain(std::string_view text) override { said += text; }
  void progress(std::string_view) override {}
  bool ask(const std::string&) override { return true; }
  std::string said;
};

/// Answers for `https://HOST/PATH` with the file PATH of the folder that HOST stands for, as a
/// plain web server would.
class FolderSource final : public crawler::Source {
 public:
  using Lie = std::function<std::optional<protocol::Result<crawler::FetchResponse>>(
      const std::string& url, const std::string& body)>;

  void serve(const std::string& host_and_prefix, const std::filesystem::path& folder) {
    folders_[host_and_prefix] = folder;
  }
  void stop_serving(const std::string& host_and_prefix) { folders_.erase(host_and_prefix); }
  /// Answers for everything below https://HOST/ that no folder is served for.
  using Site = std::function<protocol::Result<crawler::FetchResponse>(const std::string& path)>;
  void serve_site(const std::string& host, Site site) { sites_[host] = std::move(site); }
  void stop_site(const std::string& host) { sites_.erase(host); }
  /// Answers what is posted to `https://HOST/…`; nothing: nobody listens there. Called outside the
  /// source's lock, from any thread.
  using Posts = std::function<protocol::Result<crawler::PostResponse>(const crawler::PostRequest&)>;
  void take_posts(const std::string& host, Posts posts) { posts_[host] = std::move(posts); }
  protocol::Result<crawler::PostResponse> post(const crawler::PostRequest& request) override;
  std::size_t posts() const { return post_count_; }
  /// What to answer instead of a file that is there; nothing: the file.
  void lie(Lie lie) { lie_ = std::move(lie); }
  std::size_t requests() const { return requests_; }
  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override;

 private:
  protocol::Result<crawler::FetchResponse> answer(const crawler::FetchRequest& request) const;
  std::map<std::string, std::filesystem::path> folders_;
  std::map<std::string, Site> sites_;
  Lie lie_;
  std::map<std::string, Posts> posts_;
  std::atomic<std::size_t> post_count_{0};
  std::mutex mutex_;
  std::size_t requests_ = 0;
};

/// Nodes with publishers on one clock and one source.
class Federation {
 public:
  Federation();

  struct Member {
    std::string host;
    std::unique_ptr<node::Node> node;
    std::string line;  ///< kith1:…
    std::string scid;
  };
  /// A new node with a publisher at https://HOST/o/main, whose folder is served.
  Member& add(const std::string& host, const std::string& name, std::vector<std::string> area,
              const std::string& kind = "state_chapter", bool has_api = false);
  /// A node without a publisher.
  Member& add_reader(const std::string& folder_name);
  /// Closes and opens the node again on its data folder, as after a crash or restart.
  void reopen(Member& member);

  /// Publishes listings and returns their keys. Fails the test with the problems otherwise.
  std::vector<node::RecordKey> publish(Member& member, std::vector<protocol::Json> subjects);
  void withdraw(Member& member, const node::RecordKey& key);
  /// `member` recognizes `other`.
  void recognize(Member& member, const Member& other, std::vector<std::string> area, int depth = 0);
  /// Any recognition at all, also one that counts for nothing.
  void recognize_as(Member& member, const protocol::Recognition& recognition);
  void unrecognize(Member& member, const Member& other);
  void anchor(Member& member, const Member& other);
  void follow(Member& member, const Member& other);
  std::vector<node::FeedOutcome> sync(Member& member);
  /// Everything that a search for all audiences gives on that node, as text keys in order, and as
  /// one text of documents.
  std::vector<std::string> found(Member& member, const node::Query& query = {});
  std::string everything(Member& member);
  /// The names of what found() gives, in order.
  std::vector<std::string> names(Member& member);
  /// What must hold whatever happened: nothing if it does, else what does not.
  std::string broken_invariant(Member& member);

  SetClock clock;
  FolderSource source;

 private:
  ScratchFolder folder_;
  std::vector<std::unique_ptr<Member>> members_;
};

/// A small listing that can be published: name, one link, and what `more` adds.
protocol::Json simple_listing(const std::string& name, const protocol::Json::Object& more = {});

}  // namespace test_support
