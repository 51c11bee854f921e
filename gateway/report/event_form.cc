#include "gateway/report/event_form.h"

#include <optional>
#include <string>
#include <vector>

#include "crypto/quorum/quorum.h"
#include "gateway/report/compartment.h"
#include "gateway/report/event.h"
#include "gateway/report/expiry.h"

namespace safeconduct::report {
namespace {

constexpr std::int64_t kHour = 3'600;
// Places of parts: whatever is sealed, and what a quorum may have, from the account on.
constexpr std::uint64_t kAnyPart = 0;
constexpr std::uint64_t kQuorumPart = 1;

bool IsHash(const std::string& bytes) { return bytes.size() == std::tuple_size_v<Hash>; }
bool IsKey(const std::string& bytes) { return bytes.size() == std::tuple_size_v<PublicKey>; }

Status CheckKey(const std::string& key, Message field) {
  if (IsKey(key)) return {};
  return Error(Code::kMalformed, "an event key is 32 bytes", field);
}

// One sealed record: a whole binary age file, padded, to readers that there can be.
Status CheckSealed(const std::string& file, Message field,
                   QuorumStanza quorum = QuorumStanza::kNone) {
  const ByteView sealed = AsBytes(file);
  if (sealed.size() > kMaxMessageBytes) {
    return Error(Code::kTooLarge, "more than 128 KiB", field);
  }
  const Result<age::ParsedHeader> parsed = age::ParseHeader(sealed);
  if (!parsed.ok()) return parsed.error().In(field);
  const Result<age::Header> header = ParseSealedHeader(sealed.first(parsed->size), quorum);
  if (!header.ok()) return header.error().In(field);
  if (header->stanzas.size() > kMaxRecordStanzas) {
    return Error(Code::kTooLarge, "sealed to more readers than there can be", field);
  }
  const Status size = CheckPaddedSize(sealed.size() - parsed->size, kMinMessagePlaintext);
  if (!size.ok()) return size.error().In(field);
  return {};
}

// Names of parts of a case, from the one at `first` on: unlike, in their order.
template <typename Names>
Status CheckParts(const Names& names, std::uint64_t first, Message field) {
  if (names.empty()) return Error(Code::kMalformed, "no part of the case is named", field);
  if (static_cast<std::size_t>(names.size()) > kMaxParts) {
    return Error(Code::kTooLarge, "more than 128 parts of a case", field);
  }
  std::uint64_t next = first;
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> place = PlaceOfPart(name);
    if (!place || *place < first) {
      return Error(Code::kMalformed, "no name of such a part of a case", field);
    }
    if (*place < next) {
      return Error(Code::kRejected, "parts stand in their order, each once", field);
    }
    next = *place + 1;
  }
  return {};
}

template <typename Entries>
std::vector<std::string> NamesOf(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.compartment());
  return names;
}

Status CheckEnd(std::int64_t expires, std::int64_t time, Message field) {
  if (expires == 0 || expires > time) return {};
  return Error(Code::kRejected, "it ends after it begins", field);
}

Status CheckGrant(const v1::Grant& grant, std::int64_t time) {
  SC_TRY(CheckKey(grant.grantee(), "grant.grantee"));
  SC_TRY(CheckEnd(grant.expires(), time, "grant.expires"));
  for (const v1::GrantedHeader& each : grant.headers()) {
    const Result<age::Header> header = ParseSealedHeader(AsBytes(each.header()));
    if (!header.ok()) return header.error().In("grant.headers.header");
    if (header->stanzas.size() != 1) {
      return Error(Code::kRejected, "a grant is to one holder", "grant.headers.header");
    }
  }
  if (grant.headers().empty()) {
    return Error(Code::kMalformed, "a grant of nothing", "grant.headers");
  }
  return CheckParts(NamesOf(grant.headers()), kAnyPart, "grant.headers.compartment");
}

Status CheckStatusChange(const v1::StatusChange& change) {
  if (change.status() != v1::CASE_STATUS_UNSPECIFIED) return {};
  return Error(Code::kMalformed, "a change of status without a status", "status");
}

Status CheckRevocation(const v1::Revocation& revocation) {
  SC_TRY(CheckKey(revocation.holder(), "revocation.holder"));
  if (revocation.compartments().empty()) return {};
  return CheckParts(revocation.compartments(), kAnyPart, "revocation.compartments");
}

Status CheckLink(const v1::Link& link) {
  if (IsHash(link.report_hash())) return {};
  return Error(Code::kMalformed, "a report hash is 32 bytes", "link.report_hash");
}

Status CheckRequest(const v1::ReleaseRequest& request, std::int64_t time) {
  SC_TRY(CheckParts(request.compartments(), kQuorumPart, "request.compartments"));
  SC_TRY(CheckEnd(request.expires(), time, "request.expires"));
  return CheckSealed(request.reason(), "request.reason");
}

Status CheckRequestHash(const std::string& hash, Message field) {
  if (IsHash(hash)) return {};
  return Error(Code::kMalformed, "the hash of a request is 32 bytes", field);
}

struct ShareFields {
  Message index;
  Message shares;
  Message compartment;
  Message sealed;
};
enum class MissingShare : std::uint8_t { kAllowed, kRefused };

template <typename Body>
Status CheckShares(const Body& body, MissingShare missing, const ShareFields& fields) {
  if (body.index() < 1 || body.index() > quorum::kMaxTrustees) {
    return Error(Code::kRejected, "a place in a quorum is from 1 to 16", fields.index);
  }
  for (const v1::SealedShare& share : body.shares()) {
    const bool may_be_empty = missing == MissingShare::kAllowed && share.sealed().empty();
    if (!may_be_empty && share.sealed().size() != quorum::kSealedShareBytes) {
      return Error(Code::kMalformed, "a sealed share has 1,170 bytes", fields.sealed);
    }
  }
  if (body.shares().empty()) return Error(Code::kMalformed, "not a single share", fields.shares);
  return CheckParts(NamesOf(body.shares()), kQuorumPart, fields.compartment);
}

Status CheckApproval(const v1::Approval& approval) {
  SC_TRY(CheckRequestHash(approval.request(), "approval.request"));
  return CheckShares(approval, MissingShare::kAllowed,
                     {"approval.index", "approval.shares", "approval.shares.compartment",
                      "approval.shares.sealed"});
}

Status CheckRefusal(const v1::Refusal& refusal) {
  SC_TRY(CheckRequestHash(refusal.request(), "refusal.request"));
  return CheckSealed(refusal.reason(), "refusal.reason");
}

Status CheckHandover(const v1::Handover& handover) {
  SC_TRY(CheckKey(handover.successor(), "handover.successor"));
  return CheckShares(handover, MissingShare::kRefused,
                     {"handover.index", "handover.shares", "handover.shares.compartment",
                      "handover.shares.sealed"});
}

Status CheckConsentChange(const v1::ConsentChange& change) {
  SC_TRY(CheckSealed(change.sealed(), "consent.sealed"));
  return CheckSealed(change.identity(), "consent.identity", QuorumStanza::kMayBeLast);
}

Status CheckExpiryForm(const v1::Expiry& expiry, std::int64_t time) {
  if (expiry.channel().empty()) {
    return Error(Code::kMalformed, "a case is of a channel", "expiry.channel");
  }
  if (expiry.closed_day() <= 0 || expiry.closed_day() % charter::kDaySeconds != 0) {
    return Error(Code::kMalformed, "a day is given as its first second", "expiry.closed_day");
  }
  if (expiry.closed_days() == 0) {
    return Error(Code::kMalformed, "what is kept without end does not expire",
                 "expiry.closed_days");
  }
  if (!IsHash(expiry.leaves())) {
    return Error(Code::kMalformed, "the root over the leaves is 32 bytes", "expiry.leaves");
  }
  // Such sums do not overflow: no later than `time` is allowed anyway.
  if (expiry.closed_day() > time || KeptUntil(expiry.closed_day(), expiry.closed_days()) > time) {
    return Error(Code::kRejected, "a case does not expire before its time is over", "time");
  }
  return {};
}

Status CheckDelivery(const v1::Delivery& delivery, std::uint64_t sequence) {
  if (delivery.message() == 0 || delivery.message() >= sequence) {
    return Error(Code::kMalformed, "a delivery is of an earlier event", "delivery.message");
  }
  if (delivery.state() != v1::DELIVERY_STATE_UNSPECIFIED) return {};
  return Error(Code::kMalformed, "a delivery without a state", "delivery.state");
}

Status CheckBody(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return CheckSealed(event.message().sealed(), "message.sealed", QuorumStanza::kMayBeLast);
    case v1::Event::kStatus:
      return CheckStatusChange(event.status());
    case v1::Event::kAssignment:
      return CheckKey(event.assignment().holder(), "assignment.holder");
    case v1::Event::kExclusion:
      return CheckKey(event.exclusion().holder(), "exclusion.holder");
    case v1::Event::kGrant:
      return CheckGrant(event.grant(), event.time());
    case v1::Event::kRevocation:
      return CheckRevocation(event.revocation());
    case v1::Event::kNote:
      return CheckSealed(event.note().sealed(), "note.sealed");
    case v1::Event::kCustody:
      return CheckSealed(event.custody().sealed(), "custody.sealed");
    case v1::Event::kMeasures:
      return CheckSealed(event.measures().sealed(), "measures.sealed");
    case v1::Event::kLink:
      return CheckLink(event.link());
    case v1::Event::kRequest:
      return CheckRequest(event.request(), event.time());
    case v1::Event::kApproval:
      return CheckApproval(event.approval());
    case v1::Event::kRefusal:
      return CheckRefusal(event.refusal());
    case v1::Event::kHandover:
      return CheckHandover(event.handover());
    case v1::Event::kConsent:
      return CheckConsentChange(event.consent());
    case v1::Event::kDelivery:
      return CheckDelivery(event.delivery(), event.sequence());
    case v1::Event::kExpiry:
      return CheckExpiryForm(event.expiry(), event.time());
    case v1::Event::kDismissal:
    case v1::Event::kHold:
    case v1::Event::kErasure:
      return {};
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return Error(Code::kMalformed, "an event that does nothing", "body");
}

// `direct`: how many mlkem768x25519 stanzas there must be; none: any number.
Status CheckHeader(const std::string& file, std::optional<std::size_t> direct,
                   const charter::ChannelInfo& channel, Message field) {
  const Result<age::ParsedHeader> parsed = age::ParseHeader(AsBytes(file));
  if (!parsed.ok()) return parsed.error().In(field);
  const std::size_t quorums = FindQuorumStanza(parsed->header) != nullptr ? 1 : 0;
  const Stanzas expected = {direct.value_or(parsed->header.stanzas.size() - quorums),
                            channel.has_quorum()};
  const Status stanzas = CheckStanzas(parsed->header, expected, channel);
  return stanzas.ok() ? Status() : stanzas.error().In(field);
}

}  // namespace

Status CheckStanzasFor(const v1::Event& event, const charter::ChannelInfo& channel) {
  if (event.has_message()) {
    return CheckHeader(event.message().sealed(), std::nullopt, channel, "message.sealed");
  }
  if (event.has_consent()) {
    return CheckHeader(event.consent().identity(), StanzasOf(Part::kIdentity, channel).direct,
                       channel, "consent.identity");
  }
  return {};
}

Status CheckStanzasByRelay(const v1::Event& event) {
  const Result<age::ParsedHeader> parsed = age::ParseHeader(AsBytes(event.message().sealed()));
  if (!parsed.ok()) return parsed.error().In("message.sealed");
  const std::size_t quorums = FindQuorumStanza(parsed->header) != nullptr ? 1 : 0;
  if (parsed->header.stanzas.size() > quorums) return {};
  return Error(Code::kRejected, "sealed to a quorum and to nobody else", "message.sealed");
}

Status CheckEventForm(const v1::Event& event) {
  if (!IsHash(event.report_hash())) {
    return Error(Code::kMalformed, "a report hash is 32 bytes", "report_hash");
  }
  if (event.sequence() == 0) {
    return Error(Code::kMalformed, "the first event has number 1", "sequence");
  }
  if (!IsHash(event.previous())) {
    return Error(Code::kMalformed, "the hash of the previous event is 32 bytes", "previous");
  }
  if (!IsKey(event.author())) {
    return Error(Code::kMalformed, "an author's key is 32 bytes", "author");
  }
  if (event.charter_version() == 0) {
    return Error(Code::kMalformed, "a charter's version is at least 1", "charter_version");
  }
  if (event.time() <= 0 || event.time() % kHour != 0) {
    return Error(Code::kRejected, "times are rounded down to the hour", "time");
  }
  return CheckBody(event);
}

}  // namespace safeconduct::report
