// A server in clear on this machine that does with each request what the test says: answers in any
// bytes, hangs up, or says nothing.
#ifndef SAFECONDUCT_TESTS_GATEWAY_FETCH_RAW_SERVER_H_
#define SAFECONDUCT_TESTS_GATEWAY_FETCH_RAW_SERVER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/http/descriptor.h"

namespace safeconduct::fetch::testing {

struct Reaction {
  enum class Then : std::uint8_t { kKeep, kClose, kHold };  // the connection
  std::string bytes;
  Then then = Then::kKeep;

  static Reaction Answer(int status, const std::string& body, const std::string& headers = "");
  static Reaction HangUp() { return {"", Then::kClose}; }
  // Until the server is destroyed or the client is gone.
  static Reaction Silence() { return {"", Then::kHold}; }
};

class RawServer {
 public:
  // `react` is given each request, head and body; called by one thread for each connection.
  explicit RawServer(std::function<Reaction(const std::string&)> react);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests();
  std::size_t connections();

 private:
  void Accept();
  void Serve(int socket);

  const std::function<Reaction(const std::string&)> react_;
  std::uint16_t port_ = 0;  // before what sets it
  http::Descriptor listener_;
  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<std::string> requests_;
  std::list<http::Descriptor> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A port on which nobody listens.
std::uint16_t UnusedPort();

// The body of a request, and the value of one of its headers (lower-case name).
std::string BodyOf(const std::string& request);
std::string HeaderOf(const std::string& request, const std::string& name);

}  // namespace safeconduct::fetch::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_FETCH_RAW_SERVER_H_
