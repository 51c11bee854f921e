// Whatever the header's grammar takes is spelled in its one way, and its stanzas can be looked at.
#include <algorithm>
#include <cstdlib>

#include "crypto/age/age.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  const ByteView input(data, size);
  const auto parsed = age::ParseHeader(input);
  if (!parsed.ok()) return 0;
  const Bytes again = age::SerializeHeader(parsed->header);
  if (parsed->size > size || !std::equal(again.begin(), again.end(), data, data + parsed->size)) {
    std::abort();
  }
  (void)age::CheckStanzas(parsed->header);
  return 0;
}
