// The header `altcha`, as it comes and as the JSON inside its base64. What is taken has one salt,
// digests that are read as they were written, and is never redeemed under a key that did not make
// it.
#include <cstdlib>
#include <string>

#include "crypto/base/encoding.h"
#include "gateway/proof_of_work/issuer.h"
#include "gateway/proof_of_work/solution.h"
#include "proto/parse.h"

namespace {

using namespace safeconduct;  // NOLINT

void Require(bool holds) {
  if (!holds) std::abort();
}

void Check(std::string_view header) {
  static proof_of_work::Issuer issuer({}, proof_of_work::Issuer::RandomKey());
  const Result<proof_of_work::Solution> solution = proof_of_work::ParseSolution(header);
  if (solution.ok()) {
    Require(header.size() <= proof_of_work::kMaxHeaderBytes);
    Require(HexEncode(solution->hash) == solution->challenge);
    const Result<Bytes> nonce =
        HexDecode(std::string_view(solution->salt).substr(0, 2 * proof_of_work::kNonceBytes));
    Require(nonce.ok());
    Require(proof_of_work::MakeSalt(ToArray<proof_of_work::kNonceBytes>(*nonce),
                                    solution->expires) == solution->salt);
  }
  Require(!issuer.Redeem(header, 0).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = [] {
    proto::QuietProtobuf();
    return InitCrypto().ok();
  }();
  Require(kReady);
  const ByteView input(data, size);
  Check(AsText(input));
  Check(Base64Encode(input));
  return 0;
}
