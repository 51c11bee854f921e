#include "gateway/sms/inbound/joiner.h"

#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/text/decode.h"

namespace safeconduct::sms {

std::string JoinParts(const std::map<std::uint32_t, std::string>& texts, std::uint32_t count) {
  std::string out;
  std::uint32_t next = 1;
  for (const auto& [index, text] : texts) {
    if (index < 1 || index > count) continue;
    if (index != next) out += kOmission;
    out += text;
    next = index + 1;
  }
  if (next <= count) out += kOmission;
  return Bounded(std::move(out), kMaxTextBytes);
}

}  // namespace safeconduct::sms
