// The body of a submission, as protobuf or JSON, sealed or plain.
#include <cstdlib>

#include "gateway/report/report.h"
#include "proto/parse.h"
#include "tests/gateway/report/sample.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::Office office;
  static const auto charter = testing::OpenDemoCharter(office);
  if (size == 0) return 0;
  const ByteView body(data + 1, size - 1);
  constexpr std::size_t kMax = 4 * 1024 * 1024;
  const auto submitted = data[0] == 'J' ? proto::FromJson<v1::SubmitReport>(AsText(body), kMax,
                                                                            proto::Unknown::kIgnore)
                                        : proto::ParseTolerant<v1::SubmitReport>(body, kMax);
  if (!submitted.ok()) return 0;
  if (!proto::ToJson(*submitted).ok()) std::abort();
  if (submitted->has_plain()) {
    (void)report::CheckPlain(submitted->plain().channel(), AsBytes(submitted->plain().age_file()),
                             *charter);
  }
  const auto checked = report::CheckReport(submitted->sealed(), *charter);
  if (!checked.ok()) return 0;
  std::vector<ByteView> payloads;
  for (const std::string& payload : submitted->payloads()) payloads.push_back(AsBytes(payload));
  if (!report::CheckPayloads(*checked, payloads).ok()) return 0;
  (void)report::OpenTriage(*checked, payloads[0], office.intake);
  return 0;
}
