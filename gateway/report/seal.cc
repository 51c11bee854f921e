// The reporter's side.
#include <optional>

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/consent.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/wrap.h"

namespace safeconduct::report {
namespace {

constexpr Error kNoChannel(Code::kNotFound, "the charter has no such channel", "channel");

std::string ToString(ByteView bytes) { return std::string(AsText(bytes)); }

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
    manifest_.set_channel(draft_.channel);
    manifest_.set_charter_version(charter_version);
    manifest_.set_request_key(keys_.request_key());
    manifest_.set_event_key(keys_.event_key());
    SC_TRY(SealTriage());
    SC_TRY(SealAccount());
    SC_TRY(SealIdentity());
    for (const SealedAttachment& attachment : draft_.attachments) SC_TRY(AddAttachment(attachment));
    if (draft_.relay) *manifest_.mutable_relay() = *draft_.relay;
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
    SC_ASSIGN(const std::size_t hide, HiddenLength(triage, draft_.consent));
    Readers readers;
    SC_TRY(readers.Add(channel_.intake, *channel_.keys));
    return AddSealed(Part::kTriage, triage, hide, readers, std::nullopt);
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
    SC_ASSIGN(const std::size_t hide, HiddenLength(account, draft_.consent));
    Readers readers;
    SC_TRY(readers.Add(AccountReaders(channel_), *channel_.keys));
    return AddSealed(Part::kAccount, account, hide, readers, QuorumsAccess(Access::kGiven));
  }

  Status SealIdentity() {
    v1::Identity identity;
    Begin(identity);
    AddAnswers(draft_.identity_answers, identity.mutable_answers());
    SC_ASSIGN(const std::size_t hide, HiddenLength(identity, draft_.consent));
    const IdentityReaders readers = ReadersOfIdentity(draft_.consent, channel_);
    // What nobody may read need not exist, but its size stays the same.
    if (readers.nobody()) identity.clear_answers();
    Readers direct;
    SC_TRY(readers.AddTo(direct));
    return AddSealed(Part::kIdentity, identity, hide, direct, readers.quorum);
  }

  // None where the channel has no quorum.
  std::optional<Access> QuorumsAccess(Access access) const {
    return channel_.has_quorum() ? std::optional(access) : std::nullopt;
  }

  Status AddSealed(Part part, const google::protobuf::Message& message, std::size_t hide_bytes,
                   const Readers& readers, std::optional<Access> quorum) {
    SC_ASSIGN(const SecretBytes plaintext, MakePlaintext(message, hide_bytes, MinPlaintext(part)));
    if (age::PayloadSize(plaintext.size()) > MaxPayload(part, channel_.channel->limits())) {
      return Error(Code::kTooLarge, "longer than this channel takes", FieldsOf(part).payload_bytes);
    }
    const age::FileKey file_key = age::FileKey::Random();
    Bytes payload = age::SealPayload(file_key, plaintext.Reveal());
    SC_TRY(AddCompartment(file_key, readers, quorum, payload.size(), Sha256(payload)));
    sealed_.payloads.push_back(std::move(payload));
    return {};
  }

  Status AddAttachment(const SealedAttachment& attachment) {
    if (attachment.payload_bytes > channel_.channel->limits().attachment_bytes()) {
      return Error(Code::kTooLarge, "an attachment is longer than this channel takes",
                   FieldsOf(Part::kAttachment).payload_bytes);
    }
    Readers readers;
    SC_TRY(readers.Add(AccountReaders(channel_), *channel_.keys));
    return AddCompartment(*attachment.file_key, readers, QuorumsAccess(Access::kGiven),
                          attachment.payload_bytes, attachment.payload_root);
  }

  Status AddCompartment(const age::FileKey& file_key, const Readers& readers,
                        std::optional<Access> quorum, std::uint64_t payload_bytes,
                        const Hash& digest) {
    v1::Compartment& compartment = *manifest_.add_compartments();
    compartment.set_name(NameAt(manifest_.compartments_size() - 1));
    compartment.set_payload_bytes(payload_bytes);
    compartment.set_payload_digest(ToString(digest));
    const quorum::Context context = {
        draft_.channel, event_key_.public_key(), compartment.name(), digest, 0, 0};
    SC_ASSIGN(const age::Header header,
              WrapForReaders(file_key, readers, channel_, context, draft_.consent, quorum));
    compartment.set_header(ToString(age::SerializeHeader(header)));
    return {};
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
  if (draft.relay) {
    SC_TRY(CheckRelayForm(*draft.relay));
    SC_TRY(CheckRelay(*draft.relay, charter, draft.channel));
  }
  return Sealer(draft, *channel, reporter).Seal(charter.version());
}

}  // namespace safeconduct::report
