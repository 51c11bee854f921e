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

Result<Bytes> MakeGrantedHeader(const v1::Compartment& original, const age::FileKey& file_key,
                                const v1::Holder& grantee) {
  SC_ASSIGN(const age::Header header, ParseSealedHeader(AsBytes(original.header())));
  SC_TRY(age::VerifyHeader(header, file_key));
  Readers readers;
  SC_TRY(readers.Add(grantee.recipient()));
  SC_ASSIGN(const age::Header granted, readers.Wrap(file_key));
  return age::SerializeHeader(granted);
}

Result<age::FileKey> OpenGrantedHeader(const v1::Compartment& original, ByteView granted,
                                       const identity::Party& grantee) {
  SC_ASSIGN(const age::Header header, ParseSealedHeader(granted));
  const age::Identity* identity = &grantee.age_identity();
  SC_ASSIGN(age::FileKey file_key, age::UnwrapHeader(header, std::span(&identity, 1)));
  SC_ASSIGN(const age::Header reporters, ParseSealedHeader(AsBytes(original.header())));
  const Status same = age::VerifyHeader(reporters, file_key);
  if (same.ok()) return file_key;
  return Error(Code::kUnverified, "the header opens to another content than the reporter's",
               "header");
}

const v1::Holder* AccountGrantee(const v1::Event& event, const charter::ChannelInfo& channel,
                                 const charter::OpenCharter& charter, std::int64_t now) {
  const v1::Grant& grant = event.grant();
  const bool of_account = std::any_of(
      grant.headers().begin(), grant.headers().end(),
      [](const v1::GrantedHeader& header) { return header.compartment() == "account"; });
  if (!of_account || (grant.expires() != 0 && grant.expires() <= now)) return nullptr;
  const auto& readers = AccountReaders(channel);
  const bool may_give = std::any_of(readers.begin(), readers.end(), [&](const v1::Holder* reader) {
    return reader->event_key() == event.author();
  });
  if (!may_give || grant.grantee().size() != std::tuple_size_v<PublicKey>) return nullptr;
  const v1::Holder* const grantee = charter.FindByEventKey(ToArray<32>(AsBytes(grant.grantee())));
  const bool on_channel = grantee != nullptr && charter::OnChannel(*grantee, channel.channel->id());
  return on_channel ? grantee : nullptr;
}

std::vector<const v1::Holder*> ConversationReaders(const charter::ChannelInfo& channel,
                                                   const charter::OpenCharter& charter,
                                                   const std::vector<const v1::Holder*>& grantees) {
  const auto& by_policy = AccountReaders(channel);
  const auto among = [](const std::vector<const v1::Holder*>& holders, const v1::Holder* holder) {
    return std::find(holders.begin(), holders.end(), holder) != holders.end();
  };
  std::vector<const v1::Holder*> readers;
  for (const v1::Holder& holder : charter.message().holders()) {
    if (among(by_policy, &holder) || among(grantees, &holder)) readers.push_back(&holder);
  }
  return readers;
}

}  // namespace safeconduct::report
