// safeconduct charter sign: makes the signed note of a draft, and adds signatures to one.
#include <algorithm>
#include <optional>

#include "gateway/cli/charter_draft.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"

namespace safeconduct::cli {
namespace {

struct Unsigned {
  note::Note note;
  std::string out;
};

Outcome<note::Note> ReadNote(const std::string& path) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, note::kMaxNoteBytes, "the charter"));
  return ExplainAs(Exit::kUsage, note::Parse(AsText(file.Reveal())),
                   path + " is neither a draft nor a signed charter");
}

// A note over the draft: the one that is there already, if it is over the same text.
Outcome<Unsigned> FromDraft(const std::string& path, const SecretBytes& file, std::string out) {
  SC_ASSIGN(const CharterDraft draft, ParseDraft(AsText(file.Reveal())));
  SC_ASSIGN(std::string text, DraftText(draft));
  if (out.empty()) {
    out = path.ends_with(".json") ? path.substr(0, path.size() - 5) + ".note" : path + ".note";
  }
  Unsigned result{note::Note{std::move(text), {}}, out};
  Outcome<note::Note> before = ReadNote(out);
  if (!before.ok()) return result;  // there is none yet, or nothing that Commit may overwrite
  if (before->text != result.note.text) {
    return RefusedFailure(out + " is the charter of another draft",
                          "The draft changed after it was signed, or is another version. Sign "
                          "into another file with --out, and have all root keys sign that.");
  }
  result.note = *std::move(before);
  return result;
}

Outcome<Unsigned> Read(const CharterSignOptions& options) {
  SC_ASSIGN(const SecretBytes file, ReadFile(options.file, kMaxDraftBytes, "the charter"));
  if (LooksLikeDraft(AsText(file.Reveal()))) return FromDraft(options.file, file, options.out);
  SC_ASSIGN(note::Note note, ReadNote(options.file));
  return Unsigned{std::move(note), options.out.empty() ? options.file : options.out};
}

// The name under which the trust file knows the key.
Outcome<std::string> NameOf(Context& context, const CharterSignOptions& options,
                            const PublicKey& key) {
  if (!options.name.empty()) return options.name;
  if (context.options().trust.empty()) {
    return UsageFailure("The root key's name is not known",
                        "Give --trust FILE, in which it stands, or --name NAME.");
  }
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  for (const note::VerifierKey& root : trust.roots) {
    if (root.key == key) return root.name;
  }
  return KeyFailure(
      "The key in " + context.options().identity + " is no root key of " + context.options().trust,
      "If a later charter named it as one, give --name NAME as it stands there.");
}

}  // namespace

Done CharterSign(Context& context, const CharterSignOptions& options) {
  SC_ASSIGN(Unsigned charter, Read(options));
  SC_ASSIGN(const std::shared_ptr<const charter::OpenCharter> opened,
            ExplainAs(Exit::kUsage, charter::OpenCharter::FromText(charter.note.text),
                      "This is not a charter that can be signed"));
  SC_ASSIGN(const identity::Party party, context.Identity());
  const SigningKey key = party.Key(identity::Purpose::kNote);
  SC_ASSIGN(const std::string name, NameOf(context, options, key.public_key()));
  SC_TRY(Explain(note::Sign(charter.note, name, key), "The charter cannot be signed"));
  SC_TRY(WriteNewFile(charter.out, AsBytes(note::Serialize(charter.note)), Overwrite::kAllowed));

  Output& out = context.out();
  JsonObject json;
  json.Add("file", charter.out);
  json.Add("origin", opened->origin());
  json.AddNumber("version", opened->version());
  json.Add("signed_as", name);
  json.Add("signatures", SignerNames(charter.note));
  json.Add("warnings", WarningList(*opened, context.Now()));
  out.Print(json);
  PrintSummary(out, *opened);
  PrintWarnings(out, *opened, context.Now());
  out.Line();
  out.Line("Signed as " + name + "; " + charter.out + " now has " +
           std::to_string(charter.note.signatures.size()) + " signature(s).");
  return {};
}

}  // namespace safeconduct::cli
