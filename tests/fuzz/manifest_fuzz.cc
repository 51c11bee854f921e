// A manifest that its reporter signed, so that the search gets past the signature.
#include <cstdlib>

#include "gateway/report/report.h"
#include "tests/gateway/report/sample.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::Office office;
  static const auto charter = testing::OpenDemoCharter(office);
  static const identity::Party reporter = testing::MakeParty(80);
  const v1::SealedReport report =
      testing::SignManifest(std::string(AsText({data, size})), reporter);
  const auto checked = report::CheckReport(report, *charter);
  if (!checked.ok()) return 0;
  // What the gateway takes, a holder's client takes.
  if (!report::VerifyReport(report, checked->id).ok()) std::abort();
  for (const v1::Compartment& compartment : checked->manifest.compartments()) {
    (void)report::OpenFileKey(compartment, office.intake);
  }
  return 0;
}
