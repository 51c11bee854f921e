// Cross-origin requests (the Fetch standard's CORS protocol): the signed copy of the form that is
// kept as a file has no origin of its own, and sends to the gateway all the same.
//
// Only routes that the table opens (`origins`) answer to pages of any origin. There are no cookies
// and no other authority that a browser would add by itself, so a foreign page can do nothing there
// that its author could not do from anywhere; `*` forbids credentials anyhow.
//
// Thread-safety: free functions.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_CROSS_ORIGIN_H_
#define SAFECONDUCT_GATEWAY_ROUTES_CROSS_ORIGIN_H_

#include <cstdint>
#include <vector>

#include "gateway/http/http.h"

namespace safeconduct::routes {

// Pages of which origins may read an answer.
enum class Origins : std::uint8_t { kOwn, kAny };

// Who gets an answer, as far as its headers go.
struct Audience {
  http::Listener listener = http::Listener::kPublic;
  Origins origins = Origins::kOwn;
};

// Lets pages of any origin read the answer, and those of its headers that our client needs.
void OpenToAnyOrigin(http::Response& response);

// Whether it asks what pages of other origins may do; an OPTIONS without that header is tus'.
bool IsPreflight(const http::RequestHead& head);
// The answer for a path with these methods for pages of any origin, of which there is one.
http::Response PreflightAnswer(const std::vector<http::Method>& methods);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_CROSS_ORIGIN_H_
