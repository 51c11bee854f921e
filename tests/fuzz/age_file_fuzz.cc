// A whole file against a known identity of each kind: in memory, in pieces and by ranges it opens
// to the same bytes or not at all.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "crypto/age/age.h"
#include "crypto/age/native.h"

namespace safeconduct::age {
namespace {

struct KnownIdentities {
  KnownIdentities() {
    if (!InitCrypto().ok()) std::abort();
    const auto secret = SecretArray<32>::Copy(Bytes(32, 0x42));
    classic = MakeX25519Identity(secret);
    hybrid = MakeHybridIdentity(secret);
    passphrase = PassphraseIdentity(SecretBytes::Copy(AsBytes("password")), 4);
  }
  std::unique_ptr<Identity> classic, hybrid, passphrase;
};

class InMemory final : public RandomAccess {
 public:
  explicit InMemory(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    const ByteView part = bytes_.subspan(static_cast<std::size_t>(offset), out.size());
    std::copy(part.begin(), part.end(), out.begin());
    return {};
  }

 private:
  ByteView bytes_;
};

Result<SecretBytes> OpenInPieces(const FileKey& key, ByteView payload) {
  PayloadOpener opener(key);
  SecretBytes out;
  for (std::size_t at = 0; at < payload.size();) {
    const std::size_t piece = std::min<std::size_t>(1 + payload[at] * 300U, payload.size() - at);
    SC_TRY(opener.Update(payload.subspan(at, piece), out));
    at += piece;
  }
  SC_TRY(opener.Finish(out));
  return out;
}

Result<SecretBytes> OpenByRange(const FileKey& key, ByteView payload) {
  const InMemory source(payload);
  SC_ASSIGN(PayloadReader reader, PayloadReader::Open(key, source));
  SecretBytes out(static_cast<std::size_t>(reader.size()));
  SC_TRY(reader.ReadAt(0, out.RevealMutable()));
  return out;
}

void Compare(const Result<SecretBytes>& a, const Result<SecretBytes>& b) {
  if (a.ok() != b.ok()) std::abort();
  if (a.ok() && !ConstantTimeEqual(a->Reveal(), b->Reveal())) std::abort();
}

void Check(ByteView file) {
  static const KnownIdentities known;
  const Identity* const identities[] = {known.classic.get(), known.hybrid.get(),
                                        known.passphrase.get()};
  const auto whole = Decrypt(identities, file);
  if (IsArmored(file)) return;
  const auto parsed = ParseHeader(file);
  if (!parsed.ok()) {
    if (whole.ok()) std::abort();
    return;
  }
  const auto key = UnwrapHeader(parsed->header, identities);
  if (!key.ok()) {
    if (whole.ok()) std::abort();
    return;
  }
  if (!VerifyHeader(parsed->header, *key).ok()) std::abort();
  const ByteView payload = file.subspan(parsed->size);
  Compare(whole, OpenInPieces(*key, payload));
  Compare(whole, OpenByRange(*key, payload));
}

}  // namespace
}  // namespace safeconduct::age

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  safeconduct::age::Check({data, size});
  return 0;
}
