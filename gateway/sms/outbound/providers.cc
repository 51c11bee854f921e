#include "gateway/sms/outbound/providers.h"

#include "gateway/sms/outbound/http.h"
#include "gateway/sms/outbound/kannel.h"

namespace safeconduct::sms {
namespace {

Result<std::unique_ptr<Provider>> Make(KannelSendSettings settings) {
  return KannelProvider::Make(std::move(settings));
}
Result<std::unique_ptr<Provider>> Make(HttpSendSettings settings) {
  return HttpProvider::Make(std::move(settings));
}

}  // namespace

Result<std::unique_ptr<Provider>> MakeProvider(ProviderSettings settings) {
  return std::visit([](auto&& kind) { return Make(std::move(kind)); }, std::move(settings));
}

}  // namespace safeconduct::sms
