// c2sp.org/age, "The scrypt recipient type".
#include <sodium.h>

#include <algorithm>

#include "crypto/age/native.h"
#include "crypto/age/wrap.h"
#include "crypto/base/encoding.h"

namespace safeconduct::age {
namespace {

constexpr std::string_view kSaltPrefix = "age-encryption.org/v1/scrypt";
constexpr std::size_t kSaltBytes = 16;
constexpr std::uint32_t kBlockSize = 8;    // r
constexpr std::uint32_t kParallelism = 1;  // p
// N = 2^30 takes 1 TiB of memory: beyond it nothing makes sense, whatever the caller's limit.
constexpr int kMaxLog2Work = 30;

struct ScryptStanza {
  Bytes salt;
  int log2_work = 0;  // kMaxLog2Work + 1 for all that is more
};

Result<int> ParseWork(std::string_view text) {
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text[0] == '0' || !digits) {
    return Error(Code::kMalformed, "an scrypt stanza whose work factor is not a decimal number");
  }
  if (text.size() > 2) return kMaxLog2Work + 1;
  int work = 0;
  for (const char c : text) work = 10 * work + (c - '0');
  return std::min(work, kMaxLog2Work + 1);
}

Result<ScryptStanza> Parse(const Stanza& stanza) {
  if (stanza.args.size() != 2) {
    return Error(Code::kMalformed, "an scrypt stanza has two arguments");
  }
  SC_TRY(CheckBody(stanza));
  ScryptStanza out;
  SC_ASSIGN(out.salt, DecodeArgument(stanza.args[0], kSaltBytes));
  SC_ASSIGN(out.log2_work, ParseWork(stanza.args[1]));
  return out;
}

// kUnavailable when there is not the memory: 1 KiB for each unit of N.
Result<SecretArray<32>> Stretch(const SecretBytes& passphrase, ByteView stanza_salt,
                                int log2_work) {
  Bytes salt;
  Append(salt, kSaltPrefix);
  Append(salt, stanza_salt);
  SecretArray<32> out;
  if (crypto_pwhash_scryptsalsa208sha256_ll(passphrase.Reveal().data(), passphrase.size(),
                                            salt.data(), salt.size(), std::uint64_t{1} << log2_work,
                                            kBlockSize, kParallelism, out.RevealMutable().data(),
                                            out.Reveal().size()) != 0) {
    return Error(Code::kUnavailable, "not enough memory to stretch the passphrase");
  }
  return out;
}

class ScryptRecipient final : public Recipient {
 public:
  ScryptRecipient(SecretBytes passphrase, int log2_work)
      : passphrase_(std::move(passphrase)), log2_work_(log2_work) {}

  Kind kind() const override { return Kind::kScrypt; }

  Result<Stanza> Wrap(const FileKey& file_key) const override {
    if (log2_work_ < 1 || log2_work_ > kMaxLog2Work) {
      return Error(Code::kRejected, "a work factor for the passphrase that is out of range");
    }
    const auto salt = RandomArray<kSaltBytes>();
    SC_ASSIGN(const SecretArray<32> wrap_key, Stretch(passphrase_, salt, log2_work_));
    return Stanza{std::string(kScryptType),
                  {Base64Encode(salt, Base64::kUnpadded), std::to_string(log2_work_)},
                  WrapFileKey(wrap_key, file_key)};
  }

 private:
  SecretBytes passphrase_;
  int log2_work_;
};

class ScryptIdentity final : public Identity {
 public:
  ScryptIdentity(SecretBytes passphrase, int max_log2_work)
      : passphrase_(std::move(passphrase)), max_log2_work_(std::min(max_log2_work, kMaxLog2Work)) {}

  Result<FileKey> Unwrap(const Stanza& stanza) const override {
    if (stanza.type != kScryptType) return Error(Code::kWrongKey, "a stanza of another type");
    SC_ASSIGN(const ScryptStanza parsed, Parse(stanza));
    if (parsed.log2_work > max_log2_work_) {
      return Error(Code::kTooLarge, "a passphrase that would take too much work to check");
    }
    SC_ASSIGN(const SecretArray<32> wrap_key, Stretch(passphrase_, parsed.salt, parsed.log2_work));
    return UnwrapFileKey(wrap_key, stanza.body);
  }

 private:
  SecretBytes passphrase_;
  int max_log2_work_;
};

}  // namespace

Status CheckScryptStanza(const Stanza& stanza) {
  SC_ASSIGN([[maybe_unused]] const ScryptStanza parsed, Parse(stanza));
  return {};
}

std::unique_ptr<Recipient> PassphraseRecipient(SecretBytes passphrase, int log2_work) {
  return std::make_unique<ScryptRecipient>(std::move(passphrase), log2_work);
}

std::unique_ptr<Identity> PassphraseIdentity(SecretBytes passphrase, int max_log2_work) {
  return std::make_unique<ScryptIdentity>(std::move(passphrase), max_log2_work);
}

}  // namespace safeconduct::age
