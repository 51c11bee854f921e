#include "gateway/sms/inbound/limits.h"

#include <algorithm>

#include "crypto/base/hash.h"

namespace safeconduct::sms {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

}  // namespace

Limits::Limits(const LimitSettings& settings) : settings_(settings) {}

// Begins anew when the span is over.
bool Limits::Window::Full(std::int64_t now, std::int64_t seconds, std::uint32_t limit) {
  if (count == 0 || now >= begin + seconds) {
    begin = now;
    count = 0;
  }
  return count >= limit;
}

Limits::Entry& Limits::EntryOf(const Number& number, std::int64_t now) {
  while (!oldest_.empty() && now >= oldest_.front().first + kDay) {
    entries_.erase(oldest_.front().second);
    oldest_.pop_front();
  }
  const ByteArray<32> mac = HmacSha256(key_.Reveal(), AsBytes(number.digits));
  Key key;
  std::copy_n(mac.begin(), key.size(), key.begin());
  const auto found = entries_.find(key);
  if (found != entries_.end()) return found->second;
  if (!oldest_.empty() && oldest_.size() >= settings_.numbers) {
    entries_.erase(oldest_.front().second);
    oldest_.pop_front();
    ++counters_.forgotten;
  }
  oldest_.emplace_back(now, key);
  return entries_[key];
}

Admission Limits::Admit(const Number& from, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  // First what is cheap, and remembers nothing of anyone.
  if (minute_.Full(now, kMinute, settings_.per_minute)) {
    ++counters_.refused_all;
    return Admission::kAll;
  }
  Entry& entry = EntryOf(from, now);
  if (entry.day_count >= settings_.per_number_day) {
    ++counters_.refused_number_day;
    return Admission::kNumberDay;
  }
  if (entry.hour.Full(now, kHour, settings_.per_number_hour)) {
    ++counters_.refused_number_hour;
    return Admission::kNumberHour;
  }
  ++minute_.count;
  ++entry.day_count;
  ++entry.hour.count;
  ++counters_.taken;
  return Admission::kTaken;
}

bool Limits::MayReply(const Number& to, Phrase phrase, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = EntryOf(to, now);
  bool& said = entry.said[static_cast<std::size_t>(phrase)];
  if (said) return false;
  if (replies_.Full(now, kDay, settings_.replies_per_day)) {
    ++counters_.replies_refused;
    return false;
  }
  said = true;
  ++replies_.count;
  ++counters_.replies;
  return true;
}

LimitCounters Limits::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace safeconduct::sms
