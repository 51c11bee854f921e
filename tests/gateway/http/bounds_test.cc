// Bounds on how many and how much, by their effect.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "tests/gateway/http/refusals.h"

namespace safeconduct::http::test {
namespace {

using std::chrono::milliseconds;

TEST(Bounds, Connections) {
  Limits limits = QuickToForget();
  limits.connections = 3;
  TestServer server(limits);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.Plain());
    ASSERT_TRUE(clients.back().Send(kGet));
    ASSERT_EQ(clients.back().ReadAnswer().status, 200);
  }
  std::string rest;
  Client refused = server.Plain();
  EXPECT_NE(refused.ReadEnd(&rest), End::kStillOpen);
  EXPECT_EQ(rest, "");
  EXPECT_EQ(server.counters().connections_refused, 1u);
  EXPECT_EQ(server.counters().connections_open, 3u);
  // Those that are open go on, and room that is given back is used.
  ASSERT_TRUE(clients[0].Send(kGet));
  EXPECT_EQ(clients[0].ReadAnswer().status, 200);
  clients.pop_back();
  ASSERT_TRUE(Eventually([&] { return server.counters().connections_open == 2; }));
  EXPECT_TRUE(server.Serves());
}

TEST(Bounds, FileDescriptors) {
  TestServer server;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{200, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<Descriptor> all;
  for (Descriptor one(::dup(0)); one.valid(); one.Reset(::dup(0))) all.push_back(std::move(one));
  ASSERT_FALSE(all.empty());
  for (int i = 0; i < 3; ++i) {
    all.pop_back();
    Client client = server.Plain();  // takes the only one that is left
    ASSERT_TRUE(client.connected());
    std::string rest;
    EXPECT_NE(client.ReadEnd(&rest), End::kStillOpen);
    EXPECT_EQ(rest, "");
    EXPECT_TRUE(Eventually(
        [&] { return server.counters().connections_refused == static_cast<unsigned>(i) + 1; }));
    all.emplace_back(::dup(0));
  }
  all.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(server.Serves());
}

TEST(Bounds, RequestsInFlight) {
  Limits limits = QuickToForget();
  limits.requests_in_flight = 2;
  TestServer server(limits);
  HeldAnswers held;
  server.handler().handle = [&](Request request, Responder respond) {
    held.Hold(std::move(request), std::move(respond));
  };
  Client first = server.Tls();
  ASSERT_TRUE(first.Send(kGet));
  ASSERT_TRUE(held.WaitFor(1));
  Client second = server.Tls();
  ASSERT_TRUE(second.Send(PostHead(3) + "abc"));
  ASSERT_TRUE(held.WaitFor(2));
  Client with_body = server.Tls();
  ASSERT_TRUE(with_body.Send(PostHead(500'000)));
  ExpectRefusal(with_body, server, 503);
  // Without one the connection is as good as before: a new one would cost both sides more.
  Client third = server.Tls();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(third.Send(kGet));
    const Answer answer = third.ReadAnswer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers.count("retry-after"), 1u);
  }
  held.Take()(Text(200, "one"));
  EXPECT_EQ(first.ReadAnswer().body, "one");
  ASSERT_TRUE(third.Send(kGet));
  ASSERT_TRUE(held.WaitFor(2));
  held.Take()(Text(200, "two"));
  held.Take()(Text(200, "three"));
  EXPECT_EQ(second.ReadAnswer().body, "two");
  EXPECT_EQ(third.ReadAnswer().body, "three");
  EXPECT_EQ(server.counters().requests_in_flight, 0u);
}

TEST(Bounds, MemoryForBodies) {
  Limits limits = QuickToForget();
  limits.body_memory_bytes = 300'000;
  TestServer server(limits);
  HeldAnswers held;
  server.handler().handle = [&](Request request, Responder respond) {
    held.Hold(std::move(request), std::move(respond));
  };
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PostHead(200'000) + std::string(200'000, 'x')));
  ASSERT_TRUE(held.WaitFor(1));
  EXPECT_GE(server.counters().body_memory_in_use, 200'000u);
  // By length at once; in chunks when it comes to that.
  Client length = server.Tls();
  ASSERT_TRUE(length.Send(PostHead(150'000)));
  ExpectRefusal(length, server, 503);
  Client chunked = server.Tls();
  ASSERT_TRUE(chunked.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                           std::string("24000\r\n") + std::string(0x24000, 'x')));
  ExpectRefusal(chunked, server, 503);
  // More than there will ever be.
  Client never = server.Tls();
  ASSERT_TRUE(never.Send(PostHead(400'000)));
  ExpectRefusal(never, server, 503);
  // What fits is served.
  Client small = server.Tls();
  ASSERT_TRUE(small.Send(PostHead(1000) + std::string(1000, 'x')));
  ASSERT_TRUE(held.WaitFor(2));
  held.Take()(Text(200, "large"));
  held.Take()(Text(200, "small"));
  EXPECT_EQ(client.ReadAnswer().body, "large");
  EXPECT_EQ(small.ReadAnswer().body, "small");
  client.Close();
  small.Close();
  ExpectNothingHeld(server);
}

TEST(Bounds, AnnouncedBodiesCostNothingUntilTheyCome) {
  Limits limits = QuickToForget();
  limits.body_memory_bytes = 4u << 20;
  TestServer server(limits);
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.Tls());
    ASSERT_TRUE(clients.back().Send(PostHead(1 << 20)));
  }
  ASSERT_TRUE(Eventually([&] { return server.counters().body_memory_in_use == 20u * 65'536; }));
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(PostHead(1 << 20) + std::string(1 << 20, 'x')));
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

}  // namespace
}  // namespace safeconduct::http::test
