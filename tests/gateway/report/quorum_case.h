// A case whose account is sealed to a quorum, and whose chain the tests write.
#ifndef SAFECONDUCT_TESTS_GATEWAY_REPORT_QUORUM_CASE_H_
#define SAFECONDUCT_TESTS_GATEWAY_REPORT_QUORUM_CASE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/report/quorum_part.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::testing {

inline PublicKey EventKeyOf(const identity::Party& party) {
  return party.Key(identity::Purpose::kEvent).public_key();
}

struct QuorumCase {
  explicit QuorumCase(int consent = 15, std::uint8_t reporter = 80)
      : sample(consent, reporter, SealedTo::kQuorum),
        checked(*report::VerifyReport(sample.sealed.report, sample.sealed.id)) {}

  const report::CheckedEvent& Add(const identity::Party& author, v1::Event event) {
    const Hash head = events.empty() ? checked.hash : events.back().hash;
    event.set_report_hash(std::string(AsText(checked.hash)));
    event.set_sequence(events.size() + 1);
    event.set_previous(std::string(AsText(head)));
    event.set_author(KeyText(author, identity::Purpose::kEvent));
    event.set_charter_version(sample.charter->version());
    event.set_time(kNow / 3600 * 3600);
    const auto signed_event = report::SignEvent(event, author.Key(identity::Purpose::kEvent));
    const auto fine = report::CheckEvent(signed_event);
    EXPECT_TRUE(fine.ok()) << fine.error().message() << " " << fine.error().field();
    events.push_back(*fine);
    return events.back();
  }
  report::CheckedEvent Ask(const identity::Party& author, const std::vector<std::string>& parts) {
    v1::ReasonText reason;
    reason.set_report_hash(std::string(AsText(checked.hash)));
    v1::Event event;
    for (const std::string& part : parts) event.mutable_request()->add_compartments(part);
    const Bytes sealed = *report::SealRecord(reason, sample.channel().trustees);
    event.mutable_request()->set_reason(sealed.data(), sealed.size());
    return Add(author, event);
  }
  report::QuorumPart Part(const std::string& name) const {
    const auto part = report::FindQuorumPart(checked, events, name);
    EXPECT_TRUE(part.ok()) << name;
    return *part;
  }
  v1::SealedShare Share(const identity::Party& trustee, const std::string& part,
                        const report::CheckedEvent& request, const char* grantee) const {
    const auto own = report::FindOwnShare(Part(part), events, trustee, 1);
    EXPECT_TRUE(own.ok());
    return *report::ReleaseShare(Part(part), *own, request, EventKeyOf(trustee),
                                 *sample.charter->FindByLabel(grantee));
  }
  void Approve(const identity::Party& trustee, std::uint32_t index,
               const report::CheckedEvent& request, const v1::SealedShare& share) {
    v1::Event event;
    event.mutable_approval()->set_request(request.hash.data(), request.hash.size());
    event.mutable_approval()->set_index(index);
    *event.mutable_approval()->add_shares() = share;
    Add(trustee, event);
  }

  Sample sample;
  report::Checked checked;
  std::vector<report::CheckedEvent> events;
};

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_REPORT_QUORUM_CASE_H_
