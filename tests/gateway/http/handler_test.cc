// What a handler may do, forget and get wrong.
#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

constexpr char kGet[] = "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST(Server, KeepsFramingOutOfTheHandlersHands) {
  TestServer server;
  server.handler().handle = [](Request, Responder respond) {
    Response response = Text(200, "body");
    response.headers.push_back({"Content-Length", "1"});
    response.headers.push_back({"TRANSFER-ENCODING", "chunked"});
    response.headers.push_back({"connection", "upgrade"});
    response.headers.push_back({"X-Mine", "kept"});
    respond(std::move(response));
  };
  Client client = server.Plain();
  ASSERT_TRUE(client.Send(kGet));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(answer.headers.count("transfer-encoding"), 0u);
  EXPECT_EQ(answer.headers.count("connection"), 0u);
  EXPECT_EQ(answer.headers.at("x-mine"), "kept");
}

TEST(Server, Answers500ForWhatWouldBreakTheAnswer) {
  TestServer server;
  Response bad;
  server.handler().handle = [&](Request, Responder respond) { respond(std::move(bad)); };
  const std::vector<Header> headers = {{"X", "a\r\nSet-Cookie: b"},
                                       {"X", std::string("a\0b", 3)},
                                       {"X\r\nY", "a"},
                                       {"", "a"},
                                       {"X Y", "a"},
                                       {"X", "a\nb"}};
  for (const Header& header : headers) {
    bad = Text(200, "body");
    bad.headers.push_back(header);
    Client client = server.Plain();
    ASSERT_TRUE(client.Send(kGet));
    const Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "{\"status\":500}");
  }
  for (const int status : {0, 100, 199, 600, -1}) {
    bad = Text(status, "body");
    Client client = server.Plain();
    ASSERT_TRUE(client.Send(kGet));
    EXPECT_EQ(client.ReadAnswer().status, 500);
  }
}

TEST(Server, Answers500WhenAHandlerForgetsOrThrows) {
  TestServer server;
  const auto status_of = [&] {
    Client client = server.Tls();
    EXPECT_TRUE(client.Send(kGet));
    return client.ReadAnswer().status;
  };
  server.handler().handle = [](Request, Responder) {};
  EXPECT_EQ(status_of(), 500);
  server.handler().handle = [](Request, Responder) { throw 1; };
  EXPECT_EQ(status_of(), 500);
  server.handler().handle = nullptr;
  server.handler().plan = [](const RequestHead&) -> BodyPlan { throw 1; };
  EXPECT_EQ(status_of(), 500);
  server.handler().failure = [](int, const Error&) -> Response { throw 1; };
  EXPECT_EQ(status_of(), 500);
  server.handler().plan = nullptr;
  EXPECT_EQ(status_of(), 200);
  EXPECT_EQ(server.counters().limit_answers[500], 4u);
  EXPECT_EQ(server.counters().requests_in_flight, 0u);
}

TEST(Server, TakesAnswersFromAnyThread) {
  TestServer server;
  HeldAnswers held;
  server.handler().handle = [&](Request request, Responder respond) {
    held.Hold(std::move(request), std::move(respond));
  };
  constexpr std::size_t kClients = 32;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(server.Tls());
    ASSERT_TRUE(clients.back().Send(kGet));
  }
  ASSERT_TRUE(held.WaitFor(kClients));
  EXPECT_EQ(server.counters().requests_in_flight, kClients);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < kClients / 4; ++i) held.Take()(Text(201, "made"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (Client& client : clients) EXPECT_EQ(client.ReadAnswer().status, 201);
  EXPECT_EQ(server.counters().requests_in_flight, 0u);
}

TEST(Server, ForgetsAnswersToConnectionsThatAreGone) {
  TestServer server;
  HeldAnswers held;
  server.handler().handle = [&](Request request, Responder respond) {
    held.Hold(std::move(request), std::move(respond));
  };
  for (int i = 0; i < 8; ++i) {
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(kGet));
    ASSERT_TRUE(held.WaitFor(static_cast<std::size_t>(i) + 1));
    client.Reset();
  }
  for (int i = 0; i < 8; ++i) held.Take()(Text(200, std::string(100'000, 'x')));
  EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 0; }));
  server.handler().handle = nullptr;
  EXPECT_TRUE(server.Serves());
}

TEST(Server, LeavesRespondersHarmlessThatOutliveIt) {
  HeldAnswers held;
  {
    Limits limits;
    limits.shutdown_time = std::chrono::milliseconds(1);
    TestServer server(limits);
    server.handler().handle = [&](Request request, Responder respond) {
      held.Hold(std::move(request), std::move(respond));
    };
    Client client = server.Tls();
    ASSERT_TRUE(client.Send(kGet + std::string(kGet)));
    Client second = server.Plain();
    ASSERT_TRUE(second.Send(kGet));
    ASSERT_TRUE(held.WaitFor(2));
    server.server().Stop();
  }
  held.Take()(Text(200, "too late"));
  { const Responder dropped = held.Take(); }
}

TEST(Server, SpreadsConnectionsOverItsThreads) {
  TestServer server(Limits(), 4);
  std::mutex mutex;
  std::map<std::thread::id, int> threads;
  server.handler().handle = [&](Request, Responder respond) {
    {
      const std::lock_guard lock(mutex);
      ++threads[std::this_thread::get_id()];
    }
    respond(Text(200, ""));
  };
  std::vector<Client> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(server.Plain());
    ASSERT_TRUE(clients.back().Send(kGet));
    ASSERT_EQ(clients.back().ReadAnswer().status, 200);
  }
  ASSERT_EQ(threads.size(), 4u);
  for (const auto& [id, count] : threads) EXPECT_EQ(count, 4);
}

}  // namespace
}  // namespace safeconduct::http::test
