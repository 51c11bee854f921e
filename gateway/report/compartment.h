// What sealing, checking and opening know in common about compartments. Not for others.
#ifndef SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_
#define SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

inline constexpr std::string_view kManifestPrefix = "safeconduct/report/v1\n";
inline constexpr int kMaxAttachments = 64;
// What events hold for the quorum, as its stanzas are bound to it.
inline constexpr std::string_view kMessagePart = "message";
inline constexpr std::string_view kIdentityPart = "identity";

// In the order of the manifest; all from number 3 are attachments.
enum class Part : std::uint8_t { kTriage, kAccount, kIdentity, kAttachment };

Part PartAt(int index);
std::string NameAt(int index);  // triage, account, identity, attachment-0, …

// Of what an event holds; back by EventOfPart of event.h.
std::string EventPartName(std::uint64_t number);
// Where a part stands among those of a case: compartments in the manifest's order, then events.
// None for what is no name of a part.
std::optional<std::uint64_t> PlaceOfPart(std::string_view name);

// How an error about a compartment of that kind names its field.
struct PartFields {
  Message header;
  Message payload_bytes;
  Message payload_digest;
  Message payload;
};
const PartFields& FieldsOf(Part part);

std::uint64_t MinPlaintext(Part part);
std::uint64_t MaxPayload(Part part, const v1::Limits& limits);
// The stanzas of its header, whatever was consented: so many mlkem768x25519, and one
// safeconduct/quorum after them or none.
struct Stanzas {
  std::size_t direct = 0;
  bool quorum = false;
};
Stanzas StanzasOf(Part part, const charter::ChannelInfo& channel);

// One whole canonical age header of mlkem768x25519 stanzas and, where it may have one, a
// safeconduct/quorum stanza as the last. kMalformed, kRejected.
enum class QuorumStanza : std::uint8_t { kNone, kMayBeLast };
Result<age::Header> ParseSealedHeader(ByteView header, QuorumStanza quorum = QuorumStanza::kNone);
// Null when it has none. The header must outlive it.
const age::Stanza* FindQuorumStanza(const age::Header& header);

// Whether they are those. kRejected.
Status CheckStanzas(const age::Header& header, Stanzas expected,
                    const charter::ChannelInfo& channel);

// Whether a payload of that size can hold padded plaintext. kRejected.
Status CheckPaddedSize(std::uint64_t payload_bytes, std::uint64_t min_plaintext);

// Whether the holder that carries the reporter's SMS is one of the channel. kRejected.
Status CheckRelay(const v1::Relay& relay, const charter::OpenCharter& charter,
                  std::string_view channel);
// Lengths alone. kMalformed, kTooLarge.
Status CheckRelayForm(const v1::Relay& relay);

// What holds of a manifest under any charter: number, names and order of the compartments, lengths
// of keys and digests, the reporter's signature. kMalformed, kRejected, kUnsupported, kTooLarge,
// kUnverified.
Result<v1::Manifest> OpenManifest(const v1::SealedReport& report);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_
