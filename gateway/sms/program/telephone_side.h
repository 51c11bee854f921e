// The relay's HTTP side: requests of the telephone side go to the interface whose path they name
// and from there to the desk; the private listener answers /healthz, /readyz and /metrics.
//
// Thread-safety: as http::Handler.
#ifndef SAFECONDUCT_GATEWAY_SMS_PROGRAM_TELEPHONE_SIDE_H_
#define SAFECONDUCT_GATEWAY_SMS_PROGRAM_TELEPHONE_SIDE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/http.h"
#include "gateway/sms/inbound/interface.h"
#include "gateway/sms/relay/desk.h"
#include "gateway/work/clock.h"
#include "gateway/work/worker_pool.h"

namespace safeconduct::sms {

inline constexpr std::size_t kMaxTelephoneBody = 64 * 1024;

class TelephoneSide final : public http::Handler {
 public:
  struct Operations {
    std::function<bool()> is_ready;
    std::function<std::string()> metrics;  // OpenMetrics text
  };

  // All but the interfaces must outlive it.
  TelephoneSide(std::vector<std::unique_ptr<Interface>> interfaces, Desk& desk,
                work::WorkerPool& pool, const work::Clock& clock, Operations operations);

  // Requests that did not show where they come from, and those that did and are of no use.
  std::uint64_t strangers() const { return strangers_; }
  std::uint64_t unusable() const { return unusable_; }

  http::BodyPlan Plan(const http::RequestHead& head) override;
  void Handle(http::Request request, http::Responder respond) override;
  http::Response Failure(int status, const Error& error) override;

 private:
  const Interface* Find(std::string_view path) const;
  http::Response Answer(const Interface& interface, const http::Request& request);
  http::Response AnswerPrivate(const http::Request& request) const;

  const std::vector<std::unique_ptr<Interface>> interfaces_;
  Desk& desk_;
  work::WorkerPool& pool_;
  const work::Clock& clock_;
  const Operations operations_;
  std::atomic<std::uint64_t> strangers_{0};
  std::atomic<std::uint64_t> unusable_{0};
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_PROGRAM_TELEPHONE_SIDE_H_
