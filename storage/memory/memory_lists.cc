// Lists of cases.
#include <algorithm>
#include <mutex>

#include "storage/memory/memory_store.h"

namespace safeconduct::storage {
namespace {

using SharedLock = std::shared_lock<std::shared_mutex>;

}  // namespace

std::vector<CaseRef> MemoryStore::PageOf(const std::set<Sequence>& all, Sequence before,
                                         std::size_t limit) const {
  std::vector<CaseRef> page;
  auto next = before == 0 ? all.end() : all.lower_bound(before);
  while (next != all.begin() && page.size() < limit) {
    --next;
    page.push_back(Ref(*next, state_.cases.at(*next)));
  }
  return page;
}

Result<std::vector<CaseRef>> MemoryStore::ListCases(std::string_view channel, Sequence before,
                                                    std::size_t limit) const {
  const SharedLock lock(mutex_);
  const auto found = state_.channels.find(channel);
  if (found == state_.channels.end()) return std::vector<CaseRef>();
  return PageOf(found->second, before, limit);
}

Result<std::vector<CaseRef>> MemoryStore::ListCasesOf(const HolderKey& holder, Sequence before,
                                                      std::size_t limit) const {
  const SharedLock lock(mutex_);
  const auto found = state_.holders.find(holder);
  if (found == state_.holders.end()) return std::vector<CaseRef>();
  return PageOf(found->second, before, limit);
}

// Every case is looked at: there are few where this store is used.
Result<std::vector<CaseRef>> MemoryStore::ListOutbox(const HolderKey& relay, Sequence after,
                                                     std::size_t limit) const {
  const SharedLock lock(mutex_);
  std::vector<CaseRef> page;
  for (auto next = state_.cases.upper_bound(after);
       next != state_.cases.end() && page.size() < limit; ++next) {
    const v1::StoredCase& record = next->second.record;
    const auto& answers = record.answers();
    const bool waits = std::any_of(answers.begin(), answers.end(), [](const auto& each) {
      return each.state() == v1::DELIVERY_STATE_UNSPECIFIED;
    });
    if (waits && record.relay() == AsText(relay) && !record.erased()) {
      page.push_back(Ref(next->first, next->second));
    }
  }
  return page;
}

}  // namespace safeconduct::storage
