// Verification by the algorithms of RFC 9162 §§2.1.3.2 and 2.1.4.2, whose trees are RFC 6962's.
#include <bit>

#include "crypto/base/secret.h"
#include "crypto/tlog/tree.h"

namespace safeconduct::tlog {
namespace {

Error BadInclusion() { return Error(Code::kUnverified, "the inclusion proof does not hold"); }
Error BadConsistency() { return Error(Code::kUnverified, "the consistency proof does not hold"); }

}  // namespace

Status VerifyInclusion(std::uint64_t leaf_index, std::uint64_t tree_size, const Hash& leaf_hash,
                       const Hash& root, std::span<const Hash> proof) {
  if (leaf_index >= tree_size) return Error(Code::kMalformed, "a leaf past the end of the log");
  std::uint64_t node = leaf_index;
  std::uint64_t last_node = tree_size - 1;
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (last_node == 0) return BadInclusion();
    if ((node & 1) == 1 || node == last_node) {
      hash = NodeHash(sibling, hash);
      // On the right edge levels without a sibling are skipped.
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last_node >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    node >>= 1;
    last_node >>= 1;
  }
  if (last_node != 0 || hash != root) return BadInclusion();
  return {};
}

Status VerifyConsistency(std::uint64_t old_size, std::uint64_t new_size, const Hash& old_root,
                         const Hash& new_root, std::span<const Hash> proof) {
  if (old_size > new_size) return Error(Code::kMalformed, "an older log larger than the newer");
  if (old_size == 0 || old_size == new_size) {
    const bool same = old_size == 0 ? old_root == EmptyRoot() : old_root == new_root;
    const bool empty_new = new_size != 0 || new_root == EmptyRoot();
    if (!proof.empty() || !same || !empty_new) return BadConsistency();
    return {};
  }
  // A complete old tree is a node of the new one, and the proof leaves it out.
  std::vector<Hash> path;
  if (std::has_single_bit(old_size)) path.push_back(old_root);
  path.insert(path.end(), proof.begin(), proof.end());
  if (path.empty()) return BadConsistency();

  std::uint64_t node = old_size - 1;
  std::uint64_t last_node = new_size - 1;
  const int skipped = std::countr_one(node);
  node >>= skipped;
  last_node >>= skipped;
  Hash old_hash = path.front();
  Hash new_hash = path.front();
  for (const Hash& sibling : std::span(path).subspan(1)) {
    if (last_node == 0) return BadConsistency();
    if ((node & 1) == 1 || node == last_node) {
      old_hash = NodeHash(sibling, old_hash);
      new_hash = NodeHash(sibling, new_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last_node >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, sibling);
    }
    node >>= 1;
    last_node >>= 1;
  }
  if (last_node != 0 || old_hash != old_root || new_hash != new_root) return BadConsistency();
  return {};
}

}  // namespace safeconduct::tlog
