#include "tests/bench/push_bench_followers.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <curl/curl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/api/routes.h"
#include "node/http/router.h"
#include "node/http/server.h"
#include "node/node.h"
#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/log/tiles.h"
#include "tests/support/federation.h"
#include "tests/support/live_federation.h"
#include "tests/support/test_ca.h"

namespace bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr double kFollowersLatencyGoalMs = 500, kFollowersCpuGoal = 50;
// One full tile, and nearly a second one: every follower reads those 245 texts for the new one.
constexpr int kFollowersListings = 500;
constexpr std::string_view kFollowersHost = "ohio.test", kFollowersAddress = "127.0.4.1";

double followers_cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

double followers_peak_mib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024.0;
}

/// What the publisher's process answers to each letter that it is sent.
struct FollowersNumbers {
  std::uint64_t epoch = 0, size = 0;
  double cpu_ms = 0, peak_mib = 0;
};

void followers_publish(node::Node& node, const node::Clock& clock, int first, int count) {
  node.change([&](node::Store&, node::Publisher* publisher) {
    std::vector<node::Draft> drafts;
    for (int i = first; i < first + count; ++i) {
      node::Draft draft;
      draft.id = node::new_record_id();
      auto defaults = publisher->listing_defaults(clock.now());
      defaults.id = draft.id;
      draft.subject = test_support::simple_listing("Group " + std::to_string(i));
      protocol::fill_defaults(draft.subject, defaults);
      drafts.push_back(std::move(draft));
    }
    for (const auto& refused : publisher->publish(drafts, clock.now()))
      throw std::runtime_error("not published: " + refused.problems.front().message);
  });
}

/// The publisher's process: as `kith serve` has it, with all limits as they are. Reads one letter
/// at a time: "p" publishes one more, "n" only counts; whatever else ends it.
void followers_serve(int channel, std::uint16_t port, const test_support::TestCertificate& leaf) {
  const node::SystemClock clock;
  const test_support::ScratchFolder folder;
  node::Node node(folder.path() / "data", clock, nullptr);
  node::NewPublisher wanted;
  wanted.name = "Publisher with followers";
  wanted.folder_url =
      "https://" + std::string(kFollowersHost) + ":" + std::to_string(port) + "/o/main";
  wanted.kind = "state_chapter";
  wanted.area = {"US-OH"};
  wanted.contact = "groups@ohio.test";
  wanted.recovery_sheet = folder.path() / "sheet.txt";
  node.change([&](node::Store& store, node::Publisher*) {
    node::Publisher::create(store, wanted, clock.now());
  });
  // It follows others itself, as a node among a thousand does.
  node.change([&](node::Store& store, node::Publisher*) {
    for (int i = 0; i < 200; ++i) {
      const auto scid = protocol::to_multihash(protocol::sha256("peer " + std::to_string(i)));
      store.follow(scid, "did:webvh:" + scid + ":peer.test", true);
    }
  });
  followers_publish(node, clock, 0, kFollowersListings);
  node::Router router;
  node::add_public_routes(router, node);
  node::ServerOptions serving;
  serving.clock = &clock;
  serving.listeners.push_back(node::Listener::tls("public", std::string(kFollowersAddress), port,
                                                  {std::string(kFollowersHost)},
                                                  leaf.certificate_file, leaf.key_file));
  node::Server server(std::move(serving), [&](node::Request request) { return router(request); });
  FollowersNumbers last;
  bool is_counted = false;
  for (char letter = 'n'; letter == 'n' || letter == 'p';) {
    if (letter == 'p') followers_publish(node, clock, kFollowersListings, 1);
    FollowersNumbers numbers{0, 0, followers_cpu_ms(), followers_peak_mib()};
    if (letter == 'p' || !is_counted) {
      is_counted = true;
      for (const auto& report : node.feeds()) {
        if (report.feed.own) last = {report.feed.epoch, report.feed.size, 0, 0};
      }
    }
    numbers.epoch = last.epoch;
    numbers.size = last.size;
    if (write(channel, &numbers, sizeof numbers) != sizeof numbers) return;
    if (read(channel, &letter, 1) != 1) return;
  }
  server.stop();
}

/// The process, as the followers' side has it.
class FollowedPublisher {
 public:
  explicit FollowedPublisher(test_support::TestCa& ca) : port_(test_support::free_port()) {
    const auto leaf = ca.issue(std::string(kFollowersHost));
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::runtime_error("no channel");
    std::cout << std::flush;
    // Before there is any thread.
    process_ = fork();
    if (process_ < 0) throw std::runtime_error("no process");
    if (process_ == 0) {
      close(ends[0]);
      int code = 0;
      try {
        followers_serve(ends[1], port_, leaf);
      } catch (const std::exception& error) {
        std::cerr << "the publisher: " << error.what() << "\n";
        code = 1;
      }
      _exit(code);
    }
    close(ends[1]);
    channel_ = ends[0];
    now_ = receive();
  }
  ~FollowedPublisher() {
    close(channel_);
    waitpid(process_, nullptr, 0);
  }
  FollowedPublisher(const FollowedPublisher&) = delete;
  FollowedPublisher& operator=(const FollowedPublisher&) = delete;

  std::uint16_t port() const { return port_; }
  const FollowersNumbers& last() const { return now_; }
  const FollowersNumbers& ask(char letter) {
    if (write(channel_, &letter, 1) != 1) throw std::runtime_error("the publisher is gone");
    now_ = receive();
    return now_;
  }

 private:
  FollowersNumbers receive() {
    FollowersNumbers numbers;
    if (recv(channel_, &numbers, sizeof numbers, MSG_WAITALL) != sizeof numbers)
      throw std::runtime_error("the publisher is gone");
    return numbers;
  }

  const std::uint16_t port_;
  pid_t process_ = -1;
  int channel_ = -1;
  FollowersNumbers now_;
};

struct FollowersStep {
  std::string path, etag;
};

/// One of the thousand: an address, a connection, and what it still has to ask for.
struct FollowersClient {
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  std::string address;
  std::size_t next = 0;
  steady_clock::time_point arrives, begun;
  std::string etag;
  std::string cache;
};

struct FollowersResult {
  std::map<long, std::size_t> statuses;
  std::size_t failed = 0;
  std::vector<double> requests_ms, pulls_ms;
  double bytes = 0;
  std::string last_etag, last_cache, last_body;
};

class FollowersCrowd {
 public:
  FollowersCrowd(int count, std::uint16_t port, const std::string& ca_pem)
      : url_("https://" + std::string(kFollowersHost) + ":" + std::to_string(port) + "/o/main/") {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    names_ = curl_slist_append(nullptr, (std::string(kFollowersHost) + ":" + std::to_string(port) +
                                         ":" + std::string(kFollowersAddress))
                                            .c_str());
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(count) + 100);
    for (int i = 0; i < count; ++i) {
      auto client = std::make_unique<FollowersClient>();
      client->address = "127.2." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
      client->handle = curl_easy_init();
      CURL* handle = client->handle;
      curl_blob pem{const_cast<char*>(ca_pem.data()), ca_pem.size(), CURL_BLOB_COPY};
      curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &pem);
      curl_easy_setopt(handle, CURLOPT_RESOLVE, names_);
      curl_easy_setopt(handle, CURLOPT_INTERFACE, client->address.c_str());
      curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
      curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 30'000L);
      curl_easy_setopt(handle, CURLOPT_PRIVATE, client.get());
      curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
      curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &FollowersCrowd::take_body);
      curl_easy_setopt(handle, CURLOPT_HEADERDATA, client.get());
      curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &FollowersCrowd::take_header);
      clients_.push_back(std::move(client));
    }
  }
  ~FollowersCrowd() {
    for (auto& client : clients_) {
      curl_multi_remove_handle(multi_, client->handle);
      curl_easy_cleanup(client->handle);
      curl_slist_free_all(client->headers);
    }
    curl_multi_cleanup(multi_);
    curl_slist_free_all(names_);
  }
  FollowersCrowd(const FollowersCrowd&) = delete;
  FollowersCrowd& operator=(const FollowersCrowd&) = delete;

  /// The first `count` of them do `steps` one after another, and begin at random times of `spread`.
  FollowersResult run(const std::vector<FollowersStep>& steps, std::size_t count,
                      milliseconds spread) {
    result_ = {};
    const auto begun = steady_clock::now();
    std::vector<FollowersClient*> waiting;
    for (std::size_t i = 0; i < count; ++i) {
      auto& client = *clients_[i];
      client.next = 0;
      client.arrives = begun + milliseconds(std::uniform_int_distribution<std::int64_t>(
                                   0, spread.count())(random_));
      waiting.push_back(&client);
    }
    std::sort(waiting.begin(), waiting.end(),
              [](const auto* a, const auto* b) { return a->arrives > b->arrives; });
    std::size_t under_way = 0;
    while (!waiting.empty() || under_way > 0) {
      while (!waiting.empty() && steady_clock::now() >= waiting.back()->arrives) {
        waiting.back()->begun = steady_clock::now();
        begin(*waiting.back(), steps);
        waiting.pop_back();
        ++under_way;
      }
      int running = 0, left = 0;
      curl_multi_perform(multi_, &running);
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg == CURLMSG_DONE && !go_on(message, steps)) --under_way;
      }
      const auto pause = waiting.empty()
                             ? milliseconds(50)
                             : std::clamp(std::chrono::duration_cast<milliseconds>(
                                              waiting.back()->arrives - steady_clock::now()),
                                          milliseconds(0), milliseconds(50));
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(pause.count()), nullptr);
    }
    return std::move(result_);
  }

 private:
  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& crowd = *static_cast<FollowersCrowd*>(self);
    crowd.result_.bytes += static_cast<double>(size * count);
    if (crowd.keep_body_) crowd.result_.last_body.append(bytes, size * count);
    return size * count;
  }
  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* of) {
    auto& client = *static_cast<FollowersClient*>(of);
    const std::string_view line(bytes, size * count);
    const auto value = [&](std::string_view name) {
      const auto text = line.substr(name.size());
      return std::string(text.substr(0, text.find_last_not_of("\r\n") + 1));
    };
    if (line.starts_with("ETag: ")) client.etag = value("ETag: ");
    if (line.starts_with("Cache-Control: ")) client.cache = value("Cache-Control: ");
    return size * count;
  }

  void begin(FollowersClient& client, const std::vector<FollowersStep>& steps) {
    const auto& step = steps[client.next];
    curl_slist_free_all(client.headers);
    client.headers = nullptr;
    if (!step.etag.empty())
      client.headers = curl_slist_append(nullptr, ("If-None-Match: " + step.etag).c_str());
    curl_easy_setopt(client.handle, CURLOPT_HTTPHEADER, client.headers);
    curl_easy_setopt(client.handle, CURLOPT_URL, (url_ + step.path).c_str());
    keep_body_ = steps.size() == 1;
    curl_multi_add_handle(multi_, client.handle);
  }

  /// Whether this client asks for more.
  bool go_on(const CURLMsg* message, const std::vector<FollowersStep>& steps) {
    FollowersClient* client = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &client);
    long status = 0;
    curl_off_t took = 0;
    curl_easy_getinfo(client->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(client->handle, CURLINFO_TOTAL_TIME_T, &took);
    if (message->data.result == CURLE_OK) {
      ++result_.statuses[status];
    } else {
      ++result_.failed;
    }
    result_.requests_ms.push_back(static_cast<double>(took) / 1e3);
    result_.last_etag = client->etag;
    result_.last_cache = client->cache;
    curl_multi_remove_handle(multi_, client->handle);
    if (++client->next < steps.size()) {
      begin(*client, steps);
      return true;
    }
    result_.pulls_ms.push_back(
        std::chrono::duration<double, std::milli>(steady_clock::now() - client->begun).count());
    return false;
  }

  const std::string url_;
  CURLM* multi_ = nullptr;
  curl_slist* names_ = nullptr;
  std::vector<std::unique_ptr<FollowersClient>> clients_;
  FollowersResult result_;
  bool keep_body_ = false;
  std::mt19937 random_{1};
};

double followers_share(std::vector<double> times, double share) {
  std::sort(times.begin(), times.end());
  return times.empty()
             ? 0
             : times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
}

/// Prints, and says whether the goals are met.
bool followers_print(const std::string& what, const FollowersResult& result, double cpu_ms,
                     double wall_ms) {
  const auto cpu = 100 * cpu_ms / wall_ms;
  const auto p99 = followers_share(result.requests_ms, 0.99);
  std::cout << what << ":\n  answers:";
  for (const auto& [status, count] : result.statuses) std::cout << " " << count << "x " << status;
  std::cout << ", " << result.failed << " failed; " << std::lround(result.bytes / 1e6) << " MB\n"
            << "  a request: " << std::lround(followers_share(result.requests_ms, 0.5))
            << " ms in the middle, " << std::lround(p99) << " ms of 99 in 100 (goal "
            << kFollowersLatencyGoalMs << "), "
            << std::lround(followers_share(result.requests_ms, 1))
            << " ms at worst; a whole reading: "
            << std::lround(followers_share(result.pulls_ms, 0.99)) << " ms of 99 in 100\n"
            << "  the server: " << std::lround(cpu_ms) << " ms of CPU in " << std::lround(wall_ms)
            << " ms, " << std::lround(cpu) << " % of one core (goal " << kFollowersCpuGoal << ")\n"
            << std::flush;
  const auto good = [&](long status) {
    const auto found = result.statuses.find(status);
    return found == result.statuses.end() ? 0 : found->second;
  };
  return p99 <= kFollowersLatencyGoalMs && cpu <= kFollowersCpuGoal && result.failed == 0 &&
         good(200) + good(304) == result.requests_ms.size();
}

}  // namespace

int run_followers(int followers, int spread) {
  test_support::TestCa ca;
  FollowedPublisher publisher(ca);
  FollowersCrowd crowd(followers, publisher.port(), ca.certificate_pem());
  const auto all = static_cast<std::size_t>(followers);

  const std::string feed = "feed/" + std::to_string(publisher.last().epoch) + "/";
  const auto did = crowd.run({{"did.jsonl", ""}}, 1, milliseconds(0));
  const auto before = crowd.run({{feed + "checkpoint", ""}}, 1, milliseconds(0));
  const auto tile = crowd.run({{feed + protocol::entries_path(0), ""}}, 1, milliseconds(0));
  const bool is_immutable = tile.last_cache.find("immutable") != std::string::npos;
  std::cout << followers << " followers of a publisher with " << publisher.last().size
            << " entries, each at an address of its own\n"
            << "a full tile: Cache-Control: " << tile.last_cache << "\n";

  const auto measure = [&](const std::string& what, const std::vector<FollowersStep>& steps,
                           milliseconds within) {
    const auto cpu = publisher.ask('n').cpu_ms;
    const auto begun = steady_clock::now();
    const auto result = crowd.run(steps, all, within);
    const auto wall =
        std::chrono::duration<double, std::milli>(steady_clock::now() - begun).count();
    return followers_print(what, result, publisher.ask('n').cpu_ms - cpu, wall);
  };

  const auto size = publisher.ask('p').size;
  const auto last = (size - 1) / protocol::kTileWidth;
  const std::vector<FollowersStep> pull = {
      {"did.jsonl", did.last_etag},
      {feed + "checkpoint", before.last_etag},
      {feed + protocol::entries_path(last, protocol::bundle_width(last, size)), ""},
      {feed + protocol::docs_path(last), ""}};
  const auto within = std::to_string(spread) + " s";
  bool is_good = measure("one listing is announced, all read it within " + within, pull,
                         milliseconds(spread * 1'000));
  const auto now = crowd.run({{feed + "checkpoint", ""}}, 1, milliseconds(0));
  is_good = measure("nothing is new, all ask within " + within,
                    {{"did.jsonl", did.last_etag}, {feed + "checkpoint", now.last_etag}},
                    milliseconds(spread * 1'000)) &&
            is_good;
  // For knowing, without a goal: the server works as fast as it can.
  measure("all in one moment read the new listing", pull, milliseconds(0));
  std::cout << "the server's memory at most: " << std::lround(publisher.ask('n').peak_mib)
            << " MiB\n";
  return is_good && is_immutable ? 0 : 1;
}

}  // namespace bench
