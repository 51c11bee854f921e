// What trustees, successors and grantees do.
#include <algorithm>
#include <vector>

#include "crypto/quorum/format.h"
#include "crypto/quorum/shamir.h"

namespace safeconduct::quorum {
namespace {

// What every opening begins with: the context's bytes, for a stanza and an index that fit it.
Result<Bytes> Begin(const Context& context, const age::Stanza& stanza, std::size_t index) {
  SC_ASSIGN(Bytes bound_to, EncodeContext(context));
  SC_TRY(CheckStanza(stanza, context.threshold, context.trustees));
  if (index < 1 || index > context.trustees) {
    return Error(Code::kRejected, "a trustee that the quorum does not have");
  }
  return bound_to;
}

bool FitsCommitment(const age::Stanza& stanza, std::size_t index, ByteView bytes) {
  return ConstantTimeEqual(CommitTo(index, bytes), Commitment(stanza, index));
}

// Of bytes that fit their commitment, so whatever is wrong is so by the sealer's hand.
Result<Share> MakeShare(std::size_t index, ByteView bytes) {
  if (bytes[kXAt] == 0) return Error(Code::kMalformed, "the sealer's fault: a share at zero");
  SC_ASSIGN(const Consent consent, DecodeConsent(bytes[kConsentAt]));
  return Share{index, consent, SecretArray<kShareBytes>::Copy(bytes)};
}

// A share that somebody re-sealed. That a sealed share is no such thing is his fault, whatever
// shape the damage has, so it must not look like the sealer's.
Result<Share> OpenResealed(const age::Stanza& stanza, std::size_t index, ByteView info,
                           hpke::Seed seed, ByteView sealed) {
  if (sealed.size() != kSealedShareBytes) {
    return Error(Code::kUnverified, "a re-sealed share of the wrong length");
  }
  const Result<SecretBytes> bytes = OpenWith(seed, info, sealed);
  if (!bytes.ok()) {
    return Error(Code::kWrongKey, "a re-sealed share that is not for this key, or damaged");
  }
  if (!FitsCommitment(stanza, index, bytes->Reveal())) {
    return Error(Code::kUnverified, "a re-sealed share that is not the one the sealer made");
  }
  return MakeShare(index, bytes->Reveal());
}

// The shares in the order of their indexes, each once and of this stanza, all of one consent.
Result<std::vector<const Share*>> InOrder(const Context& context, const age::Stanza& stanza,
                                          std::span<const Share> shares) {
  std::vector<const Share*> out;
  for (const Share& share : shares) {
    if (share.index < 1 || share.index > context.trustees) {
      return Error(Code::kRejected, "a trustee that the quorum does not have");
    }
    if (!FitsCommitment(stanza, share.index, share.bytes.Reveal())) {
      return Error(Code::kUnverified, "a share of another stanza");
    }
    out.push_back(&share);
  }
  const auto index_of = [](const Share* share) { return share->index; };
  std::ranges::sort(out, {}, index_of);
  if (std::ranges::adjacent_find(out, {}, index_of) != out.end()) {
    return Error(Code::kRejected, "two shares of one trustee");
  }
  if (out.size() < context.threshold) return Error(Code::kRejected, "too few shares");
  for (const Share* share : out) {
    if (share->bytes.Reveal()[kConsentAt] != out.front()->bytes.Reveal()[kConsentAt]) {
      return Error(Code::kMalformed, "the sealer's fault: shares disagree about consent");
    }
  }
  return out;
}

}  // namespace

Result<Share> OpenShare(const Context& context, const age::Stanza& stanza, std::size_t index,
                        hpke::Seed trustee) {
  SC_ASSIGN(const Bytes bound_to, Begin(context, stanza, index));
  SC_ASSIGN(const SecretBytes bytes,
            OpenWith(trustee, ShareInfo(bound_to, index), SealedAt(stanza, index)));
  if (!FitsCommitment(stanza, index, bytes.Reveal())) {
    return Error(Code::kMalformed, "the sealer's fault: a share that is not the one committed to");
  }
  return MakeShare(index, bytes.Reveal());
}

Result<SealedShare> SealRelease(const Context& context, const Share& share, const Release& release,
                                const hpke::SealingKey& grantee) {
  SC_ASSIGN(const Bytes bound_to, EncodeContext(context));
  return SealTo(grantee, ReleaseInfo(bound_to, share.index, release), share.bytes.Reveal());
}

Result<Share> OpenRelease(const Context& context, const age::Stanza& stanza, std::size_t index,
                          const Release& release, hpke::Seed grantee, ByteView sealed) {
  SC_ASSIGN(const Bytes bound_to, Begin(context, stanza, index));
  return OpenResealed(stanza, index, ReleaseInfo(bound_to, index, release), grantee, sealed);
}

Result<SealedShare> SealHandover(const Context& context, const Share& share,
                                 const Handover& handover, const hpke::SealingKey& successor) {
  SC_ASSIGN(const Bytes bound_to, EncodeContext(context));
  return SealTo(successor, HandoverInfo(bound_to, share.index, handover), share.bytes.Reveal());
}

Result<Share> OpenHandover(const Context& context, const age::Stanza& stanza, std::size_t index,
                           const Handover& handover, hpke::Seed successor, ByteView sealed) {
  SC_ASSIGN(const Bytes bound_to, Begin(context, stanza, index));
  return OpenResealed(stanza, index, HandoverInfo(bound_to, index, handover), successor, sealed);
}

Result<age::FileKey> Combine(const Context& context, const age::Stanza& stanza,
                             std::span<const Share> shares) {
  SC_ASSIGN(const Bytes bound_to, EncodeContext(context));
  SC_TRY(CheckStanza(stanza, context.threshold, context.trustees));
  SC_ASSIGN(std::vector<const Share*> used, InOrder(context, stanza, shares));
  used.resize(context.threshold);
  std::vector<ByteView> points;
  for (const Share* share : used) points.push_back(share->bytes.Reveal().first(kShamirShareBytes));
  const Result<SecretBytes> wrap_key = CombineSecret(points);
  if (!wrap_key.ok()) return Error(Code::kMalformed, "the sealer's fault: two shares at one place");
  Result<age::FileKey> file_key =
      age::UnwrapFileKey(FileKeyKey(bound_to, wrap_key->Reveal()), WrappedFileKey(stanza));
  if (!file_key.ok()) {
    return Error(Code::kMalformed, "the sealer's fault: the shares do not give the file key");
  }
  return file_key;
}

}  // namespace safeconduct::quorum
