// What an auditor holds against one another: the entries of the report log, what the gateway says
// they are, and the cases that it lists (design: "The log: nothing accepted can vanish"). Pure.
//
// What it gives: every entry is a report or an event of a listed case, a cover, or was erased by an
// event of its case that is in the log itself; and every listed report and event is in the log, or
// is still within its time. What it does not: that a report which never became an entry was not
// dropped; its promise proves that.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_OPENINGS_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_OPENINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/report/event.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::cli {

struct AuditedEvent {
  Hash hash{};
  std::uint64_t sequence = 0;
  std::int64_t time = 0;  // Unix seconds, by its author
  bool erases = false;
  std::optional<Hash> leaves = {};  // of an expiry: the root over those that went with it
};

// A case whose promise, chain or erasure was verified.
struct AuditedCase {
  std::string report_id;
  Hash report_hash{};
  report::Promise promise;           // for the report; of an erased case none
  bool erased = false;               // then `events` has the event that erased it, and no other
  std::vector<AuditedEvent> events;  // the whole chain
};

// kChannel: the openings and cases of one channel, of a log that has others too. kSomeChannels: all
// openings, of which those of cases of other channels say so by naming no case; a case that is
// wrongly said to be another channel's is for that one's auditor to miss.
enum class Scope : std::uint8_t { kEverything, kSomeChannels, kChannel };

struct Audit {
  Scope scope = Scope::kEverything;
  std::vector<Hash> entries;  // read before the openings, and those before the cases
  std::vector<v1::LogOpening> openings;
  std::vector<AuditedCase> cases;
  std::uint32_t interval_seconds = 0;  // of the log
  std::int64_t now = 0;                // Unix seconds
};

struct AuditResult {
  std::vector<std::string> alarms;  // a sentence each, without its full stop
  std::uint64_t reports = 0;        // entries that are one
  std::uint64_t events = 0;
  std::uint64_t covers = 0;
  std::uint64_t erased = 0;
  std::uint64_t elsewhere = 0;  // reports, events and erased entries of cases of other channels
  std::uint64_t waiting = 0;    // reports and events that still have time to get into the log
};

// Openings of entries past `entries` are of a later checkpoint, and left for the next audit.
AuditResult AuditLog(const Audit& audit);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_OPENINGS_H_
