// Where the records of a RocksDB write-ahead log end: its format is public (32 KiB blocks; a record
// is one fragment or more, each with checksum, length and type before it).
#ifndef SAFECONDUCT_TESTS_STORAGE_LOG_RECORDS_H_
#define SAFECONDUCT_TESTS_STORAGE_LOG_RECORDS_H_

#include <cstdint>
#include <vector>

#include "crypto/base/bytes.h"

namespace safeconduct::storage {

struct LogRecord {
  std::size_t start = 0;
  std::size_t end = 0;
};

inline std::vector<LogRecord> RecordsOf(ByteView log) {
  constexpr std::size_t kBlock = 32 * 1024;
  constexpr std::size_t kHeader = 7;
  std::vector<LogRecord> records;
  std::size_t position = 0;
  std::size_t start = 0;
  while (position + kHeader <= log.size()) {
    if (kBlock - position % kBlock < kHeader) {  // a block's last bytes are filled with zeros
      position += kBlock - position % kBlock;
      continue;
    }
    const std::size_t length = log[position + 4] | std::size_t{log[position + 5]} << 8;
    const std::uint8_t type = log[position + 6];
    if (type < 1 || type > 4 || position + kHeader + length > log.size()) break;
    if (type == 1 || type == 2) start = position;  // whole, or the first part
    position += kHeader + length;
    if (type == 1 || type == 4) records.push_back({start, position});  // whole, or the last part
  }
  return records;
}

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_TESTS_STORAGE_LOG_RECORDS_H_
