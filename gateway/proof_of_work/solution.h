// The header `altcha`: base64 of v1.ChallengeSolution as JSON, as ALTCHA version 1 has it.
//
// Thread-safety: free function over values.
#ifndef SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLUTION_H_
#define SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLUTION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::proof_of_work {

inline constexpr std::string_view kAlgorithm = "SHA-256";
inline constexpr std::size_t kMaxHeaderBytes = 1024;
inline constexpr std::size_t kNonceBytes = 12;  // of the salt

struct Solution {
  std::string challenge;  // 64 hexadecimal digits, as they are signed
  Hash hash{};            // the same in bytes
  std::string salt;
  std::int64_t expires = 0;  // Unix seconds, from the salt
  std::uint32_t number = 0;
  ByteArray<32> signature{};
};

// "…?expires=UNIX-SECONDS&" for 12 bytes that no one can foresee.
std::string MakeSalt(const ByteArray<kNonceBytes>& nonce, std::int64_t expires);

// Form only. kMalformed, kTooLarge, kUnsupported (another algorithm).
Result<Solution> ParseSolution(std::string_view header);

}  // namespace safeconduct::proof_of_work

#endif  // SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLUTION_H_
