// The word form of the receipt code (BIP-39, twelve words of 128 bits).
#include <array>
#include <optional>

#include "crypto/base/hash.h"
#include "crypto/base/receipt_text.h"
#include "crypto/base/wordlists.h"

namespace safeconduct {
namespace {

constexpr std::size_t kWords = 12;
constexpr std::size_t kListWords = 2048;
constexpr int kWordBits = 11;

constexpr std::array<Message, kWords> kWordNames = {"word 1", "word 2",  "word 3",  "word 4",
                                                    "word 5", "word 6",  "word 7",  "word 8",
                                                    "word 9", "word 10", "word 11", "word 12"};

constexpr std::array<WordList, 5> kLists = {WordList::kEnglish, WordList::kFrench,
                                            WordList::kSpanish, WordList::kPortuguese,
                                            WordList::kChineseSimplified};

std::string_view ListText(WordList list) {
  switch (list) {
    case WordList::kEnglish:
      return kEnglishWords;
    case WordList::kFrench:
      return kFrenchWords;
    case WordList::kSpanish:
      return kSpanishWords;
    case WordList::kPortuguese:
      return kPortugueseWords;
    case WordList::kChineseSimplified:
      return kSimplifiedChineseWords;
  }
  __builtin_trap();
}

std::vector<std::string_view> ListWords(WordList list) {
  std::vector<std::string_view> words;
  words.reserve(kListWords);
  for (std::string_view text = ListText(list); !text.empty();) {
    const std::size_t end = text.find('\n');
    words.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (words.size() != kListWords) __builtin_trap();
  return words;
}

// The code followed by BIP-39's checksum in the high bits of one more byte.
SecretArray<17> WithChecksum(const ReceiptCode& code) {
  SecretArray<17> out;
  const auto bytes = out.RevealMutable();
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = code.Reveal()[i];
  bytes[16] = Sha256(code.Reveal())[0] & 0xf0;
  return out;
}

std::size_t WordNumber(const SecretArray<17>& bits, std::size_t word) {
  std::size_t number = 0;
  for (std::size_t bit = word * kWordBits; bit < (word + 1) * kWordBits; ++bit) {
    number = number << 1 | (bits.Reveal()[bit / 8] >> (7 - bit % 8) & 1U);
  }
  return number;
}

void SetWord(SecretArray<17>& bits, std::size_t word, std::size_t number) {
  for (std::size_t i = 0; i < kWordBits; ++i) {
    const std::size_t bit = word * kWordBits + i;
    const std::size_t value = number >> (kWordBits - 1 - i) & 1U;
    bits.RevealMutable()[bit / 8] |= static_cast<std::uint8_t>(value << (7 - bit % 8));
  }
}

using Numbers = std::array<std::optional<std::size_t>, kWords>;

struct Match {
  Numbers numbers;
  std::size_t found = 0;
};

Match MatchList(const std::vector<std::u32string>& tokens, WordList list) {
  Match out;
  const std::vector<std::string_view> words = ListWords(list);
  for (std::size_t number = 0; number < words.size(); ++number) {
    const char32_t front = FoldedFront(words[number]);
    for (std::size_t i = 0; i < tokens.size() && i < kWords; ++i) {
      if (tokens[i].front() != front || !FoldsTo(words[number], tokens[i])) continue;
      out.numbers[i] = number;
      ++out.found;
    }
  }
  return out;
}

// Nothing when the checksum does not match.
std::optional<ReceiptCode> CodeFrom(const Numbers& numbers) {
  SecretArray<17> bits;
  for (std::size_t i = 0; i < kWords; ++i) SetWord(bits, i, *numbers[i]);
  auto code = ReceiptCode::Copy(bits.Reveal().first<16>());
  if (!ConstantTimeEqual(WithChecksum(code).Reveal(), bits.Reveal())) return std::nullopt;
  return code;
}

}  // namespace

SecretBytes ReceiptWords(const ReceiptCode& code, WordList list) {
  const std::vector<std::string_view> words = ListWords(list);
  const SecretArray<17> bits = WithChecksum(code);
  SecretBytes out;
  out.Reserve(256);
  for (std::size_t i = 0; i < kWords; ++i) {
    if (i != 0) out.Append(AsBytes(" "));
    out.Append(AsBytes(words[WordNumber(bits, i)]));
  }
  return out;
}

Result<ReceiptCode> ParseReceiptWords(const std::vector<std::u32string>& tokens) {
  if (tokens.size() > kWords) {
    return Error(Code::kMalformed, "more than twelve words in the receipt code");
  }
  Match best;
  for (const WordList list : kLists) {
    Match match = MatchList(tokens, list);
    if (match.found == kWords) {
      std::optional<ReceiptCode> code = CodeFrom(match.numbers);
      if (code) return *std::move(code);
    }
    if (match.found > best.found) best = match;
  }
  for (std::size_t i = 0; i < kWords; ++i) {
    if (best.numbers[i]) continue;
    if (i >= tokens.size()) {
      return Error(Code::kMalformed, "a word of the receipt code is missing", kWordNames[i]);
    }
    return Error(Code::kMalformed, "a word of the receipt code is in none of the lists",
                 kWordNames[i]);
  }
  return Error(Code::kMalformed,
               "each word is one of the list, but not all together: one is another word than "
               "was given, or the order is wrong");
}

}  // namespace safeconduct
