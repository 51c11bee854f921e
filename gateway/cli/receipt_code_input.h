// The receipt code from where the reporter keeps it: a file, standard input, or typed unseen.
// Never from the command line, which everybody on the computer can see.
#ifndef SAFECONDUCT_GATEWAY_CLI_RECEIPT_CODE_INPUT_H_
#define SAFECONDUCT_GATEWAY_CLI_RECEIPT_CODE_INPUT_H_

#include <string>

#include "crypto/base/receipt_code.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// `file`: a path, "-" for standard input; empty: asked for on a terminal, else standard input.
// kUsage, pointing out the group or word that is wrong.
Outcome<ReceiptCode> ReadReceiptCode(const std::string& file);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_RECEIPT_CODE_INPUT_H_
