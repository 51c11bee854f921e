#include "gateway/cli/mailbox_log.h"

#include "gateway/cli/time_text.h"

namespace safeconduct::cli {
namespace {

using State = LogStanding::State;

const char* NameOf(State state) {
  switch (state) {
    case State::kInLog:
      return "in_log";
    case State::kWaiting:
      return "waiting";
    case State::kBroken:
      return "broken";
    case State::kErased:
      return "erased";
  }
  return "";
}

}  // namespace

LogStanding StandingOf(const v1::Mailbox& mailbox, const Hash& report_hash,
                       const charter::OpenCharter& charter, const charter::Trust& trust,
                       std::int64_t now) {
  LogStanding standing;
  const Result<report::Promise> promise = report::VerifyPromise(
      mailbox.promise(), report::LeafKind::kReport, report_hash, charter.logs());
  if (promise.ok()) standing.until = promise->until;
  if (mailbox.erased()) {
    standing.state = State::kErased;
    return standing;
  }
  if (!mailbox.receipt().empty()) {
    Result<Receipt> receipt = CheckReceipt(mailbox.receipt(), report::LeafKind::kReport,
                                           report_hash, charter.logs(), trust, now);
    if (receipt.ok()) {
      standing.state = State::kInLog;
      standing.receipt = *std::move(receipt);
      return standing;
    }
    standing.trouble = receipt.error().message();
    standing.forged = std::string_view(receipt.error().field()) != "witnesses";
  }
  standing.state = standing.until < now ? State::kBroken : State::kWaiting;
  return standing;
}

JsonObject StandingJson(const LogStanding& standing) {
  JsonObject json;
  json.Add("state", NameOf(standing.state));
  if (standing.until != 0) json.Add("until", Rfc3339(standing.until));
  if (standing.receipt) {
    json.Add("log", standing.receipt->log);
    json.AddNumber("entry", standing.receipt->entry);
    json.AddNumber("size", standing.receipt->size);
  }
  if (!standing.trouble.empty()) json.Add("trouble", standing.trouble);
  return json;
}

void PrintStanding(Output& out, const LogStanding& standing, const charter::Trust& trust) {
  switch (standing.state) {
    case State::kErased:
      return;
    case State::kInLog:
      out.Pair("log", "your report is in the public log " + standing.receipt->log + ", entry " +
                          std::to_string(standing.receipt->entry) + " of " +
                          std::to_string(standing.receipt->size));
      out.Pair("witnesses", WitnessWords(*standing.receipt, trust));
      return;
    case State::kWaiting:
      out.Pair("log", "your report will be in the public log by " + FormatTime(standing.until));
      break;
    case State::kBroken:
      out.Pair("log", "BROKEN PROMISE: your report was to be in the public log by " +
                          FormatTime(standing.until) + ", and there is no proof that it is");
      break;
  }
  if (!standing.trouble.empty()) {
    out.Warn("The proof that the gateway sent does not count: " + standing.trouble + ".");
  }
}

Done JudgeStanding(const LogStanding& standing) {
  if (standing.state == State::kBroken) {
    return UnverifiedFailure(
        "The promise for your report is broken: it was to be in the public log by " +
            FormatTime(standing.until),
        "Keep the promise (it is in what --json prints, and in the file of report submit "
        "--keep-proof). Tell the oversight body or the auditor, not only the office. With the "
        "report, safeconduct log verify --promise makes a proof of it.");
  }
  if (standing.forged) {
    return UnverifiedFailure(
        "The gateway sent a proof that your report is in the log, and it does not hold: " +
            standing.trouble,
        "Read the mailbox again. If it stays so, tell the oversight body or the auditor.");
  }
  return {};
}

}  // namespace safeconduct::cli
