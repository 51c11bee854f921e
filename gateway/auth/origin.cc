// NormalizeOrigin of http_signature.h.
#include <algorithm>

#include "gateway/auth/http_signature.h"

namespace safeconduct::auth {
namespace {

constexpr std::size_t kMaxOriginBytes = 300;
constexpr Error kNoOrigin(Code::kMalformed, "not an origin: scheme, host and perhaps a port");

bool IsHexOrColon(char c) {
  return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// The host at the beginning of `rest`, which is cut off it; empty when there is none.
std::string_view TakeHost(std::string_view& rest) {
  std::size_t length = 0;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos || end == 1) return {};
    const std::string_view address = rest.substr(1, end - 1);
    if (!std::all_of(address.begin(), address.end(), IsHexOrColon)) return {};
    length = end + 1;
  } else {
    length = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), IsNameChar) -
                                      rest.begin());
  }
  const std::string_view host = rest.substr(0, length);
  rest.remove_prefix(length);
  return host;
}

bool IsPort(std::string_view digits) {
  if (digits.empty() || digits.size() > 5 || digits.front() == '0') return false;
  std::uint32_t port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return port <= 65'535;
}

}  // namespace

Result<std::string> NormalizeOrigin(std::string_view origin) {
  if (origin.size() > kMaxOriginBytes) return kNoOrigin;
  std::string lower(origin);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::string_view scheme = lower.starts_with("https://")  ? "https://"
                                  : lower.starts_with("http://") ? "http://"
                                                                 : "";
  if (scheme.empty()) return kNoOrigin;
  std::string_view rest = std::string_view(lower).substr(scheme.size());
  const std::string_view host = TakeHost(rest);
  if (host.empty()) return kNoOrigin;
  std::string out = std::string(scheme) + std::string(host);
  if (rest.empty()) return out;
  if (!rest.starts_with(':') || !IsPort(rest.substr(1))) return kNoOrigin;
  const std::string_view own_port = scheme == "https://" ? ":443" : ":80";
  if (rest != own_port) out += rest;
  return out;
}

}  // namespace safeconduct::auth
