#include "gateway/report/event.h"

#include "crypto/base/hash.h"
#include "gateway/report/event_form.h"
#include "proto/parse.h"

namespace safeconduct::report {
namespace {

constexpr std::string_view kEventPrefix = "safeconduct/event/v1\n";
constexpr std::size_t kMaxEventFields = 512;  // 128 headers or shares have 3 of each

Bytes SignedBytes(ByteView event) {
  Bytes message;
  message.reserve(kEventPrefix.size() + event.size());
  Append(message, kEventPrefix);
  Append(message, event);
  return message;
}

}  // namespace

v1::SignedEvent SignEvent(const v1::Event& event, const SigningKey& event_key) {
  v1::SignedEvent out;
  out.set_event(event.SerializeAsString());
  out.set_signature(std::string(AsText(event_key.Sign(SignedBytes(AsBytes(out.event()))))));
  return out;
}

Result<CheckedEvent> CheckEvent(const v1::SignedEvent& signed_event) {
  if (signed_event.signature().size() != std::tuple_size_v<Signature>) {
    return Error(Code::kMalformed, "a signature is 64 bytes", "signature");
  }
  const ByteView bytes = AsBytes(signed_event.event());
  Result<v1::Event> event = proto::ParseSigned<v1::Event>(bytes, kMaxEventBytes, kMaxEventFields);
  if (!event.ok()) return event.error().In("event");
  SC_TRY(CheckEventForm(*event));
  const Status signature = Verify(ToArray<32>(AsBytes(event->author())), SignedBytes(bytes),
                                  ToArray<64>(AsBytes(signed_event.signature())));
  if (!signature.ok()) return signature.error().In("signature");
  return CheckedEvent{*std::move(event), Sha256(bytes)};
}

Status CheckPlace(const CheckedEvent& event, const Hash& report_hash, const Head& head) {
  if (event.event.report_hash() != AsText(report_hash)) {
    return Error(Code::kConflict, "an event of another case", "report_hash");
  }
  if (event.event.sequence() != head.sequence + 1) {
    return Error(Code::kConflict, "not the next event of the case: read the case again",
                 "sequence");
  }
  if (event.event.previous() != AsText(head.hash)) {
    return Error(Code::kConflict, "does not follow the newest event of the case", "previous");
  }
  return {};
}

Result<std::vector<CheckedEvent>> VerifyChain(const std::vector<v1::SignedEvent>& events,
                                              const Hash& report_hash, std::size_t* bad) {
  std::vector<CheckedEvent> out;
  out.reserve(events.size());
  Head head{0, report_hash};
  for (const v1::SignedEvent& signed_event : events) {
    if (bad != nullptr) *bad = out.size();
    SC_ASSIGN(CheckedEvent event, CheckEvent(signed_event));
    SC_TRY(CheckPlace(event, report_hash, head));
    head = {event.event.sequence(), event.hash};
    out.push_back(std::move(event));
  }
  return out;
}

}  // namespace safeconduct::report
