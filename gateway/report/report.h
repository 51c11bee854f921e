// Reports, from both ends (design: "A report is a signed manifest of sealed compartments"):
// a reporter's client seals one, the gateway checks its structure, a holder's client opens it.
// Pure: no I/O, no clock. Attachments are sealed and opened as streams (attachment.h).
//
// What it gives: only those named in the charter, as far as the reporter consented, can open a
// compartment; what they open was sealed by one reporter for this very report; sizes and stanza
// counts are the same whatever was consented. What it does not: that the text is true, that a
// compartment opens at all (a hostile reporter can seal garbage in the right form), or who wrote
// it.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_REPORT_REPORT_H_
#define SAFECONDUCT_GATEWAY_REPORT_REPORT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/identity/identity.h"
#include "gateway/charter/charter.h"
#include "safeconduct/v1/api.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::report {

inline constexpr std::size_t kMaxManifestBytes = 512 * 1024;
// A serialized SealedReport: the manifest, a signature of 64 bytes, and what frames them.
inline constexpr std::size_t kMaxSealedBytes = kMaxManifestBytes + 70;
inline constexpr std::size_t kMaxAccountBytes = 1024 * 1024;
inline constexpr std::size_t kMinAccountPlaintext = 16 * 1024;
inline constexpr std::size_t kMinSmallPlaintext = 4 * 1024;
inline constexpr std::size_t kMinAttachmentPlaintext = 4 * 1024;
inline constexpr std::size_t kMaxSmallPayload = 64 * 1024;  // triage, identity
inline constexpr std::size_t kAttachmentPiece = 1024 * 1024;
inline constexpr std::size_t kMaxCapsuleBytes = 4 * 1024;

// Compartments of every report, before its attachments.
inline constexpr std::size_t kFixedCompartments = 3;

using ReportId = ByteArray<16>;

Hash ReportHash(ByteView manifest);
ReportId IdOf(const Hash& report_hash);
std::string FormatId(const ReportId& id);
Result<ReportId> ParseId(std::string_view hex);  // kMalformed unless 32 lower-case digits

// Whom the account of a channel is sealed to directly, in stanza order: attachments, identity with
// consent to investigators, and messages go to them as well. None where it is sealed to a quorum.
const std::vector<const v1::Holder*>& AccountReaders(const charter::ChannelInfo& channel);

// --- Sealing (a reporter's client) ------------------------------------------------------------

// An attachment that was sealed and uploaded already, as AttachmentSealer::Finish gives it.
struct SealedAttachment {
  std::shared_ptr<const age::FileKey> file_key;
  std::uint64_t payload_bytes = 0;
  Hash payload_root{};
  v1::Attachment description;  // for the account; SealReport sets the name of the compartment
};

struct Draft {
  std::string channel;
  v1::Consent consent;
  std::string language;
  std::string narrative;
  std::vector<v1::Answer> triage_answers;
  std::vector<v1::Answer> account_answers;
  std::vector<v1::Answer> identity_answers;
  std::vector<SealedAttachment> attachments;
  std::optional<v1::Relay> relay;  // of a reporter by SMS: through whom, and the way back
};

struct Sealed {
  v1::SealedReport report;
  std::vector<Bytes> payloads;  // triage, account, identity
  Hash hash{};
  ReportId id{};
};

// kNotFound (channel), kTooLarge, kMalformed (text that is not UTF-8, a capsule or key that is
// none), kRejected (relay.holder). What nobody may open by the consent given is sealed to keys that
// are thrown away.
Result<Sealed> SealReport(const Draft& draft, const charter::OpenCharter& charter,
                          const identity::Party& reporter);

// --- Checking (the gateway) -------------------------------------------------------------------

// A report whose structure holds: what the ledger stores.
struct Checked {
  v1::Manifest manifest;
  Hash hash{};
  ReportId id{};
};

// The manifest's signature, channel, charter version, compartments, stanza counts and types as the
// channel's policy demands, age headers, sizes. Payload digests are checked by CheckPayloads, those
// of uploads by the caller. Every error names its field (proto/README.md lists them). kConflict
// for another version of the charter: the client fetches that and seals again. kNotFound for a
// channel that there is not; kUnverified for the signature; else kMalformed, kUnsupported,
// kTooLarge, kRejected.
Result<Checked> CheckReport(const v1::SealedReport& report, const charter::OpenCharter& charter);

// Of a relay that was cut off: what it sealed meanwhile cannot be sealed again, since the plaintext
// is gone. The version of an earlier charter than `in_force`, when the report is by a relay; 0 when
// it has to be sealed under the one in force. Reads the manifest and checks nothing.
std::uint64_t EarlierCharterOf(const v1::SealedReport& report,
                               const charter::OpenCharter& in_force);
// The same as CheckReport for such a report, under the charter that it was sealed under. It is
// taken as long as that one has not expired at `now` (Unix seconds), and the charter in force still
// has the channel and the relay on it. As CheckReport, and kExpired.
Result<Checked> CheckEarlierReport(const v1::SealedReport& report,
                                   const charter::OpenCharter& earlier,
                                   const charter::OpenCharter& in_force, std::int64_t now);
// Number, sizes and SHA-256 of the payloads of triage, account and identity. kRejected,
// kUnverified.
Status CheckPayloads(const Checked& checked, const std::vector<ByteView>& payloads);

// Cover traffic in the shape of a report without attachments that some channel of the charter
// takes; `sealed` stands for the SealedReport. Sizes only, since all of it is random. kMalformed
// when `sealed` is empty; kTooLarge, kRejected.
Status CheckDecoy(ByteView sealed, const std::vector<ByteView>& payloads,
                  const charter::OpenCharter& charter);

// A plain report: one well-formed age file, binary or armored, to post-quantum recipients, since
// the charter names no others. A passphrase or a classic recipient is refused (kRejected): no
// holder could open it. Grease is skipped. Its hash is
// SHA-256(`safeconduct/plain/v1\n` ‖ channel ‖ `\n` ‖ binary age file).
struct CheckedPlain {
  Bytes header;
  Bytes payload;
  Hash hash{};
  ReportId id{};
};
Result<CheckedPlain> CheckPlain(std::string_view channel, ByteView age_file,
                                const charter::OpenCharter& charter);

// --- Opening (a holder's client) --------------------------------------------------------------

// Checks signature, id and form of what a gateway served, without the charter it was sealed
// under: kUnverified when anything does not fit.
Result<Checked> VerifyReport(const v1::SealedReport& report, const ReportId& id);

// Opens one small compartment after its digest was checked, and compares the reporter's keys in it
// with the manifest's. kWrongKey when `holder` is not one of those it was sealed to; kUnverified
// when payload, header or keys do not belong together; kMalformed when it holds no such plaintext.
// `checked` is from VerifyReport or CheckReport.
Result<v1::Triage> OpenTriage(const Checked& checked, ByteView payload,
                              const identity::Party& holder);
Result<v1::Account> OpenAccount(const Checked& checked, ByteView payload,
                                const identity::Party& holder);
Result<v1::Identity> OpenIdentity(const Checked& checked, ByteView payload,
                                  const identity::Party& holder);
// The same with the file key, when it came by another header than the original.
Result<v1::Triage> OpenTriage(const Checked& checked, ByteView payload,
                              const age::FileKey& file_key);
Result<v1::Account> OpenAccount(const Checked& checked, ByteView payload,
                                const age::FileKey& file_key);
Result<v1::Identity> OpenIdentity(const Checked& checked, ByteView payload,
                                  const age::FileKey& file_key);
// A triage as a list of cases brings it, with the same checks. The promise and the events are those
// of the case: look there before acting on it. `likely` as of OpenFileKey. Errors as VerifyReport,
// OpenTriage and, for a granted header, OpenGrantedHeader; kMalformed for an id that is none.
Result<v1::Triage> OpenListedTriage(const v1::CaseTriage& listed, const identity::Party& holder,
                                    std::size_t likely = 0);
// The file key of any compartment. The stanza at `likely`, where the holder stands among its
// readers in the charter, is tried first.
Result<age::FileKey> OpenFileKey(const v1::Compartment& compartment, const identity::Party& holder,
                                 std::size_t likely = 0);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_REPORT_H_
