#include "crypto/base/receipt_code.h"

#include "crypto/base/receipt_text.h"

namespace safeconduct {

Result<ReceiptCode> ParseReceiptCode(std::string_view text) {
  SC_ASSIGN(const ReceiptText parts, ReceiptText::Read(text));
  if (parts.tokens().empty()) {
    return Error(Code::kMalformed, "a receipt code is twelve words or fifty digits");
  }
  return parts.is_digits() ? ParseReceiptDigits(parts.tokens()) : ParseReceiptWords(parts.tokens());
}

}  // namespace safeconduct
