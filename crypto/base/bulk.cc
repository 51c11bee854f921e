#include "crypto/base/bulk.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"

namespace safeconduct {
namespace {

// A call that can only fail for want of memory or by a defect; nothing can go on after it.
void Must(bool ok) {
  if (!ok) __builtin_trap();
}

// Fetched once: EVP_sha256() and EVP_chacha20_poly1305() look their provider up at every use.
// Never freed, since threads may hash until the process ends.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kAlgorithm;
}

const EVP_MD* Sha1Algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return kAlgorithm;
}

const EVP_CIPHER* ChaChaAlgorithm() {
  static const EVP_CIPHER* const kAlgorithm =
      EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  return kAlgorithm;
}

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

DigestContext NewDigest() {
  DigestContext context(EVP_MD_CTX_new());
  Must(context != nullptr);
  return context;
}

void Begin(EVP_MD_CTX* context, const EVP_MD* algorithm) {
  Must(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
}

void Add(EVP_MD_CTX* context, ByteView bytes) {
  if (bytes.empty()) return;
  Must(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

template <std::size_t N = sizeof(Hash)>
ByteArray<N> End(EVP_MD_CTX* context) {
  ByteArray<N> out;
  unsigned int size = 0;
  Must(EVP_DigestFinal_ex(context, out.data(), &size) == 1 && size == out.size());
  return out;
}

EVP_CIPHER_CTX* Cipher(void* context) { return static_cast<EVP_CIPHER_CTX*>(context); }

}  // namespace

Status InitBulk() {
  if (Sha256Algorithm() == nullptr || ChaChaAlgorithm() == nullptr) {
    return Error(Code::kInternal, "libcrypto lacks SHA-256 or ChaCha20-Poly1305");
  }
  return {};
}

Hash Sha256(std::initializer_list<ByteView> parts) {
  thread_local const DigestContext context = NewDigest();
  Begin(context.get(), Sha256Algorithm());
  for (const ByteView part : parts) Add(context.get(), part);
  return End(context.get());
}

struct Sha256Stream::State {
  DigestContext context = NewDigest();
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  Begin(state_->context.get(), Sha256Algorithm());
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
void Sha256Stream::Update(ByteView bytes) { Add(state_->context.get(), bytes); }
Hash Sha256Stream::Finish() { return End(state_->context.get()); }

struct Sha1Stream::State {
  DigestContext context = NewDigest();
};

Sha1Stream::Sha1Stream() : state_(std::make_unique<State>()) {
  Begin(state_->context.get(), Sha1Algorithm());
}
Sha1Stream::~Sha1Stream() = default;
Sha1Stream::Sha1Stream(Sha1Stream&&) noexcept = default;
Sha1Stream& Sha1Stream::operator=(Sha1Stream&&) noexcept = default;
void Sha1Stream::Update(ByteView bytes) { Add(state_->context.get(), bytes); }
ByteArray<20> Sha1Stream::Finish() { return End<20>(state_->context.get()); }

void BulkCipher::Free::operator()(void* context) const noexcept {
  EVP_CIPHER_CTX_free(Cipher(context));
}

BulkCipher::BulkCipher(Direction direction, std::span<const std::uint8_t, 32> key)
    : context_(EVP_CIPHER_CTX_new()) {
  Must(context_ != nullptr);
  Must(EVP_CipherInit_ex2(Cipher(context_.get()), ChaChaAlgorithm(), key.data(), nullptr,
                          direction == Direction::kSeal ? 1 : 0, nullptr) == 1);
}

BulkCipher::~BulkCipher() = default;
BulkCipher::BulkCipher(BulkCipher&&) noexcept = default;
BulkCipher& BulkCipher::operator=(BulkCipher&&) noexcept = default;

void BulkCipher::Seal(const BulkNonce& nonce, ByteView plaintext, MutableBytes out) {
  Must(out.size() == plaintext.size() + kBulkTagBytes && plaintext.size() <= 1U << 30);
  EVP_CIPHER_CTX* const context = Cipher(context_.get());
  int size = 0;
  Must(EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1);
  if (!plaintext.empty()) {
    Must(EVP_EncryptUpdate(context, out.data(), &size, plaintext.data(),
                           static_cast<int>(plaintext.size())) == 1);
  }
  Must(EVP_EncryptFinal_ex(context, out.data() + plaintext.size(), &size) == 1);
  Must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kBulkTagBytes),
                           out.data() + plaintext.size()) == 1);
}

bool BulkCipher::Open(const BulkNonce& nonce, ByteView sealed, MutableBytes out) {
  Must(sealed.size() == out.size() + kBulkTagBytes && out.size() <= 1U << 30);
  EVP_CIPHER_CTX* const context = Cipher(context_.get());
  int size = 0;
  // libcrypto copies the tag; its interface only lacks the const.
  auto tag = ToArray<kBulkTagBytes>(sealed.last(kBulkTagBytes));
  Must(EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1);
  Must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kBulkTagBytes),
                           tag.data()) == 1);
  std::uint8_t nothing = 0;
  if (!out.empty()) {
    Must(EVP_DecryptUpdate(context, out.data(), &size, sealed.data(),
                           static_cast<int>(out.size())) == 1);
  }
  if (EVP_DecryptFinal_ex(context, out.empty() ? &nothing : out.data(), &size) == 1) return true;
  Wipe(out);
  return false;
}

ByteArray<20> HmacSha1(ByteView key, ByteView message) {
  ByteArray<20> out;
  unsigned int size = 0;
  // Without a key OpenSSL would go on with one of before.
  const std::uint8_t* const bytes = key.empty() ? out.data() : key.data();
  Must(HMAC(EVP_sha1(), bytes, static_cast<int>(key.size()), message.data(), message.size(),
            out.data(), &size) != nullptr &&
       size == out.size());
  return out;
}

}  // namespace safeconduct
