// The texts that pages are filled with.
#ifndef SAFECONDUCT_GATEWAY_CLI_PAGE_TEXTS_H_
#define SAFECONDUCT_GATEWAY_CLI_PAGE_TEXTS_H_

#include "gateway/charter/charter.h"
#include "gateway/cli/gateway_api.h"
#include "gateway/pages/values.h"

namespace safeconduct::cli {

// All texts of the charter that can be had and are what it names.
pages::Texts FetchPageTexts(GatewayApi& gateway, const charter::OpenCharter& charter);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_PAGE_TEXTS_H_
