// Uses what Safeconduct needs of libsodium and older versions lack; exits 0 when all of it works.
// deploy/sodium and CMake run it against the library that they are about to use.
#include <sodium.h>

#include <cstdio>
#include <cstring>

namespace {

bool XWingWorks() {
  unsigned char public_key[crypto_kem_xwing_PUBLICKEYBYTES];
  unsigned char secret_key[crypto_kem_xwing_SECRETKEYBYTES];
  unsigned char ciphertext[crypto_kem_xwing_CIPHERTEXTBYTES];
  unsigned char sent[crypto_kem_xwing_SHAREDSECRETBYTES];
  unsigned char received[crypto_kem_xwing_SHAREDSECRETBYTES];
  return crypto_kem_xwing_keypair(public_key, secret_key) == 0 &&
         crypto_kem_xwing_enc(ciphertext, sent, public_key) == 0 &&
         crypto_kem_xwing_dec(received, ciphertext, secret_key) == 0 &&
         sodium_memcmp(sent, received, sizeof sent) == 0;
}

bool MlKemWorks() {
  unsigned char public_key[crypto_kem_mlkem768_PUBLICKEYBYTES];
  unsigned char secret_key[crypto_kem_mlkem768_SECRETKEYBYTES];
  unsigned char ciphertext[crypto_kem_mlkem768_CIPHERTEXTBYTES];
  unsigned char sent[crypto_kem_mlkem768_SHAREDSECRETBYTES];
  unsigned char received[crypto_kem_mlkem768_SHAREDSECRETBYTES];
  return crypto_kem_mlkem768_keypair(public_key, secret_key) == 0 &&
         crypto_kem_mlkem768_enc(ciphertext, sent, public_key) == 0 &&
         crypto_kem_mlkem768_dec(received, ciphertext, secret_key) == 0 &&
         sodium_memcmp(sent, received, sizeof sent) == 0;
}

// RFC 5869, test case 3: no salt, no info.
bool HkdfWorks() {
  const unsigned char expected[8] = {0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f};
  unsigned char input[22];
  std::memset(input, 0x0b, sizeof input);
  unsigned char prk[crypto_kdf_hkdf_sha256_KEYBYTES];
  unsigned char output[42];
  return crypto_kdf_hkdf_sha256_extract(prk, nullptr, 0, input, sizeof input) == 0 &&
         crypto_kdf_hkdf_sha256_expand(output, sizeof output, nullptr, 0, prk) == 0 &&
         std::memcmp(output, expected, sizeof expected) == 0;
}

}  // namespace

int main() {
  if (sodium_init() < 0 || !XWingWorks() || !MlKemWorks() || !HkdfWorks()) {
    std::puts("libsodium runs but gives wrong results");
    return 1;
  }
  std::puts(sodium_version_string());
  return 0;
}
