// openapi.json, compiled in; a test checks it against the routes and the messages.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_OPENAPI_DOCUMENT_H_
#define SAFECONDUCT_GATEWAY_ROUTES_OPENAPI_DOCUMENT_H_

#include <string_view>

namespace safeconduct::routes {

std::string_view OpenApiDocument();

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_OPENAPI_DOCUMENT_H_
