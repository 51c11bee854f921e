// A client that does exactly what a test tells it, byte by byte. Waits at most half a minute.
#ifndef SAFECONDUCT_TESTS_GATEWAY_HTTP_CLIENT_H_
#define SAFECONDUCT_TESTS_GATEWAY_HTTP_CLIENT_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/descriptor.h"

namespace safeconduct::http::test {

struct Answer {
  int status = 0;                              // 0: none came
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  bool complete = false;
};

enum class Expect : bool { kBody, kNoBody };

// How a connection ended.
enum class End { kClosed, kReset, kStillOpen };

struct TlsChoice {
  int minimum = TLS1_3_VERSION;
  int maximum = TLS1_3_VERSION;
  std::string alpn;  // one protocol, or none
};

class Client {
 public:
  static Client Tcp(std::uint16_t port);
  static Client Unix(const std::string& path);
  // With a finished handshake; see `handshaken`.
  static Client Tls(std::uint16_t port, const TlsChoice& choice = {});

  bool connected() const { return socket_.valid(); }
  bool handshaken() const { return handshaken_; }
  SSL* ssl() { return ssl_.get(); }
  // The server's certificate, DER.
  std::string Certificate();
  int tickets() const { return *tickets_; }

  // False when the peer takes no more.
  bool Send(std::string_view bytes);
  bool SendSlowly(std::string_view bytes);  // byte by byte
  // Up to what one read gives; empty at the end.
  std::string Read();
  Answer ReadAnswer(Expect expect = Expect::kBody);
  // Reads until the end; what still came is added to `rest`.
  End ReadEnd(std::string* rest = nullptr);
  // Small kernel buffers, for tests of slow readers. Before the first byte.
  void ShrinkReceiveBuffer();
  void HalfClose();
  void Close();
  // Closes so that the peer sees a reset.
  void Reset();

 private:
  struct Deleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  Descriptor socket_;
  std::unique_ptr<SSL_CTX, Deleter> context_;
  std::unique_ptr<SSL, Deleter> ssl_;
  std::shared_ptr<int> tickets_ = std::make_shared<int>(0);
  bool handshaken_ = false;
  bool reset_ = false;
  std::string buffered_;
};

}  // namespace safeconduct::http::test

#endif  // SAFECONDUCT_TESTS_GATEWAY_HTTP_CLIENT_H_
