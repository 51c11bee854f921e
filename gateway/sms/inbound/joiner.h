// When the parts of a long message are put together. Decides only: who calls keeps the parts,
// sealed, under interface, sender, receiver and reference, and tells what there is.
//
// References are of one byte mostly and come round again, and nothing says which message a part
// belongs to but they. So a part that cannot belong to what waits begins another message.
//
// Thread-safety: values.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "gateway/sms/inbound/incoming.h"

namespace safeconduct::sms {

inline constexpr std::int64_t kMaxWaitSeconds = 600;

// Which parts of one message are there.
class WaitingParts {
 public:
  // Of the first that came, or that was found stored; the time is that of the first.
  WaitingParts(const Part& part, std::int64_t first_seconds);

  enum class Fit : std::uint8_t {
    kFits,
    // Another count, or a part that is there: the reference has come round. Join what is there as
    // it is, and begin anew with this part. A part that was sent again does not come so far: it has
    // the id of before.
    kOther,
  };
  Fit FitOf(const Part& part) const;
  // Of one that fits.
  void Add(const Part& part);

  enum class Action : std::uint8_t {
    kWait,  // until `due`
    kJoin,  // all are there, or the time is over
  };
  Action ActionAt(std::int64_t now) const;
  bool complete() const { return there_.count() == count_; }
  std::int64_t due() const { return first_seconds_ + kMaxWaitSeconds; }
  std::uint32_t count() const { return count_; }

 private:
  std::uint32_t count_;
  std::int64_t first_seconds_;
  std::bitset<256> there_;
};

// The texts in the order of their indexes, from 1 to `count`, with "[…]" once for each gap; at most
// kMaxTextBytes. Indexes outside of that are left out.
std::string JoinParts(const std::map<std::uint32_t, std::string>& texts, std::uint32_t count);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_JOINER_H_
