// CRC-32C (Castagnoli, RFC 3720 §12.1) by the processor's own instruction.
//
// RocksDB checksums every byte twice, in the log and in its files. Debian builds it without the
// instruction, at 1 GB/s, which is more than half of what a report costs here. crc32c.cc therefore
// defines the library's function rocksdb::crc32c::Extend anew; the dynamic linker prefers the
// program's definition over the shared library's. Values, and so files, are the same either way.
// Only for the RocksDB and the processors that it was written for; elsewhere RocksDB's stays.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_CRC32C_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_CRC32C_H_

#include <cstdint>

#include "crypto/base/bytes.h"

namespace safeconduct::storage {

// Of all bytes so far, when `crc` is that of those before; 0 at the beginning.
std::uint32_t ExtendCrc32c(std::uint32_t crc, ByteView bytes);

// Whether it gives the known answer. Asked before a database is opened, since RocksDB's checksums
// rest on it.
bool Crc32cIsRight();

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_CRC32C_H_
