// A receipt code that is taken is the one that its own two forms spell.
#include <cstdlib>

#include "crypto/base/receipt_code.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  const auto code = ParseReceiptCode(AsText({data, size}));
  if (!code.ok()) return 0;
  const SecretBytes digits = ReceiptDigits(*code);
  const auto from_digits = ParseReceiptCode(AsText(digits.Reveal()));
  if (!from_digits.ok() || !ConstantTimeEqual(from_digits->Reveal(), code->Reveal())) std::abort();
  for (const WordList list : {WordList::kEnglish, WordList::kFrench, WordList::kSpanish,
                              WordList::kPortuguese, WordList::kChineseSimplified}) {
    const SecretBytes words = ReceiptWords(*code, list);
    const auto from_words = ParseReceiptCode(AsText(words.Reveal()));
    if (!from_words.ok() || !ConstantTimeEqual(from_words->Reveal(), code->Reveal())) std::abort();
  }
  return 0;
}
