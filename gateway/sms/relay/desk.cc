#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "gateway/sms/inbound/joiner.h"
#include "gateway/sms/inbound/keywords.h"
#include "gateway/sms/inbound/language.h"
#include "gateway/sms/relay/relay_desk.h"
#include "gateway/sms/relay/sealing.h"
#include "proto/parse.h"

namespace safeconduct::sms {
namespace {

constexpr std::uint32_t kMostParts = 255;
constexpr std::size_t kMaxPartBytes = 64 * 1024;

constexpr std::string_view kIdUse = "message-id";
constexpr std::string_view kPartsUse = "parts";
constexpr std::string_view kLockUse = "lock";

constexpr Error kNoCharter(Code::kUnavailable, "no charter is known under which to seal");
constexpr Error kNoRelay(Code::kUnavailable, "the charter does not name this relay on the channel");

// Fields apart by a byte that none of them has.
Bytes Fields(std::initializer_list<std::string_view> fields) {
  Bytes bytes;
  for (const std::string_view field : fields) {
    Append(bytes, field);
    bytes.push_back(0);
  }
  return bytes;
}

v1::RelayReply StoredOf(Phrase phrase) {
  switch (phrase) {
    case Phrase::kReceived:
      return v1::RELAY_REPLY_RECEIVED;
    case Phrase::kHelp:
      return v1::RELAY_REPLY_HELP;
    case Phrase::kStopped:
      return v1::RELAY_REPLY_STOPPED;
    case Phrase::kStarted:
      break;
  }
  return v1::RELAY_REPLY_STARTED;
}

Result<Bytes> SealPart(const Incoming& message, const identity::Party& relay) {
  v1::RelayPartText text;
  text.set_from(message.from.digits);
  text.set_to(message.to);
  text.set_text(message.text);
  text.set_count(message.part->count);
  text.set_index(message.part->index);
  const SecretBytes plaintext = [&] {
    std::string bytes = text.SerializeAsString();
    SecretBytes out = SecretBytes::Copy(AsBytes(bytes));
    Wipe({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    return out;
  }();
  SC_ASSIGN(const std::unique_ptr<age::Recipient> recipient,
            age::ParseRecipient(relay.recipient()));
  const age::Recipient* const to = recipient.get();
  return age::Encrypt(std::span(&to, 1), plaintext.Reveal());
}

bool IsLong(const Incoming& message) {
  return message.part && message.part->count >= 2 && message.part->count <= kMostParts &&
         message.part->index >= 1 && message.part->index <= message.part->count;
}

}  // namespace

RelayDesk::RelayDesk(const Context& context, Readers& readers, Onward onward)
    : context_(context), readers_(readers), onward_(std::move(onward)) {}

Status RelayDesk::Take(const Incoming& message) {
  const std::lock_guard lock(LockOf(message.from));
  storage::RelayChange change;
  change.now = context_.clock.UnixSeconds();
  if (!message.id.empty()) {
    change.seen.push_back(context_.store.Keyed(kIdUse, Fields({message.interface, message.id})));
    SC_ASSIGN(const bool seen, context_.store.Seen(change.seen.front()));
    if (seen) {
      ++context_.counters.duplicates;
      return {};
    }
  }
  const ChannelSettings* const channel = ChannelOf(message.to);
  if (channel == nullptr) {
    ++context_.counters.unroutable;
    return Error(Code::kNotFound, "no channel answers this number", "to");
  }
  if (context_.limits.Admit(message.from, change.now) != Admission::kTaken) {
    return Error(Code::kBusy, "more than is taken of one number, or of all");
  }
  const Status taken = TakeNew(message, *channel, change);
  if (!taken.ok()) ++context_.counters.not_kept;
  return taken;
}

Status RelayDesk::TakeNew(const Incoming& message, const ChannelSettings& channel,
                          storage::RelayChange& change) {
  if (IsLong(message)) return TakePart(message, channel, change);
  return TakeWhole({message.from, message.to, message.text}, channel, change);
}

Status RelayDesk::TakePart(const Incoming& message, const ChannelSettings& channel,
                           storage::RelayChange& change) {
  const Part& part = *message.part;
  const storage::KeyedHash key = context_.store.Keyed(
      kPartsUse, Fields({message.interface, message.from.digits, message.to,
                         std::to_string(part.reference), std::to_string(part.count)}));
  SC_ASSIGN(const std::vector<v1::RelayPart> waiting, context_.store.Parts(key));
  std::map<std::uint32_t, std::string> texts;
  for (const v1::RelayPart& each : waiting) {
    if (std::optional<v1::RelayPartText> opened = OpenPart(each)) {
      texts[each.index()] = std::move(*opened->mutable_text());
    }
  }
  if (texts.contains(part.index)) {
    // The reference has come round: what waits is another message, of which no more will come.
    storage::RelayChange earlier;
    earlier.now = change.now;
    earlier.joined = key;
    SC_TRY(TakeWhole({message.from, message.to, JoinParts(texts, part.count)}, channel, earlier));
    ++context_.counters.incomplete;
    texts.clear();
  }
  texts[part.index] = message.text;
  ++context_.counters.parts;
  if (texts.size() == part.count) {
    change.joined = key;
    return TakeWhole({message.from, message.to, JoinParts(texts, part.count)}, channel, change);
  }
  change.part_of = key;
  change.part.set_index(part.index);
  change.part.set_time(change.now);
  SC_ASSIGN(const Bytes sealed, SealPart(message, context_.relay));
  change.part.set_sealed(sealed.data(), sealed.size());
  return Commit(change);
}

Status RelayDesk::TakeWhole(const Whole& whole, const ChannelSettings& channel,
                            storage::RelayChange& change) {
  const std::optional<Keyword> keyword = KeywordOf(whole.text);
  if (keyword) return TakeKeyword(*keyword, whole, channel, change);
  SC_ASSIGN(const ThreadNow thread, SealInto(whole, channel, change));
  SC_TRY(Commit(change, thread));
  ++context_.counters.taken;
  return {};
}

Status RelayDesk::TakeKeyword(Keyword keyword, const Whole& whole, const ChannelSettings& channel,
                              storage::RelayChange& change) {
  switch (keyword) {
    case Keyword::kStop:
      SC_TRY(MarkThreads(whole.from, true, change));
      AddReply(Phrase::kStopped, whole, channel, change);
      break;
    case Keyword::kStart:
      SC_TRY(MarkThreads(whole.from, false, change));
      AddReply(Phrase::kStarted, whole, channel, change);
      break;
    case Keyword::kHelp:
      AddReply(Phrase::kHelp, whole, channel, change);
      break;
  }
  SC_TRY(Commit(change));
  ++context_.counters.keywords;
  return {};
}

Result<ThreadNow> RelayDesk::SealInto(const Whole& whole, const ChannelSettings& channel,
                                      storage::RelayChange& change) {
  const CharterPtr charter = context_.charters.Current();
  if (charter == nullptr) return kNoCharter;
  const v1::Holder* const relay = context_.charters.RelayOf(*charter, channel.id);
  if (relay == nullptr || charter->FindChannel(channel.id) == nullptr) return kNoRelay;
  const EpochPtr epoch = context_.epochs.Newest();
  if (epoch == nullptr) return Error(Code::kUnavailable, "there is no epoch's key");
  const Thread thread(*epoch, channel.id, whole.from);
  const Sealing sealing{channel, *charter, *relay, *epoch, thread, whole.from};
  const Result<v1::RelayThread> known = context_.store.FindThread(thread.mailbox());
  if (known.ok()) {
    const Hash report_hash = ToArray<32>(AsBytes(known->report_hash()));
    const Readers::Conversation now =
        readers_.Of(*thread.signing, report_hash, channel.id, *charter);
    SC_ASSIGN(SealedText sealed, SealNext(sealing, report_hash, whole.text, now.readers));
    change.queued = std::move(sealed.queued);
    return ThreadNow{thread.signing, now.head};
  }
  if (known.error().code() != Code::kNotFound) return known.error();
  SC_ASSIGN(SealedText sealed, SealFirst(sealing, whole.text, LanguageOf(channel, whole.text)));
  change.queued = std::move(sealed.queued);
  v1::RelayThread record;
  record.set_report_hash(std::string(AsText(sealed.report_hash)));
  record.set_channel(channel.id);
  record.set_epoch(epoch->number());
  SC_ASSIGN(const bool stopped, HadStopped(whole.from, channel.id, epoch->number()));
  record.set_stopped(stopped);
  change.threads.emplace_back(thread.mailbox(), std::move(record));
  if (!stopped) AddReply(Phrase::kReceived, whole, channel, change);
  return ThreadNow{thread.signing, std::nullopt};
}

Result<bool> RelayDesk::HadStopped(const Number& number, std::string_view channel,
                                   std::uint64_t before) const {
  for (const EpochPtr& epoch : context_.epochs.Living()) {
    if (epoch->number() >= before) continue;
    const Result<v1::RelayThread> thread =
        context_.store.FindThread(ThreadKeys(*epoch, channel, number).mailbox());
    if (thread.ok()) return thread->stopped();  // the newest word counts
    if (thread.error().code() != Code::kNotFound) return thread.error();
  }
  return false;
}

Status RelayDesk::MarkThreads(const Number& number, bool stopped,
                              storage::RelayChange& change) const {
  for (const EpochPtr& epoch : context_.epochs.Living()) {
    for (const ChannelSettings& channel : context_.settings.channels) {
      const ThreadKeys thread(*epoch, channel.id, number);
      Result<v1::RelayThread> record = context_.store.FindThread(thread.mailbox());
      if (!record.ok()) {
        if (record.error().code() != Code::kNotFound) return record.error();
        continue;
      }
      record->set_stopped(stopped);
      change.threads.emplace_back(thread.mailbox(), *std::move(record));
    }
  }
  return {};
}

void RelayDesk::AddReply(Phrase phrase, const Whole& whole, const ChannelSettings& channel,
                         storage::RelayChange& change) const {
  const EpochPtr epoch = context_.epochs.Newest();
  if (epoch == nullptr || !context_.limits.MayReply(whole.from, phrase, change.now)) return;
  const Result<Bytes> capsule = SealCapsule(*epoch, whole.from);
  if (!capsule.ok()) return;
  v1::RelayOutgoing record;
  record.set_channel(channel.id);
  record.set_epoch(epoch->number());
  record.set_capsule(capsule->data(), capsule->size());
  record.set_reply(StoredOf(phrase));
  record.set_language(LanguageOf(channel, whole.text));
  record.set_sender(channel.sender.empty() ? whole.to : channel.sender);
  record.set_since(work::RoundDown(change.now, work::kHourSeconds));
  change.outgoing.emplace_back(RandomArray<16>(), std::move(record));
}

std::string RelayDesk::LanguageOf(const ChannelSettings& channel, std::string_view text) const {
  return channel.language.empty() ? std::string(sms::LanguageOf(text)) : channel.language;
}

Status RelayDesk::Commit(const storage::RelayChange& change, const ThreadNow& thread) {
  const Result<std::vector<storage::RelayPlace>> places = context_.store.Commit(change);
  if (!places.ok()) {
    if (places.error().code() != Code::kNoSpace) ++context_.counters.store_failures;
    return places.error();
  }
  if (!places->empty()) onward_.queued(*places, thread);
  for (const auto& [token, record] : change.outgoing) onward_.outgoing(token);
  return {};
}

Status RelayDesk::PassOnIncomplete() {
  const std::int64_t before = context_.clock.UnixSeconds() - kMaxWaitSeconds;
  SC_ASSIGN(const std::vector<storage::KeyedHash> messages, context_.store.PartsBefore(before));
  for (const storage::KeyedHash& message : messages) SC_TRY(PassOn(message, before));
  return {};
}

Status RelayDesk::PassOn(const storage::KeyedHash& message, std::int64_t before) {
  SC_ASSIGN(std::vector<v1::RelayPart> parts, context_.store.Parts(message));
  storage::RelayChange change;
  change.now = context_.clock.UnixSeconds();
  change.joined = message;
  Whole whole;
  for (const v1::RelayPart& part : parts) {
    if (const std::optional<v1::RelayPartText> text = OpenPart(part)) {
      whole.from.digits = text->from();
      whole.to = text->to();
    }
  }
  const ChannelSettings* const channel = ChannelOf(whole.to);
  // Nothing that could be read, or the channel was taken out of the settings.
  if (whole.from.digits.empty() || channel == nullptr) return Commit(change);

  const std::lock_guard lock(LockOf(whole.from));
  // Under the lock, since it may have been joined meanwhile.
  SC_ASSIGN(parts, context_.store.Parts(message));
  std::map<std::uint32_t, std::string> texts;
  std::uint32_t count = 0;
  bool due = false;
  for (const v1::RelayPart& part : parts) {
    due = due || part.time() < before;
    std::optional<v1::RelayPartText> text = OpenPart(part);
    if (!text) continue;
    count = text->count();
    texts[part.index()] = std::move(*text->mutable_text());
  }
  if (!due || texts.empty()) return {};
  whole.text = JoinParts(texts, count);
  SC_TRY(TakeWhole(whole, *channel, change));
  ++context_.counters.incomplete;
  return {};
}

std::optional<v1::RelayPartText> RelayDesk::OpenPart(const v1::RelayPart& part) const {
  const age::Identity* const identity = &context_.relay.age_identity();
  const Result<SecretBytes> plaintext =
      age::Decrypt(std::span(&identity, 1), AsBytes(part.sealed()));
  if (!plaintext.ok()) return std::nullopt;
  Result<v1::RelayPartText> text =
      proto::ParseTolerant<v1::RelayPartText>(plaintext->Reveal(), kMaxPartBytes);
  if (!text.ok() || text->index() != part.index() || text->count() > kMostParts) {
    return std::nullopt;
  }
  return *std::move(text);
}

const ChannelSettings* RelayDesk::ChannelOf(std::string_view to) const {
  const ChannelSettings* fallback = nullptr;
  for (const ChannelSettings& channel : context_.settings.channels) {
    if (std::find(channel.to.begin(), channel.to.end(), to) != channel.to.end()) return &channel;
    if (channel.to.empty()) fallback = &channel;
  }
  return fallback;
}

std::mutex& RelayDesk::LockOf(const Number& number) {
  const storage::KeyedHash hash = context_.store.Keyed(kLockUse, AsBytes(number.digits));
  return locks_[hash[0]];
}

}  // namespace safeconduct::sms
