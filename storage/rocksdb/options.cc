#include "storage/rocksdb/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <sys/resource.h>

#include <algorithm>

namespace safeconduct::storage {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// RocksDB would try to write again by itself; Recover is the one way back, so that nothing is
// written while the caller believes that the store stands.
class NoRecoveryByItself final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

class Silence final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Connections need descriptors too, so table and blob files take at most half of them.
int OpenFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 512;
  return static_cast<int>(std::clamp<rlim_t>(limit.rlim_cur / 2, 128, 16'384));
}

rocksdb::ColumnFamilyOptions BaseFamily(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.block_cache = cache;
  // Keys are asked for one by one and often in vain (is this id new?).
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;

  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = rocksdb::kNoCompression;  // ciphertext, hashes and numbers
  family.write_buffer_size = 8 * kMiB;
  family.max_write_buffer_number = 3;
  family.memtable_whole_key_filtering = true;
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.max_bytes_for_level_base = 64 * kMiB;
  family.target_file_size_base = 16 * kMiB;
  // Files of level 0 are small here, and a stall costs more than a read of some more of them.
  family.level0_slowdown_writes_trigger = 40;
  family.level0_stop_writes_trigger = 64;
  return family;
}

// There is one for each report, event and cover, for ever, and what is asked for is there: keys are
// kept as short as they can be, without what tells quickly that one is absent.
void KeepKeysShort(rocksdb::ColumnFamilyOptions& family,
                   const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.block_cache = cache;
  table.block_restart_interval = 64;
  table.block_size = 16 * 1024;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = rocksdb::kZSTD;  // of what is not a hash
}

void KeepValuesInBlobFiles(rocksdb::ColumnFamilyOptions& family, std::uint64_t buffer, int buffers,
                           const std::shared_ptr<rocksdb::Cache>& cache) {
  family.enable_blob_files = true;
  family.min_blob_size = 2048;
  family.blob_file_size = 256 * kMiB;
  family.blob_compression_type = rocksdb::kNoCompression;
  family.blob_cache = cache;
  family.write_buffer_size = buffer;
  family.max_write_buffer_number = buffers;
  // Table files hold keys only: a small file stands for few blobs, so that collecting the garbage
  // of one moves little.
  family.target_file_size_base = kMiB;
  family.max_bytes_for_level_base = 16 * kMiB;
  // So that what was deleted goes in the end, although nothing may be written near it again.
  family.periodic_compaction_seconds = std::uint64_t{7} * 24 * 3600;
}

}  // namespace

rocksdb::DBOptions MakeOptions(const RocksDbSettings& settings, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.max_total_wal_size = settings.log_bytes;
  options.max_open_files = OpenFiles();
  options.max_background_flushes = 2;
  options.max_background_compactions = static_cast<int>(settings.background_threads);
  options.max_subcompactions = 1;
  options.bytes_per_sync = kMiB;  // flushes reach the disk evenly, not in one stall at their end
  options.delayed_write_rate = 256 * kMiB;
  options.max_bgerror_resume_count = 0;
  options.listeners.push_back(std::make_shared<NoRecoveryByItself>());
  // RocksDB's log names keys from the level of information on; warnings name files only.
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = kMiB;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const RocksDbSettings& settings) {
  const auto cache = rocksdb::NewLRUCache(settings.cache_bytes);
  const rocksdb::ColumnFamilyOptions base = BaseFamily(cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string_view name : kFamilyNames) families.emplace_back(std::string(name), base);
  const auto options = [&](Family family) -> rocksdb::ColumnFamilyOptions& {
    return families[static_cast<std::size_t>(family)].options;
  };
  const std::uint64_t buffers = settings.write_buffer_bytes;
  KeepValuesInBlobFiles(options(Family::kEnvelopes), buffers / 4, 4, cache);
  KeepValuesInBlobFiles(options(Family::kPieces), buffers / 8, 3, cache);
  KeepValuesInBlobFiles(options(Family::kEvents), buffers / 32, 3, cache);
  KeepKeysShort(options(Family::kLeaves), cache);
  KeepKeysShort(options(Family::kLog), cache);
  return families;
}

std::shared_ptr<rocksdb::Logger> SilentLog() { return std::make_shared<Silence>(); }

}  // namespace safeconduct::storage
