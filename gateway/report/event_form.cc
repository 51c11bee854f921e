#include "gateway/report/event_form.h"

#include <set>
#include <string>

#include "gateway/report/compartment.h"
#include "gateway/report/event.h"

namespace safeconduct::report {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr int kMaxCompartments = static_cast<int>(kFixedCompartments) + kMaxAttachments;

bool IsHash(const std::string& bytes) { return bytes.size() == std::tuple_size_v<Hash>; }
bool IsKey(const std::string& bytes) { return bytes.size() == std::tuple_size_v<PublicKey>; }

Status CheckKey(const std::string& key, Message field) {
  if (IsKey(key)) return {};
  return Error(Code::kMalformed, "an event key is 32 bytes", field);
}

// One sealed record: a whole binary age file, padded, to at most so many readers.
Status CheckSealed(const std::string& file, std::size_t max_stanzas, Message field) {
  const ByteView sealed = AsBytes(file);
  if (sealed.size() > kMaxMessageBytes) {
    return Error(Code::kTooLarge, "more than 128 KiB", field);
  }
  const Result<age::ParsedHeader> parsed = age::ParseHeader(sealed);
  if (!parsed.ok()) return parsed.error().In(field);
  const Result<age::Header> header = ParseSealedHeader(sealed.first(parsed->size));
  if (!header.ok()) return header.error().In(field);
  if (header->stanzas.size() > max_stanzas) {
    return Error(Code::kTooLarge, "sealed to more readers than there can be", field);
  }
  const Status size = CheckPaddedSize(sealed.size() - parsed->size, kMinMessagePlaintext);
  if (!size.ok()) return size.error().In(field);
  return {};
}

// A name that a compartment of a sealed report can have.
bool IsCompartment(const std::string& name) {
  for (int i = 0; i < kMaxCompartments; ++i) {
    if (name == NameAt(i)) return true;
  }
  return false;
}

template <typename Names>
Status CheckCompartments(const Names& names, Message field) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (!IsCompartment(name)) return Error(Code::kMalformed, "no name of a compartment", field);
    if (!seen.insert(name).second) return Error(Code::kRejected, "a compartment twice", field);
  }
  return {};
}

Status CheckGrant(const v1::Grant& grant, std::int64_t time) {
  SC_TRY(CheckKey(grant.grantee(), "grant.grantee"));
  if (grant.headers().empty()) {
    return Error(Code::kMalformed, "a grant of nothing", "grant.headers");
  }
  if (grant.expires() != 0 && grant.expires() <= time) {
    return Error(Code::kRejected, "a grant ends after it begins", "grant.expires");
  }
  std::vector<std::string> names;
  for (const v1::GrantedHeader& each : grant.headers()) {
    names.push_back(each.compartment());
    const Result<age::Header> header = ParseSealedHeader(AsBytes(each.header()));
    if (!header.ok()) return header.error().In("grant.headers.header");
    if (header->stanzas.size() != 1) {
      return Error(Code::kRejected, "a grant is to one holder", "grant.headers.header");
    }
  }
  return CheckCompartments(names, "grant.headers.compartment");
}

Status CheckStatusChange(const v1::StatusChange& change) {
  if (change.status() != v1::CASE_STATUS_UNSPECIFIED) return {};
  return Error(Code::kMalformed, "a change of status without a status", "status");
}

Status CheckRevocation(const v1::Revocation& revocation) {
  SC_TRY(CheckKey(revocation.holder(), "revocation.holder"));
  return CheckCompartments(revocation.compartments(), "revocation.compartments");
}

Status CheckLink(const v1::Link& link) {
  if (IsHash(link.report_hash())) return {};
  return Error(Code::kMalformed, "a report hash is 32 bytes", "link.report_hash");
}

Status CheckBody(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kMessage:
      return CheckSealed(event.message().sealed(), kMaxRecordStanzas, "message.sealed");
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
      return CheckSealed(event.note().sealed(), kMaxRecordStanzas, "note.sealed");
    case v1::Event::kCustody:
      return CheckSealed(event.custody().sealed(), kMaxRecordStanzas, "custody.sealed");
    case v1::Event::kMeasures:
      return CheckSealed(event.measures().sealed(), kMaxRecordStanzas, "measures.sealed");
    case v1::Event::kLink:
      return CheckLink(event.link());
    case v1::Event::kDismissal:
    case v1::Event::kHold:
      return {};
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return Error(Code::kMalformed, "an event that does nothing", "body");
}

}  // namespace

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
