// Sending through Kannel's sendsms interface, by POST, so that neither number nor text stand in a
// URL. What an answer means is taken from smsbox.c and bb_boxc.c of version 1.4.5:
//
//   202                              taken: routed, or queued for a line that is down
//   503 "Temporal failure, …"        later: bearerbox's queue is full or it is shutting down, and
//   it
//                                    has deleted the message from its store
//   400, 403, 404, 405, 415          refused: settings, or a number that no line takes
//   all else, and no answer          unsure
#ifndef SAFECONDUCT_GATEWAY_SMS_OUTBOUND_KANNEL_H_
#define SAFECONDUCT_GATEWAY_SMS_OUTBOUND_KANNEL_H_

#include <string>
#include <string_view>

#include "gateway/fetch/fetch.h"
#include "gateway/sms/outbound/providers.h"

namespace safeconduct::sms {

class KannelProvider final : public Provider {
 public:
  static Result<std::unique_ptr<Provider>> Make(KannelSendSettings settings);
  SendResult Send(const Number& to, std::string_view from, std::string_view text,
                  std::string_view token) override;

 private:
  explicit KannelProvider(KannelSendSettings settings);
  fetch::Request MakeRequest(const Number& to, std::string_view from, std::string_view text,
                             std::string_view token) const;

  const KannelSendSettings settings_;
  fetch::Client client_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_OUTBOUND_KANNEL_H_
