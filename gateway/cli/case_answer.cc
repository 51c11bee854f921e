// safeconduct case reply|status: events of a holder.
#include "gateway/cli/case_append.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;

}  // namespace

Done CaseReply(Context& context, const CaseOptions& options) {
  SC_ASSIGN(const SecretBytes text, ReadFile(options.text, kMaxTextBytes, "the message"));
  if (text.empty()) return UsageFailure("The message is empty");
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  if (opened.file.plain()) {
    return RefusedFailure("This case came as a plain report, which has no mailbox",
                          "Nobody can be answered, unless the report itself says how.");
  }
  if (!opened.file.report) {
    return KeyFailure("Nothing in this case is sealed to " + opened.holder.entry->label());
  }
  const charter::ChannelInfo* channel =
      opened.charter.charter->FindChannel(opened.file.report->manifest.channel());
  if (channel == nullptr) return RefusedFailure("The charter does not have the channel any more");
  // The reporter's recipient comes out of what the reporter sealed, never from the gateway.
  SC_ASSIGN(const Bytes payload, ReadPayload(context, opened, "triage"));
  SC_ASSIGN(const v1::Triage triage,
            Explain(report::OpenTriage(*opened.file.report, payload, opened.holder.party),
                    "The triage, which says whom to answer, cannot be opened"));
  v1::MessageText message;
  *message.mutable_reporter() = triage.reporter();
  message.set_report_hash(opened.file.report_hash.data(), opened.file.report_hash.size());
  message.set_text(std::string(AsText(text.Reveal())));
  SC_ASSIGN(const Bytes sealed, Explain(report::SealMessage(message, triage.reporter().recipient(),
                                                            report::AccountReaders(*channel)),
                                        "The message cannot be sealed"));
  if (!triage.consent().contact()) {
    context.out().Note(
        "The reporter did not ask to be contacted. The answer waits in the mailbox; "
        "nothing else reaches them.");
  }
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_message()->set_sealed(sealed.data(), sealed.size());
        return {};
      },
      "The answer was accepted. The reporter reads it in the mailbox.");
}

Done CaseStatus(Context& context, const CaseOptions& options) {
  const int status = ParseStatus(options.status);
  if (status == v1::CASE_STATUS_UNSPECIFIED || status == v1::CASE_STATUS_RECEIVED) {
    return UsageFailure("'" + options.status + "' is no status that can be set",
                        "They are acknowledged, in-assessment, under-investigation, referred, "
                        "action-taken and closed.");
  }
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        event.mutable_status()->set_status(static_cast<v1::CaseStatus>(status));
        return {};
      },
      "The status is now: " + options.status);
}

}  // namespace safeconduct::cli
