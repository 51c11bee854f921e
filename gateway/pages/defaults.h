// What a page says and leads to where nobody configured it. Neutral: it stands in the history of a
// shared computer.
#ifndef SAFECONDUCT_GATEWAY_PAGES_DEFAULTS_H_
#define SAFECONDUCT_GATEWAY_PAGES_DEFAULTS_H_

#include <string_view>

namespace safeconduct::pages {

inline constexpr std::string_view kDefaultTitle = "Information";
inline constexpr std::string_view kDefaultExitUrl = "https://www.wikipedia.org/";

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_DEFAULTS_H_
