// Requests as the telephone side sends them.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_INBOUND_REQUESTS_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_INBOUND_REQUESTS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/sms/inbound/interfaces.h"
#include "tests/crypto/testing.h"

namespace safeconduct::sms {

inline constexpr std::int64_t kNow = 1'800'000'000;

inline http::Request Get(std::string target, std::vector<http::Header> headers = {}) {
  http::Request request;
  request.head.method = http::Method::kGet;
  request.head.target = std::move(target);
  request.head.headers = std::move(headers);
  return request;
}

inline http::Request Post(std::string target, std::string body,
                          std::vector<http::Header> headers = {}) {
  http::Request request = Get(std::move(target), std::move(headers));
  request.head.method = http::Method::kPost;
  request.body = std::move(body);
  return request;
}

inline SecretBytes Secret(std::string_view text) { return SecretBytes::Copy(AsBytes(text)); }

// The message that a request is; a failed test when it is none.
inline Incoming MessageOf(const Interface& interface, const http::Request& request,
                          std::int64_t now = kNow) {
  const Result<Arrived> arrived = interface.Read(request, now);
  EXPECT_TRUE(testing::Succeeds(arrived));
  if (!arrived.ok() || !std::holds_alternative<Incoming>(*arrived)) {
    ADD_FAILURE() << "no message";
    return {};
  }
  return std::get<Incoming>(*arrived);
}

inline DeliveryReport ReportOf(const Interface& interface, const http::Request& request,
                               std::int64_t now = kNow) {
  const Result<Arrived> arrived = interface.Read(request, now);
  EXPECT_TRUE(testing::Succeeds(arrived));
  if (!arrived.ok() || !std::holds_alternative<DeliveryReport>(*arrived)) {
    ADD_FAILURE() << "no report";
    return {};
  }
  return std::get<DeliveryReport>(*arrived);
}

inline bool IsNoNews(const Interface& interface, const http::Request& request) {
  const Result<Arrived> arrived = interface.Read(request, kNow);
  return arrived.ok() && std::holds_alternative<NoNews>(*arrived);
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_INBOUND_REQUESTS_H_
