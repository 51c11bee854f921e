#include "gateway/program/operator_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "gateway/auth/http_signature.h"
#include "gateway/work/clock.h"

namespace safeconduct::program {
namespace {

constexpr std::size_t kMaxAnswerBytes = 16 * 1024 * 1024;
constexpr Error kNoAnswer(Code::kUnavailable,
                          "the gateway does not answer on its private listener");

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

std::unique_ptr<Socket> Connect(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  // Where it listens everywhere, it listens on the loopback address too.
  const std::string host = address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) return nullptr;
  const std::unique_ptr<addrinfo, FreeAddresses> found(list);
  auto connection = std::make_unique<Socket>(
      socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, found->ai_protocol));
  if (connection->descriptor() < 0 ||
      connect(connection->descriptor(), found->ai_addr, found->ai_addrlen) != 0) {
    return nullptr;
  }
  return connection;
}

bool SendAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(descriptor, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string ReceiveAll(int descriptor) {
  std::string answer;
  std::array<char, 16 * 1024> some;
  while (answer.size() < kMaxAnswerBytes) {
    const ssize_t count = recv(descriptor, some.data(), some.size(), 0);
    if (count <= 0) break;
    answer.append(some.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

// The connection is closed after the answer, and answers here are never chunked.
Result<OperatorAnswer> ParseAnswer(const std::string& text) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  const std::size_t end_of_head = text.find("\r\n\r\n");
  if (!text.starts_with(kStart) || end_of_head == std::string::npos) return kNoAnswer;
  OperatorAnswer answer;
  const char* const digits = text.data() + kStart.size();
  if (std::from_chars(digits, digits + 3, answer.status).ptr != digits + 3) return kNoAnswer;
  answer.body = text.substr(end_of_head + 4);
  return answer;
}

}  // namespace

Result<OperatorAnswer> AskGateway(const config::Config& config, const SigningKey& key,
                                  std::string_view target, std::string_view body) {
  const std::string origin = config.PrivateOrigin();
  constexpr std::string_view kScheme = "http://";
  if (!origin.starts_with(kScheme)) {
    return Error(Code::kUnavailable, "this gateway is configured without a private listener");
  }
  const std::string authority = origin.substr(kScheme.size());
  const std::unique_ptr<Socket> connection =
      Connect(config.listen.private_address, config.listen.private_port);
  if (connection == nullptr) return kNoAnswer;

  auth::SignedRequestView view;
  view.method = "POST";
  view.scheme = "http";
  view.authority = authority;
  view.target = target;
  if (!body.empty()) view.body_sha256 = Sha256(AsBytes(body));
  SC_ASSIGN(const auth::SignatureFields fields,
            auth::SignRequest(view, key, work::SystemClock().UnixSeconds(),
                              RandomArray<auth::kMinNonceBytes>()));
  std::string request = "POST " + std::string(target) + " HTTP/1.1\r\nhost: " + authority +
                        "\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: " +
                        std::to_string(body.size()) + "\r\n";
  if (!fields.content_digest.empty())
    request += "content-digest: " + fields.content_digest + "\r\n";
  request += "signature-input: " + fields.signature_input + "\r\n";
  request += "signature: " + fields.signature + "\r\n\r\n";
  request += body;
  if (!SendAll(connection->descriptor(), request)) return kNoAnswer;
  return ParseAnswer(ReceiveAll(connection->descriptor()));
}

}  // namespace safeconduct::program
