#include "gateway/sms/relay/sealing.h"

#include <algorithm>
#include <utility>

#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kPhoneQuestion = "phone";
constexpr std::size_t kPieceBytes = 12 * 1024;  // of what is tried to be sealed at once
constexpr std::size_t kLeastPiece = 256;

std::string ToString(ByteView bytes) { return std::string(AsText(bytes)); }

// At most `size` bytes off the front, without cutting a character.
std::string_view FrontOf(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<std::uint8_t>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

v1::Consent ConsentOf(const NumberFor& number_for) {
  v1::Consent consent;
  consent.set_contact(true);  // who writes by SMS is answered by SMS
  consent.set_support_services(number_for.support_services);
  consent.set_investigators(number_for.investigators);
  consent.set_national_authorities(number_for.national_authorities);
  return consent;
}

report::Draft DraftOf(const Sealing& sealing, std::string_view text, const std::string& language,
                      const Bytes& capsule) {
  const ChannelSettings& channel = sealing.channel;
  report::Draft draft;
  draft.channel = channel.id;
  draft.consent = ConsentOf(channel.number_for);
  draft.language = language;
  draft.narrative = std::string(text);
  draft.triage_answers = channel.facts;
  if (!channel.number_for.nobody()) {
    v1::Answer phone;
    phone.set_question(std::string(kPhoneQuestion));
    phone.add_values("+" + sealing.number.digits);
    draft.identity_answers.push_back(std::move(phone));
  }
  v1::Relay relay;
  relay.set_holder(sealing.relay.event_key());
  relay.set_capsule(ToString(capsule));
  draft.relay = std::move(relay);
  return draft;
}

v1::RelayQueued QueuedOf(const Thread& thread) {
  v1::RelayQueued queued;
  queued.set_thread(ToString(thread.mailbox()));
  queued.set_epoch(thread.signing->epoch);
  return queued;
}

// Seals `text` piece by piece; a piece that turns out too long once sealed is tried by halves.
template <typename SealPiece>
Status SealPieces(std::string_view text, const SealPiece& seal) {
  std::size_t size = kPieceBytes;
  while (true) {
    const std::string_view piece = FrontOf(text, size);
    const Status sealed = seal(piece);
    if (sealed.ok()) {
      text.remove_prefix(piece.size());
      if (text.empty()) return {};
    } else if (sealed.error().code() == Code::kTooLarge && size > kLeastPiece) {
      size /= 2;
    } else {
      return sealed;
    }
  }
}

class TextSealer {
 public:
  TextSealer(const Sealing& sealing, const Hash& report_hash)
      : sealing_(sealing), channel_(sealing.charter.FindChannel(sealing.channel.id)) {
    out_.report_hash = report_hash;
  }

  Status Begin() {
    if (channel_ == nullptr) return Error(Code::kNotFound, "the charter has no such channel");
    SC_ASSIGN(capsule_, SealCapsule(sealing_.epoch, sealing_.number));
    return {};
  }

  Status Report(std::string_view text, const std::string& language) {
    SC_ASSIGN(const report::Sealed sealed,
              report::SealReport(DraftOf(sealing_, text, language, capsule_), sealing_.charter,
                                 sealing_.thread.party));
    v1::SubmitReport message;
    *message.mutable_sealed() = sealed.report;
    for (const Bytes& payload : sealed.payloads) {
      message.add_payloads(payload.data(), payload.size());
    }
    v1::RelayQueued queued = QueuedOf(sealing_.thread);
    queued.set_report(message.SerializeAsString());
    out_.queued.push_back(std::move(queued));
    out_.report_hash = sealed.hash;
    return {};
  }

  Status Message(std::string_view text, const std::vector<const v1::Holder*>& readers) {
    v1::MessageText message;
    *message.mutable_reporter() = sealing_.thread.keys();
    message.set_report_hash(ToString(out_.report_hash));
    message.set_text(std::string(text));
    SC_ASSIGN(const Bytes sealed, report::SealMessageForReaders(message, readers, *channel_));
    v1::RelayQueued queued = QueuedOf(sealing_.thread);
    v1::RelayMessage& entry = *queued.mutable_message();
    entry.set_report_hash(message.report_hash());
    entry.set_channel(sealing_.channel.id);
    entry.set_capsule(ToString(capsule_));
    entry.set_sealed(ToString(sealed));
    out_.queued.push_back(std::move(queued));
    return {};
  }

  std::vector<const v1::Holder*> ReadersByPolicy() const {
    return report::ConversationReaders(*channel_, sealing_.charter, {});
  }
  SealedText Take() { return std::move(out_); }

 private:
  const Sealing& sealing_;
  const charter::ChannelInfo* const channel_;
  Bytes capsule_;
  SealedText out_;
};

}  // namespace

Result<SealedText> SealFirst(const Sealing& sealing, std::string_view text,
                             const std::string& language) {
  TextSealer sealer(sealing, Hash{});
  SC_TRY(sealer.Begin());
  bool first = true;
  const auto seal = [&](std::string_view piece) -> Status {
    if (!first) return sealer.Message(piece, sealer.ReadersByPolicy());
    SC_TRY(sealer.Report(piece, language));
    first = false;
    return {};
  };
  SC_TRY(SealPieces(text, seal));
  return sealer.Take();
}

Result<SealedText> SealNext(const Sealing& sealing, const Hash& report_hash, std::string_view text,
                            const std::vector<const v1::Holder*>& readers) {
  TextSealer sealer(sealing, report_hash);
  SC_TRY(sealer.Begin());
  const auto seal = [&](std::string_view piece) { return sealer.Message(piece, readers); };
  SC_TRY(SealPieces(text, seal));
  return sealer.Take();
}

std::vector<const v1::Holder*> ReadersBy(const v1::Mailbox& mailbox, const Hash& report_hash,
                                         const charter::ChannelInfo& channel,
                                         const charter::OpenCharter& charter, std::int64_t now) {
  std::vector<report::CheckedEvent> proofs;
  for (const v1::SignedEvent& signed_event : mailbox.grants()) {
    Result<report::CheckedEvent> checked = report::CheckEvent(signed_event);
    if (!checked.ok() || checked->event.report_hash() != AsText(report_hash)) continue;
    proofs.push_back(*std::move(checked));
  }
  return report::ConversationReaders(channel, charter,
                                     report::AccountGrantees(proofs, channel, charter, now));
}

}  // namespace safeconduct::sms
