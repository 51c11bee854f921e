// What a client does with a challenge.
#ifndef SAFECONDUCT_TESTS_GATEWAY_PROOF_OF_WORK_SOLVING_H_
#define SAFECONDUCT_TESTS_GATEWAY_PROOF_OF_WORK_SOLVING_H_

#include <stdexcept>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "proto/parse.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::proof_of_work {

inline v1::ChallengeSolution SolutionOf(const v1::Challenge& challenge) {
  v1::ChallengeSolution solution;
  solution.set_algorithm(challenge.algorithm());
  solution.set_challenge(challenge.challenge());
  solution.set_salt(challenge.salt());
  solution.set_signature(challenge.signature());
  for (std::uint32_t number = 0; number <= challenge.maxnumber(); ++number) {
    const Hash hash = Sha256({AsBytes(challenge.salt()), AsBytes(std::to_string(number))});
    if (HexEncode(hash) != challenge.challenge()) continue;
    solution.set_number(number);
    return solution;
  }
  throw std::runtime_error("a challenge without a solution");
}

inline std::string HeaderOf(const v1::ChallengeSolution& solution) {
  return Base64Encode(AsBytes(*proto::ToJson(solution)));
}

inline std::string Solve(const v1::Challenge& challenge) { return HeaderOf(SolutionOf(challenge)); }

}  // namespace safeconduct::proof_of_work

#endif  // SAFECONDUCT_TESTS_GATEWAY_PROOF_OF_WORK_SOLVING_H_
