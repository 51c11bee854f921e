#include "gateway/proof_of_work/solution.h"

#include <optional>

#include "crypto/base/encoding.h"
#include "crypto/base/text.h"
#include "proto/parse.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::proof_of_work {
namespace {

constexpr std::string_view kExpires = "?expires=";
constexpr std::size_t kMaxFields = 16;  // clients may add some, such as how long it took

constexpr Error kNoSolution(Code::kMalformed, "not the solution of a challenge");

// The time at the end of a salt that has the one form that MakeSalt gives.
std::optional<std::int64_t> ExpiryOf(std::string_view salt) {
  constexpr std::size_t kDigits = 2 * kNonceBytes;
  if (salt.size() <= kDigits + kExpires.size() || !salt.ends_with('&')) return std::nullopt;
  if (!HexDecode(salt.substr(0, kDigits)).ok()) return std::nullopt;
  salt.remove_prefix(kDigits);
  if (!salt.starts_with(kExpires)) return std::nullopt;
  salt.remove_prefix(kExpires.size());
  salt.remove_suffix(1);
  const Result<std::uint64_t> seconds = ParseDecimal(salt, INT64_MAX);
  if (!seconds.ok()) return std::nullopt;
  return static_cast<std::int64_t>(*seconds);
}

std::optional<ByteArray<32>> Digest(std::string_view hex) {
  const Result<Bytes> bytes = HexDecode(hex);
  if (!bytes.ok() || bytes->size() != 32) return std::nullopt;
  return ToArray<32>(*bytes);
}

}  // namespace

std::string MakeSalt(const ByteArray<kNonceBytes>& nonce, std::int64_t expires) {
  return HexEncode(nonce) + std::string(kExpires) + std::to_string(expires) + "&";
}

Result<Solution> ParseSolution(std::string_view header) {
  if (header.size() > kMaxHeaderBytes) {
    return Error(Code::kTooLarge, "longer than any solution of a challenge");
  }
  const Result<Bytes> json = Base64Decode(header);
  if (!json.ok()) return kNoSolution;
  const Result<v1::ChallengeSolution> message = proto::FromJson<v1::ChallengeSolution>(
      AsText(*json), kMaxHeaderBytes, proto::Unknown::kIgnore, kMaxFields);
  if (!message.ok()) return kNoSolution;
  if (message->algorithm() != kAlgorithm) {
    return Error(Code::kUnsupported, "challenges are of SHA-256");
  }
  const std::optional<ByteArray<32>> hash = Digest(message->challenge());
  const std::optional<ByteArray<32>> signature = Digest(message->signature());
  const std::optional<std::int64_t> expires = ExpiryOf(message->salt());
  if (!hash || !signature || !expires) return kNoSolution;
  return Solution{message->challenge(), *hash,     message->salt(), *expires,
                  message->number(),    *signature};
}

}  // namespace safeconduct::proof_of_work
