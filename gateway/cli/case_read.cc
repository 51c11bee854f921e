#include "gateway/cli/case_read.h"

#include <algorithm>

#include "gateway/cli/charter_print.h"
#include "gateway/report/expiry.h"

namespace safeconduct::cli {

namespace {

constexpr std::int64_t kAnnouncedSeconds = charter::kAnnouncedDays * charter::kDaySeconds;

std::string DayOrNone(std::int64_t day) { return day == 0 ? "" : FormatDay(day); }

}  // namespace

bool ExpiresSoon(const v1::CaseSummary& summary, std::int64_t now) {
  return summary.expires_day() != 0 && summary.expires_day() - now <= kAnnouncedSeconds;
}

void PrintRow(Output& out, const v1::CaseSummary& summary, std::int64_t now,
              const std::string& more) {
  std::string row = summary.report_id() + "  " + FormatDay(summary.received_day()) + "  ";
  std::string status = StatusName(summary.status());
  status.resize(std::max<std::size_t>(status.size(), 19), ' ');
  row += status + "  " + summary.channel();
  if (summary.plain()) row += " (plain)";
  if (summary.by_sms()) row += " (SMS)";
  row += ", " + FormatBytes(summary.size_bytes()) + ", " + std::to_string(summary.events()) +
         (summary.events() == 1 ? " event" : " events");
  if (summary.assigned()) row += ", assigned to you";
  if (summary.dismissed()) row += ", dismissed";
  if (summary.held()) row += ", legal hold";
  if (summary.erased()) row += ", erased";
  if (summary.expires_day() != 0) {
    row += (ExpiresSoon(summary, now) ? ", WILL BE ERASED ON " : ", will be erased on ") +
           FormatDay(summary.expires_day()) + " unless held";
  }
  if (summary.requests() == 1) row += ", a release is asked for";
  if (summary.requests() > 1) {
    row += ", " + std::to_string(summary.requests()) + " releases are asked for";
  }
  out.Line(row + more);
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
  json.AddNumber("requests", summary.requests());
  json.AddBool("erased", summary.erased());
  json.AddBool("by_sms", summary.by_sms());
  json.Add("acknowledged", DayOrNone(summary.acknowledged_day()));
  json.Add("closed", DayOrNone(summary.closed_day()));
  json.Add("expires", DayOrNone(summary.expires_day()));
  return json;
}

void PrintAnswers(Output& out, const Texts& texts,
                  const google::protobuf::RepeatedPtrField<v1::Answer>& answers) {
  for (const v1::Answer& answer : answers) {
    out.Line("  " + texts.Question(answer.question()));
    for (const std::string& value : answer.values()) {
      out.Block("  " + texts.Option(answer.question(), value));
    }
  }
}

}  // namespace safeconduct::cli
