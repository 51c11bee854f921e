#include "crypto/quorum/format.h"

#include <initializer_list>
#include <limits>

#include "crypto/base/hash.h"

namespace safeconduct::quorum {
namespace {

constexpr std::size_t kMaxNameBytes = std::numeric_limits<std::uint16_t>::max();

// LP of README.md: the length as 16 bits, big-endian, then the bytes.
void AppendPrefixed(Bytes& out, ByteView bytes) {
  out.push_back(static_cast<std::uint8_t>(bytes.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(bytes.size()));
  Append(out, bytes);
}

void AppendPrefixed(Bytes& out, std::size_t number) {
  const auto byte = static_cast<std::uint8_t>(number);
  AppendPrefixed(out, ByteView(&byte, 1));
}

Bytes Info(std::string_view label, ByteView context) {
  Bytes out;
  AppendPrefixed(out, AsBytes(label));
  Append(out, context);
  return out;
}

Bytes Info(std::string_view label, ByteView context, std::size_t index,
           std::initializer_list<ByteView> parts) {
  Bytes out = Info(label, context);
  AppendPrefixed(out, index);
  for (const ByteView part : parts) AppendPrefixed(out, part);
  return out;
}

// "2" to "16", in the one way to write it; 0 for anything else.
std::size_t ParseNumber(std::string_view text) {
  for (std::size_t number = kMinThreshold; number <= kMaxTrustees; ++number) {
    if (text == std::to_string(number)) return number;
  }
  return 0;
}

ByteView TrusteePart(const age::Stanza& stanza, std::size_t index) {
  return ByteView(stanza.body)
      .subspan(age::kWrappedBytes + (index - 1) * kTrusteeBytes, kTrusteeBytes);
}

}  // namespace

std::size_t BodyBytes(std::size_t trustees) {
  return age::kWrappedBytes + trustees * kTrusteeBytes;
}

Result<Size> ParseStanza(const age::Stanza& stanza) {
  if (stanza.type != kStanzaType) return Error(Code::kMalformed, "not a quorum's stanza");
  if (stanza.args.size() != 2) {
    return Error(Code::kMalformed, "a quorum's stanza has two arguments");
  }
  const Size size{ParseNumber(stanza.args[0]), ParseNumber(stanza.args[1])};
  if (size.threshold == 0 || size.threshold > size.trustees) {
    return Error(Code::kMalformed, "a quorum that cannot be");
  }
  if (stanza.body.size() != BodyBytes(size.trustees)) {
    return Error(Code::kMalformed, "a quorum's stanza of the wrong length");
  }
  return size;
}

Status CheckStanza(const age::Stanza& stanza, std::size_t threshold, std::size_t trustees) {
  SC_ASSIGN(const Size size, ParseStanza(stanza));
  if (size != Size{threshold, trustees}) return Error(Code::kRejected, "another quorum than named");
  return {};
}

ByteView WrappedFileKey(const age::Stanza& stanza) {
  return ByteView(stanza.body).first(age::kWrappedBytes);
}

ByteView Commitment(const age::Stanza& stanza, std::size_t index) {
  return TrusteePart(stanza, index).first(kCommitmentBytes);
}

ByteView SealedAt(const age::Stanza& stanza, std::size_t index) {
  return TrusteePart(stanza, index).last(kSealedShareBytes);
}

Result<Bytes> EncodeContext(const Context& context) {
  if (context.threshold < kMinThreshold || context.threshold > context.trustees ||
      context.trustees > kMaxTrustees) {
    return Error(Code::kMalformed, "a quorum that cannot be");
  }
  if (context.channel.size() > kMaxNameBytes || context.compartment.size() > kMaxNameBytes) {
    return Error(Code::kMalformed, "a channel's or compartment's name that is too long");
  }
  Bytes out;
  AppendPrefixed(out, AsBytes(context.channel));
  AppendPrefixed(out, context.reporter);
  AppendPrefixed(out, AsBytes(context.compartment));
  AppendPrefixed(out, context.payload_digest);
  AppendPrefixed(out, context.threshold);
  AppendPrefixed(out, context.trustees);
  return out;
}

Bytes ShareInfo(ByteView context, std::size_t index) {
  return Info("safeconduct/quorum/v1", context, index, {});
}

Bytes ReleaseInfo(ByteView context, std::size_t index, const Release& release) {
  return Info("safeconduct/quorum/release/v1", context, index,
              {release.report, release.request, release.trustee, release.grantee});
}

Bytes HandoverInfo(ByteView context, std::size_t index, const Handover& handover) {
  return Info("safeconduct/quorum/handover/v1", context, index,
              {handover.report, handover.from, handover.to});
}

Hash CommitTo(std::size_t index, ByteView share) {
  const auto byte = static_cast<std::uint8_t>(index);
  return Sha256({AsBytes("safeconduct/quorum/commitment/v1"), ByteView(&byte, 1), share});
}

SecretArray<32> FileKeyKey(ByteView context, ByteView wrap_key) {
  return Hkdf(wrap_key, {}, AsText(Info("safeconduct/quorum/file-key/v1", context)));
}

std::uint8_t EncodeConsent(const Consent& consent) {
  return static_cast<std::uint8_t>((consent.contact ? 1 : 0) | (consent.support_services ? 2 : 0) |
                                   (consent.investigators ? 4 : 0) |
                                   (consent.national_authorities ? 8 : 0));
}

Result<Consent> DecodeConsent(std::uint8_t flags) {
  if (flags > 15) return Error(Code::kMalformed, "the sealer's fault: consent that means nothing");
  return Consent{(flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0};
}

SealedShare SealTo(const hpke::SealingKey& key, ByteView info, ByteView share) {
  const hpke::Sealed sealed = hpke::SealBase(key, info, {}, share);
  Bytes out(sealed.encapsulated.begin(), sealed.encapsulated.end());
  Append(out, sealed.ciphertext);
  return ToArray<kSealedShareBytes>(out);
}

Result<SecretBytes> OpenWith(hpke::Seed seed, ByteView info, ByteView sealed) {
  const auto encapsulated =
      ToArray<hpke::kEncapsulatedBytes>(sealed.first(hpke::kEncapsulatedBytes));
  return hpke::OpenBase(seed, encapsulated, info, {}, sealed.subspan(hpke::kEncapsulatedBytes));
}

}  // namespace safeconduct::quorum
