// What happened since the start, for metrics. No figure is about one person.
//
// Thread-safety: any thread.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_COUNTERS_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace safeconduct::sms {

using Count = std::atomic<std::uint64_t>;

struct Counters {
  Count taken{0};       // messages that are safe, a long one once
  Count parts{0};       // of long messages
  Count incomplete{0};  // long messages passed on without some parts, which did not come in time
  Count keywords{0};    // STOP and its like
  Count duplicates{0};  // that came before
  Count unroutable{0};  // sent to a number that is no channel's
  Count not_kept{0};    // no space, no charter: the telephone side was told to send again
  Count sent_on{0};     // that the gateway has on disk
  Count rejected{0};    // that the gateway refuses for good, by each try
  Count lost{0};        // that could not be signed any more, since their epoch ended first

  Count replies{0};  // of the relay's own, given to the telephone side
  Count replies_failed{0};
  Count answers{0};  // that came from the gateway
  Count answers_sent{0};
  Count answers_delivered{0};
  Count answers_failed{0};
  Count answers_unsure{0};
  Count answers_stopped{0};

  Count gateway_failures{0};  // requests without an answer, or with one that says later
  Count store_failures{0};
};

// The present ones.
struct Gauges {
  std::uint64_t queued = 0;  // waiting for the gateway
  std::uint64_t queued_bytes = 0;
  std::uint64_t outgoing = 0;  // SMS that wait to be sent, or whose fate is to be reported
  std::uint64_t epochs = 0;
  std::uint64_t charter_version = 0;  // 0: none is known
  bool gateway_reachable = false;     // by the last try
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_COUNTERS_H_
