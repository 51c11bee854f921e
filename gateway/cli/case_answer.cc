// safeconduct case reply|status: events of a holder.
#include <algorithm>
#include <optional>

#include "gateway/cli/case_append.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/sms_words.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;

struct Addressee {
  v1::ReporterKeys keys;
  v1::Consent consent;
};

template <typename Message>
Outcome<std::optional<Addressee>> FindIn(Context& context, const OpenedCase& opened,
                                         const char* name,
                                         Result<Message> (*open)(const report::Checked&, ByteView,
                                                                 const age::FileKey&)) {
  if (opened.file.Served(name) == nullptr) return std::optional<Addressee>();
  SC_ASSIGN(const Result<age::FileKey> file_key, FileKeyOf(opened, name));
  if (!file_key.ok()) return std::optional<Addressee>();
  SC_ASSIGN(const Bytes payload, ReadPayload(context, opened, name));
  SC_ASSIGN(const Message message,
            ExplainAs(Exit::kUnverified, open(*opened.file.report, payload, *file_key),
                      std::string("The compartment '") + name + "' cannot be opened"));
  return std::optional<Addressee>({message.reporter(), message.consent()});
}

// The reporter's recipient comes out of what the reporter sealed, never from the gateway: out of
// whatever this holder can open.
Outcome<Addressee> FindReporter(Context& context, const OpenedCase& opened) {
  SC_ASSIGN(std::optional<Addressee> found,
            FindIn<v1::Triage>(context, opened, "triage", report::OpenTriage));
  if (!found) {
    SC_ASSIGN(found, FindIn<v1::Account>(context, opened, "account", report::OpenAccount));
  }
  if (!found) {
    SC_ASSIGN(found, FindIn<v1::Identity>(context, opened, "identity", report::OpenIdentity));
  }
  if (found) return *found;
  return KeyFailure("Nothing in this case is sealed to " + opened.holder.entry->label());
}

// Those who read the conversation, and who writes.
std::vector<const v1::Holder*> AnswerReaders(const OpenedCase& opened,
                                             const charter::ChannelInfo& channel,
                                             std::int64_t now) {
  const charter::OpenCharter& charter = *opened.charter.charter;
  std::vector<const v1::Holder*> more =
      report::AccountGrantees(opened.file.events, channel, charter, now);
  more.push_back(opened.holder.entry);
  return report::ConversationReaders(channel, charter, more);
}

bool HasRelay(const OpenedCase& opened) {
  const v1::Manifest& manifest = opened.file.report->manifest;
  const v1::Holder* const relay = opened.charter.charter->FindByEventKey(
      ToArray<sizeof(PublicKey)>(AsBytes(manifest.relay().holder())));
  return relay != nullptr && charter::IsRelayOf(*relay, manifest.channel());
}

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
  const bool by_sms = opened.file.report->manifest.has_relay();
  if (by_sms) {
    SC_TRY(TellOfSms(context, AsText(text.Reveal()),
                     options.long_sms ? LongSms::kAllowed : LongSms::kRefused));
  }
  const charter::ChannelInfo* channel =
      opened.charter.charter->FindChannel(opened.file.report->manifest.channel());
  if (channel == nullptr) return RefusedFailure("The charter does not have the channel any more");
  if (by_sms && !HasRelay(opened)) {
    context.out().Warn(
        "The charter does not name this reporter's relay any more: the answer waits and is not "
        "sent.");
  }
  SC_ASSIGN(const Addressee reporter, FindReporter(context, opened));
  v1::MessageText message;
  *message.mutable_reporter() = reporter.keys;
  message.set_report_hash(opened.file.report_hash.data(), opened.file.report_hash.size());
  message.set_text(std::string(AsText(text.Reveal())));
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  SC_ASSIGN(const Bytes sealed,
            Explain(report::SealMessage(message, reporter.keys.recipient(),
                                        AnswerReaders(opened, *channel, gateway->GatewayTime()),
                                        *channel),
                    "The message cannot be sealed"));
  if (!by_sms && !reporter.consent.contact()) {
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
      by_sms ? "The answer was accepted. The relay sends it by SMS."
             : "The answer was accepted. The reporter reads it in the mailbox.");
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
