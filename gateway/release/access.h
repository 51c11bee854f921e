// Who may see and read what (design: "Who takes part, and what is promised"): a holder sees the
// cases of his channels that his posts or his work have to do with, and may download exactly the
// compartments that the channel's policy seals to him or that were granted to him. Pure.
//
//   intake           sealed cases: triage and, unless they are sealed to a quorum, account,
//                    identity, attachments; plain ones: that they are there
//   support          sealed cases: identity
//   auditor          every case and its events, no compartment
//   trustee          sealed cases of a quorum, their events and manifest, no compartment
//   plain recipient  plain cases: plain
//   assigned         the case, its events and manifest, no compartment
//   granted          the case, its events and those compartments, until the grant expires
//   released to      the same; who asks for a release has to be assigned, or intake
//   relay            nothing of the case; of those of reporters by SMS, what he has to send to them
//   excluded         nothing of the case, whatever else holds
//   others           nothing
//
// Of an erased case nobody downloads anything; who saw it sees that it was there.
//
// What is decided here is the gateway's part; that nobody else can open a compartment is age's.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_RELEASE_ACCESS_H_
#define SAFECONDUCT_GATEWAY_RELEASE_ACCESS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/charter/charter.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::release {

bool IsPlain(const v1::StoredCase& record);
bool IsExcluded(const v1::Holder& holder, const v1::StoredCase& record);
bool IsAssigned(const v1::Holder& holder, const v1::StoredCase& record);
// Whether he carries this reporter's SMS, and is on the channel still. It gives him no sight of the
// case: only what he has to send, and a word about each of those.
bool Relays(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter);
// Whether the holder's posts are such that cases are assigned and compartments granted to them.
bool MayWork(const v1::Holder& holder, std::string_view channel);

// Whether something of the case is sealed to the trustees of its channel, among whom he is.
bool Approves(const v1::Holder& holder, const v1::StoredCase& record,
              const charter::ChannelInfo& channel);

// Whether every case of the channel has to be looked at to find those that he may see; if not, only
// those that were ever assigned or granted to him.
bool SeesByPost(const v1::Holder& holder, const charter::ChannelInfo& channel);
// That the case is there, its status and its events. `now`: Unix seconds.
bool MaySee(const v1::Holder& holder, const v1::StoredCase& record,
            const charter::OpenCharter& charter, std::int64_t now);
// Whether the channel's policy seals compartments of that name to his posts.
bool ReadsByPolicy(const v1::Holder& holder, const v1::StoredCase& record,
                   std::string_view compartment, const charter::OpenCharter& charter);
// A compartment that he may download, and by what.
struct Download {
  std::size_t index = 0;  // in record.compartments()
  // In `record`; null: by policy, with the original header.
  const v1::StoredAccess* grant = nullptr;
};
// None when it is not for him or the case has none of that name. Where both hold, a grant in force
// goes before the policy: whoever took over a post is not among those whom the reporter sealed to.
std::optional<Download> FindDownload(const v1::Holder& holder, const v1::StoredCase& record,
                                     std::string_view compartment,
                                     const charter::OpenCharter& charter, std::int64_t now);
// The signed manifest with all its headers: for those who may read any compartment, for trustees,
// whose shares stand in it, and for whoever is assigned and has to ask for its parts by name.
bool MayReadManifest(const v1::Holder& holder, const v1::StoredCase& record,
                     const charter::OpenCharter& charter, std::int64_t now);

}  // namespace safeconduct::release

#endif  // SAFECONDUCT_GATEWAY_RELEASE_ACCESS_H_
