#include "bench/load/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace safeconduct::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

SSL_CTX* MakeContext() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) std::abort();
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  // The load is on loopback and measures; who answers is known.
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  return context;
}

int Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // Closing at once with a reset keeps thousands of connections a second from using up the ports.
  const linger reset{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    close(fd);
    return -1;
  }
  return fd;
}

enum class Step : std::uint8_t { kHandshake, kWrite, kRead };
enum class Progress : std::uint8_t { kWaiting, kAnswered, kBroken };

struct Connection {
  int fd = -1;
  SSL* ssl = nullptr;
  Step step = Step::kHandshake;
  std::string request;
  std::size_t written = 0;
  std::string answer;
  std::size_t answer_size = 0;  // head and body; 0 while the head is not complete
  int status = 0;
  std::uint32_t events = 0;
  Clock::time_point started;
};

void Close(Connection& connection) {
  if (connection.ssl != nullptr) SSL_free(connection.ssl);
  if (connection.fd >= 0) close(connection.fd);
  connection.ssl = nullptr;
  connection.fd = -1;
}

bool Open(Connection& connection, SSL_CTX* context, std::uint16_t port) {
  connection.fd = Connect(port);
  if (connection.fd < 0) return false;
  connection.ssl = SSL_new(context);
  SSL_set_fd(connection.ssl, connection.fd);
  SSL_set_tlsext_host_name(connection.ssl, "localhost");
  SSL_set_connect_state(connection.ssl);
  connection.step = Step::kHandshake;
  return true;
}

// Reads status and length once the head of the answer is complete.
void LookAtHead(Connection& connection) {
  const std::size_t end = connection.answer.find("\r\n\r\n");
  if (end == std::string::npos) return;
  const std::string_view head(connection.answer.data(), end + 2);
  if (head.size() > 12) std::from_chars(head.data() + 9, head.data() + 12, connection.status);
  std::size_t length = 0;
  for (std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
    const std::size_t at = head.find(name);
    if (at == std::string_view::npos) continue;
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  }
  connection.answer_size = end + 4 + length;
}

bool WantsIo(Connection& connection, int result) {
  const int error = SSL_get_error(connection.ssl, result);
  if (error == SSL_ERROR_WANT_READ) {
    connection.events = EPOLLIN;
  } else if (error == SSL_ERROR_WANT_WRITE) {
    connection.events = EPOLLOUT;
  } else {
    return false;
  }
  return true;
}

Progress Advance(Connection& connection) {
  if (connection.step == Step::kHandshake) {
    const int result = SSL_do_handshake(connection.ssl);
    if (result != 1) return WantsIo(connection, result) ? Progress::kWaiting : Progress::kBroken;
    connection.step = Step::kWrite;
  }
  while (connection.step == Step::kWrite) {
    const int result = SSL_write(connection.ssl, connection.request.data() + connection.written,
                                 static_cast<int>(connection.request.size() - connection.written));
    if (result <= 0) return WantsIo(connection, result) ? Progress::kWaiting : Progress::kBroken;
    connection.written += static_cast<std::size_t>(result);
    if (connection.written == connection.request.size()) connection.step = Step::kRead;
  }
  char buffer[16 * 1024];
  for (;;) {
    const int result = SSL_read(connection.ssl, buffer, sizeof buffer);
    if (result <= 0) return WantsIo(connection, result) ? Progress::kWaiting : Progress::kBroken;
    connection.answer.append(buffer, static_cast<std::size_t>(result));
    if (connection.answer_size == 0) LookAtHead(connection);
    if (connection.answer_size != 0 && connection.answer.size() >= connection.answer_size) {
      return Progress::kAnswered;
    }
  }
}

void Begin(Connection& connection, std::uint64_t number, const MakeRequest& make) {
  make(number, connection.request);
  connection.written = 0;
  connection.answer.clear();
  connection.answer_size = 0;
  connection.status = 0;
  connection.started = Clock::now();
}

class Worker {
 public:
  Worker(const LoadSettings& settings, const MakeRequest& make, std::atomic<std::uint64_t>& next,
         SSL_CTX* context, int connections)
      : settings_(settings),
        make_(make),
        next_(next),
        context_(context),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        connections_(static_cast<std::size_t>(connections)) {}
  ~Worker() { close(epoll_); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  LoadResult Run() {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < connections_.size(); ++i) Start(i);
    std::vector<epoll_event> events(256);
    while (open_ > 0 && Since(start) < settings_.seconds) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < ready; ++i) Handle(events[static_cast<std::size_t>(i)].data.u64);
    }
    result_.seconds = Since(start);
    for (Connection& connection : connections_) Close(connection);
    return result_;
  }

 private:
  // The next request on connection `i`, on a new socket where there is none.
  void Start(std::size_t i) {
    Connection& connection = connections_[i];
    const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= settings_.first + settings_.most) return;
    Begin(connection, number, make_);
    if (connection.fd < 0) {
      if (!Open(connection, context_, settings_.port)) {
        ++result_.failures;
        return;
      }
      connection.events = EPOLLIN | EPOLLOUT;
      epoll_event event{EPOLLIN | EPOLLOUT | EPOLLET, {.u64 = i}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    } else {
      connection.step = Step::kWrite;
    }
    ++open_;
    Continue(i);
  }

  void Handle(std::size_t i) {
    if (connections_[i].fd >= 0) Continue(i);
  }

  void Continue(std::size_t i) {
    Connection& connection = connections_[i];
    const Progress progress = Advance(connection);
    if (progress == Progress::kWaiting) return;
    --open_;
    if (progress == Progress::kBroken) {
      ++result_.failures;
      Close(connection);
    } else {
      Count(connection);
      if (settings_.mode == Connections::kNewPerRequest) Close(connection);
    }
    Start(i);
  }

  void Count(const Connection& connection) {
    if (connection.status / 100 == 2) {
      ++result_.answers_2xx;
      result_.latency.Add(Since(connection.started));
      return;
    }
    if (result_.answers_other++ == 0) result_.first_other_status = connection.status;
  }

  const LoadSettings& settings_;
  const MakeRequest& make_;
  std::atomic<std::uint64_t>& next_;
  SSL_CTX* context_;
  int epoll_;
  std::vector<Connection> connections_;
  std::uint64_t open_ = 0;
  LoadResult result_;
};

}  // namespace

LoadResult RunLoad(const LoadSettings& settings, const MakeRequest& make) {
  SSL_CTX* context = MakeContext();
  std::atomic<std::uint64_t> next{settings.first};
  const int threads = std::min(settings.threads, settings.connections);
  std::vector<LoadResult> results(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    const int share = settings.connections / threads + (t < settings.connections % threads ? 1 : 0);
    running.emplace_back([&, t, share] {
      Worker worker(settings, make, next, context, share);
      results[static_cast<std::size_t>(t)] = worker.Run();
    });
  }
  for (std::thread& thread : running) thread.join();
  SSL_CTX_free(context);

  LoadResult all;
  for (const LoadResult& result : results) {
    all.answers_2xx += result.answers_2xx;
    all.answers_other += result.answers_other;
    all.failures += result.failures;
    if (all.first_other_status == 0) all.first_other_status = result.first_other_status;
    all.seconds = std::max(all.seconds, result.seconds);
    all.latency.Merge(result.latency);
  }
  all.next = next.load();
  return all;
}

int HoldIdle(std::uint16_t port, int count, const std::function<void()>& while_open) {
  SSL_CTX* context = MakeContext();
  std::vector<Connection> connections(static_cast<std::size_t>(count));
  int open = 0;
  for (Connection& connection : connections) {
    if (!Open(connection, context, port)) continue;
    // One after another, blocking: what is measured is the server's memory.
    fcntl(connection.fd, F_SETFL, fcntl(connection.fd, F_GETFL) & ~O_NONBLOCK);
    if (SSL_connect(connection.ssl) == 1) ++open;
  }
  while_open();
  for (Connection& connection : connections) Close(connection);
  SSL_CTX_free(context);
  return open;
}

}  // namespace safeconduct::bench
