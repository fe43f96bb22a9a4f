#include "node/cli/serve.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include <pthread.h>
#include <signal.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/cli/console_client.h"
#include "node/console/command_socket.h"
#include "node/http/router.h"
#include "node/http/server.h"
#include "node/log.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

constexpr std::chrono::hours kServeHeartbeatAge{20};
// How often a running node looks at its own public address.
constexpr std::chrono::minutes kPublishedLooks{30};
constexpr std::chrono::minutes kServeFirstProbes{10};
constexpr int kServeProbesADay = 50;

struct ServeAddress {
  std::string address;
  std::uint16_t port = 0;
};

std::optional<ServeAddress> serve_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  const auto digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  const auto port = std::stoul(digits);
  if (port > 65535) return std::nullopt;
  return ServeAddress{text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

/// Reads feeds and judges what is shown, on a thread of its own, until it goes.
class Schedule {
 public:
  Schedule(Node& node, const Log& log, std::chrono::seconds every, std::size_t probes_a_day)
      : node_(node),
        log_(log),
        every_(every),
        probes_a_day_(probes_a_day),
        next_probes_(std::chrono::steady_clock::now() + kServeFirstProbes),
        thread_([this] { run(); }) {
    node_.on_news([this](protocol::Timestamp at) {
      const std::lock_guard lock(mutex_);
      if (!due_ || at < *due_) due_ = at;
      wake_.notify_all();
    });
  }
  ~Schedule() {
    node_.on_news({});
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      due_.reset();
      lock.unlock();
      step();
      lock.lock();
      wait(lock);
    }
  }

  /// Until the next step is due, or a feed is of which there was news.
  void wait(std::unique_lock<std::mutex>& lock) {
    const auto turn = std::chrono::steady_clock::now() + every_;
    while (!stopping_) {
      const auto now = std::chrono::steady_clock::now();
      auto until = turn;
      if (due_) until = std::min(until, now + (*due_ - node_.clock().now()));
      if (now >= until) return;
      wake_.wait_until(lock, until);
    }
  }

  void step() {
    try {
      check_published_history(node_, kPublishedLooks);
    } catch (const std::exception& error) {
      log_.error("the own published feed was not compared", {{"reason", error.what()}});
    }
    try {
      node_.change([&](Store&, Publisher* publisher) {
        if (publisher)
          publisher->write_files(publisher->public_folder(), node_.clock().now(),
                                 kServeHeartbeatAge);
      });
      own_trouble_.clear();
    } catch (const std::exception& error) {
      // A folder that was restored or handed over says so once, not with every step.
      if (own_trouble_ != error.what())
        log_.error("the own feed could not be written", {{"reason", error.what()}});
      own_trouble_ = error.what();
    }
    try {
      for (const auto& outcome : node_.sync(std::nullopt, false, {})) {
        if (outcome.refused) {
          log_.warn("feed not taken", {{"feed", outcome.scid},
                                       {"code", protocol::word(outcome.refused->code)},
                                       {"detail", outcome.refused->detail}});
        } else if (outcome.changed) {
          log_.info("feed read", {{"feed", outcome.scid},
                                  {"entries", static_cast<std::int64_t>(outcome.entries)}});
        }
      }
      node_.refresh();
    } catch (const std::exception& error) {
      log_.error("the schedule was interrupted and goes on", {{"reason", error.what()}});
    }
    probe();
  }

  /// Once a day, and not while a node that was just started has other things to do.
  void probe() {
    if (probes_a_day_ == 0 || std::chrono::steady_clock::now() < next_probes_) return;
    next_probes_ = std::chrono::steady_clock::now() + std::chrono::hours(24);
    try {
      const auto probed = node_.probe(probes_a_day_, false);
      log_.info("pages looked at", {{"read", static_cast<std::int64_t>(probed.read)},
                                    {"passed", static_cast<std::int64_t>(probed.passed)}});
    } catch (const std::exception& error) {
      log_.error("probes were interrupted", {{"reason", error.what()}});
    }
  }

  Node& node_;
  const Log& log_;
  const std::chrono::seconds every_;
  const std::size_t probes_a_day_;
  std::chrono::steady_clock::time_point next_probes_;  // Owned by the schedule's thread.
  std::string own_trouble_;                            // Owned by the schedule's thread.
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::optional<protocol::Timestamp> due_;  // of news
  std::thread thread_;
};

}  // namespace

ExitCode serve(const Invocation& invocation, Node& node, const std::function<void()>& end_fetches) {
  Log log;
  ServerOptions options;
  options.clock = &node.clock();
  options.log = &log;
  std::vector<std::string> host_names = invocation.all("host-name");
  node.change([&](Store&, Publisher* publisher) {
    if (!publisher) return;
    // Newest last: it is the one that is printed.
    for (auto place = publisher->places().rbegin(); place != publisher->places().rend(); ++place)
      host_names.push_back(place->host);
  });
  std::vector<std::string> printed;
  for (const auto& text : invocation.all("public")) {
    const auto at = serve_address(text);
    if (!at) {
      std::cerr << "--public: '" << text << "' is no address with a port, such as 0.0.0.0:8443.\n";
      return kExitUsage;
    }
    if (!invocation.has("tls-cert") || !invocation.has("tls-key")) {
      std::cerr << "--public needs --tls-cert and --tls-key. On loopback, for a proxy or for "
                   "trying out, use --plain.\n";
      return kExitUsage;
    }
    options.listeners.push_back(Listener::tls("public", at->address, at->port, host_names,
                                              invocation.output_path(invocation.first("tls-cert")),
                                              invocation.output_path(invocation.first("tls-key"))));
    printed.push_back("https://" + (host_names.empty() ? at->address : host_names.back()) + ":" +
                      std::to_string(at->port) + "/");
  }
  for (const auto& text : invocation.all("plain")) {
    const auto at = serve_address(text);
    if (!at || !at->address.starts_with("127.")) {
      std::cerr << "--plain: '" << text
                << "' is no loopback address with a port, such as 127.0.0.1:8101.\n";
      return kExitUsage;
    }
    auto names = host_names;
    names.push_back(at->address + ":" + std::to_string(at->port));
    names.push_back("localhost:" + std::to_string(at->port));
    options.listeners.push_back(Listener::tcp("public", at->address, at->port, names));
    printed.push_back("http://" + at->address + ":" + std::to_string(at->port) + "/");
  }
  options.listeners.push_back(Listener::local("local", command_socket(node.folder())));

  Router open_to_all, for_operator;
  add_public_routes(open_to_all, node);
  add_command_route(for_operator, node);
  std::unique_ptr<Server> server;
  try {
    server = std::make_unique<Server>(std::move(options), [&](Request request) {
      return request.is_local ? for_operator(std::move(request)) : open_to_all(std::move(request));
    });
  } catch (const ServerError& error) {
    std::cerr << wrapped(error.what()) << "\n";
    return kExitConfiguration;
  }
  for (const auto& address : printed) std::cout << "Ready at " << address << "\n";
  if (printed.empty())
    std::cout << "Ready for commands; no listener was asked for (--public or --plain).\n";
  std::cout << std::flush;

  {
    const auto every =
        invocation.has("sync-every") ? std::atoi(invocation.first("sync-every").c_str()) : 15;
    const auto probes =
        invocation.has("probes") ? std::atoi(invocation.first("probes").c_str()) : kServeProbesADay;
    const Schedule schedule(node, log, std::chrono::seconds(std::max(1, every)),
                            static_cast<std::size_t>(std::clamp(probes, 0, 1'000)));
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    int received = SIGHUP;
    while (received == SIGHUP) {
      sigwait(&ending, &received);
      if (received != SIGHUP) break;
      try {
        server->reload_certificates();
        log.info("certificates read again", {});
      } catch (const ServerError& error) {
        log.error("the new certificates are no good; the old ones stay",
                  {{"reason", error.what()}});
      }
    }
    log.info("stopping", {});
    end_fetches();
    server->stop();
  }
  return kExitOk;
}

}  // namespace node
