// The gateway over HTTPS (gateway/fetch), requests signed as gateway/auth has it.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_CLIENT_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_CLIENT_H_

#include <memory>
#include <optional>
#include <string>

#include "gateway/fetch/fetch.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/work/clock.h"

namespace safeconduct::sms {

struct GatewayAddress {
  std::string url;  // https://host[:port], or http:// of an .onion address
  std::string scheme;
  std::string authority;  // in lower case, without the scheme's own port
};
// kMalformed (with the field "gateway"); kRejected for plain http to anything but an .onion.
Result<GatewayAddress> ParseGatewayAddress(const std::string& url);

class GatewayClient final : public Gateway {
 public:
  // `clock` must outlive it.
  GatewayClient(GatewayAddress address, const fetch::Settings& settings, const work::Clock& clock);

  Result<v1::CharterDocument> ReadCharter() override;
  Result<v1::SubmitReply> Submit(const v1::SubmitReport& report) override;
  Result<v1::Mailbox> ReadMailbox(const SigningKey& request_key, std::uint64_t after,
                                  std::chrono::milliseconds timeout) override;
  Result<v1::AppendEventReply> AppendToMailbox(const SigningKey& request_key,
                                               const v1::SignedEvent& event) override;
  Result<v1::AppendEventReply> AppendToCase(const SigningKey& request_key,
                                            const std::string& report_id,
                                            const v1::SignedEvent& event) override;
  Result<v1::Outbox> ReadOutbox(const SigningKey& request_key, std::chrono::seconds wait) override;
  std::int64_t Time() const override { return clock_.UnixSeconds() + offset_seconds_; }

 private:
  struct Call {
    std::string method = "GET";
    std::string target;
    ByteView body;
    const SigningKey* key = nullptr;
    std::chrono::milliseconds timeout = kPatience;
    std::string solution;  // of a challenge
  };
  Result<fetch::Answer> Once(const Call& call);
  // An answer of 2xx; solves a challenge, once, where one is asked for.
  Result<fetch::Answer> Send(Call call);
  template <typename Reply>
  Result<Reply> SendFor(Call call);
  Result<v1::AppendEventReply> Append(const std::string& target, const SigningKey& key,
                                      const v1::SignedEvent& event);
  std::optional<std::string> SolveAnyChallenge();

  const GatewayAddress address_;
  const work::Clock& clock_;
  fetch::Client http_;
  std::int64_t offset_seconds_ = 0;  // of the gateway's clock from this one
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_CLIENT_H_
