// A stanza from a hostile sealer, in a quorum whose keys are known: a line `TYPE ARG ARG`, then the
// body. What is taken has its one form; what opens fits its commitment, survives a release, and
// combines, or is the sealer's fault.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/quorum/format.h"
#include "crypto/quorum/quorum.h"

namespace safeconduct::quorum {
namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

SecretArray<32> SeedOf(std::size_t index) {
  const std::string name = "seed of t" + std::to_string(index);
  return SecretArray<32>::Copy(Sha256(AsBytes(name)));
}

age::Stanza Read(ByteView input) {
  const auto newline = std::find(input.begin(), input.end(), std::uint8_t{'\n'});
  age::Stanza stanza;
  std::vector<std::string> words(1);
  for (auto at = input.begin(); at != newline; ++at) {
    if (*at == ' ') {
      words.emplace_back();
    } else {
      words.back().push_back(static_cast<char>(*at));
    }
  }
  stanza.type = words[0];
  stanza.args.assign(words.begin() + 1, words.end());
  if (newline != input.end()) stanza.body.assign(newline + 1, input.end());
  return stanza;
}

void Try(const age::Stanza& stanza, const Size& size) {
  const Context context{"field-office", Sha256(AsBytes("reporter")),
                        "account",      Sha256(AsBytes("payload")),
                        size.threshold, size.trustees};
  static const SecretArray<32> grantee = SeedOf(99);
  static const hpke::SealingKey grantee_key = hpke::SealingKey::Of(grantee.Reveal());
  std::vector<Share> shares;
  for (std::size_t index = 1; index <= size.trustees; ++index) {
    const SecretArray<32> seed = SeedOf(index);
    const auto share = OpenShare(context, stanza, index, seed.Reveal());
    if (!share.ok()) {
      Must(share.error().code() == Code::kWrongKey || share.error().code() == Code::kMalformed);
      continue;
    }
    const auto sealed = SealRelease(context, *share, {}, grantee_key);
    Must(sealed.ok());
    auto released = OpenRelease(context, stanza, index, {}, grantee.Reveal(), *sealed);
    Must(released.ok() && released->consent == share->consent);
    Must(ConstantTimeEqual(released->bytes.Reveal(), share->bytes.Reveal()));
    shares.push_back(*std::move(released));
  }
  const auto file_key = Combine(context, stanza, shares);
  if (file_key.ok()) {
    Must(shares.size() >= size.threshold);
  } else {
    const bool enough = shares.size() >= size.threshold;
    Must(file_key.error().code() == (enough ? Code::kMalformed : Code::kRejected));
  }
}

}  // namespace
}  // namespace safeconduct::quorum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  static const bool kReady = InitCrypto().ok();
  if (!kReady) std::abort();
  const age::Stanza stanza = quorum::Read({data, size});
  const auto parsed = quorum::ParseStanza(stanza);
  if (!parsed.ok()) return 0;
  quorum::Must(stanza.type == quorum::kStanzaType);
  quorum::Must(stanza.args == std::vector<std::string>{std::to_string(parsed->threshold),
                                                       std::to_string(parsed->trustees)});
  quorum::Must(stanza.body.size() == quorum::BodyBytes(parsed->trustees));
  quorum::Must(quorum::CheckStanza(stanza, parsed->threshold, parsed->trustees).ok());
  quorum::Must(!quorum::CheckStanza(stanza, parsed->threshold + 1, parsed->trustees).ok());
  quorum::Try(stanza, *parsed);
  return 0;
}
