// A form of a browser: the first line is the Content-Type, the rest the body. What is taken lies in
// the body, and no byte is taken twice.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/routes/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace safeconduct::routes;  // NOLINT
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view body = input.substr(line + 1);
  const auto form = ParseForm(input.substr(0, line), body);
  if (!form.ok()) return 0;
  std::size_t bytes = 0;
  for (const FormField& field : *form) {
    bytes += field.value.size();
    if (field.value.data() < body.data() ||
        field.value.data() + field.value.size() > body.data() + body.size()) {
      std::abort();
    }
  }
  if (bytes > body.size()) std::abort();
  return 0;
}
