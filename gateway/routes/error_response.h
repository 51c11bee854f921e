// The one table from error codes to HTTP statuses, and the one shape that every error has:
// v1.ApiError as JSON or protobuf. An Error holds compile-time texts only, so it may be sent to
// anyone.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_ERROR_RESPONSE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_ERROR_RESPONSE_H_

#include <string_view>

#include "crypto/base/result.h"
#include "gateway/http/http.h"
#include "gateway/routes/media_type.h"

namespace safeconduct::routes {

// `code` of the answer: "malformed", "not_found", …
std::string_view CodeName(Code code);
int StatusOf(Code code);

http::Response ErrorResponse(const Error& error, Format format);
// For the statuses that say more than the code: 405, 406, 412, 415, 416, 423, 460 and those of the
// server itself.
http::Response ErrorResponse(int status, const Error& error, Format format);

// What everyone gets who may not see something, or asks for what is not there.
inline constexpr Error kNothingHere(Code::kNotFound, "there is nothing here, or not for you");
// What everyone gets who did not show, by a valid signature, a key that counts here.
inline constexpr Error kNotShown(Code::kUnauthorized,
                                 "this needs a fresh signature by a key that is known here");

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_ERROR_RESPONSE_H_
