#include <bit>

#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {

Result<Frontier> Frontier::Resume(std::uint64_t size, std::vector<Hash> subtree_roots) {
  if (subtree_roots.size() != static_cast<std::size_t>(std::popcount(size))) {
    return Error(Code::kMalformed, "a saved frontier with the wrong number of hashes");
  }
  Frontier out;
  out.size_ = size;
  out.roots_ = std::move(subtree_roots);
  return out;
}

void Frontier::Append(const Hash& leaf_hash) {
  Hash hash = leaf_hash;
  for (int merged = std::countr_one(size_); merged > 0; --merged) {
    hash = NodeHash(roots_.back(), hash);
    roots_.pop_back();
  }
  roots_.push_back(hash);
  ++size_;
}

Hash Frontier::Root() const {
  if (roots_.empty()) return EmptyRoot();
  Hash hash = roots_.back();
  for (std::size_t i = roots_.size() - 1; i-- > 0;) hash = NodeHash(roots_[i], hash);
  return hash;
}

}  // namespace safeconduct::tlog
