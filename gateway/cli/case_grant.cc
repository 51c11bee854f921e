// safeconduct case grant|revoke: who reads what.
#include <algorithm>

#include "gateway/cli/case_append.h"
#include "gateway/cli/case_people.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"

namespace safeconduct::cli {
namespace {

// The compartments that are meant, in the manifest's order: with the account go its attachments.
Outcome<std::vector<std::string>> Expand(const CaseFile& file,
                                         const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  const auto is_wanted = [&](const std::string& name) {
    return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  for (const v1::Compartment& compartment : file.report->manifest.compartments()) {
    const std::string& name = compartment.name();
    if (is_wanted(name) || (name.starts_with("attachment-") && is_wanted("account"))) {
      names.push_back(name);
    }
  }
  for (const std::string& name : wanted) {
    if (file.Find(name) == nullptr) {
      return UsageFailure("The case has no compartment '" + name + "'",
                          "They are triage, account, identity and, if there are any, "
                          "attachment-0, attachment-1 and so on.");
    }
  }
  return names;
}

// Who the reporter is goes only to those whom the reporter allows.
Done CheckConsent(Context& context, const OpenedCase& opened, const v1::Holder& grantee) {
  SC_ASSIGN(const Bytes payload, ReadPayload(context, opened, "identity"));
  SC_ASSIGN(Result<age::FileKey> found, FileKeyOf(opened, "identity"));
  SC_ASSIGN(const age::FileKey file_key,
            Explain(std::move(found), "The identity is not yours to grant"));
  SC_ASSIGN(
      const v1::Identity identity,
      ExplainAs(Exit::kUnverified, report::OpenIdentity(*opened.file.report, payload, file_key),
                "The identity does not verify"));
  const v1::Consent& consent = identity.consent();
  const bool allowed = charter::HasRole(grantee, v1::ROLE_SUPPORT) ? consent.support_services()
                                                                   : consent.investigators();
  if (allowed) return {};
  return RefusedFailure("The reporter did not consent that " + grantee.label() +
                        " knows who they are");
}

Outcome<std::string> HeaderFor(const OpenedCase& opened, const std::string& name,
                               const v1::Holder& grantee) {
  const std::string doing = "The compartment '" + name + "' cannot be granted";
  SC_ASSIGN(Result<age::FileKey> found, FileKeyOf(opened, name));
  SC_ASSIGN(const age::FileKey file_key, Explain(std::move(found), doing));
  SC_ASSIGN(const Bytes header,
            Explain(report::MakeGrantedHeader(*opened.file.Find(name), file_key, grantee), doing));
  return std::string(AsText(header));
}

// Every case that is neither closed nor dismissed, newest first.
Outcome<std::vector<std::string>> OpenCases(Context& context) {
  SC_ASSIGN(const VerifiedCharter charter, context.Charter(Memory::kRemember));
  SC_ASSIGN(const Holder holder, context.HolderOf(charter));
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  std::vector<std::string> ids;
  std::string after;
  do {
    SC_ASSIGN(const v1::CaseList page, gateway->ListCases(holder.request_key, "", after));
    for (const v1::CaseSummary& summary : page.cases()) {
      const bool open = summary.status() != v1::CASE_STATUS_CLOSED && !summary.dismissed();
      if (open && !summary.plain()) ids.push_back(summary.report_id());
    }
    after = page.next();
  } while (!after.empty());
  return ids;
}

Done GrantOne(Context& context, const ActOptions& options, std::int64_t expires) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  if (!opened.file.report) {
    return RefusedFailure("Nothing in this case can be granted by " + opened.holder.entry->label());
  }
  SC_ASSIGN(const v1::Holder* const grantee, HolderNamed(opened, options.holder));
  SC_ASSIGN(const std::vector<std::string> names, Expand(opened.file, options.compartments));
  if (std::find(names.begin(), names.end(), "identity") != names.end()) {
    SC_TRY(CheckConsent(context, opened, *grantee));
  }
  v1::Grant grant;
  grant.set_grantee(grantee->event_key());
  grant.set_expires(expires);
  std::string said = "Granted to " + grantee->label() + ":";
  for (const std::string& name : names) {
    SC_ASSIGN(const std::string header, HeaderFor(opened, name, *grantee));
    v1::GrantedHeader& granted = *grant.add_headers();
    granted.set_compartment(name);
    granted.set_header(header);
    said += " " + name;
  }
  if (expires != 0) said += ", until " + FormatTime(expires);
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        *event.mutable_grant() = grant;
        return {};
      },
      said + ".");
}

}  // namespace

// When an officer takes over: what the author reads, in every open case. Goes on after a case that
// refuses; the last line says how many there were.
Done CaseGrant(Context& context, const ActOptions& options) {
  std::int64_t expires = 0;
  if (!options.until.empty()) {
    SC_ASSIGN(expires, ParseTime(options.until));
  }
  if (options.all == !options.id.empty()) {
    return UsageFailure("Name one case, or all open ones by --all-open");
  }
  if (!options.all) return GrantOne(context, options, expires);
  SC_ASSIGN(const std::vector<std::string> ids, OpenCases(context));
  std::size_t refused = 0;
  for (const std::string& id : ids) {
    ActOptions one = options;
    one.id = id;
    const Done done = GrantOne(context, one, expires);
    if (done.ok()) continue;
    if (done.error().exit == Exit::kNetwork || done.error().exit == Exit::kUsage) return done;
    ++refused;
    context.out().Warn("Case " + id + ": " + done.error().message);
  }
  if (refused == 0) {
    context.out().Note("Granted in " + std::to_string(ids.size()) + " cases.");
    return {};
  }
  return RefusedFailure("Not granted in " + std::to_string(refused) + " of " +
                        std::to_string(ids.size()) + " cases");
}

Done CaseRevoke(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const v1::Holder* const holder, HolderNamed(opened, options.holder));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        v1::Revocation& revocation = *event.mutable_revocation();
        revocation.set_holder(holder->event_key());
        for (const std::string& name : options.compartments) revocation.add_compartments(name);
        return {};
      },
      "Taken back. What " + holder->label() + " downloaded before cannot be unread.");
}

}  // namespace safeconduct::cli
