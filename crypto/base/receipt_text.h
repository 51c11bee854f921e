// What a reporter typed, taken apart: the part of the receipt code that knows of scripts and
// keyboards, and nothing of words or numbers.
#ifndef SAFECONDUCT_CRYPTO_BASE_RECEIPT_TEXT_H_
#define SAFECONDUCT_CRYPTO_BASE_RECEIPT_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/receipt_code.h"
#include "crypto/base/result.h"

namespace safeconduct {

// Folded tokens: lower case, without accents and invisible characters, digits of any script as
// 0…9, full-width letters as plain ones. Each Chinese character is a token of its own. Wiped when
// it dies.
class ReceiptText {
 public:
  // kMalformed for what is not UTF-8 or is far too long.
  static Result<ReceiptText> Read(std::string_view text);

  ReceiptText(ReceiptText&&) noexcept = default;
  ReceiptText(const ReceiptText&) = delete;
  ReceiptText& operator=(const ReceiptText&) = delete;
  ~ReceiptText();

  const std::vector<std::u32string>& tokens() const { return tokens_; }
  // Whether there are more digits than other characters.
  bool is_digits() const { return digits_ > letters_; }

 private:
  ReceiptText() = default;
  void Add(char32_t folded);
  void EndToken();

  std::vector<std::u32string> tokens_;
  bool in_token_ = false;
  std::size_t digits_ = 0;
  std::size_t letters_ = 0;
};

// The first character of the folded form of `word`: a quick way to tell most words apart.
char32_t FoldedFront(std::string_view word);
// Whether `token` is the folded form of `word`, which is known to be UTF-8.
bool FoldsTo(std::string_view word, std::u32string_view token);

// The two forms of the code (receipt_digits.cc and bip39.cc). Errors as ParseReceiptCode.
Result<ReceiptCode> ParseReceiptDigits(const std::vector<std::u32string>& tokens);
Result<ReceiptCode> ParseReceiptWords(const std::vector<std::u32string>& tokens);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_RECEIPT_TEXT_H_
