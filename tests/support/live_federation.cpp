#include "tests/support/live_federation.h"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/api/routes.h"
#include "node/cli/commands.h"

namespace test_support {

std::uint16_t free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_ANY);
  socklen_t size = sizeof any;
  auto* address = reinterpret_cast<sockaddr*>(&any);
  const bool bound =
      probe >= 0 && bind(probe, address, size) == 0 && getsockname(probe, address, &size) == 0;
  if (probe >= 0) close(probe);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(any.sin_port);
}

LiveFederation::LiveFederation(std::vector<std::string> hosts, std::chrono::seconds interval)
    : interval_(interval), log_(node::LogLevel::error, [](std::string_view) {}) {
  const auto port = free_port();
  TestLeaf leaf;
  leaf.names = hosts;
  const auto certificate = ca_.issue(leaf);
  network_.ca_pem = ca_.certificate_pem();
  for (std::size_t i = 0; i < hosts.size(); ++i)
    network_.names.emplace(hosts[i],
                           *crawler::IpAddress::parse("127.0.3." + std::to_string(i + 1)));
  for (const auto& host : hosts) {
    auto member = std::make_unique<Member>();
    member->host = host;
    member->url = "https://" + host + ":" + std::to_string(port);
    member->folder = folder_.path() / host;
    crawler::FetcherOptions fetching;
    fetching.test_network = network_;
    member->fetcher = std::make_unique<crawler::Fetcher>(std::move(fetching));
    member->node = std::make_unique<node::Node>(member->folder, clock_, member->fetcher.get());
    node::NewPublisher wanted;
    wanted.name = "Publisher at " + host;
    wanted.folder_url = member->url + "/o/main";
    wanted.api_url = member->url;
    wanted.kind = "state_chapter";
    wanted.area = {"US-OH"};
    wanted.contact = "groups@" + host;
    wanted.recovery_sheet = folder_.path() / (host + ".sheet.txt");
    member->node->change([&](node::Store& store, node::Publisher*) {
      node::Publisher::create(store, wanted, clock_.now());
    });
    member->node->change([&](node::Store&, node::Publisher* publisher) {
      member->line = publisher->line();
      member->scid = publisher->scid();
    });
    member->router = std::make_unique<node::Router>();
    node::add_public_routes(*member->router, *member->node);
    node::ServerOptions serving;
    serving.clock = &clock_;
    serving.listeners.push_back(node::Listener::tls("public", network_.names.at(host).text(), port,
                                                    {host}, certificate.certificate_file,
                                                    certificate.key_file));
    member->server = std::make_unique<node::Server>(
        std::move(serving),
        [router = member->router.get()](node::Request request) { return (*router)(request); });
    members_.push_back(std::move(member));
  }
}

LiveFederation::~LiveFederation() {
  for (auto& member : members_) member->fetcher->stop();
  for (auto& member : members_) stop(*member);
  for (auto& member : members_) member->server.reset();
}

void LiveFederation::start(Member& member) {
  node::ScheduleOptions when;
  when.every = std::chrono::seconds(15);
  when.interval = interval_;
  member.push = std::make_unique<node::Push>(*member.node, *member.fetcher, log_);
  member.schedule = std::make_unique<node::Schedule>(*member.node, log_, when);
}

void LiveFederation::stop(Member& member) {
  member.schedule.reset();
  member.push.reset();
}

node::RecordKey LiveFederation::publish(Member& member, const std::string& name) {
  node::RecordKey key;
  member.node->change([&](node::Store&, node::Publisher* publisher) {
    node::Draft draft;
    draft.id = node::new_record_id();
    auto defaults = publisher->listing_defaults(clock_.now());
    defaults.id = draft.id;
    auto subject = simple_listing(name);
    protocol::fill_defaults(subject, defaults);
    draft.subject = std::move(subject);
    std::vector<node::Draft> drafts{draft};
    for (const auto& refused : publisher->publish(drafts, clock_.now()))
      throw std::runtime_error(name + " was not published: " + refused.problems.front().message);
    key = {publisher->scid(), draft.id.substr(9)};
  });
  return key;
}

void LiveFederation::anchor(Member& member, const Member& other) {
  CollectedOutput output;
  if (node::execute({"anchor add", {{"publisher", {other.line}}, {"yes", {}}}, {}, {}, "/"},
                    *member.node, output) != node::kExitOk)
    throw std::runtime_error(output.said);
}

void LiveFederation::notify(Member& member, const Member& other) {
  CollectedOutput output;
  if (node::execute({"notify add", {{"url", {other.url}}}, {}, {}, "/"}, *member.node, output) !=
      node::kExitOk)
    throw std::runtime_error(output.said);
}

std::optional<std::chrono::milliseconds> LiveFederation::wait_for(
    Member& at, const node::RecordKey& key, std::chrono::steady_clock::time_point since,
    std::chrono::seconds limit) {
  while (!at.node->group(key)) {
    if (std::chrono::steady_clock::now() > since + limit) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               since);
}

}  // namespace test_support
