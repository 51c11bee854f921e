// The threads that take the queue to the gateway, until it says that it has it on disk.
//
// Thread-safety: any thread, but Start and Stop, which its owner calls once each.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_COURIER_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_COURIER_H_

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/gateway.h"
#include "gateway/sms/relay/lines.h"

namespace safeconduct::sms {

class Courier {
 public:
  // `context` must outlive it.
  Courier(const Context& context, MakeGateway make) : context_(context), make_(std::move(make)) {}
  ~Courier() { Stop(); }
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // With what waits in the store from before. Errors of the store.
  Status Start();
  // Waits for the requests that are under way. What waits stays in the store.
  void Stop();

  // All of one thread.
  void Add(const std::vector<storage::RelayPlace>& places, const ThreadNow& thread);
  // Somebody else got an answer.
  void GatewayIsBack();
  bool gateway_away() const;

 private:
  void Run();

  const Context& context_;
  const MakeGateway make_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_COURIER_H_
