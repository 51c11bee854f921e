// Every proof of every tree up to a size, against RFC 6962 §2.1 as it stands there.
#ifndef SAFECONDUCT_TESTS_CRYPTO_TLOG_ALL_SIZES_H_
#define SAFECONDUCT_TESTS_CRYPTO_TLOG_ALL_SIZES_H_

#include <map>
#include <utility>
#include <vector>

#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {

// The definition, which computes each subtree once.
class Definition {
 public:
  explicit Definition(Leaves leaves) : leaves_(leaves) {}

  Hash Root(std::size_t begin, std::size_t end) {
    if (begin == end) return EmptyRoot();
    if (end - begin == 1) return leaves_[begin];
    const auto known = roots_.find({begin, end});
    if (known != roots_.end()) return known->second;
    const std::size_t middle = begin + Split(end - begin);
    const Hash root = NodeHash(Root(begin, middle), Root(middle, end));
    roots_.emplace(std::pair(begin, end), root);
    return root;
  }
  std::vector<Hash> Path(std::size_t leaf, std::size_t begin, std::size_t end) {
    if (end - begin == 1) return {};
    const std::size_t middle = begin + Split(end - begin);
    const bool left = leaf < middle;
    auto path = left ? Path(leaf, begin, middle) : Path(leaf, middle, end);
    path.push_back(left ? Root(middle, end) : Root(begin, middle));
    return path;
  }
  // SUBPROOF(old_size, D[begin:end], whole).
  std::vector<Hash> Subproof(std::size_t old_size, std::size_t begin, std::size_t end, bool whole) {
    if (old_size == end - begin) {
      return whole ? std::vector<Hash>() : std::vector<Hash>{Root(begin, end)};
    }
    const std::size_t split = Split(end - begin);
    const bool left = old_size <= split;
    auto proof = left ? Subproof(old_size, begin, begin + split, whole)
                      : Subproof(old_size - split, begin + split, end, false);
    proof.push_back(left ? Root(begin + split, end) : Root(begin, begin + split));
    return proof;
  }

 private:
  Leaves leaves_;
  std::map<std::pair<std::size_t, std::size_t>, Hash> roots_;
};

inline void ExpectAllProofs(std::size_t largest) {
  const Log log = LogOf(largest);
  Definition definition(log.leaves);
  for (std::size_t size = 1; size <= largest; ++size) {
    const Hash root = definition.Root(0, size);
    ASSERT_EQ(*Root(size, log), root) << size;
    for (std::size_t at = 0; at < size; ++at) {
      const auto inclusion = ProveInclusion(at, size, log);
      ASSERT_TRUE(testing::Succeeds(inclusion));
      ASSERT_EQ(*inclusion, definition.Path(at, 0, size)) << at << " in " << size;
      ASSERT_TRUE(testing::Succeeds(VerifyInclusion(at, size, log.leaves[at], root, *inclusion)));
      const std::size_t old_size = at + 1;
      const auto consistency = ProveConsistency(old_size, size, log);
      ASSERT_TRUE(testing::Succeeds(consistency));
      ASSERT_EQ(*consistency, definition.Subproof(old_size, 0, size, true))
          << old_size << " to " << size;
      ASSERT_TRUE(testing::Succeeds(
          VerifyConsistency(old_size, size, definition.Root(0, old_size), root, *consistency)));
    }
  }
}

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_TESTS_CRYPTO_TLOG_ALL_SIZES_H_
