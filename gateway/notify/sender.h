// How a notification goes out: by mail or by a signed webhook, over gateway/fetch.
//
// Thread-safety: one thread at a time; Send blocks for at most kSendSeconds.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_SENDER_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_SENDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"
#include "gateway/fetch/mail.h"
#include "gateway/notify/message.h"
#include "gateway/notify/settings.h"

namespace safeconduct::notify {

inline constexpr std::int64_t kSendSeconds = 20;
inline constexpr std::size_t kMinSecretBytes = 32;  // of a webhook

// A holder and one way to reach him.
struct Recipient {
  RecipientSettings settings;
  SecretBytes secret;  // of the webhook

  bool by_mail() const { return !settings.mail.empty(); }
  // Unlike that of every other recipient.
  std::string name() const { return settings.label + " " + settings.mail + " " + settings.webhook; }
};

class Sender {
 public:
  virtual ~Sender() = default;
  // Ok when the other side has it. kUnavailable, kUnverified, kUnauthorized and kRejected as
  // fetch::SendMail and fetch::Client; kRejected also when a webhook answers with 4xx.
  virtual Status Send(const Recipient& recipient, const NoticeId& id, std::int64_t now) = 0;
};

class NetworkSender final : public Sender {
 public:
  // `address`: of the console.
  NetworkSender(fetch::MailServer server, std::string from, std::string address)
      : server_(std::move(server)), from_(std::move(from)), address_(std::move(address)) {}

  Status Send(const Recipient& recipient, const NoticeId& id, std::int64_t now) override;

 private:
  Status Mail(const Recipient& recipient, const NoticeId& id, std::int64_t now) const;
  Status Call(const Recipient& recipient, const NoticeId& id, std::int64_t now) const;

  const fetch::MailServer server_;
  const std::string from_;
  const std::string address_;
};

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_SENDER_H_
