// Requests to servers that behave and to servers that do not; what is certain afterwards.
#include "gateway/fetch/fetch.h"

#include <atomic>

#include "tests/crypto/testing.h"
#include "tests/gateway/fetch/raw_server.h"
#include "tests/gateway/http/test_server.h"

namespace safeconduct::fetch {
namespace {

using safeconduct::testing::Fails;
using safeconduct::testing::Succeeds;
using std::chrono::milliseconds;
using testing::RawServer;
using testing::Reaction;

Request To(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

Request Post(const std::string& url, std::string_view body) {
  Request request = To(url);
  request.method = "POST";
  request.body = AsBytes(body);
  return request;
}

const Settings kClear = {"", "", true};

TEST(Fetch, GivesStatusHeadersAndBody) {
  RawServer server([](const std::string&) {
    return Reaction::Answer(404, "nothing here", "X-Two: one \r\nx-two: two\r\nX-Empty:\r\n");
  });
  Client client(kClear);
  const Result<Answer> answer = client.Send(To(server.url() + "/a/../b?c=%20d"));
  ASSERT_TRUE(Succeeds(answer));
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "nothing here");
  EXPECT_EQ(answer->Find("x-two"), "one");
  EXPECT_EQ(answer->Find("x-empty"), "");
  EXPECT_EQ(answer->Find("x-none"), "");
  const std::string request = server.requests().at(0);
  EXPECT_TRUE(request.starts_with("GET /a/../b?c=%20d HTTP/1.1\r\n")) << request;
  EXPECT_EQ(testing::HeaderOf(request, "user-agent"), "");
}

TEST(Fetch, SendsTheBodyAndTheHeadersThatItIsGiven) {
  RawServer server([](const std::string&) { return Reaction::Answer(200, ""); });
  Client client(kClear);
  std::string body("one\0two", 7);
  body += std::string(100'000, 'x');
  Request request = Post(server.url() + "/p", body);
  request.headers = {{"Content-Type", "text/plain"}, {"X-Nothing", ""}, {"X-Some", "a: b"}};
  ASSERT_TRUE(Succeeds(client.Send(request)));
  ASSERT_TRUE(Succeeds(client.Send(Post(server.url() + "/p", ""))));
  const auto requests = server.requests();
  EXPECT_EQ(testing::BodyOf(requests.at(0)), body);
  EXPECT_EQ(testing::HeaderOf(requests.at(0), "content-type"), "text/plain");
  EXPECT_EQ(testing::HeaderOf(requests.at(0), "x-some"), "a: b");
  EXPECT_NE(requests.at(0).find("X-Nothing:"), std::string::npos);
  EXPECT_EQ(testing::HeaderOf(requests.at(0), "expect"), "");
  EXPECT_TRUE(requests.at(1).starts_with("POST /p "));
  EXPECT_EQ(testing::HeaderOf(requests.at(1), "content-length"), "0");
  EXPECT_EQ(testing::HeaderOf(requests.at(1), "content-type"), "");
  EXPECT_EQ(server.connections(), 1U);  // kept
}

TEST(Fetch, FollowsNoRedirectAndKeepsNoCookie) {
  RawServer server([](const std::string&) {
    return Reaction::Answer(302, "", "Location: /elsewhere\r\nSet-Cookie: a=b\r\n");
  });
  Client client(kClear);
  EXPECT_EQ(client.Send(To(server.url()))->status, 302);
  EXPECT_EQ(client.Send(To(server.url()))->Find("set-cookie"), "a=b");
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(testing::HeaderOf(server.requests().at(1), "cookie"), "");
}

TEST(Fetch, OverTlsToTheNamedAuthorityAlone) {
  http::test::TestServer server;
  http::test::TestServer other;
  const std::string url = "https://localhost:" + std::to_string(server.server().port(0)) + "/x";
  Client client({server.certificate_file(), "", false});
  const Result<Answer> answer = client.Send(Post(url, "body"));
  ASSERT_TRUE(Succeeds(answer));
  EXPECT_NE(answer->body.find("body"), std::string::npos);

  Reach reach = Reach::kMaybe;
  for (const std::string& file :
       {other.certificate_file(), std::string(), std::string("/nonexistent")}) {
    Client stranger({file, "", false});
    EXPECT_TRUE(Fails(stranger.Send(Post(url, "secret"), &reach), Code::kUnverified));
    EXPECT_EQ(reach, Reach::kNothing);
    reach = Reach::kMaybe;
  }
  EXPECT_EQ(server.handler().handled().size(), 1U);
}

TEST(Fetch, WhatIsRefusedHereReachesNobody) {
  RawServer server([](const std::string&) { return Reaction::Answer(200, ""); });
  const auto expect = [&](const Settings& settings, const Request& request, Code code) {
    Reach reach = Reach::kMaybe;
    EXPECT_TRUE(Fails(Client(settings).Send(request, &reach), code)) << request.url;
    EXPECT_EQ(reach, Reach::kNothing) << request.url;
  };
  expect({}, To(server.url()), Code::kRejected);
  for (const char* url : {"file:///etc/passwd", "ftp://localhost/", "localhost", ""}) {
    expect(kClear, To(url), Code::kRejected);
  }
  const std::string authority = "127.0.0.1:" + std::to_string(server.port());
  expect(kClear, To("http://user:password@" + authority), Code::kRejected);
  expect(kClear, To("http://" + authority + "/a\r\nX-Other: b"), Code::kMalformed);
  expect(kClear, To("http://"), Code::kMalformed);
  Request request = To(server.url());
  request.headers = {{"X-A", "b\r\nX-C: d"}};
  expect(kClear, request, Code::kMalformed);
  request.headers = {{"", "b"}};
  expect(kClear, request, Code::kMalformed);
  request.headers = {};
  request.method = "DELETE";
  expect(kClear, request, Code::kUnsupported);
  expect({"", "http://127.0.0.1:1", true}, To(server.url()), Code::kRejected);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST(Fetch, AConnectionThatWasNeverMadeIsCertain) {
  const std::string closed = "127.0.0.1:" + std::to_string(testing::UnusedPort());
  // Takes connections and says nothing, so that no TLS handshake ends.
  RawServer mute([](const std::string&) { return Reaction::Silence(); });
  const std::string mute_url = "https://127.0.0.1:" + std::to_string(mute.port());
  struct Row {
    Settings settings;
    std::string url;
  };
  for (const Row& row : {Row{kClear, "http://" + closed}, Row{kClear, "https://" + closed},
                         Row{kClear, "http://name.invalid"}, Row{kClear, mute_url},
                         Row{{"", "socks5h://" + closed, true}, "http://127.0.0.1"}}) {
    Request request = Post(row.url, "body");
    request.timeout = milliseconds(500);
    Reach reach = Reach::kMaybe;
    EXPECT_TRUE(Fails(Client(row.settings).Send(request, &reach), Code::kUnavailable)) << row.url;
    EXPECT_EQ(reach, Reach::kNothing) << row.url;
  }
  EXPECT_EQ(mute.requests().size(), 0U);
}

TEST(Fetch, AnAnswerThatDoesNotComeWholeLeavesItOpen) {
  const Reaction reactions[] = {
      Reaction::HangUp(),
      Reaction::Silence(),
      {"HTTP/1.1 200 OK\r\ncontent-le", Reaction::Then::kClose},
      {"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", Reaction::Then::kClose},
      {"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", Reaction::Then::kHold},
      {"what?", Reaction::Then::kClose},
  };
  for (const Reaction& reaction : reactions) {
    RawServer server([&](const std::string&) { return reaction; });
    Request request = Post(server.url(), "body");
    request.timeout = milliseconds(500);
    Reach reach = Reach::kNothing;
    EXPECT_TRUE(Fails(Client(kClear).Send(request, &reach), Code::kUnavailable));
    EXPECT_EQ(reach, Reach::kMaybe) << reaction.bytes;
    EXPECT_EQ(server.requests().size(), 1U) << reaction.bytes;
  }
}

// libcurl would send the second one again by itself.
TEST(Fetch, AKeptConnectionThatDiesIsNotTriedAgain) {
  std::atomic<int> count = 0;
  RawServer server([&](const std::string&) {
    return ++count == 2 ? Reaction::HangUp() : Reaction::Answer(200, "ok");
  });
  Client client(kClear);
  Reach reach = Reach::kNothing;
  ASSERT_TRUE(Succeeds(client.Send(Post(server.url(), "one"), &reach)));
  EXPECT_TRUE(Fails(client.Send(Post(server.url(), "two"), &reach), Code::kUnavailable));
  EXPECT_EQ(reach, Reach::kMaybe);
  ASSERT_TRUE(Succeeds(client.Send(Post(server.url(), "three"), &reach)));
  std::vector<std::string> bodies;
  for (const std::string& request : server.requests()) bodies.push_back(testing::BodyOf(request));
  EXPECT_EQ(bodies, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(Fetch, AnAnswerHasItsBounds) {
  const auto answer_of = [](const Reaction& reaction, std::size_t max_answer_bytes) {
    RawServer server([&](const std::string&) { return reaction; });
    Request request = To(server.url());
    request.max_answer_bytes = max_answer_bytes;
    return Client(kClear).Send(request);
  };
  const Reaction ten = Reaction::Answer(200, "0123456789");
  EXPECT_TRUE(Succeeds(answer_of(ten, 10)));
  EXPECT_TRUE(Fails(answer_of(ten, 9), Code::kTooLarge));
  std::string headers;
  for (int i = 0; i < 101; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_TRUE(Fails(answer_of(Reaction::Answer(200, "", headers), 10), Code::kTooLarge));
  const std::string long_one = "X-Long: " + std::string(70'000, 'x') + "\r\n";
  EXPECT_TRUE(Fails(answer_of(Reaction::Answer(200, "", long_one), 10), Code::kTooLarge));
}

TEST(Fetch, OnlyTheLastOfSeveralHeadsCounts) {
  RawServer server([](const std::string&) {
    Reaction reaction = Reaction::Answer(200, "ok", "X-Last: yes\r\n");
    reaction.bytes = "HTTP/1.1 100 Continue\r\nX-First: yes\r\n\r\n" + reaction.bytes;
    return reaction;
  });
  const Result<Answer> answer = Client(kClear).Send(To(server.url()));
  ASSERT_TRUE(Succeeds(answer));
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->Find("x-first"), "");
  EXPECT_EQ(answer->Find("x-last"), "yes");
}

}  // namespace
}  // namespace safeconduct::fetch
