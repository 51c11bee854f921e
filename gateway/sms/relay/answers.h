// The threads by which answers and the relay's own replies go out: one waits at the outbox, some
// give SMS to the telephone side, some report what became of them.
//
// Thread-safety: any thread, but Start and Stop, which its owner calls once each.
#ifndef SAFECONDUCT_GATEWAY_SMS_RELAY_ANSWERS_H_
#define SAFECONDUCT_GATEWAY_SMS_RELAY_ANSWERS_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/sms/relay/due_queue.h"
#include "gateway/sms/relay/outgoing.h"

namespace safeconduct::sms {

using ProviderMaker = std::function<std::unique_ptr<Provider>()>;

class Answers {
 public:
  // `context` must outlive it. `gateway_is_back` is called after each answer of the gateway.
  Answers(const Context& context, MakeGateway make_gateway, ProviderMaker make_provider,
          std::function<void()> gateway_is_back);
  ~Answers() { Stop(); }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  // With what is in the store from before. Errors of the store.
  Status Start();
  // Waits for what is under way: as long as an SMS takes to be given away.
  void Stop();

  void Send(const storage::SendToken& token) { send_.Add({token, 0}); }
  Status Take(const DeliveryReport& report);
  // That wait to be sent, or whose fate is to be reported.
  std::size_t waiting() const { return send_.size() + report_.size(); }

  // One look at the outbox, as the thread does it; whether something new was in it. For tests too.
  Result<bool> Look(Gateway& gateway, std::chrono::seconds wait);

 private:
  void RunOutbox();
  void RunSender();
  void RunReporter();
  void GoOn(const Due& due, Next next);
  // False when it is time to stop.
  bool Pause(std::chrono::milliseconds pause);

  const Context& context_;
  const MakeGateway make_gateway_;
  const ProviderMaker make_provider_;
  const std::function<void()> gateway_is_back_;
  Outgoing outgoing_;
  DueQueue send_;
  DueQueue report_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_GATEWAY_SMS_RELAY_ANSWERS_H_
