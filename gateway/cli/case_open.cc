// safeconduct case open: what this holder may read of a case, readably.
#include <algorithm>
#include <optional>

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"
#include "crypto/base/utf8.h"
#include "gateway/cli/attachment_files.h"
#include "gateway/cli/case_file.h"
#include "gateway/cli/case_read.h"
#include "gateway/cli/case_released.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/conversation.h"
#include "gateway/cli/sms_words.h"
#include "gateway/cli/texts.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

struct SavedFile {
  v1::Attachment description;
  std::string path;  // empty: it was not asked for
};

// What could be opened. What could not stands in `sealed`, by name.
struct Contents {
  std::optional<v1::Triage> triage;
  std::optional<v1::Account> account;
  std::optional<v1::Identity> identity;
  std::vector<SavedFile> attachments;
  std::vector<std::string> sealed;
  std::vector<Entry> entries;

  // A trustee opens no compartment, but reads why a release is asked for.
  bool HasAnything() const {
    return triage || account || identity ||
           std::any_of(entries.begin(), entries.end(),
                       [](const Entry& entry) { return entry.text.has_value(); });
  }
};

// Opens one compartment, if it is served and sealed to this holder.
template <typename Message, typename Open>
Done OpenOne(Context& context, const OpenedCase& opened, const char* name, Open open,
             std::optional<Message>& target, std::vector<std::string>& sealed) {
  if (opened.file.Served(name) == nullptr) {
    sealed.push_back(name);
    return {};
  }
  SC_ASSIGN(const Bytes payload, ReadPayload(context, opened, name));
  SC_ASSIGN(const Result<age::FileKey> file_key, FileKeyOf(opened, name));
  Result<Message> message = file_key.ok() ? open(*opened.file.report, payload, *file_key)
                                          : Result<Message>(file_key.error());
  if (message.ok()) {
    target = *std::move(message);
    return {};
  }
  if (message.error().code() != Code::kWrongKey) {
    return ExplainAs(Exit::kUnverified, message.error(),
                     std::string("The compartment '") + name + "' cannot be opened",
                     "Whoever sealed the report sealed it wrongly: answer that they should report "
                     "again.");
  }
  sealed.push_back(name);
  return {};
}

constexpr Result<v1::Triage> (*kOpenTriage)(const report::Checked&, ByteView,
                                            const age::FileKey&) = report::OpenTriage;
constexpr Result<v1::Account> (*kOpenAccount)(const report::Checked&, ByteView,
                                              const age::FileKey&) = report::OpenAccount;
constexpr Result<v1::Identity> (*kOpenIdentity)(const report::Checked&, ByteView,
                                                const age::FileKey&) = report::OpenIdentity;

const v1::ReporterKeys* ReporterOf(const Contents& contents) {
  if (contents.triage) return &contents.triage->reporter();
  if (contents.account) return &contents.account->reporter();
  if (contents.identity) return &contents.identity->reporter();
  return nullptr;
}

Outcome<Contents> OpenContents(Context& context, const OpenedCase& opened,
                               const CaseOptions& options) {
  Contents contents;
  SC_TRY(OpenOne(context, opened, "triage", kOpenTriage, contents.triage, contents.sealed));
  SC_TRY(OpenOne(context, opened, "account", kOpenAccount, contents.account, contents.sealed));
  SC_TRY(OpenOne(context, opened, "identity", kOpenIdentity, contents.identity, contents.sealed));
  if (contents.account) {
    if (!options.attachments.empty() && !contents.account->attachments().empty()) {
      SC_TRY(MakeFolder(options.attachments, Overwrite::kAllowed));
    }
    for (const v1::Attachment& description : contents.account->attachments()) {
      SavedFile saved{description, ""};
      if (!options.attachments.empty()) {
        SC_ASSIGN(saved.path, SaveAttachment(context, opened, description, options.attachments,
                                             options.overwrite));
      }
      contents.attachments.push_back(std::move(saved));
    }
  }
  SC_ASSIGN(contents.entries,
            ReadEntries(opened.file.events,
                        {*opened.charter.charter, opened.holder.party, opened.file.report_hash,
                         opened.file.reporter_event_key, ReporterOf(contents),
                         opened.file.report ? &*opened.file.report : nullptr}));
  return contents;
}

// --- JSON -------------------------------------------------------------------------------------

Done AddMessage(JsonObject& json, const char* name, const google::protobuf::Message* message) {
  if (message == nullptr) return {};
  SC_ASSIGN(const std::string text,
            Explain(proto::ToJson(*message, proto::JsonForm::kComplete), "It cannot be shown"));
  json.AddRaw(name, text);
  return {};
}

Done PrintJson(Output& out, const OpenedCase& opened, const Contents& contents) {
  JsonObject json;
  json.Add("report_id", opened.file.id);
  json.Add("channel", opened.file.view.summary().channel());
  json.Add("status", StatusName(opened.file.status));
  json.AddBool("by_sms", opened.file.report->manifest.has_relay());
  SC_TRY(AddMessage(json, "triage", contents.triage ? &*contents.triage : nullptr));
  SC_TRY(AddMessage(json, "account", contents.account ? &*contents.account : nullptr));
  SC_TRY(AddMessage(json, "identity", contents.identity ? &*contents.identity : nullptr));
  JsonArray attachments;
  for (const SavedFile& saved : contents.attachments) {
    JsonObject entry;
    entry.Add("compartment", saved.description.compartment());
    entry.Add("name", saved.description.name());
    entry.Add("media_type", saved.description.media_type());
    entry.AddNumber("bytes", saved.description.bytes());
    entry.Add("sha256", HexEncode(AsBytes(saved.description.sha256())));
    if (!saved.path.empty()) entry.Add("file", saved.path);
    attachments.Add(entry);
  }
  json.Add("attachments", attachments);
  JsonArray sealed;
  for (const std::string& name : contents.sealed) sealed.Add(name);
  json.Add("sealed", sealed);
  json.Add("entries", EntriesJson(contents.entries));
  out.Print(json);
  return {};
}

// --- Text -------------------------------------------------------------------------------------

void PrintConsent(Output& out, const v1::Consent& consent) {
  const auto word = [](bool given) { return given ? "yes" : "no"; };
  out.Line("  We may contact the reporter: " + std::string(word(consent.contact())));
  out.Line("  Support services may know who it is: " +
           std::string(word(consent.support_services())));
  out.Line("  Investigators may: " + std::string(word(consent.investigators())));
  out.Line("  National authorities may: " + std::string(word(consent.national_authorities())));
}

void Heading(Output& out, const std::string& text) {
  out.Line();
  out.Line("== " + text);
}

const v1::Consent* ConsentOf(const Contents& contents) {
  if (contents.triage) return &contents.triage->consent();
  if (contents.account) return &contents.account->consent();
  if (contents.identity) return &contents.identity->consent();
  return nullptr;
}

void PrintAttachments(Output& out, const Contents& contents) {
  if (contents.attachments.empty()) return;
  Heading(out, "Attachments");
  for (const SavedFile& saved : contents.attachments) {
    out.Line("  " + saved.description.compartment() + ": " + saved.description.name() + " (" +
             saved.description.media_type() + ", " + FormatBytes(saved.description.bytes()) + ")");
    if (!saved.path.empty()) out.Line("    written to " + saved.path);
  }
  if (contents.attachments.front().path.empty()) {
    out.Line("  To write them to a folder: add --attachments FOLDER");
  }
}

void PrintText(Output& out, const OpenedCase& opened, const Contents& contents,
               const Texts& texts) {
  out.Pair("case", opened.file.id);
  out.Pair("channel", opened.file.view.summary().channel());
  out.Pair("status", StatusName(opened.file.status));
  if (opened.file.report->manifest.has_relay()) out.Line(kReadsSms);
  if (const v1::Consent* consent = ConsentOf(contents)) {
    Heading(out, "Consent");
    PrintConsent(out, *consent);
  }
  if (contents.triage) {
    Heading(out, "Triage");
    if (!contents.triage->language().empty()) out.Pair("  answer in", contents.triage->language());
    PrintAnswers(out, texts, contents.triage->answers());
  }
  if (contents.account) {
    Heading(out, "Account");
    if (!contents.account->narrative().empty()) {
      out.Block(contents.account->narrative());
      if (!contents.account->answers().empty()) out.Line();
    }
    PrintAnswers(out, texts, contents.account->answers());
    PrintAttachments(out, contents);
  }
  if (contents.identity) {
    Heading(out, "Identity");
    PrintAnswers(out, texts, contents.identity->answers());
    if (contents.identity->answers().empty()) out.Line("  The reporter left this empty.");
  }
  if (!contents.entries.empty()) {
    Heading(out, "What was done and said");
    PrintEntries(out, contents.entries);
  }
  for (const std::string& name : contents.sealed) {
    out.Note("Not opened: " + name + ", which is not sealed to " + opened.holder.entry->label() +
             ".");
  }
}

// --- Plain reports ----------------------------------------------------------------------------

Done OpenPlain(Context& context, const OpenedCase& opened, const CaseOptions& options) {
  SC_ASSIGN(const Bytes file, ReadPlain(context, opened));
  const age::Identity* identities[] = {&opened.holder.party.age_identity()};
  SC_ASSIGN(const SecretBytes plain,
            Explain(age::Decrypt(identities, file), "The plain report cannot be opened"));
  Output& out = context.out();
  std::string path;
  if (!options.attachments.empty()) {
    SC_TRY(MakeFolder(options.attachments, Overwrite::kAllowed));
    path = options.attachments + "/" + kPlainCompartment;
    SC_TRY(WriteNewFile(path, plain.Reveal(), options.overwrite));
  }
  const bool text = IsUtf8(AsText(plain.Reveal()));
  JsonObject json;
  json.Add("report_id", opened.file.id);
  json.Add("channel", opened.file.view.summary().channel());
  json.Add("status", StatusName(opened.file.status));
  json.AddNumber("plain_bytes", plain.size());
  if (text) json.Add("plain_text", AsText(plain.Reveal()));
  if (!path.empty()) json.Add("file", path);
  out.Print(json);
  out.Pair("case", opened.file.id);
  out.Pair("channel", opened.file.view.summary().channel());
  out.Pair("status", StatusName(opened.file.status));
  Heading(out, "Plain report: one file, sealed by its sender with age");
  if (text) {
    out.Block(AsText(plain.Reveal()));
  } else {
    out.Line("  It is not a text but " + FormatBytes(plain.size()) + " of something else.");
    if (path.empty()) out.Line("  To write it to a folder: add --attachments FOLDER");
  }
  if (!path.empty()) out.Line("  written to " + path);
  return {};
}

Failure NothingForYou(const OpenedCase& opened) {
  return KeyFailure("Nothing in this case is sealed to " + opened.holder.entry->label());
}

}  // namespace

Done CaseOpen(Context& context, const CaseOptions& options) {
  if (options.all == !options.id.empty()) return UsageFailure("Name one case, or --all");
  if (options.all) return CaseOpenAll(context, options.channel);
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  if (opened.file.erased()) return RefusedFailure("The case was erased: nothing of it is left");
  if (opened.file.plain()) return OpenPlain(context, opened, options);
  if (!opened.file.report) return NothingForYou(opened);
  SC_TRY(TakeReleased(context, opened));
  SC_ASSIGN(const Contents contents, OpenContents(context, opened, options));
  if (!contents.HasAnything()) return NothingForYou(opened);
  Output& out = context.out();
  if (out.json()) return PrintJson(out, opened, contents);
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  PrintText(out, opened, contents, Texts::Fetch(*gateway, *opened.charter.charter));
  return {};
}

}  // namespace safeconduct::cli
