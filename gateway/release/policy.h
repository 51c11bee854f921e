// What events do to a case, and who may do it (design: "What a holder does becomes an event").
// Pure: over the event, the case as it is and the charter in force. The gateway applies an event
// before it stores it; whoever has the events can do the same again.
//
//   author          message  status  assign  exclude  grant  revoke   record  link  dismiss  hold
//   the reporter    yes (1)
//   intake          yes (1)  yes     yes     yes      (2)    yes      yes     yes   yes      yes
//   assigned        yes (1)  yes (4)                  (2)    (3)      yes     yes
//   support                                           (2)    (3)      yes
//   granted                                           (2)    (3)      yes
//   trustee                                                  (3)
//   auditor                                  yes                                             yes
//
//   author          request  approve, refuse, hand over  consent  erase  delivery  expiry
//   the reporter                                         yes (1)
//   intake          yes                                           (5)
//   assigned        yes
//   trustee                  yes (6)
//   auditor                                                       (5)
//   relay                                                                (7)
//   the log in use                                                                 (8)
//   everybody else
//
// A record is a note, custody or measures. (1) not in a case from a plain report, which has no
// mailbox; (2) what the channel's policy seals to the author, to those who may work on cases of the
// channel: what was granted is not granted on; and what a quorum released to the author, to
// himself; (3) what the author granted, or has; trustees, what was released; with it go requests
// for it; (4) investigators; (5) closed or dismissed cases without a hold, and not by who closed or
// dismissed them; (6) nobody approves what he asked for; (7) the one that the manifest names, of an
// answer that waits, and nothing else; (8) cases that are closed, not held, and past their
// channel's retention, by the charter in force. Whoever is excluded does nothing, and neither does
// one who lost the post in a newer charter. To an erased case nothing is added.
//
// In a case of a reporter by SMS every message of a holder is an answer that waits, from the moment
// it was stored until its relay has said how it ended:
//
//   state         sent   delivered, failed, unsure   stopped
//   nothing yet   sent   ended                       ended
//   sent                 ended
//
// Where kMaxAnswers wait, the oldest that was sent makes room; while none was sent, nothing more is
// taken.
//
// A part that was asked for is released when trustees of the channel gave shares of it: as many as
// the report's quorum and the charter's demand, of as many organisations as the charter demands.
//
// A case is closed since the day on which the gateway took the event that closed it, or the event's
// own if that is later, until it has another status. One that was closed before such days were kept
// does not expire until it is closed once more.
//
// What it does not decide: who was assigned by whom outside of this system, whether a granted
// header is of the original's file key (the grantee's client does), what the sealed records say.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_RELEASE_POLICY_H_
#define SAFECONDUCT_GATEWAY_RELEASE_POLICY_H_

#include <cstddef>
#include <cstdint>

#include "gateway/charter/charter.h"
#include "gateway/report/event.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::release {

inline constexpr int kMaxAccess = 1'024;  // of one case, grants by holder and compartment
inline constexpr int kMaxNamed = 64;      // of one case: assigned, excluded, links, requests, each
inline constexpr int kMaxAnswers = 64;    // of one case: those of which a relay has more to say

// Requests of the case that wait: for the answer of this holder, who is a trustee, or else for that
// of any.
std::size_t WaitingRequests(const v1::Holder& holder, const v1::StoredCase& record,
                            const charter::OpenCharter& charter, std::int64_t now);

// The day, Unix seconds, on which the case expires by the charter; 0 for one that does not: it is
// open, held or erased, its channel keeps what is closed, or nothing says when it was closed.
std::int64_t ExpiresDay(const v1::StoredCase& record, const charter::OpenCharter& charter);

// The case after the event, which must be the next of its chain; `now` in Unix seconds.
// kUnauthorized for an author who has nothing to do with the case; kRejected when the author or the
// case's state does not allow it, kTooLarge beyond the numbers above; kConflict when it does not
// follow the newest event, or was made under another version of the charter. Each names its field.
Result<v1::StoredCase> Apply(const report::CheckedEvent& event, const v1::StoredCase& record,
                             const charter::OpenCharter& charter, std::int64_t now);

}  // namespace safeconduct::release

#endif  // SAFECONDUCT_GATEWAY_RELEASE_POLICY_H_
