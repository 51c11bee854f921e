#include "gateway/sms/inbound/interfaces.h"

#include "gateway/sms/inbound/form.h"
#include "gateway/sms/inbound/kannel.h"
#include "gateway/sms/inbound/webhook.h"

namespace safeconduct::sms {
namespace {

Result<std::unique_ptr<Interface>> Make(KannelSettings settings) {
  return KannelInterface::Make(std::move(settings));
}
Result<std::unique_ptr<Interface>> Make(WebhookSettings settings) {
  return WebhookInterface::Make(std::move(settings));
}
Result<std::unique_ptr<Interface>> Make(FormSettings settings) {
  return FormInterface::Make(std::move(settings));
}

}  // namespace

Result<std::unique_ptr<Interface>> MakeInterface(InterfaceSettings settings) {
  return std::visit([](auto&& kind) { return Make(std::move(kind)); }, std::move(settings));
}

}  // namespace safeconduct::sms
