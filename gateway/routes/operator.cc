#include <utility>

#include "gateway/metrics/metrics.h"
#include "gateway/routes/endpoints.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {
namespace {

void SendText(Call& call, int status, std::string text,
              std::string_view type = "text/plain; charset=utf-8") {
  http::Response response;
  response.status = status;
  response.headers.push_back({"content-type", std::string(type)});
  response.body = std::move(text);
  call.Send(std::move(response));
}

// One line for each figure and each damaged record, for the program that asked.
std::string Describe(const storage::VerifyReport& report) {
  std::string text = "cases " + std::to_string(report.cases) + "\nevents " +
                     std::to_string(report.events) + "\npayload_bytes " +
                     std::to_string(report.payload_bytes) + "\n";
  for (const storage::Damage& damage : report.damaged) {
    text += "damaged " + damage.record + ": " + damage.error.message() + "\n";
  }
  return text;
}

}  // namespace

void GetHealth(const Services&, CallPtr call) { SendText(*call, 200, "ok\n"); }

void GetReadiness(const Services& services, CallPtr call) {
  const metrics::Readiness readiness = services.operations.Ready();
  const int status = readiness == metrics::Readiness::kReady ? 200 : 503;
  SendText(*call, status, std::string(metrics::ReadinessName(readiness)) + "\n");
}

void GetMetrics(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) {
    SendText(each, 200, metrics::Render(services.operations.Figures()), metrics::kContentType);
  });
}

void PostBackup(const Services& services, CallPtr call) {
  if (!call->body.starts_with('/') || call->body.find('\0') != std::string::npos) {
    return call->Fail(Error(Code::kMalformed, "a backup goes to an absolute path"));
  }
  OnPool(services, call, [&services](Call& each) {
    SC_ANSWER_ERROR(each, services.operations.Backup(each.body));
    SendText(each, 200, "done\n");
  });
}

void PostVerify(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) {
    SC_ANSWER_ASSIGN(each, const storage::VerifyReport report, services.store.Verify());
    SendText(each, 200, Describe(report));
  });
}

}  // namespace safeconduct::routes
