#include "gateway/routes/endpoints.h"
#include "gateway/routes/openapi_document.h"

namespace safeconduct::routes {

void GetOpenApi(const Services&, CallPtr call) {
  http::Response response;
  response.headers.push_back({"content-type", std::string(kJsonType)});
  response.body = OpenApiDocument();
  call->Send(std::move(response));
}

}  // namespace safeconduct::routes
