#include "gateway/sms/relay/thread.h"

#include <algorithm>
#include <span>
#include <string>

#include "crypto/base/hash.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kInfo = "safeconduct/sms-thread/v1";
constexpr std::size_t kCapsuleBytes = 32;  // of the plaintext
constexpr std::size_t kMaxCapsuleFile = 4 * 1024;
constexpr std::size_t kMinDigits = 7;
constexpr std::size_t kMaxDigits = 15;

constexpr Error kNoCapsule(Code::kMalformed, "not a capsule of this relay", "capsule");

}  // namespace

SecretArray<32> ThreadSeed(ByteView epoch_key, std::string_view channel, const Number& number) {
  std::string info(kInfo);
  info += '\0';
  info += channel;
  info += '\0';
  info += number.digits;
  SecretArray<32> seed = Hkdf(epoch_key, {}, info);
  Wipe({reinterpret_cast<std::uint8_t*>(info.data()), info.size()});
  return seed;
}

ThreadKeys::ThreadKeys(const Epoch& of, std::string_view channel, const Number& number)
    : ThreadKeys(of.number(), ThreadSeed(of.key(), channel, number)) {}

ThreadKeys::ThreadKeys(std::uint64_t of, const SecretArray<32>& seed)
    : epoch(of),
      request_key(identity::SigningKeyOf(seed.Reveal(), identity::Purpose::kRequest)),
      event_key(identity::SigningKeyOf(seed.Reveal(), identity::Purpose::kEvent)) {}

Thread::Thread(const Epoch& of, std::string_view channel, const Number& number)
    : Thread(of.number(), ThreadSeed(of.key(), channel, number)) {}

Thread::Thread(std::uint64_t of, const SecretArray<32>& seed)
    : party(identity::Party::FromSeed(seed)),
      signing(std::shared_ptr<const ThreadKeys>(new ThreadKeys(of, seed))) {}

v1::ReporterKeys Thread::keys() const {
  v1::ReporterKeys keys;
  keys.set_recipient(party.recipient());
  keys.set_request_key(std::string(AsText(signing->request_key.public_key())));
  keys.set_event_key(std::string(AsText(signing->event_key.public_key())));
  return keys;
}

Result<Bytes> SealCapsule(const Epoch& epoch, const Number& number) {
  const std::size_t digits = number.digits.size();
  if (digits < kMinDigits || digits > kMaxDigits) return kNoCapsule;
  SecretBytes plaintext(kCapsuleBytes);
  plaintext.RevealMutable()[0] = static_cast<std::uint8_t>(digits);
  std::copy(number.digits.begin(), number.digits.end(), plaintext.RevealMutable().begin() + 1);
  const age::Recipient* const to = &epoch.recipient();
  return age::Encrypt(std::span(&to, 1), plaintext.Reveal());
}

Result<Number> OpenCapsule(const Epoch& epoch, ByteView capsule) {
  if (capsule.size() > kMaxCapsuleFile) return kNoCapsule;
  const age::Identity* const identity = &epoch.party().age_identity();
  SC_ASSIGN(const SecretBytes plaintext, age::Decrypt(std::span(&identity, 1), capsule));
  const ByteView bytes = plaintext.Reveal();
  if (bytes.size() != kCapsuleBytes || bytes[0] < kMinDigits || bytes[0] > kMaxDigits) {
    return kNoCapsule;
  }
  const ByteView digits = bytes.subspan(1, bytes[0]);
  const ByteView rest = bytes.subspan(1 + std::size_t{bytes[0]});
  if (!std::all_of(digits.begin(), digits.end(), [](auto c) { return c >= '0' && c <= '9'; }) ||
      !std::all_of(rest.begin(), rest.end(), [](auto c) { return c == 0; })) {
    return kNoCapsule;
  }
  return Number{std::string(AsText(digits))};
}

Result<OpenedCapsule> OpenCapsule(const Epochs& epochs, ByteView capsule) {
  for (EpochPtr& epoch : epochs.Living()) {
    Result<Number> number = OpenCapsule(*epoch, capsule);
    if (number.ok()) return OpenedCapsule{std::move(epoch), *std::move(number)};
    if (number.error().code() != Code::kWrongKey) return number.error();
  }
  return Error(Code::kWrongKey, "no living epoch opens it", "capsule");
}

}  // namespace safeconduct::sms
