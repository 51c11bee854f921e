// Whom something waits for, by the stored cases. Looked at alone is what was there before the
// window began, so that the moment of a notification says nothing of that of a report.
//
//   a case that nobody acknowledged                the channel's intake; of a plain report, whom
//                                                  the channel names as its plain recipients
//   a message of the reporter that nobody followed those to whom the case is assigned, else intake
//   a deadline that is near or over                the same
//   a release that is asked for                    trustees who have not answered
//
// Nobody who is excluded from a case; nothing of cases that are closed, dismissed or erased.
// Whether somebody is in danger is sealed, so the usual deadlines count.
//
// Thread-safety: a free function; blocks on the disk. Memory: one page of cases.
#ifndef SAFECONDUCT_GATEWAY_NOTIFY_WAITING_H_
#define SAFECONDUCT_GATEWAY_NOTIFY_WAITING_H_

#include <cstdint>
#include <set>
#include <string>

#include "crypto/base/result.h"
#include "gateway/charter/charter.h"
#include "storage/envelope_store.h"

namespace safeconduct::notify {

struct Look {
  const storage::EnvelopeStore& store;
  const charter::OpenCharter& charter;
  std::int64_t window = 0;          // Unix seconds of its beginning
  std::uint32_t log_interval = 0;   // seconds, of the log in use: promises tell when it was
  std::uint32_t deadline_days = 0;  // before a deadline, from which on it is near
};

// Labels of holders. Errors as the store's; a record that cannot be read is passed over.
Result<std::set<std::string>> WaitingFor(const Look& look);

}  // namespace safeconduct::notify

#endif  // SAFECONDUCT_GATEWAY_NOTIFY_WAITING_H_
