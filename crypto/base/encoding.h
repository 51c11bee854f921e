// Text encodings, canonical only: each decoder takes exactly the texts that its encoder makes
// (Bech32 also the upper-case form), so equal bytes have one spelling.
//
// Not constant-time: secrets that pass through (key files) are on their owner's machine.
#ifndef SAFECONDUCT_CRYPTO_BASE_ENCODING_H_
#define SAFECONDUCT_CRYPTO_BASE_ENCODING_H_

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct {

// RFC 4648 §8, lower case.
std::string HexEncode(ByteView bytes);
Result<Bytes> HexDecode(std::string_view text);

// RFC 4648 §4 with padding, and without it as age has it.
enum class Base64 : std::uint8_t { kPadded, kUnpadded };
std::string Base64Encode(ByteView bytes, Base64 form = Base64::kPadded);
// kMalformed for wrong characters, length, padding, or trailing bits that are not zero.
Result<Bytes> Base64Decode(std::string_view text, Base64 form = Base64::kPadded);
// The same at the end of `out`, which an error leaves as it was.
Status Base64Append(std::string_view text, Bytes& out, Base64 form = Base64::kPadded);

// BIP 173 Bech32 without its 90-character limit, as age has it.
struct Bech32 {
  std::string prefix;  // lower case
  Bytes data;
};
std::string Bech32Encode(std::string_view prefix, ByteView data);
// Takes all-lower-case and all-upper-case text. kMalformed.
Result<Bech32> Bech32Decode(std::string_view text);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_ENCODING_H_
