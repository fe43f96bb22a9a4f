#include "node/http/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <linux/sockios.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/guarded.h"
#include "node/http/request_head.h"

namespace node {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using protocol::ErrorCode;
using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadPiece = 4096;
constexpr std::size_t kBigReadPiece = 64 * 1024;
// Bounds what the kernel takes over for a client that does not read; enough for 10 Mbit/s at 100
// ms.
constexpr int kSendBuffer = 128 * 1024;
constexpr auto kAcceptPause = milliseconds(50);
constexpr auto kLogPause = std::chrono::seconds(10);
constexpr std::size_t kRateTableSize = 16'384;

// ---------------------------------------------------------------------------------------------------------------------
// Transports: one session for three kinds of socket, so that Asio's templates are not multiplied by
// the session's code.

using IoDone = std::function<void(error_code, std::size_t)>;
using Done = std::function<void(error_code)>;

/// Used by its loop's thread only. Everything that is under way when close() is called ends with an
/// error.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void handshake(Done done) = 0;
  virtual void read_some(char* data, std::size_t size, IoDone done) = 0;
  virtual void write_some(const char* data, std::size_t size, IoDone done) = 0;
  /// Tells the client that nothing more comes.
  virtual void finish_sending(Done done) = 0;
  /// Reads what the client still sends, below any encryption, to throw it away.
  virtual void read_raw(char* data, std::size_t size, IoDone done) = 0;
  /// Bytes that the client has not acknowledged yet.
  virtual std::size_t unsent_bytes() = 0;
  /// With `drop`, what is still unsent is dropped too.
  virtual void close(bool drop) = 0;
};

template <class Socket>
std::size_t socket_unsent_bytes(Socket& socket) {
  int bytes = 0;
  if (!socket.is_open() || ioctl(socket.native_handle(), SIOCOUTQ, &bytes) != 0) return 0;
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

template <class Socket>
void socket_close(Socket& socket, bool drop) {
  error_code ignored;
  if (drop) socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

template <class Socket>
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

  void handshake(Done done) override { done({}); }
  void read_some(char* data, std::size_t size, IoDone done) override {
    socket_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void write_some(const char* data, std::size_t size, IoDone done) override {
    socket_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void finish_sending(Done done) override {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    done(error);
  }
  void read_raw(char* data, std::size_t size, IoDone done) override {
    read_some(data, size, std::move(done));
  }
  std::size_t unsent_bytes() override { return socket_unsent_bytes(socket_); }
  void close(bool drop) override { socket_close(socket_, drop); }

 private:
  Socket socket_;
};

using TlsContext = asio::ssl::context;

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  void handshake(Done done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void read_some(char* data, std::size_t size, IoDone done) override {
    stream_.async_read_some(asio::buffer(data, size), std::move(done));
  }
  void write_some(const char* data, std::size_t size, IoDone done) override {
    stream_.async_write_some(asio::buffer(data, size), std::move(done));
  }
  void finish_sending(Done done) override {
    stream_.async_shutdown([this, done = std::move(done)](error_code) {
      error_code error;
      stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, error);
      done(error);
    });
  }
  void read_raw(char* data, std::size_t size, IoDone done) override {
    stream_.next_layer().async_read_some(asio::buffer(data, size), std::move(done));
  }
  std::size_t unsent_bytes() override { return socket_unsent_bytes(stream_.next_layer()); }
  void close(bool drop) override { socket_close(stream_.next_layer(), drop); }

 private:
  std::shared_ptr<TlsContext>
      context_;  // outlives its streams, also when the certificates were reloaded
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

std::shared_ptr<TlsContext> make_tls_context(const Listener& listener) {
  try {
    auto context = std::make_shared<TlsContext>(TlsContext::tls_server);
    context->set_options(TlsContext::default_workarounds | TlsContext::no_sslv2 |
                         TlsContext::no_sslv3 | TlsContext::no_tlsv1 | TlsContext::no_tlsv1_1 |
                         TlsContext::single_dh_use);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    context->use_certificate_chain_file(listener.certificate_file.string());
    context->use_private_key_file(listener.key_file.string(), TlsContext::pem);
    if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
      throw std::runtime_error("the key does not belong to the certificate");
    }
    return context;
  } catch (const std::exception& error) {
    throw ServerError("TLS with " + listener.certificate_file.string() + " and " +
                      listener.key_file.string() + ": " + error.what());
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Small parts

/// The text under which an address is counted: itself, or the /64 of an IPv6 one. An IPv4 address
/// in IPv6 clothes is IPv4.
std::string address_group(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto six = address.to_v6();
  if (six.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
  auto bytes = six.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  if (address.is_v6()) {  // without the zone, which is no part of who the client is
    return asio::ip::address_v6(address.to_v6().to_bytes()).to_string();
  }
  return address.to_string();
}

std::string random_id() {
  std::array<unsigned char, 8> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : bytes) {
    id += kHex[byte >> 4];
    id += kHex[byte & 15];
  }
  return id;
}

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "Other";
  }
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", in these words whatever the locale says.
std::string http_date(protocol::Timestamp time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

bool is_clean_header(const TextPair& header) {
  const auto token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !header.first.empty() && std::all_of(header.first.begin(), header.first.end(), token) &&
         std::none_of(header.second.begin(), header.second.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Whether Boost.Beast reads the head as we do. Two readers that disagree about where a message
/// ends are how requests are smuggled, so disagreement is a refusal.
bool beast_agrees(std::string_view bytes, const RequestHead& head, const Framing& framing) {
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
  parser.body_limit(boost::none);
  error_code error;
  const std::size_t used = parser.put(asio::buffer(bytes.data(), bytes.size()), error);
  if (error == beast::http::error::need_more) error = {};
  if (error || used != bytes.size() || !parser.is_header_done() || parser.chunked()) return false;
  const auto target = parser.get().target();
  const auto method = parser.get().method_string();
  return std::string_view(target.data(), target.size()) == head.target &&
         std::string_view(method.data(), method.size()) == head.method &&
         parser.content_length().value_or(0) == framing.content_length;
}

/// Lets a cause through once in ten seconds, so that a stranger cannot fill the log.
class LogPause {
 public:
  bool pass(const std::string& cause) {
    const auto now = SteadyClock::now();
    return last_.with([&](auto& last) {
      if (last.size() > 1000) last.clear();
      const auto [at, is_new] = last.try_emplace(cause, now);
      if (!is_new && now - at->second < kLogPause) return false;
      at->second = now;
      return true;
    });
  }

 private:
  Guarded<std::unordered_map<std::string, SteadyClock::time_point>> last_;
};

/// Workers with a bounded queue. They own what they run, so one that does not end can be left
/// behind.
class WorkerPool {
 public:
  WorkerPool(int threads, std::size_t limit, std::shared_ptr<void> keep_alive)
      : state_(std::make_shared<State>()) {
    state_->limit = limit;
    for (int i = 0; i < threads; ++i) {
      {
        const std::lock_guard lock(state_->mutex);
        ++state_->running;
      }
      threads_.emplace_back([state = state_, keep_alive] { run(*state); });
    }
  }

  /// False when the queue is full or the pool has stopped; the job is then not taken.
  bool offer(std::function<void()> job) {
    {
      const std::lock_guard lock(state_->mutex);
      if (state_->stopping || state_->jobs.size() >= state_->limit) return false;
      state_->jobs.push_back(std::move(job));
    }
    state_->wake.notify_one();
    return true;
  }

  /// Ends the workers once the queue is empty; false if one is still busy at `deadline` and was
  /// left behind.
  bool stop(SteadyClock::time_point deadline) {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->wake.notify_all();
    const bool ended =
        state_->ended.wait_until(lock, deadline, [this] { return state_->running == 0; });
    lock.unlock();
    for (std::thread& thread : threads_) {
      if (ended) {
        thread.join();
      } else {
        thread.detach();
      }
    }
    threads_.clear();
    return ended;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable ended;
    std::deque<std::function<void()>> jobs;
    std::size_t limit = 0;
    int running = 0;
    bool stopping = false;
  };

  static void run(State& state) {
    std::unique_lock lock(state.mutex);
    while (true) {
      state.wake.wait(lock, [&] { return state.stopping || !state.jobs.empty(); });
      if (state.jobs.empty()) break;
      auto job = std::move(state.jobs.front());
      state.jobs.pop_front();
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
    }
    --state.running;
    state.ended.notify_all();
  }

  std::shared_ptr<State> state_;
  std::vector<std::thread> threads_;
};

/// Token buckets by address. Keys are keyed hashes that change daily, in memory only: nobody can
/// read from them who searched here.
class RateTable {
 public:
  RateTable(std::size_t per_second, std::size_t burst)
      : per_second_(static_cast<double>(per_second)), burst_(static_cast<double>(burst)) {
    renew(SteadyClock::now());
  }

  bool take(const std::string& address) {
    if (per_second_ <= 0) return true;
    const auto now = SteadyClock::now();
    if (now - key_made_ > std::chrono::hours(24)) renew(now);
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(address.data()),
                     address.size(), key_.data());
    std::uint64_t name = 0;
    std::memcpy(&name, hash.data(), sizeof name);
    if (buckets_.size() >= kRateTableSize && !buckets_.contains(name)) forget_full(now);
    Bucket& bucket = buckets_.try_emplace(name, Bucket{burst_, now}).first->second;
    fill(bucket, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

 private:
  struct Bucket {
    double tokens;
    SteadyClock::time_point at;
  };

  void fill(Bucket& bucket, SteadyClock::time_point now) const {
    const double seconds = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
    bucket.at = now;
  }
  void renew(SteadyClock::time_point now) {
    crypto_shorthash_keygen(key_.data());
    key_made_ = now;
    buckets_.clear();
  }
  void forget_full(SteadyClock::time_point now) {
    for (auto at = buckets_.begin(); at != buckets_.end();) {
      fill(at->second, now);
      at = at->second.tokens >= burst_ ? buckets_.erase(at) : std::next(at);
    }
    // Only a flood from very many addresses keeps it full; memory stays bounded, and everybody
    // starts afresh.
    if (buckets_.size() >= kRateTableSize) buckets_.clear();
  }

  double per_second_;
  double burst_;
  std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
  SteadyClock::time_point key_made_;
  std::unordered_map<std::uint64_t, Bucket> buckets_;
};

struct ConnectionCounts {
  std::size_t all = 0;
  std::unordered_map<std::string, std::size_t> by_address;
};

class Session;

/// Where connections come in. Used by the first loop's thread once it is open.
class Door {
 public:
  virtual ~Door() = default;
  virtual void open() = 0;
  virtual void close() = 0;
};

/// One thread with its connections. Each connection stays with the loop that it was given to, so a
/// session needs no lock.
struct Loop {
  asio::io_context context{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
      asio::make_work_guard(context)};
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions;  // of this loop's thread
  std::thread thread;
};

/// Who is at the other end of a connection.
struct Peer {
  std::string address;  // empty over the Unix socket
  std::string group;    // what limits are counted by; empty where nothing is counted
  bool is_trusted_proxy = false;
};

struct BoundListener {
  Listener options;
  std::uint16_t port = 0;
  Guarded<std::shared_ptr<TlsContext>> tls;
};

struct AtomicStats {
  std::atomic<std::uint64_t> accepted{0}, surplus{0}, accept_failures{0}, requests{0}, refused{0},
      overloaded{0}, rate_limited{0}, internal_errors{0};
};

/// What the sessions need of the server.
struct Shared {
  ServerOptions options;
  Server::ServerHandler handler;
  std::vector<std::unique_ptr<BoundListener>> listeners;
  std::array<Loop, kLoopThreads> loops;
  std::vector<std::unique_ptr<Door>> doors;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<WorkerPool> local_workers;
  AtomicStats stats;
  LogPause log_pause;
  std::atomic<bool> stopping{false};
  Guarded<RateTable> rates;

  std::mutex counts_mutex;
  std::condition_variable counts_changed;
  ConnectionCounts counts;  // under counts_mutex

  Shared(ServerOptions given, Server::ServerHandler handle)
      : options(std::move(given)),
        handler(std::move(handle)),
        rates(options.limits.requests_per_second_per_address,
              options.limits.request_burst_per_address) {}

  /// False when the connection is one too many, counted or not as the answer says.
  bool admit(const Peer& peer) {
    const std::lock_guard lock(counts_mutex);
    if (counts.all >= options.limits.connections) return false;
    if (!peer.group.empty() && !peer.is_trusted_proxy) {
      std::size_t& mine = counts.by_address[peer.group];
      if (mine >= options.limits.connections_per_address) return false;
      ++mine;
    }
    ++counts.all;
    return true;
  }
  void leave(const Peer& peer) {
    const std::lock_guard lock(counts_mutex);
    --counts.all;
    if (!peer.group.empty() && !peer.is_trusted_proxy) {
      const auto at = counts.by_address.find(peer.group);
      if (--at->second == 0) counts.by_address.erase(at);
    }
    counts_changed.notify_all();
  }
};

// ---------------------------------------------------------------------------------------------------------------------
// One connection

/// Everything runs on its loop's thread, except run_handler() and what that calls by name.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Shared& shared, Loop& loop, BoundListener& listener, std::unique_ptr<Transport> transport,
          Peer peer)
      : shared_(shared),
        limits_(shared.options.limits),
        loop_(loop),
        listener_(listener),
        transport_(std::move(transport)),
        peer_(std::move(peer)),
        timer_(loop.context),
        scanner_(limits_) {}

  void start() {
    loop_.sessions.emplace(this, shared_from_this());
    if (shared_.stopping) return close(false);
    state_ = State::handshake;
    arm(limits_.tls_handshake);
    transport_->handshake([self = shared_from_this()](error_code error) {
      if (self->closed_) return;
      if (error) return self->close(true);
      self->next_request();
    });
  }

  /// The server stops: who has no request under way is closed.
  void on_stop() {
    if (state_ == State::handshake || state_ == State::idle) close(false);
  }

  void close(bool drop) {
    if (closed_) return;
    closed_ = true;
    timer_.cancel();
    transport_->close(drop);
    if (auto after = std::exchange(after_write_, nullptr)) after(false);
    shared_.leave(peer_);
    loop_.sessions.erase(this);
  }

 private:
  enum class State { handshake, idle, head, body, handling, writing, lingering };

  // --- time

  void arm(milliseconds time) { arm_at(SteadyClock::now() + time); }
  void arm_at(SteadyClock::time_point when) {
    timer_.expires_at(when);
    timer_.async_wait([self = shared_from_this(), when](error_code error) {
      // A wait that was replaced while its handler was already queued must not speak for the new
      // one.
      if (error || self->closed_ || self->timer_.expiry() != when) return;
      self->on_time();
    });
  }

  void on_time() {
    switch (state_) {
      case State::handshake:
        return close(true);
      case State::idle:
        return on_idle_time();
      case State::head:
      case State::body:
        return refuse(ErrorCode::timeout, "the request took too long to arrive");
      case State::handling:
        return;
      case State::writing:
        if (is_too_slow()) return close(true);
        return arm_writing();
      case State::lingering:
        return close(false);
    }
  }

  /// What the kernel took over from us is not what the client has taken: a client that stops
  /// reading after the last byte went into the socket's buffer is measured by what leaves that
  /// buffer.
  void on_idle_time() {
    const std::size_t unsent = transport_->unsent_bytes();
    const auto now = SteadyClock::now();
    if (unsent > 0) {
      const std::size_t gone = unsent_ > unsent ? unsent_ - unsent : 0;
      if (gone < expected_bytes(limits_.write_stall)) return close(true);
    }
    if (now >= idle_end_) return close(unsent > 0);
    unsent_ = unsent;
    arm_idle();
  }
  void arm_idle() {
    const auto next = SteadyClock::now() + limits_.write_stall;
    arm_at(unsent_ > 0 ? std::min(idle_end_, next) : idle_end_);
  }
  std::size_t expected_bytes(milliseconds time) const {
    return static_cast<std::size_t>(time.count()) * limits_.slow_bytes_per_second / 1000;
  }

  // --- reading

  void next_request() {
    state_ = State::idle;
    scanner_ = HeadScanner(limits_);
    body_.clear();
    if (body_.capacity() > kBigReadPiece) body_.shrink_to_fit();
    if (!in_.empty()) {
      begin_head();
      return on_head_bytes();
    }
    if (shared_.stopping) return close(false);
    if (in_.capacity() > kReadPiece) in_.shrink_to_fit();
    idle_end_ = SteadyClock::now() + limits_.idle_time;
    unsent_ = transport_->unsent_bytes();
    arm_idle();
    read([](Session& self) {
      self.begin_head();
      self.on_head_bytes();
    });
  }

  void begin_head() {
    state_ = State::head;
    began_ = SteadyClock::now();
    arm_at(began_ + limits_.head_time);
  }

  template <class Next>
  void read(Next next, std::size_t piece = kReadPiece) {
    const std::size_t before = in_.size();
    in_.resize(before + piece);
    reading_ = true;
    transport_->read_some(
        in_.data() + before, piece,
        [self = shared_from_this(), before, next](error_code error, std::size_t n) {
          self->in_.resize(before + n);
          self->reading_ = false;
          // A refusal for lateness may have begun meanwhile; it owns the connection then.
          if (self->closed_ || self->state_ == State::writing || self->state_ == State::lingering) {
            return self->resume_linger();
          }
          if (error) return self->close(false);
          next(*self);
        });
  }

  void on_head_bytes() {
    const auto progress = scanner_.scan(in_);
    if (!progress) return refuse(progress.error().code, progress.error().detail);
    switch (*progress) {
      case HeadScanner::Progress::need_more:
        return read([](Session& self) { self.on_head_bytes(); });
      case HeadScanner::Progress::complete:
        return on_head();
    }
  }

  void on_head() {
    const std::string_view bytes = std::string_view(in_).substr(0, scanner_.size());
    auto head = read_head(bytes);
    if (!head) return refuse(head.error().code, head.error().detail);
    minor_version_ = head->minor_version;
    is_head_ = head->method == "HEAD";
    if (!is_known_method(head->method)) {
      Response response = problem(ErrorCode::method_not_allowed, "use GET, HEAD or POST");
      response.set("Allow", "GET, HEAD, POST");
      return refuse_with(std::move(response));
    }
    auto framing = read_framing(*head);
    if (!framing) return refuse(framing.error().code, framing.error().detail);
    if (!beast_agrees(bytes, *head, *framing)) {
      return refuse(ErrorCode::bad_request, "the request is not well-formed");
    }
    request_ = std::make_shared<Request>();
    request_->method = head->method;
    if (auto target = read_target(head->target, *request_, limits_); !target) {
      return refuse(target.error().code, target.error().detail);
    }
    const bool is_local = listener_.options.kind == Listener::Kind::local;
    if (!is_local) {
      if (auto host = check_host(*head, listener_.options.host_names); !host) {
        return refuse(host.error().code, host.error().detail);
      }
    }
    keep_alive_ = minor_version_ >= 1;
    for (const auto& [name, value] : head->headers) {
      if (same_header_name(name, "Connection") && has_token(value, "close")) keep_alive_ = false;
    }
    request_->headers = std::move(head->headers);
    request_->is_local = is_local;
    request_->is_tls = listener_.options.kind == Listener::Kind::tls;
    request_->role = listener_.options.role;
    request_->remote_address = client_address(*request_);

    std::size_t limit = is_local ? limits_.local_body_bytes : limits_.body_bytes;
    if (shared_.options.body_limit && framing->content_length > limit) {
      try {
        limit = shared_.options.body_limit(*request_, limit);
      } catch (const std::exception& error) {
        return refuse_with(internal_error(error.what()));
      }
    }
    if (framing->content_length > limit) {
      return refuse(ErrorCode::too_large,
                    "the body may have " + std::to_string(limit) + " bytes at most");
    }
    if (!is_local && !take_rate()) {
      ++shared_.stats.rate_limited;
      return refuse(ErrorCode::rate_limited, "too many requests from one address");
    }
    body_left_ = static_cast<std::size_t>(framing->content_length);
    in_.erase(0, scanner_.size());
    state_ = State::body;
    arm_at(began_ + limits_.request_time);
    if (framing->expects_continue && in_.size() < body_left_) {
      after_write_ = [this](bool written) {
        if (!written) return;
        state_ = State::body;
        arm_at(began_ + limits_.request_time);
        on_body_bytes();
      };
      return send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    on_body_bytes();
  }

  void on_body_bytes() {
    const std::size_t take = std::min(body_left_, in_.size());
    body_.append(in_, 0, take);
    in_.erase(0, take);
    body_left_ -= take;
    if (body_left_ > 0) {
      const std::size_t piece = body_left_ > kBigReadPiece ? kBigReadPiece : kReadPiece;
      return read([](Session& self) { self.on_body_bytes(); }, piece);
    }
    request_->body = std::move(body_);
    body_ = {};
    dispatch();
  }

  bool take_rate() {
    error_code error;
    const auto address = asio::ip::make_address(request_->remote_address, error);
    const std::string group = error ? peer_.group : address_group(address);
    return shared_.rates.with([&](RateTable& rates) { return rates.take(group); });
  }

  /// Behind a trusted proxy the right-most address that is not itself trusted; what stands left of
  /// it was written by strangers. Anything unreadable there leaves the proxy's own address.
  std::string client_address(const Request& request) const {
    if (!peer_.is_trusted_proxy) return peer_.address;
    std::string list;
    for (const auto& [name, value] : request.headers) {
      if (same_header_name(name, "X-Forwarded-For")) list += (list.empty() ? "" : ",") + value;
    }
    while (!list.empty()) {
      const std::size_t comma = list.rfind(',');
      std::string last = comma == std::string::npos ? list : list.substr(comma + 1);
      list.resize(comma == std::string::npos ? 0 : comma);
      last.erase(0, last.find_first_not_of(" \t"));
      last.erase(last.find_last_not_of(" \t") + 1);
      error_code error;
      const auto address = asio::ip::make_address(last, error);
      if (error) return peer_.address;
      const std::string text = plain_address(address);
      const auto& trusted = shared_.options.trusted_proxies;
      if (std::find(trusted.begin(), trusted.end(), text) == trusted.end()) return text;
    }
    return peer_.address;
  }

  // --- answering

  void dispatch() {
    state_ = State::handling;
    timer_.cancel();
    ++requests_;
    WorkerPool& pool = request_->is_local ? *shared_.local_workers : *shared_.workers;
    auto request = std::exchange(request_, nullptr);
    const bool taken =
        pool.offer([self = shared_from_this(), request] { self->run_handler(*request); });
    if (taken) {
      ++shared_.stats.requests;
      return;
    }
    ++shared_.stats.overloaded;
    ++shared_.stats.refused;
    log_once("requests are refused, the queue is full", "overload");
    send_response(refusal(*request, ErrorCode::busy, "too many requests are waiting"));
  }

  // On a worker thread.
  void run_handler(Request& request) {
    if (closed_) return;
    const auto began = SteadyClock::now();
    const std::string address = coarse_address(request.remote_address);
    const bool is_local = request.is_local;
    Response response;
    try {
      response = shared_.handler(std::move(request));
      if (response.stream && !is_local) throw std::logic_error("a streamed answer to the public");
      if (!std::all_of(response.headers.begin(), response.headers.end(), is_clean_header)) {
        throw std::logic_error("a header of the answer has a control character");
      }
    } catch (const std::exception& error) {
      response = internal_error(error.what());
    } catch (...) {
      response = internal_error("something that is no std::exception");
    }
    if (const Log* log = shared_.options.log; log && !response.unlogged) {
      const auto took = std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began);
      log->debug("request answered", {{"route", response.route},
                                      {"status", response.status},
                                      {"ms", took.count()},
                                      {"bytes", response.body.size()},
                                      {"from", address}});
    }
    auto stream = std::exchange(response.stream, nullptr);
    const bool streams = static_cast<bool>(stream);
    auto shared_response = std::make_shared<Response>(std::move(response));
    asio::post(loop_.context, [self = shared_from_this(), shared_response, streams] {
      if (self->closed_) return;
      self->streaming_ = streams;
      self->send_response(std::move(*shared_response));
    });
    if (streams) run_stream(stream);
  }

  // On a worker thread.
  void run_stream(const std::function<void(const ChunkWriter&)>& stream) {
    bool whole = true;
    try {
      stream([this](std::string_view chunk) { return write_chunk(chunk); });
    } catch (const std::exception& error) {
      whole = false;
      log_internal(random_id(), error.what());
    } catch (...) {
      whole = false;
      log_internal(random_id(), "something that is no std::exception");
    }
    asio::post(loop_.context, [self = shared_from_this(), whole] {
      if (self->closed_) return;
      if (!whole) return self->close(true);
      self->after_write_ = [raw = self.get()](bool written) {
        if (written) raw->response_done();
      };
      self->streaming_ = false;
      self->send(self->chunked_ && !self->is_head_ ? "0\r\n\r\n" : "");
    });
  }

  // On a worker thread: waits until the client has taken the piece, so that memory holds one piece
  // at a time.
  bool write_chunk(std::string_view chunk) {
    if (closed_) return false;
    if (chunk.empty()) return true;  // an empty chunk would end the message
    auto taken = std::make_shared<std::promise<bool>>();
    auto answer = taken->get_future();
    asio::post(loop_.context,
               [self = shared_from_this(), piece = std::string(chunk), taken]() mutable {
                 if (self->closed_) return taken->set_value(false);
                 self->after_write_ = [taken](bool written) { taken->set_value(written); };
                 if (self->is_head_) return self->send("");
                 if (!self->chunked_) return self->send(std::move(piece));
                 std::array<char, 24> size{};
                 std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
                 self->send(size.data() + piece + "\r\n");
               });
    // The loop closes a client that stalls; the time limit is for a server that has stopped
    // meanwhile.
    while (answer.wait_for(std::chrono::seconds(1)) != std::future_status::ready) {
      if (closed_) return false;
    }
    return answer.get();
  }

  // On any thread.
  Response internal_error(std::string_view what) {
    ++shared_.stats.internal_errors;
    const std::string id = random_id();
    log_internal(id, what);
    return problem(ErrorCode::internal, "tell the operator this number: " + id);
  }
  void log_internal(const std::string& id, std::string_view what) {
    const Log* log = shared_.options.log;
    if (log == nullptr) return;
    if (shared_.log_pause.pass("internal " + std::string(what.substr(0, kMaxLoggedText)))) {
      log->error("a handler failed", {{"id", id}, {"what", what}});
    } else {
      log->debug("a handler failed again", {{"id", id}});
    }
  }
  void log_once(LogSentence sentence, std::string_view alert) {
    const Log* log = shared_.options.log;
    if (log != nullptr && shared_.log_pause.pass(std::string(alert))) {
      log->warn(sentence, {{"alert", alert}});
    }
  }

  void refuse(ErrorCode code, std::string_view detail) { refuse_with(problem(code, detail)); }
  /// Answers from the loop's thread and closes: after a refusal nobody knows where the next request
  /// would begin.
  void refuse_with(Response response) {
    ++shared_.stats.refused;
    keep_alive_ = false;
    send_response(std::move(response));
  }

  void send_response(Response response) {
    security_headers(response, listener_.options.kind == Listener::Kind::tls);
    if (requests_ >= limits_.requests_per_connection || shared_.stopping) keep_alive_ = false;
    chunked_ = streaming_ && minor_version_ >= 1;
    if (streaming_ && !chunked_) keep_alive_ = false;

    std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    out += status_phrase(response.status);
    out += "\r\n";
    if (shared_.options.clock != nullptr) {
      out += "Date: " + http_date(shared_.options.clock->now()) + "\r\n";
    }
    for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
    if (response.cache.max_age.count() <= 0) {
      out += "Cache-Control: no-store\r\n";
    } else {
      out += "Cache-Control: public, max-age=" + std::to_string(response.cache.max_age.count());
      out += response.cache.immutable ? ", immutable\r\n" : "\r\n";
    }
    const bool has_no_body = response.status == 204 || response.status == 304;
    if (chunked_) {
      out += "Transfer-Encoding: chunked\r\n";
    } else if (!has_no_body && !streaming_) {
      out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    }
    out += keep_alive_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";

    if (!is_head_ && !has_no_body) {
      if (chunked_ && !response.body.empty()) {
        std::array<char, 24> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", response.body.size());
        out += size.data() + response.body + "\r\n";
      } else if (response.body.size() <= kBigReadPiece) {
        out += response.body;
      } else {
        out_.push_back(std::move(out));
        out = std::move(response.body);
      }
    }
    if (!streaming_) {
      after_write_ = [this](bool written) {
        if (written) response_done();
      };
    }
    send(std::move(out));
  }

  void response_done() {
    is_head_ = false;
    if (keep_alive_) return next_request();
    linger();
  }

  // --- writing

  void send(std::string data) {
    state_ = State::writing;
    if (!data.empty()) out_.push_back(std::move(data));
    if (writing_) return;
    written_ = 0;
    window_began_ = progress_at_ = SteadyClock::now();
    window_bytes_ = 0;
    arm_writing();
    write_on();
  }

  void write_on() {
    while (!out_.empty() && written_ == out_.front().size()) {
      out_.pop_front();
      written_ = 0;
    }
    if (out_.empty()) {
      writing_ = false;
      timer_.cancel();
      state_ = State::handling;  // of a streamed answer; otherwise response_done says what comes
      if (auto after = std::exchange(after_write_, nullptr)) after(true);
      return;
    }
    writing_ = true;
    const std::string& front = out_.front();
    const std::size_t size = std::min(front.size() - written_, kBigReadPiece);
    transport_->write_some(front.data() + written_, size,
                           [self = shared_from_this()](error_code error, std::size_t n) {
                             if (self->closed_) return;
                             if (error) return self->close(true);
                             self->written_ += n;
                             self->window_bytes_ += n;
                             self->progress_at_ = SteadyClock::now();
                             if (self->is_too_slow()) return self->close(true);
                             self->write_on();
                           });
  }

  void arm_writing() {
    arm_at(std::min(progress_at_ + limits_.write_stall, window_began_ + limits_.slow_window));
  }
  bool is_too_slow() {
    const auto now = SteadyClock::now();
    if (now - progress_at_ >= limits_.write_stall) return true;
    if (now - window_began_ < limits_.slow_window) return false;
    if (window_bytes_ < expected_bytes(limits_.slow_window)) return true;
    window_began_ = now;
    window_bytes_ = 0;
    return false;
  }

  // --- ending

  /// Closing with unread bytes makes the kernel reset the connection, and a reset can overtake the
  /// answer. So say that no more comes, and read on for a moment without keeping anything.
  void linger() {
    state_ = State::lingering;
    arm(limits_.linger_time);
    transport_->finish_sending([self = shared_from_this()](error_code) {
      if (self->closed_) return;
      self->sending_finished_ = true;
      self->resume_linger();
    });
  }

  void resume_linger() {
    if (closed_ || state_ != State::lingering || reading_ || !sending_finished_) return;
    if (lingered_ > limits_.linger_bytes) return close(false);
    in_.resize(kReadPiece);
    transport_->read_raw(in_.data(), in_.size(),
                         [self = shared_from_this()](error_code error, std::size_t n) {
                           if (self->closed_) return;
                           if (error) return self->close(false);
                           self->lingered_ += n;
                           self->resume_linger();
                         });
  }

  Shared& shared_;
  const EdgeLimits& limits_;
  Loop& loop_;
  BoundListener& listener_;
  std::unique_ptr<Transport> transport_;
  Peer peer_;
  asio::steady_timer timer_;

  State state_ = State::handshake;
  std::atomic<bool> closed_{false};  // also read by workers
  bool reading_ = false;

  std::string in_;  // bytes that came and are not used yet
  HeadScanner scanner_;
  SteadyClock::time_point began_;
  SteadyClock::time_point idle_end_;
  std::size_t unsent_ = 0;
  std::shared_ptr<Request> request_;
  std::string body_;
  std::size_t body_left_ = 0;
  std::size_t requests_ = 0;
  int minor_version_ = 1;
  bool is_head_ = false;
  bool keep_alive_ = false;

  bool streaming_ = false;
  bool chunked_ = false;
  std::deque<std::string> out_;
  std::size_t written_ = 0;  // of out_.front()
  bool writing_ = false;
  SteadyClock::time_point progress_at_;
  SteadyClock::time_point window_began_;
  std::size_t window_bytes_ = 0;
  std::function<void(bool written)> after_write_;

  bool sending_finished_ = false;
  std::size_t lingered_ = 0;
};

// ---------------------------------------------------------------------------------------------------------------------
// Taking connections

template <class Protocol>
class SocketDoor final : public Door {
 public:
  using Socket = typename Protocol::socket;
  static constexpr bool kIsTcp = std::is_same_v<Protocol, asio::ip::tcp>;

  SocketDoor(Shared& shared, BoundListener& listener, typename Protocol::acceptor acceptor)
      : shared_(shared),
        listener_(listener),
        acceptor_(std::move(acceptor)),
        pause_(shared.loops[0].context) {}
  ~SocketDoor() override { remove_path(); }

  void open() override { accept_next(); }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    remove_path();
  }

 private:
  void remove_path() {
    if (!kIsTcp && !std::exchange(removed_, true)) unlink(listener_.options.socket_path.c_str());
  }

  void accept_next() {
    Loop& loop = shared_.loops[next_loop_++ % shared_.loops.size()];
    auto socket = std::make_shared<Socket>(loop.context);
    acceptor_.async_accept(*socket, [this, &loop, socket](error_code error) {
      if (!acceptor_.is_open()) return;
      if (error) return on_failure(error);
      try {
        take(loop, std::move(*socket));
      } catch (const std::exception& failure) {  // out of memory for this one; the next may fit
        log("a connection could not be taken", failure.what());
      }
      accept_next();
    });
  }

  /// Whatever accept() says (out of descriptors or memory, or the client left), the listener stays:
  /// pausing keeps it from spinning, and the backlog keeps the clients.
  void on_failure(error_code error) {
    ++shared_.stats.accept_failures;
    log("connections cannot be accepted for the moment", error.message());
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code) {
      if (acceptor_.is_open()) accept_next();
    });
  }

  void take(Loop& loop, Socket socket) {
    ++shared_.stats.accepted;
    error_code ignored;
    Peer peer;
    if constexpr (kIsTcp) {
      error_code error;
      const auto endpoint = socket.remote_endpoint(error);
      if (error) return;  // reset before we looked
      peer.address = plain_address(endpoint.address());
      peer.group = address_group(endpoint.address());
      const auto& trusted = shared_.options.trusted_proxies;
      peer.is_trusted_proxy =
          std::find(trusted.begin(), trusted.end(), peer.address) != trusted.end();
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      socket.set_option(asio::socket_base::send_buffer_size(kSendBuffer), ignored);
    }
    if (!shared_.admit(peer)) {
      ++shared_.stats.surplus;
      log("connections are turned away, there are too many", "overload");
      return turn_away(socket);
    }
    std::unique_ptr<Transport> transport;
    std::shared_ptr<Session> session;
    try {
      if constexpr (kIsTcp) {
        if (listener_.options.kind == Listener::Kind::tls) {
          auto context = listener_.tls.with([](auto& current) { return current; });
          transport = std::make_unique<TlsTransport>(std::move(socket), std::move(context));
        }
      }
      if (!transport) transport = std::make_unique<PlainTransport<Socket>>(std::move(socket));
      session = std::make_shared<Session>(shared_, loop, listener_, std::move(transport), peer);
      asio::post(loop.context, [session] { session->start(); });
    } catch (...) {
      shared_.leave(peer);
      throw;
    }
  }

  /// As much of an answer as fits without waiting; with TLS not even that.
  void turn_away(Socket& socket) {
    error_code ignored;
    if (listener_.options.kind != Listener::Kind::tls) {
      static constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nCache-Control: no-store\r\n"
          "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.non_blocking(true, ignored);
      socket.write_some(asio::buffer(kBusy.data(), kBusy.size()), ignored);
      socket.shutdown(Socket::shutdown_send, ignored);
    }
    socket.close(ignored);
  }

  void log(LogSentence sentence, std::string_view why) {
    const Log* log = shared_.options.log;
    if (log != nullptr && shared_.log_pause.pass(std::string(sentence.text))) {
      log->warn(sentence, {{"alert", "overload"}, {"why", why}});
    }
  }

  Shared& shared_;
  BoundListener& listener_;
  typename Protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_loop_ = 0;
  bool removed_ = false;
};

std::unique_ptr<Door> open_tcp_door(Shared& shared, BoundListener& listener) {
  const Listener& wanted = listener.options;
  const std::string shown = wanted.address + ":" + std::to_string(wanted.port);
  try {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(wanted.address), wanted.port);
    asio::ip::tcp::acceptor acceptor(shared.loops[0].context);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(kListenBacklog);
    listener.port = acceptor.local_endpoint().port();
    return std::make_unique<SocketDoor<asio::ip::tcp>>(shared, listener, std::move(acceptor));
  } catch (const boost::system::system_error& error) {
    throw ServerError("cannot listen on " + shown + ": " + error.code().message());
  }
}

std::unique_ptr<Door> open_local_door(Shared& shared, BoundListener& listener) {
  using Local = asio::local::stream_protocol;
  const std::string path = listener.options.socket_path.string();
  struct stat found {};
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw ServerError("the path of the socket is empty or longer than " +
                      std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes: " + path);
  }
  if (lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) throw ServerError("not a socket, so left alone: " + path);
    // The data directory's lock says that no other node lives here: it was left by one that was
    // killed.
    unlink(path.c_str());
  }
  try {
    Local::acceptor acceptor(shared.loops[0].context);
    acceptor.open();
    acceptor.bind(Local::endpoint(path));
    // Before listen(): until then nobody can connect, so there is no moment with wider rights.
    if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
      const std::string why = std::strerror(errno);
      unlink(path.c_str());
      throw ServerError("cannot make " + path + " private: " + why);
    }
    acceptor.listen(kListenBacklog);
    return std::make_unique<SocketDoor<Local>>(shared, listener, std::move(acceptor));
  } catch (const boost::system::system_error& error) {
    throw ServerError("cannot listen on " + path + ": " + error.code().message());
  }
}

}  // namespace

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
      if (error) throw ServerError("a trusted proxy must be an IP address: " + proxy);
      proxy = plain_address(address);
    }
    for (const Listener& wanted : shared_->options.listeners) {
      auto& listener = *shared_->listeners.emplace_back(std::make_unique<BoundListener>());
      listener.options = wanted;
      switch (wanted.kind) {
        case Listener::Kind::tls:
          listener.tls.with([&](auto& context) { context = make_tls_context(wanted); });
          shared_->doors.push_back(open_tcp_door(*shared_, listener));
          break;
        case Listener::Kind::tcp:
          shared_->doors.push_back(open_tcp_door(*shared_, listener));
          break;
        case Listener::Kind::local:
          shared_->doors.push_back(open_local_door(*shared_, listener));
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
        const Log* log = shared.options.log;
        if (log != nullptr && shared.log_pause.pass("loop")) {
          log->error("the HTTP loop had to skip a step", {{"what", error.what()}});
        }
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
