// What is asked of a quorum, and what its trustees do.
#include <algorithm>
#include <set>
#include <string_view>

#include "gateway/release/access.h"
#include "gateway/release/change.h"

namespace safeconduct::release {

Status Change::MakeRequest(const v1::ReleaseRequest& request) {
  SC_TRY(Only(actor_.intake || actor_.assigned, "request"));
  if (!HasQuorum()) return Refused("nothing of this case is sealed to a quorum", "request");
  if (HasEnded(request.expires())) {
    return Refused("a release that has ended already", "request.expires");
  }
  for (const std::string& compartment : request.compartments()) {
    if (!HasPart(compartment)) {
      return Refused("the case has no such part", "request.compartments");
    }
  }
  auto& requests = *record_.mutable_requests();
  requests.erase(
      std::remove_if(requests.begin(), requests.end(),
                     [&](const v1::StoredRequest& each) { return HasEnded(each.expires()); }),
      requests.end());
  if (requests.size() == kMaxNamed) {
    return Error(Code::kTooLarge, "more requests than a case has room for", "request");
  }
  v1::StoredRequest& added = *requests.Add();
  added.set_event(event_.sequence());
  added.set_hash(std::string(AsText(hash_)));
  added.set_author(event_.author());
  added.set_expires(request.expires());
  for (const std::string& compartment : request.compartments()) {
    added.add_releases()->set_compartment(compartment);
  }
  return {};
}

bool Change::HasQuorum() const {
  return !IsPlain(record_) && (record_.quorum_threshold() != 0 || channel().has_quorum());
}

bool Change::HasPart(const std::string& name) const {
  if (const auto number = report::EventOfPart(name)) return *number <= record_.events();
  const auto& compartments = record_.compartments();
  return std::any_of(compartments.begin(), compartments.end(),
                     [&](const v1::StoredCompartment& each) { return each.name() == name; });
}

Result<v1::StoredRequest*> Change::FindRequest(const std::string& hash, Message body,
                                               Message field) {
  SC_TRY(Only(actor_.trustee, body));
  for (v1::StoredRequest& request : *record_.mutable_requests()) {
    if (request.hash() != hash) continue;
    if (HasEnded(request.expires())) return Refused("the request has ended", field);
    if (request.author() == event_.author()) {
      return Refused("nobody approves what he asked for", field);
    }
    const v1::Holder* const grantee = FindHolder(request.author(), charter_);
    if (grantee == nullptr || !MayWork(*grantee, record_.channel()) ||
        IsExcluded(*grantee, record_)) {
      return Refused("nothing of this case is released to who asked for it", field);
    }
    return &request;
  }
  return Refused("the case has no such request any more", field);
}

Status Change::MakeApproval(const v1::Approval& approval) {
  SC_ASSIGN(v1::StoredRequest * request,
            FindRequest(approval.request(), "approval", "approval.request"));
  for (const v1::SealedShare& share : approval.shares()) {
    auto& releases = *request->mutable_releases();
    const auto release = std::find_if(
        releases.begin(), releases.end(),
        [&](const v1::StoredRelease& each) { return each.compartment() == share.compartment(); });
    if (release == releases.end()) {
      return Refused("not asked for", "approval.shares.compartment");
    }
    if (share.sealed().empty()) continue;
    if (HasApproved(*release)) {
      return Refused("that is so already", "approval.shares.compartment");
    }
    v1::StoredApproval& added = *release->add_approvals();
    added.set_trustee(event_.author());
    added.set_event(event_.sequence());
    SC_TRY(ReleaseIfEnough(*request, *release));
  }
  return {};
}

bool Change::HasApproved(const v1::StoredRelease& release) const {
  const auto& approvals = release.approvals();
  return std::any_of(approvals.begin(), approvals.end(), [&](const v1::StoredApproval& each) {
    return each.trustee() == event_.author();
  });
}

Status Change::ReleaseIfEnough(const v1::StoredRequest& request, v1::StoredRelease& release) {
  if (release.released()) return {};
  std::set<std::string_view> trustees;
  std::set<std::string_view> organisations;
  for (const v1::StoredApproval& approval : release.approvals()) {
    const v1::Holder* const trustee = FindHolder(approval.trustee(), charter_);
    if (trustee == nullptr || !Approves(*trustee, record_, channel())) continue;
    trustees.insert(trustee->event_key());
    organisations.insert(trustee->organisation());
  }
  const v1::Policy& policy = channel().channel->policy();
  if (trustees.size() < std::max(record_.quorum_threshold(), policy.quorum_threshold()) ||
      organisations.size() < policy.quorum_organisations()) {
    return {};
  }
  release.set_released(true);
  SC_ASSIGN(v1::StoredAccess * access,
            AccessFor(request.author(), release.compartment(), "approval.shares"));
  access->set_event(0);  // with the reporter's header, until the grantee has made his own
  access->set_expires(request.expires());
  access->set_author(request.author());
  access->set_request(request.event());
  return {};
}

Status Change::MakeRefusal(const v1::Refusal& refusal) {
  SC_ASSIGN(v1::StoredRequest * request,
            FindRequest(refusal.request(), "refusal", "refusal.request"));
  const auto& releases = request->releases();
  if (std::any_of(releases.begin(), releases.end(),
                  [&](const v1::StoredRelease& each) { return HasApproved(each); })) {
    return Refused("the author gave shares already: take back what was released",
                   "refusal.request");
  }
  return Mark(false, event_.author(), *request->mutable_refused(), "refusal.request");
}

Status Change::MakeHandover(const v1::Handover& handover) {
  SC_TRY(Only(actor_.trustee, "handover"));
  const v1::Holder* const successor = FindHolder(handover.successor(), charter_);
  if (successor == nullptr || !Approves(*successor, record_, channel()) ||
      IsExcluded(*successor, record_) || successor == actor_.holder) {
    return Refused("shares are handed over to another trustee of the channel",
                   "handover.successor");
  }
  for (const v1::SealedShare& share : handover.shares()) {
    if (!HasPart(share.compartment())) {
      return Refused("the case has no such part", "handover.shares.compartment");
    }
  }
  return {};
}

}  // namespace safeconduct::release
