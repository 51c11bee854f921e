// Shamir's secret sharing, byte by byte over GF(2^8), with the shares of npm
// `shamir-secret-sharing`: y ‖ x, where y is as long as the secret and x is one byte.
//
// What it gives: any `threshold` shares give the secret; fewer give nothing at all, whatever the
// time and the machine. What it does not give: any sign that a share was changed, or that shares of
// different secrets were mixed. Combining always gives something; quorum.h knows what is right.
//
// Time and addresses depend on lengths and counts only, never on a secret, a y or an x; but a zero
// or repeated x, which is an error, shows.
//
// Thread-safety: pure functions.
#ifndef SAFECONDUCT_CRYPTO_QUORUM_SHAMIR_H_
#define SAFECONDUCT_CRYPTO_QUORUM_SHAMIR_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "crypto/base/secret.h"

namespace safeconduct::quorum {

// GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (0x11b), as AES has it (FIPS 197 §4). Adding is XOR.
namespace gf256 {
std::uint8_t Multiply(std::uint8_t a, std::uint8_t b);
std::uint8_t Invert(std::uint8_t a);  // 0 for 0
}  // namespace gf256

inline constexpr std::size_t kMinShares = 2;
inline constexpr std::size_t kMaxShares = 255;

// `count` shares of a secret of at least one byte. Each x is drawn at random; no two are the same
// and none is zero. kMalformed unless kMinShares ≤ threshold ≤ count ≤ kMaxShares.
Result<std::vector<SecretBytes>> SplitSecret(ByteView secret, std::size_t threshold,
                                             std::size_t count);

// What the shares give together, all of which are used: the secret when they are at least as many
// as the threshold, otherwise bytes that say nothing. kMalformed for fewer than kMinShares or more
// than kMaxShares, for different lengths, for an x that is zero or stands twice.
Result<SecretBytes> CombineSecret(std::span<const ByteView> shares);

}  // namespace safeconduct::quorum

#endif  // SAFECONDUCT_CRYPTO_QUORUM_SHAMIR_H_
