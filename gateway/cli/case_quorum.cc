// safeconduct case request|approve|refuse|handover: what is asked of a quorum, and what its
// trustees answer.
#include <algorithm>
#include <map>

#include "gateway/cli/case_append.h"
#include "gateway/cli/case_people.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"
#include "gateway/report/consent.h"
#include "gateway/report/quorum_part.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;

template <typename Names>
std::string Join(const Names& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

const charter::ChannelInfo* ChannelOf(const OpenedCase& opened) {
  return opened.charter.charter->FindChannel(opened.file.view.summary().channel());
}

Outcome<const charter::ChannelInfo*> QuorumOf(const OpenedCase& opened) {
  const charter::ChannelInfo* const channel = ChannelOf(opened);
  if (channel != nullptr && opened.file.report) return channel;
  return RefusedFailure("Nothing of this case is sealed to a quorum that " +
                        opened.holder.entry->label() + " has to do with");
}

// The reason, sealed to the trustees and to whoever asks.
Outcome<Bytes> SealReason(const OpenedCase& opened, const charter::ChannelInfo& channel,
                          const std::string& file, const v1::Holder& asker) {
  SC_ASSIGN(const SecretBytes text, ReadFile(file, kMaxTextBytes, "the reason"));
  if (text.empty()) return UsageFailure("The reason is empty");
  v1::ReasonText reason;
  reason.set_report_hash(opened.file.report_hash.data(), opened.file.report_hash.size());
  reason.set_text(std::string(AsText(text.Reveal())));
  std::vector<const v1::Holder*> readers;
  for (const v1::Holder& holder : opened.charter.charter->message().holders()) {
    const bool is_trustee = std::find(channel.trustees.begin(), channel.trustees.end(), &holder) !=
                            channel.trustees.end();
    if (is_trustee || &holder == &asker) readers.push_back(&holder);
  }
  return Explain(report::SealRecord(reason, readers), "The reason cannot be sealed");
}

// What is meant, in its order: with the account go its attachments and what was written so far;
// with the identity, what the reporter gave anew.
Outcome<std::vector<std::string>> Expand(const OpenedCase& opened,
                                         const std::vector<std::string>& wanted) {
  const auto is_wanted = [&](const std::string& name) {
    return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  const auto& events = opened.file.events;
  const std::vector<std::string> all = report::QuorumParts(*opened.file.report, events);
  std::vector<std::string> names;
  for (const std::string& name : all) {
    const std::optional<std::uint64_t> number = report::EventOfPart(name);
    const bool is_consent =
        number && events[static_cast<std::size_t>(*number - 1)].event.has_consent();
    const bool of_account = name.starts_with("attachment-") || (number && !is_consent);
    if (is_wanted(name) || (of_account && is_wanted("account")) ||
        (is_consent && is_wanted("identity"))) {
      names.push_back(name);
    }
  }
  for (const std::string& name : wanted) {
    if (std::find(all.begin(), all.end(), name) == all.end()) {
      return UsageFailure("'" + name + "' is nothing that this case has sealed to a quorum",
                          "It has " + Join(all) + ".");
    }
  }
  if (names.size() > report::kMaxParts) {
    return UsageFailure(
        "More than " + std::to_string(report::kMaxParts) + " parts cannot be asked for at once",
        "Name some of them: " + Join(names));
  }
  return names;
}

// The request that is meant: the one of that number, or the only one that this trustee has not
// answered.
Outcome<const report::CheckedEvent*> RequestNamed(const OpenedCase& opened, std::uint64_t number) {
  const std::string own(AsText(opened.holder.event_key.public_key()));
  std::vector<const report::CheckedEvent*> waiting;
  for (const report::CheckedEvent& event : opened.file.events) {
    if (event.event.has_request()) {
      if (number == event.event.sequence()) return &event;
      waiting.push_back(&event);
    }
    if (event.event.author() != own) continue;
    const std::string& answered = event.event.has_approval()  ? event.event.approval().request()
                                  : event.event.has_refusal() ? event.event.refusal().request()
                                                              : std::string();
    std::erase_if(waiting,
                  [&](const report::CheckedEvent* each) { return answered == AsText(each->hash); });
  }
  if (number == 0 && waiting.size() == 1) return waiting.front();
  if (waiting.empty() || number != 0) {
    return RefusedFailure("The case has no such request", "See: safeconduct case show ID");
  }
  std::string numbers;
  for (const report::CheckedEvent* each : waiting) {
    numbers += " " + std::to_string(each->event.sequence());
  }
  return UsageFailure("There are several requests", "Choose by --request:" + numbers);
}

// --- Shares -----------------------------------------------------------------------------------

std::size_t PlaceOf(const v1::Holder* trustee, const charter::ChannelInfo& channel) {
  const auto& trustees = channel.trustees;
  const auto found = std::find(trustees.begin(), trustees.end(), trustee);
  return static_cast<std::size_t>(found - trustees.begin()) + 1;
}

// An identity goes only to whom the reporter allows, by the newest answers.
Done CheckConsent(const OpenedCase& opened, const report::OwnShare& own,
                  const v1::Holder& grantee) {
  Result<std::optional<v1::Consent>> changed =
      report::NewestConsent(opened.file.events, opened.holder.party, *opened.file.report);
  if (!changed.ok() && changed.error().code() == Code::kWrongKey) {
    return RefusedFailure(
        "The reporter changed the consent, and the change is not sealed to you: you cannot tell "
        "whether the identity may be released");
  }
  SC_ASSIGN(
      const std::optional<v1::Consent> newest,
      ExplainAs(Exit::kUnverified, std::move(changed), "A change of consent does not verify"));
  if (!newest && !own.share) return {};
  const v1::Consent consent = newest ? *newest : report::ConsentOf(own.share->consent);
  if (report::MayKnowIdentity(grantee, consent)) return {};
  return RefusedFailure(
      "The reporter did not consent that " + grantee.label() + " knows who they are",
      "Release the rest by naming it: --compartment account, for instance.");
}

// Shares of the parts by their place in the quorum, which differs where the charter changed.
using SharesByPlace = std::map<std::uint32_t, std::vector<v1::SealedShare>>;
using MakeShare =
    std::function<Result<v1::SealedShare>(const report::QuorumPart&, const report::OwnShare&)>;
// Of each part of `names`; `check` may refuse one.
Outcome<SharesByPlace> CollectShares(
    const OpenedCase& opened, const charter::ChannelInfo& channel,
    const std::vector<std::string>& names,
    const std::function<Done(const report::QuorumPart&, const report::OwnShare&)>& check,
    const MakeShare& make) {
  const std::size_t likely = PlaceOf(opened.holder.entry, channel);
  SharesByPlace shares;
  for (const std::string& name : names) {
    SC_ASSIGN(const report::QuorumPart part,
              ExplainAs(Exit::kUnverified,
                        report::FindQuorumPart(*opened.file.report, opened.file.events, name),
                        "'" + name + "' is nothing that is sealed to a quorum"));
    SC_ASSIGN(const report::OwnShare own,
              ExplainAs(Exit::kKey,
                        report::FindOwnShare(part, opened.file.events, opened.holder.party, likely),
                        "No share of '" + name + "' is for you",
                        "Whoever became a trustee later needs a handover by the one before."));
    SC_TRY(check(part, own));
    SC_ASSIGN(v1::SealedShare share,
              Explain(make(part, own), "The share of '" + name + "' cannot be passed on"));
    shares[static_cast<std::uint32_t>(own.index)].push_back(std::move(share));
  }
  return shares;
}

Done HandOver(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const charter::ChannelInfo* const channel, QuorumOf(opened));
  SC_ASSIGN(const v1::Holder* const successor, HolderNamed(opened, options.holder));
  const PublicKey own = opened.holder.event_key.public_key();
  std::vector<std::string> names;
  for (std::string& name : report::QuorumParts(*opened.file.report, opened.file.events)) {
    // What came later may be sealed to the successor already; what is malformed is of no use.
    Result<report::QuorumPart> part =
        report::FindQuorumPart(*opened.file.report, opened.file.events, name);
    if (!part.ok()) continue;
    const Result<report::OwnShare> share = report::FindOwnShare(
        *part, opened.file.events, opened.holder.party, PlaceOf(opened.holder.entry, *channel));
    if (share.ok() && share->share) names.push_back(std::move(name));
  }
  if (names.empty()) return KeyFailure("No share in this case is for you");
  SC_ASSIGN(const SharesByPlace shares,
            CollectShares(
                opened, *channel, names,
                [](const report::QuorumPart&, const report::OwnShare&) { return Done(); },
                [&](const report::QuorumPart& part, const report::OwnShare& share) {
                  return report::HandOverShare(part, share, own, *successor);
                }));
  for (const auto& [place, some] : shares) {
    SC_TRY(AppendToCase(
        context, opened,
        [&, place = place, &some = some](v1::Event& event) -> Done {
          v1::Handover& handover = *event.mutable_handover();
          handover.set_successor(successor->event_key());
          handover.set_index(place);
          for (const v1::SealedShare& share : some) *handover.add_shares() = share;
          return {};
        },
        "Handed over to " + successor->label() + ". Your own shares stay good."));
    SC_ASSIGN(opened.file, RefetchCase(context, opened));
  }
  return {};
}

}  // namespace

Done CaseRequest(Context& context, const ActOptions& options) {
  std::int64_t expires = 0;
  if (!options.until.empty()) {
    SC_ASSIGN(expires, ParseTime(options.until));
  }
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const charter::ChannelInfo* const channel, QuorumOf(opened));
  SC_ASSIGN(const std::vector<std::string> names, Expand(opened, options.compartments));
  SC_ASSIGN(const Bytes reason, SealReason(opened, *channel, options.text, *opened.holder.entry));
  const v1::Policy& policy = channel->channel->policy();
  std::string said = "Asked for " + Join(names) + ". " + std::to_string(policy.quorum_threshold()) +
                     " of " + std::to_string(channel->trustees.size()) + " trustees";
  if (policy.quorum_organisations() > 1) {
    said += ", of at least " + std::to_string(policy.quorum_organisations()) + " organisations,";
  }
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        v1::ReleaseRequest& request = *event.mutable_request();
        for (const std::string& name : names) request.add_compartments(name);
        request.set_reason(reason.data(), reason.size());
        request.set_expires(expires);
        return {};
      },
      said + " have to approve.");
}

Done CaseApprove(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const charter::ChannelInfo* const channel, QuorumOf(opened));
  SC_ASSIGN(const report::CheckedEvent* const found, RequestNamed(opened, options.number));
  const report::CheckedEvent request = *found;
  const v1::Holder* const grantee =
      opened.charter.charter->FindByEventKey(ToArray<32>(AsBytes(request.event.author())));
  if (grantee == nullptr) return RefusedFailure("The charter does not name who asks any more");
  const auto& asked = request.event.request().compartments();
  const std::vector<std::string> names = options.compartments.empty()
                                             ? std::vector<std::string>(asked.begin(), asked.end())
                                             : options.compartments;
  const PublicKey own = opened.holder.event_key.public_key();
  SC_ASSIGN(const SharesByPlace shares,
            CollectShares(
                opened, *channel, names,
                [&](const report::QuorumPart& part, const report::OwnShare& share) {
                  return part.identity ? CheckConsent(opened, share, *grantee) : Done();
                },
                [&](const report::QuorumPart& part, const report::OwnShare& share) {
                  if (!share.share) {
                    context.out().Warn("What the reporter sealed to you of " + part.name +
                                       " is not what they committed to. That is answered; it is "
                                       "not your fault.");
                  }
                  return report::ReleaseShare(part, share, request, own, *grantee);
                }));
  for (const auto& [place, some] : shares) {
    SC_TRY(AppendToCase(
        context, opened,
        [&, place = place, &some = some](v1::Event& event) -> Done {
          v1::Approval& approval = *event.mutable_approval();
          approval.set_request(request.hash.data(), request.hash.size());
          approval.set_index(place);
          for (const v1::SealedShare& share : some) *approval.add_shares() = share;
          return {};
        },
        "Approved: " + Join(names) + " for " + grantee->label() + " (" + grantee->organisation() +
            ")."));
    SC_ASSIGN(opened.file, RefetchCase(context, opened));
  }
  return {};
}

Done CaseRefuse(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const charter::ChannelInfo* const channel, QuorumOf(opened));
  SC_ASSIGN(const report::CheckedEvent* const found, RequestNamed(opened, options.number));
  const report::CheckedEvent request = *found;
  const v1::Holder* const asker =
      opened.charter.charter->FindByEventKey(ToArray<32>(AsBytes(request.event.author())));
  if (asker == nullptr) return RefusedFailure("The charter does not name who asks any more");
  SC_ASSIGN(const Bytes reason, SealReason(opened, *channel, options.text, *asker));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_refusal()->set_request(request.hash.data(), request.hash.size());
        event.mutable_refusal()->set_reason(reason.data(), reason.size());
        return {};
      },
      "Refused. The reason is sealed to " + asker->label() + " and the trustees.");
}

Done CaseHandover(Context& context, const ActOptions& options) {
  if (options.all == !options.id.empty()) {
    return UsageFailure("Name one case, or all open ones by --all-open");
  }
  if (!options.all) return HandOver(context, options);
  return InOpenCases(context, "Handed over", [&](const std::string& id) {
    ActOptions one = options;
    one.id = id;
    return HandOver(context, one);
  });
}

}  // namespace safeconduct::cli
