#include "gateway/sms/inbound/form.h"

#include <algorithm>

#include "crypto/base/text.h"
#include "gateway/sms/inbound/checks.h"
#include "gateway/sms/inbound/fields.h"
#include "gateway/sms/inbound/form_authentication.h"
#include "gateway/sms/text/decode.h"

namespace safeconduct::sms {
namespace {

constexpr std::uint64_t kMaxReference = 0xFFFFFFFF;
constexpr std::uint64_t kMaxParts = 255;

bool IsJson(const http::RequestHead& head) {
  std::string_view type = head.Find("content-type");
  type = type.substr(0, type.find(';'));
  return type == "application/json" || type.ends_with("+json");
}

// The fields of the body; none when it is neither a form nor an object.
Result<Fields> ReadBody(const http::Request& request) {
  if (request.body.empty()) return Fields();
  return IsJson(request.head) ? ParseJsonFields(request.body) : ParseForm(request.body);
}

// The body's, or else the query's.
class Mapped {
 public:
  Mapped(const Fields& query, const Fields& body) : query_(query), body_(body) {}
  std::string_view operator[](std::string_view name) const {
    const std::string* const value = FindField(body_, name);
    return value != nullptr ? std::string_view(*value) : ValueOf(query_, name);
  }

 private:
  const Fields& query_;
  const Fields& body_;
};

std::optional<Part> ReadPart(const FormFields& names, const Mapped& values) {
  if (names.part_count.empty()) return std::nullopt;
  const auto reference = ParseDecimal(values[names.part_reference], kMaxReference);
  const auto index = ParseDecimal(values[names.part_index], kMaxParts);
  const auto count = ParseDecimal(values[names.part_count], kMaxParts);
  if (!reference.ok() || !index.ok() || !count.ok()) return std::nullopt;
  return MakePart(*reference, *index, *count);
}

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Result<Arrived> ReadDelivery(const FormDelivery& names, const Mapped& values) {
  const std::string_view status = values[names.status];
  const bool delivered = Contains(names.delivered, status);
  if (!delivered && !Contains(names.failed, status)) return Arrived(NoNews{});
  SC_ASSIGN(DeliveryReport report,
            MakeReport(values[names.token], values[names.id],
                       delivered ? DeliveryNews::kDelivered : DeliveryNews::kFailed));
  return Arrived(std::move(report));
}

Status CheckFields(const FormSettings& settings) {
  const auto bad = [](Message message, Message field) {
    return Error(Code::kMalformed, message, field);
  };
  const FormFields& fields = settings.fields;
  if (fields.id.empty()) return bad("needed to tell what came before", "fields.id");
  if (fields.from.empty()) return bad("needed", "fields.from");
  if (fields.text.empty()) return bad("needed", "fields.text");
  const bool some =
      !fields.part_reference.empty() || !fields.part_index.empty() || !fields.part_count.empty();
  const bool all =
      !fields.part_reference.empty() && !fields.part_index.empty() && !fields.part_count.empty();
  if (some != all) return bad("all three of a part or none", "fields.part_reference");
  const FormDelivery& delivery = settings.delivery;
  if (!delivery.status.empty() && delivery.id.empty() && delivery.token.empty()) {
    return bad("neither id nor token", "delivery.token");
  }
  if (!FromCharset(settings.charset, "")) return bad("not known here", "charset");
  if (settings.answer_status < 200 || settings.answer_status > 299) {
    return bad("not a 2xx", "answer_status");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Interface>> FormInterface::Make(FormSettings settings) {
  SC_TRY(CheckCommon(settings));
  SC_TRY(CheckSettings(settings.authentication));
  SC_TRY(CheckFields(settings));
  return std::unique_ptr<Interface>(new FormInterface(std::move(settings)));
}

bool FormInterface::Takes(std::string_view path) const {
  return path == settings_.path ||
         (!settings_.delivery.status.empty() && IsDelivery(path, settings_));
}

http::Response FormInterface::Accepted() const {
  return MakeAnswer(settings_.answer_status, settings_.answer_type, settings_.answer_body);
}

Result<Arrived> FormInterface::Read(const http::Request& request, std::int64_t now) const {
  const http::RequestHead& head = request.head;
  if (request.body.size() > kMaxBodyBytes) return Error(Code::kTooLarge, "over 64 KiB", "body");
  const Result<Fields> parsed = ParseForm(head.query());
  if (!parsed.ok()) return Error(Code::kUnauthorized, "a query of too many fields", "query");
  const Fields& query = *parsed;
  // Only after the signature does it matter whether the body can be read.
  Result<Fields> body = ReadBody(request);
  SC_TRY(Authenticate(settings_.authentication, request, query, body.ok() ? *body : Fields(), now));
  if (!body.ok()) return body.error().In("body");
  if (head.method != http::Method::kGet && head.method != http::Method::kPost) {
    return Error(Code::kUnsupported, "neither GET nor POST", "method");
  }
  const Mapped values(query, *body);
  if (IsDelivery(head.path(), settings_)) return ReadDelivery(settings_.delivery, values);

  const FormFields& names = settings_.fields;
  std::string text = *FromCharset(IsJson(head) ? "UTF-8" : settings_.charset, values[names.text]);
  SC_ASSIGN(Incoming message, MakeIncoming({values[names.id], values[names.from], values[names.to],
                                            std::move(text), ReadPart(names, values)},
                                           settings_));
  return Arrived(std::move(message));
}

}  // namespace safeconduct::sms
