#include "gateway/sms/inbound/checks.h"

#include <algorithm>

#include "crypto/base/secret.h"
#include "crypto/base/text.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/text/decode.h"

namespace safeconduct::sms {
namespace {

constexpr std::string_view kDelivery = "/delivery";
constexpr std::size_t kTokenDigits = 32;
constexpr std::size_t kMaxPathBytes = 200;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxAddressBytes = 64;
constexpr std::uint64_t kMaxTimestamp = 1ULL << 40;

bool All(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return text.size() == kTokenDigits && All(text, "0123456789abcdef");
}

}  // namespace

Status CheckCommon(const CommonSettings& settings) {
  if (settings.name.empty() || settings.name.size() > kMaxNameBytes ||
      !All(settings.name, "abcdefghijklmnopqrstuvwxyz0123456789-_")) {
    return Error(Code::kMalformed, "a name is 1 to 64 of a-z 0-9 - _", "name");
  }
  const std::string& path = settings.path;
  if (path.size() < 2 || path.size() > kMaxPathBytes || path.front() != '/' || path.back() == '/' ||
      path.ends_with(kDelivery) || path.find_first_of("?#% ") != std::string::npos) {
    return Error(Code::kMalformed, "a path is like /kannel, and does not end in /delivery", "path");
  }
  if (settings.country_code.size() > 3 || !All(settings.country_code, "0123456789") ||
      settings.country_code.starts_with('0')) {
    return Error(Code::kMalformed, "a country code is 1 to 3 digits, like 41", "country_code");
  }
  return {};
}

bool IsUnder(std::string_view path, const CommonSettings& settings) {
  return path == settings.path || IsDelivery(path, settings);
}

bool IsDelivery(std::string_view path, const CommonSettings& settings) {
  return path.starts_with(settings.path) && path.substr(settings.path.size()) == kDelivery;
}

bool SameText(std::string_view a, std::string_view b) {
  return ConstantTimeEqual(AsBytes(a), AsBytes(b));
}

Status CheckAge(std::string_view timestamp, std::int64_t now, std::int64_t window_seconds) {
  const Result<std::uint64_t> seconds = ParseDecimal(timestamp, kMaxTimestamp);
  if (!seconds.ok()) return Error(Code::kUnauthorized, "no time of signing", "timestamp");
  const auto then = static_cast<std::int64_t>(*seconds);
  if (then < now - window_seconds || then > now + window_seconds) {
    return Error(Code::kExpired, "signed too long ago, or a clock is wrong", "timestamp");
  }
  return {};
}

Result<Incoming> MakeIncoming(RawMessage raw, const CommonSettings& settings) {
  if (raw.id.empty()) return Error(Code::kMalformed, "a message without an id", "id");
  if (raw.id.size() > kMaxIdBytes) return Error(Code::kTooLarge, "an id over 256 bytes", "id");
  if (raw.to.size() > kMaxAddressBytes) return Error(Code::kTooLarge, "over 64 bytes", "to");
  Result<Number> from = ParseNumber(raw.from, settings.country_code);
  if (!from.ok()) return from.error().In("from");
  Incoming out;
  out.interface = settings.name;
  out.id = raw.id;
  out.from = *std::move(from);
  out.to = FromUtf8(raw.to);
  out.text = Bounded(std::move(raw.text), kMaxTextBytes);
  out.part = raw.part;
  return out;
}

std::optional<Part> MakePart(std::uint64_t reference, std::uint64_t index, std::uint64_t count) {
  constexpr std::uint64_t kMaxParts = 255;
  constexpr std::uint64_t kMaxReference = 0xFFFFFFFF;
  if (reference > kMaxReference || count < 2 || count > kMaxParts) return std::nullopt;
  if (index < 1 || index > count) return std::nullopt;
  return Part{static_cast<std::uint32_t>(reference), static_cast<std::uint32_t>(index),
              static_cast<std::uint32_t>(count)};
}

Result<DeliveryReport> MakeReport(std::string_view token, std::string_view provider_id,
                                  DeliveryNews news) {
  if (!token.empty() && !IsToken(token)) {
    return Error(Code::kMalformed, "not a token that was given out", "token");
  }
  if (provider_id.size() > kMaxIdBytes) return Error(Code::kTooLarge, "an id over 256 bytes", "id");
  if (token.empty() && provider_id.empty()) {
    return Error(Code::kMalformed, "neither token nor id", "token");
  }
  return DeliveryReport{std::string(token), std::string(provider_id), news};
}

http::Response MakeAnswer(int status, std::string type, std::string body) {
  http::Response out;
  out.status = status;
  out.headers.push_back({"content-type", std::move(type)});
  out.body = std::move(body);
  return out;
}

}  // namespace safeconduct::sms
