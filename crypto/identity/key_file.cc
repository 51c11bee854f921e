#include <algorithm>
#include <optional>

#include "crypto/age/age.h"
#include "crypto/identity/identity.h"

namespace safeconduct::identity {
namespace {

// age's own limit, and no key file comes near it.
constexpr std::size_t kMaxKeyFileBytes = 16 * 1024 * 1024;

// Takes a line off the front, without its LF or CRLF.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<Party> ParsePlain(ByteView file) {
  std::optional<Party> party;
  for (std::string_view text = AsText(file); !text.empty();) {
    const std::string_view line = TakeLine(text);
    if (line.empty() || line.starts_with('#')) continue;
    if (party) return Error(Code::kMalformed, "a key file with more than one identity");
    SC_ASSIGN(party, Party::Parse(line));
  }
  if (!party) return Error(Code::kMalformed, "a key file without an identity");
  return *std::move(party);
}

// A file that is sealed to a key opens with no passphrase, and "wrong" would mislead.
Status CheckSealedToPassphrase(ByteView binary) {
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(binary));
  if (parsed.header.stanzas.front().type != age::kScryptType) {
    return Error(Code::kUnsupported, "the key file is sealed to a key, not to a passphrase");
  }
  return {};
}

Result<SecretBytes> Unwrap(ByteView file, const SecretBytes& passphrase) {
  Bytes dearmored;
  if (age::IsArmored(file)) {
    SC_ASSIGN(dearmored, age::Dearmor(file));
    file = dearmored;
  }
  SC_TRY(CheckSealedToPassphrase(file));
  const auto identity = age::PassphraseIdentity(SecretBytes::Copy(passphrase.Reveal()));
  const age::Identity* const identities[] = {identity.get()};
  auto plain = age::Decrypt(identities, file);
  if (!plain.ok() && plain.error().code() == Code::kWrongKey) {
    return Error(Code::kWrongKey, "the passphrase of the key file is wrong");
  }
  return plain;
}

}  // namespace

bool KeyFileNeedsPassphrase(ByteView file) {
  return age::IsArmored(file) || AsText(file).starts_with("age-encryption.org/");
}

Result<Party> ParseKeyFile(ByteView file, const SecretBytes* passphrase) {
  if (file.size() > kMaxKeyFileBytes) {
    return Error(Code::kMalformed, "a key file of more than 16 MiB");
  }
  if (!KeyFileNeedsPassphrase(file)) return ParsePlain(file);
  if (passphrase == nullptr) return Error(Code::kRejected, "the key file needs its passphrase");
  SC_ASSIGN(const SecretBytes plain, Unwrap(file, *passphrase));
  return ParsePlain(plain.Reveal());
}

}  // namespace safeconduct::identity
