// Bech32 text that is taken is what encoding makes of it; keys in it are parsed without harm.
#include <cstdlib>
#include <string>

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  static const bool kReady = InitCrypto().ok();
  if (!kReady) std::abort();
  const std::string_view text = AsText({data, size});
  const auto decoded = Bech32Decode(text);
  if (decoded.ok()) {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (Bech32Encode(decoded->prefix, decoded->data) != lower) std::abort();
  }
  const bool key = age::ParseRecipient(text).ok() || age::ParseIdentity(text).ok();
  if (key && !decoded.ok()) std::abort();
  // The same bytes always encode, and decode to themselves.
  const Bytes bytes(data, data + size);
  const auto again = Bech32Decode(Bech32Encode("age", bytes));
  if (!again.ok() || again->data != bytes) std::abort();
  return 0;
}
