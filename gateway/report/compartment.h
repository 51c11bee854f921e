// What sealing, checking and opening know in common about compartments. Not for others.
#ifndef SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_
#define SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/charter/charter.h"
#include "gateway/report/report.h"

namespace safeconduct::report {

inline constexpr std::string_view kManifestPrefix = "safeconduct/report/v1\n";
inline constexpr int kMaxAttachments = 64;

// In the order of the manifest; all from number 3 are attachments.
enum class Part : std::uint8_t { kTriage, kAccount, kIdentity, kAttachment };

Part PartAt(int index);
std::string NameAt(int index);  // triage, account, identity, attachment-0, …

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
// Stanzas of its header, whatever was consented.
std::size_t StanzaCount(Part part, const charter::ChannelInfo& channel);

// One whole canonical age header of mlkem768x25519 stanzas only. kMalformed, kRejected.
Result<age::Header> ParseSealedHeader(ByteView header);

// Whether a payload of that size can hold padded plaintext. kRejected.
Status CheckPaddedSize(std::uint64_t payload_bytes, std::uint64_t min_plaintext);

// What holds of a manifest under any charter: number, names and order of the compartments, lengths
// of keys and digests, the reporter's signature. kMalformed, kRejected, kUnsupported, kTooLarge,
// kUnverified.
Result<v1::Manifest> OpenManifest(const v1::SealedReport& report);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_COMPARTMENT_H_
