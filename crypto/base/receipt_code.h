// The receipt code: 128 random bits that are all a reporter keeps. Shown as 12 BIP-39 words and as
// 10 groups of 5 digits; either opens the mailbox.
//
// Digits: the code as a 40-digit decimal number, zero-padded (10^40 > 2^128; a number of 2^128 or
// more is refused), cut into ten groups of four; each group is followed by a Damm check digit over
// the group's number (0…9) and its four digits, so a mistyped or swapped group is pointed out.
// Words: BIP-39 mnemonic of the 128 bits (the entropy itself, not the BIP-39 seed).
#ifndef SAFECONDUCT_CRYPTO_BASE_RECEIPT_CODE_H_
#define SAFECONDUCT_CRYPTO_BASE_RECEIPT_CODE_H_

#include <string>
#include <string_view>

#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct {

using ReceiptCode = SecretArray<16>;

enum class WordList : std::uint8_t { kEnglish, kFrench, kSpanish, kPortuguese, kChineseSimplified };

// "abandon ability …": 12 words with one space between (for Chinese too).
SecretBytes ReceiptWords(const ReceiptCode& code, WordList list);
// "12345 67890 …": ten groups with one space between.
SecretBytes ReceiptDigits(const ReceiptCode& code);

// Takes words of any of the lists, or digits: case, accents and spacing do not matter, and digits
// may be of any script that the reporter's keyboard has (Arabic-Indic, Devanagari, full-width).
// kMalformed with a field that names the first group or word that is wrong ("group 3", "word 7"),
// or, when all are well-formed but the checksum fails, a message that says so.
Result<ReceiptCode> ParseReceiptCode(std::string_view text);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_RECEIPT_CODE_H_
