// What a quorum released to this holder: combined, checked, and kept as a header of the holder's
// own, which is an event of the case and opens with stock age.
#ifndef SAFECONDUCT_GATEWAY_CLI_CASE_RELEASED_H_
#define SAFECONDUCT_GATEWAY_CLI_CASE_RELEASED_H_

#include "gateway/cli/case_file.h"

namespace safeconduct::cli {

// Does that for all that was released and has no such header yet, and fetches the case again if
// there was any. Says which trustees sealed a bad share, and what still misses approvals; none of
// that is an error.
Done TakeReleased(Context& context, OpenedCase& opened);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CASE_RELEASED_H_
