// Sealing and opening against libcrypto's own ChaCha20-Poly1305 over the same 64 KiB chunks, and
// the cost of headers. Compare figures of one run only.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

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

void LibcryptoChunks(benchmark::State& state, bool seal) {
  const auto key = RandomArray<32>();
  const Bytes in(age::kChunkBytes, 7);
  Bytes out(age::kChunkBytes + age::kTagBytes);
  Bytes sealed(age::kChunkBytes);
  ByteArray<16> tag{};
  const ByteArray<12> nonce{};
  int n = 0;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
  EVP_EncryptUpdate(context, sealed.data(), &n, in.data(), static_cast<int>(in.size()));
  EVP_EncryptFinal_ex(context, out.data(), &n);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag.data());
  for (auto _ : state) {
    for (std::size_t done = 0; done < kGiB; done += age::kChunkBytes) {
      if (seal) {
        EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
        EVP_EncryptUpdate(context, out.data(), &n, in.data(), static_cast<int>(in.size()));
        EVP_EncryptFinal_ex(context, out.data() + n, &n);
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, out.data() + in.size());
      } else {
        EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce.data());
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag.data());
        EVP_DecryptUpdate(context, out.data(), &n, sealed.data(), static_cast<int>(sealed.size()));
        if (EVP_DecryptFinal_ex(context, out.data() + n, &n) != 1) std::abort();
      }
      benchmark::DoNotOptimize(out.data());
      benchmark::ClobberMemory();
    }
    if (seal)
      EVP_DecryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
    if (seal)
      EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nullptr, key.data(), nonce.data());
  }
  EVP_CIPHER_CTX_free(context);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}

void BM_LibcryptoSeal1GiB(benchmark::State& state) { LibcryptoChunks(state, true); }
void BM_LibcryptoOpen1GiB(benchmark::State& state) { LibcryptoChunks(state, false); }
BENCHMARK(BM_LibcryptoSeal1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_AgeSeal1GiB(benchmark::State& state) {
  const age::FileKey key = age::FileKey::Random();
  const Bytes in(kInput, 7);
  Bytes out;
  out.reserve(2 * kInput);
  for (auto _ : state) {
    age::PayloadSealer sealer(key);
    for (std::size_t done = 0; done < kGiB; done += kInput) {
      out.clear();
      sealer.Update(in, out);
      benchmark::DoNotOptimize(out.data());
    }
    out.clear();
    sealer.Finish(out);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGiB));
}
BENCHMARK(BM_AgeSeal1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(BM_LibcryptoOpen1GiB)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_AgeOpen1GiB(benchmark::State& state) {
  const age::FileKey key = age::FileKey::Random();
  const Bytes payload = age::SealPayload(key, Bytes(kGiB, 7));
  SecretBytes out;
  for (auto _ : state) {
    age::PayloadOpener opener(key);
    for (std::size_t done = 0; done < payload.size(); done += kInput) {
      const std::size_t n = std::min(kInput, payload.size() - done);
      out.Truncate(0);
      if (!opener.Update(ByteView(payload).subspan(done, n), out).ok()) std::abort();
      benchmark::DoNotOptimize(out.Reveal().data());
    }
    out.Truncate(0);
    if (!opener.Finish(out).ok()) std::abort();
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
