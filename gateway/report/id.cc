#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

Hash ReportHash(ByteView manifest) { return Sha256(manifest); }

ReportId IdOf(const Hash& report_hash) {
  ReportId id;
  std::copy_n(report_hash.begin(), id.size(), id.begin());
  return id;
}

std::string FormatId(const ReportId& id) { return HexEncode(id); }

Result<ReportId> ParseId(std::string_view hex) {
  const Result<Bytes> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != std::tuple_size_v<ReportId>) {
    return Error(Code::kMalformed, "a report id is 32 hexadecimal digits in lower case");
  }
  return ToArray<16>(*bytes);
}

const std::vector<const v1::Holder*>& AccountReaders(const charter::ChannelInfo& channel) {
  static const std::vector<const v1::Holder*> kNobody;
  return channel.has_quorum() ? kNobody : channel.intake;
}

}  // namespace safeconduct::report
