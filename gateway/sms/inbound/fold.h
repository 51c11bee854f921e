// Letters without what people leave out or write differently on a telephone.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_FOLD_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_FOLD_H_

#include <string>
#include <string_view>

namespace safeconduct::sms {

// Of one code point: small, without accents (Latin, Cyrillic ё), full-width forms as ASCII, forms
// of alef, ya and ta marbuta as one each. 0 for what is not written at all: Arabic vowel signs,
// tatweel, combining accents, direction marks and joiners.
char32_t Fold(char32_t character);

// Letters and digits of any script. Not Fold's business: of what was folded.
bool IsWordCharacter(char32_t character);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_FOLD_H_
