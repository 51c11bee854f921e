// A store with cases of the demo's charter, as a notifier looks at it.
#ifndef SAFECONDUCT_TESTS_GATEWAY_NOTIFY_STORED_OFFICE_H_
#define SAFECONDUCT_TESTS_GATEWAY_NOTIFY_STORED_OFFICE_H_

#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "gateway/notify/waiting.h"
#include "storage/memory/memory_store.h"
#include "tests/gateway/charter/demo_charter.h"
#include "tests/storage/reports.h"

namespace safeconduct::notify {

inline constexpr std::int64_t kDay = 86'400;
inline constexpr std::uint32_t kInterval = 3'600;
inline constexpr std::int64_t kToday = safeconduct::testing::kNow / kDay * kDay;

struct StoredOffice {
  explicit StoredOffice(bool quorum = false)
      : charter(safeconduct::testing::OpenCharterOf(
            quorum ? safeconduct::testing::QuorumCharter(people)
                   : safeconduct::testing::DemoCharter(people))) {}

  static std::string Key(const identity::Party& party) {
    return safeconduct::testing::KeyText(party, identity::Purpose::kEvent);
  }
  static std::int64_t Promised(std::int64_t accepted) {
    return (accepted + 3 * kInterval - 1) / kInterval * kInterval;
  }
  static void Must(const Status& status) {
    if (!status.ok()) std::abort();
  }

  // A report that was accepted then, of a record as `fill` makes it.
  storage::Report Add(std::int64_t accepted, const std::function<void(v1::StoredCase&)>& fill,
                      bool plain = false) {
    storage::Report report =
        plain ? storage::PlainReportAt(next, "mission") : storage::SealedReportAt(next, "mission");
    next += 2;
    report.record.set_received_day(accepted / kDay * kDay);
    report.leaf.record.set_promised_until(Promised(accepted));
    if (fill) fill(report.record);
    Must(storage::CommitOne(store, report));
    return report;
  }

  // An event that was accepted then, by that author.
  void Append(storage::Report& report, std::int64_t accepted, const std::string& author) {
    storage::CaseEvent event = storage::NextEvent(report.sequence, report.record, next++);
    v1::Event body;
    body.set_author(author);
    v1::SignedEvent signed_event;
    signed_event.set_event(body.SerializeAsString());
    const std::string bytes = signed_event.SerializeAsString();
    event.signed_event.assign(bytes.begin(), bytes.end());
    event.record = report.record;
    event.leaf.record.set_promised_until(Promised(accepted));
    Must(storage::CommitOne(store, event));
  }

  std::set<std::string> Waiting(std::int64_t window, std::uint32_t deadline_days = 3) const {
    const auto waiting = WaitingFor({store, *charter, window, kInterval, deadline_days});
    if (!waiting.ok()) std::abort();
    return *waiting;
  }

  safeconduct::testing::Office people;
  std::shared_ptr<const charter::OpenCharter> charter;
  storage::MemoryStore store;
  storage::Sequence next = 1;
};

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_TESTS_GATEWAY_NOTIFY_STORED_OFFICE_H_
