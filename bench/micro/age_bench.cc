// Sealing and opening against libcrypto's own ChaCha20-Poly1305 over the same 64 KiB chunks, and
// the cost of headers. Compare figures of one run only.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/base/secret.h"
#include "crypto/identity/identity.h"

namespace safeconduct {
namespace {

constexpr std::size_t kGiB = 1024 * 1024 * 1024;
constexpr std::size_t kInput = 1024 * 1024;  // what a caller hands over at a time
constexpr std::size_t kSealedChunk = age::kChunkBytes + age::kTagBytes;

// Both sides read the same memory and write to one buffer of the size of a piece.
const Bytes& Plaintext() {
  static const Bytes plaintext(kGiB, 7);
  return plaintext;
}

void BM_LibcryptoSeal1GiB(benchmark::State& state) {
  const auto key = RandomArray<32>();
  const ByteArray<12> nonce{};
  const Bytes& in = Plaintext();
  Bytes out(kInput + kInput / age::kChunkBytes * age::kTagBytes);
  int n = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
  for (auto _ : state) {
    std::size_t at = 0;
    for (std::size_t done = 0; done < kGiB; done += age::kChunkBytes) {
      EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
      EVP_EncryptUpdate(context, out.data() + at, &n, in.data() + done, age::kChunkBytes);
      EVP_EncryptFinal_ex(context, out.data() + at, &n);
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, age::kTagBytes,
                          out.data() + at + age::kChunkBytes);
      at = (at + kSealedChunk) % out.size();
      benchmark::ClobberMemory();
    }
  }
  EVP_CIPHER_CTX_free(context);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}
BENCHMARK(BM_LibcryptoSeal1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_AgeSeal1GiB(benchmark::State& state) {
  const age::FileKey key = age::FileKey::Random();
  const ByteView in(Plaintext());
  Bytes out(kInput + 64 * 1024);
  for (auto _ : state) {
    age::PayloadSealer sealer(key);
    for (std::size_t done = 0; done < kGiB; done += kInput) {
      sealer.UpdateInto(in.subspan(done, kInput), out);
      benchmark::ClobberMemory();
    }
    sealer.FinishInto(out);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}
BENCHMARK(BM_AgeSeal1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_LibcryptoOpen1GiB(benchmark::State& state) {
  const auto key = RandomArray<32>();
  const ByteArray<12> nonce{};
  Bytes sealed(kGiB / age::kChunkBytes * kSealedChunk);
  Bytes out(kInput);
  int n = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
  for (std::size_t at = 0; at < sealed.size(); at += kSealedChunk) {
    EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(context, sealed.data() + at, &n, Plaintext().data(), age::kChunkBytes);
    EVP_EncryptFinal_ex(context, sealed.data() + at, &n);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, age::kTagBytes,
                        sealed.data() + at + age::kChunkBytes);
  }
  EVP_DecryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
  for (auto _ : state) {
    std::size_t done = 0;
    for (std::size_t at = 0; at < sealed.size(); at += kSealedChunk) {
      EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, age::kTagBytes,
                          sealed.data() + at + age::kChunkBytes);
      EVP_DecryptUpdate(context, out.data() + done, &n, sealed.data() + at, age::kChunkBytes);
      if (EVP_DecryptFinal_ex(context, out.data() + done, &n) != 1) std::abort();
      done = (done + age::kChunkBytes) % out.size();
      benchmark::ClobberMemory();
    }
  }
  EVP_CIPHER_CTX_free(context);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}
BENCHMARK(BM_LibcryptoOpen1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_AgeOpen1GiB(benchmark::State& state) {
  const age::FileKey key = age::FileKey::Random();
  const Bytes payload = age::SealPayload(key, Plaintext());
  SecretBytes out(kInput + 2 * age::kChunkBytes);
  for (auto _ : state) {
    age::PayloadOpener opener(key);
    std::size_t written = 0;
    for (std::size_t done = 0; done < payload.size(); done += kInput) {
      const ByteView piece = ByteView(payload).subspan(done);
      const ByteView taken = piece.first(std::min(kInput, piece.size()));
      if (!opener.UpdateInto(taken, out.RevealMutable(), written).ok()) std::abort();
      benchmark::ClobberMemory();
    }
    if (!opener.FinishInto(out.RevealMutable(), written).ok()) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}
BENCHMARK(BM_AgeOpen1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

struct Parties {
  explicit Parties(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      parties.push_back(identity::Party::Generate());
      auto recipient = age::ParseRecipient(parties.back().recipient());
      if (!recipient.ok()) std::abort();
      owned.push_back(std::move(*recipient));
      recipients.push_back(owned.back().get());
    }
  }
  std::vector<identity::Party> parties;
  std::vector<std::unique_ptr<age::Recipient>> owned;
  std::vector<const age::Recipient*> recipients;
};

// A header for `range` recipients over a payload that exists already.
void BM_HeaderReissue(benchmark::State& state) {
  const Parties parties(static_cast<std::size_t>(state.range(0)));
  const age::FileKey key = age::FileKey::Random();
  for (auto _ : state) {
    auto header = age::WrapHeader(key, parties.recipients);
    if (!header.ok()) std::abort();
    benchmark::DoNotOptimize(age::SerializeHeader(*header));
  }
}
BENCHMARK(BM_HeaderReissue)->Arg(1)->Arg(4);

void BM_HeaderParse(benchmark::State& state) {
  const Parties parties(static_cast<std::size_t>(state.range(0)));
  const Bytes header =
      age::SerializeHeader(*age::WrapHeader(age::FileKey::Random(), parties.recipients));
  for (auto _ : state) benchmark::DoNotOptimize(age::ParseHeader(header));
}
BENCHMARK(BM_HeaderParse)->Arg(1)->Arg(4);

void BM_HeaderUnwrap(benchmark::State& state) {
  const Parties parties(1);
  const age::Header header = *age::WrapHeader(age::FileKey::Random(), parties.recipients);
  const age::Identity* identities[] = {&parties.parties[0].age_identity()};
  for (auto _ : state) {
    if (!age::UnwrapHeader(header, identities).ok()) std::abort();
  }
}
BENCHMARK(BM_HeaderUnwrap);

}  // namespace
}  // namespace safeconduct
