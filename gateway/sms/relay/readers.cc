#include "gateway/sms/relay/readers.h"

#include <utility>

#include "gateway/sms/relay/case_event.h"
#include "gateway/sms/relay/sealing.h"

namespace safeconduct::sms {
namespace {

constexpr std::chrono::milliseconds kTimeout{2'000};
constexpr std::int64_t kAwaySeconds = 10;
constexpr std::size_t kMostIdle = 16;

}  // namespace

Readers::Conversation Readers::Of(const ThreadKeys& thread, const Hash& report_hash,
                                  std::string_view channel, const charter::OpenCharter& charter) {
  const charter::ChannelInfo* const info = charter.FindChannel(channel);
  if (info == nullptr) return {};
  const std::int64_t now = context_.clock.UnixSeconds();
  if (now >= away_until_) {
    std::unique_ptr<Gateway> gateway = Borrow();
    const Result<v1::Mailbox> mailbox =
        gateway->ReadMailbox(thread.request_key, Gateway::kNoEvents, kTimeout);
    const std::int64_t gateway_time = gateway->Time();
    GiveBack(std::move(gateway));
    if (mailbox.ok() && mailbox->report_hash() == AsText(report_hash)) {
      Conversation found{ReadersBy(*mailbox, report_hash, *info, charter, gateway_time), {}};
      const Result<report::Head> head = HeadOf(*mailbox, report_hash);
      if (head.ok()) found.head = *head;
      return found;
    }
    // Where there is no mailbox yet, the report is still under way.
    if (!mailbox.ok() && IsAway(mailbox.error())) away_until_ = now + kAwaySeconds;
  }
  return {report::ConversationReaders(*info, charter, {}), {}};
}

std::unique_ptr<Gateway> Readers::Borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Gateway> gateway = std::move(idle_.back());
      idle_.pop_back();
      return gateway;
    }
  }
  return make_();
}

void Readers::GiveBack(std::unique_ptr<Gateway> gateway) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(gateway));
}

}  // namespace safeconduct::sms
