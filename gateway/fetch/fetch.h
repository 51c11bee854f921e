// HTTP requests to one server after another over libcurl: HTTP/1.1, kept connections, no redirect,
// no cookie, no cache, no user agent, and no proxy but one that is named.
//
// Not thread-safe; several may be used by several threads.
#ifndef SAFECONDUCT_GATEWAY_FETCH_FETCH_H_
#define SAFECONDUCT_GATEWAY_FETCH_FETCH_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::fetch {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method = "GET";  // GET, POST
  std::string url;
  std::vector<Header> headers;
  ByteView body;                              // of POST; must live as long as the call
  std::chrono::milliseconds timeout{30'000};  // of all of it
  std::size_t max_answer_bytes = 64 * 1024;
};

struct Answer {
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
  std::string_view Find(std::string_view lower_case_name) const;  // empty when there is none
};

struct Settings {
  std::string ca_file;      // PEM of the only authorities that count; empty: the system's
  std::string proxy;        // socks5h://host:port; empty: none
  bool allow_http = false;  // otherwise https alone, TLS 1.2 or later
};

// What is known when no answer came.
enum class Reach : std::uint8_t {
  kNothing,  // no byte of the request left: no name, no connection, no TLS
  kMaybe,    // the server may have it
};

class Client {
 public:
  explicit Client(const Settings& settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // An answer of any status is a value. kUnavailable when no whole answer came in time, kUnverified
  // when the server's certificate does not verify, kTooLarge for an answer over the limit (or with
  // more than 100 headers or 64 KiB of them), kRejected for a URL of another scheme or with a
  // password in it, or a proxy of another kind, kMalformed for a URL that is none and for a header
  // with a line break, kUnsupported for another method. On an error, what `reach` points to, if
  // anything, is set. A request is never repeated by itself.
  Result<Answer> Send(const Request& request, Reach* reach = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::fetch

#endif  // SAFECONDUCT_GATEWAY_FETCH_FETCH_H_
