#include "bench/load/report_source.h"

#include <algorithm>
#include <thread>

#include "crypto/base/ed25519.h"
#include "crypto/identity/identity.h"

namespace safeconduct::bench {
namespace {

constexpr std::string_view kSignedPrefix = "safeconduct/report/v1\n";

}  // namespace

Result<std::unique_ptr<ReportSource>> ReportSource::Make(const charter::OpenCharter& charter,
                                                         const std::string& channel,
                                                         std::size_t count) {
  const identity::Party reporter = identity::Party::Generate();
  report::Draft draft;
  draft.channel = channel;
  draft.language = "en";
  draft.narrative = "x";
  SC_ASSIGN(const report::Sealed sealed, report::SealReport(draft, charter, reporter));

  v1::SubmitReport submit;
  *submit.mutable_sealed() = sealed.report;
  for (const Bytes& payload : sealed.payloads) submit.add_payloads(payload.data(), payload.size());
  const std::string body = submit.SerializeAsString();

  auto source = std::make_unique<ReportSource>();
  source->body_bytes_ = body.size();
  source->message_ =
      "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
      "Accept: application/x-protobuf\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  const SigningKey event_key = reporter.Key(identity::Purpose::kEvent);
  const SigningKey first_key = reporter.Key(identity::Purpose::kRequest);
  const std::string& manifest = source->manifest_ = sealed.report.manifest();
  const std::size_t key_in_manifest = source->key_in_manifest_ =
      manifest.find(AsText(first_key.public_key()));
  source->key_at_ = source->message_.find(AsText(first_key.public_key()));
  source->signature_at_ = source->message_.find(sealed.report.signature());

  source->variants_.resize(count);
  const auto make = [&](std::size_t from, std::size_t to) {
    std::string signed_bytes = std::string(kSignedPrefix) + manifest;
    for (std::size_t i = from; i < to; ++i) {
      Variant& variant = source->variants_[i];
      variant.request_key = SigningKey::FromSeed(SecretArray<32>::Random()).public_key();
      std::copy(variant.request_key.begin(), variant.request_key.end(),
                signed_bytes.begin() +
                    static_cast<std::ptrdiff_t>(kSignedPrefix.size() + key_in_manifest));
      variant.signature = event_key.Sign(AsBytes(signed_bytes));
    }
  };
  std::thread half(make, 0, count / 2);
  make(count / 2, count);
  half.join();
  return source;
}

report::ReportId ReportSource::Id(std::uint64_t n) const {
  std::string manifest = manifest_;
  const Variant& variant = variants_[n % variants_.size()];
  std::copy(variant.request_key.begin(), variant.request_key.end(),
            manifest.begin() + static_cast<std::ptrdiff_t>(key_in_manifest_));
  return report::IdOf(report::ReportHash(AsBytes(manifest)));
}

void ReportSource::Request(std::uint64_t n, std::string& out) const {
  if (out.size() != message_.size()) out = message_;
  const Variant& variant = variants_[n % variants_.size()];
  std::copy(variant.request_key.begin(), variant.request_key.end(),
            out.begin() + static_cast<std::ptrdiff_t>(key_at_));
  std::copy(variant.signature.begin(), variant.signature.end(),
            out.begin() + static_cast<std::ptrdiff_t>(signature_at_));
}

}  // namespace safeconduct::bench
