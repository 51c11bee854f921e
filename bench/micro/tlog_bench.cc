// Appending to a Merkle tree and proving from one.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"

namespace safeconduct {
namespace {

class MemoryHashes final : public tlog::HashReader {
 public:
  Result<std::vector<Hash>> ReadHashes(std::span<const std::uint64_t> indexes) const override {
    std::vector<Hash> out;
    out.reserve(indexes.size());
    for (const std::uint64_t index : indexes) out.push_back(hashes[index]);
    return out;
  }
  std::vector<Hash> hashes;
};

void Grow(MemoryHashes& tree, std::uint64_t index) {
  const auto hashes = tlog::HashesForLeaf(index, tlog::LeafHash({}), tree);
  if (!hashes.ok()) std::abort();
  tree.hashes.insert(tree.hashes.end(), hashes->begin(), hashes->end());
}

void BM_MerkleAppend(benchmark::State& state) {
  MemoryHashes tree;
  std::uint64_t size = 0;
  for (auto _ : state) Grow(tree, size++);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MerkleAppend);

void BM_FrontierAppend(benchmark::State& state) {
  tlog::Frontier frontier;
  const Hash leaf = tlog::LeafHash({});
  for (auto _ : state) frontier.Append(leaf);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_FrontierAppend);

void BM_ProveInclusion(benchmark::State& state) {
  MemoryHashes tree;
  const auto size = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < size; ++i) Grow(tree, i);
  std::uint64_t leaf = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(tlog::ProveInclusion(leaf, size, tree));
    leaf = (leaf + 7919) % size;
  }
}
BENCHMARK(BM_ProveInclusion)->Arg(1'000'000);

}  // namespace
}  // namespace safeconduct
