// Who may see and read what (design: "Who takes part, and what is promised"): a holder sees the
// cases of his channels that his posts have to do with, and may download exactly the compartments
// that the channel's policy seals to him. Pure.
//
//   intake           sealed cases: triage, account, identity, attachments; plain ones: that they
//   are support          sealed cases: identity auditor          every case and its events, no
//   compartment plain recipient  plain cases: plain others           nothing
//
// What is decided here is the gateway's part; that nobody else can open a compartment is age's.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_ACCESS_H_
#define SAFECONDUCT_GATEWAY_ROUTES_ACCESS_H_

#include <string_view>

#include "gateway/charter/charter.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::routes {

bool IsPlain(const v1::StoredCase& record);

// Whether he might see any case of the channel, so that it is worth looking.
bool MaySeeSome(const v1::Holder& holder, const charter::ChannelInfo& channel);
// That the case is there, its status and its events.
bool MaySee(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter);
// The file of the compartment of that name; false also when the case has none of that name.
bool MayRead(const v1::Holder& holder, const v1::StoredCase& record, std::string_view compartment,
             const charter::OpenCharter& charter);
// The signed manifest with all its headers: for those who may read any compartment.
bool MayReadManifest(const v1::Holder& holder, const v1::StoredCase& record,
                     const charter::OpenCharter& charter);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_ACCESS_H_
