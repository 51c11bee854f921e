// Forms of browsers: multipart/form-data (RFC 7578, RFC 2046 §5.1).
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_MULTIPART_H_
#define SAFECONDUCT_GATEWAY_ROUTES_MULTIPART_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace safeconduct::routes {

struct FormField {
  std::string_view name;
  std::string_view value;  // of a file: its bytes; its name is not looked at
};

// The parts of a body, at most 16, as views into it. `content_type` is the whole header.
// kMalformed, kTooLarge (more parts, or more than 4 KiB of headers in one).
Result<std::vector<FormField>> ParseForm(std::string_view content_type, std::string_view body);

// The first field of that name.
std::optional<std::string_view> FieldValue(const std::vector<FormField>& form,
                                           std::string_view name);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_MULTIPART_H_
