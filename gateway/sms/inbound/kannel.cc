#include "gateway/sms/inbound/kannel.h"

#include <algorithm>

#include "crypto/base/text.h"
#include "gateway/sms/inbound/checks.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/inbound/user_data_header.h"
#include "gateway/sms/text/decode.h"

namespace safeconduct::sms {
namespace {

// Bits of a delivery report (gw/dlr.h). 4 is "buffered" and 8 "accepted by the SMSC"; with 2 come
// 32, expired, and 64, unknown.
constexpr std::uint64_t kDelivered = 1;
constexpr std::uint64_t kFailed = 2;
constexpr std::uint64_t kRejected = 16;
constexpr std::uint64_t kMaxStatus = 255;

constexpr std::string_view kEightBits = "1";
constexpr std::string_view kUcs2 = "2";

// text/plain; charset="UTF-16BE"
std::string_view CharsetOf(std::string_view content_type) {
  constexpr std::string_view kName = "charset=";
  const std::size_t at = content_type.find(kName);
  if (at == std::string_view::npos) return {};
  std::string_view value = content_type.substr(at + kName.size());
  value = value.substr(0, value.find(';'));
  return value;  // names are compared without quotes
}

std::string Decode(std::string_view bytes, std::string_view coding, std::string_view charset) {
  // What Kannel converted it to is named; only then does the coding say it.
  if (std::optional<std::string> text = FromCharset(charset, bytes)) return *std::move(text);
  if (coding == kUcs2) return FromUtf16(AsBytes(bytes));
  if (coding == kEightBits) return FromUnnamed(bytes);
  return FromUtf8(bytes);
}

Result<Arrived> ReadDelivery(const Fields& query) {
  const Result<std::uint64_t> status = ParseDecimal(ValueOf(query, "status"), kMaxStatus);
  if (!status.ok()) return Error(Code::kMalformed, "not a status of Kannel's", "status");
  const bool failed = (*status & (kFailed | kRejected)) != 0;
  const Result<DeliveryReport> report = MakeReport(
      ValueOf(query, "token"), {}, failed ? DeliveryNews::kFailed : DeliveryNews::kDelivered);
  if (!report.ok()) return report.error();
  if (!failed && (*status & kDelivered) == 0) return Arrived(NoNews{});
  return Arrived(*report);
}

}  // namespace

bool IsKannelSecret(ByteView secret) {
  return secret.size() >= 16 && secret.size() <= 128 &&
         std::all_of(secret.begin(), secret.end(), [](std::uint8_t c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

Result<std::unique_ptr<Interface>> KannelInterface::Make(KannelSettings settings) {
  SC_TRY(CheckCommon(settings));
  if (!IsKannelSecret(settings.secret.Reveal())) {
    return Error(Code::kMalformed, "the secret for Kannel is 16 to 128 of A-Z a-z 0-9 - _",
                 "secret_file");
  }
  return std::unique_ptr<Interface>(new KannelInterface(std::move(settings)));
}

bool KannelInterface::Takes(std::string_view path) const { return IsUnder(path, settings_); }

http::Response KannelInterface::Accepted() const {
  return MakeAnswer(200, "text/plain; charset=utf-8", "");
}

Result<Arrived> KannelInterface::Read(const http::Request& request, std::int64_t) const {
  const http::RequestHead& head = request.head;
  const Result<Fields> parsed = ParseForm(head.query());
  if (!parsed.ok()) return Error(Code::kUnauthorized, "a query of too many fields", "query");
  const Fields& query = *parsed;
  if (!SameText(ValueOf(query, "secret"), AsText(settings_.secret.Reveal()))) {
    return Error(Code::kUnauthorized, "no secret or another", "secret");
  }
  if (IsDelivery(head.path(), settings_)) return ReadDelivery(query);
  if (head.method != http::Method::kGet && head.method != http::Method::kPost) {
    return Error(Code::kUnsupported, "neither GET nor POST", "method");
  }
  if (request.body.size() > kMaxBodyBytes) return Error(Code::kTooLarge, "over 64 KiB", "body");

  const auto query_or_header = [&](std::string_view name, std::string_view header) {
    const std::string_view value = ValueOf(query, name);
    return value.empty() ? head.Find(header) : value;
  };
  const std::string_view coding = query_or_header("coding", "x-kannel-coding");
  const bool posted = head.method == http::Method::kPost;
  std::string_view charset = ValueOf(query, "charset");
  if (posted && charset.empty()) charset = CharsetOf(head.Find("content-type"));
  const std::string* const udh = FindField(query, "udh");
  const std::string header =
      udh != nullptr && !udh->empty() ? *udh : FormDecode(head.Find("x-kannel-udh"));
  SC_ASSIGN(Incoming message,
            MakeIncoming({ValueOf(query, "id"), query_or_header("from", "x-kannel-from"),
                          query_or_header("to", "x-kannel-to"),
                          Decode(posted ? std::string_view(request.body) : ValueOf(query, "text"),
                                 coding, charset),
                          PartFromUserDataHeader(AsBytes(header))},
                         settings_));
  return Arrived(std::move(message));
}

}  // namespace safeconduct::sms
