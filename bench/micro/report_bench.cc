// A report's way: sealed by the reporter, checked by the gateway, committed by the store.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "bench/micro/fixture.h"
#include "crypto/base/hpke.h"
#include "crypto/base/secret.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "storage/envelope_store.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace safeconduct {
namespace {

int AllCores() { return static_cast<int>(std::thread::hardware_concurrency()); }

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

// What `case open --all` does for each case, and the X-Wing decapsulation in it, each on all cores.
struct Listed {
  Listed() {
    const auto sealed =
        report::SealReport(fixture.draft, *fixture.charter, identity::Party::Generate());
    if (!sealed.ok()) std::abort();
    triage.set_report_id(report::FormatId(sealed->id));
    *triage.mutable_sealed() = sealed->report;
    triage.set_payload(sealed->payloads[0].data(), sealed->payloads[0].size());
  }
  const bench::Fixture fixture;
  v1::CaseTriage triage;
};

void BM_OpenListedTriage(benchmark::State& state) {
  static const Listed listed;
  for (auto _ : state) {
    if (!report::OpenListedTriage(listed.triage, listed.fixture.intake).ok()) std::abort();
  }
}
BENCHMARK(BM_OpenListedTriage)->Threads(AllCores())->UseRealTime();

void BM_Decapsulate(benchmark::State& state) {
  static const Listed listed;
  const auto key = hpke::SealingKey::Of(listed.fixture.intake.seed());
  const auto sealed = hpke::SealBase(key, {}, {}, Bytes(16, 1));
  for (auto _ : state) {
    if (!hpke::OpenBase(listed.fixture.intake.seed(), sealed.encapsulated, {}, {},
                        sealed.ciphertext)
             .ok()) {
      std::abort();
    }
  }
}
BENCHMARK(BM_Decapsulate)->Threads(AllCores())->UseRealTime();

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
