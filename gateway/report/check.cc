// The gateway's side: structure is checked, content never.
#include <algorithm>
#include <utility>

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "proto/parse.h"

namespace safeconduct::report {
namespace {

constexpr Error kNoChannel(Code::kNotFound, "there is no such channel", "channel");
constexpr Error kOtherVersion(
    Code::kConflict,
    "sealed under another version of the charter: fetch the charter and seal again",
    "charter_version");
constexpr Error kPayloadsMissing(Code::kRejected,
                                 "the payloads of triage, account and identity come along",
                                 "payloads");

Status CheckCompartment(const v1::Compartment& compartment, Part part,
                        const charter::ChannelInfo& channel) {
  const PartFields& fields = FieldsOf(part);
  if (compartment.payload_bytes() > MaxPayload(part, channel.channel->limits())) {
    return Error(Code::kTooLarge, "longer than this channel takes", fields.payload_bytes);
  }
  const Status size = CheckPaddedSize(compartment.payload_bytes(), MinPlaintext(part));
  if (!size.ok()) return size.error().In(fields.payload_bytes);
  const Result<age::Header> header =
      ParseSealedHeader(AsBytes(compartment.header()), QuorumStanza::kMayBeLast);
  if (!header.ok()) return header.error().In(fields.header);
  const Status stanzas = CheckStanzas(*header, StanzasOf(part, channel), channel);
  if (!stanzas.ok()) return stanzas.error().In(fields.header);
  return {};
}

// A holder's key as a mailbox would make the holder's requests ambiguous.
Status CheckKeysAreNew(const v1::Manifest& manifest, const charter::OpenCharter& charter) {
  const PublicKey request_key = ToArray<32>(AsBytes(manifest.request_key()));
  const PublicKey event_key = ToArray<32>(AsBytes(manifest.event_key()));
  const auto is_known = [&](const PublicKey& key) {
    return charter.FindByRequestKey(key) != nullptr || charter.FindByEventKey(key) != nullptr;
  };
  if (is_known(request_key)) {
    return Error(Code::kRejected, "the key of a holder is not a reporter's", "request_key");
  }
  if (is_known(event_key)) {
    return Error(Code::kRejected, "the key of a holder is not a reporter's", "event_key");
  }
  return {};
}

// Everything but the version.
Status CheckUnder(const v1::Manifest& manifest, const charter::OpenCharter& charter) {
  const charter::ChannelInfo* channel = charter.FindChannel(manifest.channel());
  if (channel == nullptr) return kNoChannel;
  SC_TRY(CheckKeysAreNew(manifest, charter));
  if (manifest.has_relay()) SC_TRY(CheckRelay(manifest.relay(), charter, manifest.channel()));
  const std::size_t attachments =
      static_cast<std::size_t>(manifest.compartments_size()) - kFixedCompartments;
  if (attachments > channel->channel->limits().attachments()) {
    return Error(Code::kTooLarge, "more attachments than this channel takes", "compartments");
  }
  for (int i = 0; i < manifest.compartments_size(); ++i) {
    SC_TRY(CheckCompartment(manifest.compartments(i), PartAt(i), *channel));
  }
  return {};
}

Checked CheckedOf(const v1::SealedReport& report, v1::Manifest manifest) {
  Checked checked;
  checked.manifest = std::move(manifest);
  checked.hash = ReportHash(AsBytes(report.manifest()));
  checked.id = IdOf(checked.hash);
  return checked;
}

}  // namespace

Result<Checked> CheckReport(const v1::SealedReport& report, const charter::OpenCharter& charter) {
  SC_ASSIGN(v1::Manifest manifest, OpenManifest(report));
  if (manifest.charter_version() != charter.version()) return kOtherVersion;
  SC_TRY(CheckUnder(manifest, charter));
  return CheckedOf(report, std::move(manifest));
}

std::uint64_t EarlierCharterOf(const v1::SealedReport& report,
                               const charter::OpenCharter& in_force) {
  const Result<v1::Manifest> manifest =
      proto::ParseTolerant<v1::Manifest>(AsBytes(report.manifest()), kMaxManifestBytes);
  if (!manifest.ok() || !manifest->has_relay()) return 0;
  return manifest->charter_version() < in_force.version() ? manifest->charter_version() : 0;
}

Result<Checked> CheckEarlierReport(const v1::SealedReport& report,
                                   const charter::OpenCharter& earlier,
                                   const charter::OpenCharter& in_force, std::int64_t now) {
  SC_ASSIGN(v1::Manifest manifest, OpenManifest(report));
  if (!manifest.has_relay() || manifest.charter_version() != earlier.version() ||
      earlier.version() >= in_force.version()) {
    return kOtherVersion;
  }
  if (earlier.expiry() <= now) {
    return Error(Code::kExpired, "sealed under a charter that has expired", "charter_version");
  }
  if (in_force.FindChannel(manifest.channel()) == nullptr) return kNoChannel;
  SC_TRY(CheckRelay(manifest.relay(), in_force, manifest.channel()));
  SC_TRY(CheckKeysAreNew(manifest, in_force));
  SC_TRY(CheckUnder(manifest, earlier));
  return CheckedOf(report, std::move(manifest));
}

Status CheckPayloads(const Checked& checked, const std::vector<ByteView>& payloads) {
  if (payloads.size() != kFixedCompartments) return kPayloadsMissing;
  for (int i = 0; i < static_cast<int>(kFixedCompartments); ++i) {
    const v1::Compartment& compartment = checked.manifest.compartments(i);
    const ByteView payload = payloads[static_cast<std::size_t>(i)];
    const PartFields& fields = FieldsOf(PartAt(i));
    if (payload.size() != compartment.payload_bytes()) {
      return Error(Code::kRejected, "a payload of another size than the manifest says",
                   fields.payload);
    }
    if (AsText(Sha256(payload)) != compartment.payload_digest()) {
      return Error(Code::kUnverified, "a payload does not match its digest", fields.payload);
    }
  }
  return {};
}

Status CheckDecoy(ByteView sealed, const std::vector<ByteView>& payloads,
                  const charter::OpenCharter& charter) {
  if (sealed.empty()) return Error(Code::kMalformed, "a decoy is not empty", "decoy");
  if (sealed.size() > kMaxSealedBytes) {
    return Error(Code::kTooLarge, "longer than any sealed report", "decoy");
  }
  if (payloads.size() != kFixedCompartments) return kPayloadsMissing;
  v1::Limits limits;  // the widest of all channels, since a decoy is for none
  for (const charter::ChannelInfo& channel : charter.channels()) {
    limits.set_account_bytes(
        std::max(limits.account_bytes(), channel.channel->limits().account_bytes()));
  }
  for (std::size_t i = 0; i < kFixedCompartments; ++i) {
    const Part part = PartAt(static_cast<int>(i));
    if (payloads[i].size() > MaxPayload(part, limits)) {
      return Error(Code::kTooLarge, "longer than any channel takes", FieldsOf(part).payload);
    }
    const Status size = CheckPaddedSize(payloads[i].size(), MinPlaintext(part));
    if (!size.ok()) return size.error().In(FieldsOf(part).payload);
  }
  return {};
}

}  // namespace safeconduct::report
