// What a holder has read, sealed by the holder to the holder (marks.proto): what the gateway can
// see of it.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_REPORT_READ_MARKS_H_
#define SAFECONDUCT_GATEWAY_REPORT_READ_MARKS_H_

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::report {

inline constexpr std::size_t kMinReadMarksPlaintext = 4 * 1024;

// One whole binary age file with one stanza, of the kind mlkem768x25519, over a padded plaintext.
// Not whose stanza it is, and nothing of what is inside. kMalformed, kRejected, kTooLarge,
// kUnsupported; about the field `sealed`.
Status CheckReadMarks(ByteView sealed);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_READ_MARKS_H_
