#include "gateway/sms/relay/outgoing.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "gateway/report/report.h"
#include "gateway/sms/inbound/phrases.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kTokenUse = "answer";
constexpr std::string_view kProviderUse = "provider-id";
constexpr std::size_t kMostHeads = 4096;

constexpr Error kNoCharter(Code::kUnavailable, "no charter is known to check answers by");
constexpr Error kNoItem(Code::kMalformed, "an item of the outbox that names no case");

bool MayWrite(const v1::Holder& holder, const std::string& channel) {
  return charter::OnChannel(holder, channel) && (charter::HasRole(holder, v1::ROLE_INTAKE) ||
                                                 charter::HasRole(holder, v1::ROLE_INVESTIGATOR) ||
                                                 charter::HasRole(holder, v1::ROLE_SUPPORT));
}

// By which the outcome is reported, also where the event is not what it should be; 0: there is
// none.
std::uint64_t EventNumberOf(const v1::OutboxItem& item) {
  const Result<v1::Event> event =
      proto::ParseTolerant<v1::Event>(AsBytes(item.message().event()), report::kMaxEventBytes);
  return event.ok() ? event->sequence() : 0;
}

void Finish(v1::RelayOutgoing& record, v1::DeliveryState outcome) {
  record.set_sending(v1::RELAY_SENDING_OVER);
  record.set_outcome(static_cast<std::uint32_t>(outcome));
  record.clear_sealed();
}

}  // namespace

storage::SendToken TokenOf(const storage::RelayStore& store, const std::string& report_hash,
                           std::uint64_t event) {
  Bytes bytes;
  Append(bytes, report_hash);
  AppendBigEndian64(bytes, event);
  const storage::KeyedHash hash = store.Keyed(kTokenUse, bytes);
  return ToArray<16>(ByteView(hash).first(16));
}

Next Outgoing::LeftOf(const v1::RelayOutgoing& record) {
  if (record.sending() != v1::RELAY_SENDING_OVER) return Next::kSend;
  return record.outcome() != record.reported() ? Next::kReport : Next::kNothing;
}

// --- From the outbox ---------------------------------------------------------------------------

bool Outgoing::MayAnswer(const v1::OutboxItem& item, const charter::OpenCharter& charter,
                         v1::Event& event) const {
  Result<report::CheckedEvent> checked = report::CheckEvent(item.message());
  if (!checked.ok() || checked->event.report_hash() != item.report_hash() ||
      !checked->event.has_message()) {
    return false;
  }
  event = std::move(checked->event);
  const v1::Holder* const author = charter.FindByEventKey(ToArray<32>(AsBytes(event.author())));
  return author != nullptr && MayWrite(*author, item.channel());
}

Result<Outgoing::Taken> Outgoing::TakeItem(const v1::OutboxItem& item) {
  if (item.report_hash().size() != 32 || item.head().size() != 32) return kNoItem;
  const Hash report_hash = ToArray<32>(AsBytes(item.report_hash()));
  if (report::FormatId(report::IdOf(report_hash)) != item.report_id()) return kNoItem;
  const CharterPtr charter = context_.charters.Current();
  if (charter == nullptr) return kNoCharter;
  {
    const std::lock_guard lock(mutex_);
    if (heads_.size() >= kMostHeads) heads_.clear();
    heads_[item.report_hash()] = {item.sequence(), ToArray<32>(AsBytes(item.head()))};
  }
  const std::uint64_t number = EventNumberOf(item);
  if (number == 0) return kNoItem;
  v1::Event event;
  const bool may = MayAnswer(item, *charter, event);
  const storage::SendToken token = TokenOf(context_.store, item.report_hash(), number);
  // The gateway has no word of it. If it was given one, it is told again.
  const auto again = [](v1::RelayOutgoing& known) {
    if (known.reported() == 0) return false;
    known.set_reported(0);
    return true;
  };
  const Result<v1::RelayOutgoing> known = context_.store.UpdateOutgoing(token, again);
  if (known.ok()) return Taken{token, LeftOf(*known), false};
  if (known.error().code() != Code::kNotFound) return known.error();
  return TakeNew(token, item, may ? &event : nullptr);
}

// What answers of that channel are sent from; empty: as the telephone side does it.
std::string Outgoing::SenderOf(const std::string& channel) const {
  for (const ChannelSettings& each : context_.settings.channels) {
    if (each.id == channel) return each.sender;
  }
  return "";
}

Result<Outgoing::Taken> Outgoing::TakeNew(const storage::SendToken& token,
                                          const v1::OutboxItem& item, const v1::Event* event) {
  v1::RelayOutgoing record;
  record.set_report_hash(item.report_hash());
  record.set_event(EventNumberOf(item));
  record.set_channel(item.channel());
  record.set_sender(SenderOf(item.channel()));
  record.set_since(work::RoundDown(context_.clock.UnixSeconds(), work::kHourSeconds));
  const Result<OpenedCapsule> opened = OpenCapsule(context_.epochs, AsBytes(item.capsule()));
  if (event != nullptr && opened.ok()) {
    record.set_epoch(opened->epoch->number());
    record.set_capsule(item.capsule());
    record.set_sealed(event->message().sealed());
  } else {
    Finish(record, v1::DELIVERY_STATE_FAILED);
  }
  SC_ASSIGN(const bool is_new, context_.store.AddOutgoing(token, record));
  if (is_new) {
    ++context_.counters.answers;
    if (record.outcome() != 0) Count(v1::DELIVERY_STATE_FAILED);
  }
  return Taken{token, LeftOf(record), is_new};
}

// --- To the telephone --------------------------------------------------------------------------

Outgoing::Letter Outgoing::ReadReply(const v1::RelayOutgoing& record) const {
  Letter letter;
  const EpochPtr epoch = context_.epochs.Find(record.epoch());
  Phrase phrase = Phrase::kReceived;
  if (record.reply() == v1::RELAY_REPLY_HELP) phrase = Phrase::kHelp;
  if (record.reply() == v1::RELAY_REPLY_STOPPED) phrase = Phrase::kStopped;
  if (record.reply() == v1::RELAY_REPLY_STARTED) phrase = Phrase::kStarted;
  letter.text = std::string(PhraseIn(phrase, record.language()));
  letter.outcome = v1::DELIVERY_STATE_FAILED;
  if (epoch == nullptr) return letter;
  Result<Number> number = OpenCapsule(*epoch, AsBytes(record.capsule()));
  if (!number.ok()) return letter;
  letter.to = *std::move(number);
  letter.outcome.reset();
  return letter;
}

Outgoing::Letter Outgoing::ReadAnswer(const v1::RelayOutgoing& record) const {
  Letter letter;
  letter.outcome = v1::DELIVERY_STATE_FAILED;
  const EpochPtr epoch = context_.epochs.Find(record.epoch());
  if (epoch == nullptr) return letter;
  Result<Number> number = OpenCapsule(*epoch, AsBytes(record.capsule()));
  if (!number.ok()) return letter;
  const Thread thread(*epoch, record.channel(), *number);
  const Result<v1::RelayThread> known = context_.store.FindThread(thread.mailbox());
  if (!known.ok()) {
    // A store that was lost would not know either what it had sent.
    letter.outcome = v1::DELIVERY_STATE_UNSURE;
    return letter;
  }
  if (known->report_hash() != record.report_hash()) return letter;
  if (known->stopped()) {
    letter.outcome = v1::DELIVERY_STATE_STOPPED;
    return letter;
  }
  const v1::ReporterKeys keys = thread.keys();
  Result<v1::MessageText> text = report::OpenMessage(
      AsBytes(record.sealed()), thread.party, ToArray<32>(AsBytes(record.report_hash())), &keys);
  if (!text.ok() || text->text().empty()) return letter;
  letter.to = *std::move(number);
  letter.text = std::move(*text->mutable_text());
  letter.outcome.reset();
  return letter;
}

Next Outgoing::Send(const storage::SendToken& token, Provider& provider) {
  const Result<v1::RelayOutgoing> record = context_.store.FindOutgoing(token);
  if (!record.ok()) {
    return record.error().code() == Code::kNotFound ? Next::kNothing : Next::kLater;
  }
  if (record->sending() == v1::RELAY_SENDING_OVER) return LeftOf(*record);
  if (record->sending() == v1::RELAY_SENDING_BEGUN) return End(token, v1::DELIVERY_STATE_UNSURE);
  if (context_.clock.UnixSeconds() - record->since() > work::kDaySeconds + work::kHourSeconds) {
    return End(token, v1::DELIVERY_STATE_FAILED);
  }
  const bool is_reply = record->reply() != v1::RELAY_REPLY_NONE;
  const Letter letter = is_reply ? ReadReply(*record) : ReadAnswer(*record);
  if (letter.outcome) return End(token, *letter.outcome);
  bool begun = false;
  const auto begin = [&begun](v1::RelayOutgoing& each) {
    begun = each.sending() == v1::RELAY_SENDING_WAITING;
    each.set_sending(v1::RELAY_SENDING_BEGUN);
    return begun;
  };
  // From here on it is not sent again, whatever happens.
  if (!context_.store.UpdateOutgoing(token, begin).ok() || !begun) return Next::kLater;
  ++sending_;
  const SendResult result =
      provider.Send(letter.to, record->sender(), letter.text, HexEncode(token));
  const Next next = Store(token, result);
  --sending_;
  return next;
}

Next Outgoing::Store(const storage::SendToken& token, const SendResult& result) {
  v1::DeliveryState outcome = v1::DELIVERY_STATE_UNSPECIFIED;
  const auto edit = [&](v1::RelayOutgoing& record) {
    if (record.sending() != v1::RELAY_SENDING_BEGUN)
      return false;  // its delivery report came first
    if (!result.provider_id.empty()) {
      const storage::KeyedHash id = context_.store.Keyed(kProviderUse, AsBytes(result.provider_id));
      record.set_provider_id(std::string(AsText(id)));
    }
    switch (result.state) {
      case Sending::kLater:
        record.set_sending(v1::RELAY_SENDING_WAITING);
        return true;
      case Sending::kTaken:
        outcome = v1::DELIVERY_STATE_SENT;
        break;
      case Sending::kRefused:
        outcome = v1::DELIVERY_STATE_FAILED;
        break;
      case Sending::kUnsure:
        outcome = v1::DELIVERY_STATE_UNSURE;
        break;
    }
    Finish(record, outcome);
    return true;
  };
  const Result<v1::RelayOutgoing> record = context_.store.UpdateOutgoing(token, edit);
  if (!record.ok()) {
    ++context_.counters.store_failures;
    return Next::kLater;  // where it is found begun, and ends as unsure
  }
  if (record->sending() == v1::RELAY_SENDING_WAITING) return Next::kLater;
  if (record->reply() != v1::RELAY_REPLY_NONE) {
    const bool sent = result.state == Sending::kTaken;
    ++(sent ? context_.counters.replies : context_.counters.replies_failed);
    (void)context_.store.RemoveOutgoing(token).ok();
    return Next::kNothing;
  }
  if (outcome != v1::DELIVERY_STATE_UNSPECIFIED) Count(outcome);
  return LeftOf(*record);
}

Next Outgoing::End(const storage::SendToken& token, v1::DeliveryState outcome) {
  const auto edit = [outcome](v1::RelayOutgoing& record) {
    if (record.sending() == v1::RELAY_SENDING_OVER) return false;
    Finish(record, outcome);
    return true;
  };
  const Result<v1::RelayOutgoing> record = context_.store.UpdateOutgoing(token, edit);
  if (!record.ok()) return Next::kLater;
  if (record->reply() != v1::RELAY_REPLY_NONE) {
    ++context_.counters.replies_failed;
    (void)context_.store.RemoveOutgoing(token).ok();
    return Next::kNothing;
  }
  Count(outcome);
  return LeftOf(*record);
}

Result<Outgoing::Taken> Outgoing::Take(const DeliveryReport& report) {
  // Asked before the store is: what is being sent then is in the store as begun, by its token only.
  const bool sending = sending_ > 0;
  Taken taken;
  const Result<Bytes> bytes = HexDecode(report.token);
  if (bytes.ok() && bytes->size() == taken.token.size()) {
    taken.token = ToArray<16>(*bytes);
  } else {
    const Result<storage::SendToken> found = context_.store.FindByProvider(
        context_.store.Keyed(kProviderUse, AsBytes(report.provider_id)));
    if (!found.ok() && found.error().code() != Code::kNotFound) return found.error();
    if (!found.ok() && sending) {
      return Error(Code::kUnavailable, "it may be of an SMS that is just being sent");
    }
    if (!found.ok()) return taken;
    taken.token = *found;
  }
  const v1::DeliveryState outcome = report.news == DeliveryNews::kDelivered
                                        ? v1::DELIVERY_STATE_DELIVERED
                                        : v1::DELIVERY_STATE_FAILED;
  bool news = false;
  const auto edit = [&](v1::RelayOutgoing& record) {
    const bool open = record.outcome() == v1::DELIVERY_STATE_UNSPECIFIED ||
                      record.outcome() == v1::DELIVERY_STATE_SENT ||
                      (record.outcome() == v1::DELIVERY_STATE_UNSURE && record.reported() == 0);
    news = open && record.reply() == v1::RELAY_REPLY_NONE &&
           record.sending() != v1::RELAY_SENDING_WAITING;
    if (news) Finish(record, outcome);
    return news;
  };
  const Result<v1::RelayOutgoing> record = context_.store.UpdateOutgoing(taken.token, edit);
  if (!record.ok()) {
    if (record.error().code() == Code::kNotFound) return taken;
    return record.error();
  }
  if (!news) return taken;
  Count(outcome);
  taken.next = LeftOf(*record);
  return taken;
}

void Outgoing::Count(v1::DeliveryState outcome) {
  Counters& counters = context_.counters;
  if (outcome == v1::DELIVERY_STATE_SENT) ++counters.answers_sent;
  if (outcome == v1::DELIVERY_STATE_DELIVERED) ++counters.answers_delivered;
  if (outcome == v1::DELIVERY_STATE_FAILED) ++counters.answers_failed;
  if (outcome == v1::DELIVERY_STATE_UNSURE) ++counters.answers_unsure;
  if (outcome == v1::DELIVERY_STATE_STOPPED) ++counters.answers_stopped;
}

}  // namespace safeconduct::sms
