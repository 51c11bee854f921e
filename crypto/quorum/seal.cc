// What the reporter's client does.
#include "crypto/quorum/format.h"
#include "crypto/quorum/shamir.h"

namespace safeconduct::quorum {

Result<age::Stanza> Seal(const Context& context, const age::FileKey& file_key,
                         const Consent& consent, std::span<const hpke::SealingKey> trustees) {
  SC_ASSIGN(const Bytes bound_to, EncodeContext(context));
  if (trustees.size() != context.trustees) {
    return Error(Code::kMalformed, "keys of more or fewer trustees than the quorum has");
  }
  const auto wrap_key = SecretArray<kWrapKeyBytes>::Random();
  SC_ASSIGN(const std::vector<SecretBytes> shares,
            SplitSecret(wrap_key.Reveal(), context.threshold, context.trustees));

  age::Stanza stanza{std::string(kStanzaType),
                     {std::to_string(context.threshold), std::to_string(context.trustees)},
                     age::WrapFileKey(FileKeyKey(bound_to, wrap_key.Reveal()), file_key)};
  stanza.body.reserve(BodyBytes(context.trustees));
  for (std::size_t index = 1; index <= context.trustees; ++index) {
    SecretBytes share = SecretBytes::Copy(shares[index - 1].Reveal());
    const std::uint8_t flags = EncodeConsent(consent);
    share.Append(ByteView(&flags, 1));
    const SealedShare sealed =
        SealTo(trustees[index - 1], ShareInfo(bound_to, index), share.Reveal());
    Append(stanza.body, CommitTo(index, share.Reveal()));
    Append(stanza.body, sealed);
  }
  return stanza;
}

Result<age::Stanza> SealThrowAway(const Context& context, const Consent& consent,
                                  std::span<const hpke::SealingKey> trustees) {
  return Seal(context, age::FileKey::Random(), consent, trustees);
}

}  // namespace safeconduct::quorum
