// What reporters and holders share: events made and read, messages in them, promises for them.
#ifndef SAFECONDUCT_GATEWAY_CLI_CONVERSATION_H_
#define SAFECONDUCT_GATEWAY_CLI_CONVERSATION_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/json.h"
#include "gateway/cli/output.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::cli {

// One event as it is shown.
struct Entry {
  std::uint64_t sequence = 0;
  std::int64_t time = 0;  // Unix seconds
  std::string author;     // "reporter", a label of the charter, or a text that says it is unknown
  std::string organisation;  // of an author who is a holder
  bool author_known = false;
  std::string kind;     // message, status, assignment, …: as the event's body is called
  std::string did;      // what the author did, in words that follow the author's name
  int status = 0;       // of a change of status, else 0
  bool sealed = false;  // whether it has content that was sealed
  std::optional<std::string> text;  // of that, if it could be opened
};

// Who reads the events of a case, and what is known of it.
struct Reading {
  const charter::OpenCharter& charter;
  const identity::Party& party;
  const Hash& report_hash;
  const PublicKey& reporter_event_key;
  const v1::ReporterKeys* reporter = nullptr;  // as an opened compartment gave them
  const report::Checked* report = nullptr;     // none for a reporter and an auditor
};

// Opens what can be opened of events that were verified already, also by what they grant.
Outcome<std::vector<Entry>> ReadEntries(const std::vector<report::CheckedEvent>& events,
                                        const Reading& reading);

void PrintEntries(Output& out, const std::vector<Entry>& entries);
JsonArray EntriesJson(const std::vector<Entry>& entries);

// The place, author and time of a next event; the caller adds the body.
v1::Event NextEvent(const Hash& report_hash, const report::Head& head, const PublicKey& author,
                    std::uint64_t charter_version, std::int64_t gateway_time);

// That the gateway promised `event` its place in the log. kUnverified.
Done CheckEventReply(const v1::AppendEventReply& reply, const v1::SignedEvent& event,
                     const charter::OpenCharter& charter);

// Calls `append` again, a few times, while somebody else's event comes first (409).
Done AppendInTurn(const std::function<Done()>& append);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CONVERSATION_H_
