#include "gateway/routes/query.h"

#include "crypto/base/text.h"

namespace safeconduct::routes {

std::optional<std::string_view> QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name) {
      return equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    }
  }
  return std::nullopt;
}

Result<std::size_t> QueryLimit(std::string_view query, std::size_t usual, std::size_t most) {
  const std::optional<std::string_view> text = QueryValue(query, "limit");
  if (!text) return usual;
  const Result<std::uint64_t> number = ParseDecimal(*text, most);
  if (!number.ok() || *number == 0) {
    return Error(Code::kMalformed, "the limit is a number from 1 to the greatest page", "limit");
  }
  return static_cast<std::size_t>(*number);
}

Result<std::uint64_t> QueryAfter(std::string_view query) {
  const std::optional<std::string_view> text = QueryValue(query, "after");
  if (!text) return std::uint64_t{0};
  const Result<std::uint64_t> number = ParseDecimal(*text, UINT64_MAX);
  if (!number.ok()) return Error(Code::kMalformed, "this is no number", "after");
  return *number;
}

}  // namespace safeconduct::routes
