#include "gateway/sms/inbound/joiner.h"

#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/text/decode.h"

namespace safeconduct::sms {

WaitingParts::WaitingParts(const Part& part, std::int64_t first_seconds)
    : count_(part.count), first_seconds_(first_seconds) {
  Add(part);
}

WaitingParts::Fit WaitingParts::FitOf(const Part& part) const {
  if (part.count != count_ || part.index < 1 || part.index > count_) return Fit::kOther;
  return part.index < there_.size() && there_[part.index] ? Fit::kOther : Fit::kFits;
}

void WaitingParts::Add(const Part& part) {
  if (part.index < there_.size()) there_.set(part.index);
}

WaitingParts::Action WaitingParts::ActionAt(std::int64_t now) const {
  return complete() || now >= due() ? Action::kJoin : Action::kWait;
}

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
