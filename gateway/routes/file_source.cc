#include "gateway/routes/file_source.h"

#include <algorithm>
#include <utility>

namespace safeconduct::routes {

FileSource::FileSource(const Services& services, storage::CaseRef ref, CompartmentFile file,
                       ByteRange range, work::Slots::Slot slot)
    : services_(services),
      ref_(std::move(ref)),
      file_(std::move(file)),
      rest_(range),
      size_(range.end - range.begin),
      slot_(std::move(slot)) {}

// The source lives until `done` is called (http.h), and each slot has one piece of work at most.
void FileSource::Read(std::function<void(Result<Bytes>)> done) {
  services_.pool.PostAdmitted([this, done = std::move(done)] { done(ReadNow()); });
}

Result<Bytes> FileSource::ReadNow() {
  const std::uint64_t header_bytes = file_.header.size();
  const std::uint64_t left = rest_.end - rest_.begin;
  Bytes bytes;
  if (rest_.begin < header_bytes) {
    const std::string_view part =
        std::string_view(file_.header)
            .substr(static_cast<std::size_t>(rest_.begin),
                    static_cast<std::size_t>(std::min<std::uint64_t>(left, storage::kPieceBytes)));
    Append(bytes, part);
  } else {
    const std::size_t limit =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, storage::kPieceBytes));
    SC_ASSIGN(bytes,
              services_.store.ReadPayload(ref_, file_.index, rest_.begin - header_bytes, limit));
    if (bytes.empty() || bytes.size() > limit) {
      return Error(Code::kCorrupted, "a stored payload is not as long as its record says");
    }
  }
  rest_.begin += bytes.size();
  return bytes;
}

}  // namespace safeconduct::routes
