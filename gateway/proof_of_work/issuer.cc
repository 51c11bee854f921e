#include "gateway/proof_of_work/issuer.h"

#include <cstring>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/proof_of_work/solution.h"

namespace safeconduct::proof_of_work {
namespace {

std::uint64_t Number(ByteView bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

Hash Answer(std::string_view salt, std::uint32_t number) {
  return Sha256({AsBytes(salt), AsBytes(std::to_string(number))});
}

}  // namespace

Issuer::Key Issuer::RandomKey() {
  Key key = Key::Zero();
  FillRandom(key.RevealMutable());
  return key;
}

v1::Challenge Issuer::Make(std::int64_t now) {
  ++made_;
  const std::string salt = MakeSalt(RandomArray<kNonceBytes>(), now + kLifetimeSeconds);
  const auto number = static_cast<std::uint32_t>(Number(RandomArray<8>()) %
                                                 (std::uint64_t{limits_.max_number} + 1));
  v1::Challenge challenge;
  challenge.set_algorithm(std::string(kAlgorithm));
  challenge.set_challenge(HexEncode(Answer(salt, number)));
  challenge.set_maxnumber(limits_.max_number);
  challenge.set_salt(salt);
  challenge.set_signature(HexEncode(HmacSha256(key_.Reveal(), AsBytes(challenge.challenge()))));
  return challenge;
}

Status Issuer::Redeem(std::string_view header, std::int64_t now) {
  const Status checked = Check(header, now);
  ++(checked.ok() ? redeemed_ : refused_);
  return checked;
}

Status Issuer::Check(std::string_view header, std::int64_t now) {
  SC_ASSIGN(const Solution solution, ParseSolution(header));
  const ByteArray<32> expected = HmacSha256(key_.Reveal(), AsBytes(solution.challenge));
  if (!ConstantTimeEqual(expected, solution.signature)) {
    return Error(Code::kUnverified, "a challenge that was not made here");
  }
  if (solution.number > limits_.max_number ||
      Answer(solution.salt, solution.number) != solution.hash) {
    return Error(Code::kUnverified, "a number that does not solve the challenge");
  }
  // Only now is the time in the salt known to be the one that was given out.
  if (solution.expires <= now) return Error(Code::kExpired, "a challenge that has expired");
  return Remember(solution.expires, solution.signature, now);
}

Status Issuer::Remember(std::int64_t expires, const ByteArray<32>& signature, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  while (!remembered_.empty() && remembered_.begin()->first <= now) {
    remembered_.erase(remembered_.begin());
  }
  if (!remembered_.insert({expires, Number(signature)}).second) {
    return Error(Code::kConflict, "a solution that was used before");
  }
  if (remembered_.size() > limits_.remembered) remembered_.erase(remembered_.begin());
  return {};
}

Counters Issuer::counters() const { return {made_.load(), redeemed_.load(), refused_.load()}; }

}  // namespace safeconduct::proof_of_work
