// Clients that do not mean well, or do not know better.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <random>
#include <thread>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

constexpr char kGet[] = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Hostile, DoesNotTakeABodyForTheNextRequest) {
  TestServer server;
  server.handler().plan = [](const RequestHead& head) {
    return head.target == "/none" ? BodyPlan::None() : BodyPlan::Buffer(1000);
  };
  Client client = server.Plain();
  ASSERT_TRUE(
      client.Send("POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: 33\r\n\r\n"
                  "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().status, 413);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_TRUE(server.handler().handled().empty());
}

TEST(Hostile, SurvivesRequestsCutAtEachByte) {
  TestServer server;
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut < request.size(); ++cut) {
    SCOPED_TRACE(cut);
    Client plain = server.Plain();
    ASSERT_TRUE(plain.Send(request.substr(0, cut)));
    plain.HalfClose();
    std::string rest;
    EXPECT_EQ(plain.ReadEnd(&rest), End::kClosed);
    EXPECT_EQ(rest, "");
    Client tls = server.Tls();
    ASSERT_TRUE(tls.Send(request.substr(0, cut)));
    if (cut % 2 == 0) {
      tls.HalfClose();
      EXPECT_EQ(tls.ReadEnd(&rest), End::kClosed);
      EXPECT_EQ(rest, "");
    } else {
      tls.Reset();
    }
  }
  EXPECT_TRUE(server.handler().handled().empty());
  EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 0; }));
  EXPECT_EQ(server.counters().body_memory_in_use, 0u);
  EXPECT_TRUE(server.Serves());
}

TEST(Hostile, SurvivesRandomBytes) {
  Limits limits;
  limits.header_time = std::chrono::milliseconds(200);
  limits.handshake_time = std::chrono::milliseconds(200);
  TestServer server(limits);
  std::mt19937 random(20250101);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 3000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    Client client = i % 2 == 0 ? server.Plain() : Client::Tcp(server.server().port(0));
    client.Send(bytes);
    client.HalfClose();
    std::string rest;
    EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
    if (i % 2 == 0) {
      EXPECT_TRUE(rest.empty() || rest.starts_with("HTTP/1.1 4")) << rest;
    }
  }
  EXPECT_TRUE(server.handler().handled().empty());
  EXPECT_TRUE(server.Serves());
  EXPECT_TRUE(server.Tls().handshaken());
}

TEST(Hostile, SurvivesMutatedRequests) {
  TestServer server;
  const std::string request =
      "POST /m?q HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t at = 0; at < request.size(); ++at) {
    for (const int bit : {0, 3, 5, 7}) {
      std::string changed = request;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      Client client = server.Plain();
      ASSERT_TRUE(client.Send(changed));
      client.HalfClose();
      std::string rest;
      EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
      EXPECT_TRUE(rest.empty() || rest.starts_with("HTTP/1.1 ")) << rest;
    }
  }
  EXPECT_TRUE(server.Serves());
}

TEST(Hostile, RefusesHttpOnTheTlsPort) {
  TestServer server;
  Client client = Client::Tcp(server.server().port(0));
  ASSERT_TRUE(client.Send(kGet));
  std::string rest;
  EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
  EXPECT_EQ(rest.find("HTTP"), std::string::npos);
  EXPECT_TRUE(server.handler().handled().empty());
}

TEST(Hostile, RefusesTlsOnAPlainPort) {
  TestServer server;
  Client client = Client::Tls(server.server().port(1));
  EXPECT_FALSE(client.handshaken());
  EXPECT_TRUE(server.Serves());
}

TEST(Hostile, EndsASessionWhoseRecordsAreForged) {
  TestServer server;
  Client client = server.Tls();
  ASSERT_TRUE(client.handshaken());
  // Written beside the session: a record that no key made.
  const std::string forged = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'f');
  ASSERT_EQ(::send(SSL_get_fd(client.ssl()), forged.data(), forged.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(forged.size()));
  std::string rest;
  EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
  EXPECT_EQ(rest, "");
  EXPECT_TRUE(server.Serves());
}

TEST(Hostile, AnswersKeyUpdatesWithoutEnd) {
  TestServer server;
  Client client = server.Tls();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_TRUE(client.Send(kGet));
    ASSERT_EQ(client.ReadAnswer().status, 200);
  }
}

// A session whose ciphertext the test carries itself.
class CarriedSession {
 public:
  explicit CarriedSession(std::uint16_t port) : wire_(Client::Tcp(port)) {
    context_ = SSL_CTX_new(TLS_client_method());
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_);
  }
  ~CarriedSession() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  CarriedSession(const CarriedSession&) = delete;
  CarriedSession& operator=(const CarriedSession&) = delete;

  bool Handshake() {
    while (SSL_do_handshake(ssl_) != 1) {
      if (!SendByteByByte() || !Receive()) return false;
    }
    return SendByteByByte();
  }
  bool Send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0 && SendByteByByte();
  }
  std::string ReadAnswer() {
    char bytes[16 * 1024];
    int got = 0;
    while ((got = SSL_read(ssl_, bytes, sizeof bytes)) <= 0) {
      if (!Receive()) return {};
    }
    return std::string(bytes, static_cast<std::size_t>(got));
  }

 private:
  bool SendByteByByte() {
    char byte = 0;
    while (BIO_read(SSL_get_wbio(ssl_), &byte, 1) == 1) {
      if (!wire_.Send(std::string_view(&byte, 1))) return false;
    }
    return true;
  }
  bool Receive() {
    const std::string bytes = wire_.Read();
    return !bytes.empty() &&
           BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

  Client wire_;
  SSL_CTX* context_;
  SSL* ssl_;
};

TEST(Hostile, TakesTlsRecordsByteByByteFromManyAtOnce) {
  TestServer server(Limits(), 1);  // one thread, whose buffers they share
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      CarriedSession session(server.server().port(0));
      ASSERT_TRUE(session.Handshake());
      for (int i = 0; i < 3; ++i) {
        const std::string body(2000, static_cast<char>('a' + i));
        ASSERT_TRUE(session.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n"));
        ASSERT_TRUE(session.Send(body));
        const std::string answer = session.ReadAnswer();
        EXPECT_TRUE(answer.ends_with("POST /\n" + body));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Hostile, OneThatNeverPausesDoesNotStarveTheOthers) {
  TestServer server(Limits(), 1);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += kGet;
  Client flood = server.Plain();
  std::atomic<bool> over{false};
  std::thread sending([&] {
    while (!over && flood.Send(many)) continue;
    flood.HalfClose();
  });
  std::thread reading([&] {
    while (!flood.Read().empty()) continue;
  });
  for (int i = 0; i < 20; ++i) {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(kGet));
    EXPECT_EQ(client.ReadAnswer().status, 200);
  }
  over = true;
  server.server().Stop();  // while the flood goes on
  sending.join();
  reading.join();
}

TEST(Hostile, SurvivesClientsThatLeaveInTheMiddleOfAnAnswer) {
  TestServer server;
  server.handler().handle = [](Request, Responder respond) {
    respond(Text(200, std::string(8u << 20, 'x')));
  };
  for (int i = 0; i < 20; ++i) {
    Client client = i % 2 == 0 ? server.Tls() : server.Plain();
    ASSERT_TRUE(client.Send(kGet));
    ASSERT_FALSE(client.Read().empty());
    if (i % 4 < 2) {
      client.Reset();
    } else {
      client.Close();
    }
  }
  EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 0; }));
  EXPECT_EQ(server.counters().body_memory_in_use, 0u);
  server.handler().handle = nullptr;
  EXPECT_TRUE(server.Serves());
}

TEST(Hostile, KeepsConnectionsApartWhenTheirBytesInterleave) {
  TestServer server(Limits(), 1);  // all on one thread, so that they share its buffers
  constexpr int kClients = 20;
  std::vector<Client> clients;
  std::vector<std::string> requests;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(i % 2 == 0 ? server.Tls() : server.Plain());
    const std::string body(static_cast<std::size_t>(i) * 777 % 5000, static_cast<char>('a' + i));
    requests.push_back("POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::mt19937 random(7);
  std::vector<std::size_t> sent(kClients, 0);
  for (std::size_t left = kClients; left > 0;) {
    const std::size_t i = random() % kClients;
    if (sent[i] == requests[i].size()) continue;
    const std::size_t piece =
        std::min<std::size_t>(1 + random() % 400, requests[i].size() - sent[i]);
    ASSERT_TRUE(clients[i].Send(requests[i].substr(sent[i], piece)));
    sent[i] += piece;
    if (sent[i] == requests[i].size()) --left;
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    const std::string& request = requests[i];
    EXPECT_EQ(clients[i].ReadAnswer().body,
              "POST /" + std::to_string(i) + "\n" + request.substr(request.find("\r\n\r\n") + 4));
  }
}

}  // namespace
}  // namespace safeconduct::http::test
