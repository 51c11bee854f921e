// Requests of the telephone side: a method, a target, headers and a body, to each kind of
// interface, authentic as far as their secrets go. What is taken is within its bounds and in UTF-8.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/text.h"
#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/inbound/interfaces.h"
#include "gateway/sms/inbound/user_data_header.h"
#include "proto/parse.h"

namespace {

using namespace safeconduct;  // NOLINT

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

void Require(bool holds) {
  if (!holds) std::abort();
}

// "POST /path?query\nname: value\n\nbody"
http::Request RequestFrom(std::string_view text) {
  http::Request request;
  std::string_view line = TakeLine(text).value_or("");
  request.head.method = http::Method::kGet;
  if (line.starts_with("POST ")) request.head.method = http::Method::kPost;
  request.head.target = line.substr(std::min(line.size(), line.find(' ') + 1));
  while (!text.empty()) {
    line = TakeLine(text).value_or("");
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) break;
    request.head.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  request.body = text;
  return request;
}

template <typename Settings>
Settings WithCommon() {
  Settings settings;
  settings.name = "name";
  settings.path = "/in";
  settings.country_code = "41";
  return settings;
}

sms::InterfaceSettings Kannel() {
  auto settings = WithCommon<sms::KannelSettings>();
  settings.secret = SecretBytes::Copy(AsBytes(kSecret));
  return settings;
}

sms::InterfaceSettings Webhook() {
  auto settings = WithCommon<sms::WebhookSettings>();
  settings.secret = SecretBytes::Copy(AsBytes(kSecret));
  return settings;
}

sms::InterfaceSettings Form(sms::FormAuthentication::Kind kind) {
  auto settings = WithCommon<sms::FormSettings>();
  sms::FormAuthentication& authentication = settings.authentication;
  authentication.kind = kind;
  authentication.secret = SecretBytes::Copy(AsBytes(kSecret));
  if (kind == sms::FormAuthentication::Kind::kToken) {
    authentication.query = "secret";
  } else {
    authentication.field = "sig";
    authentication.over = sms::FormAuthentication::Signed::kFields;
  }
  settings.fields = {"id", "from", "to", "text", "ref", "part", "parts"};
  settings.delivery = {"id", "token", "status", {"1"}, {"2"}};
  return settings;
}

void Check(const sms::Interface& interface, const http::Request& request) {
  const Result<sms::Arrived> arrived = interface.Read(request, kNow);
  if (!arrived.ok()) return;
  if (const auto* message = std::get_if<sms::Incoming>(&*arrived)) {
    Require(!message->id.empty() && message->id.size() <= sms::kMaxIdBytes);
    Require(message->text.size() <= sms::kMaxTextBytes && IsUtf8(message->text));
    Require(IsUtf8(message->to) && message->to.size() <= 192);
    Require(message->from.digits.size() >= 7 && message->from.digits.size() <= 15);
    if (message->part) {
      Require(message->part->count >= 2 && message->part->count <= 255);
      Require(message->part->index >= 1 && message->part->index <= message->part->count);
    }
  }
  if (const auto* report = std::get_if<sms::DeliveryReport>(&*arrived)) {
    Require(!report->token.empty() || !report->provider_id.empty());
    Require(report->token.empty() || report->token.size() == 32);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool kReady = InitCrypto().ok();
  Require(kReady);
  proto::QuietProtobuf();
  static const auto kKannel = *sms::MakeInterface(Kannel());
  static const auto kWebhook = *sms::MakeInterface(Webhook());
  static const auto kToken = *sms::MakeInterface(Form(sms::FormAuthentication::Kind::kToken));
  static const auto kSigned = *sms::MakeInterface(Form(sms::FormAuthentication::Kind::kHmac));

  http::Request request = RequestFrom(AsText({data, size}));
  Check(*kKannel, request);
  Check(*kToken, request);
  Check(*kSigned, request);
  const std::string time = std::to_string(kNow);
  const std::string text = time + "." + request.body;
  request.head.headers = {
      {"x-safeconduct-timestamp", time},
      {"x-safeconduct-signature", HexEncode(HmacSha256(AsBytes(kSecret), AsBytes(text)))}};
  Check(*kWebhook, request);

  const auto part = sms::PartFromUserDataHeader({data, size});
  if (part) Require(part->index >= 1 && part->index <= part->count);
  const std::string bytes(AsText({data, size}));
  Require(sms::FormDecode(sms::PercentEncode(bytes)) == bytes);
  return 0;
}
