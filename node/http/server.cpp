#include "node/http/server.h"

#include <future>
#include <utility>

#include <boost/asio/post.hpp>
#include <sodium.h>

#include "node/http/door.h"
#include "node/http/edge.h"
#include "node/http/session.h"

namespace node {

namespace asio = boost::asio;
using boost::system::error_code;
using edge::BoundListener, edge::Loop, edge::Session, edge::Shared, edge::SteadyClock;
using edge::TlsContext, edge::AtomicStats;

Listener Listener::tcp(std::string role, std::string address, std::uint16_t port,
                       std::vector<std::string> host_names) {
  Listener listener;
  listener.role = std::move(role);
  listener.address = std::move(address);
  listener.port = port;
  listener.host_names = std::move(host_names);
  return listener;
}

Listener Listener::tls(std::string role, std::string address, std::uint16_t port,
                       std::vector<std::string> host_names, std::filesystem::path certificate_file,
                       std::filesystem::path key_file) {
  Listener listener = tcp(std::move(role), std::move(address), port, std::move(host_names));
  listener.kind = Kind::tls;
  listener.certificate_file = std::move(certificate_file);
  listener.key_file = std::move(key_file);
  return listener;
}

Listener Listener::local(std::string role, std::filesystem::path socket_path) {
  Listener listener;
  listener.kind = Kind::local;
  listener.role = std::move(role);
  listener.socket_path = std::move(socket_path);
  return listener;
}

class Server::Core {
 public:
  Core(ServerOptions options, ServerHandler handler)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(handler))) {
    bool has_local = false;
    for (std::string& proxy : shared_->options.trusted_proxies) {
      error_code error;
      const auto address = asio::ip::make_address(proxy, error);
      if (error) throw ServerError("a proxy is named by its IP address, not: " + proxy);
      proxy = edge::plain_address(address);
    }
    for (const Listener& wanted : shared_->options.listeners) {
      auto& listener = *shared_->listeners.emplace_back(std::make_unique<BoundListener>());
      listener.options = wanted;
      switch (wanted.kind) {
        case Listener::Kind::tls:
          listener.tls.with([&](auto& context) { context = make_tls_context(wanted); });
          shared_->doors.push_back(edge::open_tcp_door(*shared_, listener));
          break;
        case Listener::Kind::tcp:
          shared_->doors.push_back(edge::open_tcp_door(*shared_, listener));
          break;
        case Listener::Kind::local:
          shared_->doors.push_back(edge::open_local_door(*shared_, listener));
          has_local = true;
          break;
      }
    }
    try {
      const std::size_t queue = shared_->options.limits.queued_requests;
      shared_->workers = std::make_unique<WorkerPool>(std::max(1, shared_->options.worker_threads),
                                                      queue, shared_);
      shared_->local_workers =
          std::make_unique<WorkerPool>(has_local ? kLocalWorkerThreads : 0, queue, shared_);
      for (auto& door : shared_->doors) {
        asio::post(shared_->loops[0].context, [raw = door.get()] { raw->open(); });
      }
      for (Loop& loop : shared_->loops) {
        auto ended = std::make_shared<std::promise<void>>();
        loops_ended_.push_back(ended->get_future());
        loop.thread = std::thread([this_shared = shared_.get(), &loop, ended] {
          run_loop(*this_shared, loop);
          ended->set_value();
        });
      }
    } catch (...) {
      stop();
      throw;
    }
  }

  ~Core() { stop(); }

  void stop() {
    std::call_once(stopped_, [this] { stop_now(); });
  }

  std::uint16_t port(std::size_t index) const { return shared_->listeners.at(index)->port; }

  void reload_certificates() {
    std::vector<std::pair<BoundListener*, std::shared_ptr<TlsContext>>> fresh;
    for (auto& listener : shared_->listeners) {
      if (listener->options.kind != Listener::Kind::tls) continue;
      fresh.emplace_back(listener.get(), make_tls_context(listener->options));
    }
    for (auto& [listener, context] : fresh) {
      listener->tls.with([&made = context](auto& current) { current = std::move(made); });
    }
  }

  ServerStats stats() const {
    const AtomicStats& now = shared_->stats;
    ServerStats stats;
    stats.accepted = now.accepted;
    stats.surplus = now.surplus;
    stats.accept_failures = now.accept_failures;
    stats.requests = now.requests;
    stats.refused = now.refused;
    stats.overloaded = now.overloaded;
    stats.rate_limited = now.rate_limited;
    stats.internal_errors = now.internal_errors;
    const std::lock_guard lock(shared_->counts_mutex);
    stats.connections = shared_->counts.all;
    return stats;
  }

 private:
  static void run_loop(Shared& shared, Loop& loop) {
    while (true) {
      try {
        loop.context.run();
        return;
      } catch (const std::exception& error) {
        // Out of memory in one session: its deadline closes it, the others go on.
        if (const Log* log = shared.options.log)
          log->error("the HTTP loop had to skip a step", {{"what", error.what()}});
      }
    }
  }

  template <class Use>
  void for_each_session(Use use) {
    for (Loop& loop : shared_->loops) {
      asio::post(loop.context, [&loop, use] {
        const auto sessions = loop.sessions;  // a copy: closing takes a session out of the map
        for (const auto& [raw, session] : sessions) use(*session);
      });
    }
  }

  void stop_now() {
    const auto began = SteadyClock::now();
    const EdgeLimits& limits = shared_->options.limits;
    shared_->stopping = true;
    if (loops_ended_.size() == shared_->loops.size()) {
      asio::post(shared_->loops[0].context, [this] {
        for (auto& door : shared_->doors) door->close();
      });
      for_each_session([](Session& session) { session.on_stop(); });
      {
        std::unique_lock lock(shared_->counts_mutex);
        shared_->counts_changed.wait_until(lock, began + limits.stop_grace,
                                           [this] { return shared_->counts.all == 0; });
      }
      for_each_session([](Session& session) { session.close(true); });
    }
    for (Loop& loop : shared_->loops) loop.work.reset();
    for (std::size_t i = 0; i < loops_ended_.size(); ++i) {
      if (loops_ended_[i].wait_for(std::chrono::seconds(1)) != std::future_status::ready) {
        shared_->loops[i].context.stop();
      }
      shared_->loops[i].thread.join();
    }
    for (auto* pool : {shared_->workers.get(), shared_->local_workers.get()}) {
      if (pool == nullptr || pool->stop(began + limits.stop_limit)) continue;
      if (const Log* log = shared_->options.log) {
        log->error("a handler did not end and was left behind", {});
      }
    }
  }

  std::shared_ptr<Shared> shared_;
  std::vector<std::future<void>> loops_ended_;
  std::once_flag stopped_;
};

Server::Server(ServerOptions options, ServerHandler handler) {
  if (sodium_init() < 0) throw ServerError("libsodium cannot be used");
  core_ = std::make_shared<Core>(std::move(options), std::move(handler));
}

Server::~Server() { core_->stop(); }

void Server::stop() { core_->stop(); }
std::uint16_t Server::port(std::size_t index) const { return core_->port(index); }
void Server::reload_certificates() { core_->reload_certificates(); }
ServerStats Server::stats() const { return core_->stats(); }

}  // namespace node
