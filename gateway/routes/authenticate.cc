#include "gateway/routes/authenticate.h"

#include <span>
#include <utility>

#include "crypto/base/hash.h"
#include "gateway/auth/http_signature.h"
#include "gateway/routes/error_response.h"

namespace safeconduct::routes {
namespace {

auth::SignedRequestView ViewOf(const Call& call) {
  const http::RequestHead& head = call.head;
  auth::SignedRequestView view;
  view.method = http::MethodName(head.method);
  view.scheme = head.listener == http::Listener::kPublic ? "https" : "http";
  view.authority = head.Count("host") == 1 ? head.Find("host") : std::string_view();
  view.target = head.target;
  view.fields = [&head](std::string_view name) {
    std::vector<std::string_view> values;
    for (const http::Header& header : head.headers) {
      if (header.name == name) values.push_back(header.value);
    }
    return values;
  };
  if (!call.body.empty()) view.body_sha256 = Sha256(AsBytes(call.body));
  return view;
}

Status Remember(auth::ReplayCache& cache, const auth::VerifiedRequest& signer, std::int64_t now) {
  const Status fresh = cache.Remember(signer.key, signer.nonce, signer.created, now);
  if (fresh.ok() || fresh.error().code() == Code::kBusy) return fresh;
  return kNotShown;
}

}  // namespace

Status Authenticate(const Services& services, Caller caller, Call& call) {
  if (caller == Caller::kAnyone) return {};
  const std::int64_t now = services.clock.UnixSeconds();
  const bool at_operators_door = call.head.listener == http::Listener::kPrivate;
  const std::span<const std::string> origins =
      at_operators_door ? std::span<const std::string>(&services.private_origin, 1)
                        : std::span<const std::string>(services.origins);
  Result<auth::VerifiedRequest> signer = auth::VerifyRequest(ViewOf(call), origins, now);
  if (!signer.ok()) return kNotShown;

  if (caller == Caller::kHolder) {
    call.holder =
        call.charter == nullptr ? nullptr : call.charter->charter->FindByRequestKey(signer->key);
    if (call.holder == nullptr) return kNotShown;
    SC_TRY(Remember(services.holder_nonces, *signer, now));
  } else if (caller == Caller::kOperator) {
    if (signer->key != services.operator_key) return kNotShown;
    SC_TRY(Remember(services.holder_nonces, *signer, now));
  }
  call.signer = *std::move(signer);
  return {};
}

Status RememberMailbox(const Services& services, const Call& call) {
  return Remember(services.mailbox_nonces, *call.signer, services.clock.UnixSeconds());
}

}  // namespace safeconduct::routes
