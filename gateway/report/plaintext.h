// Plaintexts of compartments and messages: proto3 JSON in UTF-8, padded with spaces and one newline
// to a Padmé length, so that they are valid JSON and readable with stock `age -d`.
#ifndef SAFECONDUCT_GATEWAY_REPORT_PLAINTEXT_H_
#define SAFECONDUCT_GATEWAY_REPORT_PLAINTEXT_H_

#include <algorithm>
#include <cstdint>

#include "crypto/base/padding.h"
#include "crypto/base/secret.h"
#include "proto/parse.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::report {

// `hide_bytes`: the length of the longest JSON that must not be told from this one by its size.
// kMalformed for text that is not UTF-8.
inline Result<SecretBytes> MakePlaintext(const google::protobuf::Message& message,
                                         std::size_t hide_bytes, std::uint64_t min_bytes) {
  SC_ASSIGN(std::string json, proto::ToJson(message));
  const std::size_t length = std::max(json.size(), hide_bytes) + 1;
  SecretBytes out(static_cast<std::size_t>(PadmeLength(length, min_bytes)));
  const MutableBytes bytes = out.RevealMutable();
  std::fill(bytes.begin(), bytes.end(), std::uint8_t{' '});
  std::copy(json.begin(), json.end(), bytes.begin());
  bytes.back() = '\n';
  Wipe({reinterpret_cast<std::uint8_t*>(json.data()), json.size()});
  return out;
}

// Fields that a newer client may have added are skipped. kMalformed.
template <typename T>
Result<T> ParsePlaintext(const SecretBytes& plaintext) {
  return proto::FromJson<T>(AsText(plaintext.Reveal()), plaintext.size(), proto::Unknown::kIgnore);
}

// Whether `repeated` in a plaintext names the keys that signed what it came with.
inline bool HasKeys(const v1::ReporterKeys& repeated, const std::string& request_key,
                    const std::string& event_key) {
  return repeated.request_key() == request_key && repeated.event_key() == event_key;
}

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_PLAINTEXT_H_
