// The textual grammar of a header (c2sp.org/age, "Header"). Knows nothing of keys.
#ifndef SAFECONDUCT_CRYPTO_AGE_FORMAT_H_
#define SAFECONDUCT_CRYPTO_AGE_FORMAT_H_

#include <span>

#include "crypto/age/header.h"

namespace safeconduct::age {

// From the version line to the `---` that the MAC covers as well; without the space after it.
Bytes SerializeForMac(std::span<const Stanza> stanzas);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_CRYPTO_AGE_FORMAT_H_
