// Which uploads somebody is busy with: each has one user at a time, be it a request that writes,
// a report that takes it, a deletion or the sweep.
//
// Thread-safety: any thread. The InUse must outlive every Use.
#ifndef SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_
#define SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_

#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "crypto/base/bytes.h"

namespace safeconduct::uploads {

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

  // Nothing when somebody else is busy with it.
  std::optional<Use> Begin(const Hash& id_hash) {
    const std::lock_guard lock(mutex_);
    if (!busy_.insert(id_hash).second) return std::nullopt;
    return Use(*this, id_hash);
  }

 private:
  void End(const Hash& id_hash) {
    const std::lock_guard lock(mutex_);
    busy_.erase(id_hash);
  }

  std::mutex mutex_;
  std::set<Hash> busy_;
};

}  // namespace safeconduct::uploads

#endif  // SAFECONDUCT_GATEWAY_UPLOADS_IN_USE_H_
