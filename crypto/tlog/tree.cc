#include "crypto/tlog/tree.h"

#include <bit>

#include "crypto/base/hash.h"

namespace safeconduct::tlog {
namespace {

// A node of a tree: the leaves [begin, end).
struct Range {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t size() const { return end - begin; }
};

// RFC 6962 §2.1: the largest power of two below `size`, which is at least 2.
std::uint64_t SplitPoint(std::uint64_t size) { return std::bit_floor(size - 1); }

// Hashes of ranges, read all at once and then folded.
class RangeHasher {
 public:
  explicit RangeHasher(const HashReader& reader) : reader_(reader) {}

  // `range` begins at a multiple of the smallest power of two that is not below its size.
  void Add(Range range) {
    std::size_t subtrees = 0;
    while (range.size() > 0) {
      const std::uint64_t part = std::bit_floor(range.size());
      const int level = std::countr_zero(part);
      indexes_.push_back(StoredHashIndex(level, range.begin >> level));
      range.begin += part;
      ++subtrees;
    }
    subtree_counts_.push_back(subtrees);
  }

  // One hash for each range, in the order in which they were added.
  Result<std::vector<Hash>> Read() const {
    if (indexes_.empty()) return std::vector<Hash>();
    SC_ASSIGN(const std::vector<Hash> hashes, reader_.ReadHashes(indexes_));
    if (hashes.size() != indexes_.size()) {
      return Error(Code::kCorrupted, "the reader of a log's hashes gave too few or too many");
    }
    std::vector<Hash> out;
    std::size_t next = 0;
    for (const std::size_t subtrees : subtree_counts_) {
      next += subtrees;
      Hash hash = hashes[next - 1];
      for (std::size_t i = 1; i < subtrees; ++i) hash = NodeHash(hashes[next - 1 - i], hash);
      out.push_back(hash);
    }
    return out;
  }

 private:
  const HashReader& reader_;
  std::vector<std::uint64_t> indexes_;
  std::vector<std::size_t> subtree_counts_;
};

Result<std::vector<Hash>> ReadInnermostFirst(const std::vector<Range>& outermost_first,
                                             const HashReader& reader) {
  RangeHasher hasher(reader);
  for (auto range = outermost_first.rbegin(); range != outermost_first.rend(); ++range) {
    hasher.Add(*range);
  }
  return hasher.Read();
}

Error TooLarge() { return Error(Code::kMalformed, "a log of more than 2^62 leaves"); }

}  // namespace

Hash LeafHash(ByteView entry) {
  constexpr ByteArray<1> kLeaf = {0x00};
  return Sha256({kLeaf, entry});
}

Hash NodeHash(const Hash& left, const Hash& right) {
  constexpr ByteArray<1> kNode = {0x01};
  return Sha256({kNode, left, right});
}

Hash EmptyRoot() { return Sha256(ByteView()); }

// Leaf n completes as many interior nodes as n has trailing one bits, so of n leaves all but
// popcount(n) pairs are done.
std::uint64_t StoredHashCount(std::uint64_t tree_size) {
  return 2 * tree_size - static_cast<std::uint64_t>(std::popcount(tree_size));
}

std::uint64_t StoredHashIndex(int level, std::uint64_t n) {
  const std::uint64_t last_leaf = ((n + 1) << level) - 1;
  return StoredHashCount(last_leaf) + static_cast<std::uint64_t>(level);
}

Result<std::vector<Hash>> HashesForLeaf(std::uint64_t leaf_index, const Hash& leaf_hash,
                                        const HashReader& reader) {
  if (leaf_index >= kMaxTreeSize) return TooLarge();
  const int completed = std::countr_one(leaf_index);
  RangeHasher siblings(reader);
  for (int level = 0; level < completed; ++level) {
    const std::uint64_t begin = ((leaf_index >> level) - 1) << level;
    siblings.Add({begin, begin + (std::uint64_t{1} << level)});
  }
  SC_ASSIGN(const std::vector<Hash> left, siblings.Read());
  std::vector<Hash> out = {leaf_hash};
  for (const Hash& sibling : left) out.push_back(NodeHash(sibling, out.back()));
  return out;
}

Result<Hash> Root(std::uint64_t tree_size, const HashReader& reader) {
  if (tree_size > kMaxTreeSize) return TooLarge();
  if (tree_size == 0) return EmptyRoot();
  RangeHasher hasher(reader);
  hasher.Add({0, tree_size});
  SC_ASSIGN(const std::vector<Hash> hashes, hasher.Read());
  return hashes.front();
}

// RFC 6962 §2.1.1.
Result<std::vector<Hash>> ProveInclusion(std::uint64_t leaf_index, std::uint64_t tree_size,
                                         const HashReader& reader) {
  if (tree_size > kMaxTreeSize) return TooLarge();
  if (leaf_index >= tree_size) return Error(Code::kMalformed, "a leaf past the end of the log");
  std::vector<Range> path;
  for (Range node = {0, tree_size}; node.size() > 1;) {
    const std::uint64_t middle = node.begin + SplitPoint(node.size());
    if (leaf_index < middle) {
      path.push_back({middle, node.end});
      node.end = middle;
    } else {
      path.push_back({node.begin, middle});
      node.begin = middle;
    }
  }
  return ReadInnermostFirst(path, reader);
}

// RFC 6962 §2.1.2.
Result<std::vector<Hash>> ProveConsistency(std::uint64_t old_size, std::uint64_t new_size,
                                           const HashReader& reader) {
  if (new_size > kMaxTreeSize) return TooLarge();
  if (old_size > new_size) return Error(Code::kMalformed, "an older log larger than the newer");
  if (old_size == 0 || old_size == new_size) return std::vector<Hash>();
  std::vector<Range> path;
  Range node = {0, new_size};
  while (node.end != old_size) {
    const std::uint64_t middle = node.begin + SplitPoint(node.size());
    if (old_size <= middle) {
      path.push_back({middle, node.end});
      node.end = middle;
    } else {
      path.push_back({node.begin, middle});
      node.begin = middle;
    }
  }
  // The verifier has the old root itself, which this node is when it begins at the first leaf.
  if (node.begin != 0) path.push_back(node);
  return ReadInnermostFirst(path, reader);
}

}  // namespace safeconduct::tlog
