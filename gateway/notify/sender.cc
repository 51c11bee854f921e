#include "gateway/notify/sender.h"

#include "gateway/auth/webhook.h"
#include "gateway/fetch/fetch.h"

namespace safeconduct::notify {

Status NetworkSender::Send(const Recipient& recipient, const NoticeId& id, std::int64_t now) {
  return recipient.by_mail() ? Mail(recipient, id, now) : Call(recipient, id, now);
}

Status NetworkSender::Mail(const Recipient& recipient, const NoticeId& id, std::int64_t now) const {
  const RecipientSettings& settings = recipient.settings;
  fetch::Mail mail;
  mail.from = from_;
  mail.to = settings.mail;
  mail.message = MailText({from_, settings.mail, settings.language, address_, id, now});
  mail.timeout = std::chrono::seconds(kSendSeconds);
  return fetch::SendMail(server_, mail);
}

Status NetworkSender::Call(const Recipient& recipient, const NoticeId& id, std::int64_t now) const {
  const std::string body = WebhookBody(address_, id);
  const std::string timestamp = std::to_string(now);
  fetch::Settings trust;
  trust.ca_file = recipient.settings.ca_file;
  fetch::Request request;
  request.method = "POST";
  request.url = recipient.settings.webhook;
  request.headers = {{"Content-Type", "application/json"},
                     {std::string(auth::kWebhookTimestamp), timestamp},
                     {std::string(auth::kWebhookSignature),
                      auth::WebhookSignature(recipient.secret.Reveal(), timestamp, body)}};
  request.body = AsBytes(body);
  request.timeout = std::chrono::seconds(kSendSeconds);
  SC_ASSIGN(const fetch::Answer answer, fetch::Client(trust).Send(request));
  if (answer.status >= 200 && answer.status < 300) return {};
  if (answer.status >= 400 && answer.status < 500) {
    return Error(Code::kRejected, "the webhook refused the notification");
  }
  return Error(Code::kUnavailable, "the webhook did not take the notification");
}

}  // namespace safeconduct::notify
