#include "gateway/proof_of_work/solver.h"

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "proto/parse.h"

namespace safeconduct::proof_of_work {

std::optional<std::string> SolveChallenge(const v1::Challenge& challenge) {
  const Result<Bytes> wanted = HexDecode(challenge.challenge());
  if (!wanted.ok() || wanted->size() != std::tuple_size_v<Hash> ||
      challenge.algorithm() != "SHA-256" || challenge.maxnumber() > kMostWork) {
    return std::nullopt;
  }
  const Hash hash = ToArray<32>(*wanted);
  for (std::uint32_t number = 0; number <= challenge.maxnumber(); ++number) {
    if (Sha256({AsBytes(challenge.salt()), AsBytes(std::to_string(number))}) != hash) continue;
    v1::ChallengeSolution solution;
    solution.set_algorithm(challenge.algorithm());
    solution.set_challenge(challenge.challenge());
    solution.set_salt(challenge.salt());
    solution.set_signature(challenge.signature());
    solution.set_number(number);
    const Result<std::string> json = proto::ToJson(solution, proto::JsonForm::kComplete);
    if (!json.ok()) return std::nullopt;
    return Base64Encode(AsBytes(*json));
  }
  return std::nullopt;
}

}  // namespace safeconduct::proof_of_work
