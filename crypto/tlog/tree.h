// RFC 6962 §2.1 Merkle trees: appending, inclusion and consistency proofs and their verification,
// as arithmetic over a reader of stored hashes. No I/O of its own.
//
// Hashes are stored in the order in which they become final: after leaf n come the interior nodes
// that it completes, lowest first (golang.org/x/mod/sumdb/tlog "stored hash" order), so a tree of
// n leaves has StoredHashCount(n) stored hashes and nothing stored ever changes.
//
// Thread-safety: pure functions; as safe as the reader.
#ifndef SAFECONDUCT_CRYPTO_TLOG_TREE_H_
#define SAFECONDUCT_CRYPTO_TLOG_TREE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::tlog {

// No tree here is larger.
inline constexpr std::uint64_t kMaxTreeSize = std::uint64_t{1} << 62;

Hash LeafHash(ByteView entry);                       // SHA-256(0x00 ‖ entry)
Hash NodeHash(const Hash& left, const Hash& right);  // SHA-256(0x01 ‖ left ‖ right)
Hash EmptyRoot();                                    // SHA-256 of nothing

// Reads stored hashes by index. May fail with kUnavailable or kCorrupted.
class HashReader {
 public:
  virtual ~HashReader() = default;
  virtual Result<std::vector<Hash>> ReadHashes(std::span<const std::uint64_t> indexes) const = 0;
};

// For sizes up to kMaxTreeSize.
std::uint64_t StoredHashCount(std::uint64_t tree_size);
// Of the node at `level` (0: leaves) and position `n` in it.
std::uint64_t StoredHashIndex(int level, std::uint64_t n);

// The hashes to store when `leaf_hash` becomes leaf number `leaf_index`: itself, then each
// interior node that it completes. Here and below, what `reader` says, and kMalformed past
// kMaxTreeSize.
Result<std::vector<Hash>> HashesForLeaf(std::uint64_t leaf_index, const Hash& leaf_hash,
                                        const HashReader& reader);

Result<Hash> Root(std::uint64_t tree_size, const HashReader& reader);

// kMalformed when the index is not below the size, or the older size not at most the newer.
Result<std::vector<Hash>> ProveInclusion(std::uint64_t leaf_index, std::uint64_t tree_size,
                                         const HashReader& reader);
Result<std::vector<Hash>> ProveConsistency(std::uint64_t old_size, std::uint64_t new_size,
                                           const HashReader& reader);

// kUnverified when the proof does not hold, kMalformed when sizes make no sense.
Status VerifyInclusion(std::uint64_t leaf_index, std::uint64_t tree_size, const Hash& leaf_hash,
                       const Hash& root, std::span<const Hash> proof);
Status VerifyConsistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root,
                         const Hash& new_root, std::span<const Hash> proof);

// The root over leaves that come one after another, in O(log n) memory: used for the digest of an
// attachment over its 1 MiB pieces as well as for logs. The frontier can be saved and resumed.
class Frontier {
 public:
  Frontier() = default;
  // `subtree_roots` as subtree_roots() gave them for that size. kMalformed if their number is off.
  static Result<Frontier> Resume(std::uint64_t size, std::vector<Hash> subtree_roots);
  void Append(const Hash& leaf_hash);
  std::uint64_t size() const { return size_; }
  const std::vector<Hash>& subtree_roots() const { return roots_; }  // largest subtree first
  Hash Root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> roots_;
};

}  // namespace safeconduct::tlog

#endif  // SAFECONDUCT_CRYPTO_TLOG_TREE_H_
