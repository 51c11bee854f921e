#include "storage/rocksdb/log_check.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/options.h"
#include "storage/rocksdb/status.h"

namespace safeconduct::storage {
namespace {

// Sees every record of the logs that a database would replay, in order. Numbers must follow each
// other: a log that was cut at the end of a record looks whole to RocksDB, even if others follow.
class Follower final : public rocksdb::WalFilter {
 public:
  explicit Follower(LogState& state) : state_(state) {}
  const char* Name() const override { return "safeconduct.follower"; }

  WalProcessingOption LogRecordFound(unsigned long long, const std::string& file,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    const std::string& data = batch.Data();
    WriteNumber first = 0;
    for (std::size_t i = 8; i-- > 0;) first = first << 8 | static_cast<std::uint8_t>(data[i]);
    if (next_ != 0 && first > next_ && state_.gap_after == 0) state_.gap_after = next_ - 1;
    next_ = first + batch.Count();
    state_.log_file = file.substr(file.rfind('/') + 1);
    return WalProcessingOption::kContinueProcessing;
  }

 private:
  LogState& state_;
  WriteNumber next_ = 0;
};

bool Known(const std::string& family) {
  return std::find(kFamilyNames.begin(), kFamilyNames.end(), family) != kFamilyNames.end();
}

Result<std::optional<std::uint64_t>> ReadNumber(rocksdb::DB& database, std::string_view key) {
  std::string value;
  const rocksdb::Status status =
      database.Get(rocksdb::ReadOptions(), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::optional<std::uint64_t>();
  if (!status.ok()) return ToError(status);
  if (value.size() != 8) return Error(Code::kCorrupted, "a counter of the store is damaged");
  return std::optional<std::uint64_t>(keys::Read(AsBytes(value)));
}

}  // namespace

Result<std::optional<LogState>> CheckLog(const std::string& folder, const RocksDbSettings& settings,
                                         rocksdb::Env* env, std::string* detail) {
  const rocksdb::Status present = env->FileExists(folder + "/CURRENT");
  if (present.IsNotFound()) return std::optional<LogState>();
  if (!present.ok()) return ToError(present);

  LogState state;
  Follower follower(state);
  rocksdb::Options options(MakeOptions(settings, env), MakeFamilies(settings).front().options);
  options.info_log = SilentLog();
  options.wal_filter = &follower;
  options.max_open_files = 16;  // only the counters are read
  const auto fail = [&](const rocksdb::Status& status) {
    if (detail != nullptr) *detail = status.ToString();
    return ToError(status);
  };

  std::vector<std::string> families;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, folder, &families);
  if (!status.ok()) return fail(status);
  if (!std::all_of(families.begin(), families.end(), Known)) {
    return Error(Code::kUnsupported, "the store was written by a newer version");
  }
  rocksdb::DB* raw = nullptr;
  status = rocksdb::DB::OpenForReadOnly(options, folder, &raw);
  if (!status.ok()) return fail(status);
  const std::unique_ptr<rocksdb::DB> database(raw);

  state.last_write = database->GetLatestSequenceNumber();
  SC_ASSIGN(state.format, ReadNumber(*database, keys::kFormat));
  SC_ASSIGN(const std::optional<std::uint64_t> committed, ReadNumber(*database, keys::kCommitted));
  state.committed = committed.value_or(0);
  return std::optional<LogState>(std::move(state));
}

}  // namespace safeconduct::storage
