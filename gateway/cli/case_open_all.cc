// safeconduct case open --all: what every case is about, in one reading.
#include <future>
#include <optional>

#include "gateway/cli/case_read.h"
#include "gateway/cli/case_triage.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/texts.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

// What could be opened, and in how many cases it could not.
struct Reading {
  JsonArray cases;
  std::size_t opened = 0;
  std::size_t failed = 0;
};

Done Show(Context& context, const Texts& texts, const v1::CaseSummary& summary,
          const Result<v1::Triage>& triage, Reading& reading) {
  Output& out = context.out();
  JsonObject json = SummaryJson(summary);
  if (!triage.ok()) {
    ++reading.failed;
    json.Add("error", std::string(triage.error().message()));
    out.Warn("Case " + summary.report_id() +
             ": its triage does not open or verify: " + std::string(triage.error().message()));
    reading.cases.Add(json);
    return {};
  }
  ++reading.opened;
  SC_ASSIGN(const std::string text,
            Explain(proto::ToJson(*triage, proto::JsonForm::kComplete), "It cannot be shown"));
  json.AddRaw("triage", text);
  reading.cases.Add(json);
  out.Line();
  PrintRow(out, summary, context.Now());
  PrintAnswers(out, texts, triage->answers());
  return {};
}

Done ShowPage(Context& context, const Texts& texts, const v1::CaseList& page,
              const OpenedTriages& opened, Reading& reading) {
  int next = 0;
  for (const v1::CaseSummary& summary : page.cases()) {
    if (next == page.triages_size() || page.triages(next).report_id() != summary.report_id()) {
      continue;  // a triage that is not for this holder, or a plain report
    }
    SC_TRY(Show(context, texts, summary, opened[static_cast<std::size_t>(next)], reading));
    ++next;
  }
  return {};
}

}  // namespace

Done CaseOpenAll(Context& context, const std::string& channel) {
  SC_ASSIGN(const Office* const office, context.TheOffice());
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  const Texts texts = Texts::Fetch(*gateway, *office->charter.charter);
  Reading reading;
  SC_ASSIGN(v1::CaseList page,
            gateway->ListCases(office->holder.request_key, channel, "", GatewayApi::Triages::kToo));
  while (true) {
    // The next page comes while this one is opened.
    std::future<OpenedTriages> opening =
        std::async(std::launch::async, OpenTriages, std::cref(page), std::cref(*office));
    std::optional<Outcome<v1::CaseList>> following;
    if (!page.next().empty()) {
      following = gateway->ListCases(office->holder.request_key, channel, page.next(),
                                     GatewayApi::Triages::kToo);
    }
    const OpenedTriages opened = opening.get();
    SC_TRY(ShowPage(context, texts, page, opened, reading));
    if (!following) break;
    SC_ASSIGN(page, *std::move(following));
  }
  JsonObject json;
  json.Add("cases", reading.cases);
  context.out().Print(json);
  context.out().Line();
  context.out().Line("Opened the triage of " + std::to_string(reading.opened) + " cases.");
  if (reading.failed == 0) return {};
  return UnverifiedFailure(std::to_string(reading.failed) + " cases could not be opened",
                           "Look at each: safeconduct case open ID");
}

}  // namespace safeconduct::cli
