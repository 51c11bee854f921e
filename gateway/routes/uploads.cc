#include "gateway/uploads/uploads.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/tus.h"
#include "gateway/routes/upload_sink.h"

namespace safeconduct::routes {
namespace {

constexpr int kUnsupportedMediaType = 415;

void AddTusError(int status, http::Response& response) {
  tus::AddHeaders(response);
  if (status == tus::kPreconditionFailed) {
    response.headers.push_back({"tus-version", std::string(tus::kVersion)});
  }
}

void Fail(Call& call, int status, const Error& error) {
  http::Response response = ErrorResponse(status, error, call.format);
  AddTusError(status, response);
  call.Send(std::move(response));
}

http::BodyPlan Refuse(const http::RequestHead& head, int status, const Error& error) {
  const Result<Format> format = AnswerFormat(head);
  http::Response response = ErrorResponse(status, error, format.ok() ? *format : Format::kJson);
  AddTusError(status, response);
  return http::BodyPlan::Answer(std::move(response));
}

std::uint64_t LargestUpload(const Services& services, const CharterSnapshot* charter) {
  return charter == nullptr
             ? 0
             : std::min(charter->largest_attachment, services.uploads.limits().max_bytes);
}

// Does `work` on the pool, after the version was checked.
void OnPoolByTus(const Services& services, const CallPtr& call, std::function<void(Call&)> work) {
  const Status version = tus::CheckVersion(call->head);
  if (!version.ok()) return Fail(*call, tus::kPreconditionFailed, version.error());
  OnPool(services, call, std::move(work));
}

void SendProgress(Call& call, int status, const uploads::Progress& progress,
                  std::vector<http::Header> headers) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.headers.push_back({"upload-offset", std::to_string(progress.offset)});
  tus::AddHeaders(response, &progress);
  call.Send(std::move(response));
}

}  // namespace

void DescribeUploads(const Services& services, CallPtr call) {
  http::Response response;
  response.status = 204;
  response.headers = {
      {"tus-version", std::string(tus::kVersion)},
      {"tus-extension", std::string(tus::kExtensions)},
      {"tus-max-size", std::to_string(LargestUpload(services, call->charter))},
      {"tus-checksum-algorithm", std::string(uploads::kChecksumAlgorithms)},
  };
  tus::AddHeaders(response);
  call->Send(std::move(response));
}

http::BodyPlan PlanCreation(const Services&, Audience, const http::RequestHead& head,
                            const Params&) {
  const Status version = tus::CheckVersion(head);
  if (!version.ok()) return Refuse(head, tus::kPreconditionFailed, version.error());
  const Result<std::uint64_t> length = tus::CreationLength(head);
  if (!length.ok()) return Refuse(head, StatusOf(length.error().code()), length.error());
  return http::BodyPlan::Buffer(0);  // bytes do not come with the creation
}

void CreateUpload(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) {
    const Result<std::uint64_t> length = tus::CreationLength(each.head);
    if (!length.ok()) return Fail(each, StatusOf(length.error().code()), length.error());
    const Result<uploads::Created> created =
        services.uploads.Create(*length, LargestUpload(services, each.charter));
    if (!created.ok()) return Fail(each, StatusOf(created.error().code()), created.error());
    SendProgress(each, 201, created->progress, {{"location", "/v1/uploads/" + created->id}});
  });
}

void HeadUpload(const Services& services, CallPtr call) {
  OnPoolByTus(services, call, [&services](Call& each) {
    const Result<uploads::Progress> progress = services.uploads.Find(each.params[0]);
    if (!progress.ok()) {
      const Error& error = progress.error();
      return Fail(each, UploadStatusOf(error), error);
    }
    SendProgress(each, 200, *progress, {{"upload-length", std::to_string(progress->length)}});
  });
}

void DeleteUpload(const Services& services, CallPtr call) {
  OnPoolByTus(services, call, [&services](Call& each) {
    const Status removed = services.uploads.Remove(each.params[0]);
    if (!removed.ok()) return Fail(each, UploadStatusOf(removed.error()), removed.error());
    http::Response response;
    response.status = 204;
    tus::AddHeaders(response);
    each.Send(std::move(response));
  });
}

http::BodyPlan PlanAppend(const Services& services, Audience audience,
                          const http::RequestHead& head, const Params& params) {
  const Status version = tus::CheckVersion(head);
  if (!version.ok()) return Refuse(head, tus::kPreconditionFailed, version.error());
  if (ContentType(head) != tus::kContentType) {
    return Refuse(
        head, kUnsupportedMediaType,
        Error(Code::kUnsupported, "bytes come as application/offset+octet-stream", "content-type"));
  }
  Result<tus::Append> append = tus::ParseAppend(head);
  if (!append.ok()) {
    // The extension wants 400 for an algorithm that the server does not have.
    return Refuse(head, 400, append.error());
  }
  std::optional<work::Slots::Slot> slot = services.writers.Take();
  if (!slot) {
    return Refuse(head, StatusOf(Code::kBusy),
                  Error(Code::kBusy, "too many uploads at once; try again later"));
  }
  const Result<Format> format = AnswerFormat(head);
  return http::BodyPlan::Stream(
      std::make_unique<UploadSink>(services, audience, format.ok() ? *format : Format::kJson,
                                   std::string(params[0]), *std::move(append), *std::move(slot)),
      services.uploads.limits().max_bytes);
}

}  // namespace safeconduct::routes
