#include "gateway/http/listening.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace safeconduct::http {
namespace {

constexpr int kBacklog = 4096;
// What may wait in the kernel for a slow reader, beyond what is on its way to it.
constexpr int kUnsentBytes = 128 * 1024;
constexpr mode_t kSocketMode = 0660;

Error For(const Error& error, Listener kind) {
  switch (kind) {
    case Listener::kPublic:
      return error.In("public");
    case Listener::kOnion:
      return error.In("onion");
    case Listener::kPrivate:
      return error.In("private");
  }
  return error;
}

bool SetOption(int socket, int level, int name, int value) {
  return ::setsockopt(socket, level, name, &value, sizeof value) == 0;
}

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

bool ParseAddress(const ListenerSettings& settings, Address& out, socklen_t& size) {
  out = {};
  if (::inet_pton(AF_INET, settings.address.c_str(), &out.v4.sin_addr) == 1) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(settings.port);
    size = sizeof out.v4;
    return true;
  }
  if (::inet_pton(AF_INET6, settings.address.c_str(), &out.v6.sin6_addr) == 1) {
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(settings.port);
    size = sizeof out.v6;
    return true;
  }
  return false;
}

Result<Listening> ListenTcp(const ListenerSettings& settings) {
  Address address{};
  socklen_t size = 0;
  if (!ParseAddress(settings, address, size)) {
    return Error(Code::kMalformed, "not an IP address");
  }
  const int family = address.any.sa_family;
  Listening listening;
  listening.socket.Reset(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int socket = listening.socket.get();
  if (socket < 0 || !SetOption(socket, SOL_SOCKET, SO_REUSEADDR, 1) ||
      !SetOption(socket, IPPROTO_TCP, TCP_NODELAY, 1) ||
      !SetOption(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes) ||
      (family == AF_INET6 && !SetOption(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1))) {
    return Error(Code::kUnavailable, "could not make a socket");
  }
  if (::bind(socket, &address.any, size) != 0) {
    if (errno == EADDRINUSE) {
      return Error(Code::kUnavailable, "another program listens on this address and port");
    }
    if (errno == EACCES) return Error(Code::kUnavailable, "may not listen on this port");
    return Error(Code::kUnavailable, "could not listen on this address and port");
  }
  if (::listen(socket, kBacklog) != 0 || ::getsockname(socket, &address.any, &size) != 0) {
    return Error(Code::kUnavailable, "could not listen on this address and port");
  }
  listening.port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
  return listening;
}

enum class Occupant : std::uint8_t { kNone, kStale, kOther };

// Who has the path: a socket that refuses connections is what a process that died left behind.
Occupant FindOccupant(const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(address.sun_path, &info) != 0) {
    return errno == ENOENT ? Occupant::kNone : Occupant::kOther;
  }
  if (!S_ISSOCK(info.st_mode)) return Occupant::kOther;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe.valid()) return Occupant::kOther;
  const auto* const any = reinterpret_cast<const sockaddr*>(&address);
  const bool refused = ::connect(probe.get(), any, sizeof address) != 0 && errno == ECONNREFUSED;
  return refused ? Occupant::kStale : Occupant::kOther;
}

Result<Listening> ListenUnix(const ListenerSettings& settings) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (settings.unix_path.size() >= sizeof address.sun_path) {
    return Error(Code::kMalformed, "the path is too long for a Unix socket");
  }
  std::copy(settings.unix_path.begin(), settings.unix_path.end(), address.sun_path);
  switch (FindOccupant(address)) {
    case Occupant::kNone:
      break;
    case Occupant::kStale:
      if (::unlink(address.sun_path) == 0) break;
      return Error(Code::kUnavailable, "could not remove the socket that was left behind");
    case Occupant::kOther:
      return Error(Code::kExists, "the path of the Unix socket is in use");
  }
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* const any = reinterpret_cast<const sockaddr*>(&address);
  if (!socket.valid() || ::bind(socket.get(), any, sizeof address) != 0) {
    return Error(Code::kUnavailable, "could not make the Unix socket");
  }
  SocketFile file(settings.unix_path);
  // Until listen, connecting is refused: the mode is right before anyone can come in.
  if (::chmod(address.sun_path, kSocketMode) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return Error(Code::kUnavailable, "could not listen on the Unix socket");
  }
  return Listening{std::move(socket), 0, std::move(file)};
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat info {};
  if (::lstat(path_.c_str(), &info) != 0) {
    path_.clear();
    return;
  }
  device_ = info.st_dev;
  inode_ = info.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile::~SocketFile() {
  if (path_.empty()) return;
  struct stat info {};
  if (::lstat(path_.c_str(), &info) == 0 && info.st_dev == device_ && info.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

Result<Listening> Listen(const ListenerSettings& settings) {
  Result<Listening> listening =
      settings.unix_path.empty() ? ListenTcp(settings) : ListenUnix(settings);
  if (!listening.ok()) return For(listening.error(), settings.kind);
  return listening;
}

}  // namespace safeconduct::http
