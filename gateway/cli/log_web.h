// What a gateway serves as web app, held against the one that the charter names.
//
// What it gives: every file that pages load, and each start page and plain page of each language
// and channel, is what the build makes of the sources, filled with what the charter, its texts and
// this trust file say; in the plain and the Brotli coding. What it does not: that a gateway shows
// others the same, who may look different to it; the pages about a plain report that was sent;
// gzip; and whether the title, the exit and the onion address, which only the configuration knows,
// are good.
#ifndef SAFECONDUCT_GATEWAY_CLI_LOG_WEB_H_
#define SAFECONDUCT_GATEWAY_CLI_LOG_WEB_H_

#include <string>
#include <vector>

#include "gateway/cli/context.h"
#include "gateway/pages/web_app.h"

namespace safeconduct::cli {

struct WebCheck {
  std::size_t files = 0;
  std::size_t pages = 0;
  std::vector<std::string> notes;  // what is the operator's own, a sentence each
};

// kUnverified, naming the first thing that is served otherwise; as GatewayApi.
Outcome<WebCheck> CompareServedWeb(GatewayApi& gateway, const pages::WebApp& app,
                                   const VerifiedCharter& verified, const charter::Trust& trust);

// What the gateway put into one page, if it is that page: the values that only its configuration
// knows. kUnverified, naming `path`.
Outcome<pages::Values> CheckServedPage(const std::string& path, const pages::Template& page,
                                       const pages::Values& known, const std::string& served,
                                       const charter::Trust& trust);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_LOG_WEB_H_
