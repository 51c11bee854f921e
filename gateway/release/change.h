// One event's change to a case, by kind. For this folder; policy.h says what is allowed.
#ifndef SAFECONDUCT_GATEWAY_RELEASE_CHANGE_H_
#define SAFECONDUCT_GATEWAY_RELEASE_CHANGE_H_

#include <functional>
#include <string>

#include "gateway/charter/charter.h"
#include "gateway/release/policy.h"
#include "gateway/report/event.h"
#include "safeconduct/v1/stored.pb.h"

namespace safeconduct::release {

inline Error Refused(Message message, Message field) { return {Code::kRejected, message, field}; }

// Null for what is no event key of the charter.
const v1::Holder* FindHolder(const std::string& event_key, const charter::OpenCharter& charter);

// Who acts: the reporter, a holder of the channel and what he is to the case, or the log.
struct Actor {
  const v1::Holder* holder = nullptr;  // null: the reporter, or the log
  bool intake = false;
  bool assigned = false;
  bool auditor = false;
  bool trustee = false;
  bool works = false;  // on the case, in whatever way
  bool relay = false;  // of this reporter's SMS
  bool log = false;    // the one in use, which says that a case's time is over, and nothing else

  bool is_reporter() const { return holder == nullptr && !log; }
};

class Change {
 public:
  // All must outlive it. `record`, which is changed, is of a channel that the charter has.
  Change(const report::CheckedEvent& event, const Actor& actor, const charter::OpenCharter& charter,
         std::int64_t now, v1::StoredCase& record)
      : event_(event.event),
        hash_(event.hash),
        actor_(actor),
        charter_(charter),
        now_(now),
        record_(record) {}

  Status Make();

 private:
  using EventKeys = google::protobuf::RepeatedPtrField<std::string>;
  using NameTest = std::function<bool(const std::string&)>;

  static Status Only(bool allowed, Message field);
  // Adds `key` to those that are marked, or takes it out.
  static Status Mark(bool ended, const std::string& key, EventKeys& marked, Message field);
  bool HasEnded(std::int64_t expires) const;
  // The day of the event, Unix seconds: no earlier than the one on which it is applied.
  std::int64_t Today() const;
  const charter::ChannelInfo& channel() const { return *charter_.FindChannel(record_.channel()); }

  Status MakeMessage();
  Status MakeStatus();
  Status MakeAssignment(const v1::Assignment& assignment);
  Status MakeExclusion(const v1::Exclusion& exclusion);
  Status MakeRecord(Message field) const;
  Status MakeLink(const v1::Link& link);
  Status MakeDismissal(const v1::Dismissal& dismissal);
  Status MakeHold(const v1::Hold& hold);
  Status MakeConsent();
  Status MakeErasure();
  Status MakeExpiry(const v1::Expiry& expiry);
  void EraseContent();

  // A holder's message that has to go out by SMS.
  Status AddAnswer();
  Status MakeDelivery(const v1::Delivery& delivery);

  Status MakeGrant(const v1::Grant& grant);
  // What the policy seals to the author.
  Status GrantOwn(const v1::Grant& grant, const std::string& compartment);
  // A header of one's own for what a quorum released: no more than that, and no longer.
  Status KeepReleased(const v1::Grant& grant, v1::StoredAccess& access);
  // What a quorum released to the author, and is in force.
  v1::StoredAccess* FindReleased(const std::string& compartment);
  // The entry of that holder and compartment, new if there is none.
  Result<v1::StoredAccess*> AccessFor(const std::string& holder, const std::string& compartment,
                                      Message field);
  Status MakeRevocation(const v1::Revocation& revocation);
  bool MayTakeBack(const v1::StoredAccess& access) const;
  // Takes what is named out of the requests of `author`, so that it is not released any more.
  bool CloseRequests(const std::string& author, const NameTest& is_named);

  Status MakeRequest(const v1::ReleaseRequest& request);
  bool HasQuorum() const;
  bool HasPart(const std::string& name) const;
  // A request that can still be answered, for a trustee who did not make it himself.
  Result<v1::StoredRequest*> FindRequest(const std::string& hash, Message body, Message field);
  Status MakeApproval(const v1::Approval& approval);
  bool HasApproved(const v1::StoredRelease& release) const;
  Status ReleaseIfEnough(const v1::StoredRequest& request, v1::StoredRelease& release);
  Status MakeRefusal(const v1::Refusal& refusal);
  Status MakeHandover(const v1::Handover& handover);

  const v1::Event& event_;
  const Hash& hash_;
  const Actor& actor_;
  const charter::OpenCharter& charter_;
  const std::int64_t now_;
  v1::StoredCase& record_;
};

}  // namespace safeconduct::release

#endif  // SAFECONDUCT_GATEWAY_RELEASE_CHANGE_H_
