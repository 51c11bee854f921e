#include <map>

#include "gateway/charter/charter.h"
#include "gateway/charter/retention.h"

namespace safeconduct::charter {
namespace {

constexpr std::int64_t kNearDays = 30;

void WarnOfExpiry(const OpenCharter& charter, std::int64_t now, std::vector<std::string>& out) {
  const std::int64_t left = charter.expiry() - now;
  if (left <= 0) {
    out.push_back("The charter has expired: clients refuse it. Sign and publish the next version.");
  } else if (left < kNearDays * kDaySeconds) {
    out.push_back("The charter expires in " + std::to_string(left / kDaySeconds) +
                  " days; clients will refuse it then. Sign and publish the next version in time.");
  }
}

bool Works(const v1::Holder& holder) {
  return HasRole(holder, v1::ROLE_INTAKE) || HasRole(holder, v1::ROLE_INVESTIGATOR) ||
         HasRole(holder, v1::ROLE_SUPPORT);
}

void WarnOfQuorum(const ChannelInfo& info, const std::string& name, std::vector<std::string>& out) {
  const std::size_t threshold = info.channel->policy().quorum_threshold();
  if (threshold == info.trustees.size()) {
    out.push_back(name + "all " + std::to_string(threshold) +
                  " trustees are needed for a release. If one key is lost, no account sealed to "
                  "this channel can ever be read.");
  }
  for (const v1::Holder* trustee : info.trustees) {
    if (Works(*trustee)) {
      out.push_back(name + trustee->label() +
                    " is a trustee and also works on cases: who asks for a release should not be "
                    "among those who approve it.");
    }
  }
  std::map<std::string_view, std::size_t> of_organisation;
  for (const v1::Holder* trustee : info.trustees) ++of_organisation[trustee->organisation()];
  for (const auto& [organisation, count] : of_organisation) {
    if (of_organisation.size() > 1 && count >= threshold) {
      out.push_back(name + "the trustees of " + std::string(organisation) +
                    " alone hold enough shares to open an account. That another organisation "
                    "has to approve is kept by the gateway and the programs only.");
    }
  }
}

void WarnOfIntake(const ChannelInfo& info, const std::string& name, std::vector<std::string>& out) {
  if (info.intake.size() >= 2) return;
  out.push_back(name + "only " + info.intake.front()->label() + " can open " +
                (info.has_quorum() ? "the triage" : "triage and account") +
                ". If that key is lost, " +
                (info.has_quorum() ? "nobody can tell what a report is about"
                                   : "no report to this channel can ever be read") +
                ".");
}

void WarnOfChannel(const ChannelInfo& info, std::vector<std::string>& out) {
  const std::string name = "Channel " + info.channel->id() + ": ";
  WarnOfIntake(info, name, out);
  if (info.has_quorum()) WarnOfQuorum(info, name, out);
  if (info.support.empty()) {
    out.push_back(name +
                  "no support officer. Reporters who consent to support services reach nobody.");
  } else if (info.support.size() < 2) {
    out.push_back(name + "only " + info.support.front()->label() +
                  " can open an identity that is meant for support services alone.");
  }
  for (const v1::Holder* holder : info.support) {
    if (HasRole(*holder, v1::ROLE_INTAKE) || HasRole(*holder, v1::ROLE_INVESTIGATOR)) {
      out.push_back(name + holder->label() +
                    " gives support and also receives or investigates. What a reporter consents "
                    "to for the one is then read by the other.");
    }
  }
  if (info.plain_recipients.size() == 1) {
    out.push_back(name + "plain reports are read by " + info.plain_recipients.front()->label() +
                  " alone.");
  }
}

// Its key lies with a program that is always running and that telephones can reach.
void WarnOfRelays(const OpenCharter& charter, std::vector<std::string>& out) {
  for (const v1::Holder& holder : charter.message().holders()) {
    if (!HasRole(holder, v1::ROLE_RELAY) || holder.roles_size() == 1) continue;
    out.push_back(holder.label() +
                  " is a relay for SMS and has another post too. Whoever gets into the relay then "
                  "reads and does what that post may.");
  }
}

}  // namespace

std::vector<std::string> Warnings(const OpenCharter& charter, std::int64_t now) {
  std::vector<std::string> out;
  WarnOfExpiry(charter, now, out);
  for (const ChannelInfo& info : charter.channels()) WarnOfChannel(info, out);
  WarnOfRelays(charter, out);
  if (charter.message().witnesses().empty() || charter.message().witness_threshold() == 0) {
    out.push_back(
        "No witness is required. Only the expiry limits for how long an old charter can be shown "
        "to someone as the current one.");
  }
  if (charter.message().has_next_roots() && charter.message().next_roots().threshold() < 2) {
    out.push_back("One root key alone can sign the next charter.");
  }
  if (charter.message().texts().empty()) {
    out.push_back("There are no texts: reporters see ids instead of questions.");
  }
  return out;
}

}  // namespace safeconduct::charter
