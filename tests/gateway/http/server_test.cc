// What HTTP/1.1 promises to a client that behaves.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

constexpr char kGet[] = "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string Post(const std::string& target, const std::string& body,
                 const std::string& headers = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The same behaviour on each kind of listener.
enum class Way { kTls, kPlain, kUnix };

class EveryListener : public testing::TestWithParam<Way> {
 protected:
  Client Connect() {
    switch (GetParam()) {
      case Way::kTls:
        return server_.Tls();
      case Way::kPlain:
        return server_.Plain();
      case Way::kUnix:
        return server_.Unix();
    }
    return server_.Plain();
  }

  TestServer server_;
};

std::string NameOf(const testing::TestParamInfo<Way>& way) {
  return way.param == Way::kTls ? "Tls" : way.param == Way::kPlain ? "Plain" : "Unix";
}

INSTANTIATE_TEST_SUITE_P(Http, EveryListener, testing::Values(Way::kTls, Way::kPlain, Way::kUnix),
                         NameOf);

TEST_P(EveryListener, AnswersWithDateAndLength) {
  Client client = Connect();
  ASSERT_TRUE(client.Send(kGet));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a?b=c\n");
  EXPECT_EQ(answer.headers.at("content-length"), std::to_string(answer.body.size()));
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain");
  ASSERT_EQ(answer.headers.at("date").size(), 29u);
  EXPECT_EQ(answer.headers.at("date").substr(25), " GMT");
  EXPECT_EQ(answer.headers.count("connection"), 0u);
}

TEST_P(EveryListener, KeepsTheConnectionForTheNextRequest) {
  Client client = Connect();
  for (int i = 0; i < 5; ++i) {
    const std::string body(1000u * static_cast<unsigned>(i), 'x');
    ASSERT_TRUE(client.Send(Post("/r", body)));
    EXPECT_EQ(client.ReadAnswer().body, "POST /r\n" + body);
  }
  EXPECT_EQ(server_.counters().connections_accepted, 1u);
  EXPECT_EQ(server_.counters().requests, 5u);
}

TEST_P(EveryListener, AnswersPipelinedRequestsInOrder) {
  Client client = Connect();
  std::string all;
  for (int i = 0; i < 100; ++i) all += Post("/" + std::to_string(i), std::string(i * 7u, 'y'));
  std::thread sender([&] { EXPECT_TRUE(client.Send(all)); });
  if (GetParam() == Way::kTls) sender.join();  // an SSL object is for one thread at a time
  for (int i = 0; i < 100; ++i) {
    const Answer answer = client.ReadAnswer();
    ASSERT_EQ(answer.body, "POST /" + std::to_string(i) + "\n" + std::string(i * 7u, 'y'));
  }
  if (sender.joinable()) sender.join();
}

TEST_P(EveryListener, HandlesOneRequestOfAConnectionAtATime) {
  HeldAnswers held;
  server_.handler().handle = [&](Request request, Responder respond) {
    held.Hold(std::move(request), std::move(respond));
  };
  Client client = Connect();
  ASSERT_TRUE(client.Send(Post("/1", "a") + Post("/2", "b") + Post("/3", "c")));
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(held.WaitFor(1));
    EXPECT_EQ(held.size(), 1u);
    EXPECT_EQ(server_.handler().handled().size(), static_cast<std::size_t>(i));
    held.Take()(Text(200, std::to_string(i)));
    EXPECT_EQ(client.ReadAnswer().body, std::to_string(i));
  }
}

TEST_P(EveryListener, TakesARequestByteByByte) {
  Client client = Connect();
  ASSERT_TRUE(client.SendSlowly(Post("/slow", "body")));
  EXPECT_EQ(client.ReadAnswer().body, "POST /slow\nbody");
  ASSERT_TRUE(
      client.SendSlowly("POST /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3;a=\"b\"\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: t\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().body, "POST /chunks\nabcd");
}

TEST_P(EveryListener, TakesChunkedBodies) {
  Client client = Connect();
  std::string body;
  std::string wire;
  for (unsigned i = 1; i < 200; ++i) {
    char size[16];
    std::snprintf(size, sizeof size, "%X\r\n", i * 13);
    const std::string chunk(i * 13, static_cast<char>('a' + i % 26));
    body += chunk;
    wire += size + chunk + "\r\n";
  }
  ASSERT_TRUE(client.Send("PUT /c HTTP/1.1\r\nHost: h\r\ntransfer-encoding: Chunked\r\n\r\n" +
                          wire + "0\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().body, "PUT /c\n" + body);
  // And the connection is in step for what follows.
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().body, "GET /a?b=c\n");
}

TEST_P(EveryListener, CarriesLargeBodiesBothWays) {
  server_.handler().plan = [](const RequestHead&) { return BodyPlan::Buffer(64u << 20); };
  std::string body(20u << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 2654435761u >> 13);
  Client client = Connect();
  ASSERT_TRUE(client.Send(Post("/big", body)));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body == "POST /big\n" + body);
  EXPECT_TRUE(Eventually([&] { return server_.counters().body_memory_in_use == 0; }));
}

TEST_P(EveryListener, AnswersAClientThatHasClosedItsSide) {
  Client client = Connect();
  ASSERT_TRUE(client.Send(kGet));
  client.HalfClose();
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
}

TEST_P(EveryListener, ClosesWhenAskedTo) {
  Client client = Connect();
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("connection"), "close");
  std::string rest;
  EXPECT_EQ(client.ReadEnd(&rest), End::kClosed);
  EXPECT_EQ(rest, "");
}

TEST_P(EveryListener, SpeaksToClientsOfHttp10AndCloses) {
  for (const char* request : {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
                              "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"}) {
    Client client = Connect();
    ASSERT_TRUE(client.Send(request));
    EXPECT_EQ(client.ReadAnswer().body, "GET /\n");
    EXPECT_EQ(client.ReadEnd(), End::kClosed);
  }
}

TEST_P(EveryListener, LeavesTheBodyOutForHead) {
  Client client = Connect();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Send("HEAD /long HTTP/1.1\r\nHost: h\r\n\r\n"));
    const Answer answer = client.ReadAnswer(Expect::kNoBody);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-length"), "11");
  }
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().body, "GET /a?b=c\n");
}

TEST_P(EveryListener, TellsTheHandlerWhereARequestCameFrom) {
  Listener listener{};
  server_.handler().handle = [&](Request request, Responder respond) {
    listener = request.head.listener;
    respond(Text(200, ""));
  };
  Client client = Connect();
  ASSERT_TRUE(client.Send(kGet));
  ASSERT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(listener, GetParam() == Way::kTls     ? Listener::kPublic
                      : GetParam() == Way::kPlain ? Listener::kPrivate
                                                  : Listener::kOnion);
}

TEST(Server, HandsOverTheHeadAsItCame) {
  TestServer server;
  RequestHead head;
  server.handler().plan = [&](const RequestHead& seen) {
    head = seen;
    return BodyPlan::Buffer(100);
  };
  Client client = server.Plain();
  ASSERT_TRUE(client.Send(
      "PATCH /p%20q?x=1&y HTTP/1.1\r\nHost: Example.org:8443\r\nX-Twice: One\r\nx-tWICE:two \r\n"
      "Empty:\r\nContent-Length: 2\r\n\r\nok"));
  ASSERT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(head.method, Method::kPatch);
  EXPECT_EQ(head.target, "/p%20q?x=1&y");
  EXPECT_EQ(head.path(), "/p%20q");
  EXPECT_EQ(head.query(), "x=1&y");
  EXPECT_EQ(head.Find("host"), "Example.org:8443");
  EXPECT_EQ(head.Find("x-twice"), "One");
  EXPECT_EQ(head.Count("x-twice"), 2u);
  EXPECT_EQ(head.headers.at(2).value, "two");
  EXPECT_EQ(head.Count("empty"), 1u);
  EXPECT_EQ(head.Find("absent"), "");
  EXPECT_EQ(head.content_length, 2u);
}

TEST(Server, KnowsTheMethods) {
  TestServer server;
  Method method{};
  server.handler().plan = [&](const RequestHead& head) {
    method = head.method;
    return BodyPlan::None();
  };
  for (const Method expected : {Method::kGet, Method::kHead, Method::kPost, Method::kPut,
                                Method::kPatch, Method::kDelete, Method::kOptions}) {
    Client client = server.Plain();
    ASSERT_TRUE(client.Send(std::string(MethodName(expected)) + " / HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_EQ(client.ReadAnswer(Expect::kNoBody).status, 200);
    EXPECT_EQ(method, expected);
  }
  Client client = server.Plain();
  ASSERT_TRUE(client.Send("BREW / HTTP/1.1\r\nHost: h\r\n\r\n"));
  ASSERT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(method, Method::kOther);
}

TEST(Server, AsksForTheBodyOfAClientThatWaits) {
  TestServer server;
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(
      "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  const Answer go = client.ReadAnswer();
  EXPECT_EQ(go.status, 100);
  ASSERT_TRUE(client.Send("body"));
  EXPECT_EQ(client.ReadAnswer().body, "POST /e\nbody");
  // The body is there already: no interim answer.
  ASSERT_TRUE(client.Send(
      "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\nbody"));
  EXPECT_EQ(client.ReadAnswer().body, "POST /e\nbody");
}

TEST(Server, DoesNotAskForABodyThatItRefuses) {
  TestServer server;
  server.handler().plan = [](const RequestHead&) { return BodyPlan::Answer(Text(401, "no")); };
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(
      "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  const Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
}

TEST(Server, AnswersAtOnceWithoutTheBody) {
  TestServer server;
  server.handler().plan = [](const RequestHead&) { return BodyPlan::Answer(Text(404, "no")); };
  Client client = server.Plain();
  // No body: the connection can go on.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Send(kGet));
    EXPECT_EQ(client.ReadAnswer().status, 404);
  }
  // A body that nobody wants: the client must see the answer, not a reset.
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n"));
  EXPECT_TRUE(client.Send(std::string(1000000, 'z')));
  EXPECT_EQ(client.ReadAnswer().status, 404);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_TRUE(server.handler().handled().empty());
}

TEST(Server, SendsNoLengthWhereThereIsNoBody) {
  TestServer server;
  int status = 204;
  server.handler().handle = [&](Request, Responder respond) { respond(Text(status, "ignored")); };
  Client client = server.Plain();
  for (const int bodyless : {204, 304}) {
    status = bodyless;
    ASSERT_TRUE(client.Send(kGet));
    const Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.headers.count("content-length"), 0u);
  }
  status = 200;
  ASSERT_TRUE(client.Send(kGet));
  EXPECT_EQ(client.ReadAnswer().body, "ignored");
}

}  // namespace
}  // namespace safeconduct::http::test
