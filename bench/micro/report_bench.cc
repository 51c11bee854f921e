// A report's way: sealed by the reporter, checked by the gateway, committed by the store.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "bench/micro/fixture.h"
#include "crypto/base/secret.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "storage/envelope_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace safeconduct {
namespace {

void BM_SealReport(benchmark::State& state) {
  const bench::Fixture fixture;
  const identity::Party reporter = identity::Party::Generate();
  for (auto _ : state) {
    if (!report::SealReport(fixture.draft, *fixture.charter, reporter).ok()) std::abort();
  }
}
BENCHMARK(BM_SealReport);

void BM_CheckReport(benchmark::State& state) {
  const bench::Fixture fixture;
  const auto sealed =
      report::SealReport(fixture.draft, *fixture.charter, identity::Party::Generate());
  if (!sealed.ok()) std::abort();
  const std::vector<ByteView> payloads(sealed->payloads.begin(), sealed->payloads.end());
  for (auto _ : state) {
    auto checked = report::CheckReport(sealed->report, *fixture.charter);
    if (!checked.ok() || !report::CheckPayloads(*checked, payloads).ok()) std::abort();
  }
}
BENCHMARK(BM_CheckReport);

void BM_MakePromise(benchmark::State& state) {
  const identity::Party log = identity::Party::Generate();
  const SigningKey key = log.Key(identity::Purpose::kNote);
  for (auto _ : state) {
    const v1::StoredLeaf leaf = report::MakeLeaf(report::LeafKind::kReport, Hash{}, 0, 3600);
    benchmark::DoNotOptimize(report::MakePromise(leaf, "log.example/reports", key));
  }
}
BENCHMARK(BM_MakePromise);

// Reports of about 30 KiB, `range` in one synced batch.
void BM_StoreCommit(benchmark::State& state) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "safeconduct-store-bench";
  std::filesystem::remove_all(folder);
  storage::RocksDbSettings settings;
  settings.folder = folder.string();
  auto store = storage::OpenRocksDb(settings);
  if (!store.ok()) std::abort();
  const Bytes sealed(8 * 1024, 1);
  const Bytes account(16 * 1024, 2);
  const Bytes small(4 * 1024, 3);
  storage::Sequence sequence = 0;
  for (auto _ : state) {
    storage::Batch batch;
    for (int i = 0; i < state.range(0); ++i) {
      storage::NewCase entry;
      entry.sequence = ++sequence;
      FillRandom(entry.id);
      const auto mailbox = RandomArray<32>();
      entry.record.set_report_hash(mailbox.data(), mailbox.size());
      entry.record.set_mailbox(mailbox.data(), mailbox.size());
      entry.record.set_channel("conduct");
      entry.sealed = sealed;
      entry.payloads = {small, account, small};
      for (const ByteView payload : entry.payloads) {
        entry.record.add_compartments()->set_payload_bytes(payload.size());
      }
      entry.leaf.sequence = ++sequence;
      entry.record.set_leaf(entry.leaf.sequence);
      batch.cases.push_back(std::move(entry));
    }
    if (!(*store)->Commit(batch).ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  store->reset();
  std::filesystem::remove_all(folder);
}
BENCHMARK(BM_StoreCommit)->Arg(1)->Arg(32)->Arg(512)->UseRealTime();

}  // namespace
}  // namespace safeconduct
