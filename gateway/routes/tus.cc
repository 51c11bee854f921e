#include "gateway/routes/tus.h"

#include <array>
#include <ctime>
#include <utility>

#include "crypto/base/text.h"

namespace safeconduct::routes::tus {
namespace {

// A header that must be there once.
Result<std::uint64_t> Number(const http::RequestHead& head, std::string_view name, Message field) {
  const Error missing(Code::kMalformed, "this header must be there, as one number", field);
  if (head.Count(name) != 1) return missing;
  const Result<std::uint64_t> number = ParseDecimal(head.Find(name), UINT64_MAX);
  if (!number.ok()) return missing;
  return *number;
}

void AppendTwoDigits(std::string& out, int number) {
  out += static_cast<char>('0' + number / 10 % 10);
  out += static_cast<char>('0' + number % 10);
}

}  // namespace

Status CheckVersion(const http::RequestHead& head) {
  if (head.Count("tus-resumable") == 1 && head.Find("tus-resumable") == kVersion) return {};
  return Error(Code::kUnsupported, "uploads are made by tus 1.0.0", "tus-resumable");
}

Result<std::uint64_t> CreationLength(const http::RequestHead& head) {
  if (head.Count("upload-defer-length") > 0) {
    return Error(Code::kUnsupported, "the length of an upload must be known at its creation",
                 "upload-defer-length");
  }
  if (head.Count("upload-concat") > 0) {
    return Error(Code::kUnsupported, "uploads are not made from parts", "upload-concat");
  }
  return Number(head, "upload-length", "upload-length");
}

Result<Append> ParseAppend(const http::RequestHead& head) {
  Append append;
  SC_ASSIGN(append.offset, Number(head, "upload-offset", "upload-offset"));
  append.bytes = head.content_length;
  if (head.Count("upload-checksum") > 1) {
    return Error(Code::kMalformed, "one body has one checksum", "upload-checksum");
  }
  if (head.Count("upload-checksum") == 1) {
    SC_ASSIGN(append.checksum, uploads::Checksum::Parse(head.Find("upload-checksum")));
  }
  return append;
}

http::Method EffectiveMethod(const http::RequestHead& head) {
  if (head.method != http::Method::kPost || head.Count("x-http-method-override") != 1) {
    return head.method;
  }
  const std::string_view name = head.Find("x-http-method-override");
  for (const http::Method method :
       {http::Method::kPost, http::Method::kHead, http::Method::kPatch, http::Method::kDelete}) {
    if (name == http::MethodName(method)) return method;
  }
  return http::Method::kOther;
}

std::string HttpDate(std::int64_t unix_seconds) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::string out = kDays[static_cast<std::size_t>(parts.tm_wday)];
  out += ", ";
  AppendTwoDigits(out, parts.tm_mday);
  out += ' ';
  out += kMonths[static_cast<std::size_t>(parts.tm_mon)];
  out += ' ' + std::to_string(parts.tm_year + 1900) + ' ';
  AppendTwoDigits(out, parts.tm_hour);
  out += ':';
  AppendTwoDigits(out, parts.tm_min);
  out += ':';
  AppendTwoDigits(out, parts.tm_sec);
  out += " GMT";
  return out;
}

void AddHeaders(http::Response& response, const uploads::Progress* progress) {
  response.headers.push_back({"tus-resumable", std::string(kVersion)});
  if (progress != nullptr) {
    response.headers.push_back({"upload-expires", HttpDate(progress->expires)});
  }
}

}  // namespace safeconduct::routes::tus
