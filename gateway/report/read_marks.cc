#include "gateway/report/read_marks.h"

#include "crypto/age/age.h"
#include "gateway/report/compartment.h"

namespace safeconduct::report {
namespace {

Status CheckFile(ByteView sealed) {
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(sealed));
  SC_TRY(ParseSealedHeader(sealed.first(parsed.size)));
  if (parsed.header.stanzas.size() != 1) {
    return Error(Code::kRejected, "read marks are sealed to one recipient");
  }
  return CheckPaddedSize(sealed.size() - parsed.size, kMinReadMarksPlaintext);
}

}  // namespace

Status CheckReadMarks(ByteView sealed) {
  const Status status = CheckFile(sealed);
  if (status.ok()) return status;
  return status.error().In("sealed");
}

}  // namespace safeconduct::report
