// Requests that a limit meets, and what is seen of it.
#ifndef SAFECONDUCT_TESTS_GATEWAY_HTTP_REFUSALS_H_
#define SAFECONDUCT_TESTS_GATEWAY_HTTP_REFUSALS_H_

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/gateway/http/test_server.h"

namespace safeconduct::http::test {

inline constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

inline std::string PostHead(std::size_t length, const std::string& headers = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "Content-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

// The answer of the server itself, and then the end.
inline void ExpectRefusal(Client& client, TestServer& server, int status) {
  Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.body, "{\"status\":" + std::to_string(status) + "}");
  EXPECT_EQ(answer.headers["connection"], "close");
  EXPECT_EQ(answer.headers.count("retry-after"), status == 503 ? 1u : 0u);
  EXPECT_EQ(client.ReadEnd(), End::kClosed);
  EXPECT_GE(server.counters().limit_answers[status], 1u);
}

inline Limits QuickToForget() {
  Limits limits;
  limits.linger_time = std::chrono::milliseconds(50);  // of clients that keep their side open
  return limits;
}

inline void ExpectNothingHeld(TestServer& server) {
  EXPECT_TRUE(Eventually([&] { return server.counters().connections_open == 0; }));
  EXPECT_EQ(server.counters().body_memory_in_use, 0u);
  EXPECT_EQ(server.counters().requests_in_flight, 0u);
}

}  // namespace safeconduct::http::test

#endif  // SAFECONDUCT_TESTS_GATEWAY_HTTP_REFUSALS_H_
