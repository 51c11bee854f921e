// How the parts of a long message are put together. Who calls keeps them, sealed, while they wait.
//
// Thread-safety: free function over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_

#include <cstdint>
#include <map>
#include <string>

namespace safeconduct::sms {

inline constexpr std::int64_t kMaxWaitSeconds = 600;

// The texts in the order of their indexes, from 1 to `count`, with "[…]" once for each gap; at most
// kMaxTextBytes. Indexes outside of that are left out.
std::string JoinParts(const std::map<std::uint32_t, std::string>& texts, std::uint32_t count);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_
