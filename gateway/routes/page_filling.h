// From a charter and its texts to the pages that are served under it.
//
// Thread-safety: free functions. They compress for some milliseconds for each page and read the
// store, so they belong on the pool.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_
#define SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/pages/pages.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

// `texts` are the charter's, by their SHA-256. Null without a web app. kInternal.
Result<std::shared_ptr<const pages::Pages>> FillPages(
    const Services& services, const charter::OpenCharter& charter, std::string_view note,
    const std::map<std::string, std::string>& texts);
// With texts from the store; one that cannot be read counts as absent, so that what is left of a
// store is served.
Result<std::shared_ptr<const pages::Pages>> FillPages(const Services& services,
                                                      const charter::OpenCharter& charter,
                                                      std::string_view note);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_
