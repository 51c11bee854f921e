// What every provider has to conclude from servers that do not answer.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_OUTBOUND_OUTCOMES_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_OUTBOUND_OUTCOMES_H_

#include <functional>
#include <string>

#include "gateway/sms/outbound/providers.h"
#include "tests/crypto/testing.h"
#include "tests/gateway/fetch/raw_server.h"

namespace safeconduct::sms {

using fetch::testing::RawServer;
using fetch::testing::Reaction;

inline constexpr std::string_view kToken = "00112233445566778899aabbccddeeff";

inline SecretBytes Secret(std::string_view text) { return SecretBytes::Copy(AsBytes(text)); }

inline SendResult SendBy(Provider& provider, std::string_view text = "Hello") {
  return provider.Send({"41791234567"}, "8844", text, kToken);
}

// `make` gives a provider of one second's patience for an http URL of that host and port.
using MakeFor = std::function<std::unique_ptr<Provider>(const std::string& authority)>;

inline void ExpectOutcomesWithoutAnswers(const MakeFor& make) {
  const auto by = [&](const Reaction& reaction) {
    RawServer server([&](const std::string&) { return reaction; });
    const auto provider = make("127.0.0.1:" + std::to_string(server.port()));
    const Sending state = SendBy(*provider).state;
    EXPECT_EQ(server.requests().size(), 1U);
    return state;
  };
  EXPECT_EQ(by(Reaction::HangUp()), Sending::kUnsure);
  EXPECT_EQ(by(Reaction::Silence()), Sending::kUnsure);
  EXPECT_EQ(by({"HTTP/1.1 202 Acc", Reaction::Then::kClose}), Sending::kUnsure);
  EXPECT_EQ(by({"HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nSent", Reaction::Then::kClose}),
            Sending::kUnsure);
  EXPECT_EQ(by(Reaction::Answer(202, std::string(70'000, 'x'))), Sending::kUnsure);
  EXPECT_EQ(by(Reaction::Answer(500, "")), Sending::kUnsure);
  EXPECT_EQ(by(Reaction::Answer(302, "", "Location: http://127.0.0.1:1/\r\n")), Sending::kUnsure);
  const std::string nobody = "127.0.0.1:" + std::to_string(fetch::testing::UnusedPort());
  EXPECT_EQ(SendBy(*make(nobody)).state, Sending::kLater);
  EXPECT_EQ(SendBy(*make("name.invalid")).state, Sending::kLater);
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_OUTBOUND_OUTCOMES_H_
