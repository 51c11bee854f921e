// safeconduct case assign|exclude|link|dismiss|hold: who works on a case, and how it stands.
#include "gateway/cli/case_append.h"
#include "gateway/cli/case_people.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {

Done CaseAssign(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const v1::Holder* const holder, HolderNamed(opened, options.holder));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_assignment()->set_holder(holder->event_key());
        event.mutable_assignment()->set_ended(options.end);
        return {};
      },
      options.end ? holder->label() + " works on the case no more."
                  : "Assigned to " + holder->label() +
                        ", who sees the case now, and nothing of its content.");
}

Done CaseExclude(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const v1::Holder* const holder, HolderNamed(opened, options.holder));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_exclusion()->set_holder(holder->event_key());
        event.mutable_exclusion()->set_ended(options.end);
        return {};
      },
      options.end
          ? holder->label() + " is excluded no more."
          : holder->label() + " is excluded: the gateway shows and gives nothing of the case.");
}

Done CaseLink(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  // The other case is verified as well: its hash is what the link names.
  SC_ASSIGN(const OpenedCase other, FetchCase(context, options.other));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_link()->set_report_hash(other.file.report_hash.data(),
                                              other.file.report_hash.size());
        event.mutable_link()->set_ended(options.end);
        return {};
      },
      options.end ? "The cases are linked no more." : "Linked with " + other.file.id + ".");
}

Done CaseDismiss(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_dismissal()->set_ended(options.end);
        return {};
      },
      options.end ? "The dismissal is taken back." : "Dismissed. The case stays, out of the way.");
}

Done CaseHold(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_hold()->set_ended(options.end);
        return {};
      },
      options.end ? "The legal hold is lifted."
                  : "Under legal hold: nothing of the case is erased.");
}

Done CaseErase(Context& context, const ActOptions& options) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  if (!options.yes) {
    return UsageFailure("This destroys the report and all that was said, for everybody, for good",
                        "If that is meant, add --yes.");
  }
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        (void)event.mutable_erasure();
        return {};
      },
      "Erased. That the case was there, and who erased it, stays provable. Backups forget it when "
      "they are deleted.");
}

}  // namespace safeconduct::cli
