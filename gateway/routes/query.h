// The query of a target. All values here are of an alphabet that needs no percent-encoding, so
// none is decoded: what has a percent sign or a plus matches nothing.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_QUERY_H_
#define SAFECONDUCT_GATEWAY_ROUTES_QUERY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/base/result.h"

namespace safeconduct::routes {

// The value of the first parameter of that name. The view is into `query`.
std::optional<std::string_view> QueryValue(std::string_view query, std::string_view name);

// ?limit=: between 1 and `most`; `usual` when it is not there. kMalformed.
Result<std::size_t> QueryLimit(std::string_view query, std::size_t usual, std::size_t most);
// ?after= as a number; 0 when it is not there. kMalformed.
Result<std::uint64_t> QueryAfter(std::string_view query);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_QUERY_H_
