#include "gateway/sms/outbound/sending.h"

#include <algorithm>

namespace safeconduct::sms {

Status CheckCommon(const CommonSendSettings& settings) {
  using std::chrono::milliseconds;
  const bool https = settings.url.starts_with("https://");
  if (!https && !(settings.allow_http && settings.url.starts_with("http://"))) {
    return Error(Code::kMalformed, "https://…, or http://… with allow_http", "url");
  }
  if (!settings.proxy.empty() && !settings.proxy.starts_with("socks5h://")) {
    return Error(Code::kMalformed, "socks5h://host:port", "proxy");
  }
  if (settings.number_prefix.find_first_not_of("+0") != std::string::npos) {
    return Error(Code::kMalformed, "\"+\", \"00\" or nothing", "number_prefix");
  }
  if (settings.timeout < milliseconds(1'000) || settings.timeout > milliseconds(300'000)) {
    return Error(Code::kMalformed, "1 to 300 seconds", "timeout_seconds");
  }
  return {};
}

fetch::Settings FetchSettings(const CommonSendSettings& settings) {
  fetch::Settings out;
  out.ca_file = settings.ca_file;
  out.proxy = settings.proxy;
  out.allow_http = settings.allow_http;
  return out;
}

Sending WithoutAnswer(const Error& error, fetch::Reach reach) {
  if (reach == fetch::Reach::kMaybe) return Sending::kUnsure;
  // A request that our own side does not send will not be better the next time.
  const bool ours = error.code() == Code::kMalformed || error.code() == Code::kRejected ||
                    error.code() == Code::kUnsupported;
  return ours ? Sending::kRefused : Sending::kLater;
}

bool IsHeaderValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace safeconduct::sms
