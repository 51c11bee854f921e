// safeconduct report submit
#include <algorithm>
#include <memory>
#include <optional>

#include "crypto/base/receipt_code.h"
#include "gateway/cli/answers.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/log_subject.h"
#include "gateway/cli/upload.h"
#include "gateway/report/attachment.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxPlainBytes = 16 * 1024 * 1024;

// What the reporter wants to say, read and opened before anything is sent.
struct Input {
  std::string channel;
  std::string narrative;
  Answers answers;
  std::vector<std::unique_ptr<SourceFile>> files;
};

Outcome<Input> ReadInput(const ReportSubmitOptions& options) {
  Input input;
  input.channel = options.channel;
  if (!options.text.empty()) {
    SC_ASSIGN(const SecretBytes text,
              ReadFile(options.text, report::kMaxAccountBytes, "the text of the report"));
    input.narrative = std::string(AsText(text.Reveal()));
  }
  if (!options.answers.empty()) {
    SC_ASSIGN(const SecretBytes json, ReadFile(options.answers, kMaxAnswersBytes, "the answers"));
    SC_ASSIGN(input.answers, ParseAnswers(AsText(json.Reveal())));
  }
  for (const std::string& path : options.attachments) {
    SC_ASSIGN(std::unique_ptr<SourceFile> file, SourceFile::Open(path));
    input.files.push_back(std::move(file));
  }
  if (options.text.empty() && options.answers.empty() && options.attachments.empty()) {
    return UsageFailure(
        "There is nothing to report",
        "Give --text FILE (- for standard input), --answers FILE or --attach FILE.");
  }
  return input;
}

Done CheckLimits(const Input& input, const v1::Limits& limits) {
  if (input.files.size() > limits.attachments()) {
    return RefusedFailure("This channel takes at most " + std::to_string(limits.attachments()) +
                          " attachments");
  }
  for (const auto& file : input.files) {
    if (report::AttachmentPayloadBytes(file->size()) > limits.attachment_bytes()) {
      return RefusedFailure(file->path() +
                                " is too large: this channel takes attachments of up to " +
                                FormatBytes(limits.attachment_bytes()) + ", sealed",
                            "Send it in parts, or ask in the conversation how to hand it over.");
    }
  }
  return {};
}

Outcome<const charter::ChannelInfo*> ChannelOf(const charter::OpenCharter& charter,
                                               const std::string& id) {
  if (const charter::ChannelInfo* found = charter.FindChannel(id)) return found;
  std::string known;
  for (const charter::ChannelInfo& info : charter.channels()) known += " " + info.channel->id();
  return RefusedFailure("There is no channel '" + id + "'", "The charter has:" + known);
}

void WarnBeforeSealing(Output& out, const Input& input, const VerifiedCharter& verified) {
  const v1::Consent& consent = input.answers.consent;
  if (!input.answers.identity.empty() && !consent.support_services() && !consent.investigators()) {
    out.Warn(
        "The answers say who you are, but you consent neither to support services nor to "
        "investigators knowing it: nobody will be able to read that part.");
  }
  if (!input.files.empty()) {
    out.Note(
        "Attachments are sent as they are, with whatever they say about you in themselves "
        "(author, place, device).");
  }
  if (verified.witnesses == 0) {
    out.Note(
        "No witness watches this charter: an older one could be shown to you until it "
        "expires, on " +
        FormatDay(verified.charter->expiry()) + ".");
  }
}

struct Prepared {
  report::Sealed sealed;
  v1::SubmitReport message;
};

Outcome<std::vector<Uploaded>> UploadAll(Context& context, const Input& input) {
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  std::vector<Uploaded> uploads;
  for (const auto& file : input.files) {
    SC_ASSIGN(Uploaded uploaded, UploadAttachment(*gateway, context.out(), *file));
    uploads.push_back(std::move(uploaded));
  }
  return uploads;
}

Outcome<Prepared> Prepare(const Input& input, const std::vector<Uploaded>& uploads,
                          const charter::OpenCharter& charter, const identity::Party& reporter) {
  report::Draft draft;
  draft.channel = input.channel;
  draft.consent = input.answers.consent;
  draft.language = input.answers.language;
  draft.narrative = input.narrative;
  draft.triage_answers = input.answers.triage;
  draft.account_answers = input.answers.account;
  draft.identity_answers = input.answers.identity;
  Prepared prepared;
  for (const Uploaded& uploaded : uploads) {
    draft.attachments.push_back(uploaded.sealed);
    prepared.message.add_uploads(uploaded.upload_id);
  }
  SC_ASSIGN(prepared.sealed,
            Explain(report::SealReport(draft, charter, reporter), "The report cannot be sealed"));
  *prepared.message.mutable_sealed() = prepared.sealed.report;
  for (const Bytes& payload : prepared.sealed.payloads) {
    prepared.message.add_payloads(payload.data(), payload.size());
  }
  return prepared;
}

// The list of the reporter's language, where it has one.
struct CodeForm {
  WordList words = WordList::kEnglish;
  bool digits_first = false;
};

CodeForm CodeFormFor(const std::string& language) {
  const std::string primary = language.substr(0, language.find('-'));
  if (primary == "en") return {WordList::kEnglish, false};
  if (primary == "fr") return {WordList::kFrench, false};
  if (primary == "es") return {WordList::kSpanish, false};
  if (primary == "pt") return {WordList::kPortuguese, false};
  if (primary == "zh") return {WordList::kChineseSimplified, false};
  return {WordList::kEnglish, true};
}

enum class Accepted : std::uint8_t { kYes, kUnknown };

void PrintReceipt(Output& out, const ReceiptCode& code, const std::string& language,
                  const std::string& report_id, const std::string& promise, Accepted accepted) {
  const CodeForm form = CodeFormFor(language);
  const SecretBytes words = ReceiptWords(code, form.words);
  const SecretBytes digits = ReceiptDigits(code);
  JsonObject json;
  json.Add("report_id", report_id);
  json.Add("code_words", AsText(words.Reveal()));
  json.Add("code_digits", AsText(digits.Reveal()));
  json.Add("promise", promise);
  if (accepted == Accepted::kUnknown) json.AddBool("accepted", false);
  out.Print(json);

  out.Line(accepted == Accepted::kYes
               ? "Your report was accepted. Only those named for it can read it."
               : "Your report was sent, but no answer came. It may have arrived.");
  out.Line();
  out.Line("This is your receipt code. Write it down now: it is shown once and kept nowhere.");
  out.Line("With it you read answers and add to your report. It opens the conversation, not the");
  out.Line("report. Without it nobody can find your report for you. Either form will do.");
  out.Line();
  if (form.digits_first) {
    out.Secret("digits", digits);
    out.Secret("words", words);
  } else {
    out.Secret("words", words);
    out.Secret("digits", digits);
  }
  out.Line();
  out.Pair("report id", report_id);
  if (accepted == Accepted::kYes) {
    out.Line("The promise was checked: the gateway signed that this report will stand in its log.");
  }
  out.Line("Look for an answer later with: safeconduct mailbox read");
}

// Begun before anything is sent, so that a name that cannot be written is said in time.
Outcome<std::optional<NewFile>> BeginProof(const ReportSubmitOptions& options) {
  if (options.keep_proof.empty()) return std::optional<NewFile>();
  SC_ASSIGN(NewFile file, NewFile::Create(options.keep_proof, Overwrite::kNever));
  return std::optional<NewFile>(std::move(file));
}

Done FinishProof(std::optional<NewFile>& file, const ProofFile& proof) {
  if (!file) return {};
  SC_TRY(file->Write(AsBytes(FormatProofFile(proof))));
  return file->Commit();
}

Done SubmitPlain(Context& context, const ReportSubmitOptions& options) {
  SC_ASSIGN(std::optional<NewFile> proof, BeginProof(options));
  SC_ASSIGN(const SecretBytes file, ReadFile(options.plain, kMaxPlainBytes, "the sealed report"));
  SC_ASSIGN(const VerifiedCharter verified,
            context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
  SC_ASSIGN(const charter::ChannelInfo* channel, ChannelOf(*verified.charter, options.channel));
  if (channel->plain_recipients.empty()) {
    return RefusedFailure("The channel '" + options.channel + "' takes no plain reports");
  }
  SC_ASSIGN(
      const report::CheckedPlain plain,
      ExplainAs(Exit::kUsage, report::CheckPlain(options.channel, file.Reveal(), *verified.charter),
                options.plain + " cannot be sent as a plain report",
                "It is a file sealed by age to the channel's plain recipients."));
  v1::SubmitReport message;
  message.mutable_plain()->set_channel(options.channel);
  message.mutable_plain()->set_age_file(std::string(AsText(file.Reveal())));
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  SC_ASSIGN(const v1::SubmitReply reply, gateway->Submit(message));
  SC_TRY(ExplainAs(Exit::kUnverified,
                   report::VerifyPromise(reply.promise(), report::LeafKind::kReport, plain.hash,
                                         verified.charter->logs()),
                   "The gateway's promise for the report does not verify"));
  Output& out = context.out();
  JsonObject json;
  json.Add("report_id", report::FormatId(plain.id));
  json.Add("promise", reply.promise());
  out.Print(json);
  out.Line("Your report was accepted. There is no mailbox for it, so no answer can come.");
  out.Pair("report id", report::FormatId(plain.id));
  return FinishProof(proof, {reply.promise(), std::string(AsText(file.Reveal())), options.channel});
}

Done CheckReply(const report::Sealed& sealed, const v1::SubmitReply& reply,
                const charter::OpenCharter& charter) {
  if (reply.report_id() != report::FormatId(sealed.id)) {
    return UnverifiedFailure("The gateway answered for another report than the one sent",
                             "Keep the receipt code, and tell the organisation by another way.");
  }
  return ExplainAs(Exit::kUnverified, Status([&]() -> Status {
                     SC_TRY(report::VerifyPromise(reply.promise(), report::LeafKind::kReport,
                                                  sealed.hash, charter.logs()));
                     return {};
                   }()),
                   "The gateway's promise for the report does not verify",
                   "Keep the receipt code, and tell the organisation by another way.");
}

}  // namespace

Done ReportSubmit(Context& context, const ReportSubmitOptions& options) {
  if (!options.plain.empty()) return SubmitPlain(context, options);
  SC_ASSIGN(Input input, ReadInput(options));
  SC_ASSIGN(std::optional<NewFile> proof, BeginProof(options));
  const ReceiptCode code = ReceiptCode::Random();
  const identity::Party reporter = identity::Party::FromReceiptCode(code);
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  std::vector<Uploaded> uploads;
  // A charter that changes in between is fetched and sealed under anew, once.
  for (int tries = 0;; ++tries) {
    SC_ASSIGN(const VerifiedCharter verified,
              context.Charter(options.remember ? Memory::kRemember : Memory::kForget));
    SC_ASSIGN(const charter::ChannelInfo* channel, ChannelOf(*verified.charter, options.channel));
    SC_TRY(FitAnswers(channel->channel->questionnaire(), input.answers));
    SC_TRY(CheckLimits(input, channel->channel->limits()));
    if (tries == 0) WarnBeforeSealing(context.out(), input, verified);
    if (tries == 0) {
      SC_ASSIGN(uploads, UploadAll(context, input));
    }
    SC_ASSIGN(const Prepared prepared, Prepare(input, uploads, *verified.charter, reporter));
    const std::string id = report::FormatId(prepared.sealed.id);
    const Outcome<v1::SubmitReply> reply = gateway->Submit(prepared.message);
    if (!reply.ok()) {
      if (reply.error().http_status == 409 && tries == 0) continue;
      // It may have arrived: then the code is worth everything.
      if (reply.error().exit == Exit::kNetwork && reply.error().http_status == 0) {
        PrintReceipt(context.out(), code, input.answers.language, id, "", Accepted::kUnknown);
      }
      return reply.error();
    }
    const Done checked = CheckReply(prepared.sealed, *reply, *verified.charter);
    PrintReceipt(context.out(), code, input.answers.language, id, reply->promise(),
                 checked.ok() ? Accepted::kYes : Accepted::kUnknown);
    SC_TRY(checked);
    return FinishProof(proof, {reply->promise(), prepared.sealed.report.SerializeAsString(), ""});
  }
}

}  // namespace safeconduct::cli
