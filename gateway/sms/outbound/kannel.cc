#include "gateway/sms/outbound/kannel.h"

#include <utility>

#include "gateway/sms/inbound/kannel.h"
#include "gateway/sms/outbound/sending.h"
#include "gateway/sms/text/length.h"

namespace safeconduct::sms {
namespace {

// Delivered to the telephone (1), not delivered (2), rejected by the SMSC (16).
constexpr const char* kReports = "19";
constexpr const char* kGsm7 = "0";
constexpr const char* kUcs2 = "2";
constexpr std::size_t kMaxAnswerBytes = 4 * 1024;

Sending FromAnswer(const fetch::Answer& answer) {
  switch (answer.status) {
    case 202:
      return Sending::kTaken;
    case 400:
    case 403:
    case 404:
    case 405:
    case 415:
      return Sending::kRefused;
    case 503:
      // Kannel's own words, and not those of something in between.
      return answer.body.starts_with("Temporal failure") ? Sending::kLater : Sending::kUnsure;
    default:
      return Sending::kUnsure;
  }
}

}  // namespace

Result<std::unique_ptr<Provider>> KannelProvider::Make(KannelSendSettings settings) {
  SC_TRY(CheckCommon(settings));
  const auto bad = [](Message message, Message field) {
    return Error(Code::kMalformed, message, field);
  };
  if (settings.username.empty() || !IsHeaderValue(settings.username))
    return bad("none", "username");
  if (settings.password.empty() || !IsHeaderValue(AsText(settings.password.Reveal()))) {
    return bad("none, or with a line break", "password_file");
  }
  if (!IsHeaderValue(settings.smsc)) return bad("with a line break", "smsc");
  const std::string& url = settings.delivery_url;
  if (url.empty() != settings.delivery_secret.empty()) {
    return bad("goes with delivery_url", "delivery_secret_file");
  }
  if (!url.empty()) {
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    // Kannel replaces % and what follows.
    if (!http || !IsHeaderValue(url) || url.find_first_of("%?#") != std::string::npos) {
      return bad("like http://127.0.0.1:8091/kannel/delivery", "delivery_url");
    }
    if (!IsKannelSecret(settings.delivery_secret.Reveal())) {
      return bad("16 to 128 of A-Z a-z 0-9 - _", "delivery_secret_file");
    }
  }
  return std::unique_ptr<Provider>(new KannelProvider(std::move(settings)));
}

KannelProvider::KannelProvider(KannelSendSettings settings)
    : settings_(std::move(settings)), client_(FetchSettings(settings_)) {}

fetch::Request KannelProvider::MakeRequest(const Number& to, std::string_view from,
                                           std::string_view text, std::string_view token) const {
  fetch::Request request;
  request.method = "POST";
  request.url = settings_.url;
  request.timeout = settings_.timeout;
  request.max_answer_bytes = kMaxAnswerBytes;
  request.body = AsBytes(text);
  request.headers = {
      {"Content-Type", "text/plain; charset=UTF-8"},
      {"X-Kannel-Username", settings_.username},
      {"X-Kannel-Password", std::string(AsText(settings_.password.Reveal()))},
      {"X-Kannel-To", settings_.number_prefix + to.digits},
      {"X-Kannel-Coding", LengthOf(text).gsm7 ? kGsm7 : kUcs2},
  };
  if (!from.empty()) request.headers.push_back({"X-Kannel-From", std::string(from)});
  if (!settings_.smsc.empty()) request.headers.push_back({"X-Kannel-SMSC", settings_.smsc});
  if (!settings_.delivery_url.empty()) {
    std::string url = settings_.delivery_url + "?secret=";
    url += AsText(settings_.delivery_secret.Reveal());
    url += "&token=";
    url += token;
    url += "&status=%d";
    request.headers.push_back({"X-Kannel-DLR-Mask", kReports});
    request.headers.push_back({"X-Kannel-DLR-URL", std::move(url)});
  }
  return request;
}

SendResult KannelProvider::Send(const Number& to, std::string_view from, std::string_view text,
                                std::string_view token) {
  fetch::Reach reach = fetch::Reach::kMaybe;
  const Result<fetch::Answer> answer = client_.Send(MakeRequest(to, from, text, token), &reach);
  if (!answer.ok()) return {WithoutAnswer(answer.error(), reach), ""};
  return {FromAnswer(*answer), ""};
}

}  // namespace safeconduct::sms
