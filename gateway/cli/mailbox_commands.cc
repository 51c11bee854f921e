// safeconduct mailbox read|reply: the reporter's side of the conversation.
#include <algorithm>
#include <set>

#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/receipt_code_input.h"
#include "gateway/cli/terminal.h"
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
  SC_TRY(ExplainAs(Exit::kUnverified,
                   report::VerifyPromise(message.promise(), report::LeafKind::kReport,
                                         mailbox.report_hash, charter.logs()),
                   "The gateway's promise for the report does not verify"));
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

// To whom the account was sealed or granted: the gateway names them; the charter, and the signed
// grants that it gives, decide.
Outcome<std::vector<const v1::Holder*>> ReadersOf(const OpenMailbox& mailbox,
                                                  const charter::OpenCharter& charter,
                                                  std::int64_t now) {
  const v1::Mailbox& message = mailbox.message;
  const charter::ChannelInfo* channel = charter.FindChannel(message.channel());
  if (channel == nullptr) {
    return RefusedFailure("The charter has no channel '" + message.channel() + "' any more");
  }
  std::vector<const v1::Holder*> grantees;
  for (const v1::SignedEvent& grant : message.grants()) {
    const Result<report::CheckedEvent> checked = report::CheckEvent(grant);
    const v1::Holder* const grantee =
        checked.ok() && checked->event.report_hash() == AsText(mailbox.report_hash)
            ? report::AccountGrantee(checked->event, *channel, charter, now)
            : nullptr;
    if (grantee == nullptr) return OtherReaders();
    grantees.push_back(grantee);
  }
  std::vector<const v1::Holder*> readers = report::ConversationReaders(*channel, charter, grantees);
  std::set<std::string> entitled;
  for (const v1::Holder* holder : readers) entitled.insert(holder->label());
  const std::set<std::string> named(message.readers().begin(), message.readers().end());
  if (named != entitled) return OtherReaders();
  return readers;
}

Done AppendReply(Context& context, const Reporter& reporter, const VerifiedCharter& verified,
                 const std::string& text) {
  const charter::OpenCharter& charter = *verified.charter;
  SC_ASSIGN(const OpenMailbox mailbox, FetchMailbox(context, reporter, charter));
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  SC_ASSIGN(const std::vector<const v1::Holder*> readers,
            ReadersOf(mailbox, charter, gateway->GatewayTime()));
  v1::MessageText message;
  const PublicKey& request_key = reporter.request_key.public_key();
  const PublicKey& event_key = reporter.event_key.public_key();
  message.mutable_reporter()->set_recipient(reporter.party.recipient());
  message.mutable_reporter()->set_request_key(request_key.data(), request_key.size());
  message.mutable_reporter()->set_event_key(event_key.data(), event_key.size());
  message.set_report_hash(mailbox.report_hash.data(), mailbox.report_hash.size());
  message.set_text(text);
  SC_ASSIGN(const Bytes sealed,
            Explain(report::SealMessage(message, reporter.party.recipient(), readers),
                    "The message cannot be sealed"));
  v1::Event event = NextEvent(mailbox.report_hash, mailbox.head, event_key, charter.version(),
                              gateway->GatewayTime());
  event.mutable_message()->set_sealed(sealed.data(), sealed.size());
  const v1::SignedEvent signed_event = report::SignEvent(event, reporter.event_key);
  SC_ASSIGN(const v1::AppendEventReply reply,
            gateway->AppendToMailbox(reporter.request_key, signed_event));
  SC_TRY(CheckEventReply(reply, signed_event, charter));
  JsonObject json;
  json.Add("report_id", mailbox.message.report_id());
  json.AddNumber("sequence", event.sequence());
  json.Add("promise", reply.promise());
  context.out().Print(json);
  context.out().Line("Your message was accepted.");
  return {};
}

}  // namespace

Done MailboxRead(Context& context, const MailboxOptions& options) {
  SC_ASSIGN(const Reporter reporter, ReadReporter(options));
  SC_ASSIGN(const VerifiedCharter verified,
            context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
  SC_ASSIGN(const OpenMailbox mailbox, FetchMailbox(context, reporter, *verified.charter));
  SC_ASSIGN(const std::vector<Entry> entries,
            ReadEntries(mailbox.events, reporter.event_key.public_key(), *verified.charter,
                        reporter.party, mailbox.report_hash, nullptr));
  Output& out = context.out();
  JsonObject json;
  json.Add("report_id", mailbox.message.report_id());
  json.Add("channel", mailbox.message.channel());
  json.Add("status", StatusName(mailbox.message.status()));
  json.Add("entries", EntriesJson(entries));
  json.Add("promise", mailbox.message.promise());
  out.Print(json);
  out.Pair("report id", mailbox.message.report_id());
  out.Pair("status", StatusName(mailbox.message.status()));
  PrintEntries(out, entries);
  if (entries.empty()) out.Line("There is no message yet.");
  return {};
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
  const std::string words(AsText(text.Reveal()));
  return AppendInTurn([&] { return AppendReply(context, reporter, verified, words); });
}

}  // namespace safeconduct::cli
