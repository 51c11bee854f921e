#include "tests/gateway/fetch/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace safeconduct::fetch::testing {
namespace {

http::Descriptor Bound(std::uint16_t& port) {
  http::Descriptor out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(out.get(), generic, size) != 0) std::abort();
  if (::getsockname(out.get(), generic, &size) != 0) std::abort();
  port = ntohs(address.sin_port);
  return out;
}

// How many bytes of `data` are the first whole request; 0: it is not there yet.
std::size_t RequestSize(const std::string& data) {
  const std::size_t end = data.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const std::string length = HeaderOf(data, "content-length");
  const std::size_t size = end + 4 + (length.empty() ? 0 : std::stoul(length));
  return data.size() < size ? 0 : size;
}

void SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

Reaction Reaction::Answer(int status, const std::string& body, const std::string& headers) {
  return {"HTTP/1.1 " + std::to_string(status) + " x\r\n" + headers +
              "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Then::kKeep};
}

RawServer::RawServer(std::function<Reaction(const std::string&)> react)
    : react_(std::move(react)), listener_(Bound(port_)) {
  if (::listen(listener_.get(), 16) != 0) std::abort();
  acceptor_ = std::thread([this] { Accept(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    for (const http::Descriptor& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
}

void RawServer::Accept() {
  for (;;) {
    http::Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (stopping_ || !socket.valid()) return;
    const int number = socket.get();
    sockets_.push_back(std::move(socket));
    threads_.emplace_back([this, number] { Serve(number); });
  }
}

void RawServer::Serve(int socket) {
  std::string data;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::recv(socket, buffer, sizeof(buffer), 0);
    if (count <= 0) break;
    data.append(buffer, static_cast<std::size_t>(count));
    const std::size_t size = RequestSize(data);
    if (size == 0) continue;
    const std::string request = data.substr(0, size);
    data.erase(0, size);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const Reaction reaction = react_(request);
    SendAll(socket, reaction.bytes);
    if (reaction.then == Reaction::Then::kClose) break;
    if (reaction.then == Reaction::Then::kHold) {
      while (::recv(socket, buffer, sizeof(buffer), 0) > 0) continue;
      break;
    }
  }
  ::shutdown(socket, SHUT_RDWR);
}

std::vector<std::string> RawServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t RawServer::connections() {
  const std::lock_guard lock(mutex_);
  return sockets_.size();
}

std::uint16_t UnusedPort() {
  std::uint16_t port = 0;
  // Bound and never listening: whoever connects is refused, and nobody else gets it meanwhile.
  static const http::Descriptor kHeld = Bound(port);
  static const std::uint16_t kPort = port;
  return kPort;
}

std::string BodyOf(const std::string& request) {
  const std::size_t end = request.find("\r\n\r\n");
  return end == std::string::npos ? "" : request.substr(end + 4);
}

std::string HeaderOf(const std::string& request, const std::string& name) {
  std::string head = request.substr(0, request.find("\r\n\r\n") + 2);
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = lower.find("\r\n" + name + ":");
  if (at == std::string::npos) return "";
  const std::size_t from = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(from, head.find("\r\n", from) - from);
}

}  // namespace safeconduct::fetch::testing
