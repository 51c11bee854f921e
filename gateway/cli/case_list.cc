// safeconduct case list|show: what is there and due. Opens nothing but, where a channel has times
// for urgent cases, the triages of a list.
#include "gateway/cli/case_file.h"
#include "gateway/cli/case_read.h"
#include "gateway/cli/case_triage.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/event_words.h"
#include "gateway/cli/sms_words.h"
#include "gateway/report/deadlines.h"

namespace safeconduct::cli {
namespace {

// Of the page's cases, in their order. What is due sooner where somebody is in danger stands in the
// triage; where the holder may not open it, the usual times count.
using Urgencies = std::vector<report::Urgency>;

// Whether a triage has to be opened for any case of the list.
GatewayApi::Triages TriagesFor(const Office& office, const std::string& channel) {
  for (const charter::ChannelInfo& info : office.charter.charter->channels()) {
    const bool listed = channel.empty() || info.channel->id() == channel;
    if (listed && report::DependsOnUrgency(info.channel->deadlines())) {
      return GatewayApi::Triages::kToo;
    }
  }
  return GatewayApi::Triages::kNo;
}

Urgencies UrgenciesOf(Context& context, const v1::CaseList& page, const Office& office) {
  const OpenedTriages opened = OpenTriages(page, office);
  Urgencies out(static_cast<std::size_t>(page.cases_size()), report::Urgency::kUsual);
  std::size_t next = 0;
  for (int i = 0; i < page.cases_size() && next < opened.size(); ++i) {
    const v1::CaseSummary& summary = page.cases(i);
    if (page.triages(static_cast<int>(next)).report_id() != summary.report_id()) continue;
    const Result<v1::Triage>& triage = opened[next++];
    const charter::ChannelInfo* const channel =
        office.charter.charter->FindChannel(summary.channel());
    if (!triage.ok() && triage.error().code() != Code::kWrongKey) {
      context.out().Warn("Case " + summary.report_id() + ": its triage does not open or verify: " +
                         std::string(triage.error().message()));
    } else if (triage.ok() && channel != nullptr) {
      out[static_cast<std::size_t>(i)] = report::UrgencyOf(*triage, *channel->channel);
    }
  }
  return out;
}

std::vector<report::Due> DueIn(const v1::CaseSummary& summary, report::Urgency urgency,
                               const Office& office, std::int64_t now) {
  const charter::ChannelInfo* const channel =
      office.charter.charter->FindChannel(summary.channel());
  if (channel == nullptr) return {};
  return report::DueOf(report::StandingOf(summary), channel->channel->deadlines(), urgency, now);
}

bool IsOverdue(const std::vector<report::Due>& due) {
  return !due.empty() && due.front().days_left < 0;
}

JsonObject ListedJson(const v1::CaseSummary& summary, const std::vector<report::Due>& due,
                      report::Urgency urgency) {
  JsonObject json = SummaryJson(summary);
  json.AddBool("urgent", urgency == report::Urgency::kUrgent);
  json.AddBool("overdue", IsOverdue(due));
  JsonArray duties;
  for (const report::Due& each : due) {
    JsonObject entry;
    entry.Add("duty", report::DutyName(each.duty));
    entry.Add("day", FormatDay(each.day));
    entry.AddRaw("days_left", std::to_string(each.days_left));
    duties.Add(entry);
  }
  json.Add("due", duties);
  return json;
}

// What comes first, in words; empty: nothing is due.
std::string FirstDue(const std::vector<report::Due>& due, report::Urgency urgency) {
  std::string out = urgency == report::Urgency::kUrgent ? ", URGENT" : "";
  if (due.empty()) return out;
  const report::Due& first = due.front();
  if (IsOverdue(due)) out += ", OVERDUE";
  return out + ", " + report::DutyName(first.duty) + " by " + FormatDay(first.day);
}

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

Done CaseList(Context& context, const CaseListOptions& options) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Output& out = context.out();
  const GatewayApi::Triages triages = TriagesFor(*office, options.channel);
  JsonArray cases;
  std::string after = options.after;
  std::size_t shown = 0;
  do {
    SC_ASSIGN(const v1::CaseList page,
              gateway->ListCases(office->holder.request_key, options.channel, after, triages));
    const Urgencies urgencies = UrgenciesOf(context, page, *office);
    for (std::size_t i = 0; i < urgencies.size(); ++i) {
      const v1::CaseSummary& summary = page.cases(static_cast<int>(i));
      const auto due = DueIn(summary, urgencies[i], *office, context.Now());
      if (options.overdue && !IsOverdue(due)) continue;
      if (options.expiring && !ExpiresSoon(summary, context.Now())) continue;
      cases.Add(ListedJson(summary, due, urgencies[i]));
      PrintRow(out, summary, context.Now(), FirstDue(due, urgencies[i]));
      ++shown;
    }
    after = page.next();
  } while ((options.all || options.overdue || options.expiring) && !after.empty());
  JsonObject json;
  json.Add("cases", cases);
  json.Add("next", after);
  out.Print(json);
  if (shown == 0 && options.overdue) {
    out.Line("Nothing is overdue for " + office->holder.entry->label() + ".");
  } else if (shown == 0 && options.expiring) {
    out.Line("No case is erased within 30 days.");
  } else if (shown == 0) {
    out.Line("There is no case for " + office->holder.entry->label() + ".");
  }
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
