#include <memory>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "gateway/release/access.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/file_source.h"
#include "gateway/routes/range.h"

namespace safeconduct::routes {
namespace {

constexpr int kRangeNotSatisfiable = 416;

void Fetch(const Services& services, Call& call) {
  const charter::OpenCharter& charter = *call.charter->charter;
  SC_ANSWER_ASSIGN(call, storage::CaseRef ref,
                   FindVisible(services, call.params[0], *call.holder, charter));
  const std::optional<release::Download> download = release::FindDownload(
      *call.holder, ref.record, call.params[1], charter, services.clock.UnixSeconds());
  if (!download) return call.Fail(kNothingHere);
  SC_ANSWER_ASSIGN(call, CompartmentFile file, CaseFiles(services.store, ref).Find(*download));

  // A header and a payload never change, so the payload's digest and the grant name the file.
  const int index = static_cast<int>(file.index);
  std::string tag = '"' + HexEncode(AsBytes(ref.record.compartments(index).digest()));
  if (file.grant != 0) tag += '-' + std::to_string(file.grant);
  tag += '"';
  const std::uint64_t size = file.header.size() + file.payload_bytes;
  const Result<std::optional<ByteRange>> range = RequestedRange(call.head, size, tag);
  if (!range.ok()) {
    http::Response response = ErrorResponse(kRangeNotSatisfiable, range.error(), call.format);
    response.headers.push_back({"content-range", UnsatisfiedRange(size)});
    return call.Send(std::move(response));
  }
  std::optional<work::Slots::Slot> slot = services.downloads.Take();
  if (!slot) return call.Fail(Error(Code::kBusy, "too many downloads at once; try again later"));

  http::Response response;
  response.status = *range ? 206 : 200;
  response.headers.push_back({"content-type", std::string(kAgeType)});
  response.headers.push_back({"content-disposition", "attachment"});
  response.headers.push_back({"accept-ranges", "bytes"});
  response.headers.push_back({"etag", tag});
  if (*range) response.headers.push_back({"content-range", ContentRange(**range, size)});
  response.source =
      std::make_unique<FileSource>(services, std::move(ref), std::move(file),
                                   range->value_or(ByteRange{0, size}), *std::move(slot));
  call.Send(std::move(response));
}

}  // namespace

void GetCompartment(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) { Fetch(services, each); });
}

}  // namespace safeconduct::routes
