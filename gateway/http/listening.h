// Listening sockets: TCP, and Unix sockets for the onion service.
//
// Thread-safety: pure functions on the system's state.
#ifndef SAFECONDUCT_GATEWAY_HTTP_LISTENING_H_
#define SAFECONDUCT_GATEWAY_HTTP_LISTENING_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "crypto/base/result.h"
#include "gateway/http/descriptor.h"
#include "gateway/http/http.h"

namespace safeconduct::http {

// A Unix socket's file, which is removed with its owner if it is still the same file.
class SocketFile {
 public:
  SocketFile() = default;
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

struct Listening {
  Descriptor socket;
  std::uint16_t port = 0;  // 0 for a Unix socket
  SocketFile file;
};

// Binds and listens; non-blocking; accepted connections inherit TCP_NODELAY. A Unix socket has
// mode 0660 before anyone can connect, and takes the place of a file only when that is a socket on
// which nobody listens. kMalformed for an address that is none, kExists for a path that is in use,
// kUnavailable when the system refuses; the field names the listener.
Result<Listening> Listen(const ListenerSettings& settings);

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_LISTENING_H_
