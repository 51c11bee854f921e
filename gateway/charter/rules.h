// The rules that a charter keeps (stated beside each field in charter.proto), apart from who
// signed it. For charter.cc only. All give kRejected with the field, but for kUnsupported where a
// policy is one that this version does not have.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_RULES_H_
#define SAFECONDUCT_GATEWAY_CHARTER_RULES_H_

#include <vector>

#include "crypto/base/result.h"
#include "crypto/note/note.h"
#include "gateway/charter/charter.h"
#include "safeconduct/v1/charter.pb.h"

namespace safeconduct::charter {

// Posts, and that their keys are unlike. Gives what their recipients are keys to; the charter must
// outlive it.
Result<SealingKeys> CheckHolders(const v1::Charter& charter);

// Channels with their policy and limits. The holders were checked before.
Status CheckChannels(const v1::Charter& charter);
Status CheckQuestionnaire(const v1::Questionnaire& questionnaire);

// Logs, witnesses, next roots, texts, web app. Gives the keys of the logs, the one in use first.
Result<std::vector<note::VerifierKey>> CheckLogs(const v1::Charter& charter);
Status CheckWitnesses(const v1::Charter& charter);
Status CheckNextRoots(const v1::Charter& charter);
Status CheckTexts(const v1::Charter& charter);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_RULES_H_
