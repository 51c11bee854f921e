// The first page of an exported case, for people who handle it and may know nothing of sealed
// files: what it is, who took it out, what is in it, what was done and when. HTML that any browser
// shows and prints, without script, style sheet or picture from elsewhere. It holds nothing that
// was sealed.
#ifndef SAFECONDUCT_GATEWAY_CLI_COVER_SHEET_H_
#define SAFECONDUCT_GATEWAY_CLI_COVER_SHEET_H_

#include <string>
#include <vector>

#include "gateway/cli/case_file.h"

namespace safeconduct::cli {

// `files`: names of what the folder holds, in order. `now`: Unix seconds.
std::string CoverSheet(const OpenedCase& opened, const std::vector<std::string>& files,
                       std::int64_t now);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_COVER_SHEET_H_
