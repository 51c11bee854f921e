// Which uploads somebody is busy with: each has one user at a time, be it a request that writes,
// a report that takes it, a deletion or the sweep. A request that writes can be asked to let go:
// its client may be long gone, by a lost connection that nobody has told us of.
//
// Thread-safety: any thread. The InUse must outlive every Use.
#ifndef SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_
#define SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "crypto/base/bytes.h"

namespace safeconduct::uploads {

class Interruptible {
 public:
  virtual ~Interruptible() = default;
  // Keeps what is good and lets go of the upload, for good; returns when that is done. May block
  // on the disk. Any thread but one that is just working for it.
  virtual void Interrupt() = 0;
};

class InUse {
 public:
  // Ends the use when it dies.
  class Use {
   public:
    Use(Use&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), id_hash_(other.id_hash_) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
      if (owner_ != nullptr) owner_->End(id_hash_);
    }

   private:
    friend class InUse;
    Use(InUse& owner, const Hash& id_hash) : owner_(&owner), id_hash_(id_hash) {}
    InUse* owner_;
    Hash id_hash_;
  };

  // Nothing when somebody else is busy with it. `user`: who can be asked to let go, if anyone.
  std::optional<Use> Begin(const Hash& id_hash, std::weak_ptr<Interruptible> user = {}) {
    const std::lock_guard lock(mutex_);
    if (!busy_.emplace(id_hash, std::move(user)).second) return std::nullopt;
    return Use(*this, id_hash);
  }

  // Who is busy with it and can be asked to let go; null when there is nobody.
  std::shared_ptr<Interruptible> User(const Hash& id_hash) {
    const std::lock_guard lock(mutex_);
    const auto found = busy_.find(id_hash);
    return found == busy_.end() ? nullptr : found->second.lock();
  }

 private:
  void End(const Hash& id_hash) {
    const std::lock_guard lock(mutex_);
    busy_.erase(id_hash);
  }

  std::mutex mutex_;
  std::map<Hash, std::weak_ptr<Interruptible>> busy_;
};

}  // namespace safeconduct::uploads

#endif  // SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_
