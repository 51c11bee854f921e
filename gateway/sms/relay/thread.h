// A thread: the mailbox that the relay keeps for a number on a channel, for one epoch; and the
// capsule, the way back to the number (README.md, "How a message goes").
//
// What it gives: who has not the epoch's key learns nothing of the number from keys or capsule.
// What it does not give: anything against who has it, since there are few telephone numbers.
//
// Thread-safety: free functions over values.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_THREAD_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_THREAD_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/base/ed25519.h"
#include "crypto/identity/identity.h"
#include "gateway/sms/inbound/incoming.h"
#include "gateway/sms/relay/epochs.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::sms {

// HKDF-SHA-256(key, empty salt, `safeconduct/sms-thread/v1` ‖ 0x00 ‖ channel ‖ 0x00 ‖ digits).
SecretArray<32> ThreadSeed(ByteView epoch_key, std::string_view channel, const Number& number);

// What signs for a thread: all that is needed to visit its mailbox.
struct ThreadKeys {
  ThreadKeys(const Epoch& of, std::string_view channel, const Number& number);

  std::uint64_t epoch;
  SigningKey request_key;
  SigningKey event_key;

  const PublicKey& mailbox() const { return request_key.public_key(); }

 private:
  friend struct Thread;
  ThreadKeys(std::uint64_t of, const SecretArray<32>& seed);
};
using ThreadKeysPtr = std::shared_ptr<const ThreadKeys>;

// With what opens answers, and is told to those who answer. Making it takes an X-Wing key pair.
struct Thread {
  Thread(const Epoch& of, std::string_view channel, const Number& number);

  identity::Party party;
  ThreadKeysPtr signing;

  const PublicKey& mailbox() const { return signing->mailbox(); }
  v1::ReporterKeys keys() const;

 private:
  Thread(std::uint64_t of, const SecretArray<32>& seed);
};

// An age file to the epoch over 32 bytes: the number of digits, the digits, zeros.
Result<Bytes> SealCapsule(const Epoch& epoch, const Number& number);
// kWrongKey when it is another epoch's; kMalformed, kUnverified when it is none of ours.
Result<Number> OpenCapsule(const Epoch& epoch, ByteView capsule);

struct OpenedCapsule {
  EpochPtr epoch;
  Number number;
};
// By the living epoch that opens it, the newest tried first. kWrongKey when none does.
Result<OpenedCapsule> OpenCapsule(const Epochs& epochs, ByteView capsule);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_THREAD_H_
