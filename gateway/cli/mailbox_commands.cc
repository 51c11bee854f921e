// safeconduct mailbox read|reply|consent: the reporter's side of the conversation.
#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "gateway/cli/answers.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/mailbox_log.h"
#include "gateway/cli/receipt_code_input.h"
#include "gateway/cli/terminal.h"
#include "gateway/report/consent.h"
#include "gateway/report/expiry.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;

struct Reporter {
  identity::Party party;
  SigningKey request_key;
  SigningKey event_key;
};

Outcome<Reporter> ReadReporter(const MailboxOptions& options) {
  SC_ASSIGN(const ReceiptCode code, ReadReceiptCode(options.code_file));
  identity::Party party = identity::Party::FromReceiptCode(code);
  SigningKey request_key = party.Key(identity::Purpose::kRequest);
  SigningKey event_key = party.Key(identity::Purpose::kEvent);
  return Reporter{std::move(party), std::move(request_key), std::move(event_key)};
}

// The mailbox with what of it can be checked: ids, and the events' signatures.
struct OpenMailbox {
  v1::Mailbox message;
  Hash report_hash{};
  report::Head head;
  std::vector<report::CheckedEvent> events;
  std::optional<report::CheckedEvent> erasure;  // or expiry; none: it was not erased, or not shown
};

Failure Inconsistent() {
  return UnverifiedFailure("The mailbox that the gateway sent contradicts itself",
                           "Tell the organisation by another way.");
}

std::uint64_t LastOf(const OpenMailbox& mailbox) {
  return mailbox.events.empty() ? 0 : mailbox.events.back().event.sequence();
}

// Takes over the events of one page, after checking their signatures, their case and their order.
Done TakeEvents(const v1::Mailbox& page, OpenMailbox& mailbox) {
  for (const v1::SignedEvent& signed_event : page.events()) {
    SC_ASSIGN(report::CheckedEvent event,
              ExplainAs(Exit::kUnverified, report::CheckEvent(signed_event),
                        "An event in the mailbox does not verify"));
    if (AsText(mailbox.report_hash) != event.event.report_hash() ||
        event.event.sequence() <= LastOf(mailbox)) {
      return Inconsistent();
    }
    mailbox.events.push_back(std::move(event));
  }
  return {};
}

// What erased the report, as it was signed. That whoever signed an erasure might do so is not
// asked: the gateway could as well show nothing.
Done TakeErasure(const v1::Mailbox& message, const charter::OpenCharter& charter,
                 OpenMailbox& mailbox) {
  if (!message.has_erasure()) return {};
  SC_ASSIGN(report::CheckedEvent erasure,
            ExplainAs(Exit::kUnverified, report::CheckEvent(message.erasure()),
                      "The event that erased your report does not verify"));
  const v1::Event& event = erasure.event;
  if (!message.erased() || !report::Erases(event) || erasure.hash != mailbox.head.hash ||
      event.sequence() != mailbox.head.sequence ||
      event.report_hash() != AsText(mailbox.report_hash)) {
    return Inconsistent();
  }
  if (event.has_expiry()) {
    SC_TRY(ExplainAs(Exit::kUnverified, report::CheckExpiry(event, charter),
                     "The event by which your report expired does not verify"));
    if (event.expiry().channel() != message.channel()) return Inconsistent();
  }
  mailbox.erasure = std::move(erasure);
  return {};
}

enum class ErasedBy : std::uint8_t { kUnknown, kOffice, kRetention };
ErasedBy WhoErased(const OpenMailbox& mailbox) {
  if (!mailbox.erasure) return ErasedBy::kUnknown;
  return mailbox.erasure->event.has_expiry() ? ErasedBy::kRetention : ErasedBy::kOffice;
}

const char* NameOf(ErasedBy by) {
  switch (by) {
    case ErasedBy::kUnknown:
      return "";
    case ErasedBy::kOffice:
      return "office";
    case ErasedBy::kRetention:
      return "retention";
  }
  return "";
}

// Without its full stop.
std::string ErasedText(const OpenMailbox& mailbox) {
  const std::string erased = "Your report and the conversation were erased";
  const ErasedBy by = WhoErased(mailbox);
  if (by == ErasedBy::kUnknown) return erased;
  const v1::Event& event = mailbox.erasure->event;
  const std::string on = " on " + FormatDay(event.time());
  if (by == ErasedBy::kOffice) return erased + " by the office" + on;
  const std::uint32_t days = event.expiry().closed_days();
  return erased + on + " because their time was over: the case was closed on " +
         FormatDay(event.expiry().closed_day()) + ", and this office keeps closed cases for " +
         std::to_string(days) + (days == 1 ? " day" : " days");
}

Outcome<OpenMailbox> FetchMailbox(Context& context, const Reporter& reporter,
                                  const charter::OpenCharter& charter) {
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  Outcome<v1::Mailbox> read = gateway->ReadMailbox(reporter.request_key, 0);
  if (!read.ok()) {
    Failure failure = read.error();
    if (failure.exit == Exit::kRefused) {
      failure.hint =
          "The code is well-formed, but this gateway has no report under it. Check "
          "--gateway, and the code against what you wrote down.";
    }
    return failure;
  }
  OpenMailbox mailbox;
  mailbox.message = *std::move(read);
  const v1::Mailbox& message = mailbox.message;
  if (message.report_hash().size() != 32 || message.head().size() != 32) return Inconsistent();
  mailbox.report_hash = ToArray<32>(AsBytes(message.report_hash()));
  mailbox.head = {message.sequence(), ToArray<32>(AsBytes(message.head()))};
  if (report::FormatId(report::IdOf(mailbox.report_hash)) != message.report_id()) {
    return Inconsistent();
  }
  // An erasure takes the leaf's salt too, and the promise with it.
  if (!message.erased() || !message.promise().empty()) {
    SC_TRY(ExplainAs(Exit::kUnverified,
                     report::VerifyPromise(message.promise(), report::LeafKind::kReport,
                                           mailbox.report_hash, charter.logs()),
                     "The gateway's promise for the report does not verify"));
  }
  SC_TRY(TakeErasure(message, charter, mailbox));
  SC_TRY(TakeEvents(message, mailbox));
  while (!mailbox.events.empty() && LastOf(mailbox) < mailbox.head.sequence) {
    const std::size_t had = mailbox.events.size();
    SC_ASSIGN(const v1::Mailbox more, gateway->ReadMailbox(reporter.request_key, LastOf(mailbox)));
    SC_TRY(TakeEvents(more, mailbox));
    if (mailbox.events.size() == had) break;  // what is left is not the reporter's
  }
  return mailbox;
}

Failure OtherReaders() {
  return UnverifiedFailure("The gateway names other readers for your message than the charter",
                           "Nothing was sent. Tell the organisation by another way.");
}

// To whom the account was sealed, granted or released: the gateway names them; the charter, and the
// signed events that it gives, decide.
Outcome<std::vector<const v1::Holder*>> ReadersOf(const OpenMailbox& mailbox,
                                                  const charter::ChannelInfo& channel,
                                                  const charter::OpenCharter& charter,
                                                  std::int64_t now) {
  const v1::Mailbox& message = mailbox.message;
  std::vector<report::CheckedEvent> proofs;
  for (const v1::SignedEvent& signed_event : message.grants()) {
    Result<report::CheckedEvent> checked = report::CheckEvent(signed_event);
    if (!checked.ok() || checked->event.report_hash() != AsText(mailbox.report_hash)) {
      return OtherReaders();
    }
    proofs.push_back(*std::move(checked));
  }
  const std::vector<const v1::Holder*> grantees =
      report::AccountGrantees(proofs, channel, charter, now);
  std::vector<const v1::Holder*> readers = report::ConversationReaders(channel, charter, grantees);
  std::set<std::string> entitled;
  for (const v1::Holder* holder : readers) entitled.insert(holder->label());
  const std::set<std::string> named(message.readers().begin(), message.readers().end());
  if (named != entitled) return OtherReaders();
  return readers;
}

v1::ReporterKeys KeysOf(const Reporter& reporter) {
  v1::ReporterKeys keys;
  const PublicKey& request_key = reporter.request_key.public_key();
  const PublicKey& event_key = reporter.event_key.public_key();
  keys.set_recipient(reporter.party.recipient());
  keys.set_request_key(request_key.data(), request_key.size());
  keys.set_event_key(event_key.data(), event_key.size());
  return keys;
}

// What the reporter adds to the case; `fill` makes the body.
using Fill = std::function<Done(const OpenMailbox&, const charter::ChannelInfo&, v1::Event&)>;

Done AppendOnce(Context& context, const Reporter& reporter, const VerifiedCharter& verified,
                const Fill& fill, const std::string& said) {
  const charter::OpenCharter& charter = *verified.charter;
  SC_ASSIGN(const OpenMailbox mailbox, FetchMailbox(context, reporter, charter));
  if (mailbox.message.erased()) {
    return RefusedFailure(ErasedText(mailbox));
  }
  const charter::ChannelInfo* channel = charter.FindChannel(mailbox.message.channel());
  if (channel == nullptr) {
    return RefusedFailure("The charter has no channel '" + mailbox.message.channel() +
                          "' any more");
  }
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  v1::Event event = NextEvent(mailbox.report_hash, mailbox.head, reporter.event_key.public_key(),
                              charter.version(), gateway->GatewayTime());
  SC_TRY(fill(mailbox, *channel, event));
  const v1::SignedEvent signed_event = report::SignEvent(event, reporter.event_key);
  SC_ASSIGN(const v1::AppendEventReply reply,
            gateway->AppendToMailbox(reporter.request_key, signed_event));
  SC_TRY(CheckEventReply(reply, signed_event, charter));
  JsonObject json;
  json.Add("report_id", mailbox.message.report_id());
  json.AddNumber("sequence", event.sequence());
  json.Add("promise", reply.promise());
  context.out().Print(json);
  context.out().Line(said);
  return {};
}

// The receipt is written if it is one, and what became of the promise decides how the command ends.
Done EndWithStanding(const LogStanding& standing, const v1::Mailbox& mailbox,
                     const std::string& save_receipt) {
  SC_TRY(JudgeStanding(standing));
  if (save_receipt.empty()) return {};
  if (!standing.receipt) {
    return RefusedFailure(
        "There is no receipt yet, so none was written",
        "It comes with the log's next checkpoint, by " + FormatTime(standing.until) + ".");
  }
  return WriteNewFile(save_receipt, AsBytes(mailbox.receipt()), Overwrite::kNever);
}

}  // namespace

Done MailboxRead(Context& context, const MailboxOptions& options) {
  SC_ASSIGN(const Reporter reporter, ReadReporter(options));
  SC_ASSIGN(const VerifiedCharter verified,
            context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
  SC_ASSIGN(const OpenMailbox mailbox, FetchMailbox(context, reporter, *verified.charter));
  SC_ASSIGN(const std::vector<Entry> entries,
            ReadEntries(mailbox.events, {*verified.charter, reporter.party, mailbox.report_hash,
                                         reporter.event_key.public_key()}));
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  const LogStanding standing = StandingOf(mailbox.message, mailbox.report_hash, *verified.charter,
                                          trust, std::max(context.Now(), gateway->GatewayTime()));
  Output& out = context.out();
  JsonObject json;
  json.Add("report_id", mailbox.message.report_id());
  json.Add("channel", mailbox.message.channel());
  json.Add("status", StatusName(mailbox.message.status()));
  json.AddBool("erased", mailbox.message.erased());
  if (mailbox.message.erased()) json.Add("erased_by", NameOf(WhoErased(mailbox)));
  json.Add("entries", EntriesJson(entries));
  json.Add("promise", mailbox.message.promise());
  json.Add("log", StandingJson(standing));
  if (standing.receipt) json.Add("receipt", mailbox.message.receipt());
  out.Print(json);
  out.Pair("report id", mailbox.message.report_id());
  out.Pair("status", StatusName(mailbox.message.status()));
  PrintStanding(out, standing, trust);
  if (mailbox.message.erased()) {
    out.Line(ErasedText(mailbox) + ". That it was there, and what erased it, stays provable.");
    return {};
  }
  PrintEntries(out, entries);
  if (entries.empty()) out.Line("There is no message yet.");
  return EndWithStanding(standing, mailbox.message, options.save_receipt);
}

Done MailboxReply(Context& context, const MailboxOptions& options) {
  const bool code_from_input =
      options.code_file == "-" || (options.code_file.empty() && !InputIsTerminal());
  if (options.text == "-" && code_from_input) {
    return UsageFailure("The text and the code cannot both come from standard input",
                        "Give --code-file FILE, or --text FILE.");
  }
  SC_ASSIGN(const SecretBytes text, ReadFile(options.text, kMaxTextBytes, "the message"));
  if (text.empty()) return UsageFailure("The message is empty");
  SC_ASSIGN(const Reporter reporter, ReadReporter(options));
  SC_ASSIGN(const VerifiedCharter verified,
            context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
  const auto fill = [&](const OpenMailbox& mailbox, const charter::ChannelInfo& channel,
                        v1::Event& event) -> Done {
    SC_ASSIGN(GatewayApi * gateway, context.Gateway());
    SC_ASSIGN(const std::vector<const v1::Holder*> readers,
              ReadersOf(mailbox, channel, *verified.charter, gateway->GatewayTime()));
    v1::MessageText message;
    *message.mutable_reporter() = KeysOf(reporter);
    message.set_report_hash(mailbox.report_hash.data(), mailbox.report_hash.size());
    message.set_text(std::string(AsText(text.Reveal())));
    SC_ASSIGN(const Bytes sealed,
              Explain(report::SealMessage(message, reporter.party.recipient(), readers, channel),
                      "The message cannot be sealed"));
    event.mutable_message()->set_sealed(sealed.data(), sealed.size());
    return {};
  };
  return AppendInTurn(
      [&] { return AppendOnce(context, reporter, verified, fill, "Your message was accepted."); });
}

Done MailboxConsent(Context& context, const MailboxOptions& options) {
  SC_ASSIGN(const SecretBytes json, ReadFile(options.answers, kMaxAnswersBytes, "the answers"));
  SC_ASSIGN(const Answers answers, ParseAnswers(AsText(json.Reveal())));
  SC_ASSIGN(const Reporter reporter, ReadReporter(options));
  SC_ASSIGN(const VerifiedCharter verified,
            context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
  const auto fill = [&](const OpenMailbox& mailbox, const charter::ChannelInfo& channel,
                        v1::Event& event) -> Done {
    Answers fitting = answers;
    SC_TRY(FitAnswers(channel.channel->questionnaire(), fitting));
    SC_ASSIGN(*event.mutable_consent(),
              Explain(report::SealConsentChange(fitting.consent, fitting.identity, KeysOf(reporter),
                                                mailbox.report_hash, channel, *verified.charter),
                      "The consent cannot be sealed"));
    return {};
  };
  context.out().Note(
      "Who read something before cannot unread it. What you entered about yourself in the report "
      "is not changed: it stays sealed to those whom you allowed then.");
  return AppendInTurn(
      [&] { return AppendOnce(context, reporter, verified, fill, "Your consent was changed."); });
}

}  // namespace safeconduct::cli
