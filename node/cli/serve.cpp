#include "node/cli/serve.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>

#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"
#include "node/cli/console_client.h"
#include "node/console/command_socket.h"
#include "node/following/push.h"
#include "node/following/schedule.h"
#include "node/http/router.h"
#include "node/http/server.h"
#include "node/log.h"
#include "protocol/identity/did.h"

namespace node {

namespace {

// How often a running node looks at its own public address.
constexpr std::chrono::minutes kPublishedLooks{30};
constexpr int kServeProbesADay = 50;
constexpr int kServeHeaps = 4;

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

}  // namespace

ExitCode serve(const Invocation& invocation, Node& node, const std::function<void()>& end_fetches) {
  // Threads come and go here by the hundred, one for each feed that is read, and the C library
  // would spread them over eight heaps for each processor, of which each keeps what was freed in
  // it.
  mallopt(M_ARENA_MAX, kServeHeaps);
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
  options.trusted_proxies = invocation.all("proxy");
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
    const auto number = [&](const std::string& option, int otherwise) {
      return invocation.has(option) ? std::atoi(invocation.first(option).c_str()) : otherwise;
    };
    ScheduleOptions when;
    when.every = std::chrono::seconds(std::max(1, number("sync-every", 15)));
    when.interval = std::chrono::minutes(std::clamp(number("read-every", 15), 1, 24 * 60));
    when.probes_a_day =
        static_cast<std::size_t>(std::clamp(number("probes", kServeProbesADay), 0, 1'000));
    when.look_at_own = [&node] { check_published_history(node, kPublishedLooks); };
    std::optional<Push> push;
    if (node.source()) push.emplace(node, *node.source(), log);
    const Schedule schedule(node, log, when);
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
                  {counted_by("reason", error.what())});
      }
    }
    log.info("stopping", {});
    end_fetches();
    server->stop();
  }
  return kExitOk;
}

}  // namespace node
