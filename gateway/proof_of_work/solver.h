// The client's side: the proof of work (ALTCHA version 1) that a gateway under load asks for.
//
// Thread-safety: free function over values.
#ifndef SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLVER_H_
#define SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLVER_H_

#include <optional>
#include <string>

#include "safeconduct/v1/api.pb.h"

namespace safeconduct::proof_of_work {

// A challenge for more work than this is no gateway's of ours, and not begun.
inline constexpr std::uint32_t kMostWork = 10'000'000;

// The header `altcha` for it. Tries up to `maxnumber` hashes, seconds at most; none when no number
// solves it, or it is of another kind.
std::optional<std::string> SolveChallenge(const v1::Challenge& challenge);

}  // namespace safeconduct::proof_of_work

#endif  // SAFECONDUCT_GATEWAY_PROOF_OF_WORK_SOLVER_H_
