// The gateway, as a relay uses it: API v1 in words of its own.
//
// Not thread-safe: one for each thread.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/base/ed25519.h"
#include "crypto/base/result.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::sms {

// Errors of all calls. What an answer says is not checked but for its form.
//   kUnavailable  no answer came: the gateway may have what was sent
//   kBusy         it says later (429, 502, 503, 504, 507): it does not have it
//   kInternal     it has a problem of its own with this request (other 5xx)
//   kConflict     something else came first; with the field "charter_version" the charter is new
//   kNotFound, kUnauthorized, kRejected   it refuses, and will again
//   kMalformed    an answer that cannot be understood
class Gateway {
 public:
  virtual ~Gateway() = default;

  virtual Result<v1::CharterDocument> ReadCharter() = 0;
  // The same report again gets the same answer.
  virtual Result<v1::SubmitReply> Submit(const v1::SubmitReport& report) = 0;
  // With the events after number `after`, as many as fit into one answer.
  static constexpr std::uint64_t kNoEvents = std::numeric_limits<std::uint32_t>::max();
  virtual Result<v1::Mailbox> ReadMailbox(const SigningKey& request_key, std::uint64_t after,
                                          std::chrono::milliseconds timeout) = 0;
  // The same event again gets the same answer.
  virtual Result<v1::AppendEventReply> AppendToMailbox(const SigningKey& request_key,
                                                       const v1::SignedEvent& event) = 0;
  virtual Result<v1::AppendEventReply> AppendToCase(const SigningKey& request_key,
                                                    const std::string& report_id,
                                                    const v1::SignedEvent& event) = 0;
  // Waits for something to be there.
  virtual Result<v1::Outbox> ReadOutbox(const SigningKey& request_key,
                                        std::chrono::seconds wait) = 0;
  // Unix seconds by the gateway's clock, as far as it was heard.
  virtual std::int64_t Time() const = 0;
};

using MakeGateway = std::function<std::unique_ptr<Gateway>()>;

inline constexpr std::chrono::milliseconds kPatience{30'000};

// The gateway as a whole does not answer, as opposed to: not this request.
inline bool IsAway(const Error& error) {
  return error.code() == Code::kUnavailable || error.code() == Code::kBusy;
}
inline bool IsNewCharter(const Error& error) {
  return error.code() == Code::kConflict && std::string_view(error.field()) == "charter_version";
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_GATEWAY_H_
