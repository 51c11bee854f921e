// The durable EnvelopeStore, embedded: RocksDB with column families, payloads in blob files, and a
// mark file that tells how far the log was synced. The format on disk is storage/FORMAT.md.
//
// What it gives beyond the interface: a log that was cut or damaged before its last sync is noticed
// when the store is opened, even where the cut leaves a log that looks whole; the writes that were
// acknowledged and are missing are named. A tail that was not synced may be torn and loses nothing.
// The mark reaches the disk about once a second, so of a loss of power together with a cut log the
// last second may go unnoticed; of a killed process nothing does.
//
// What it does not give: secrecy (it keeps ciphertext and the graph of who handles what), and no
// protection against someone who rewrites log and mark together; the transparency log has that.
//
// The bytes of an erased case leave the folder within seconds, in the background; after a process
// that died before, after the next opening. Not given: that the file system's freed blocks, or what
// the disk made of them, are overwritten. Encrypt the disk.
//
// One process at a time: the folder is locked.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_ROCKSDB_STORE_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_ROCKSDB_STORE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "storage/envelope_store.h"

namespace safeconduct::storage {

enum class OpenMode : std::uint8_t {
  kServe,    // read and write; made when it is not there; refuses a store that lost something
  kInspect,  // read only, changes nothing, opens a damaged store as far as it goes: for `verify`
};

struct RocksDbSettings {
  std::string folder;  // made when absent; its parent must be there
  OpenMode mode = OpenMode::kServe;
  std::uint64_t write_buffer_bytes = std::uint64_t{256} << 20;  // memory for what is not flushed
  std::uint64_t log_bytes = std::uint64_t{512} << 20;  // of the write-ahead log, read at a start
  std::uint64_t cache_bytes = std::uint64_t{64} << 20;
  std::uint32_t background_threads = 2;
  std::uint32_t backups_kept = 14;  // older ones are removed by Backup; 0: none is
  // Deleted pieces are compacted away once they sum up to this.
  std::uint64_t reclaim_bytes = std::uint64_t{256} << 20;
};

// Why a store was not opened, for the operator: no value in it is anything personal.
struct OpenDiagnosis {
  std::uint64_t last_write = 0;      // the last write that is there
  std::uint64_t expected_write = 0;  // the last write that was synced; above last_write: lost
  Sequence last_sequence = 0;        // the greatest sequence number committed that is there
  Sequence expected_sequence = 0;    // the greatest that was acknowledged
  std::string log_file;              // the log in which reading ended; empty: none
  std::string detail;                // RocksDB's own words: names of files and numbers
};

// Errors: kUnsupported (written by a newer version), kCorrupted (acknowledged writes are missing,
// the mark is missing, or files are damaged: see `diagnosis`), kBusy (another process has it open),
// kNotFound (kInspect: there is no store), kNoSpace, kUnavailable.
Result<std::unique_ptr<EnvelopeStore>> OpenRocksDb(const RocksDbSettings& settings,
                                                   OpenDiagnosis* diagnosis = nullptr);

// Until no file of a store of OpenRocksDb holds bytes of a case that was erased before the call.
// After an error (kNoSpace, kUnavailable) they may; the store goes on trying. kUnsupported with
// kInspect. May take long: files that hold other cases too are rewritten. Thread-safe.
Status FinishErasures(EnvelopeStore& store);

// Makes a store in `target_folder` (absent or empty: kExists) from the newest backup in
// `backup_folder`, checking every file's checksum. Errors: kNotFound (no backup), kCorrupted,
// kNoSpace, kUnavailable. After an error the target is not a store and can be removed. What was
// erased after the backup is there again.
Status RestoreBackup(const std::string& backup_folder, const std::string& target_folder);

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_ROCKSDB_STORE_H_
