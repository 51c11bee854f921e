// A trust file.
#include <cstdlib>

#include "gateway/charter/charter.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto trust = charter::ParseTrust(AsText({data, size}));
  if (!trust.ok()) return 0;
  // What is read can be written, and reads the same again.
  const std::string text = charter::FormatTrust(*trust);
  const auto again = charter::ParseTrust(text);
  if (!again.ok() || charter::FormatTrust(*again) != text || again->roots != trust->roots ||
      again->witness_threshold != trust->witness_threshold) {
    std::abort();
  }
  return 0;
}
