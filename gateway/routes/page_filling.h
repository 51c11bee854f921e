// From a charter and its texts to the pages that are served under it.
//
// Thread-safety: free functions. They read the store, and compress for some milliseconds for
// each page, so they belong on the pool.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_
#define SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/pages/pages.h"
#include "gateway/pages/values.h"
#include "gateway/pages/web_app.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

// The charter's texts, by their SHA-256.
using TextsByDigest = std::map<std::string, std::string>;

// One that cannot be read counts as absent, so that what is left of a store is served.
TextsByDigest StoredTexts(const storage::EnvelopeStore& store, const charter::OpenCharter& charter);

// Null without a web app. kInternal.
Result<std::shared_ptr<const pages::Pages>> FillPages(const pages::WebApp* app,
                                                      const pages::Settings& settings,
                                                      const charter::OpenCharter& charter,
                                                      std::string_view note,
                                                      const TextsByDigest& texts);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_PAGE_FILLING_H_
