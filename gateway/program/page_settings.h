// What the configuration says of the pages.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_PAGE_SETTINGS_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_PAGE_SETTINGS_H_

#include "gateway/charter/charter.h"
#include "gateway/config/config.h"
#include "gateway/pages/values.h"

namespace safeconduct::program {

pages::Settings PageSettings(const config::Config& config, const charter::Trust& trust);

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_PAGE_SETTINGS_H_
