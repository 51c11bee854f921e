#include "crypto/base/hash.h"

#include <sodium.h>

namespace safeconduct {

SecretArray<32> Hkdf(ByteView key_material, ByteView salt, std::string_view info) {
  SecretArray<32> pseudorandom_key;
  SecretArray<32> out;
  // Fails only for more than 255 * 32 bytes of output.
  if (crypto_kdf_hkdf_sha256_extract(pseudorandom_key.RevealMutable().data(), salt.data(),
                                     salt.size(), key_material.data(), key_material.size()) != 0 ||
      crypto_kdf_hkdf_sha256_expand(out.RevealMutable().data(), out.Reveal().size(), info.data(),
                                    info.size(), pseudorandom_key.Reveal().data()) != 0) {
    __builtin_trap();
  }
  return out;
}

ByteArray<32> HmacSha256(ByteView key, ByteView message) {
  crypto_auth_hmacsha256_state state;
  ByteArray<32> out;
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, message.data(), message.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  Wipe({reinterpret_cast<std::uint8_t*>(&state), sizeof(state)});
  return out;
}

}  // namespace safeconduct
