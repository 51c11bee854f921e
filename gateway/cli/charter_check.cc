// safeconduct charter verify|show|publish
#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "gateway/cli/charter_change.h"
#include "gateway/cli/charter_draft.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

struct Shown {
  std::shared_ptr<const charter::OpenCharter> charter;
  bool verified = false;
  std::optional<tlog::Checkpoint> checkpoint = std::nullopt;  // of one that a gateway serves
  std::size_t witnesses = 0;
};

// How far what was shown to others is known to be the same.
void PrintLogState(Output& out, const Shown& shown) {
  out.Pair("charters' log", "entry " + std::to_string(shown.checkpoint->size) + " of " +
                                std::to_string(shown.checkpoint->size) + ", root " +
                                Base64Encode(shown.checkpoint->root));
  out.Pair("witnesses", shown.witnesses == 0 ? "none required: only the expiry limits a rollback"
                                             : "at least " + std::to_string(shown.witnesses) +
                                                   " cosigned within the last 7 days");
}

// A charter that the roots of the trust file signed; or, where `before` is the charter that came
// before it and named other roots, those.
Outcome<VerifiedCharter> ReadVerified(Context& context, const std::string& path,
                                      const std::string& before) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(const SecretBytes file, ReadFile(path, note::kMaxNoteBytes, "the charter"));
  VerifiedCharter out;
  out.note = std::string(AsText(file.Reveal()));
  Result<std::shared_ptr<const charter::OpenCharter>> opened =
      charter::OpenTrusted(out.note, trust, context.Now());
  if (!opened.ok() && opened.error().code() == Code::kUnverified && !before.empty()) {
    const std::string chain[] = {before, out.note};
    opened = charter::OpenTrustedChain(chain, trust, context.Now());
  }
  SC_ASSIGN(out.charter, ExplainAs(Exit::kUnverified, std::move(opened),
                                   "The charter in " + path + " does not verify"));
  return out;
}

// What a file holds, verified if there is a trust file to do it with.
Outcome<Shown> ReadToShow(Context& context, const std::string& path) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, kMaxDraftBytes, "the charter"));
  const std::string_view content = AsText(file.Reveal());
  Shown shown;
  std::string text;
  if (LooksLikeDraft(content)) {
    SC_ASSIGN(const CharterDraft draft, ParseDraft(content));
    SC_ASSIGN(text, DraftText(draft));
  } else if (!context.options().trust.empty()) {
    SC_ASSIGN(const VerifiedCharter verified, ReadVerified(context, path, ""));
    return Shown{verified.charter, true};
  } else {
    SC_ASSIGN(note::Note note, ExplainAs(Exit::kUsage, note::Parse(content),
                                         path + " is neither a draft nor a signed charter"));
    text = std::move(note.text);
  }
  SC_ASSIGN(shown.charter, ExplainAs(Exit::kUsage, charter::OpenCharter::FromText(text),
                                     path + " holds no charter"));
  return shown;
}

JsonObject SummaryJson(const charter::OpenCharter& charter,
                       const std::vector<std::string>& warnings) {
  JsonObject json;
  json.Add("origin", charter.origin());
  json.AddNumber("version", charter.version());
  json.Add("expires", Rfc3339(charter.expiry()));
  json.Add("warnings", WarningList(warnings));
  return json;
}

// The texts of `paths` that the charter names, in any order; refuses others and missing ones.
Done AttachTexts(Context& context, const charter::OpenCharter& charter,
                 const std::vector<std::string>& paths, v1::CharterDocument& document) {
  std::vector<std::string> missing;
  for (const v1::Text& text : charter.message().texts()) missing.push_back(text.sha256());
  const std::vector<std::string> named = missing;
  for (const std::string& path : paths) {
    SC_ASSIGN(const SecretBytes file, ReadFile(path, charter::kMaxTextBytes, "the texts"));
    const Hash digest = Sha256(file.Reveal());
    const std::string key(AsText(digest));
    if (std::find(named.begin(), named.end(), key) == named.end()) {
      return UsageFailure(path + " is not one of the texts that the charter names",
                          "It changed after charter add-text. Enter it again in a new draft.");
    }
    missing.erase(std::remove(missing.begin(), missing.end(), key), missing.end());
    document.add_texts(std::string(AsText(file.Reveal())));
  }
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  for (const std::string& key : missing) {
    const Hash digest = ToArray<32>(AsBytes(key));
    if (gateway->ReadText(digest).ok()) continue;  // from an earlier charter
    return UsageFailure("The charter names a text with SHA-256 " + HexEncode(digest) +
                            ", which the gateway does not have",
                        "Give the file with --text FILE.");
  }
  return {};
}

}  // namespace

Done CharterVerify(Context& context, const CharterFileOptions& options) {
  std::string before;
  if (!options.after.empty()) {
    SC_ASSIGN(const SecretBytes file,
              ReadFile(options.after, note::kMaxNoteBytes, "the charter before"));
    before = std::string(AsText(file.Reveal()));
  }
  SC_ASSIGN(const VerifiedCharter verified, ReadVerified(context, options.file, before));
  Output& out = context.out();
  SC_ASSIGN(const note::Note note, Explain(note::Parse(verified.note), "The charter"));
  std::shared_ptr<const charter::OpenCharter> earlier;
  if (!before.empty()) {
    SC_ASSIGN(earlier, OpenEarlier(before, options.after, *verified.charter));
  }
  const std::vector<std::string> warnings =
      WarningsOf(*verified.charter, earlier.get(), context.Now());
  JsonObject json = SummaryJson(*verified.charter, warnings);
  json.AddBool("verified", true);
  json.Add("signatures", SignerNames(note));
  out.Print(json);
  PrintSummary(out, *verified.charter);
  PrintWarnings(out, warnings);
  out.Line();
  out.Line("The charter verifies.");
  return {};
}

Done CharterShow(Context& context, const CharterFileOptions& options) {
  Shown shown;
  if (options.file.empty()) {
    SC_ASSIGN(const VerifiedCharter verified, context.Charter(Memory::kForget));
    shown = {verified.charter, true, verified.checkpoint, verified.witnesses};
  } else {
    SC_ASSIGN(shown, ReadToShow(context, options.file));
  }
  Output& out = context.out();
  SC_ASSIGN(const std::string message,
            Explain(proto::ToJson(shown.charter->message()), "The charter cannot be shown"));
  const std::vector<std::string> warnings = charter::Warnings(*shown.charter, context.Now());
  JsonObject json = SummaryJson(*shown.charter, warnings);
  json.AddBool("verified", shown.verified);
  json.AddRaw("charter", message);
  if (shown.checkpoint) {
    json.Add("log_root", Base64Encode(shown.checkpoint->root));
    json.AddNumber("witnesses", shown.witnesses);
  }
  out.Print(json);
  PrintCharter(out, *shown.charter);
  if (shown.checkpoint) PrintLogState(out, shown);
  PrintWarnings(out, warnings);
  if (!shown.verified) {
    out.Note("Not verified: it is a draft, or there is no --trust FILE to verify it with.");
  }
  return {};
}

Done CharterPublish(Context& context, const CharterPublishOptions& options) {
  SC_ASSIGN(GatewayApi * gateway, context.Gateway());
  // A gateway without a charter answers that there is none.
  const Outcome<v1::CharterDocument> present = gateway->ReadCharter();
  if (!present.ok() && present.error().exit != Exit::kRefused) return present.error();
  SC_ASSIGN(const VerifiedCharter verified,
            ReadVerified(context, options.file, present.ok() ? present->note() : ""));
  const bool there = present.ok() && present->note() == verified.note;
  std::vector<std::string> unannounced;
  if (!there && present.ok()) {
    // What it does not follow, the gateway refuses.
    const auto before = OpenEarlier(present->note(), "", *verified.charter);
    unannounced = UnannouncedErasures(before.ok() ? before->get() : nullptr, *verified.charter,
                                      context.Now());
  }
  if (!unannounced.empty() && !options.unannounced) {
    return RefusedFailure(unannounced.front(),
                          "Whoever signed it may have overlooked that. Have a charter signed that "
                          "announces it (charter add-channel --retention-from); or, if it is meant "
                          "so, say --unannounced.");
  }
  if (!there) {
    v1::CharterDocument document;
    document.set_note(verified.note);
    SC_TRY(AttachTexts(context, *verified.charter, options.texts, document));
    SC_TRY(gateway->PublishCharter(document));
  }
  Output& out = context.out();
  std::vector<std::string> warnings = charter::Warnings(*verified.charter, context.Now());
  warnings.insert(warnings.end(), unannounced.begin(), unannounced.end());
  JsonObject json = SummaryJson(*verified.charter, warnings);
  json.AddBool("already_there", there);
  out.Print(json);
  out.Line("Version " + std::to_string(verified.charter->version()) + " of the charter " +
           (there ? "was in force already." : "is in force now."));
  return {};
}

}  // namespace safeconduct::cli
