#include "gateway/cli/case_released.h"

#include <set>

#include "gateway/cli/case_append.h"
#include "gateway/report/quorum_part.h"

namespace safeconduct::cli {
namespace {

std::string NameOf(const OpenedCase& opened, const PublicKey& event_key) {
  const v1::Holder* const holder = opened.charter.charter->FindByEventKey(event_key);
  return holder == nullptr ? "a trustee whom the charter does not name any more" : holder->label();
}

// What the gateway serves, or what stands in an event.
bool IsReleased(const OpenedCase& opened, const std::string& part) {
  return report::EventOfPart(part).has_value() || opened.file.Served(part) != nullptr;
}

bool HasOwnHeader(const OpenedCase& opened, const std::string& part) {
  if (const v1::CompartmentView* const served = opened.file.Served(part)) {
    return served->grant() != 0;
  }
  return report::FindGrantedHeader(opened.file.events, part,
                                   opened.holder.event_key.public_key()) != nullptr;
}

void Warn(Context& context, const OpenedCase& opened, const report::QuorumPart& part,
          const report::Combined& combined) {
  for (const report::BadShare& bad : combined.bad) {
    context.out().Warn("The share of " + part.name + " that " + NameOf(opened, bad.trustee) +
                       " released is not the one that the reporter sealed. Ask another trustee, "
                       "and tell an auditor.");
  }
  if (combined.sealers_fault) {
    context.out().Warn("The shares of " + part.name +
                       " are those that the reporter sealed, and they do not open it: no trustee "
                       "is to blame. Either the reporter did not consent to it, or sealed it "
                       "wrongly.");
  } else if (!combined.file_key && combined.malformed > 0) {
    context.out().Warn("The reporter sealed bad shares of " + part.name + " to " +
                       std::to_string(combined.malformed) + " of the trustees: ask others.");
  }
}

std::string NamesOf(const v1::Grant& grant) {
  std::string names;
  for (const v1::GrantedHeader& header : grant.headers()) {
    names += (names.empty() ? "" : ", ") + header.compartment();
  }
  return names;
}

// The headers that one request gives.
Outcome<v1::Grant> CollectHeaders(Context& context, const OpenedCase& opened,
                                  const report::CheckedEvent& request) {
  v1::Grant grant;
  grant.set_grantee(opened.holder.entry->event_key());
  grant.set_expires(request.event.request().expires());
  for (const std::string& name : request.event.request().compartments()) {
    if (!IsReleased(opened, name) || HasOwnHeader(opened, name)) continue;
    const Result<report::QuorumPart> part =
        report::FindQuorumPart(*opened.file.report, opened.file.events, name);
    if (!part.ok()) continue;
    const report::Combined combined =
        report::CombineReleased(*part, request, opened.file.events, opened.holder.party);
    Warn(context, opened, *part, combined);
    if (!combined.file_key) continue;
    SC_ASSIGN(const Bytes header,
              ExplainAs(Exit::kUnverified,
                        report::MakeGrantedHeader(part->header_bytes, *combined.file_key,
                                                  *opened.holder.entry),
                        "What was released as " + name + " is not of this case"));
    v1::GrantedHeader& granted = *grant.add_headers();
    granted.set_compartment(name);
    granted.set_header(header.data(), header.size());
  }
  return grant;
}

}  // namespace

Done TakeReleased(Context& context, OpenedCase& opened) {
  if (!opened.file.report) return {};
  const std::string own(AsText(opened.holder.event_key.public_key()));
  const std::vector<report::CheckedEvent> events = opened.file.events;
  for (const report::CheckedEvent& event : events) {
    if (!event.event.has_request() || event.event.author() != own) continue;
    SC_ASSIGN(const v1::Grant grant, CollectHeaders(context, opened, event));
    if (grant.headers().empty()) continue;
    const Outcome<Appended> appended = Append(context, opened, [&](v1::Event& next) -> Done {
      *next.mutable_grant() = grant;
      return {};
    });
    // What an event holds may have shares enough, and not be released yet, or no more.
    if (!appended.ok() && appended.error().exit == Exit::kRefused) {
      context.out().Note("Not released to you: " + NamesOf(grant) + ".");
      continue;
    }
    SC_TRY(appended);
    context.out().Note("Released to you: " + NamesOf(grant) +
                       ". Your own header for it was added to the case.");
    SC_ASSIGN(opened.file, RefetchCase(context, opened));
  }
  return {};
}

}  // namespace safeconduct::cli
