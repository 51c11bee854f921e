// Padmé padding (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
// with PURBs", PETS 2019, algorithm 1): a length of L bits leaks O(log log L) of them, for at most
// 12 % of overhead.
#ifndef SAFECONDUCT_CRYPTO_BASE_PADDING_H_
#define SAFECONDUCT_CRYPTO_BASE_PADDING_H_

#include <cstdint>

namespace safeconduct {

// The padded length for `length` bytes, at least `minimum`.
std::uint64_t PadmeLength(std::uint64_t length, std::uint64_t minimum);

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_PADDING_H_
