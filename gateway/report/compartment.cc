#include "gateway/report/compartment.h"

#include <array>
#include <span>

#include "crypto/age/native.h"
#include "crypto/base/padding.h"
#include "crypto/base/text.h"
#include "crypto/quorum/quorum.h"
#include "gateway/report/event.h"
#include "proto/parse.h"

namespace safeconduct::report {
namespace {

// 67 compartments of 5 fields, and the manifest's own with those of its relay.
constexpr std::size_t kMaxManifestFields = 512;

constexpr std::array<PartFields, 4> kFields = {{
    {"triage.header", "triage.payload_bytes", "triage.payload_digest", "triage.payload"},
    {"account.header", "account.payload_bytes", "account.payload_digest", "account.payload"},
    {"identity.header", "identity.payload_bytes", "identity.payload_digest", "identity.payload"},
    {"attachment.header", "attachment.payload_bytes", "attachment.payload_digest",
     "attachment.payload"},
}};

constexpr std::string_view kEventPartPrefix = "event-";

Status CheckForm(const v1::Manifest& manifest) {
  constexpr std::size_t kKeyBytes = std::tuple_size_v<PublicKey>;
  if (manifest.request_key().size() != kKeyBytes) {
    return Error(Code::kMalformed, "a request key is 32 bytes", "request_key");
  }
  if (manifest.event_key().size() != kKeyBytes) {
    return Error(Code::kMalformed, "an event key is 32 bytes", "event_key");
  }
  if (manifest.request_key() == manifest.event_key()) {
    return Error(Code::kRejected, "one key must not serve two purposes", "request_key");
  }
  const int count = manifest.compartments_size();
  if (count < static_cast<int>(kFixedCompartments)) {
    return Error(Code::kRejected, "triage, account and identity are always there", "compartments");
  }
  if (count > static_cast<int>(kFixedCompartments) + kMaxAttachments) {
    return Error(Code::kTooLarge, "more than 64 attachments", "compartments");
  }
  for (int i = 0; i < count; ++i) {
    const v1::Compartment& compartment = manifest.compartments(i);
    if (compartment.name() != NameAt(i)) {
      return Error(Code::kRejected,
                   "compartments are triage, account, identity, attachment-0, attachment-1 and so "
                   "on, in this order",
                   "compartments.name");
    }
    if (compartment.payload_digest().size() != std::tuple_size_v<Hash>) {
      return Error(Code::kMalformed, "a digest is 32 bytes", FieldsOf(PartAt(i)).payload_digest);
    }
  }
  return manifest.has_relay() ? CheckRelayForm(manifest.relay()) : Status();
}

}  // namespace

Part PartAt(int index) {
  return index < static_cast<int>(kFixedCompartments) ? static_cast<Part>(index)
                                                      : Part::kAttachment;
}

std::string NameAt(int index) {
  switch (PartAt(index)) {
    case Part::kTriage:
      return "triage";
    case Part::kAccount:
      return "account";
    case Part::kIdentity:
      return "identity";
    case Part::kAttachment:
      break;
  }
  return "attachment-" + std::to_string(index - static_cast<int>(kFixedCompartments));
}

std::string EventPartName(std::uint64_t number) {
  return std::string(kEventPartPrefix) + std::to_string(number);
}

std::optional<std::uint64_t> EventOfPart(std::string_view name) {
  if (!name.starts_with(kEventPartPrefix)) return std::nullopt;
  const Result<std::uint64_t> number =
      ParseDecimal(name.substr(kEventPartPrefix.size()), INT64_MAX);
  if (!number.ok() || *number == 0) return std::nullopt;
  return *number;
}

std::optional<std::uint64_t> PlaceOfPart(std::string_view name) {
  constexpr int kCount = static_cast<int>(kFixedCompartments) + kMaxAttachments;
  for (int i = 0; i < kCount; ++i) {
    if (name == NameAt(i)) return static_cast<std::uint64_t>(i);
  }
  const std::optional<std::uint64_t> number = EventOfPart(name);
  if (!number) return std::nullopt;
  return kCount + *number;
}

const PartFields& FieldsOf(Part part) { return kFields[static_cast<std::size_t>(part)]; }

std::uint64_t MinPlaintext(Part part) {
  switch (part) {
    case Part::kAccount:
      return kMinAccountPlaintext;
    case Part::kAttachment:
      return kMinAttachmentPlaintext;
    case Part::kTriage:
    case Part::kIdentity:
      break;
  }
  return kMinSmallPlaintext;
}

std::uint64_t MaxPayload(Part part, const v1::Limits& limits) {
  switch (part) {
    case Part::kAccount:
      return limits.account_bytes();
    case Part::kAttachment:
      return limits.attachment_bytes();
    case Part::kTriage:
    case Part::kIdentity:
      break;
  }
  return kMaxSmallPayload;
}

Stanzas StanzasOf(Part part, const charter::ChannelInfo& channel) {
  if (part == Part::kTriage) return {channel.intake.size(), false};
  const std::size_t support = part == Part::kIdentity ? channel.support.size() : 0;
  return {support + AccountReaders(channel).size(), channel.has_quorum()};
}

Result<age::Header> ParseSealedHeader(ByteView header, QuorumStanza quorum) {
  SC_ASSIGN(age::ParsedHeader parsed, age::ParseHeader(header));
  if (parsed.size != header.size()) {
    return Error(Code::kMalformed, "something follows the age header");
  }
  std::span<const age::Stanza> direct(parsed.header.stanzas);
  if (const age::Stanza* const last = FindQuorumStanza(parsed.header);
      last != nullptr && quorum == QuorumStanza::kMayBeLast) {
    SC_TRY(quorum::ParseStanza(*last));
    direct = direct.first(direct.size() - 1);
  }
  for (const age::Stanza& stanza : direct) {
    if (stanza.type != age::kHybridType) {
      return Error(Code::kRejected, "sealed to another kind of recipient than mlkem768x25519");
    }
  }
  SC_TRY(age::CheckStanzas(parsed.header));
  return std::move(parsed.header);
}

const age::Stanza* FindQuorumStanza(const age::Header& header) {
  if (header.stanzas.empty() || header.stanzas.back().type != quorum::kStanzaType) return nullptr;
  return &header.stanzas.back();
}

Status CheckStanzas(const age::Header& header, Stanzas expected,
                    const charter::ChannelInfo& channel) {
  const age::Stanza* const last = FindQuorumStanza(header);
  if ((last != nullptr) != expected.quorum) {
    constexpr Error kMissing(Code::kRejected, "not sealed to the quorum that the charter names");
    constexpr Error kUnexpected(Code::kRejected, "sealed to a quorum, and the charter names none");
    return expected.quorum ? kMissing : kUnexpected;
  }
  if (header.stanzas.size() != expected.direct + (expected.quorum ? 1 : 0)) {
    return Error(Code::kRejected, "not one stanza for each holder that the charter names");
  }
  if (last == nullptr) return {};
  return quorum::CheckStanza(*last, channel.channel->policy().quorum_threshold(),
                             channel.trustees.size());
}

Status CheckPaddedSize(std::uint64_t payload_bytes, std::uint64_t min_plaintext) {
  const Result<std::uint64_t> plaintext = age::PlaintextSize(payload_bytes);
  if (!plaintext.ok() || *plaintext != PadmeLength(*plaintext, min_plaintext)) {
    return Error(Code::kRejected, "not the size of a padded and sealed plaintext");
  }
  return {};
}

Status CheckRelayForm(const v1::Relay& relay) {
  if (relay.holder().size() != std::tuple_size_v<PublicKey>) {
    return Error(Code::kMalformed, "an event key is 32 bytes", "relay.holder");
  }
  if (relay.capsule().empty()) {
    return Error(Code::kMalformed, "without a capsule there is no way back", "relay.capsule");
  }
  if (relay.capsule().size() > kMaxCapsuleBytes) {
    return Error(Code::kTooLarge, "a capsule has at most 4,096 bytes", "relay.capsule");
  }
  return {};
}

Status CheckRelay(const v1::Relay& relay, const charter::OpenCharter& charter,
                  std::string_view channel) {
  const v1::Holder* const holder = charter.FindByEventKey(ToArray<32>(AsBytes(relay.holder())));
  if (holder != nullptr && charter::IsRelayOf(*holder, channel)) return {};
  return Error(Code::kRejected, "the charter names no such relay for this channel", "relay.holder");
}

Result<v1::Manifest> OpenManifest(const v1::SealedReport& report) {
  if (report.signature().size() != std::tuple_size_v<Signature>) {
    return Error(Code::kMalformed, "a signature is 64 bytes", "signature");
  }
  const ByteView bytes = AsBytes(report.manifest());
  Result<v1::Manifest> manifest =
      proto::ParseSigned<v1::Manifest>(bytes, kMaxManifestBytes, kMaxManifestFields);
  if (!manifest.ok()) return manifest.error().In("manifest");
  SC_TRY(CheckForm(*manifest));
  Bytes message;
  message.reserve(kManifestPrefix.size() + bytes.size());
  Append(message, kManifestPrefix);
  Append(message, bytes);
  const Status signature = Verify(ToArray<32>(AsBytes(manifest->event_key())), message,
                                  ToArray<64>(AsBytes(report.signature())));
  if (!signature.ok()) return signature.error().In("signature");
  return manifest;
}

}  // namespace safeconduct::report
