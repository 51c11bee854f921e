// safeconduct case list|show: what is there, without opening anything.
#include "gateway/cli/case_file.h"
#include "gateway/cli/case_read.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/event_words.h"
#include "gateway/cli/sms_words.h"

namespace safeconduct::cli {
Done CaseList(Context& context, const CaseListOptions& options) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Output& out = context.out();
  JsonArray cases;
  std::string after = options.after;
  std::size_t shown = 0;
  do {
    SC_ASSIGN(const v1::CaseList page,
              gateway->ListCases(office->holder.request_key, options.channel, after));
    for (const v1::CaseSummary& summary : page.cases()) {
      if (options.expiring && !ExpiresSoon(summary, context.Now())) continue;
      cases.Add(SummaryJson(summary));
      PrintRow(out, summary, context.Now());
      ++shown;
    }
    after = page.next();
  } while ((options.all || options.expiring) && !after.empty());
  JsonObject json;
  json.Add("cases", cases);
  json.Add("next", after);
  out.Print(json);
  if (shown == 0 && options.expiring) {
    out.Line("No case is erased within 30 days.");
  } else if (shown == 0) {
    out.Line("There is no case for " + office->holder.entry->label() + ".");
  }
  if (!after.empty()) out.Note("There are more: add --after " + after + ", or --all.");
  return {};
}

namespace {

void PrintExpiry(Output& out, const v1::CaseSummary& summary, std::int64_t now) {
  if (summary.held()) out.Pair("legal hold", "yes: nothing of the case is erased");
  if (summary.closed_day() != 0) out.Pair("closed", FormatDay(summary.closed_day()));
  if (summary.expires_day() == 0) return;
  const std::string words = "will be erased on " + FormatDay(summary.expires_day());
  out.Pair("retention", words + " unless held");
  if (!ExpiresSoon(summary, now)) return;
  out.Warn("The case " + words + ", for good. To keep it: safeconduct case hold " +
           summary.report_id());
}

}  // namespace

Done CaseShow(Context& context, const CaseOptions& options) {
  SC_ASSIGN(const OpenedCase opened, FetchCase(context, options.id));
  Output& out = context.out();
  JsonObject json = SummaryJson(opened.file.view.summary());
  json.AddBool("report_verified", opened.file.report.has_value());
  json.AddBool("chain_verified", true);
  JsonArray compartments;
  for (const v1::CompartmentView& compartment : opened.file.view.compartments()) {
    JsonObject entry;
    entry.Add("name", compartment.name());
    entry.AddNumber("file_bytes", compartment.file_bytes());
    compartments.Add(entry);
  }
  json.Add("compartments", compartments);
  JsonArray events;
  for (const report::CheckedEvent& event : opened.file.events) {
    JsonObject entry;
    entry.AddNumber("sequence", event.event.sequence());
    entry.Add("author", AuthorOf(opened, event.event));
    const auto [kind, did] = WordsOf(event.event, *opened.charter.charter);
    entry.Add("kind", kind);
    entry.Add("did", did);
    events.Add(entry);
  }
  json.Add("chain", events);
  out.Print(json);

  out.Pair("case", opened.file.id);
  out.Pair("channel", opened.file.view.summary().channel());
  out.Pair("received", FormatDay(opened.file.view.summary().received_day()));
  out.Pair("status", StatusName(opened.file.status));
  PrintExpiry(out, opened.file.view.summary(), context.Now());
  if (opened.file.view.summary().by_sms()) out.Line(kReadsSms);
  for (const v1::CompartmentView& compartment : opened.file.view.compartments()) {
    out.Pair(compartment.name(), FormatBytes(compartment.file_bytes()) + ", sealed");
  }
  for (const report::CheckedEvent& event : opened.file.events) {
    out.Pair("event " + std::to_string(event.event.sequence()),
             FormatTime(event.event.time()) + "  " + AuthorOf(opened, event.event) + "  " +
                 WordsOf(event.event, *opened.charter.charter).second);
  }
  out.Line();
  out.Line(opened.file.report
               ? "The report's signature, its promise and the chain of events verify."
               : "The promise for the report and the chain of events verify.");
  return {};
}

}  // namespace safeconduct::cli
