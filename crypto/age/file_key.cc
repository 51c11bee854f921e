// From a file key to a header that carries it, and back.
#include <algorithm>

#include "crypto/age/format.h"
#include "crypto/age/native.h"
#include "crypto/base/hash.h"

namespace safeconduct::age {
namespace {

ByteArray<32> Mac(const FileKey& file_key, std::span<const Stanza> stanzas) {
  const SecretArray<32> mac_key = Hkdf(file_key.Reveal(), {}, "header");
  return HmacSha256(mac_key.Reveal(), SerializeForMac(stanzas));
}

// c2sp.org/age: a post-quantum file must not be readable by a classic key, and a passphrase is
// alone, because whoever opens such a file takes it for one by somebody who knows the passphrase.
Status CheckMix(Recipients recipients) {
  if (recipients.empty()) return Error(Code::kRejected, "a file for nobody");
  if (recipients.size() > kMaxStanzas) return Error(Code::kTooLarge, "more than 1024 recipients");
  const Kind first = recipients.front()->kind();
  for (const Recipient* recipient : recipients) {
    if (recipient->kind() != first) {
      return Error(Code::kRejected, "post-quantum, classic and passphrase recipients do not mix");
    }
  }
  if (first == Kind::kScrypt && recipients.size() != 1) {
    return Error(Code::kRejected, "a passphrase must be the only recipient");
  }
  return {};
}

Status CheckStanza(const Stanza& stanza) {
  if (stanza.type == kX25519Type) return CheckX25519Stanza(stanza);
  if (stanza.type == kHybridType) return CheckHybridStanza(stanza);
  if (stanza.type == kScryptType) return CheckScryptStanza(stanza);
  return {};
}

}  // namespace

Result<Header> WrapHeader(const FileKey& file_key, Recipients recipients) {
  SC_TRY(CheckMix(recipients));
  std::vector<Stanza> stanzas;
  stanzas.reserve(recipients.size());
  for (const Recipient* recipient : recipients) {
    SC_ASSIGN(Stanza stanza, recipient->Wrap(file_key));
    stanzas.push_back(std::move(stanza));
  }
  return AuthenticateHeader(file_key, std::move(stanzas));
}

Header AuthenticateHeader(const FileKey& file_key, std::vector<Stanza> stanzas) {
  const ByteArray<32> mac = Mac(file_key, stanzas);
  return {std::move(stanzas), mac};
}

Status CheckStanzas(const Header& header) {
  const auto& stanzas = header.stanzas;
  const bool has_scrypt = std::any_of(stanzas.begin(), stanzas.end(),
                                      [](const Stanza& one) { return one.type == kScryptType; });
  if (has_scrypt && stanzas.size() != 1) {
    return Error(Code::kMalformed, "an scrypt stanza must be the only one");
  }
  for (const Stanza& stanza : stanzas) SC_TRY(CheckStanza(stanza));
  return {};
}

Result<FileKey> UnwrapHeader(const Header& header, Identities identities, std::size_t first_try) {
  SC_TRY(CheckStanzas(header));
  std::vector<const Stanza*> stanzas;
  if (first_try < header.stanzas.size()) stanzas.push_back(&header.stanzas[first_try]);
  for (const Stanza& stanza : header.stanzas) {
    if (stanzas.empty() || &stanza != stanzas.front()) stanzas.push_back(&stanza);
  }
  for (const Stanza* stanza : stanzas) {
    for (const Identity* identity : identities) {
      Result<FileKey> file_key = identity->Unwrap(*stanza);
      if (file_key.ok()) {
        SC_TRY(VerifyHeader(header, *file_key));
        return file_key;
      }
      if (file_key.error().code() != Code::kWrongKey) return file_key.error();
    }
  }
  return Error(Code::kWrongKey, "no identity fits this file");
}

Status VerifyHeader(const Header& header, const FileKey& file_key) {
  if (!ConstantTimeEqual(Mac(file_key, header.stanzas), header.mac)) {
    return Error(Code::kUnverified, "the header's MAC does not match");
  }
  return {};
}

}  // namespace safeconduct::age
