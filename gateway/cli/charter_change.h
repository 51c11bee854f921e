// What a charter changes for the worse that one alone does not show: against the one before it.
#ifndef SAFECONDUCT_GATEWAY_CLI_CHARTER_CHANGE_H_
#define SAFECONDUCT_GATEWAY_CLI_CHARTER_CHANGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/cli/failure.h"

namespace safeconduct::cli {

// A charter to compare with, from its note. Who signed it is not asked: what is compared is only
// warned of, and a charter that follows is verified by itself. kUsage unless it is one of the same
// origin and of a lower version than `charter`.
Outcome<std::shared_ptr<const charter::OpenCharter>> OpenEarlier(
    std::string_view note, const std::string& name, const charter::OpenCharter& charter);

// One sentence for each retention that erases sooner than in the charter before (null: not known)
// and was not announced (gateway/charter/retention.h).
std::vector<std::string> UnannouncedErasures(const charter::OpenCharter* before,
                                             const charter::OpenCharter& charter, std::int64_t now);

// What charter::Warnings says of the charter, and those.
std::vector<std::string> WarningsOf(const charter::OpenCharter& charter,
                                    const charter::OpenCharter* before, std::int64_t now);

// That one channel of a draft erases so, and what to do about it: kRefused.
Failure UnannouncedErasure(const v1::Channel& channel, const v1::Retention& before,
                           std::int64_t now);

// "never", "30 days after the case is closed, none before 2027-01-31"
std::string RetentionText(const v1::Retention& retention);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_CHARTER_CHANGE_H_
