// Who reads the conversation.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::report {
namespace {

constexpr std::string_view kAccount = "account";

template <typename Entries>
bool NamesAccount(const Entries& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const auto& each) {
    if constexpr (requires { each.compartment(); }) {
      return each.compartment() == kAccount;
    } else {
      return each == kAccount;
    }
  });
}

bool Among(const std::vector<const v1::Holder*>& holders, const std::string& event_key) {
  return std::any_of(holders.begin(), holders.end(),
                     [&](const v1::Holder* each) { return each->event_key() == event_key; });
}

// Reads the events in their order and keeps who has access by them.
class Grantees {
 public:
  Grantees(const charter::ChannelInfo& channel, const charter::OpenCharter& charter,
           std::int64_t now)
      : channel_(channel), charter_(charter), now_(now) {}

  void Take(const CheckedEvent& checked) {
    const v1::Event& event = checked.event;
    if (event.has_grant()) TakeGrant(event);
    if (event.has_request()) TakeRequest(checked);
    if (event.has_approval()) TakeApproval(event);
    if (event.has_revocation()) TakeRevocation(event.revocation());
    if (event.has_exclusion() && !event.exclusion().ended()) End(event.exclusion().holder());
  }

  std::vector<const v1::Holder*> InCharterOrder() const {
    std::set<std::string> keys = granted_;
    for (const auto& [hash, request] : requests_) {
      if (IsReleased(request)) keys.insert(request.author);
    }
    std::vector<const v1::Holder*> out;
    for (const v1::Holder& holder : charter_.message().holders()) {
      if (keys.contains(holder.event_key()) && charter::OnChannel(holder, channel_.channel->id())) {
        out.push_back(&holder);
      }
    }
    return out;
  }

 private:
  struct Request {
    std::string author;
    std::set<const v1::Holder*> approved;
  };

  bool HasEnded(std::int64_t expires) const { return expires != 0 && expires <= now_; }

  void TakeGrant(const v1::Event& event) {
    const v1::Grant& grant = event.grant();
    if (NamesAccount(grant.headers()) && !HasEnded(grant.expires()) &&
        Among(AccountReaders(channel_), event.author())) {
      granted_.insert(grant.grantee());
    }
  }

  void TakeRequest(const CheckedEvent& checked) {
    const v1::ReleaseRequest& request = checked.event.request();
    if (NamesAccount(request.compartments()) && !HasEnded(request.expires())) {
      requests_[checked.hash] = {checked.event.author(), {}};
    }
  }

  void TakeApproval(const v1::Event& event) {
    const v1::Approval& approval = event.approval();
    const auto found = requests_.find(ToArray<32>(AsBytes(approval.request())));
    if (found == requests_.end()) return;
    const bool gives = std::any_of(
        approval.shares().begin(), approval.shares().end(), [](const v1::SealedShare& share) {
          return share.compartment() == kAccount && !share.sealed().empty();
        });
    const auto trustee =
        std::find_if(channel_.trustees.begin(), channel_.trustees.end(),
                     [&](const v1::Holder* each) { return each->event_key() == event.author(); });
    if (gives && trustee != channel_.trustees.end()) found->second.approved.insert(*trustee);
  }

  void TakeRevocation(const v1::Revocation& revocation) {
    if (revocation.compartments().empty() || NamesAccount(revocation.compartments())) {
      End(revocation.holder());
    }
  }

  void End(const std::string& event_key) {
    granted_.erase(event_key);
    std::erase_if(requests_, [&](const auto& each) { return each.second.author == event_key; });
  }

  bool IsReleased(const Request& request) const {
    if (!channel_.has_quorum()) return false;
    std::set<std::string_view> organisations;
    for (const v1::Holder* trustee : request.approved) {
      organisations.insert(trustee->organisation());
    }
    const v1::Policy& policy = channel_.channel->policy();
    return request.approved.size() >= policy.quorum_threshold() &&
           organisations.size() >= policy.quorum_organisations();
  }

  const charter::ChannelInfo& channel_;
  const charter::OpenCharter& charter_;
  const std::int64_t now_;
  std::set<std::string> granted_;  // event keys
  std::map<Hash, Request> requests_;
};

}  // namespace

std::vector<const v1::Holder*> AccountGrantees(const std::vector<CheckedEvent>& events,
                                               const charter::ChannelInfo& channel,
                                               const charter::OpenCharter& charter,
                                               std::int64_t now) {
  Grantees grantees(channel, charter, now);
  for (const CheckedEvent& event : events) grantees.Take(event);
  return grantees.InCharterOrder();
}

std::vector<const v1::Holder*> ConversationReaders(const charter::ChannelInfo& channel,
                                                   const charter::OpenCharter& charter,
                                                   const std::vector<const v1::Holder*>& grantees) {
  const auto& by_policy = AccountReaders(channel);
  const auto among = [](const std::vector<const v1::Holder*>& holders, const v1::Holder* holder) {
    return std::find(holders.begin(), holders.end(), holder) != holders.end();
  };
  std::vector<const v1::Holder*> readers;
  for (const v1::Holder& holder : charter.message().holders()) {
    if (among(by_policy, &holder) || among(grantees, &holder)) readers.push_back(&holder);
  }
  return readers;
}

}  // namespace safeconduct::report
