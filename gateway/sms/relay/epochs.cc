#include "gateway/sms/relay/epochs.h"

#include <algorithm>
#include <span>
#include <utility>

#include "crypto/base/text.h"
#include "gateway/sms/relay/files.h"
#include "gateway/work/clock.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kFirstLine = "safeconduct/sms-epoch/v1\n";
constexpr std::string_view kEnding = ".age";
constexpr std::size_t kMaxFileBytes = 16 * 1024;
constexpr std::uint64_t kMostEpochs = 1'000'000;

constexpr Error kNoEpoch(Code::kCorrupted,
                         "a file of an epoch is damaged, or sealed to another key", "epochs");

std::uint64_t ReadBigEndian64(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes.first(8)) value = value << 8 | byte;
  return value;
}

std::unique_ptr<age::Recipient> RecipientOf(const identity::Party& party) {
  Result<std::unique_ptr<age::Recipient>> recipient = age::ParseRecipient(party.recipient());
  if (!recipient.ok()) __builtin_trap();  // a party's own is always one
  return *std::move(recipient);
}

Result<Bytes> SealEpoch(const Epoch& epoch, const identity::Party& relay) {
  Bytes head;
  Append(head, kFirstLine);
  AppendBigEndian64(head, epoch.number());
  AppendBigEndian64(head, static_cast<std::uint64_t>(epoch.begin()));
  SecretBytes plaintext = SecretBytes::Copy(head);
  plaintext.Append(epoch.key());
  const std::unique_ptr<age::Recipient> recipient = RecipientOf(relay);
  const age::Recipient* const to = recipient.get();
  return age::Encrypt(std::span(&to, 1), plaintext.Reveal());
}

Result<EpochPtr> OpenEpoch(ByteView file, const identity::Party& relay) {
  const age::Identity* const identity = &relay.age_identity();
  const Result<SecretBytes> plaintext = age::Decrypt(std::span(&identity, 1), file);
  if (!plaintext.ok()) return kNoEpoch;
  ByteView bytes = plaintext->Reveal();
  if (bytes.size() != kFirstLine.size() + 8 + 8 + 32 || !AsText(bytes).starts_with(kFirstLine)) {
    return kNoEpoch;
  }
  bytes = bytes.subspan(kFirstLine.size());
  const std::uint64_t number = ReadBigEndian64(bytes);
  const std::uint64_t begin = ReadBigEndian64(bytes.subspan(8));
  return EpochPtr(std::make_shared<Epoch>(number, static_cast<std::int64_t>(begin),
                                          SecretArray<32>::Copy(bytes.subspan(16))));
}

}  // namespace

Epoch::Epoch(std::uint64_t number, std::int64_t begin, const SecretArray<32>& key)
    : number_(number),
      begin_(begin),
      party_(identity::Party::FromSeed(key)),
      recipient_(RecipientOf(party_)) {}

Result<std::unique_ptr<Epochs>> Epochs::Open(const Settings& settings, const identity::Party& relay,
                                             std::int64_t now) {
  std::unique_ptr<Epochs> epochs(new Epochs(settings, relay));
  SC_TRY(MakeFolder(settings.folder));
  SC_TRY(epochs->Read());
  SC_TRY(epochs->Turn(now));
  return epochs;
}

Status Epochs::Read() {
  SC_ASSIGN(const std::vector<std::string> names, ListFolder(settings_.folder));
  for (const std::string& name : names) {
    if (!name.ends_with(kEnding)) {
      // What a write that was broken off left: it may hold a key that was never used.
      if (name.ends_with(".new")) SC_TRY(DestroyFile(settings_.folder + "/" + name));
      continue;
    }
    const Result<std::uint64_t> number =
        ParseDecimal(std::string_view(name).substr(0, name.size() - kEnding.size()), kMostEpochs);
    if (!number.ok()) return kNoEpoch;
    SC_ASSIGN(const Bytes file, ReadWholeFile(PathOf(*number), kMaxFileBytes));
    SC_ASSIGN(EpochPtr epoch, OpenEpoch(file, relay_));
    if (epoch->number() != *number) return kNoEpoch;
    epochs_.push_back(std::move(epoch));
  }
  std::sort(epochs_.begin(), epochs_.end(),
            [](const EpochPtr& a, const EpochPtr& b) { return a->number() > b->number(); });
  return {};
}

Result<bool> Epochs::Turn(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t begins_after = work::kDaySeconds * settings_.epoch_days;
  const std::int64_t ends_after = begins_after + work::kDaySeconds * settings_.reply_days;
  bool destroyed = false;
  std::erase_if(epochs_, [&](const EpochPtr& epoch) {
    if (now < epoch->begin() + ends_after) return false;
    ending_.push_back(epoch->number());
    destroyed = true;
    return true;
  });
  while (!ending_.empty()) {
    SC_TRY(DestroyFile(PathOf(ending_.back())));
    ending_.pop_back();
  }
  if (epochs_.empty() || now >= epochs_.front()->begin() + begins_after) SC_TRY(Begin(now));
  return destroyed;
}

// Under the lock.
Status Epochs::Begin(std::int64_t now) {
  const std::int64_t hour = work::RoundDown(now, work::kHourSeconds);
  // Numbers are not used again while anything of the epoch may be there.
  const auto day = static_cast<std::uint64_t>(hour / work::kDaySeconds);
  const std::uint64_t number = epochs_.empty() ? day : std::max(day, epochs_.front()->number() + 1);
  auto epoch = std::make_shared<Epoch>(number, hour, SecretArray<32>::Random());
  SC_ASSIGN(const Bytes file, SealEpoch(*epoch, relay_));
  SC_TRY(WriteWholeFile(PathOf(number), file));
  epochs_.insert(epochs_.begin(), std::move(epoch));
  return {};
}

EpochPtr Epochs::Newest() const {
  const std::lock_guard lock(mutex_);
  return epochs_.empty() ? nullptr : epochs_.front();
}

std::vector<EpochPtr> Epochs::Living() const {
  const std::lock_guard lock(mutex_);
  return epochs_;
}

EpochPtr Epochs::Find(std::uint64_t number) const {
  for (EpochPtr& epoch : Living()) {
    if (epoch->number() == number) return std::move(epoch);
  }
  return nullptr;
}

std::set<std::uint64_t> Epochs::Numbers() const {
  std::set<std::uint64_t> numbers;
  for (const EpochPtr& epoch : Living()) numbers.insert(epoch->number());
  return numbers;
}

std::string Epochs::PathOf(std::uint64_t number) const {
  return settings_.folder + "/" + std::to_string(number) + std::string(kEnding);
}

}  // namespace safeconduct::sms
