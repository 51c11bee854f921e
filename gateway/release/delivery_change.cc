// Answers to reporters by SMS, and what became of them.
#include <algorithm>

#include "gateway/release/change.h"

namespace safeconduct::release {
namespace {

using Answers = google::protobuf::RepeatedPtrField<v1::StoredAnswer>;

Answers::iterator FirstSent(Answers& answers) {
  return std::find_if(answers.begin(), answers.end(), [](const v1::StoredAnswer& each) {
    return each.state() == v1::DELIVERY_STATE_SENT;
  });
}

}  // namespace

Status Change::AddAnswer() {
  Answers& answers = *record_.mutable_answers();
  if (answers.size() >= kMaxAnswers) {
    // Of what was sent long ago no more will be said.
    const auto oldest = FirstSent(answers);
    if (oldest == answers.end()) {
      return Error(Code::kTooLarge, "more than the relay has sent so far", "message");
    }
    answers.erase(oldest);
  }
  answers.Add()->set_event(event_.sequence());
  return {};
}

Status Change::MakeDelivery(const v1::Delivery& delivery) {
  SC_TRY(Only(actor_.relay, "delivery"));
  Answers& answers = *record_.mutable_answers();
  const auto answer = std::find_if(answers.begin(), answers.end(), [&](const auto& each) {
    return each.event() == delivery.message();
  });
  if (answer == answers.end()) {
    return Refused("no answer of which more is to be said", "delivery.message");
  }
  const bool sent = answer->state() == v1::DELIVERY_STATE_SENT;
  switch (delivery.state()) {
    case v1::DELIVERY_STATE_SENT:
      if (sent) return Refused("that is so already", "delivery.state");
      answer->set_state(v1::DELIVERY_STATE_SENT);
      return {};
    case v1::DELIVERY_STATE_STOPPED:
      if (sent) return Refused("it was sent already", "delivery.state");
      break;
    case v1::DELIVERY_STATE_DELIVERED:
    case v1::DELIVERY_STATE_FAILED:
    case v1::DELIVERY_STATE_UNSURE:
      break;
    default:
      return Error(Code::kMalformed, "a delivery without a state", "delivery.state");
  }
  answers.erase(answer);
  return {};
}

}  // namespace safeconduct::release
