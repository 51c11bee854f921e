// API v1 as the HTTP server calls it: finds the route, looks at the head, authenticates, and hands
// the call to its endpoint. Endpoints only translate; what holds is decided in gateway/charter,
// gateway/report, access.h and the ledger.
//
// Thread-safety: immutable after construction; called by every io thread.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_API_H_
#define SAFECONDUCT_GATEWAY_ROUTES_API_H_

#include "gateway/http/http.h"
#include "gateway/routes/route.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

class Api final : public http::Handler {
 public:
  explicit Api(Services services) : services_(std::move(services)) {}

  http::BodyPlan Plan(const http::RequestHead& head) override;
  void Handle(http::Request request, http::Responder respond) override;
  http::Response Failure(int status, const Error& error) override;

 private:
  Audience AudienceOf(const Route* route, http::Listener listener) const;
  http::BodyPlan Refuse(const http::RequestHead& head, int status, const Error& error,
                        const Route* route) const;
  http::BodyPlan PlanBody(const Route& route, const Params& params,
                          const http::RequestHead& head) const;

  const Services services_;
};

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_API_H_
