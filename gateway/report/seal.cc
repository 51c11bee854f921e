// The reporter's side.
#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {
namespace {

constexpr Error kNoChannel(Code::kNotFound, "the charter has no such channel", "channel");

std::string ToString(ByteView bytes) { return std::string(AsText(bytes)); }

// How much longer the JSON could be if everything were consented to, so that a consent that just
// crosses a size class does not show outside.
Result<std::size_t> ConsentSlack(const v1::Consent& consent) {
  v1::Consent all;
  all.set_contact(true);
  all.set_support_services(true);
  all.set_investigators(true);
  all.set_national_authorities(true);
  SC_ASSIGN(const std::string longest, proto::ToJson(all));
  SC_ASSIGN(const std::string actual, proto::ToJson(consent));
  return longest.size() - actual.size();
}

Result<std::size_t> HideBytes(const google::protobuf::Message& message,
                              const v1::Consent& consent) {
  SC_ASSIGN(const std::size_t slack, ConsentSlack(consent));
  SC_ASSIGN(std::string json, proto::ToJson(message));
  const std::size_t size = json.size() + slack;
  Wipe({reinterpret_cast<std::uint8_t*>(json.data()), json.size()});
  return size;
}

template <typename Answers>
void AddAnswers(const std::vector<v1::Answer>& from, Answers* to) {
  for (const v1::Answer& answer : from) *to->Add() = answer;
}

class Sealer {
 public:
  Sealer(const Draft& draft, const charter::ChannelInfo& channel, const identity::Party& reporter)
      : draft_(draft), channel_(channel), event_key_(reporter.Key(identity::Purpose::kEvent)) {
    keys_.set_recipient(reporter.recipient());
    keys_.set_request_key(ToString(reporter.Key(identity::Purpose::kRequest).public_key()));
    keys_.set_event_key(ToString(event_key_.public_key()));
  }

  Result<Sealed> Seal(std::uint64_t charter_version) {
    for (const SealedAttachment& attachment : draft_.attachments) {
      if (attachment.channel != draft_.channel || attachment.charter_version != charter_version) {
        return Error(Code::kConflict,
                     "an attachment was sealed for another channel or under another version of the "
                     "charter: seal it again",
                     "attachments");
      }
    }
    manifest_.set_channel(draft_.channel);
    manifest_.set_charter_version(charter_version);
    manifest_.set_request_key(keys_.request_key());
    manifest_.set_event_key(keys_.event_key());
    SC_TRY(SealTriage());
    SC_TRY(SealAccount());
    SC_TRY(SealIdentity());
    for (const SealedAttachment& attachment : draft_.attachments) SC_TRY(AddAttachment(attachment));
    return Sign();
  }

 private:
  template <typename T>
  void Begin(T& message) const {
    *message.mutable_reporter() = keys_;
    *message.mutable_consent() = draft_.consent;
  }

  Status SealTriage() {
    v1::Triage triage;
    Begin(triage);
    triage.set_language(draft_.language);
    AddAnswers(draft_.triage_answers, triage.mutable_answers());
    SC_ASSIGN(const std::size_t hide, HideBytes(triage, draft_.consent));
    Readers readers;
    SC_TRY(readers.Add(channel_.intake));
    return AddSealed(Part::kTriage, triage, hide, readers);
  }

  Status SealAccount() {
    v1::Account account;
    Begin(account);
    account.set_narrative(draft_.narrative);
    AddAnswers(draft_.account_answers, account.mutable_answers());
    int index = static_cast<int>(kFixedCompartments);
    for (const SealedAttachment& attachment : draft_.attachments) {
      v1::Attachment& description = *account.add_attachments();
      description = attachment.description;
      description.set_compartment(NameAt(index++));
    }
    SC_ASSIGN(const std::size_t hide, HideBytes(account, draft_.consent));
    Readers readers;
    SC_TRY(readers.Add(AccountReaders(channel_)));
    return AddSealed(Part::kAccount, account, hide, readers);
  }

  Status SealIdentity() {
    const v1::Consent& consent = draft_.consent;
    v1::Identity identity;
    Begin(identity);
    AddAnswers(draft_.identity_answers, identity.mutable_answers());
    SC_ASSIGN(const std::size_t hide, HideBytes(identity, consent));
    // What nobody may read need not exist, but its size stays the same.
    if (!consent.support_services() && !consent.investigators()) identity.clear_answers();
    Readers readers;
    SC_TRY(AddIf(consent.support_services(), channel_.support, readers));
    SC_TRY(AddIf(consent.investigators(), AccountReaders(channel_), readers));
    return AddSealed(Part::kIdentity, identity, hide, readers);
  }

  static Status AddIf(bool consented, const std::vector<const v1::Holder*>& holders,
                      Readers& readers) {
    return consented ? readers.Add(holders) : readers.AddThrowaways(holders.size());
  }

  Status AddSealed(Part part, const google::protobuf::Message& message, std::size_t hide_bytes,
                   const Readers& readers) {
    SC_ASSIGN(const SecretBytes plaintext, MakePlaintext(message, hide_bytes, MinPlaintext(part)));
    if (age::PayloadSize(plaintext.size()) > MaxPayload(part, channel_.channel->limits())) {
      return Error(Code::kTooLarge, "longer than this channel takes", FieldsOf(part).payload_bytes);
    }
    const age::FileKey file_key = age::FileKey::Random();
    SC_ASSIGN(const age::Header header, readers.Wrap(file_key));
    Bytes payload = age::SealPayload(file_key, plaintext.Reveal());
    AddCompartment(age::SerializeHeader(header), payload.size(), Sha256(payload));
    sealed_.payloads.push_back(std::move(payload));
    return {};
  }

  Status AddAttachment(const SealedAttachment& attachment) {
    if (attachment.payload_bytes > channel_.channel->limits().attachment_bytes()) {
      return Error(Code::kTooLarge, "an attachment is longer than this channel takes",
                   FieldsOf(Part::kAttachment).payload_bytes);
    }
    AddCompartment(attachment.header, attachment.payload_bytes, attachment.payload_root);
    return {};
  }

  void AddCompartment(ByteView header, std::uint64_t payload_bytes, const Hash& digest) {
    v1::Compartment& compartment = *manifest_.add_compartments();
    compartment.set_name(NameAt(manifest_.compartments_size() - 1));
    compartment.set_header(ToString(header));
    compartment.set_payload_bytes(payload_bytes);
    compartment.set_payload_digest(ToString(digest));
  }

  Result<Sealed> Sign() {
    const std::string bytes = manifest_.SerializeAsString();
    if (bytes.size() > kMaxManifestBytes) {
      return Error(Code::kTooLarge, "too many attachments for so many readers", "manifest");
    }
    const std::string message = std::string(kManifestPrefix) + bytes;
    sealed_.report.set_manifest(bytes);
    sealed_.report.set_signature(ToString(event_key_.Sign(AsBytes(message))));
    sealed_.hash = ReportHash(AsBytes(bytes));
    sealed_.id = IdOf(sealed_.hash);
    return std::move(sealed_);
  }

  const Draft& draft_;
  const charter::ChannelInfo& channel_;
  const SigningKey event_key_;
  v1::ReporterKeys keys_;
  v1::Manifest manifest_;
  Sealed sealed_;
};

}  // namespace

Result<Sealed> SealReport(const Draft& draft, const charter::OpenCharter& charter,
                          const identity::Party& reporter) {
  const charter::ChannelInfo* channel = charter.FindChannel(draft.channel);
  if (channel == nullptr) return kNoChannel;
  if (draft.attachments.size() > channel->channel->limits().attachments()) {
    return Error(Code::kTooLarge, "more attachments than this channel takes", "attachments");
  }
  return Sealer(draft, *channel, reporter).Seal(charter.version());
}

Result<AttachmentKey> MakeAttachmentKey(const charter::OpenCharter& charter,
                                        std::string_view channel) {
  const charter::ChannelInfo* info = charter.FindChannel(channel);
  if (info == nullptr) return kNoChannel;
  Readers readers;
  SC_TRY(readers.Add(AccountReaders(*info)));
  age::FileKey file_key = age::FileKey::Random();
  SC_ASSIGN(const age::Header header, readers.Wrap(file_key));
  return AttachmentKey{std::string(channel), charter.version(), std::move(file_key),
                       age::SerializeHeader(header)};
}

}  // namespace safeconduct::report
