#include "tests/support/peer_crowd.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "protocol/crypto/crypto.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"
#include "tests/support/live_federation.h"

namespace test_support {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kCrowdDescriptors = 2'048;
constexpr std::string_view kCrowdAssociation = "association.crowd.test";

std::string crowd_did(const std::string& scid, const std::string& host, std::uint16_t port) {
  return "did:webvh:" + scid + ":" + host + "%3A" + std::to_string(port) + ":o:main";
}

int crowd_connect(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(connect(client, reinterpret_cast<sockaddr*>(&at), sizeof at));
  return client;
}

/// Remembers when each of the living was asked for the first time.
class CrowdWatch final : public crawler::Source {
 public:
  CrowdWatch(crawler::Source& behind, const std::map<std::string, std::filesystem::path>& living)
      : behind_(behind), living_(living) {}

  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    note(requests);
    return behind_.get_all(requests);
  }
  std::vector<protocol::Result<crawler::FetchResponse>> get_all_noted(
      std::span<const crawler::FetchRequest> requests,
      std::span<crawler::FetchNotes> notes) override {
    note(requests);
    return behind_.get_all_noted(requests, notes);
  }
  bool is_stopped() const override { return behind_.is_stopped(); }

  /// In the order of time.
  std::vector<steady_clock::time_point> begun() const {
    const std::lock_guard lock(mutex_);
    std::vector<steady_clock::time_point> times;
    for (const auto& [host, time] : begun_) times.push_back(time);
    std::sort(times.begin(), times.end());
    return times;
  }

 private:
  void note(std::span<const crawler::FetchRequest> requests) {
    const auto now = steady_clock::now();
    const std::lock_guard lock(mutex_);
    for (const auto& request : requests) {
      constexpr std::size_t scheme = std::string_view("https://").size();
      const auto host =
          request.url.substr(scheme, request.url.find_first_of(":/", scheme) - scheme);
      if (host != kCrowdAssociation && living_.contains(host)) begun_.try_emplace(host, now);
    }
  }

  crawler::Source& behind_;
  const std::map<std::string, std::filesystem::path>& living_;
  mutable std::mutex mutex_;
  std::map<std::string, steady_clock::time_point> begun_;
};

milliseconds crowd_cpu() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return milliseconds((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000 +
                      (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1'000);
}

double crowd_resident_mib() {
  std::ifstream file("/proc/self/statm");
  double all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace

/// A port whose queue of connections is full and is never emptied: what else arrives is dropped, as
/// by a firewall.
struct PeerCrowd::Blackhole {
  Blackhole() {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof any;
    auto* address = reinterpret_cast<sockaddr*>(&any);
    if (bind(listener, address, size) != 0 || listen(listener, 0) != 0 ||
        getsockname(listener, address, &size) != 0)
      throw std::runtime_error("no blackhole");
    port = ntohs(any.sin_port);
    // Until one is left without an answer.
    for (bool is_full = false; !is_full;) {
      fillers.push_back(crowd_connect(port));
      pollfd done{fillers.back(), POLLOUT, 0};
      is_full = poll(&done, 1, 300) == 0;
      if (fillers.size() > 100) throw std::runtime_error("the blackhole has no ground");
    }
  }
  ~Blackhole() {
    for (const int each : fillers) close(each);
    close(listener);
  }
  bool is_filler(int socket) const {
    return std::find(fillers.begin(), fillers.end(), socket) != fillers.end();
  }
  int listener = -1;
  std::uint16_t port = 0;
  std::vector<int> fillers;
};

PeerCrowd::PeerCrowd(Sizes sizes)
    : sizes_(sizes), log_(node::LogLevel::error, [](std::string_view) {}) {
  port_ = free_port();
  network_.ca_pem = ca_.certificate_pem();
  std::size_t number = 0;
  const auto place = [&](const std::string& name) {
    ++number;
    network_.names.emplace(
        name, *crawler::IpAddress::parse("127.1." + std::to_string(number / 250) + "." +
                                         std::to_string(number % 250 + 1)));
  };
  place(std::string(kCrowdAssociation));
  for (std::size_t i = 0; i < sizes_.living; ++i) place(host("living", i));
  for (std::size_t i = 0; i < sizes_.refusing; ++i) place(host("refusing", i));
  for (std::size_t i = 0; i < sizes_.vanishing; ++i) place(host("vanishing", i));
  for (std::size_t i = 0; i < sizes_.dripping; ++i) place(host("dripping", i));

  TestLeaf leaf;
  leaf.names = {"*.crowd.test"};
  const auto certificate = ca_.issue(leaf);

  // Two at a time: making a publisher is mostly waiting for the disk.
  living_.resize(sizes_.living);
  std::thread other([this] { make_living(1, 2); });
  make_living(0, 2);
  other.join();
  for (std::size_t i = 0; i < sizes_.living; ++i)
    folders_[host("living", i)] = folder_.path() / host("living", i) / "public";

  blackhole_ = std::make_unique<Blackhole>();
  drips_ = std::make_unique<HostileServer>("0.0.0.0", certificate, [](HostileConnection& client) {
    if (!client.start_tls() || client.read_head().empty()) return;
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (client.send("x") && client.pause(milliseconds(200))) {
    }
  });
  nobody_ = free_port();

  // The association, which recognizes everybody, dead or alive.
  node::NewPublisher wanted;
  wanted.name = "Association of the crowd";
  wanted.folder_url =
      "https://" + std::string(kCrowdAssociation) + ":" + std::to_string(port_) + "/o/main";
  wanted.kind = "national_association";
  wanted.area = {"US"};
  wanted.contact = "groups@crowd.test";
  wanted.recovery_sheet = folder_.path() / "association.sheet.txt";
  node::Node association(folder_.path() / "association", clock_, nullptr);
  association.change([&](node::Store& store, node::Publisher*) {
    node::Publisher::create(store, wanted, clock_.now());
  });
  association.change([&](node::Store&, node::Publisher* publisher) {
    association_line_ = publisher->line();
    std::vector<node::Draft> drafts;
    const auto recognize = [&](const std::string& did) {
      protocol::Recognition recognition;
      recognition.subject_did = did;
      recognition.name = "Number " + std::to_string(drafts.size());
      recognition.role = "state_chapter";
      recognition.to_issue = true;
      recognition.area = std::vector<std::string>{"US-OH"};
      node::Draft draft;
      draft.id = node::new_record_id();
      draft.type = protocol::DocumentType::recognition;
      draft.subject = protocol::recognition_subject(recognition, publisher->did());
      draft.valid_until = clock_.now() + std::chrono::hours(24 * 300);
      drafts.push_back(std::move(draft));
    };
    const auto invent = [&](const std::string& name, std::uint16_t port) {
      dead_.push_back(protocol::to_multihash(protocol::sha256(name)));
      recognize(crowd_did(dead_.back(), name, port));
    };
    // Mixed, as they would be.
    const auto most = std::max({sizes_.living, sizes_.refusing, sizes_.vanishing, sizes_.dripping});
    for (std::size_t i = 0; i < most; ++i) {
      if (i < sizes_.living) recognize(crowd_did(living_[i], host("living", i), port_));
      if (i < sizes_.refusing) invent(host("refusing", i), nobody_);
      if (i < sizes_.vanishing) invent(host("vanishing", i), blackhole_->port);
      if (i < sizes_.dripping) invent(host("dripping", i), drips_->port());
    }
    for (const auto& refused : publisher->publish(drafts, clock_.now()))
      throw std::runtime_error("a recognition was refused: " + refused.problems.front().message);
  });
  folders_[std::string(kCrowdAssociation)] = folder_.path() / "association" / "public";

  node::ServerOptions serving;
  serving.clock = &clock_;
  serving.limits.connections_per_address = serving.limits.connections;
  serving.limits.requests_per_second_per_address = 0;
  std::vector<std::string> names;
  for (const auto& [name, folder] : folders_) names.push_back(name);
  serving.listeners.push_back(node::Listener::tls(
      "public", "0.0.0.0", port_, names, certificate.certificate_file, certificate.key_file));
  server_ = std::make_unique<node::Server>(std::move(serving), [this](node::Request request) {
    const std::string name(request.header("Host").value_or(""));
    const auto found = folders_.find(name.substr(0, name.find(':')));
    if (request.path == "/mirror/") {
      const auto heads = heads_.with([](const auto& list) { return list; });
      return heads ? node::ok_bytes(*heads, "application/json")
                   : node::problem(protocol::ErrorCode::not_found);
    }
    constexpr std::string_view prefix = "/o/main/";
    if (found == folders_.end() || !request.path.starts_with(prefix))
      return node::problem(protocol::ErrorCode::not_found);
    auto file = node::read_file_if_there(found->second / request.path.substr(prefix.size()));
    return file ? node::ok_bytes(std::move(*file), "text/plain")
                : node::problem(protocol::ErrorCode::not_found);
  });
}

PeerCrowd::~PeerCrowd() = default;

std::string PeerCrowd::host(std::string_view kind, std::size_t number) const {
  return std::string(kind) + "-" + std::to_string(number) + ".crowd.test";
}

void PeerCrowd::make_living(std::size_t from, std::size_t step) {
  for (auto i = from; i < sizes_.living; i += step) {
    const auto name = host("living", i);
    node::NewPublisher wanted;
    wanted.name = "Chapter " + std::to_string(i);
    wanted.folder_url = "https://" + name + ":" + std::to_string(port_) + "/o/main";
    if (i < sizes_.nodes) wanted.api_url = "https://" + name + ":" + std::to_string(port_);
    wanted.kind = "state_chapter";
    wanted.area = {"US-OH"};
    wanted.contact = "groups@" + name;
    wanted.recovery_sheet = folder_.path() / (name + ".sheet.txt");
    node::Node chapter(folder_.path() / name, clock_, nullptr);
    chapter.change([&](node::Store& store, node::Publisher*) {
      node::Publisher::create(store, wanted, clock_.now());
    });
    chapter.change([&](node::Store&, node::Publisher* publisher) {
      living_[i] = publisher->scid();
      node::Draft draft;
      draft.id = node::new_record_id();
      auto defaults = publisher->listing_defaults(clock_.now());
      defaults.id = draft.id;
      draft.subject = simple_listing("Group of chapter " + std::to_string(i));
      protocol::fill_defaults(draft.subject, defaults);
      std::vector<node::Draft> drafts{std::move(draft)};
      for (const auto& refused : publisher->publish(drafts, clock_.now()))
        throw std::runtime_error("a listing was refused: " + refused.problems.front().message);
    });
  }
}

std::size_t PeerCrowd::connections_now() const {
  // Of this process's sockets: those on the way, and those that have one of these ports at the
  // other side, which only the node's ends do.
  const std::set<std::uint16_t> ports{port_, nobody_, blackhole_->port, drips_->port()};
  std::size_t open = 0;
  for (int each = 3; each < kCrowdDescriptors; ++each) {
    if (blackhole_->is_filler(each)) continue;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(each, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
    if (info.tcpi_state == TCP_SYN_SENT) {
      ++open;
      continue;
    }
    sockaddr_in other{};
    size = sizeof other;
    if (info.tcpi_state == TCP_ESTABLISHED &&
        getpeername(each, reinterpret_cast<sockaddr*>(&other), &size) == 0)
      open += ports.contains(ntohs(other.sin_port));
  }
  return open;
}

PeerCrowd::Cycle PeerCrowd::run(const crawler::FetchLimits& limits, std::size_t at_once,
                                std::chrono::seconds limit) {
  Cycle cycle;
  crawler::FetcherOptions options;
  options.test_network = network_;
  options.limits = limits;
  crawler::Fetcher fetcher(options);
  CrowdWatch watch(fetcher, folders_);
  ScratchFolder data;
  const auto before_mib = crowd_resident_mib();
  node::Node reader(data.path() / "reader", clock_, &watch);
  CollectedOutput output;
  if (node::execute({"anchor add", {{"publisher", {association_line_}}, {"yes", {}}}, {}, {}, "/"},
                    reader, output) != node::kExitOk)
    throw std::runtime_error(output.said);

  std::atomic<bool> is_over{false};
  std::thread counter([&] {
    while (!is_over) {
      cycle.most_connections = std::max(cycle.most_connections, connections_now());
      cycle.grown_mib = std::max(cycle.grown_mib, crowd_resident_mib() - before_mib);
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  const auto begun = steady_clock::now();
  std::optional<steady_clock::time_point> all_due;
  {
    node::ScheduleOptions when;
    when.at_once = at_once;
    const node::Schedule schedule(reader, log_, when);
    const auto count = [&](const char* condition) {
      return reader.read([&](node::StoreQueries& store) {
        auto rows = store.database().prepare(
            std::string("SELECT count(*) FROM feed WHERE own = 0 AND ") + condition);
        rows.step();
        return static_cast<std::size_t>(rows.integer(0));
      });
    };
    while (!cycle.all_tried && steady_clock::now() < begun + limit) {
      std::this_thread::sleep_for(milliseconds(50));
      // From then on they are due, all at once.
      if (!all_due && count("1") >= living_.size() + dead_.size() + 1)
        all_due = steady_clock::now();
      const auto so_far = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
      // The association is one of those that were read.
      cycle.living = count("last_success IS NOT NULL");
      if (!cycle.living_read && cycle.living >= living_.size() + 1) cycle.living_read = so_far;
      if (count("last_attempt IS NOT NULL") >= living_.size() + dead_.size() + 1)
        cycle.all_tried = so_far;
    }
    cycle.living = count("last_success IS NOT NULL");
    cycle.dead_with_backoff = count("failures > 0 AND next_attempt >= last_attempt + 480");
    cycle.shown = reader.listings_shown();
    if (sizes_.nodes == 0) fetcher.stop();
  }
  if (sizes_.nodes > 0) {
    const auto list = std::make_shared<const std::string>(reader.mirror().index());
    cycle.list_bytes = list->size();
    heads_.with([&](auto& shown) { shown = list; });
    const auto cpu_before = crowd_cpu();
    const auto compared_from = steady_clock::now();
    const auto round = reader.compare_heads(true);
    cycle.comparison =
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - compared_from);
    cycle.comparison_cpu = crowd_cpu() - cpu_before;
    for (const auto& answer : round.answers) {
      if (answer.refused) continue;
      ++cycle.compared_nodes;
      cycle.compared_heads += answer.sizes.size();
    }
    heads_.with([](auto& shown) { shown = nullptr; });
    fetcher.stop();
  }
  is_over = true;
  counter.join();
  if (const auto times = watch.begun(); all_due && times.size() == living_.size()) {
    const auto in_ms = [](steady_clock::duration time) {
      return std::chrono::duration_cast<milliseconds>(time);
    };
    cycle.longest_wait = std::max(milliseconds(0), in_ms(times.back() - *all_due));
    cycle.longest_standstill = milliseconds(0);
    auto last = *all_due;
    for (const auto time : times) {
      cycle.longest_standstill = std::max(*cycle.longest_standstill, in_ms(time - last));
      last = std::max(last, time);
    }
  }
  return cycle;
}

}  // namespace test_support
