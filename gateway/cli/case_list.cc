// safeconduct case list|show: what is there, without opening anything.
#include "gateway/cli/case_file.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/event_words.h"

namespace safeconduct::cli {
namespace {

void PrintRow(Output& out, const v1::CaseSummary& summary) {
  std::string row = summary.report_id() + "  " + FormatDay(summary.received_day()) + "  ";
  std::string status = StatusName(summary.status());
  status.resize(std::max<std::size_t>(status.size(), 19), ' ');
  row += status + "  " + summary.channel();
  if (summary.plain()) row += " (plain)";
  row += ", " + FormatBytes(summary.size_bytes()) + ", " + std::to_string(summary.events()) +
         (summary.events() == 1 ? " event" : " events");
  if (summary.assigned()) row += ", assigned to you";
  if (summary.dismissed()) row += ", dismissed";
  if (summary.held()) row += ", legal hold";
  out.Line(row);
}

JsonObject SummaryJson(const v1::CaseSummary& summary) {
  JsonObject json;
  json.Add("report_id", summary.report_id());
  json.Add("channel", summary.channel());
  json.AddBool("plain", summary.plain());
  json.Add("status", StatusName(summary.status()));
  json.Add("received", FormatDay(summary.received_day()));
  json.AddNumber("events", summary.events());
  json.AddNumber("size_bytes", summary.size_bytes());
  json.AddBool("assigned", summary.assigned());
  json.AddBool("dismissed", summary.dismissed());
  json.AddBool("held", summary.held());
  return json;
}

}  // namespace

Done CaseList(Context& context, const CaseListOptions& options) {
  SC_ASSIGN(const VerifiedCharter charter, context.Charter(Memory::kRemember));
  SC_ASSIGN(const Holder holder, context.HolderOf(charter));
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Output& out = context.out();
  JsonArray cases;
  std::string after = options.after;
  std::size_t shown = 0;
  do {
    SC_ASSIGN(const v1::CaseList page,
              gateway->ListCases(holder.request_key, options.channel, after));
    for (const v1::CaseSummary& summary : page.cases()) {
      cases.Add(SummaryJson(summary));
      PrintRow(out, summary);
      ++shown;
    }
    after = page.next();
  } while (options.all && !after.empty());
  JsonObject json;
  json.Add("cases", cases);
  json.Add("next", after);
  out.Print(json);
  if (shown == 0) out.Line("There is no case for " + holder.entry->label() + ".");
  if (!after.empty()) out.Note("There are more: add --after " + after + ", or --all.");
  return {};
}

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
