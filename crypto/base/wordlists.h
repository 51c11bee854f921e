// The published BIP-39 word lists: 2048 lines each, in the order of their numbers, in NFC.
#ifndef SAFECONDUCT_CRYPTO_BASE_WORDLISTS_H_
#define SAFECONDUCT_CRYPTO_BASE_WORDLISTS_H_

#include <string_view>

namespace safeconduct {

extern const std::string_view kEnglishWords;
extern const std::string_view kFrenchWords;
extern const std::string_view kSpanishWords;
extern const std::string_view kPortugueseWords;
extern const std::string_view kSimplifiedChineseWords;

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_WORDLISTS_H_
