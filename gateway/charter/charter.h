// The charter as programs use it: opened from its signed note, checked whole, and asked questions
// (design: "The charter: the only authority"). Pure; the clock is the caller's.
//
// Note text, four lines: origin, version, expiry in Unix seconds, base64 of a serialized
// v1::Charter. The first line of every other kind of note here differs in form from these.
//
// Thread-safety: an OpenCharter is immutable and shared as std::shared_ptr<const OpenCharter>.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_CHARTER_H_
#define SAFECONDUCT_GATEWAY_CHARTER_CHARTER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/hpke.h"
#include "crypto/base/result.h"
#include "crypto/note/note.h"
#include "safeconduct/v1/charter.pb.h"

namespace safeconduct::charter {

inline constexpr std::size_t kMaxCharterBytes = 512 * 1024;  // of the serialized v1::Charter
inline constexpr std::size_t kMaxTextBytes = 1024 * 1024;
inline constexpr std::size_t kMaxTrustBytes = 64 * 1024;
// Of one role on one channel, so that a report and a message of it stay within their limits.
inline constexpr std::size_t kMaxReaders = 32;

// What a client starts from; written as a text file, see gateway/charter/README.md. `log`,
// `witness`, `group` and `quorum` lines are those of c2sp.org/tlog-policy.
struct Trust {
  std::string origin;  // of the charter
  std::uint64_t minimum_version = 1;
  std::vector<note::VerifierKey> roots;
  std::size_t threshold = 1;
  std::vector<note::VerifierKey> logs;       // promises and checkpoints
  std::vector<note::VerifierKey> witnesses;  // keys of cosignatures, see crypto/tlog/cosignature.h
  std::size_t witness_threshold = 0;
};
// kMalformed, kTooLarge, kRejected (a key twice, a threshold that cannot be), kUnsupported (a
// quorum of groups of groups); the field is the first word of the line.
Result<Trust> ParseTrust(std::string_view text);
// The file that ParseTrust reads back to the same Trust.
std::string FormatTrust(const Trust& trust);

// What the recipients of a charter's holders are keys to, by their text: read and checked once,
// when the charter is opened, since that costs more than to seal.
using SealingKeys = std::map<std::string_view, hpke::SealingKey>;

// The holders of a channel by role, in charter order, as stanzas stand.
struct ChannelInfo {
  const v1::Channel* channel = nullptr;
  std::vector<const v1::Holder*> intake;
  std::vector<const v1::Holder*> support;
  std::vector<const v1::Holder*> trustees;
  std::vector<const v1::Holder*> plain_recipients;
  const SealingKeys* keys = nullptr;  // of all holders of the charter

  // Whether accounts are sealed to a quorum of the trustees, and not to intake.
  bool has_quorum() const { return channel->policy().account() == v1::ACCOUNT_RELEASE_QUORUM; }
};

class OpenCharter {
 public:
  // Opens and checks everything about a charter but who signed it and when it is read.
  // kMalformed, kTooLarge, kRejected (a rule broken; the field says which).
  static Result<std::shared_ptr<const OpenCharter>> FromText(std::string_view note_text);

  const std::string& origin() const { return origin_; }
  std::uint64_t version() const { return version_; }
  std::int64_t expiry() const { return expiry_; }
  const v1::Charter& message() const { return message_; }
  const note::VerifierKey& log() const { return logs_.front(); }        // the one in use
  const std::vector<note::VerifierKey>& logs() const { return logs_; }  // with the retired ones

  // Null when there is none. What is returned lives as long as the OpenCharter.
  const ChannelInfo* FindChannel(std::string_view id) const;
  const std::vector<ChannelInfo>& channels() const { return channels_; }
  const v1::Holder* FindByRequestKey(const PublicKey& key) const;
  const v1::Holder* FindByEventKey(const PublicKey& key) const;
  const v1::Holder* FindByLabel(std::string_view label) const;

  OpenCharter(const OpenCharter&) = delete;
  OpenCharter& operator=(const OpenCharter&) = delete;

 private:
  OpenCharter() = default;
  void BuildIndexes();

  std::string origin_;
  std::uint64_t version_ = 0;
  std::int64_t expiry_ = 0;
  v1::Charter message_;
  std::vector<note::VerifierKey> logs_;
  std::vector<ChannelInfo> channels_;
  // Into message_ and channels_.
  SealingKeys keys_;
  std::map<std::string_view, const ChannelInfo*> channels_by_id_;
  std::map<std::string_view, const v1::Holder*> holders_by_label_;
  std::map<PublicKey, const v1::Holder*> holders_by_request_key_;
  std::map<PublicKey, const v1::Holder*> holders_by_event_key_;
};

bool HasRole(const v1::Holder& holder, v1::Role role);
bool OnChannel(const v1::Holder& holder, std::string_view channel);
// Whether he carries SMS of reporters of that channel.
bool IsRelayOf(const v1::Holder& holder, std::string_view channel);

// --- Who signed it ----------------------------------------------------------------------------

// The root keys that must sign the next charter.
struct Roots {
  std::vector<note::VerifierKey> keys;
  std::size_t threshold = 1;
};
// In force after `current` (null: before the first charter): its next_roots, or those of `trust`.
// A charter that follows one with next_roots has to name next_roots as well, so the newest
// charter always says which roots are in force, unless they are still those of `trust`.
Roots RootsAfter(const OpenCharter* current, const Trust& trust);

// For clients: signed by the threshold of `trust.roots`, of its origin, not below its minimum
// version, not expired at `now`. kUnverified, kExpired, kRejected (rolled back, another origin),
// and those of FromText. After the root keys changed a client needs a new trust file, or the chain.
Result<std::shared_ptr<const OpenCharter>> OpenTrusted(std::string_view note, const Trust& trust,
                                                       std::int64_t now);
// The same for the last of `notes`, where the first is signed by `trust.roots` and each other is
// the next version, signed by the roots in force after the one before it. Only the last one must
// not be expired nor below the minimum version. Errors as OpenTrusted; kConflict for a gap.
Result<std::shared_ptr<const OpenCharter>> OpenTrustedChain(std::span<const std::string> notes,
                                                            const Trust& trust, std::int64_t now);

// For gateways: `note` follows `current` (null: it is the first, version 1, and not below the
// minimum version of `trust`). Signed by RootsAfter(current, trust); of the same origin; the
// version is the next one; not expired. kConflict for another version, else as OpenTrusted.
Result<std::shared_ptr<const OpenCharter>> OpenNext(std::string_view note,
                                                    const OpenCharter* current, const Trust& trust,
                                                    std::int64_t now);

// For the CLI: the note text of a charter that is still to be signed. Errors as FromText.
Result<std::string> MakeText(std::string_view origin, std::uint64_t version, std::int64_t expiry,
                             const v1::Charter& charter);

// What an operator should know though it breaks no rule, in plain words: a compartment that fewer
// than two people could open, a channel without support officers, an expiry that is near.
// One sentence each, in English; ids and labels of the charter stand in them.
std::vector<std::string> Warnings(const OpenCharter& charter, std::int64_t now);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_CHARTER_H_
