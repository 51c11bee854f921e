// Each limit, by its effect: what is answered, what is closed, what is given back.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "tests/gateway/http/refusals.h"

namespace safeconduct::http::test {
namespace {

using std::chrono::milliseconds;

TEST(Limits, HeaderBytes) {
  Limits limits = QuickToForget();
  limits.header_bytes = 2000;
  TestServer server(limits);
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const auto with_head_of = [&](std::size_t size) {
    return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(with_head_of(2000)));
    EXPECT_EQ(client.ReadAnswer().status, 200);
    ASSERT_TRUE(client.Send(with_head_of(2001)));
    ExpectRefusal(client, server, 431);
  }
  // However it is cut, and whether or not it ever ends.
  for (const std::string& head :
       {with_head_of(2001), with_head_of(60'000), begin + std::string(2001, 'x'),
        "GET /" + std::string(2001, 'x'), std::string(2001, 'G')}) {
    Client whole = server.Plain();
    ASSERT_TRUE(whole.Send(head));
    ExpectRefusal(whole, server, 431);
    Client slow = server.Plain();
    for (const char& byte : head.substr(0, 2001)) {
      if (!slow.Send(std::string_view(&byte, 1))) break;
    }
    EXPECT_EQ(slow.ReadAnswer().status, 431);
  }
  ExpectNothingHeld(server);
}

TEST(Limits, HeaderTime) {
  Limits limits = QuickToForget();
  limits.header_time = milliseconds(100);
  TestServer server(limits);
  for (const char* begin :
       {"G", "GET / HTTP/1.1\r\nHost: h\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r"}) {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(begin));
    ExpectRefusal(client, server, 408);
  }
  // One byte now and then does not put it off.
  Client drip = server.Plain();
  drip.Send("GET /");
  std::thread dripping([&] {
    while (drip.Send("x")) std::this_thread::yield();
  });
  EXPECT_GE(drip.ReadAnswer().status, 400);
  dripping.join();
  // The second request of a connection has its own time.
  Client second = server.Tls();
  ASSERT_TRUE(second.Send(std::string(kGet) + "GET"));
  EXPECT_EQ(second.ReadAnswer().status, 200);
  ExpectRefusal(second, server, 408);
  ExpectNothingHeld(server);
}

TEST(Limits, IdleTime) {
  Limits limits = QuickToForget();
  limits.idle_time = milliseconds(100);
  TestServer server(limits);
  // Who has sent nothing is told nothing.
  std::string rest;
  Client plain = server.Plain();
  EXPECT_EQ(plain.ReadEnd(&rest), End::kClosed);
  Client tls = server.Tls();
  EXPECT_EQ(tls.ReadEnd(&rest), End::kClosed);
  Client used = server.Tls();
  ASSERT_TRUE(used.Send(kGet));
  EXPECT_EQ(used.ReadAnswer().status, 200);
  EXPECT_EQ(used.ReadEnd(&rest), End::kClosed);
  EXPECT_EQ(rest, "");
  EXPECT_EQ(server.counters().limit_answers[408], 0u);
  ExpectNothingHeld(server);
}

TEST(Limits, HandshakeTime) {
  Limits limits = QuickToForget();
  limits.handshake_time = milliseconds(100);
  TestServer server(limits);
  std::string rest;
  Client silent = Client::Tcp(server.server().port(0));
  EXPECT_EQ(silent.ReadEnd(&rest), End::kClosed);
  Client half = Client::Tcp(server.server().port(0));
  ASSERT_TRUE(half.Send(std::string_view("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_NE(half.ReadEnd(&rest), End::kStillOpen);
  EXPECT_EQ(rest, "");
  // It ends with the handshake.
  Client client = server.Tls();
  ASSERT_TRUE(client.handshaken());
  Client later = Client::Tcp(server.server().port(0));
  EXPECT_EQ(later.ReadEnd(&rest), End::kClosed);
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

TEST(Limits, BodyTime) {
  Limits limits = QuickToForget();
  limits.body_time = milliseconds(200);
  limits.rate_window = milliseconds(10'000);
  TestServer server(limits);
  Client length = server.Tls();
  ASSERT_TRUE(length.Send(PostHead(100'000) + std::string(5000, 'x')));
  ExpectRefusal(length, server, 408);
  Client chunked = server.Plain();
  ASSERT_TRUE(
      chunked.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
  ExpectRefusal(chunked, server, 408);
  ExpectNothingHeld(server);
}

TEST(Limits, MinimumRateOfABody) {
  Limits limits = QuickToForget();
  limits.rate_window = milliseconds(100);
  limits.minimum_rate_bytes_per_second = 50'000;
  TestServer server(limits);
  Client stopped = server.Tls();
  ASSERT_TRUE(stopped.Send(PostHead(100'000)));
  ExpectRefusal(stopped, server, 408);
  // Slower than 5000 bytes a window, without end.
  Client slow = server.Plain();
  ASSERT_TRUE(slow.Send(PostHead(1'000'000)));
  std::thread dripping([&] {
    while (slow.Send("xxxx")) std::this_thread::sleep_for(milliseconds(5));
  });
  EXPECT_EQ(slow.ReadAnswer().status, 408);
  slow.ReadEnd();
  dripping.join();
  ExpectNothingHeld(server);
}

TEST(Limits, BodyBytes) {
  TestServer server(QuickToForget());
  server.handler().plan = [](const RequestHead&) { return BodyPlan::Buffer(1000); };
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  Client fits = server.Tls();
  ASSERT_TRUE(fits.Send(PostHead(1000) + std::string(1000, 'x')));
  EXPECT_EQ(fits.ReadAnswer().status, 200);
  ASSERT_TRUE(fits.Send(chunked + "3e8\r\n" + std::string(1000, 'x') + "\r\n0\r\n\r\n"));
  EXPECT_EQ(fits.ReadAnswer().status, 200);
  // A length is refused before the body comes; chunks as soon as they pass.
  Client announced = server.Tls();
  ASSERT_TRUE(announced.Send(PostHead(1001)));
  ExpectRefusal(announced, server, 413);
  Client huge = server.Tls();
  ASSERT_TRUE(huge.Send(PostHead(18'446'744'073'709'551'615u)));
  ExpectRefusal(huge, server, 413);
  for (const char* chunks : {"3e9\r\n", "ffffffffffffffff\r\n"}) {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(chunked + chunks));
    ExpectRefusal(client, server, 413);
  }
  Client grown = server.Tls();
  ASSERT_TRUE(grown.Send(chunked + "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"));
  ExpectRefusal(grown, server, 413);
  // While the client sends on, it still gets to read the answer.
  Client pushing = server.Plain();
  ASSERT_TRUE(pushing.Send(PostHead(2'000'000)));
  pushing.Send(std::string(2'000'000, 'x'));
  ExpectRefusal(pushing, server, 413);
  EXPECT_EQ(server.handler().handled().size(), 2u);
  fits.Close();
  ExpectNothingHeld(server);
}

TEST(Limits, MinimumRateOfReadingAnAnswer) {
  Limits limits = QuickToForget();
  limits.rate_window = milliseconds(100);
  limits.minimum_rate_bytes_per_second = 100'000;
  TestServer server(limits);
  server.handler().handle = [](Request, Responder respond) {
    respond(Text(200, std::string(32u << 20, 'x')));
  };
  for (int i = 0; i < 2; ++i) {
    Client client = i == 0 ? server.Tls() : server.Plain();
    client.ShrinkReceiveBuffer();
    ASSERT_TRUE(client.Send(kGet));
    // It reads nothing: the server cuts it off.
    EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 0; }));
    std::string rest;
    EXPECT_EQ(client.ReadEnd(&rest), End::kReset);
    EXPECT_LT(rest.size(), 32u << 20);
  }
  ExpectNothingHeld(server);
}

TEST(Limits, SlowReadersShareTheMemory) {
  Limits limits = QuickToForget();
  limits.body_memory_bytes = 20u << 20;
  TestServer server(limits);
  server.handler().handle = [](Request, Responder respond) {
    respond(Text(200, std::string(16u << 20, 'x')));
  };
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(server.Plain());
    clients.back().ShrinkReceiveBuffer();
    ASSERT_TRUE(clients.back().Send(kGet));
  }
  // One can be kept waiting for; the others are cut.
  EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 1; }));
  EXPECT_LE(server.counters().body_memory_in_use, limits.body_memory_bytes);
}

TEST(Limits, AReaderThatKeepsUpGetsItAll) {
  Limits limits = QuickToForget();
  limits.rate_window = milliseconds(1000);
  limits.minimum_rate_bytes_per_second = 1000;
  TestServer server(limits);
  server.handler().handle = [](Request, Responder respond) {
    respond(Text(200, std::string(32u << 20, 'x')));
  };
  Client client = server.Plain();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  // Slow enough to be looked at several times.
  std::size_t got = 0;
  for (std::string piece = client.Read(); !piece.empty(); piece = client.Read()) {
    got += piece.size();
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_GT(got, 32u << 20);
}

}  // namespace
}  // namespace safeconduct::http::test
