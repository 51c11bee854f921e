// An event that an intake officer signed, so that the search gets past the signature.
#include "gateway/release/policy.h"
#include "tests/gateway/report/sample.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const testing::Office office;
  static const auto charter = testing::OpenDemoCharter(office);
  static const SigningKey key = office.intake.Key(identity::Purpose::kEvent);
  v1::SignedEvent event;
  event.set_event(std::string(AsText({data, size})));
  event.set_signature(
      std::string(AsText(key.Sign(AsBytes("safeconduct/event/v1\n" + event.event())))));
  const auto checked = report::CheckEvent(event);
  if (!checked.ok()) return 0;
  v1::StoredCase record;
  record.set_channel("mission");
  record.set_mailbox(std::string(32, 'm'));
  record.set_report_hash(checked->event.report_hash());
  record.set_events(checked->event.sequence() - 1);
  record.set_head(checked->event.previous());
  record.add_compartments()->set_name("triage");
  (void)release::Apply(*checked, record, *charter, testing::kNow);
  (void)report::VerifyChain({event}, Hash{});
  if (checked->event.has_message()) {
    (void)report::OpenMessage(AsBytes(checked->event.message().sealed()), office.intake, Hash{});
  }
  return 0;
}
