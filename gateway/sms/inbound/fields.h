// Names and values as requests carry them: in a query, a form or a JSON object.
//
// Lenient where strictness would lose a message: an escape that is none stays as it is. Values are
// bytes as they came; which characters they are is the caller's business.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_FIELDS_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_FIELDS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace safeconduct::sms {

inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;
inline constexpr std::size_t kMaxFields = 256;
inline constexpr std::size_t kMaxIdBytes = 256;
inline constexpr std::size_t kMaxTextBytes = 16 * 1024;

struct Field {
  std::string name;
  std::string value;

  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// What stands for what, of application/x-www-form-urlencoded: %XX, and a blank for each plus.
std::string FormDecode(std::string_view text);
// All but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986): good in a query, a path and a form alike.
std::string PercentEncode(std::string_view bytes);

// A query or a form, in order. kTooLarge for more than kMaxFields.
Result<Fields> ParseForm(std::string_view text);
// The strings, numbers and booleans of a JSON object, under names such as "data.from.0.number".
// What is not UTF-8 is mended first. kMalformed when it is no object, kTooLarge for more than
// kMaxFields members and elements.
Result<Fields> ParseJsonFields(std::string_view json);

// The first of that name. Null when there is none, or the name is empty.
const std::string* FindField(const Fields& fields, std::string_view name);
// The same; empty when there is none.
std::string_view ValueOf(const Fields& fields, std::string_view name);
// All that `pattern` names, in which a part * stands for any one part: "messages.*.status".
std::vector<std::string_view> ValuesOf(const Fields& fields, std::string_view pattern);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_FIELDS_H_
