// safeconduct log audit: the report log against what the gateway says is in it.
#include <set>

#include "crypto/base/encoding.h"
#include "gateway/cli/case_file.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/gateway_log.h"
#include "gateway/cli/log_openings.h"
#include "gateway/report/expiry.h"

namespace safeconduct::cli {
namespace {

Outcome<std::vector<v1::LogOpening>> ReadAllOpenings(GatewayApi& gateway, const SigningKey& key,
                                                     const std::string& channel) {
  std::vector<v1::LogOpening> openings;
  std::string after;
  std::set<std::string> pages;
  do {
    SC_ASSIGN(v1::LogOpenings page, gateway.ReadOpenings(key, channel, after));
    for (v1::LogOpening& each : *page.mutable_openings()) openings.push_back(std::move(each));
    after = page.next();
    if (!after.empty() && !pages.insert(after).second) {
      return UnverifiedFailure("The gateway's list of openings never ends");
    }
  } while (!after.empty());
  return openings;
}

Outcome<std::vector<std::string>> ReadCaseIds(GatewayApi& gateway, const SigningKey& key,
                                              const std::string& channel) {
  std::vector<std::string> ids;
  std::string after;
  std::set<std::string> pages;
  do {
    SC_ASSIGN(const v1::CaseList page, gateway.ListCases(key, channel, after));
    for (const v1::CaseSummary& summary : page.cases()) ids.push_back(summary.report_id());
    after = page.next();
    if (!after.empty() && !pages.insert(after).second) {
      return UnverifiedFailure("The gateway's list of cases never ends");
    }
  } while (!after.empty());
  return ids;
}

// With its promise, chain or erasure verified, as for everything that is shown of a case.
Outcome<AuditedCase> ReadAuditedCase(Context& context, const std::string& id) {
  SC_ASSIGN(const OpenedCase opened, FetchCase(context, id));
  AuditedCase out;
  out.report_id = opened.file.id;
  out.report_hash = opened.file.report_hash;
  out.erased = opened.file.erased();
  if (!out.erased) {
    SC_ASSIGN(out.promise,
              ExplainAs(Exit::kUnverified,
                        report::VerifyPromise(opened.file.view.promise(), report::LeafKind::kReport,
                                              out.report_hash, opened.charter.charter->logs()),
                        "The promise for the report does not verify"));
  }
  for (const report::CheckedEvent& event : opened.file.events) {
    AuditedEvent& added = out.events.emplace_back();
    added = {event.hash, event.event.sequence(), event.event.time(), report::Erases(event.event),
             std::nullopt};
    if (event.event.has_expiry()) {
      added.leaves = ToArray<sizeof(Hash)>(AsBytes(event.event.expiry().leaves()));
    }
  }
  return out;
}

struct Audited {
  AuditResult result;
  std::size_t entries = 0;
  std::size_t cases = 0;
  std::string note;
};

Scope ScopeOf(const Office& office, const std::string& channel) {
  if (!channel.empty()) return Scope::kChannel;
  return office.holder.entry->channels().empty() ? Scope::kEverything : Scope::kSomeChannels;
}

// In this order, what came meanwhile is newer than the entries, and waits.
Outcome<Audited> AuditOnce(Context& context, const std::string& channel) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  const charter::OpenCharter& charter = *office->charter.charter;
  const SigningKey& key = office->holder.request_key;
  Audit audit;
  audit.scope = ScopeOf(*office, channel);
  audit.interval_seconds = charter.message().logs(0).interval_seconds();
  // Before the checkpoint: what had to be in the log by then, has to be under it.
  audit.now = std::max(context.Now(), gateway->GatewayTime());
  GatewayLog log(*gateway, kReportLog);
  SC_ASSIGN(MirroredLog mirrored, MirrorReportLog(log, charter.log(), context.Now()));
  audit.entries = std::move(mirrored.entries);
  SC_ASSIGN(audit.openings, ReadAllOpenings(*gateway, key, channel));
  SC_ASSIGN(const std::vector<std::string> ids, ReadCaseIds(*gateway, key, channel));
  std::vector<std::string> unreadable;
  for (const std::string& id : ids) {
    Outcome<AuditedCase> read = ReadAuditedCase(context, id);
    if (read.ok()) {
      audit.cases.push_back(*std::move(read));
    } else if (read.error().exit == Exit::kNetwork || read.error().exit == Exit::kKey) {
      return read.error();
    } else {
      unreadable.push_back("Case " + id + ": " + read.error().message);
    }
    context.out().Progress("Reading the cases", audit.cases.size(), ids.size());
  }
  context.out().EndProgress();
  Audited audited{AuditLog(audit), audit.entries.size(), ids.size(), mirrored.note};
  for (std::string& each : unreadable) audited.result.alarms.push_back(std::move(each));
  return audited;
}

void Print(Output& out, const Audited& audited) {
  const AuditResult& result = audited.result;
  JsonObject json;
  json.AddNumber("entries", audited.entries);
  json.AddNumber("cases", audited.cases);
  json.AddNumber("reports", result.reports);
  json.AddNumber("events", result.events);
  json.AddNumber("covers", result.covers);
  json.AddNumber("erased", result.erased);
  json.AddNumber("elsewhere", result.elsewhere);
  json.AddNumber("waiting", result.waiting);
  JsonArray alarms;
  for (const std::string& alarm : result.alarms) alarms.Add(alarm);
  json.Add("alarms", alarms);
  json.Add("checkpoint", audited.note);
  out.Print(json);
  for (const std::string& alarm : result.alarms) out.Line("ALARM: " + alarm + ".");
  out.Pair("entries", std::to_string(audited.entries));
  out.Pair("reports", std::to_string(result.reports));
  out.Pair("events", std::to_string(result.events));
  out.Pair("covers", std::to_string(result.covers));
  out.Pair("erased", std::to_string(result.erased));
  if (result.elsewhere != 0) out.Pair("elsewhere", std::to_string(result.elsewhere));
  out.Pair("waiting", std::to_string(result.waiting));
}

const char* Conclusion(Scope scope) {
  switch (scope) {
    case Scope::kEverything:
      return "Every entry is a report or an event of a listed case, a cover, or was erased by an "
             "event in the log; every report and event is there, or has time left.";
    case Scope::kSomeChannels:
      return "Every entry is a report or an event of a listed case or of another channel, a cover, "
             "or was erased by an event in the log; every report and event of the listed cases is "
             "there, or has time left.";
    case Scope::kChannel:
      return "Every report and event of the channel is in the log, or has time left, and the log "
             "has no other of this channel.";
  }
  return "";
}

}  // namespace

Done LogAudit(Context& context, const LogAuditOptions& options) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  const bool auditor = charter::HasRole(*office->holder.entry, v1::ROLE_AUDITOR);
  if (options.channel.empty() && !auditor) {
    return UsageFailure("The whole log is opened to auditors only",
                        "Give --channel ID, to audit what the log has of your channel.");
  }
  SC_ASSIGN(Audited audited, AuditOnce(context, options.channel));
  if (!audited.result.alarms.empty()) {
    // A case that was erased between two of the answers looks like a lie, but only once.
    SC_ASSIGN(audited, AuditOnce(context, options.channel));
  }
  Output& out = context.out();
  Print(out, audited);
  const std::size_t alarms = audited.result.alarms.size();
  if (alarms != 0) {
    return UnverifiedFailure("The log and the cases do not agree: " + std::to_string(alarms) +
                                 (alarms == 1 ? " alarm" : " alarms"),
                             "Keep this output. An event alone may only have been dated too early "
                             "by its author: audit again after two of the log's intervals.");
  }
  out.Line();
  out.Line(Conclusion(ScopeOf(*office, options.channel)));
  if (audited.result.elsewhere != 0) {
    out.Line(std::to_string(audited.result.elsewhere) +
             " entries are of cases of other channels, which were not looked into.");
  }
  return {};
}

}  // namespace safeconduct::cli
