#include "gateway/routes/range.h"

#include <algorithm>

namespace safeconduct::routes {
namespace {

// Digits only, but leading zeros are allowed here; too great a number is the greatest.
std::optional<std::uint64_t> ParsePosition(std::string_view text) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kMost - digit) / 10 ? kMost : number * 10 + digit;
  }
  return number;
}

}  // namespace

Result<std::optional<ByteRange>> RequestedRange(const http::RequestHead& head, std::uint64_t size,
                                                std::string_view entity_tag) {
  const std::optional<ByteRange> whole;
  if (head.Count("range") != 1 || head.method != http::Method::kGet) return whole;
  // Content that is not the one he began with is sent from its beginning.
  if (head.Count("if-range") > 0 && head.Find("if-range") != entity_tag) return whole;
  std::string_view value = head.Find("range");
  if (!value.starts_with("bytes=")) return whole;
  value.remove_prefix(6);
  const std::size_t dash = value.find('-');
  if (dash == std::string_view::npos || value.find(',') != std::string_view::npos) return whole;

  const std::optional<std::uint64_t> first = ParsePosition(value.substr(0, dash));
  const std::optional<std::uint64_t> last = ParsePosition(value.substr(dash + 1));
  const bool open_end = dash + 1 == value.size();
  const Error unsatisfied(Code::kMalformed, "the file has no bytes there", "range");
  if (dash == 0) {  // the last bytes
    if (!last) return whole;
    if (*last == 0 || size == 0) return unsatisfied;
    return std::optional(ByteRange{size - std::min(size, *last), size});
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return whole;
  if (*first >= size) return unsatisfied;
  const std::uint64_t end = last && *last < size ? *last + 1 : size;
  return std::optional(ByteRange{*first, end});
}

std::string ContentRange(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.begin) + "-" + std::to_string(range.end - 1) + "/" +
         std::to_string(size);
}

std::string UnsatisfiedRange(std::uint64_t size) { return "bytes */" + std::to_string(size); }

}  // namespace safeconduct::routes
