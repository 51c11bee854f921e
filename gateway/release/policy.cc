#include "gateway/release/policy.h"

#include <algorithm>
#include <string>

#include "gateway/release/access.h"
#include "gateway/release/change.h"
#include "gateway/report/expiry.h"

namespace safeconduct::release {
namespace {

Result<Actor> ActorOf(const v1::Event& event, const v1::StoredCase& record,
                      const charter::OpenCharter& charter, std::int64_t now) {
  Actor actor;
  actor.log = event.has_expiry() && event.author() == AsText(charter.log().key);
  if (actor.log) return actor;
  if (!record.event_key().empty() && event.author() == record.event_key()) return actor;
  actor.holder = FindHolder(event.author(), charter);
  actor.relay = actor.holder != nullptr && Relays(*actor.holder, record, charter);
  if (!actor.relay && (actor.holder == nullptr || !MaySee(*actor.holder, record, charter, now))) {
    return Error(Code::kUnauthorized, "the author has nothing to do with this case", "author");
  }
  const v1::Holder& holder = *actor.holder;
  const bool on_channel = charter::OnChannel(holder, record.channel());
  actor.intake = on_channel && charter::HasRole(holder, v1::ROLE_INTAKE);
  actor.auditor = on_channel && charter::HasRole(holder, v1::ROLE_AUDITOR);
  actor.trustee = Approves(holder, record, *charter.FindChannel(record.channel()));
  actor.assigned = IsAssigned(holder, record);
  // Of an investigator the case is seen only by work; an auditor who has no other post only looks.
  actor.works = MayWork(holder, record.channel());
  return actor;
}

}  // namespace

const v1::Holder* FindHolder(const std::string& event_key, const charter::OpenCharter& charter) {
  if (event_key.size() != std::tuple_size_v<PublicKey>) return nullptr;
  return charter.FindByEventKey(ToArray<32>(AsBytes(event_key)));
}

Status Change::Make() {
  switch (event_.body_case()) {
    case v1::Event::kMessage:
      return MakeMessage();
    case v1::Event::kStatus:
      return MakeStatus();
    case v1::Event::kAssignment:
      return MakeAssignment(event_.assignment());
    case v1::Event::kExclusion:
      return MakeExclusion(event_.exclusion());
    case v1::Event::kGrant:
      return MakeGrant(event_.grant());
    case v1::Event::kRevocation:
      return MakeRevocation(event_.revocation());
    case v1::Event::kNote:
      return MakeRecord("note");
    case v1::Event::kCustody:
      return MakeRecord("custody");
    case v1::Event::kMeasures:
      return MakeRecord("measures");
    case v1::Event::kLink:
      return MakeLink(event_.link());
    case v1::Event::kDismissal:
      return MakeDismissal(event_.dismissal());
    case v1::Event::kHold:
      return MakeHold(event_.hold());
    case v1::Event::kRequest:
      return MakeRequest(event_.request());
    case v1::Event::kApproval:
      return MakeApproval(event_.approval());
    case v1::Event::kRefusal:
      return MakeRefusal(event_.refusal());
    case v1::Event::kHandover:
      return MakeHandover(event_.handover());
    case v1::Event::kConsent:
      return MakeConsent();
    case v1::Event::kErasure:
      return MakeErasure();
    case v1::Event::kDelivery:
      return MakeDelivery(event_.delivery());
    case v1::Event::kExpiry:
      return MakeExpiry(event_.expiry());
    case v1::Event::BODY_NOT_SET:
      break;
  }
  return Error(Code::kMalformed, "an event that does nothing", "body");
}

std::size_t WaitingRequests(const v1::Holder& holder, const v1::StoredCase& record,
                            const charter::OpenCharter& charter, std::int64_t now) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  const bool answers = channel != nullptr && Approves(holder, record, *channel);
  const auto is_his = [&](const std::string& key) { return key == holder.event_key(); };
  const auto waits = [&](const v1::StoredRelease& release) {
    const auto& approvals = release.approvals();
    return answers ? std::none_of(
                         approvals.begin(), approvals.end(),
                         [&](const v1::StoredApproval& each) { return is_his(each.trustee()); })
                   : !release.released();
  };
  std::size_t count = 0;
  for (const v1::StoredRequest& request : record.requests()) {
    const auto& refused = request.refused();
    if (request.expires() != 0 && request.expires() <= now) continue;
    if (answers && std::any_of(refused.begin(), refused.end(), is_his)) continue;
    const auto& releases = request.releases();
    if (std::all_of(releases.begin(), releases.end(),
                    [](const v1::StoredRelease& each) { return each.released(); })) {
      continue;
    }
    if (std::any_of(releases.begin(), releases.end(), waits)) ++count;
  }
  return count;
}

std::int64_t ExpiresDay(const v1::StoredCase& record, const charter::OpenCharter& charter) {
  const charter::ChannelInfo* const channel = charter.FindChannel(record.channel());
  if (channel == nullptr || channel->channel->retention().closed_days() == 0) return 0;
  const bool ends = record.status() == v1::CASE_STATUS_CLOSED && record.closed_day() != 0 &&
                    !record.held() && !record.erased();
  return ends ? report::ExpiresDay(record.closed_day(), channel->channel->retention()) : 0;
}

Result<v1::StoredCase> Apply(const report::CheckedEvent& event, const v1::StoredCase& record,
                             const charter::OpenCharter& charter, std::int64_t now) {
  SC_ASSIGN(const Actor actor, ActorOf(event.event, record, charter, now));
  if (event.event.charter_version() != charter.version()) {
    return Error(Code::kConflict, "made under another version of the charter: fetch the charter",
                 "charter_version");
  }
  SC_TRY(report::CheckPlace(event, ToArray<32>(AsBytes(record.report_hash())),
                            {record.events(), ToArray<32>(AsBytes(record.head()))}));
  if (record.erased()) return Refused("the case was erased", "report_hash");
  if (charter.FindChannel(record.channel()) == nullptr) {
    return Refused("the charter does not name the case's channel any more", "report_hash");
  }
  v1::StoredCase after = record;
  SC_TRY(Change(event, actor, charter, now, after).Make());
  after.set_events(event.event.sequence());
  after.set_head(std::string(AsText(event.hash)));
  return after;
}

}  // namespace safeconduct::release
