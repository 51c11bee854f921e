#include "gateway/cli/log_subject.h"

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/cli/json.h"
#include "gateway/report/report.h"
#include "proto/json_object.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

constexpr std::string_view kAgeFirstLine = "age-encryption.org/v1\n";
constexpr const char* kForms =
    "It may be a sealed report (serialized, or as JSON), the manifest that case export writes, or "
    "the age file of a plain report with --channel ID.";

bool IsAge(ByteView file) {
  return AsText(file).starts_with(kAgeFirstLine) || age::IsArmored(file);
}

Outcome<Hash> PlainHash(ByteView file, const std::string& channel) {
  Bytes binary;
  if (age::IsArmored(file)) {
    SC_ASSIGN(binary, ExplainAs(Exit::kUsage, age::Dearmor(file), "The age file cannot be read"));
    file = binary;
  }
  return Sha256({AsBytes("safeconduct/plain/v1\n"), AsBytes(channel), AsBytes("\n"), file});
}

Outcome<Hash> SealedHash(const v1::SealedReport& sealed) {
  const Hash hash = report::ReportHash(AsBytes(sealed.manifest()));
  SC_TRY(ExplainAs(Exit::kUnverified, report::VerifyReport(sealed, report::IdOf(hash)),
                   "The report does not verify"));
  return hash;
}

}  // namespace

Outcome<Hash> ReportHashOf(ByteView file, const std::string& channel) {
  if (IsAge(file)) {
    if (!channel.empty()) return PlainHash(file, channel);
    return UsageFailure("The file is a plain report's age file",
                        "Say which channel it was sent to, with --channel ID.");
  }
  if (!channel.empty()) {
    return UsageFailure("--channel is for a plain report's age file, and this is none", kForms);
  }
  // No manifest parses as a sealed report: what is a signature in one is a number in the other.
  v1::SealedReport sealed;
  const proto::Bounds bounds{2 * report::kMaxSealedBytes, proto::kMaxFields};
  if (AsText(file).starts_with("{")) {
    const Status parsed =
        proto::FromJsonInto(AsText(file), bounds, proto::Unknown::kIgnore, sealed);
    if (parsed.ok() && !sealed.manifest().empty()) return SealedHash(sealed);
    return UsageFailure("The JSON in the file is no sealed report",
                        "Of an export, take the file manifest: manifest.json is for reading.");
  }
  if (proto::ParseInto(file, bounds, proto::Unknown::kRefuse, sealed).ok() &&
      !sealed.manifest().empty() && !sealed.signature().empty()) {
    return SealedHash(sealed);
  }
  const auto manifest = proto::ParseSigned<v1::Manifest>(file, report::kMaxManifestBytes);
  if (manifest.ok() && manifest->compartments_size() != 0) return report::ReportHash(file);
  return UsageFailure("The file is no report", kForms);
}

std::string FormatProofFile(const ProofFile& proof) {
  JsonObject json;
  json.Add("promise", proof.promise);
  json.Add("report", Base64Encode(AsBytes(proof.report)));
  if (!proof.channel.empty()) json.Add("channel", proof.channel);
  return std::string(AsText(json.Text().Reveal())) + "\n";
}

Outcome<ProofFile> ParseProofFile(std::string_view text) {
  SC_ASSIGN(const google::protobuf::Struct object,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<google::protobuf::Struct>(text, kMaxProofFile,
                                                                proto::Unknown::kIgnore),
                      "The proof file is no JSON object"));
  ProofFile proof;
  proof.promise = proto::TextMember(object, "promise");
  proof.channel = proto::TextMember(object, "channel");
  const Result<Bytes> report = Base64Decode(proto::TextMember(object, "report"));
  if (proof.promise.empty() || !report.ok() || report->empty()) {
    return UsageFailure("The proof file lacks its promise or its report",
                        "It is the file that report submit --keep-proof wrote.");
  }
  proof.report = AsText(*report);
  return proof;
}

}  // namespace safeconduct::cli
