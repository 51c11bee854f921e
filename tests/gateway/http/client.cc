#include "tests/gateway/http/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace safeconduct::http::test {
namespace {

constexpr int kPatienceSeconds = 30;

void SetPatience(int socket) {
  const timeval patience{kPatienceSeconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
}

// A reset that lies beyond a full receive buffer is passed over by the client's kernel, which then
// learns of it only when it sends something: so it asks, after a second in which nothing came.
void AskWhetherAlive(int socket) {
  const int one = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void ParseHead(std::string_view head, Answer& answer) {
  answer.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const std::size_t begin = at + 2;
    at = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, at - begin);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.headers[Lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
}

}  // namespace

Client Client::Tcp(std::uint16_t port) {
  Client client;
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SetPatience(socket.get());
  AskWhetherAlive(socket.get());
  const int one = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    client.socket_ = std::move(socket);
  }
  return client;
}

Client Client::Unix(const std::string& path) {
  Client client;
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  SetPatience(socket.get());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    client.socket_ = std::move(socket);
  }
  return client;
}

Client Client::Tls(std::uint16_t port, const TlsChoice& choice) {
  Client client = Tcp(port);
  client.context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = client.context_.get();
  SSL_CTX_set_min_proto_version(context, choice.minimum);
  SSL_CTX_set_max_proto_version(context, choice.maximum);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
  SSL_CTX_set_app_data(context, client.tickets_.get());
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION*) {
    ++*static_cast<int*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    return 0;
  });
  client.ssl_.reset(SSL_new(context));
  if (!choice.alpn.empty()) {
    std::string wire(1, static_cast<char>(choice.alpn.size()));
    wire += choice.alpn;
    SSL_set_alpn_protos(client.ssl_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned>(wire.size()));
  }
  SSL_set_fd(client.ssl_.get(), client.socket_.get());
  ERR_clear_error();
  client.handshaken_ = client.connected() && SSL_connect(client.ssl_.get()) == 1;
  return client;
}

std::string Client::Certificate() {
  X509* const certificate = SSL_get1_peer_certificate(ssl_.get());
  if (certificate == nullptr) return {};
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  X509_free(certificate);
  return der;
}

bool Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) != 1) return false;
    } else {
      const ssize_t result = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (result <= 0) return false;
      sent = static_cast<std::size_t>(result);
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

bool Client::SendSlowly(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [this](const char& byte) { return Send(std::string_view(&byte, 1)); });
}

std::string Client::Read() {
  std::string bytes(64 * 1024, '\0');
  std::size_t got = 0;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), bytes.data(), bytes.size(), &got);
    if (result != 1 && SSL_get_error(ssl_.get(), result) != SSL_ERROR_ZERO_RETURN) reset_ = true;
    if (result != 1) got = 0;
  } else {
    const ssize_t result = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (result < 0) reset_ = true;
    got = result > 0 ? static_cast<std::size_t>(result) : 0;
  }
  bytes.resize(got);
  return bytes;
}

Answer Client::ReadAnswer(Expect expect) {
  Answer answer;
  std::size_t end = 0;
  while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) {
    const std::string more = Read();
    if (more.empty()) return answer;
    buffered_ += more;
  }
  ParseHead(std::string_view(buffered_).substr(0, end + 2), answer);
  buffered_.erase(0, end + 4);
  const auto length = answer.headers.find("content-length");
  const bool body =
      expect == Expect::kBody && answer.status >= 200 && length != answer.headers.end();
  const std::size_t size = body ? std::stoull(length->second) : 0;
  while (buffered_.size() < size) {
    const std::string more = Read();
    if (more.empty()) break;
    buffered_ += more;
  }
  answer.complete = buffered_.size() >= size;
  answer.body = buffered_.substr(0, size);
  buffered_.erase(0, size);
  return answer;
}

End Client::ReadEnd(std::string* rest) {
  if (rest != nullptr) *rest += buffered_;
  buffered_.clear();
  for (;;) {
    errno = 0;
    const std::string more = Read();
    if (more.empty()) break;
    if (rest != nullptr) *rest += more;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) return End::kStillOpen;
  return reset_ ? End::kReset : End::kClosed;
}

void Client::ShrinkReceiveBuffer() {
  const int size = 4096;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void Client::HalfClose() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_.get());
  ::shutdown(socket_.get(), SHUT_WR);
}

void Client::Close() { socket_.Reset(); }

void Client::Reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.Reset();
}

}  // namespace safeconduct::http::test
