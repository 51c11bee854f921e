// What a holder is told: that it is time to look in, and where. It says neither whether anything is
// there nor what: no case, status, kind, number or time, and no name of the office or its channels.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_MESSAGE_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_MESSAGE_H_

#include <cstdint>
#include <string>

#include "crypto/base/bytes.h"

namespace safeconduct::notify {

// The same for all attempts of one notification, so that one that arrives twice can be known.
using NoticeId = ByteArray<16>;

struct MailParts {
  std::string from;
  std::string to;
  std::string language;  // "en", "fr"
  std::string address;   // of the console
  NoticeId id{};
  std::int64_t now = 0;  // Unix seconds: for the Date header
};
// RFC 5322, lines ended by CR LF.
std::string MailText(const MailParts& parts);

// {"id":"…","type":"look-in","address":"https://…"}
std::string WebhookBody(const std::string& address, const NoticeId& id);

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_MESSAGE_H_
