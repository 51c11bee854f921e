// Epochs and their keys (README.md, "Epochs"): each key is kept in a file of its own, sealed to the
// relay, and destroyed when the time for answers is over.
//
// An epoch's file is an age file to the relay over `safeconduct/sms-epoch/v1\n`, the epoch's number
// and the Unix second of its beginning (8 bytes each, big-endian) and the key (32 bytes).
//
// Thread-safety: any thread. An Epoch is immutable and shared; its key is in locked memory, and
// wiped when the last who uses it lets go.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_EPOCHS_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_EPOCHS_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/identity/identity.h"

namespace safeconduct::sms {

class Epoch {
 public:
  Epoch(std::uint64_t number, std::int64_t begin, const SecretArray<32>& key);

  std::uint64_t number() const { return number_; }  // from 1
  std::int64_t begin() const { return begin_; }     // Unix seconds, of an hour
  ByteView key() const { return party_.seed(); }
  // The key is also the seed of an age identity, to which capsules are sealed.
  const identity::Party& party() const { return party_; }
  const age::Recipient& recipient() const { return *recipient_; }

 private:
  std::uint64_t number_;
  std::int64_t begin_;
  identity::Party party_;
  std::unique_ptr<age::Recipient> recipient_;
};

using EpochPtr = std::shared_ptr<const Epoch>;

class Epochs {
 public:
  struct Settings {
    std::string folder;  // made when absent
    std::uint32_t epoch_days = 30;
    std::uint32_t reply_days = 60;
  };

  // Reads what is there, and turns to `now`. `relay` must outlive it. kCorrupted for a file that is
  // none or that the relay cannot open; kNoSpace, kUnavailable.
  static Result<std::unique_ptr<Epochs>> Open(const Settings& settings,
                                              const identity::Party& relay, std::int64_t now);

  // Begins a new epoch when the newest is epoch_days old, and destroys the keys of those whose time
  // is over. True when any was destroyed: what hangs on it can go. Errors as Open's: what could not
  // be destroyed is not used any more, and tried again the next time.
  Result<bool> Turn(std::int64_t now);

  EpochPtr Newest() const;
  std::vector<EpochPtr> Living() const;       // newest first
  EpochPtr Find(std::uint64_t number) const;  // null when it is not living
  std::set<std::uint64_t> Numbers() const;    // of the living

 private:
  Epochs(const Settings& settings, const identity::Party& relay)
      : settings_(settings), relay_(relay) {}
  Status Read();
  Status Begin(std::int64_t now);
  std::string PathOf(std::uint64_t number) const;

  const Settings settings_;
  const identity::Party& relay_;
  mutable std::mutex mutex_;
  std::vector<EpochPtr> epochs_;       // newest first
  std::vector<std::uint64_t> ending_;  // whose files are still to be destroyed
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_EPOCHS_H_
