// What holders give each other: sealed records, and headers for payloads that they may read.
#include <algorithm>

#include "gateway/report/compartment.h"
#include "gateway/report/event.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {
namespace {

template <typename T>
Result<T> Open(ByteView sealed, const identity::Party& party, const Hash& report_hash) {
  if (sealed.size() > kMaxMessageBytes) {
    return Error(Code::kMalformed, "a record that is too long");
  }
  const age::Identity* identity = &party.age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), sealed));
  SC_ASSIGN(T record, ParsePlaintext<T>(plaintext));
  if (record.report_hash() == AsText(report_hash)) return record;
  return Error(Code::kUnverified, "a record that belongs to another case", "report_hash");
}

}  // namespace

Result<Bytes> SealRecord(const google::protobuf::Message& record,
                         const std::vector<const v1::Holder*>& readers) {
  SC_ASSIGN(const SecretBytes plaintext, MakePlaintext(record, 0, kMinMessagePlaintext));
  Readers all;
  SC_TRY(all.Add(readers));
  const age::FileKey file_key = age::FileKey::Random();
  SC_ASSIGN(const age::Header header, all.Wrap(file_key));
  Bytes out = age::SerializeHeader(header);
  Append(out, age::SealPayload(file_key, plaintext.Reveal()));
  if (out.size() <= kMaxMessageBytes) return out;
  return Error(Code::kTooLarge, "the record is too long");
}

Result<v1::NoteText> OpenNote(ByteView sealed, const identity::Party& party,
                              const Hash& report_hash) {
  return Open<v1::NoteText>(sealed, party, report_hash);
}

Result<v1::CustodyRecord> OpenCustody(ByteView sealed, const identity::Party& party,
                                      const Hash& report_hash) {
  return Open<v1::CustodyRecord>(sealed, party, report_hash);
}

Result<v1::MeasuresRecord> OpenMeasures(ByteView sealed, const identity::Party& party,
                                        const Hash& report_hash) {
  return Open<v1::MeasuresRecord>(sealed, party, report_hash);
}

Result<v1::ReasonText> OpenReason(ByteView sealed, const identity::Party& party,
                                  const Hash& report_hash) {
  return Open<v1::ReasonText>(sealed, party, report_hash);
}

Result<Bytes> MakeGrantedHeader(ByteView original, const age::FileKey& file_key,
                                const v1::Holder& grantee) {
  SC_ASSIGN(const age::Header header, ParseSealedHeader(original, QuorumStanza::kMayBeLast));
  SC_TRY(age::VerifyHeader(header, file_key));
  Readers readers;
  SC_TRY(readers.Add(grantee.recipient()));
  SC_ASSIGN(const age::Header granted, readers.Wrap(file_key));
  return age::SerializeHeader(granted);
}

const std::string* FindGrantedHeader(const std::vector<CheckedEvent>& events, std::string_view part,
                                     const PublicKey& grantee) {
  for (auto each = events.rbegin(); each != events.rend(); ++each) {
    const v1::Grant& grant = each->event.grant();
    if (grant.grantee() != AsText(grantee)) continue;
    for (const v1::GrantedHeader& header : grant.headers()) {
      if (header.compartment() == part) return &header.header();
    }
  }
  return nullptr;
}

ByteView SealedInEvent(const v1::Event& event) {
  if (event.has_message()) return AsBytes(event.message().sealed());
  if (event.has_consent()) return AsBytes(event.consent().identity());
  return {};
}

Result<age::FileKey> GrantedKeyOf(const std::vector<CheckedEvent>& events, const v1::Event& event,
                                  const identity::Party& grantee) {
  const ByteView sealed = SealedInEvent(event);
  const std::string* const granted = FindGrantedHeader(
      events, EventPartName(event.sequence()), grantee.Key(identity::Purpose::kEvent).public_key());
  if (sealed.empty() || granted == nullptr) {
    return Error(Code::kWrongKey, "nobody granted what the event holds");
  }
  SC_ASSIGN(const age::ParsedHeader parsed, age::ParseHeader(sealed));
  return OpenGrantedHeader(sealed.first(parsed.size), AsBytes(*granted), grantee);
}

Result<age::FileKey> OpenGrantedHeader(ByteView original, ByteView granted,
                                       const identity::Party& grantee) {
  SC_ASSIGN(const age::Header header, ParseSealedHeader(granted));
  const age::Identity* identity = &grantee.age_identity();
  SC_ASSIGN(age::FileKey file_key, age::UnwrapHeader(header, std::span(&identity, 1)));
  SC_ASSIGN(const age::Header reporters, ParseSealedHeader(original, QuorumStanza::kMayBeLast));
  const Status same = age::VerifyHeader(reporters, file_key);
  if (same.ok()) return file_key;
  return Error(Code::kUnverified, "the header opens to another content than the reporter's",
               "header");
}

}  // namespace safeconduct::report
