#include "gateway/sms/outbound/http.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/outbound/sending.h"

namespace safeconduct::sms {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

template <typename T, typename U>
bool Contains(const std::vector<T>& values, const U& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Sending ByStatus(const HttpSendSettings& settings, int status) {
  if (Contains(settings.taken, status)) return Sending::kTaken;
  if (Contains(settings.later, status)) return Sending::kLater;
  if (Contains(settings.refused, status)) return Sending::kRefused;
  return Sending::kUnsure;
}

Sending ByOutcome(const HttpSendSettings& settings, const Fields& fields) {
  const std::vector<std::string_view> values = ValuesOf(fields, settings.outcome);
  const auto all = [&](const std::vector<std::string>& meaning) {
    return !values.empty() &&
           std::all_of(values.begin(), values.end(),
                       [&](std::string_view value) { return Contains(meaning, value); });
  };
  if (all(settings.outcome_taken)) return Sending::kTaken;
  if (all(settings.outcome_later)) return Sending::kLater;
  if (all(settings.outcome_refused)) return Sending::kRefused;
  return Sending::kUnsure;
}

Error Bad(Message message, Message field) { return {Code::kMalformed, message, field}; }

Status CheckTemplates(const HttpSendSettings& settings) {
  if (const Status status = CheckTemplate(settings.url); !status.ok()) {
    return status.error().In("url");
  }
  if (const Status status = CheckTemplate(settings.body); !status.ok()) {
    return status.error().In("body");
  }
  for (const auto& header : settings.headers) {
    const Status status = CheckTemplate(header.value);
    if (!status.ok()) return status.error().In("headers");
    if (header.name.empty() || !IsHeaderValue(header.name) || !IsHeaderValue(header.value)) {
      return Bad("not a header", "headers");
    }
  }
  const std::string all = settings.url + settings.body;
  if (all.find("{text}") == std::string::npos) return Bad("{text} is nowhere", "body");
  if (all.find("{to}") == std::string::npos && all.find("{to_digits}") == std::string::npos) {
    return Bad("neither {to} nor {to_digits} is anywhere", "body");
  }
  // What stands before the path says to whom the secret goes.
  const std::size_t path = settings.url.find('/', settings.url.find("://") + 3);
  if (settings.url.substr(0, path).find('{') != std::string::npos) {
    return Bad("nothing is filled in before the path", "url");
  }
  return {};
}

Status CheckRest(const HttpSendSettings& settings) {
  if (settings.method != "GET" && settings.method != "POST") return Bad("GET or POST", "method");
  if (settings.method == "GET" && !settings.body.empty()) return Bad("a GET has none", "body");
  if (!settings.user.empty() && !settings.secret_header.empty()) {
    return Bad("either a user or a header goes with the secret", "secret_header");
  }
  const bool named = !settings.user.empty() || !settings.secret_header.empty();
  if (named == settings.secret.empty()) {
    return Bad("goes with user or secret_header", "secret_file");
  }
  if (!IsHeaderValue(AsText(settings.secret.Reveal())) || !IsHeaderValue(settings.secret_header) ||
      !IsHeaderValue(settings.secret_prefix) || settings.user.find(':') != std::string::npos) {
    return Bad("with a line break, or a user with a colon", "secret_file");
  }
  if (settings.taken.empty()) return Bad("none", "taken");
  for (const int status : settings.taken) {
    if (Contains(settings.later, status) || Contains(settings.refused, status)) {
      return Bad("a status stands in two lists", "taken");
    }
  }
  if (!settings.outcome.empty() && settings.outcome_taken.empty()) {
    return Bad("goes with outcome", "outcome_taken");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Provider>> HttpProvider::Make(HttpSendSettings settings) {
  SC_TRY(CheckCommon(settings));
  SC_TRY(CheckTemplates(settings));
  SC_TRY(CheckRest(settings));
  const std::optional<Escape> escape = EscapeFor(settings.content_type);
  if (!escape || !IsHeaderValue(settings.content_type)) {
    return Bad("a form, JSON or XML", "content_type");
  }
  return std::unique_ptr<Provider>(new HttpProvider(std::move(settings), *escape));
}

HttpProvider::HttpProvider(HttpSendSettings settings, Escape escape)
    : settings_(std::move(settings)), escape_(escape), client_(FetchSettings(settings_)) {}

std::vector<fetch::Header> HttpProvider::MakeHeaders(const TemplateValues& values) const {
  std::vector<fetch::Header> out;
  if (settings_.method == "POST") out.push_back({"Content-Type", settings_.content_type});
  const std::string secret(AsText(settings_.secret.Reveal()));
  if (!settings_.user.empty()) {
    out.push_back(
        {"Authorization", "Basic " + Base64Encode(AsBytes(settings_.user + ":" + secret))});
  } else if (!settings_.secret_header.empty()) {
    out.push_back({settings_.secret_header, settings_.secret_prefix + secret});
  }
  for (const auto& header : settings_.headers) {
    out.push_back({header.name, Fill(header.value, values, Escape::kHeader)});
  }
  return out;
}

SendResult HttpProvider::FromAnswer(const fetch::Answer& answer) const {
  SendResult out;
  out.state = ByStatus(settings_, answer.status);
  if (out.state != Sending::kTaken) return out;
  Result<Fields> parsed = Fields();
  if (!settings_.outcome.empty() || !settings_.id.empty()) parsed = ParseJsonFields(answer.body);
  const Fields fields = parsed.ok() ? *std::move(parsed) : Fields();
  if (!settings_.outcome.empty()) out.state = ByOutcome(settings_, fields);
  out.provider_id = settings_.id_header.empty() ? ValueOf(fields, settings_.id)
                                                : answer.Find(settings_.id_header);
  if (out.provider_id.size() > kMaxIdBytes) out.provider_id.clear();
  return out;
}

SendResult HttpProvider::Send(const Number& to, std::string_view from, std::string_view text,
                              std::string_view token) {
  const std::string prefixed = settings_.number_prefix + to.digits;
  const TemplateValues values = {prefixed, to.digits, from, text, token};
  const std::string body = Fill(settings_.body, values, escape_);
  fetch::Request request;
  request.method = settings_.method;
  request.url = Fill(settings_.url, values, Escape::kPercent);
  request.headers = MakeHeaders(values);
  request.body = AsBytes(body);
  request.timeout = settings_.timeout;
  request.max_answer_bytes = kMaxAnswerBytes;
  fetch::Reach reach = fetch::Reach::kMaybe;
  const Result<fetch::Answer> answer = client_.Send(request, &reach);
  if (!answer.ok()) return {WithoutAnswer(answer.error(), reach), ""};
  return FromAnswer(*answer);
}

}  // namespace safeconduct::sms
