// One HTTP request after another to one gateway, over libcurl: TLS 1.2 or later against the CA the
// user named (or the system's), a SOCKS proxy for Tor, or a Unix socket. No cookie, no redirect,
// no user agent, no cache; http_client.cc is the one file that uses libcurl.
//
// Plain http is refused but for .onion addresses (which Tor encrypts) and Unix sockets. An .onion
// address without a proxy is refused, and so is a proxy that would look names up locally.
//
// Not thread-safe.
#ifndef SAFECONDUCT_GATEWAY_CLI_HTTP_CLIENT_H_
#define SAFECONDUCT_GATEWAY_CLI_HTTP_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string target;  // origin-form: "/v1/cases?after=…"
  std::vector<HttpHeader> headers;
  ByteView body;  // must live as long as the call; sent when there is a method that takes one
  // Takes the body of a 2xx as it arrives, instead of HttpResponse::body. A failure ends it.
  std::function<Done(ByteView)> sink;
  std::function<void(std::uint64_t)> sent;            // bytes of the body sent so far
  std::size_t max_response_bytes = 64 * 1024 * 1024;  // of a body that is kept in memory
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;
  std::string_view Find(std::string_view lower_case_name) const;  // empty when there is none
};

struct Address {
  std::string scheme;     // "https", "http"
  std::string authority;  // as it stands in Host: "localhost:8443"
  std::string host;       // lower case, without brackets
};
// Of "https://host[:port]", with at most a slash after it. kUsage.
Outcome<Address> ParseAddress(std::string_view url);

struct HttpSettings {
  std::string gateway;      // URL
  std::string ca_file;      // PEM; empty: the system's
  std::string proxy;        // socks5h://host:port; empty: what the environment says
  std::string unix_socket;  // path; empty: none
};

class HttpClient {
 public:
  static Outcome<std::unique_ptr<HttpClient>> Create(const HttpSettings& settings);
  ~HttpClient();

  const Address& address() const { return address_; }
  // kNetwork when no whole answer came; kUnverified when the server's certificate does not verify.
  // An answer of any status is a value.
  Outcome<HttpResponse> Send(const HttpRequest& request);
  // Unix seconds by the gateway's clock, as its last answer's Date gave it; before one, our own.
  // For what the gateway checks (the signatures' `created`), never for what we check ourselves.
  std::int64_t GatewayTime() const;

 private:
  struct State;
  HttpClient(Address address, std::unique_ptr<State> state);
  Address address_;
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_HTTP_CLIENT_H_
