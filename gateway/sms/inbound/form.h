// Form posts, JSON posts and GETs of any provider, as the configuration maps them (FormSettings).
#ifndef SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_H_
#define SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_H_

#include <string>
#include <string_view>
#include <utility>

#include "gateway/sms/inbound/interfaces.h"

namespace safeconduct::sms {

class FormInterface final : public Interface {
 public:
  static Result<std::unique_ptr<Interface>> Make(FormSettings settings);

  const std::string& name() const override { return settings_.name; }
  bool Takes(std::string_view path) const override;
  Result<Arrived> Read(const http::Request& request, std::int64_t now) const override;
  http::Response Accepted() const override;

 private:
  explicit FormInterface(FormSettings settings) : settings_(std::move(settings)) {}
  const FormSettings settings_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_INBOUND_FORM_H_
