// What a reporter consents to, and whom it lets know who they are.
//
// A change of consent says the answers anew, to intake, support and trustees, and carries the
// identity anew, sealed to whom the new answers allow: what was sealed before cannot be opened by
// the reporter, nor taken back. Sizes and stanzas are the same whatever is answered.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_REPORT_CONSENT_H_
#define SAFECONDUCT_GATEWAY_REPORT_CONSENT_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "crypto/identity/identity.h"
#include "crypto/quorum/quorum.h"
#include "gateway/charter/charter.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

// The same answers as shares repeat them, and back.
quorum::Consent FlagsOf(const v1::Consent& consent);
v1::Consent ConsentOf(const quorum::Consent& flags);

// Whether the reporter allows that this holder knows who they are: support officers go by the
// consent to support services, holders of a national authority by that to national authorities, all
// others by that to investigators.
bool MayKnowIdentity(const v1::Holder& holder, const v1::Consent& consent);

// The length that `message`, whose consent that is, would have as JSON if everything were consented
// to, so that a consent that just crosses a size class does not show outside. kMalformed for text
// that is not UTF-8.
Result<std::size_t> HiddenLength(const google::protobuf::Message& message,
                                 const v1::Consent& consent);

// --- Changes of consent -----------------------------------------------------------------------

// By the reporter whose keys those are. kTooLarge; kMalformed for text that is not UTF-8.
Result<v1::ConsentChange> SealConsentChange(const v1::Consent& consent,
                                            const std::vector<v1::Answer>& identity_answers,
                                            const v1::ReporterKeys& reporter,
                                            const Hash& report_hash,
                                            const charter::ChannelInfo& channel,
                                            const charter::OpenCharter& charter);
// kWrongKey, kMalformed; kUnverified when it names another case or reporter than the manifest.
Result<v1::ConsentText> OpenConsent(ByteView sealed, const identity::Party& party,
                                    const Checked& report);
// The identity given anew. Errors as OpenConsent.
Result<v1::Identity> OpenNewIdentity(ByteView sealed, const identity::Party& party,
                                     const Checked& report);
// The same with the file key.
Result<v1::Identity> OpenNewIdentity(ByteView sealed, const age::FileKey& file_key,
                                     const Checked& report);
// Null unless the event is one, by the reporter: what somebody else signs says nothing of consent.
const v1::ConsentChange* ConsentChangeIn(const CheckedEvent& event, const Checked& report);
// The answers of the reporter's last change among verified events; none when there is no change.
// kWrongKey when the last change is not for `party`; others as OpenConsent.
Result<std::optional<v1::Consent>> NewestConsent(const std::vector<CheckedEvent>& events,
                                                 const identity::Party& party,
                                                 const Checked& report);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_CONSENT_H_
