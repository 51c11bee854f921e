// The armor in one piece and in two gives the same, and what it gives encodes to what it took,
// white space and line ends aside.
#include <cstdlib>
#include <string>

#include "crypto/age/age.h"
#include "crypto/age/armor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct;  // NOLINT
  const ByteView input(data, size);
  const auto whole = age::Dearmor(input);

  age::ArmorDecoder decoder;
  Bytes out;
  const std::size_t cut = size == 0 ? 0 : data[size / 2] % size;
  Status status = decoder.Update(input.first(cut), out);
  if (status.ok()) status = decoder.Update(input.subspan(cut), out);
  if (status.ok()) status = decoder.Finish(out);
  if (status.ok() != whole.ok() || (whole.ok() && out != *whole)) std::abort();

  if (!whole.ok()) return 0;
  std::string text;
  for (const char c : AsText(input)) {
    if (c != '\r') text.push_back(c);
  }
  text = text.substr(text.find('-'));
  text.resize(text.rfind('-') + 1);
  if (age::Armor(*whole) != text + "\n" || !age::IsArmored(input)) std::abort();
  return 0;
}
