#include "crypto/identity/identity.h"

#include "crypto/age/native.h"
#include "crypto/base/hash.h"

namespace safeconduct::identity {
namespace {

constexpr std::string_view kReporterInfo = "safeconduct/reporter-identity/v1";

std::string_view SigningInfo(Purpose purpose) {
  switch (purpose) {
    case Purpose::kRequest:
      return "safeconduct/signing-key/request/v1";
    case Purpose::kEvent:
      return "safeconduct/signing-key/event/v1";
    case Purpose::kNote:
      return "safeconduct/signing-key/note/v1";
    case Purpose::kCosignature:
      return "safeconduct/signing-key/cosignature/v1";
  }
  __builtin_trap();
}

}  // namespace

SigningKey SigningKeyOf(hpke::Seed seed, Purpose purpose) {
  return SigningKey::FromSeed(Hkdf(seed, {}, SigningInfo(purpose)));
}

struct Party::State {
  explicit State(const SecretArray<32>& party_seed)
      : seed(LockedKey<32>::Copy(party_seed.Reveal())),
        recipient(age::HybridRecipientText(party_seed)),
        age_identity(age::MakeHybridIdentity(party_seed)) {}

  LockedKey<32> seed;
  std::string recipient;
  std::unique_ptr<age::Identity> age_identity;
};

Party::Party(std::unique_ptr<State> state) : state_(std::move(state)) {}
Party::Party(Party&&) noexcept = default;
Party& Party::operator=(Party&&) noexcept = default;
Party::~Party() = default;

Party Party::Generate() { return FromSeed(SecretArray<32>::Random()); }

Party Party::FromSeed(const SecretArray<32>& seed) { return Party(std::make_unique<State>(seed)); }

Party Party::FromReceiptCode(const ReceiptCode& code) {
  return FromSeed(Hkdf(code.Reveal(), {}, kReporterInfo));
}

Result<Party> Party::Parse(std::string_view text) {
  SC_ASSIGN(const SecretArray<32> seed, age::ParseHybridIdentityText(text));
  return FromSeed(seed);
}

const std::string& Party::recipient() const { return state_->recipient; }

const age::Identity& Party::age_identity() const { return *state_->age_identity; }

SigningKey Party::Key(Purpose purpose) const {
  return SigningKeyOf(state_->seed.Reveal(), purpose);
}

hpke::Seed Party::seed() const { return state_->seed.Reveal(); }

SecretBytes Party::KeyFile(std::string_view created) const {
  SecretBytes out;
  out.Append(AsBytes("# created: "));
  out.Append(AsBytes(created));
  out.Append(AsBytes("\n# public key: "));
  out.Append(AsBytes(state_->recipient));
  out.Append(AsBytes("\n"));
  out.Append(age::HybridIdentityText(SecretArray<32>::Copy(state_->seed.Reveal())).Reveal());
  out.Append(AsBytes("\n"));
  return out;
}

}  // namespace safeconduct::identity
