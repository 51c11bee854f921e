// safeconduct offline make|sign|verify: the form as one file that people carry and check, so that a
// gateway that is compromised at the moment cannot serve them another one.
#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/base/text.h"
#include "crypto/note/note.h"
#include "gateway/auth/http_signature.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/files.h"
#include "gateway/cli/page_texts.h"
#include "gateway/cli/root_key.h"
#include "gateway/pages/values.h"
#include "gateway/pages/web_app.h"

namespace safeconduct::cli {
namespace {

constexpr std::string_view kNoteKind = "safeconduct/offline/v1";
constexpr std::size_t kMaxCopyBytes = 16 * 1024 * 1024;

std::string NoteFile(const std::string& file) { return file + ".note"; }

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

struct Copy {
  std::string digest;  // hex
  std::string text;    // of the note
};

// What is signed: kind, name and SHA-256, a line each.
Outcome<Copy> ReadCopy(const std::string& path, const std::string& name) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, kMaxCopyBytes, "the offline copy"));
  Copy copy{HexEncode(Sha256(file.Reveal())), ""};
  copy.text = std::string(kNoteKind) + "\n" + name + "\n" + copy.digest + "\n";
  return copy;
}

Outcome<pages::OfflinePage> ReadPage(const OfflineMakeOptions& options,
                                     const charter::OpenCharter& charter) {
  SC_ASSIGN(pages::OfflinePage page,
            Explain(pages::LoadOfflinePage(options.web, options.language),
                    "The web app in " + options.web + " cannot be used",
                    "It is the folder that deploy/run builds: build/web/reporter."));
  if (charter.message().web().manifest_digest() != AsText(page.manifest_digest)) {
    return UnverifiedFailure(
        "The web app in " + options.web + " is not the one that the charter names",
        "Take the one whose manifest.txt was given to: safeconduct charter add-web");
  }
  return page;
}

}  // namespace

Done OfflineMake(Context& context, const OfflineMakeOptions& options) {
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(const VerifiedCharter verified, context.Charter(Memory::kForget));
  const charter::OpenCharter& charter = *verified.charter;
  const charter::ChannelInfo* const channel = charter.FindChannel(options.channel);
  if (channel == nullptr) {
    return RefusedFailure("The charter has no channel '" + options.channel + "'");
  }
  SC_ASSIGN(const std::string origin, Explain(auth::NormalizeOrigin(context.options().gateway),
                                              "The address of the gateway is no origin",
                                              "Such as https://report.example.org"));
  SC_ASSIGN(const pages::OfflinePage page, ReadPage(options, charter));

  const pages::Texts texts = FetchPageTexts(*gateway, charter);
  const pages::Settings settings{.title = options.title,
                                 .exit_url = options.exit_url,
                                 .onion = "",
                                 .trust = charter::FormatTrust(trust),
                                 .plain_bytes = 0,
                                 .decoys = false};
  pages::Values values = ValuesFor(settings, charter, verified.note, *channel,
                                   pages::FindWords(texts, options.language, options.channel));
  values["gateway"] = origin;
  const std::string html = page.page.Fill(values);
  SC_TRY(WriteNewFile(options.out, AsBytes(html),
                      options.force ? Overwrite::kAllowed : Overwrite::kNever));

  const std::string digest = HexEncode(Sha256(AsBytes(html)));
  Output& out = context.out();
  JsonObject json;
  json.Add("file", options.out);
  json.Add("sha256", digest);
  json.Add("gateway", origin);
  out.Print(json);
  out.Pair("sha256", digest);
  out.Line();
  out.Line("Wrote " + options.out + ", which sends to " + origin + ". The root keys sign it next:");
  out.Line("  safeconduct offline sign " + options.out + " --identity ROOT-KEY");
  return {};
}

Done OfflineSign(Context& context, const OfflineSignOptions& options) {
  SC_ASSIGN(const Copy copy, ReadCopy(options.file, BaseName(options.file)));
  note::Note note{copy.text, {}};
  const std::string path = NoteFile(options.file);
  // None yet, or one that others signed.
  const Outcome<note::Note> before = ReadNote(path, "the signatures");
  if (before.ok() && before->text != note.text) {
    return RefusedFailure(path + " is of another file",
                          "The copy changed after it was signed. Remove " + path +
                              ", and have all root keys sign again.");
  }
  if (before.ok()) note = *before;
  SC_ASSIGN(const RootKey root, OwnRootKey(context, options.name));
  SC_TRY(Explain(note::Sign(note, root.name, root.key), "The copy cannot be signed"));
  SC_TRY(WriteNewFile(path, AsBytes(note::Serialize(note)), Overwrite::kAllowed));

  Output& out = context.out();
  JsonObject json;
  json.Add("file", path);
  json.Add("sha256", copy.digest);
  json.Add("signed_as", root.name);
  json.AddNumber("signatures", note.signatures.size());
  out.Print(json);
  out.Pair("sha256", copy.digest);
  out.Line("Signed as " + root.name + "; " + path + " now has " +
           std::to_string(note.signatures.size()) + " signature(s).");
  return {};
}

Done OfflineVerify(Context& context, const OfflineVerifyOptions& options) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  const std::string path = options.note.empty() ? NoteFile(options.file) : options.note;
  SC_ASSIGN(const note::Note note, ReadNote(path, "the signatures"));
  // Browsers rename what they download, so the name is taken from the note.
  std::string_view rest = note.text;
  TakeLine(rest);
  const std::string name(TakeLine(rest).value_or(""));
  SC_ASSIGN(const Copy copy, ReadCopy(options.file, name));
  if (copy.text != note.text) {
    return UnverifiedFailure(options.file + " is not the file that was signed",
                             "Do not use it. Get it again, and from another place.");
  }
  SC_TRY(ExplainAs(Exit::kUnverified,
                   note::Open(note::Serialize(note), trust.roots, trust.threshold),
                   options.file + " is not signed by enough root keys", "Do not use it."));

  Output& out = context.out();
  JsonObject json;
  json.AddBool("verified", true);
  json.Add("name", name);
  json.Add("sha256", copy.digest);
  out.Print(json);
  out.Pair("sha256", copy.digest);
  out.Line("Signed by at least " + std::to_string(trust.threshold) + " root keys, under the name " +
           name + ".");
  return {};
}

}  // namespace safeconduct::cli
