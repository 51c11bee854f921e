// safeconduct case grant|revoke: who reads what.
#include <algorithm>

#include "gateway/cli/case_append.h"
#include "gateway/cli/case_people.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"
#include "gateway/report/consent.h"

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
  Result<std::optional<v1::Consent>> changed =
      report::NewestConsent(opened.file.events, opened.holder.party, *opened.file.report);
  SC_ASSIGN(const std::optional<v1::Consent> newest,
            ExplainAs(Exit::kUnverified, std::move(changed), "A change of consent cannot be read"));
  if (report::MayKnowIdentity(grantee, newest.value_or(identity.consent()))) return {};
  return RefusedFailure("The reporter did not consent that " + grantee.label() +
                        " knows who they are");
}

Outcome<std::string> HeaderFor(const OpenedCase& opened, const std::string& name,
                               const v1::Holder& grantee) {
  const std::string doing = "The compartment '" + name + "' cannot be granted";
  SC_ASSIGN(Result<age::FileKey> found, FileKeyOf(opened, name));
  SC_ASSIGN(const age::FileKey file_key, Explain(std::move(found), doing));
  SC_ASSIGN(const Bytes header,
            Explain(report::MakeGrantedHeader(AsBytes(opened.file.Find(name)->header()), file_key,
                                              grantee),
                    doing));
  return std::string(AsText(header));
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

Done CaseGrant(Context& context, const ActOptions& options) {
  std::int64_t expires = 0;
  if (!options.until.empty()) {
    SC_ASSIGN(expires, ParseTime(options.until));
  }
  if (options.all == !options.id.empty()) {
    return UsageFailure("Name one case, or all open ones by --all-open");
  }
  if (!options.all) return GrantOne(context, options, expires);
  return InOpenCases(context, "Granted", [&](const std::string& id) {
    ActOptions one = options;
    one.id = id;
    return GrantOne(context, one, expires);
  });
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
