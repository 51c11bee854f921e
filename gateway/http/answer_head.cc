#include "gateway/http/answer_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace safeconduct::http {
namespace {

std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 460:
      return "Checksum Mismatch";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "";  // RFC 9112 section 4: may be empty, and clients ignore it
  }
}

void AppendNumber(std::uint64_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return ToLower(a) == b; });
}

bool IsServers(std::string_view name) {
  switch (name.size()) {
    case 4:
      return EqualIgnoringCase(name, "date");
    case 10:
      return EqualIgnoringCase(name, "connection");
    case 14:
      return EqualIgnoringCase(name, "content-length");
    case 17:
      return EqualIgnoringCase(name, "transfer-encoding");
    default:
      return false;
  }
}

// RFC 9110 section 5.6.2.
bool IsToken(std::string_view name) {
  static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool IsValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
  });
}

}  // namespace

std::string FormatDate(std::time_t seconds) {
  static constexpr char kDays[] = "SunMonTueWedThuFriSat";
  static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string out;
  const auto pad = [&out](int number) {
    if (number < 10) out += '0';
    AppendNumber(static_cast<std::uint64_t>(number), out);
  };
  out.append(kDays + parts.tm_wday * 3, 3).append(", ");
  pad(parts.tm_mday);
  out.append(" ").append(kMonths + parts.tm_mon * 3, 3).append(" ");
  pad(parts.tm_year + 1900);
  out += ' ';
  pad(parts.tm_hour);
  out += ':';
  pad(parts.tm_min);
  out += ':';
  pad(parts.tm_sec);
  return out.append(" GMT");
}

std::string_view DateLine::Get() {
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != seconds_ || text_.empty()) {
    seconds_ = now.tv_sec;
    text_ = FormatDate(seconds_);
  }
  return text_;
}

bool IsSendable(const Response& response) {
  return response.status >= 200 && response.status <= 599 &&
         std::all_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
           return IsToken(header.name) && IsValue(header.value);
         });
}

bool HasNoBody(int status) { return status == 204 || status == 304; }

void AppendAnswerHead(const Response& response, std::uint64_t content_length, AfterAnswer after,
                      std::string_view date, std::string& out) {
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<std::uint64_t>(response.status), out);
  out.append(" ").append(Reason(response.status)).append("\r\nDate: ").append(date);
  for (const Header& header : response.headers) {
    if (IsServers(header.name)) continue;
    out.append("\r\n").append(header.name).append(": ").append(header.value);
  }
  if (!HasNoBody(response.status)) {
    out.append("\r\nContent-Length: ");
    AppendNumber(content_length, out);
  }
  if (after == AfterAnswer::kClose) out.append("\r\nConnection: close");
  out.append("\r\n\r\n");
}

}  // namespace safeconduct::http
