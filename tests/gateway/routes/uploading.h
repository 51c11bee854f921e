// Uploads as a client makes them, and reports with attachments.
#ifndef SAFECONDUCT_TESTS_GATEWAY_ROUTES_UPLOADING_H_
#define SAFECONDUCT_TESTS_GATEWAY_ROUTES_UPLOADING_H_

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/text.h"
#include "gateway/report/attachment.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {

inline const std::string kUploads = "/v1/uploads/";
inline const http::Header kTus{"tus-resumable", "1.0.0"};

inline Answer TryCreate(Harness& harness, std::uint64_t length) {
  return harness.Send({.method = "POST",
                       .target = "/v1/uploads",
                       .headers = {kTus, {"upload-length", std::to_string(length)}}});
}

inline std::string IdFrom(const Answer& created) {
  const std::string location = created.Header("location");
  return location.substr(location.rfind('/') + 1);
}

inline std::string Create(Harness& harness, std::uint64_t length) {
  const Answer created = TryCreate(harness, length);
  if (created.status != 201) throw std::runtime_error("not created: " + created.body);
  return IdFrom(created);
}

inline Ask AppendAsk(const std::string& id, std::uint64_t offset, std::string body) {
  return {.method = "PATCH",
          .target = kUploads + id,
          .headers = {kTus,
                      {"upload-offset", std::to_string(offset)},
                      {"content-type", "application/offset+octet-stream"}},
          .body = std::move(body)};
}

inline Answer Append(Harness& harness, const std::string& id, std::uint64_t offset,
                     std::string body) {
  return harness.Send(AppendAsk(id, offset, std::move(body)));
}

inline Answer Head(Harness& harness, const std::string& id) {
  return harness.Send({.method = "HEAD", .target = kUploads + id, .headers = {kTus}});
}

// Nothing when there is no such upload.
inline std::optional<std::uint64_t> Offset(Harness& harness, const std::string& id) {
  const Answer head = Head(harness, id);
  if (head.status == 404) return std::nullopt;
  if (head.status != 200) throw std::runtime_error("HEAD " + std::to_string(head.status));
  return *ParseDecimal(head.Header("upload-offset"), UINT64_MAX);
}

inline std::string Upload(Harness& harness, const std::string& bytes) {
  const std::string id = Create(harness, bytes.size());
  const Answer appended = Append(harness, id, 0, bytes);
  if (appended.status != 204) throw std::runtime_error("not uploaded: " + appended.body);
  return id;
}

// Bytes that differ everywhere, so that a piece in the wrong place is noticed.
inline std::string Pattern(std::size_t size, std::uint32_t seed = 1) {
  std::string out(size, '\0');
  std::uint32_t state = seed;
  for (char& c : out) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return out;
}

class FileInMemory final : public age::RandomAccess {
 public:
  explicit FileInMemory(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    const ByteView part = AsBytes(bytes_).subspan(static_cast<std::size_t>(offset), out.size());
    std::copy(part.begin(), part.end(), out.begin());
    return {};
  }

 private:
  std::string bytes_;
};

// A report whose attachments are uploaded already.
struct AttachedReport {
  AttachedReport(Harness& harness, const std::vector<std::size_t>& file_bytes,
                 std::uint8_t reporter_number = 80)
      : reporter(MakeParty(reporter_number)) {
    for (const std::size_t bytes : file_bytes) {
      const FileInMemory file(Pattern(bytes));
      report::AttachmentSealer sealer(file);
      std::string payload;
      for (std::uint64_t i = 0; i < sealer.pieces(); ++i) payload += AsText(*sealer.Piece(i));
      attachments.push_back(*sealer.Finish("photo.jpg", "image/jpeg"));
      upload_ids.push_back(Upload(harness, payload));
      payloads.push_back(std::move(payload));
    }
    Seal(harness);
  }
  // Another reporter's report with the same attachments; nothing is uploaded for it.
  AttachedReport(Harness& harness, const AttachedReport& other, std::uint8_t reporter_number)
      : reporter(MakeParty(reporter_number)), attachments(other.attachments) {
    Seal(harness);
  }

  void Seal(Harness& harness) {
    report::Draft draft = MakeDraft();
    draft.attachments = attachments;
    sealed = *report::SealReport(draft, *harness.charters().InForce()->charter, reporter);
  }

  // Of the first attachment, in the manifest.
  std::string header() const {
    v1::Manifest manifest;
    if (!manifest.ParseFromString(sealed.report.manifest())) std::abort();
    return manifest.compartments(3).header();
  }

  identity::Party reporter;
  std::vector<report::SealedAttachment> attachments;
  std::vector<std::string> payloads;
  std::vector<std::string> upload_ids;
  report::Sealed sealed;
};

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_ROUTES_UPLOADING_H_
