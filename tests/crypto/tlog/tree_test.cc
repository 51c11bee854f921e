#include "crypto/tlog/tree.h"

#include <string>
#include <vector>

#include "tests/crypto/testing.h"
#include "tests/crypto/tlog/naive.h"

namespace safeconduct::tlog {
namespace {

using testing::ArrayFromHex;
using testing::Fails;
using testing::FromHex;
using testing::Succeeds;

// The leaves and roots of the reference trees that Certificate Transparency's implementations
// share.
const char* const kEntries[] = {"",
                                "00",
                                "10",
                                "2021",
                                "3031",
                                "40414243",
                                "5051525354555657",
                                "606162636465666768696a6b6c6d6e6f"};
const char* const kRoots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                              "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                              "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                              "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                              "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                              "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                              "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                              "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Hash> NaiveSubproof(std::size_t old_size, Leaves leaves, bool known) {
  if (old_size == leaves.size()) {
    return known ? std::vector<Hash>() : std::vector<Hash>{NaiveRoot(leaves)};
  }
  const std::size_t split = Split(leaves.size());
  const bool left = old_size <= split;
  auto proof = left ? NaiveSubproof(old_size, leaves.first(split), known)
                    : NaiveSubproof(old_size - split, leaves.subspan(split), false);
  proof.push_back(NaiveRoot(left ? leaves.subspan(split) : leaves.first(split)));
  return proof;
}

constexpr std::size_t kLogSize = 70;

const Log& ExampleLog() {
  static const Log log = LogOf(kLogSize);
  return log;
}

TEST(Tree, ReferenceRoots) {
  Log log;
  Frontier frontier;
  EXPECT_EQ(HexEncode(EmptyRoot()), kRoots[0]);
  EXPECT_EQ(HexEncode(*Root(0, log)), kRoots[0]);
  EXPECT_EQ(HexEncode(frontier.Root()), kRoots[0]);
  for (std::size_t size = 1; size <= 8; ++size) {
    const Bytes entry = FromHex(kEntries[size - 1]);
    log.Add(entry);
    frontier.Append(LeafHash(entry));
    EXPECT_EQ(HexEncode(*Root(size, log)), kRoots[size]) << size;
    EXPECT_EQ(HexEncode(frontier.Root()), kRoots[size]) << size;
    EXPECT_EQ(HexEncode(NaiveRoot(log.First(size))), kRoots[size]) << size;
  }
}

TEST(Tree, RootsOfEachSizeAgreeWithTheDefinition) {
  const Log& log = ExampleLog();
  for (std::size_t size = 0; size <= kLogSize; ++size) {
    EXPECT_EQ(*Root(size, log), NaiveRoot(log.First(size))) << size;
  }
}

TEST(Tree, StoredHashesLieWhereTheyAreLookedFor) {
  const Log& log = ExampleLog();
  EXPECT_EQ(log.stored.size(), StoredHashCount(kLogSize));
  for (int level = 0; level < 7; ++level) {
    const std::size_t width = std::size_t{1} << level;
    for (std::size_t n = 0; (n + 1) * width <= kLogSize; ++n) {
      const std::uint64_t index = StoredHashIndex(level, n);
      ASSERT_LT(index, log.stored.size());
      EXPECT_EQ(log.stored[static_cast<std::size_t>(index)],
                NaiveRoot(Leaves(log.leaves).subspan(n * width, width)));
    }
  }
  EXPECT_EQ(StoredHashCount(0), 0U);
  EXPECT_EQ(StoredHashCount(kMaxTreeSize), 2 * kMaxTreeSize - 1);
}

TEST(Inclusion, EachProofIsTheDefinitionsAndHolds) {
  const Log& log = ExampleLog();
  for (std::size_t size = 1; size <= kLogSize; ++size) {
    const Hash root = NaiveRoot(log.First(size));
    for (std::size_t leaf = 0; leaf < size; ++leaf) {
      const auto proof = ProveInclusion(leaf, size, log);
      ASSERT_TRUE(Succeeds(proof));
      ASSERT_EQ(*proof, NaivePath(leaf, log.First(size))) << leaf << " of " << size;
      EXPECT_TRUE(Succeeds(VerifyInclusion(leaf, size, log.leaves[leaf], root, *proof)));
    }
  }
}

TEST(Inclusion, NothingElseHolds) {
  const Log& log = ExampleLog();
  for (std::size_t size = 1; size <= 17; ++size) {
    const Hash root = NaiveRoot(log.First(size));
    for (std::size_t leaf = 0; leaf < size; ++leaf) {
      const std::vector<Hash> proof = *ProveInclusion(leaf, size, log);
      const auto refused = [&](std::size_t index, std::size_t of, const Hash& hash,
                               const Hash& with_root, Leaves with_proof) {
        return Fails(VerifyInclusion(index, of, hash, with_root, with_proof), Code::kUnverified);
      };
      const Hash& hash = log.leaves[leaf];
      for (std::size_t other = 0; other < size; ++other) {
        if (other == leaf) continue;
        EXPECT_TRUE(refused(other, size, hash, root, proof));
        EXPECT_TRUE(refused(leaf, size, log.leaves[other], root, proof));
      }
      EXPECT_TRUE(refused(leaf, size, hash, EmptyRoot(), proof));
      std::vector<Hash> changed = proof;
      changed.push_back(hash);
      EXPECT_TRUE(refused(leaf, size, hash, root, changed));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        changed = proof;
        changed[i][7] ^= 1;
        EXPECT_TRUE(refused(leaf, size, hash, root, changed));
        changed = proof;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_TRUE(refused(leaf, size, hash, root, changed));
      }
    }
  }
}

TEST(Inclusion, RefusesALeafPastTheEnd) {
  const Log& log = ExampleLog();
  EXPECT_TRUE(Fails(ProveInclusion(5, 5, log), Code::kMalformed));
  EXPECT_TRUE(Fails(ProveInclusion(0, 0, log), Code::kMalformed));
  EXPECT_TRUE(Fails(VerifyInclusion(5, 5, {}, {}, {}), Code::kMalformed));
  EXPECT_TRUE(Fails(ProveInclusion(0, kMaxTreeSize + 1, log), Code::kMalformed));
}

TEST(Consistency, EachProofIsTheDefinitionsAndHolds) {
  const Log& log = ExampleLog();
  for (std::size_t size = 0; size <= kLogSize; ++size) {
    const Hash root = NaiveRoot(log.First(size));
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const Hash old_root = NaiveRoot(log.First(old_size));
      const auto proof = ProveConsistency(old_size, size, log);
      ASSERT_TRUE(Succeeds(proof));
      if (old_size > 0) {
        ASSERT_EQ(*proof, NaiveSubproof(old_size, log.First(size), true));
      }
      EXPECT_TRUE(Succeeds(VerifyConsistency(old_size, size, old_root, root, *proof)))
          << old_size << " to " << size;
    }
  }
}

TEST(Consistency, NothingElseHolds) {
  const Log& log = ExampleLog();
  for (std::size_t size = 1; size <= 17; ++size) {
    const Hash root = NaiveRoot(log.First(size));
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      const Hash old_root = NaiveRoot(log.First(old_size));
      const std::vector<Hash> proof = *ProveConsistency(old_size, size, log);
      const auto refused = [&](std::size_t from, const Hash& with_old, const Hash& with_new,
                               Leaves with_proof) {
        return Fails(VerifyConsistency(from, size, with_old, with_new, with_proof),
                     Code::kUnverified);
      };
      for (std::size_t other = 0; other <= size; ++other) {
        if (other == old_size) continue;
        EXPECT_TRUE(refused(other, old_root, root, proof));
        EXPECT_TRUE(refused(old_size, NaiveRoot(log.First(other)), root, proof));
      }
      if (old_size > 0) {
        EXPECT_TRUE(refused(old_size, old_root, NaiveRoot(log.First(size + 1)), proof));
      }
      std::vector<Hash> changed = proof;
      changed.push_back(root);
      EXPECT_TRUE(refused(old_size, old_root, root, changed));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        changed = proof;
        changed[i][31] ^= 0x80;
        EXPECT_TRUE(refused(old_size, old_root, root, changed));
        changed = proof;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_TRUE(refused(old_size, old_root, root, changed));
      }
    }
  }
}

TEST(Consistency, RefusesALogThatShrinks) {
  const Log& log = ExampleLog();
  EXPECT_TRUE(Fails(ProveConsistency(6, 5, log), Code::kMalformed));
  EXPECT_TRUE(Fails(VerifyConsistency(6, 5, {}, {}, {}), Code::kMalformed));
  EXPECT_TRUE(Fails(VerifyConsistency(0, 0, {}, {}, {}), Code::kUnverified));
  EXPECT_TRUE(Succeeds(VerifyConsistency(0, 0, EmptyRoot(), EmptyRoot(), {})));
}

TEST(Tree, PassesOnWhatTheReaderSays) {
  Log log = ExampleLog();
  log.fails = true;
  EXPECT_TRUE(Fails(Root(5, log), Code::kUnavailable));
  EXPECT_TRUE(Fails(ProveInclusion(1, 5, log), Code::kUnavailable));
  EXPECT_TRUE(Fails(ProveConsistency(2, 5, log), Code::kUnavailable));
  EXPECT_TRUE(Fails(HashesForLeaf(5, {}, log), Code::kUnavailable));
  log.fails = false;
  log.cuts = true;
  EXPECT_TRUE(Fails(Root(5, log), Code::kCorrupted));
}

TEST(Frontier, AgreesWithTheTreeAndCanBeResumedAnywhere) {
  const Log& log = ExampleLog();
  Frontier frontier;
  for (std::size_t size = 0; size < kLogSize; ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.Root(), NaiveRoot(log.First(size)));
    auto resumed = Frontier::Resume(frontier.size(), frontier.subtree_roots());
    ASSERT_TRUE(Succeeds(resumed));
    resumed->Append(log.leaves[size]);
    frontier.Append(log.leaves[size]);
    EXPECT_EQ(resumed->Root(), frontier.Root());
  }
}

TEST(Frontier, RefusesTheWrongNumberOfRoots) {
  EXPECT_TRUE(Fails(Frontier::Resume(3, {EmptyRoot()}), Code::kMalformed));
  EXPECT_TRUE(Fails(Frontier::Resume(0, {EmptyRoot()}), Code::kMalformed));
  EXPECT_TRUE(Fails(Frontier::Resume(1, {}), Code::kMalformed));
}

}  // namespace
}  // namespace safeconduct::tlog
