// Requests that break the grammar, or that two readers could take for two different things.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {
namespace {

constexpr char kGet[] = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";

struct Malformed {
  const char* name;
  std::string request;
  int status;
};

std::vector<Malformed> MalformedRequests() {
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  std::string trailers;
  for (int i = 0; i < 101; ++i) trailers += "A: b\r\n";
  return {
      {"length and coding",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400},
      {"the same length twice", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", 400},
      {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nabcde", 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"length with a sign", post + "Content-Length: +5\r\n\r\nabcde", 400},
      {"hexadecimal length", post + "Content-Length: 0x5\r\n\r\nabcde", 400},
      {"empty length", post + "Content-Length:\r\n\r\n", 400},
      {"length beyond 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {"coding twice",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"two codings", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"chunked is not last", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
      {"unknown coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"coding in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"space before the colon", post + "Content-Length : 5\r\n\r\nabcde", 400},
      {"folded line", post + "X: a\r\n b\r\n\r\n", 400},
      {"folded line with a tab", post + "X: a\r\n\tb\r\n\r\n", 400},
      {"folded empty line", post + "X:\r\n b\r\n\r\n", 400},
      {"folded coding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400},
      {"folding before the first header", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"bare line feed in a value", post + "X: a\nContent-Length: 5\r\n\r\nabcde", 400},
      {"bare carriage return in a value", post + "X: a\rb\r\n\r\n", 400},
      {"zero byte in a value", post + std::string("X: a\0b\r\n\r\n", 11), 400},
      {"zero byte in a name", post + std::string("X\0: ab\r\n\r\n", 11), 400},
      {"empty name", post + ": a\r\n\r\n", 400},
      {"no colon", post + "nothing\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"two hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"host with a slash", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"absolute target", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"authority target", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"asterisk target", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"no version", "GET /\r\nHost: h\r\n\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400},
      {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"lower-case http", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"bad method", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"bad Connection", "GET / HTTP/1.1\r\nHost: h\r\nConnection: ,;\r\n\r\n", 400},
      {"unknown expectation", post + "Expect: 200-maybe\r\nContent-Length: 1\r\n\r\n", 417},
      {"101 headers", many + "\r\n", 431},
      {"chunk size is no number", chunked + "x\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size with 0x", chunked + "0x3\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size with a sign", chunked + "+3\r\nabc\r\n0\r\n\r\n", 400},
      {"negative chunk size", chunked + "-1\r\nabc\r\n0\r\n\r\n", 400},
      {"empty chunk size", chunked + "\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size beyond 64 bits", chunked + "10000000000000000\r\n", 400},
      {"chunk larger than it says", chunked + "3\r\nabcd\r\n0\r\n\r\n", 400},
      {"chunk smaller than it says", chunked + "5\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk ends in a line feed", chunked + "3\nabc\n0\n\n", 400},
      {"bad chunk extension", chunked + "3;=\r\nabc\r\n0\r\n\r\n", 400},
      {"endless chunk extension", chunked + "3;" + std::string(8000, 'a'), 400},
      {"length in a trailer", chunked + "3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n", 400},
      {"coding in a trailer", chunked + "3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"101 trailers", chunked + "3\r\nabc\r\n0\r\n" + trailers + "\r\n", 431},
      {"endless trailer", chunked + "3\r\nabc\r\n0\r\nA: " + std::string(8000, 'b'), 400},
  };
}

TEST(MalformedRequest, RefusesWhatIsMalformedAndCloses) {
  TestServer server;
  for (const Malformed& malformed : MalformedRequests()) {
    SCOPED_TRACE(malformed.name);
    const std::size_t handled = server.handler().handled().size();
    Client client = server.Plain();
    // What follows would be the smuggled request.
    ASSERT_TRUE(client.Send(malformed.request + kGet));
    Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, malformed.status);
    EXPECT_EQ(answer.headers["connection"], "close");
    std::string rest;
    EXPECT_EQ(client.ReadEnd(&rest), End::kClosed);
    EXPECT_EQ(rest, "");
    EXPECT_EQ(server.handler().handled().size(), handled);
  }
  EXPECT_TRUE(server.Serves());
}

TEST(MalformedRequest, RefusesTheSameByteByByteUnderTls) {
  TestServer server;
  for (const Malformed& malformed : MalformedRequests()) {
    if (malformed.request.size() > 400) continue;
    SCOPED_TRACE(malformed.name);
    Client client = server.Tls();
    client.SendSlowly(malformed.request);
    if (malformed.status == 400 && malformed.request.find("Expect") == std::string::npos) {
      client.SendSlowly("\r\n\r\n");
    }
    EXPECT_EQ(client.ReadAnswer().status, malformed.status);
  }
  EXPECT_TRUE(server.handler().handled().empty());
}

TEST(MalformedRequest, StopsAtASmuggledRequestBehindGoodOnes) {
  TestServer server;
  Client client = server.Tls();
  ASSERT_TRUE(client.Send(std::string(kGet) + kGet +
                          "POST /bad HTTP/1.1\r\nHost: h\r\nContent-Length: 44\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                          "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(client.ReadAnswer().status, 400);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_EQ(server.handler().handled(), (std::vector<std::string>{"/good", "/good"}));
}

}  // namespace
}  // namespace safeconduct::http::test
