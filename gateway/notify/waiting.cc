#include "gateway/notify/waiting.h"

#include <algorithm>

#include "gateway/release/access.h"
#include "gateway/release/policy.h"
#include "gateway/report/deadlines.h"
#include "gateway/report/event.h"
#include "gateway/work/clock.h"
#include "proto/parse.h"

namespace safeconduct::notify {
namespace {

constexpr std::size_t kPageCases = 256;

using Holders = std::vector<const v1::Holder*>;

class Looking {
 public:
  explicit Looking(const Look& look) : look_(look) {}

  Status LookAt(const charter::ChannelInfo& channel) {
    storage::Sequence before = 0;
    while (true) {
      SC_ASSIGN(const std::vector<storage::CaseRef> page,
                look_.store.ListCases(channel.channel->id(), before, kPageCases));
      for (const storage::CaseRef& ref : page) LookAt(ref, channel);
      if (page.size() < kPageCases) return {};
      before = page.back().sequence;
    }
  }

  std::set<std::string> Take() && { return std::move(labels_); }

 private:
  void LookAt(const storage::CaseRef& ref, const charter::ChannelInfo& channel) {
    const v1::StoredCase& record = ref.record;
    const report::Standing standing = report::StandingOf(record);
    if (standing.settled || !WasThere(record)) return;
    const bool plain = release::IsPlain(record);
    if (record.status() == v1::CASE_STATUS_RECEIVED) {
      Add(plain ? channel.plain_recipients : channel.intake, record);
    }
    if (IsNear(standing, *channel.channel) || ReporterWroteLast(ref)) {
      Add(WhoWorks(record, channel), record);
    }
    AddTrustees(ref, channel);
  }

  // Accepted before the window began. A leaf is promised two intervals after that, rounded up.
  bool WasBefore(const v1::StoredLeaf& leaf) const {
    return leaf.promised_until() - 2 * std::int64_t{look_.log_interval} <= look_.window;
  }
  bool WasThere(const v1::StoredCase& record) const {
    if (record.received_day() + work::kDaySeconds <= look_.window) return true;
    const Result<storage::Leaf> leaf = look_.store.FindLeaf(record.leaf());
    return leaf.ok() && WasBefore(leaf->record);
  }

  bool IsNear(const report::Standing& standing, const v1::Channel& channel) const {
    const auto due =
        report::DueOf(standing, channel.deadlines(), report::Urgency::kUsual, look_.window);
    return !due.empty() && due.front().days_left <= std::int64_t{look_.deadline_days};
  }

  bool ReporterWroteLast(const storage::CaseRef& ref) const {
    if (ref.record.events() == 0 || ref.record.event_key().empty()) return false;
    const auto events = look_.store.Events(ref.sequence, ref.record.events(), 1);
    if (!events.ok() || events->empty() || !WasBefore(events->front().leaf.record)) return false;
    const auto signed_event = proto::ParseTolerant<v1::SignedEvent>(events->front().signed_event,
                                                                    2 * report::kMaxEventBytes);
    if (!signed_event.ok()) return false;
    const auto event =
        proto::ParseTolerant<v1::Event>(AsBytes(signed_event->event()), report::kMaxEventBytes);
    return event.ok() && event->author() == ref.record.event_key();
  }

  // Those to whom it is assigned and who are not excluded; else intake.
  Holders WhoWorks(const v1::StoredCase& record, const charter::ChannelInfo& channel) const {
    Holders out;
    for (const v1::Holder& holder : look_.charter.message().holders()) {
      if (release::IsAssigned(holder, record) && !release::IsExcluded(holder, record)) {
        out.push_back(&holder);
      }
    }
    return out.empty() ? channel.intake : out;
  }

  void AddTrustees(const storage::CaseRef& ref, const charter::ChannelInfo& channel) {
    if (ref.record.requests().empty()) return;
    v1::StoredCase then = ref.record;
    then.clear_requests();
    for (const v1::StoredRequest& request : ref.record.requests()) {
      const auto event = look_.store.Events(ref.sequence, request.event(), 1);
      if (event.ok() && !event->empty() && WasBefore(event->front().leaf.record)) {
        *then.add_requests() = request;
      }
    }
    for (const v1::Holder* const holder : channel.trustees) {
      const bool waits = release::Approves(*holder, then, channel) &&
                         release::WaitingRequests(*holder, then, look_.charter, look_.window) > 0;
      if (waits) Add({holder}, then);
    }
  }

  void Add(const Holders& holders, const v1::StoredCase& record) {
    for (const v1::Holder* const holder : holders) {
      if (!release::IsExcluded(*holder, record)) labels_.insert(holder->label());
    }
  }

  const Look& look_;
  std::set<std::string> labels_;
};

}  // namespace

Result<std::set<std::string>> WaitingFor(const Look& look) {
  Looking looking(look);
  for (const charter::ChannelInfo& channel : look.charter.channels()) {
    SC_TRY(looking.LookAt(channel));
  }
  return std::move(looking).Take();
}

}  // namespace safeconduct::notify
