#include "storage/rocksdb/status.h"

#include <rocksdb/status.h>

namespace safeconduct::storage {

Error ToError(const rocksdb::Status& status) {
  if (status.IsNotFound()) return Error(Code::kNotFound, "no such record");
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return Error(Code::kCorrupted, "stored bytes are damaged or missing");
  }
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return Error(Code::kNoSpace, "the store's disk is full");
  }
  if (status.IsNotSupported() || status.IsInvalidArgument()) {
    return Error(Code::kInternal, "the store was used in a way that it does not support");
  }
  return Error(Code::kUnavailable, "the store's disk does not answer");
}

Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return ToError(status);
}

}  // namespace safeconduct::storage
