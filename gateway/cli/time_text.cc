#include "gateway/cli/time_text.h"

#include <ctime>

namespace safeconduct::cli {

Outcome<std::int64_t> ParseTime(const std::string& text) {
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"}) {
    std::tm parts{};
    const char* end = ::strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    const std::tm asked = parts;
    const std::time_t time = ::timegm(&parts);  // puts 31 February right
    if (time == -1 || parts.tm_mday != asked.tm_mday || parts.tm_mon != asked.tm_mon) break;
    return static_cast<std::int64_t>(time);
  }
  return UsageFailure("'" + text + "' is no date",
                      "Write it as 2027-01-31 or 2027-01-31T12:00:00Z.");
}

std::string Rfc3339(std::int64_t unix_seconds) {
  const std::time_t time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  char text[32];
  if (gmtime_r(&time, &parts) == nullptr) return "";
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace safeconduct::cli
