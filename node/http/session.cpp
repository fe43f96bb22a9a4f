#include "node/http/session.h"

#include <algorithm>
#include <deque>
#include <future>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <sodium.h>

#include "node/http/request_head.h"
#include "node/http/response_head.h"

namespace node::edge {

namespace {

namespace beast = boost::beast;
using protocol::ErrorCode;
using std::chrono::milliseconds;

constexpr std::size_t kReadPiece = 4096;
constexpr std::size_t kBigReadPiece = 64 * 1024;

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

/// Everything runs on its loop's thread, except run_handler() and what that calls by name.
class ClientSession final : public Session, public std::enable_shared_from_this<ClientSession> {
 public:
  ClientSession(Shared& shared, Loop& loop, BoundListener& listener,
                std::unique_ptr<Transport> transport, Peer peer)
      : shared_(shared),
        limits_(shared.options.limits),
        loop_(loop),
        listener_(listener),
        transport_(std::move(transport)),
        peer_(std::move(peer)),
        timer_(loop.context),
        scanner_(limits_) {}

  void start() override {
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
  void on_stop() override {
    if (state_ == State::handshake || state_ == State::idle) close(false);
  }

  void close(bool drop) override {
    if (closed_) return;
    closed_ = true;
    timer_.cancel();
    let_go();
    file_.reset();
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
    read([](ClientSession& self) {
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
        return read([](ClientSession& self) { self.on_head_bytes(); });
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
      return read([](ClientSession& self) { self.on_body_bytes(); }, piece);
    }
    request_->body = std::move(body_);
    body_ = {};
    dispatch();
  }

  bool take_rate() {
    error_code error;
    const auto address = asio::ip::make_address(request_->remote_address, error);
    client_group_ = error ? peer_.group : address_group(address);
    return shared_.rates.with([&](RateTable& rates) { return rates.take(client_group_); });
  }

  /// Behind a trusted proxy the right-most address that is not itself trusted; what stands left of
  /// it was written by strangers. Anything unreadable there leaves the proxy's own address.
  std::string client_address(const Request& request) const {
    if (!peer_.is_trusted_proxy) return peer_.address;
    std::string list;
    for (const auto& [name, value] : request.headers) {
      // An empty one counts, too: what stands left of it was not written by the proxy.
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
    log_alert("requests are refused, the queue is full", "overload");
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
      log->debug("request answered",
                 {{"route", response.route},
                  {"status", response.status},
                  {"ms", took.count()},
                  {"bytes", response.body.size() + (response.file ? response.file->size() : 0)},
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
    log->error("a handler failed", {counted_by("what", what), {"id", id}});
    // Of each, also where the line above is left out.
    log->debug("a handler failed", {{"id", id}});
  }
  void log_alert(LogSentence sentence, std::string_view alert) {
    if (const Log* log = shared_.options.log) log->warn(sentence, {{"alert", alert}});
  }

  void refuse(ErrorCode code, std::string_view detail) { refuse_with(problem(code, detail)); }
  /// Answers from the loop's thread and closes: after a refusal nobody knows where the next request
  /// would begin.
  void refuse_with(Response response) {
    ++shared_.stats.refused;
    keep_alive_ = false;
    send_response(std::move(response));
  }

  /// Whether an answer of this size may wait in memory until its client has taken it.
  bool hold(std::size_t bytes) {
    if (bytes <= kBigReadPiece || listener_.options.kind == Listener::Kind::local) return true;
    if (!shared_.hold(client_group_, bytes)) return false;
    held_ = bytes;
    return true;
  }
  void let_go() {
    if (held_ > 0) shared_.let_go(client_group_, std::exchange(held_, 0));
  }

  void send_response(Response response) {
    if (!is_head_ && !hold(response.body.size())) {
      ++shared_.stats.overloaded;
      log_alert("large answers are refused, slow clients hold too many", "overload");
      response = problem(ErrorCode::busy, "too many large answers are being sent");
      keep_alive_ = false;
    }
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
      out += "Content-Length: " +
             std::to_string(response.body.size() + (response.file ? response.file->size() : 0)) +
             "\r\n";
    }
    out += keep_alive_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";

    if (!is_head_ && !has_no_body) {
      file_ = std::move(response.file);
      file_sent_ = 0;
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
    if (out_.empty() && file_) {
      const std::size_t left = file_->size() - file_sent_;
      auto piece = file_->read(file_sent_, std::min(left, kBigReadPiece));
      if (left > 0 && piece.empty()) return close(true);  // the client sees that it was cut
      file_sent_ += piece.size();
      if (file_sent_ == file_->size()) file_.reset();
      if (!piece.empty()) out_.push_back(std::move(piece));
    }
    if (out_.empty()) {
      let_go();
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
  std::string client_group_;              // of the request that is answered
  std::size_t held_ = 0;                  // of the answer, as Shared counts it
  std::shared_ptr<const FileBody> file_;  // what is sent after out_
  std::size_t file_sent_ = 0;
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

}  // namespace

std::shared_ptr<Session> make_session(Shared& shared, Loop& loop, BoundListener& listener,
                                      std::unique_ptr<Transport> transport, Peer peer) {
  return std::make_shared<ClientSession>(shared, loop, listener, std::move(transport),
                                         std::move(peer));
}

}  // namespace node::edge
