// A case on which events are tried, one after another, as a gateway would apply them.
#ifndef SAFECONDUCT_TESTS_GATEWAY_RELEASE_CASE_RUN_H_
#define SAFECONDUCT_TESTS_GATEWAY_RELEASE_CASE_RUN_H_

#include <functional>
#include <string>
#include <vector>

#include "crypto/base/hash.h"
#include "gateway/release/access.h"
#include "gateway/release/policy.h"
#include "gateway/report/consent.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::testing {

inline std::string EventKey(const identity::Party& party) {
  return KeyText(party, identity::Purpose::kEvent);
}

class CaseRun {
 public:
  using Fill = std::function<void(v1::Event&)>;

  explicit CaseRun(SealedTo to = SealedTo::kIntake) : sample(Shared(to)) {
    record.set_quorum_threshold(sample.channel().channel->policy().quorum_threshold());
    record.set_report_hash(std::string(AsText(sample.sealed.hash)));
    record.set_channel("mission");
    record.set_mailbox(KeyText(sample.reporter, identity::Purpose::kRequest));
    record.set_event_key(EventKey(sample.reporter));
    if (to == SealedTo::kIntakeByRelay) record.set_relay(EventKey(office.relay));
    record.set_status(v1::CASE_STATUS_RECEIVED);
    record.set_head(record.report_hash());
    for (const char* name : {"triage", "account", "identity", "attachment-0"}) {
      record.add_compartments()->set_name(name);
    }
  }

  // The next event of the case by that author. Its signature is not what is looked at here.
  report::CheckedEvent Next(const identity::Party& author, const Fill& fill) const {
    report::CheckedEvent next;
    next.event.set_report_hash(record.report_hash());
    next.event.set_sequence(record.events() + 1);
    next.event.set_previous(record.head());
    next.event.set_author(EventKey(author));
    next.event.set_charter_version(sample.charter->version());
    next.event.set_time(kNow / 3600 * 3600);
    fill(next.event);
    next.hash = Sha256(AsBytes(next.event.SerializeAsString()));
    return next;
  }

  // What applying it says; the case changes when it is ok.
  Status Try(const identity::Party& author, const Fill& fill, std::int64_t now = kNow) {
    SC_ASSIGN(record, release::Apply(Next(author, fill), record, *sample.charter, now));
    return {};
  }

  bool Reads(const char* label, const char* compartment, std::int64_t now = kNow) const {
    return release::FindDownload(*sample.charter->FindByLabel(label), record, compartment,
                                 *sample.charter, now)
        .has_value();
  }
  bool Sees(const char* label, std::int64_t now = kNow) const {
    return release::MaySee(*sample.charter->FindByLabel(label), record, *sample.charter, now);
  }

  const Sample& sample;
  const Office& office = sample.office;
  v1::StoredCase record;

 private:
  static const Sample& Shared(SealedTo to) {
    static const Sample intake(15);
    static const Sample quorum(15, 80, SealedTo::kQuorum);
    static const Sample by_relay(15, 80, SealedTo::kIntakeByRelay);
    if (to == SealedTo::kIntakeByRelay) return by_relay;
    return to == SealedTo::kQuorum ? quorum : intake;
  }
};

// --- Bodies -----------------------------------------------------------------------------------

inline CaseRun::Fill Assign(const identity::Party& holder, bool ended = false) {
  return [key = EventKey(holder), ended](v1::Event& event) {
    event.mutable_assignment()->set_holder(key);
    event.mutable_assignment()->set_ended(ended);
  };
}
inline CaseRun::Fill Exclude(const identity::Party& holder, bool ended = false) {
  return [key = EventKey(holder), ended](v1::Event& event) {
    event.mutable_exclusion()->set_holder(key);
    event.mutable_exclusion()->set_ended(ended);
  };
}
inline CaseRun::Fill Give(const identity::Party& holder, const char* compartment,
                          std::int64_t expires = 0) {
  return [key = EventKey(holder), compartment, expires](v1::Event& event) {
    event.mutable_grant()->set_grantee(key);
    event.mutable_grant()->set_expires(expires);
    event.mutable_grant()->add_headers()->set_compartment(compartment);
  };
}
inline CaseRun::Fill Revoke(const identity::Party& holder, const char* compartment = nullptr) {
  return [key = EventKey(holder), compartment](v1::Event& event) {
    event.mutable_revocation()->set_holder(key);
    if (compartment != nullptr) event.mutable_revocation()->add_compartments(compartment);
  };
}
inline CaseRun::Fill SetStatus(v1::CaseStatus status = v1::CASE_STATUS_ACKNOWLEDGED) {
  return [status](v1::Event& event) { event.mutable_status()->set_status(status); };
}
// A message as the sample's channel wants it; sealed once, since only its stanzas are looked at.
inline CaseRun::Fill Say(const Sample& sample) {
  v1::MessageText text;
  *text.mutable_reporter() = sample.keys();
  const Bytes sealed =
      *report::SealMessage(text, sample.reporter.recipient(), {}, sample.channel());
  return [sealed](v1::Event& event) {
    event.mutable_message()->set_sealed(sealed.data(), sealed.size());
  };
}
inline void TakeNote(v1::Event& event) { event.mutable_note()->set_sealed("sealed"); }
inline void RecordCustody(v1::Event& event) { event.mutable_custody()->set_sealed("sealed"); }
inline void RecordMeasures(v1::Event& event) { event.mutable_measures()->set_sealed("sealed"); }
inline void LinkOther(v1::Event& event) {
  event.mutable_link()->set_report_hash(std::string(32, 'o'));
}
inline void Dismiss(v1::Event& event) { event.mutable_dismissal()->set_ended(false); }
inline void HoldIt(v1::Event& event) { event.mutable_hold()->set_ended(false); }
inline void Erase(v1::Event& event) { (void)event.mutable_erasure(); }
inline CaseRun::Fill Ask(std::vector<std::string> parts, std::int64_t expires = 0) {
  return [parts = std::move(parts), expires](v1::Event& event) {
    for (const std::string& part : parts) event.mutable_request()->add_compartments(part);
    event.mutable_request()->set_expires(expires);
  };
}
// To the request whose hash that is; `missing`: the reporter sealed a bad share of it.
inline CaseRun::Fill Approve(const std::string& request, std::vector<std::string> parts,
                             bool missing = false) {
  return [request, parts = std::move(parts), missing](v1::Event& event) {
    event.mutable_approval()->set_request(request);
    event.mutable_approval()->set_index(1);
    for (const std::string& part : parts) {
      v1::SealedShare& share = *event.mutable_approval()->add_shares();
      share.set_compartment(part);
      if (!missing) share.set_sealed("sealed");
    }
  };
}
inline CaseRun::Fill Refuse(const std::string& request) {
  return [request](v1::Event& event) { event.mutable_refusal()->set_request(request); };
}
inline CaseRun::Fill HandOver(const identity::Party& successor) {
  return [key = EventKey(successor)](v1::Event& event) {
    event.mutable_handover()->set_successor(key);
    event.mutable_handover()->add_shares()->set_compartment("account");
  };
}
inline CaseRun::Fill Deliver(std::uint64_t message,
                             v1::DeliveryState state = v1::DELIVERY_STATE_SENT) {
  return [message, state](v1::Event& event) {
    event.mutable_delivery()->set_message(message);
    event.mutable_delivery()->set_state(state);
  };
}
inline CaseRun::Fill ChangeConsent(const Sample& sample) {
  const v1::ConsentChange change = *report::SealConsentChange(
      v1::Consent(), {}, sample.keys(), sample.sealed.hash, sample.channel(), *sample.charter);
  return [change](v1::Event& event) { *event.mutable_consent() = change; };
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_RELEASE_CASE_RUN_H_
