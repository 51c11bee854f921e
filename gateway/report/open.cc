// The holder's side.
#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/event.h"
#include "gateway/report/plaintext.h"

namespace safeconduct::report {
namespace {

template <typename T>
Result<T> OpenSmall(const Checked& checked, Part part, ByteView payload,
                    const age::FileKey& file_key) {
  const PartFields& fields = FieldsOf(part);
  const int index = static_cast<int>(part);
  if (checked.manifest.compartments_size() <= index) {
    return Error(Code::kMalformed, "the report has no such compartment", "compartments");
  }
  const v1::Compartment& compartment = checked.manifest.compartments(index);
  if (payload.size() != compartment.payload_bytes() ||
      AsText(Sha256(payload)) != compartment.payload_digest()) {
    return Error(Code::kUnverified, "the payload is not the one that the reporter signed",
                 fields.payload);
  }
  const Result<SecretBytes> plaintext = age::OpenPayload(file_key, payload);
  if (!plaintext.ok()) return plaintext.error().In(fields.payload);
  Result<T> message = ParsePlaintext<T>(*plaintext);
  if (!message.ok()) return message.error().In(fields.payload);
  if (!HasKeys(message->reporter(), checked.manifest.request_key(), checked.manifest.event_key())) {
    return Error(Code::kUnverified, "what was sealed here belongs to another report",
                 fields.payload);
  }
  return message;
}

Result<age::FileKey> KeyOf(const Checked& checked, Part part, const identity::Party& holder) {
  const int index = static_cast<int>(part);
  if (checked.manifest.compartments_size() <= index) {
    return Error(Code::kMalformed, "the report has no such compartment", "compartments");
  }
  return OpenFileKey(checked.manifest.compartments(index), holder);
}

}  // namespace

Result<Checked> VerifyReport(const v1::SealedReport& report, const ReportId& id) {
  Checked checked;
  checked.hash = ReportHash(AsBytes(report.manifest()));
  checked.id = IdOf(checked.hash);
  if (checked.id != id) {
    return Error(Code::kUnverified, "another report than the one asked for", "manifest");
  }
  Result<v1::Manifest> manifest = OpenManifest(report);
  if (!manifest.ok()) {
    return Error(Code::kUnverified, "not a report as its reporter signed it", "manifest");
  }
  checked.manifest = *std::move(manifest);
  return checked;
}

Result<age::FileKey> OpenFileKey(const v1::Compartment& compartment, const identity::Party& holder,
                                 std::size_t likely) {
  SC_ASSIGN(const age::Header header,
            ParseSealedHeader(AsBytes(compartment.header()), QuorumStanza::kMayBeLast));
  const age::Identity* identity = &holder.age_identity();
  return age::UnwrapHeader(header, std::span(&identity, 1), likely);
}

Result<v1::Triage> OpenTriage(const Checked& checked, ByteView payload,
                              const age::FileKey& file_key) {
  return OpenSmall<v1::Triage>(checked, Part::kTriage, payload, file_key);
}

Result<v1::Triage> OpenTriage(const Checked& checked, ByteView payload,
                              const identity::Party& holder) {
  SC_ASSIGN(const age::FileKey file_key, KeyOf(checked, Part::kTriage, holder));
  return OpenTriage(checked, payload, file_key);
}

Result<v1::Triage> OpenListedTriage(const v1::CaseTriage& listed, const identity::Party& holder,
                                    std::size_t likely) {
  SC_ASSIGN(const ReportId id, ParseId(listed.report_id()));
  SC_ASSIGN(const Checked checked, VerifyReport(listed.sealed(), id));
  const v1::Compartment& triage = checked.manifest.compartments(0);
  SC_ASSIGN(const age::FileKey file_key,
            listed.header().empty()
                ? OpenFileKey(triage, holder, likely)
                : OpenGrantedHeader(AsBytes(triage.header()), AsBytes(listed.header()), holder));
  return OpenTriage(checked, AsBytes(listed.payload()), file_key);
}

Result<v1::Account> OpenAccount(const Checked& checked, ByteView payload,
                                const age::FileKey& file_key) {
  return OpenSmall<v1::Account>(checked, Part::kAccount, payload, file_key);
}

Result<v1::Account> OpenAccount(const Checked& checked, ByteView payload,
                                const identity::Party& holder) {
  SC_ASSIGN(const age::FileKey file_key, KeyOf(checked, Part::kAccount, holder));
  return OpenAccount(checked, payload, file_key);
}

Result<v1::Identity> OpenIdentity(const Checked& checked, ByteView payload,
                                  const age::FileKey& file_key) {
  return OpenSmall<v1::Identity>(checked, Part::kIdentity, payload, file_key);
}

Result<v1::Identity> OpenIdentity(const Checked& checked, ByteView payload,
                                  const identity::Party& holder) {
  SC_ASSIGN(const age::FileKey file_key, KeyOf(checked, Part::kIdentity, holder));
  return OpenIdentity(checked, payload, file_key);
}

}  // namespace safeconduct::report
