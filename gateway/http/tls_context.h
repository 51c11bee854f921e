// The server's side of TLS as this gateway speaks it: 1.3 (1.2 where allowed), X25519 first,
// forward secrecy only, ALPN http/1.1; no session tickets, no resumption, no early data, no
// renegotiation and no compression, so that no two connections can be linked by what TLS keeps
// between them.
//
// Thread-safety: all of it.
#ifndef SAFECONDUCT_GATEWAY_HTTP_TLS_CONTEXT_H_
#define SAFECONDUCT_GATEWAY_HTTP_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <utility>

#include "crypto/base/result.h"
#include "gateway/http/http.h"

namespace safeconduct::http {

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;

// Reads certificate chain and key (PEM). kMalformed with what was wrong.
Result<SslContextPtr> LoadSslContext(const TlsSettings& settings);

// One per listener and io thread, so that handshakes on different cores share nothing.
class TlsContext {
 public:
  explicit TlsContext(SslContextPtr context) : context_(std::move(context)) {}

  // Sessions that are open keep the certificate they began with.
  void Replace(SslContextPtr context);
  // Null only when memory is short.
  SslPtr NewSession();

 private:
  std::mutex mutex_;
  SslContextPtr context_;
};

}  // namespace safeconduct::http

#endif  // SAFECONDUCT_GATEWAY_HTTP_TLS_CONTEXT_H_
