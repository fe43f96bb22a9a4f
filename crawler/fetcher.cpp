#include "crawler/fetcher.h"

#include <algorithm>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <variant>

#include <curl/curl.h>
#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>

#include "crawler/fetch_job.h"
#include "crawler/first_contacts.h"

namespace crawler {
namespace {

using protocol::Error;
using protocol::ErrorCode;
using protocol::refuse;
using protocol::Result;

constexpr std::size_t kMaxLookups = 64;  // threads of the resolver at one time
// Of these, for names that were found before: servers of names that never answer can have the rest.
constexpr std::size_t kLookupsOfTheFound = 16;
// Second connections of a host are for when there is plenty of room: one part of so many.
constexpr std::size_t kRoomForSeconds = 8;
constexpr std::size_t kMaxLookupsKept = 10'000;
constexpr int kTickMs = 50;  // how late a deadline of our own may be noticed

}  // namespace

// Answers of the resolver on their way back. Threads of a resolver that never answers outlive the
// engine, so what they touch belongs to them too.
struct LookupBoard {
  struct Answer {
    std::string host;
    std::uint64_t number;
    Result<std::vector<IpAddress>> addresses;
  };
  std::mutex mutex;
  CURLM* wake = nullptr;  // null once the engine has ended
  std::size_t running = 0;
  std::vector<Answer> answers;
};

Result<std::vector<IpAddress>> system_resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_UNSPEC;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (problem != 0) return refuse(ErrorCode::fetch_dns, host + ": " + gai_strerror(problem));
  std::vector<IpAddress> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = IpAddress::of(entry->ai_addr)) addresses.push_back(*address);
  }
  freeaddrinfo(found);
  return addresses;
}

// The thread that drives libcurl. Requests come in through `inbox_`; everything below the line
// belongs to that thread.
class Fetcher::Engine {
 public:
  explicit Engine(FetcherOptions options);
  ~Engine();

  std::future<FetchAnswer> add(std::unique_ptr<FetchJob> job);
  void stop();
  const FetcherOptions& options() const { return options_; }

 private:
  using Job = std::unique_ptr<FetchJob>;

  // What is wanted of one host.
  struct Lane {
    std::deque<Job> waiting;
    std::size_t running = 0;
    std::optional<std::uint64_t> lookup;  // its number, while one is under way
    SteadyTime lookup_started;
  };
  struct Known {
    std::vector<IpAddress> addresses;
    SteadyTime until;
    std::optional<IpAddress> last_used = {};

    const IpAddress& most_likely() const {
      const auto found =
          last_used ? std::find(addresses.begin(), addresses.end(), *last_used) : addresses.end();
      return found == addresses.end() ? addresses.front() : *found;
    }
  };

  void run();
  bool take_inbox();
  void take_lookups();
  void start_what_may();
  bool start_in(const std::string& host, Lane& lane);
  bool start_lookup(const std::string& host, Lane& lane);
  void accept_lookup(const std::string& host, Lane& lane, Result<std::vector<IpAddress>> answer);
  void begin(Job job, Lane& lane);
  void reap();
  void watch();
  void finish(FetchJob* job, CURLcode code);
  void refuse_waiting(Lane& lane, const Error& error);
  void refuse_everything();
  const Known* known(const std::string& host);

  const FetcherOptions options_;
  CURLM* multi_ = nullptr;
  std::shared_ptr<LookupBoard> board_ = std::make_shared<LookupBoard>();

  std::mutex mutex_;
  std::vector<Job> inbox_;  // under mutex_
  bool stopping_ = false;   // under mutex_: takes no more requests
  bool ending_ = false;     // under mutex_: the thread returns

  std::thread thread_;

  // --- owned by thread_ ---
  std::map<std::string, Lane> lanes_;
  std::map<std::string, Known> known_;
  AddressLoad load_{options_.limits.connections_per_host};
  FirstContacts first_contacts_{options_.limits.first_contacts,
                                options_.limits.first_contacts_within};
  std::map<FetchJob*, Job> running_;
  std::string last_started_;
  std::uint64_t next_lookup_ = 1;
};

Fetcher::Engine::Engine(FetcherOptions options) : options_(std::move(options)) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw std::runtime_error("libcurl cannot start");
  if (!options_.resolver) throw std::runtime_error("the fetcher needs a resolver");
  if (!options_.proxy.empty() && !options_.proxy.starts_with("http://")) {
    throw std::runtime_error("the proxy must be given as http://host:port");
  }
  if (options_.test_network) {
    for (const auto& [name, address] : options_.test_network->names) {
      if (!name.ends_with(".test") || !address.is_v4() || address.bytes()[0] != 127) {
        throw std::runtime_error("the test network leads outside: " + name);
      }
    }
  }
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::runtime_error("libcurl cannot start");
  const auto per_host = static_cast<long>(options_.limits.connections_per_host);
  const auto in_all = static_cast<long>(options_.limits.connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, per_host);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, in_all);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, in_all);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
  board_->wake = multi_;

  // All signals stay with the other threads: SIGTERM must reach whoever waits for it, and a SIGPIPE
  // from a peer that went away is dropped here, since OpenSSL writes without MSG_NOSIGNAL. The
  // resolver's threads inherit this.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    curl_multi_cleanup(multi_);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Fetcher::Engine::~Engine() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = ending_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  {
    const std::lock_guard lock(board_->mutex);
    board_->wake = nullptr;
  }
  curl_multi_cleanup(multi_);
}

std::future<FetchAnswer> Fetcher::Engine::add(Job job) {
  auto answer = job->promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(job));
  }
  curl_multi_wakeup(multi_);
  return answer;
}

void Fetcher::Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
}

void Fetcher::Engine::run() {
  while (take_inbox()) {
    take_lookups();
    start_what_may();
    int left = 0;
    curl_multi_perform(multi_, &left);
    reap();
    watch();
    start_what_may();  // what has just finished makes room
    if (!running_.empty()) curl_multi_perform(multi_, &left);
    const bool busy = !running_.empty() || !lanes_.empty();
    curl_multi_poll(multi_, nullptr, 0, busy ? kTickMs : 10'000, nullptr);
  }
}

// False: the thread is to end.
bool Fetcher::Engine::take_inbox() {
  std::vector<Job> fresh;
  bool stopping = false;
  bool ending = false;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(inbox_);
    stopping = stopping_;
    ending = ending_;
  }
  for (Job& job : fresh) {
    Lane& lane = lanes_[job->url.host];
    lane.waiting.push_back(std::move(job));
  }
  if (stopping) refuse_everything();
  return !ending;
}

void Fetcher::Engine::refuse_waiting(Lane& lane, const Error& error) {
  for (Job& job : lane.waiting) {
    job->promise.set_value({tl::unexpected<Error>(error), job->notes});
  }
  lane.waiting.clear();
}

void Fetcher::Engine::refuse_everything() {
  const Error stopped{ErrorCode::fetch_backoff, "this node is stopping"};
  for (auto& [host, lane] : lanes_) refuse_waiting(lane, stopped);
  while (!running_.empty()) {
    FetchJob* job = running_.begin()->first;
    job->refusal = stopped;
    finish(job, CURLE_OK);
  }
  lanes_.clear();
}

void Fetcher::Engine::take_lookups() {
  std::vector<LookupBoard::Answer> answers;
  {
    const std::lock_guard lock(board_->mutex);
    answers.swap(board_->answers);
  }
  for (auto& answer : answers) {
    const auto lane = lanes_.find(answer.host);
    // An answer that came after its time belongs to nobody.
    if (lane == lanes_.end() || lane->second.lookup != answer.number) continue;
    accept_lookup(answer.host, lane->second, std::move(answer.addresses));
  }
}

void Fetcher::Engine::accept_lookup(const std::string& host, Lane& lane,
                                    Result<std::vector<IpAddress>> answer) {
  lane.lookup.reset();
  const auto took = since(lane.lookup_started);
  if (!answer) {
    known_.erase(host);
    return refuse_waiting(lane, answer.error());
  }
  // All answers are judged before the list is cut: one forbidden address among them refuses the
  // host.
  if (const auto judged = judge_answers(host, *answer); !judged) {
    known_.erase(host);
    return refuse_waiting(lane, judged.error());
  }
  std::vector<IpAddress> addresses;
  for (const IpAddress& address : *answer) {
    const IpAddress plain = address.unmapped();
    if (addresses.size() < options_.limits.addresses_tried &&
        std::find(addresses.begin(), addresses.end(), plain) == addresses.end()) {
      addresses.push_back(plain);
    }
  }
  if (known_.size() >= kMaxLookupsKept) known_.clear();
  auto& kept = known_[host];
  kept.addresses = std::move(addresses);
  kept.until = std::chrono::steady_clock::now() + options_.limits.lookup_kept;
  for (Job& job : lane.waiting) job->lookup_took = took;
}

const Fetcher::Engine::Known* Fetcher::Engine::known(const std::string& host) {
  if (options_.test_network) {
    const auto& names = options_.test_network->names;
    if (const auto named = names.find(host); named != names.end()) {
      // The one door to loopback: no lookup and no judgment, since the operator's file is both.
      auto& kept = known_[host];
      kept.addresses = {named->second};
      kept.until = SteadyTime::max();
      return &kept;
    }
  }
  const auto found = known_.find(host);
  if (found == known_.end()) return nullptr;
  // What is too old to be used still tells that the name was found before.
  return found->second.until > std::chrono::steady_clock::now() ? &found->second : nullptr;
}

// Round robin over the hosts, so that one with many requests does not hold up the others.
void Fetcher::Engine::start_what_may() {
  bool again = true;
  while (again && running_.size() < options_.limits.connections) {
    again = false;
    auto lane = lanes_.upper_bound(last_started_);
    for (std::size_t left = lanes_.size(); left > 0; --left) {
      if (lane == lanes_.end()) lane = lanes_.begin();
      if (running_.size() >= options_.limits.connections) return;
      if (start_in(lane->first, lane->second)) {
        last_started_ = lane->first;
        again = true;
      }
      ++lane;
    }
  }
  std::erase_if(lanes_, [](const auto& entry) {
    return entry.second.waiting.empty() && entry.second.running == 0 && !entry.second.lookup;
  });
}

bool Fetcher::Engine::start_in(const std::string& host, Lane& lane) {
  // Thirty hosts that answer slowly must not have all places with two connections each.
  const auto& limits = options_.limits;
  const bool has_room = running_.size() < limits.connections / kRoomForSeconds;
  const std::size_t most = has_room ? limits.connections_per_host : 1;
  if (lane.waiting.empty() || lane.lookup || lane.running >= most) return false;
  const Known* at = known(host);
  if (at == nullptr) return start_lookup(host, lane);
  // Ten thousand names on one address are still one machine.
  if (!load_.has_place(at->most_likely())) return false;
  Job job = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  if (job->request.is_first_contact && !first_contacts_.may_meet(job->request.url, at->addresses)) {
    Error later{ErrorCode::fetch_backoff,
                host + ": too many new publishers at its address within an hour"};
    job->promise.set_value({tl::unexpected<Error>(std::move(later)), job->notes});
    return true;
  }
  job->addresses = at->addresses;
  load_.expect(job.get(), at->most_likely());
  begin(std::move(job), lane);
  return true;
}

bool Fetcher::Engine::start_lookup(const std::string& host, Lane& lane) {
  {
    const std::lock_guard lock(board_->mutex);
    const auto most = known_.contains(host) ? kMaxLookups : kMaxLookups - kLookupsOfTheFound;
    if (board_->running >= most) return false;
    ++board_->running;
  }
  const std::uint64_t number = next_lookup_++;
  lane.lookup = number;
  lane.lookup_started = std::chrono::steady_clock::now();
  // getaddrinfo cannot be interrupted. The thread is left to itself: it touches only what it owns
  // with us.
  try {
    std::thread([board = board_, resolver = options_.resolver, host, number] {
      auto answer = [&]() -> Result<std::vector<IpAddress>> {
        try {
          return resolver(host);
        } catch (const std::exception& problem) {
          return refuse(ErrorCode::fetch_dns, host + ": " + problem.what());
        }
      }();
      const std::lock_guard lock(board->mutex);
      --board->running;
      if (board->wake == nullptr) return;
      board->answers.push_back({host, number, std::move(answer)});
      curl_multi_wakeup(board->wake);
    }).detach();
  } catch (const std::system_error&) {
    // Out of threads: nobody's fault but ours, and it passes.
    const std::lock_guard lock(board_->mutex);
    --board_->running;
    lane.lookup.reset();
    return false;
  }
  return false;  // nothing runs yet
}

void Fetcher::Engine::begin(Job job, Lane& lane) {
  try {
    job->load = &load_;
    prepare(*job);
    job->started = std::chrono::steady_clock::now();
    if (curl_multi_add_handle(multi_, job->easy.get()) != CURLM_OK) throw std::bad_alloc();
  } catch (...) {
    // Operator's trouble (an unusable proxy or CA): it goes to the caller as an exception.
    load_.end(job.get());
    job->promise.set_exception(std::current_exception());
    return;
  }
  ++lane.running;
  FetchJob* key = job.get();
  running_.emplace(key, std::move(job));
}

void Fetcher::Engine::reap() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* job = nullptr;
    const CURLcode code = message->data.result;  // finish() frees the message
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
    finish(static_cast<FetchJob*>(job), code);
  }
}

void Fetcher::Engine::watch() {
  std::vector<FetchJob*> late;
  for (const auto& [job, owned] : running_) {
    if (!within_deadlines(*job)) late.push_back(job);
  }
  for (FetchJob* job : late) finish(job, CURLE_OPERATION_TIMEDOUT);
  for (auto& [host, lane] : lanes_) {
    if (!lane.lookup || since(lane.lookup_started) <= options_.limits.lookup) continue;
    lane.lookup.reset();
    known_.erase(host);
    refuse_waiting(lane,
                   {ErrorCode::fetch_timeout, host + ": no answer about its address in time"});
  }
}

void Fetcher::Engine::finish(FetchJob* running, CURLcode code) {
  const auto found = running_.find(running);
  if (found == running_.end()) return;
  Job job = std::move(found->second);
  running_.erase(found);
  curl_multi_remove_handle(multi_, job->easy.get());
  --lanes_[job->url.host].running;
  load_.end(job.get());
  if (const auto at = known_.find(job->url.host); at != known_.end())
    at->second.last_used = connected_to(*job);
  auto result = conclude(*job, code);
  if (!result && result.error().code != ErrorCode::fetch_http) {
    result = protocol::refuse_in(job->url.host, result.error());
  }
  job->easy.reset();
  job->promise.set_value({std::move(result), job->notes, std::move(job->content_type)});
}

Fetcher::Fetcher(FetcherOptions options) : engine_(std::make_unique<Engine>(std::move(options))) {}

Fetcher::~Fetcher() = default;

void Fetcher::stop() {
  is_stopped_ = true;  // before anything is refused because of it
  engine_->stop();
}

Result<FetchResponse> Fetcher::get(const FetchRequest& request, FetchNotes& notes) {
  auto answers = get_all(std::span(&request, 1), std::span(&notes, 1));
  return std::move(answers.front());
}

Result<PostResponse> Fetcher::post(const PostRequest& request) {
  if (request.body.size() > kMaxPostBytes) {
    return refuse(ErrorCode::fetch_too_large,
                  "at most " + std::to_string(kMaxPostBytes) + " bytes are sent");
  }
  ASSIGN_OR_RETURN(auto url, parse_fetch_url(request.url));
  auto job = std::make_unique<FetchJob>();
  job->request = {request.url, request.max_bytes, ""};
  job->sends = request.body;
  job->url = std::move(url);
  job->options = &engine_->options();
  FetchAnswer answer = engine_->add(std::move(job)).get();
  if (!answer.result) return tl::unexpected<Error>(std::move(answer.result.error()));
  return PostResponse{answer.result->status, std::move(answer.content_type),
                      std::move(answer.result->body)};
}

std::vector<Result<FetchResponse>> Fetcher::get_all(std::span<const FetchRequest> requests) {
  std::vector<FetchNotes> unread(requests.size());
  return get_all(requests, unread);
}

std::vector<Result<FetchResponse>> Fetcher::get_all(std::span<const FetchRequest> requests,
                                                    std::span<FetchNotes> notes) {
  if (notes.size() != requests.size()) throw std::logic_error("get_all: as many notes as requests");
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::variant<Error, std::future<FetchAnswer>>> pending;
  pending.reserve(requests.size());
  for (const FetchRequest& request : requests) {
    auto url = parse_fetch_url(request.url);
    if (!url) {
      pending.emplace_back(url.error());
      continue;
    }
    auto job = std::make_unique<FetchJob>();
    job->request = request;
    job->url = *std::move(url);
    job->options = &engine_->options();
    pending.emplace_back(engine_->add(std::move(job)));
  }
  std::vector<Result<FetchResponse>> answers;
  answers.reserve(requests.size());
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (auto* error = std::get_if<Error>(&pending[i])) {
      answers.emplace_back(tl::unexpected<Error>(std::move(*error)));
      notes[i] = {};
      continue;
    }
    auto& promised = std::get<std::future<FetchAnswer>>(pending[i]);
    const auto patience = requests[i].patience;
    if (patience.count() > 0 &&
        promised.wait_until(begun + patience) != std::future_status::ready) {
      // The job is the engine's own and ends by the limits; nobody waits for it any more.
      answers.emplace_back(refuse(ErrorCode::fetch_timeout,
                                  "no answer within " + std::to_string(patience.count()) + " ms"));
      notes[i] = {};
      continue;
    }
    FetchAnswer answer = promised.get();
    notes[i] = answer.notes;
    answers.push_back(std::move(answer.result));
  }
  return answers;
}

}  // namespace crawler
