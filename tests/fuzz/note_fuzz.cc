// A note that is taken serializes to the same bytes, and opens only for keys that signed it;
// verifier keys have one spelling.
#include <cstdlib>
#include <string>

#include "crypto/note/note.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  static const bool kReady = InitCrypto().ok();
  if (!kReady) std::abort();
  const std::string_view text = AsText({data, size});
  const auto vkey = note::ParseVerifierKey(text);
  if (vkey.ok() && note::FormatVerifierKey(*vkey) != text) std::abort();

  const auto parsed = note::Parse(text);
  if (!parsed.ok()) return 0;
  if (note::Serialize(*parsed) != text) std::abort();
  static const note::VerifierKey kKeys[] = {*note::ParseVerifierKey(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")};
  const auto opened = note::Open(text, kKeys, 1);
  if (opened.ok() && *opened != parsed->text) std::abort();
  return 0;
}
