// HTTP/1.1 server over TLS or a Unix socket, behind an interface that knows nothing of Beast.
//
// One io thread per core; each connection lives on one of them. A Handler is asked twice about a
// request: Plan, when the head has arrived, says what to do with the body; Handle, when the body
// is there, answers. Both run on the connection's io thread and must not block; `respond` may be
// called later and from any thread, exactly once (a dropped Responder answers 500).
//
// Every limit is in Limits; what passes one is answered 408, 413, 429, 431 or 503 and costs no
// more memory than its bound.
#ifndef SAFECONDUCT_GATEWAY_HTTP_HTTP_H_
#define SAFECONDUCT_GATEWAY_HTTP_HTTP_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::http {

struct Header {
  std::string name;  // lower case in requests
  std::string value;
};

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
std::string_view MethodName(Method method);

enum class Listener : std::uint8_t { kPublic, kOnion, kPrivate };

struct RequestHead {
  Method method = Method::kOther;
  std::string target;  // origin-form, as received
  std::vector<Header> headers;
  std::optional<std::uint64_t> content_length;
  Listener listener = Listener::kPublic;

  // The first header of that (lower-case) name; empty when there is none.
  std::string_view Find(std::string_view name) const;
  std::size_t Count(std::string_view name) const;
  std::string_view path() const;   // of the target, without query
  std::string_view query() const;  // without the question mark
};

// Pulls the body of a large answer, piece by piece.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size() const = 0;
  // Calls `done` once, from any thread, with the next bytes, at least one. An error at the first
  // piece answers 500, later it ends the connection. Never called while a Read is under way. The
  // source lives until `done` is gone, and may be destroyed on the thread that drops it.
  virtual void Read(std::function<void(Result<Bytes>)> done) = 0;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;  // content-length, date, connection are the server's
  std::string body;
  std::unique_ptr<BodySource> source;  // instead of body
  // Closes the connection after the answer (a request that cannot be read to its end).
  bool close = false;
};

// Move-only; may be called on any thread.
class Responder {
 public:
  class Target {
   public:
    virtual ~Target() = default;
    virtual void Send(Response response) = 0;
    // The Responder was dropped without an answer: 500.
    virtual void Abandon();
  };
  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) noexcept = delete;
  ~Responder();
  void operator()(Response response);

 private:
  std::shared_ptr<Target> target_;
};

// Takes a body as it arrives, with back-pressure: the next Write comes after `done`. Lives until
// the last `done` and the Responder it was given are gone, and is destroyed on the thread that
// drops the last of them.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Pieces of up to 256 KiB. The bytes are valid until `done` is called, once, from any thread.
  // An error stops the body: Abort is called with it.
  virtual void Write(ByteView bytes, std::function<void(Status)> done) = 0;
  // The body is complete.
  virtual void End(Responder respond) = 0;
  // The connection broke, a limit was passed, or Write failed with `error`: keep what is good.
  // `respond` is there when Write failed and the client still listens; what passes a limit of the
  // server is answered by Handler::Failure. Called once, never while a Write is under way, on the
  // io thread or, when a connection is cut at the end of shutdown_time, on the thread that ends
  // the last Write. End or Abort is the last call.
  virtual void Abort(Error error, std::optional<Responder> respond) = 0;
};

// What to do with the body of a request whose head is there.
struct BodyPlan {
  enum class Kind : std::uint8_t { kNone, kBuffer, kStream, kAnswer } kind = Kind::kNone;
  std::uint64_t max_bytes = 0;     // kBuffer, kStream: longer is answered 413
  std::unique_ptr<BodySink> sink;  // kStream
  Response answer;                 // kAnswer: at once, without the body

  static BodyPlan None() { return {}; }
  static BodyPlan Buffer(std::uint64_t max_bytes);
  static BodyPlan Stream(std::unique_ptr<BodySink> sink, std::uint64_t max_bytes);
  static BodyPlan Answer(Response answer);
};

struct Request {
  RequestHead head;
  std::string body;
};

class Handler {
 public:
  virtual ~Handler() = default;
  virtual BodyPlan Plan(const RequestHead& head) = 0;
  virtual void Handle(Request request, Responder respond) = 0;
  // How errors of the server itself (limits, malformed requests) are worded.
  virtual Response Failure(int status, const Error& error) = 0;
};

struct Limits {
  std::uint32_t header_bytes = 16 * 1024;
  std::chrono::milliseconds header_time{10'000};  // from the first byte to the end of the head
  std::chrono::milliseconds idle_time{60'000};    // between requests
  std::chrono::milliseconds handshake_time{10'000};
  std::chrono::milliseconds body_time{60'000};        // of a buffered body
  std::uint32_t minimum_rate_bytes_per_second = 512;  // of any body, and of reading an answer
  std::chrono::milliseconds rate_window{10'000};      // over which that rate is measured
  std::chrono::milliseconds linger_time{2'000};       // to let a refused client read its answer
  std::uint32_t connections = 20'000;                 // in all; more are refused by closing
  std::uint32_t requests_in_flight = 4'096;           // 503 beyond
  std::uint64_t body_memory_bytes = 256ull * 1024 * 1024;  // of all buffered bodies; 503 beyond
  std::chrono::milliseconds shutdown_time{30'000};         // for accepted work to finish
};

struct TlsSettings {
  std::string certificate_file;
  std::string key_file;
  bool allow_tls12 = false;
  // Session tickets and resumption are off: design, "Anonymity".
};

struct ListenerSettings {
  Listener kind = Listener::kPublic;
  std::string address;             // IP address; empty for a Unix socket
  std::uint16_t port = 0;          // 0: any, see Server::port
  std::string unix_path;           // onion: plain HTTP; created with mode 0660
  std::optional<TlsSettings> tls;  // absent: plain HTTP (onion, private)
};

// Counters, free of anything personal.
struct Counters {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_in_flight = 0;
  std::uint64_t limit_answers[600] = {};  // by status, of the server's own answers
  std::uint64_t body_memory_in_use = 0;
};

class Server {
 public:
  // Binds; kUnavailable or kExists for what could not be bound, kMalformed for an address,
  // certificate or key that is none; the field names the listener (public, onion, private) or the
  // setting. Each connection takes a file descriptor: RLIMIT_NOFILE is the caller's business.
  // `handler` must outlive the server.
  static Result<std::unique_ptr<Server>> Create(std::vector<ListenerSettings> listeners,
                                                const Limits& limits, int threads,
                                                Handler& handler);
  virtual ~Server() = default;
  virtual void Start() = 0;
  // Stops accepting, finishes accepted requests, closes; returns when done or after shutdown_time.
  virtual void Stop() = 0;
  // Reads the certificates again; open connections keep theirs. Keeps the old ones on an error.
  virtual Status ReloadCertificates() = 0;
  virtual std::uint16_t port(std::size_t listener) const = 0;
  virtual Counters counters() const = 0;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_HTTP_H_
