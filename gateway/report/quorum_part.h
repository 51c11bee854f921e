// What a quorum of trustees holds of a case, and what is done with it (crypto/quorum): a trustee
// opens his share of a part and seals it again for a grantee or a successor; a grantee combines
// what was released to him.
//
// A part is a compartment of the manifest, or what an event holds: a message, or an identity given
// anew. Names are those of requests: account, identity, attachment-0, …, event-7.
//
// Clients check consent (consent.h) before they release an identity; nothing here does.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_REPORT_QUORUM_PART_H_
#define SAFECONDUCT_GATEWAY_REPORT_QUORUM_PART_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/identity/identity.h"
#include "crypto/quorum/quorum.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

// One part that is sealed to a quorum, with what its shares are bound to.
struct QuorumPart {
  std::string name;
  Bytes header_bytes;
  age::Header header;  // the same; its last stanza is the quorum's
  quorum::Context context;
  Hash report_hash{};
  bool identity = false;  // whether it says who the reporter is

  const age::Stanza& stanza() const { return header.stanzas.back(); }
};
// kNotFound when the case has no such part, or it is not sealed to a quorum; kMalformed. `report`
// and `events` were verified.
Result<QuorumPart> FindQuorumPart(const Checked& report, const std::vector<CheckedEvent>& events,
                                  std::string_view name);
// The names of all parts that are sealed to a quorum, in their order.
std::vector<std::string> QuorumParts(const Checked& report,
                                     const std::vector<CheckedEvent>& events);

// --- A trustee --------------------------------------------------------------------------------

struct OwnShare {
  std::size_t index = 0;
  std::optional<quorum::Share> share;  // none: what the sealer committed to is another (malformed)
};
// His share by the reporter's stanza, looked for at `likely` (from 1) and then everywhere, or by a
// handover to him among `events`. kWrongKey when he has none.
Result<OwnShare> FindOwnShare(const QuorumPart& part, const std::vector<CheckedEvent>& events,
                              const identity::Party& trustee, std::size_t likely);

// What an approval carries of the part: empty bytes for a malformed share. `request` is the event
// that asks for it; kMalformed for a grantee's recipient that is none.
Result<v1::SealedShare> ReleaseShare(const QuorumPart& part, const OwnShare& own,
                                     const CheckedEvent& request, const PublicKey& trustee,
                                     const v1::Holder& grantee);
// What a handover carries of it. kMalformed also for a malformed share, which is not handed over.
Result<v1::SealedShare> HandOverShare(const QuorumPart& part, const OwnShare& own,
                                      const PublicKey& trustee, const v1::Holder& successor);

// --- A grantee --------------------------------------------------------------------------------

// A trustee whose released share is not what he should have sealed.
struct BadShare {
  PublicKey trustee{};  // event key
  std::size_t index = 0;
  Code code = Code::kUnverified;
};
struct Combined {
  std::optional<age::FileKey> file_key;  // checked against the header's MAC
  std::size_t good = 0;                  // shares that fit
  std::size_t malformed = 0;  // trustees who say that their share was not what was committed to
  std::vector<BadShare> bad;
  bool sealers_fault = false;  // enough shares fit, and they give no key
};
// From the approvals of `request` among `events`. Never fails for what others did: that stands in
// what it gives.
Combined CombineReleased(const QuorumPart& part, const CheckedEvent& request,
                         const std::vector<CheckedEvent>& events, const identity::Party& grantee);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_QUORUM_PART_H_
