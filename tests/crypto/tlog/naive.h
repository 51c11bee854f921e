// RFC 6962 §2.1 as it stands there, slow and recursive, over the leaves themselves: a second way
// to everything that a tree gives. And a log in memory, appended to as a real one is.
#ifndef SAFECONDUCT_TESTS_CRYPTO_TLOG_NAIVE_H_
#define SAFECONDUCT_TESTS_CRYPTO_TLOG_NAIVE_H_

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {

using Leaves = std::span<const Hash>;

inline std::size_t Split(std::size_t size) {
  std::size_t split = 1;
  while (2 * split < size) split *= 2;
  return split;
}

inline Hash NaiveRoot(Leaves leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t split = Split(leaves.size());
  return NodeHash(NaiveRoot(leaves.first(split)), NaiveRoot(leaves.subspan(split)));
}

inline std::vector<Hash> NaivePath(std::size_t leaf, Leaves leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t split = Split(leaves.size());
  const bool left = leaf < split;
  auto path =
      left ? NaivePath(leaf, leaves.first(split)) : NaivePath(leaf - split, leaves.subspan(split));
  path.push_back(NaiveRoot(left ? leaves.subspan(split) : leaves.first(split)));
  return path;
}

// Stored hashes in memory.
class Log final : public HashReader {
 public:
  Result<std::vector<Hash>> ReadHashes(std::span<const std::uint64_t> indexes) const override {
    if (fails) return Error(Code::kUnavailable, "the disk is gone");
    std::vector<Hash> out;
    for (const std::uint64_t index : indexes) {
      if (index >= stored.size()) return Error(Code::kCorrupted, "read past the end");
      out.push_back(stored[static_cast<std::size_t>(index)]);
    }
    if (cuts) out.pop_back();
    return out;
  }

  void Add(ByteView entry) {
    const Hash leaf = LeafHash(entry);
    const auto hashes = HashesForLeaf(leaves.size(), leaf, *this);
    if (!hashes.ok()) throw std::runtime_error(hashes.error().message());
    stored.insert(stored.end(), hashes->begin(), hashes->end());
    leaves.push_back(leaf);
  }

  Leaves First(std::size_t size) const { return Leaves(leaves).first(size); }

  std::vector<Hash> leaves;
  std::vector<Hash> stored;
  bool fails = false;
  bool cuts = false;
};

inline std::string EntryAt(std::size_t i) { return "entry " + std::to_string(i); }

inline Log LogOf(std::size_t size) {
  Log log;
  for (std::size_t i = 0; i < size; ++i) log.Add(AsBytes(EntryAt(i)));
  return log;
}

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_TESTS_CRYPTO_TLOG_NAIVE_H_
