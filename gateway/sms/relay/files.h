// The few files that the relay keeps beside its store. All are readable by their owner only.
//
// Thread-safety: free functions; of one file by one thread at a time.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_FILES_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_FILES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"

namespace safeconduct::sms {

// kUnavailable.
Status MakeFolder(const std::string& folder);
// Names of the files in it. kUnavailable.
Result<std::vector<std::string>> ListFolder(const std::string& folder);
// kNotFound, kTooLarge, kUnavailable.
Result<Bytes> ReadWholeFile(const std::string& path, std::size_t max_bytes);
// There as a whole, or not at all, and synced. kNoSpace, kUnavailable.
Status WriteWholeFile(const std::string& path, ByteView bytes);
// Overwritten, synced, removed, and that synced too. A file system that copies on write, or a disk
// that moves its blocks, may keep the bytes all the same. kUnavailable; ok when there is none.
Status DestroyFile(const std::string& path);

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_FILES_H_
