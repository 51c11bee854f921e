#include "gateway/report/quorum_part.h"

#include <algorithm>

#include "crypto/age/native.h"
#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/consent.h"

namespace safeconduct::report {
namespace {

constexpr Error kNoPart(Code::kNotFound, "the case has no such part that is sealed to a quorum",
                        "compartments");
// Of the combinations of shares that fit; more than a handful matter only when the reporter meant
// the report not to be opened.
constexpr int kMaxCombinations = 1'000;

// Size and type of the last stanza complete what the caller knows of the context.
Result<QuorumPart> MakePart(std::string name, ByteView header, quorum::Context context,
                            const Checked& report) {
  QuorumPart part;
  part.header_bytes.assign(header.begin(), header.end());
  SC_ASSIGN(part.header, ParseSealedHeader(header, QuorumStanza::kMayBeLast));
  const age::Stanza* const stanza = FindQuorumStanza(part.header);
  if (stanza == nullptr) return kNoPart;
  SC_ASSIGN(const quorum::Size size, quorum::ParseStanza(*stanza));
  context.channel = report.manifest.channel();
  context.reporter = ToArray<32>(AsBytes(report.manifest.event_key()));
  context.threshold = size.threshold;
  context.trustees = size.trustees;
  part.identity = context.compartment == kIdentityPart;
  part.name = std::move(name);
  part.context = std::move(context);
  part.report_hash = report.hash;
  return part;
}

Result<QuorumPart> PartOfManifest(const Checked& report, std::string_view name) {
  for (const v1::Compartment& compartment : report.manifest.compartments()) {
    if (compartment.name() != name) continue;
    quorum::Context context;
    context.compartment = compartment.name();
    context.payload_digest = ToArray<32>(AsBytes(compartment.payload_digest()));
    return MakePart(compartment.name(), AsBytes(compartment.header()), std::move(context), report);
  }
  return kNoPart;
}

Result<QuorumPart> PartOfEvent(const Checked& report, const CheckedEvent& checked) {
  const v1::Event& event = checked.event;
  const ByteView file = SealedInEvent(event);
  if (file.empty() || (event.has_consent() && ConsentChangeIn(checked, report) == nullptr)) {
    return kNoPart;
  }
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(file));
  quorum::Context context;
  context.compartment = event.has_message() ? kMessagePart : kIdentityPart;
  context.payload_digest = Sha256(file.subspan(parsed.size));
  return MakePart(EventPartName(event.sequence()), file.first(parsed.size), std::move(context),
                  report);
}

// By the stanza: at `likely` first. None when no place is his.
std::optional<OwnShare> ShareOfStanza(const QuorumPart& part, const identity::Party& trustee,
                                      std::size_t likely) {
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i <= part.context.trustees; ++i) places.push_back(i);
  std::stable_partition(places.begin(), places.end(),
                        [&](std::size_t place) { return place == likely; });
  std::optional<OwnShare> malformed;
  for (const std::size_t index : places) {
    Result<quorum::Share> share =
        quorum::OpenShare(part.context, part.stanza(), index, trustee.seed());
    if (share.ok()) return OwnShare{index, *std::move(share)};
    if (share.error().code() == Code::kMalformed && !malformed) malformed = OwnShare{index, {}};
  }
  return malformed;
}

const v1::SealedShare* FindShare(const google::protobuf::RepeatedPtrField<v1::SealedShare>& shares,
                                 std::string_view part) {
  const auto found = std::find_if(shares.begin(), shares.end(), [&](const v1::SealedShare& each) {
    return each.compartment() == part;
  });
  return found == shares.end() ? nullptr : &*found;
}

std::optional<OwnShare> ShareOfHandover(const QuorumPart& part, const v1::Event& event,
                                        const identity::Party& trustee, const PublicKey& own) {
  const v1::Handover& handover = event.handover();
  if (!event.has_handover() || handover.successor() != AsText(own)) return std::nullopt;
  const v1::SealedShare* const sealed = FindShare(handover.shares(), part.name);
  if (sealed == nullptr) return std::nullopt;
  const quorum::Handover bound_to = {part.report_hash, ToArray<32>(AsBytes(event.author())), own};
  Result<quorum::Share> share =
      quorum::OpenHandover(part.context, part.stanza(), handover.index(), bound_to, trustee.seed(),
                           AsBytes(sealed->sealed()));
  if (share.ok()) return OwnShare{handover.index(), *std::move(share)};
  if (share.error().code() == Code::kMalformed) return OwnShare{handover.index(), std::nullopt};
  return std::nullopt;  // the old trustee's fault; there may be another handover
}

// Any k of the shares that give a key which the MAC confirms.
std::optional<age::FileKey> TryCombinations(const QuorumPart& part,
                                            std::vector<quorum::Share> shares) {
  const std::size_t k = part.context.threshold;
  std::vector<bool> used(shares.size(), false);
  std::fill(used.begin(), used.begin() + static_cast<std::ptrdiff_t>(k), true);
  for (int tries = 0; tries < kMaxCombinations; ++tries) {
    std::vector<quorum::Share> some;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (!used[i]) continue;
      some.push_back({shares[i].index, shares[i].consent,
                      SecretArray<quorum::kShareBytes>::Copy(shares[i].bytes.Reveal())});
    }
    Result<age::FileKey> file_key = quorum::Combine(part.context, part.stanza(), some);
    if (file_key.ok() && age::VerifyHeader(part.header, *file_key).ok()) {
      return *std::move(file_key);
    }
    if (!std::prev_permutation(used.begin(), used.end())) break;
  }
  return std::nullopt;
}

}  // namespace

Result<QuorumPart> FindQuorumPart(const Checked& report, const std::vector<CheckedEvent>& events,
                                  std::string_view name) {
  const std::optional<std::uint64_t> number = EventOfPart(name);
  if (!number) return PartOfManifest(report, name);
  if (*number > events.size()) return kNoPart;
  return PartOfEvent(report, events[static_cast<std::size_t>(*number - 1)]);
}

std::vector<std::string> QuorumParts(const Checked& report,
                                     const std::vector<CheckedEvent>& events) {
  std::vector<std::string> names;
  for (const v1::Compartment& compartment : report.manifest.compartments()) {
    if (PartOfManifest(report, compartment.name()).ok()) names.push_back(compartment.name());
  }
  for (const CheckedEvent& event : events) {
    if (PartOfEvent(report, event).ok()) {
      names.push_back(EventPartName(event.event.sequence()));
    }
  }
  return names;
}

Result<OwnShare> FindOwnShare(const QuorumPart& part, const std::vector<CheckedEvent>& events,
                              const identity::Party& trustee, std::size_t likely) {
  if (std::optional<OwnShare> own = ShareOfStanza(part, trustee, likely)) return *std::move(own);
  const PublicKey own_key = trustee.Key(identity::Purpose::kEvent).public_key();
  for (const CheckedEvent& event : events) {
    std::optional<OwnShare> own = ShareOfHandover(part, event.event, trustee, own_key);
    if (own) return *std::move(own);
  }
  return Error(Code::kWrongKey, "no share of this is for this key");
}

Result<v1::SealedShare> ReleaseShare(const QuorumPart& part, const OwnShare& own,
                                     const CheckedEvent& request, const PublicKey& trustee,
                                     const v1::Holder& grantee) {
  v1::SealedShare out;
  out.set_compartment(part.name);
  if (!own.share) return out;
  SC_ASSIGN(const hpke::SealingKey key, age::ParseHybridRecipientText(grantee.recipient()));
  const quorum::Release release = {part.report_hash, request.hash, trustee,
                                   ToArray<32>(AsBytes(grantee.event_key()))};
  SC_ASSIGN(const quorum::SealedShare sealed,
            quorum::SealRelease(part.context, *own.share, release, key));
  out.set_sealed(sealed.data(), sealed.size());
  return out;
}

Result<v1::SealedShare> HandOverShare(const QuorumPart& part, const OwnShare& own,
                                      const PublicKey& trustee, const v1::Holder& successor) {
  if (!own.share) {
    return Error(Code::kMalformed, "the share is not what the reporter committed to");
  }
  SC_ASSIGN(const hpke::SealingKey key, age::ParseHybridRecipientText(successor.recipient()));
  const quorum::Handover handover = {part.report_hash, trustee,
                                     ToArray<32>(AsBytes(successor.event_key()))};
  SC_ASSIGN(const quorum::SealedShare sealed,
            quorum::SealHandover(part.context, *own.share, handover, key));
  v1::SealedShare out;
  out.set_compartment(part.name);
  out.set_sealed(sealed.data(), sealed.size());
  return out;
}

Combined CombineReleased(const QuorumPart& part, const CheckedEvent& request,
                         const std::vector<CheckedEvent>& events, const identity::Party& grantee) {
  const PublicKey own = grantee.Key(identity::Purpose::kEvent).public_key();
  Combined out;
  std::vector<quorum::Share> shares;
  for (const CheckedEvent& checked : events) {
    const v1::Approval& approval = checked.event.approval();
    if (!checked.event.has_approval() || approval.request() != AsText(request.hash)) continue;
    const v1::SealedShare* const sealed = FindShare(approval.shares(), part.name);
    if (sealed == nullptr) continue;
    if (sealed->sealed().empty()) {
      ++out.malformed;
      continue;
    }
    const PublicKey trustee = ToArray<32>(AsBytes(checked.event.author()));
    const quorum::Release release = {part.report_hash, request.hash, trustee, own};
    Result<quorum::Share> share =
        quorum::OpenRelease(part.context, part.stanza(), approval.index(), release, grantee.seed(),
                            AsBytes(sealed->sealed()));
    if (!share.ok() && share.error().code() == Code::kMalformed) {
      ++out.malformed;
    } else if (!share.ok()) {
      out.bad.push_back({trustee, approval.index(), share.error().code()});
    } else if (std::none_of(shares.begin(), shares.end(), [&](const quorum::Share& each) {
                 return each.index == share->index;
               })) {
      shares.push_back(*std::move(share));
    }
  }
  out.good = shares.size();
  if (shares.size() < part.context.threshold) return out;
  out.file_key = TryCombinations(part, std::move(shares));
  out.sealers_fault = !out.file_key;
  return out;
}

}  // namespace safeconduct::report
