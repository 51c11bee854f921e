// Events as holders and reporters make them.
#ifndef SAFECONDUCT_TESTS_GATEWAY_ROUTES_ACTING_H_
#define SAFECONDUCT_TESTS_GATEWAY_ROUTES_ACTING_H_

#include <string>

#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "tests/gateway/routes/harness.h"

namespace safeconduct::testing {

// The chain of one case, as someone who acts on it knows it.
class Chain {
 public:
  explicit Chain(const Hash& report_hash) : report_hash_(report_hash), head_{0, report_hash} {}

  v1::Event Next(const identity::Party& author) const {
    v1::Event event;
    event.set_report_hash(std::string(AsText(report_hash_)));
    event.set_sequence(head_.sequence + 1);
    event.set_previous(std::string(AsText(head_.hash)));
    event.set_author(KeyText(author, identity::Purpose::kEvent));
    event.set_charter_version(1);
    event.set_time(kNow - kNow % 3600);
    return event;
  }
  v1::Event Status(const identity::Party& author, v1::CaseStatus status) const {
    v1::Event event = Next(author);
    event.mutable_status()->set_status(status);
    return event;
  }
  v1::Event Message(const identity::Party& author, const identity::Party& to,
                    const std::string& text) const {
    v1::MessageText message;
    message.set_report_hash(std::string(AsText(report_hash_)));
    message.set_text(text);
    message.mutable_reporter()->set_event_key(KeyText(to, identity::Purpose::kEvent));
    static const auto charter = OpenDemoCharter(Office());
    v1::Event event = Next(author);
    const auto sealed =
        report::SealMessage(message, to.recipient(), {}, *charter->FindChannel("mission"));
    if (!sealed.ok()) throw std::runtime_error(sealed.error().message());
    event.mutable_message()->set_sealed(std::string(AsText(*sealed)));
    return event;
  }
  // After `event` was accepted.
  void Follow(const v1::SignedEvent& event) {
    head_ = {head_.sequence + 1, Sha256(AsBytes(event.event()))};
  }
  const report::Head& head() const { return head_; }

 private:
  Hash report_hash_;
  report::Head head_;
};

inline v1::SignedEvent SignBy(const v1::Event& event, const identity::Party& author) {
  return report::SignEvent(event, author.Key(identity::Purpose::kEvent));
}

inline v1::AppendEvent AppendOf(v1::SignedEvent event) {
  v1::AppendEvent request;
  *request.mutable_event() = std::move(event);
  return request;
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_ROUTES_ACTING_H_
