#include "gateway/cli/receipt_code_input.h"

#include "gateway/cli/files.h"
#include "gateway/cli/terminal.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxCodeBytes = 4096;

Outcome<SecretBytes> ReadText(const std::string& file) {
  if (file.empty() && InputIsTerminal()) {
    return AskSecret("Receipt code, words or digits (it is not shown): ");
  }
  return ReadFile(file.empty() ? "-" : file, kMaxCodeBytes, "the receipt code");
}

}  // namespace

Outcome<ReceiptCode> ReadReceiptCode(const std::string& file) {
  SC_ASSIGN(const SecretBytes text, ReadText(file));
  return ExplainAs(Exit::kUsage, ParseReceiptCode(AsText(text.Reveal())),
                   "The receipt code is not right",
                   "It is 12 words, or 10 groups of 5 digits. Check it against what you wrote "
                   "down.");
}

}  // namespace safeconduct::cli
