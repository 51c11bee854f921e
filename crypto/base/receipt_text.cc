#include "crypto/base/receipt_text.h"

#include <algorithm>
#include <array>

#include "crypto/base/utf8.h"

namespace safeconduct {
namespace {

// Twelve words of any list, with room for what people put between them.
constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::size_t kMaxTokens = 256;

// Where the decimal digits (Unicode category Nd) of each script that a phone's keyboard offers
// begin, but for ASCII. The last is full-width.
constexpr std::array<char32_t, 21> kZeros = {
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
    0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xa9d0, 0xff10};

// The letters under the accents of U+00C0…U+00FF; '?' where there is none.
constexpr std::string_view kLatinBase =
    "aaaaaa?ceeeeiiii?nooooo??uuuuy??aaaaaa?ceeeeiiii?nooooo??uuuuy?y";

bool IsBetween(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// Combining accents, and characters that show nothing: soft hyphen, zero-width and bidirectional
// marks, variation selectors, byte order mark.
bool IsIgnored(char32_t c) {
  return IsBetween(c, 0x0300, 0x036f) || c == 0x00ad || IsBetween(c, 0x200b, 0x200f) ||
         IsBetween(c, 0x202a, 0x202e) || IsBetween(c, 0x2060, 0x2069) ||
         IsBetween(c, 0xfe00, 0xfe0f) || c == 0xfeff;
}

// Space, and the punctuation that people write between groups and words.
bool IsSeparator(char32_t c) {
  constexpr std::u32string_view kPunctuation =
      U"-.,;:/|_\u00b7\u060c\u2212\u3001\u3002\uff0c\uff0d\uff0e";
  return IsUnicodeSpace(c) || IsBetween(c, 0x2010, 0x2015) ||
         kPunctuation.find(c) != std::u32string_view::npos;
}

bool IsHan(char32_t c) { return IsBetween(c, 0x4e00, 0x9fff) || IsBetween(c, 0x3400, 0x4dbf); }
bool IsDigit(char32_t c) { return IsBetween(c, U'0', U'9'); }

char32_t FoldAscii(char32_t c) { return IsBetween(c, U'A', U'Z') ? c - U'A' + U'a' : c; }

char32_t Fold(char32_t c) {
  if (c < 0x80) return FoldAscii(c);
  for (const char32_t zero : kZeros) {
    if (IsBetween(c, zero, zero + 9)) return U'0' + (c - zero);
  }
  if (IsBetween(c, 0xff01, 0xff5e)) return FoldAscii(c - 0xfee0);
  if (IsBetween(c, 0xc0, 0xff) && kLatinBase[c - 0xc0] != '?') {
    return static_cast<char32_t>(kLatinBase[c - 0xc0]);
  }
  return c;
}

void Wipe(std::u32string& text) {
  safeconduct::Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size() * sizeof(char32_t)});
}

}  // namespace

Result<ReceiptText> ReceiptText::Read(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return Error(Code::kMalformed, "a receipt code is twelve words or fifty digits");
  }
  ReceiptText out;
  // No token may move when another is added, or it would leave a copy behind.
  out.tokens_.reserve(kMaxTokens);
  while (!text.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(text);
    if (!c) return Error(Code::kMalformed, "a receipt code that is not UTF-8");
    if (IsIgnored(*c)) continue;
    if (IsSeparator(*c)) {
      out.EndToken();
    } else {
      out.Add(Fold(*c));
    }
    if (out.tokens_.size() == kMaxTokens) {
      return Error(Code::kMalformed, "a receipt code is twelve words or fifty digits");
    }
  }
  return out;
}

ReceiptText::~ReceiptText() {
  for (std::u32string& token : tokens_) Wipe(token);
}

void ReceiptText::Add(char32_t folded) {
  if (IsHan(folded)) EndToken();
  if (!in_token_) {
    // Longer than every word and than all digits together, so that it does not move either.
    tokens_.emplace_back().reserve(64);
  }
  in_token_ = !IsHan(folded);
  tokens_.back().push_back(folded);
  ++(IsDigit(folded) ? digits_ : letters_);
}

void ReceiptText::EndToken() { in_token_ = false; }

char32_t FoldedFront(std::string_view word) {
  const std::optional<char32_t> c = TakeCodePoint(word);
  return c ? Fold(*c) : 0;
}

bool FoldsTo(std::string_view word, std::u32string_view token) {
  while (!word.empty()) {
    const std::optional<char32_t> c = TakeCodePoint(word);
    if (!c) __builtin_trap();
    if (IsIgnored(*c)) continue;
    if (token.empty() || token.front() != Fold(*c)) return false;
    token.remove_prefix(1);
  }
  return token.empty();
}

}  // namespace safeconduct
