// A compartment as an answer's body: header ‖ payload, read from the store piece by piece on the
// pool, so that a file of any size takes one piece of memory.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_FILE_SOURCE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_FILE_SOURCE_H_

#include <functional>
#include <memory>

#include "gateway/http/http.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/range.h"
#include "gateway/routes/services.h"
#include "gateway/work/slots.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

class FileSource final : public http::BodySource {
 public:
  // The bytes of `range` of the file. `slot` is held as long as the source lives.
  FileSource(const Services& services, storage::CaseRef ref, CompartmentFile file, ByteRange range,
             work::Slots::Slot slot);

  std::uint64_t size() const override { return size_; }
  void Read(std::function<void(Result<Bytes>)> done) override;

 private:
  Result<Bytes> ReadNow();

  const Services& services_;
  const storage::CaseRef ref_;
  const CompartmentFile file_;
  ByteRange rest_;
  const std::uint64_t size_;
  const work::Slots::Slot slot_;
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_FILE_SOURCE_H_
