// The headers of tus, as lines "name: value". What is taken has one spelling, and a checksum that
// is taken matches the bytes it was made for and no others.
#include <cstdlib>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "gateway/routes/tus.h"

namespace {

using namespace safeconduct;  // NOLINT

http::RequestHead HeadFrom(std::string_view text) {
  http::RequestHead head;
  head.method = http::Method::kPost;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    head.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  return head;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckChecksum(std::string_view value) {
  Result<uploads::Checksum> checksum = uploads::Checksum::Parse(value);
  if (!checksum.ok()) return;
  Sha1Stream sha1;
  const std::string empty_sha1 = "sha1 " + Base64Encode(sha1.Finish());
  const std::string empty_sha256 = "sha256 " + Base64Encode(Sha256(ByteView()));
  Require(checksum->Matches() == (value == empty_sha1 || value == empty_sha256));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = InitCrypto().ok();
  Require(kReady);
  const http::RequestHead head = HeadFrom(AsText({data, size}));
  const Result<std::uint64_t> length = routes::tus::CreationLength(head);
  if (length.ok()) Require(head.Find("upload-length") == std::to_string(*length));
  const Result<routes::tus::Append> append = routes::tus::ParseAppend(head);
  if (append.ok()) {
    Require(head.Find("upload-offset") == std::to_string(append->offset));
    Require(append->checksum.has_value() == (head.Count("upload-checksum") == 1));
  }
  if (routes::tus::CheckVersion(head).ok()) Require(head.Find("tus-resumable") == "1.0.0");
  const http::Method method = routes::tus::EffectiveMethod(head);
  if (head.Count("x-http-method-override") == 0) Require(method == http::Method::kPost);
  for (const http::Header& header : head.headers) CheckChecksum(header.value);
  return 0;
}
