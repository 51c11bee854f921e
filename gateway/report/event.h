// Events of a case (design: "What a holder does becomes an event"), their chain, messages, leaves
// and promises. Pure. Who may do what is gateway/release.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_REPORT_EVENT_H_
#define SAFECONDUCT_GATEWAY_REPORT_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/identity/identity.h"
#include "crypto/note/note.h"
#include "crypto/tlog/leaf.h"
#include "gateway/charter/charter.h"
#include "safeconduct/v1/event.pb.h"
#include "safeconduct/v1/report.pb.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::report {

inline constexpr std::size_t kMaxEventBytes = 256 * 1024;
inline constexpr std::size_t kMaxMessageBytes = 128 * 1024;  // of the sealed age file
inline constexpr std::size_t kMinMessagePlaintext = 4 * 1024;
// Of a message, and of what holders seal for each other.
inline constexpr std::size_t kMaxRecordStanzas = 64;
inline constexpr std::size_t kMaxParts = 128;  // that one event is about

// --- The chain --------------------------------------------------------------------------------

struct Head {
  std::uint64_t sequence = 0;  // of the newest event; 0: none yet
  Hash hash{};                 // of its bytes; with none, the report hash
};

v1::SignedEvent SignEvent(const v1::Event& event, const SigningKey& event_key);

struct CheckedEvent {
  v1::Event event;
  Hash hash{};
};
// Structure and signature by the author that the event names; not whether that author may.
// kMalformed, kUnsupported, kTooLarge, kRejected, kUnverified, each with its field.
Result<CheckedEvent> CheckEvent(const v1::SignedEvent& signed_event);
// Whether what the event holds for the account's readers has a quorum's stanza exactly where the
// channel seals to one, of its size, and an identity given anew all its stanzas. kMalformed,
// kRejected, with the field.
Status CheckStanzasFor(const v1::Event& event, const charter::ChannelInfo& channel);
// The same for a message of a reporter by SMS: it was sealed before it was known under which
// charter it would be sent, so its quorum's stanza may be of an earlier one's size, or absent.
// kMalformed, kRejected.
Status CheckStanzasByRelay(const v1::Event& event);
// Whether `event` is the next one after `head` of the case. kConflict.
Status CheckPlace(const CheckedEvent& event, const Hash& report_hash, const Head& head);
// Checks a whole chain from its beginning; returns its events. Errors of CheckEvent and CheckPlace
// about the first bad one, whose index is put into `bad`, if given.
Result<std::vector<CheckedEvent>> VerifyChain(const std::vector<v1::SignedEvent>& events,
                                              const Hash& report_hash, std::size_t* bad = nullptr);

// --- Messages ---------------------------------------------------------------------------------

// Sealed to the reporter's recipient, as the opened plaintext gave it (from the reporter: its own),
// then to `readers` in charter order, then to the channel's quorum, if it has one. Both directions
// look alike. kTooLarge; kMalformed for text that is not UTF-8 or a recipient that is none.
Result<Bytes> SealMessage(const v1::MessageText& text, const std::string& reporter_recipient,
                          const std::vector<const v1::Holder*>& readers,
                          const charter::ChannelInfo& channel);
// The same where the reporter will not read it again either: in their place is a stanza for a key
// that is made and thrown away.
Result<Bytes> SealMessageForReaders(const v1::MessageText& text,
                                    const std::vector<const v1::Holder*>& readers,
                                    const charter::ChannelInfo& channel);
// Checks that the text repeats the report hash and, where `reporter` is given, those keys, so that
// nothing can be moved here from another case. kWrongKey, kUnverified, kMalformed.
Result<v1::MessageText> OpenMessage(ByteView sealed, const identity::Party& party,
                                    const Hash& report_hash,
                                    const v1::ReporterKeys* reporter = nullptr);
// The same with the file key, when it came by another header than the original.
Result<v1::MessageText> OpenMessage(ByteView sealed, const age::FileKey& file_key,
                                    const Hash& report_hash,
                                    const v1::ReporterKeys* reporter = nullptr);

// --- Parts of a case --------------------------------------------------------------------------

// What an event holds is a part of its case, called event-7 for event number 7; the other parts are
// the compartments. None for another name.
std::optional<std::uint64_t> EventOfPart(std::string_view name);

// --- What holders seal for each other ---------------------------------------------------------

// A NoteText, CustodyRecord, MeasuresRecord or ReasonText, which names its case, sealed to
// `readers` in their order. kTooLarge; kRejected without a reader; kMalformed for text that is not
// UTF-8.
Result<Bytes> SealRecord(const google::protobuf::Message& record,
                         const std::vector<const v1::Holder*>& readers);
// Checks that the record names this case. kWrongKey, kUnverified, kMalformed.
Result<v1::NoteText> OpenNote(ByteView sealed, const identity::Party& party,
                              const Hash& report_hash);
Result<v1::CustodyRecord> OpenCustody(ByteView sealed, const identity::Party& party,
                                      const Hash& report_hash);
Result<v1::MeasuresRecord> OpenMeasures(ByteView sealed, const identity::Party& party,
                                        const Hash& report_hash);
Result<v1::ReasonText> OpenReason(ByteView sealed, const identity::Party& party,
                                  const Hash& report_hash);

// --- Grants -----------------------------------------------------------------------------------

// A header for the payload under the header `original` that opens for `grantee`. `file_key` must be
// the original's: kUnverified otherwise.
Result<Bytes> MakeGrantedHeader(ByteView original, const age::FileKey& file_key,
                                const v1::Holder& grantee);
// The file key in a granted header, after comparing it with the MAC of the original one, so that
// nobody is shown another content than the others. kWrongKey; kUnverified when it is of another.
Result<age::FileKey> OpenGrantedHeader(ByteView original, ByteView granted,
                                       const identity::Party& grantee);
// The newest header of that part that one of `events` grants to `grantee`; null when none does.
const std::string* FindGrantedHeader(const std::vector<CheckedEvent>& events, std::string_view part,
                                     const PublicKey& grantee);

// The file key of what `event` holds (a message, an identity given anew), by the newest of `events`
// that grants it to `grantee`. kWrongKey when none does; others as OpenGrantedHeader.
Result<age::FileKey> GrantedKeyOf(const std::vector<CheckedEvent>& events, const v1::Event& event,
                                  const identity::Party& grantee);
// The age file of a message or an identity given anew; empty when the event holds neither.
ByteView SealedInEvent(const v1::Event& event);

// Who reads the conversation besides those whom the policy names, as these events prove, in charter
// order: grants of the account by one whom the policy names, and requests for it with approvals by
// enough of the channel's trustees, of enough organisations. Grants and releases count while they
// have not ended at `now` (Unix seconds), or were taken back by these events. The caller has
// checked the events' signatures, their case and their order.
std::vector<const v1::Holder*> AccountGrantees(const std::vector<CheckedEvent>& events,
                                               const charter::ChannelInfo& channel,
                                               const charter::OpenCharter& charter,
                                               std::int64_t now);
// The account's readers by policy and those, in charter order, each once.
std::vector<const v1::Holder*> ConversationReaders(const charter::ChannelInfo& channel,
                                                   const charter::OpenCharter& charter,
                                                   const std::vector<const v1::Holder*>& grantees);

// --- Leaves and promises ----------------------------------------------------------------------

using tlog::LeafKind;

// What the log gets of a leaf that has its salt: tlog::CommitLeaf.
Hash LeafOf(const v1::StoredLeaf& leaf);
// What is promised at `now`: two intervals of the log later, rounded up to a multiple of the
// interval, so that it does not tell when within an interval something came.
std::int64_t PromisedUntil(std::int64_t now, std::uint32_t interval_seconds);
// A fresh salt; promised from `now`.
v1::StoredLeaf MakeLeaf(LeafKind kind, const Hash& entry_hash, std::int64_t now,
                        std::uint32_t interval_seconds);

// A note over five lines: `safeconduct/promise/v1`, the log's origin, base64 of the leaf, the time
// in Unix seconds by which it will be in the log, base64 of the salt. The same leaf gives the same
// promise, byte for byte.
std::string MakePromise(const v1::StoredLeaf& leaf, std::string_view log_origin,
                        const SigningKey& log_key);
// What a decoy is answered with: in every length like the promise for a leaf made at `now`, with a
// random leaf, salt and signature. It verifies under no key, so no one can hold it up as broken.
std::string MakeDecoyPromise(std::int64_t now, std::uint32_t interval_seconds,
                             const note::VerifierKey& log);
struct Promise {
  Hash leaf{};
  std::int64_t until = 0;  // Unix seconds
};
// That `promise` is one of one of `logs` for `entry_hash` of that kind. kUnverified, kMalformed.
Result<Promise> VerifyPromise(std::string_view promise, LeafKind kind, const Hash& entry_hash,
                              std::span<const note::VerifierKey> logs);

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_EVENT_H_
