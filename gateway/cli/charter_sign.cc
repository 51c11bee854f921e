// safeconduct charter sign: makes the signed note of a draft, and adds signatures to one.
#include <algorithm>
#include <optional>

#include "gateway/cli/charter_change.h"
#include "gateway/cli/charter_draft.h"
#include "gateway/cli/charter_print.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/files.h"
#include "gateway/cli/root_key.h"

namespace safeconduct::cli {
namespace {

struct Unsigned {
  note::Note note;
  std::string out;
};

// A note over the draft: the one that is there already, if it is over the same text.
Outcome<Unsigned> FromDraft(const std::string& path, const SecretBytes& file, std::string out) {
  SC_ASSIGN(const CharterDraft draft, ParseDraft(AsText(file.Reveal())));
  SC_ASSIGN(std::string text, DraftText(draft));
  if (out.empty()) {
    out = path.ends_with(".json") ? path.substr(0, path.size() - 5) + ".note" : path + ".note";
  }
  Unsigned result{note::Note{std::move(text), {}}, out};
  Outcome<note::Note> before = ReadNote(out, "the charter");
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
  SC_ASSIGN(note::Note note, ReadNote(options.file, "the charter"));
  return Unsigned{std::move(note), options.out.empty() ? options.file : options.out};
}

}  // namespace

Done CharterSign(Context& context, const CharterSignOptions& options) {
  SC_ASSIGN(Unsigned charter, Read(options));
  SC_ASSIGN(const std::shared_ptr<const charter::OpenCharter> opened,
            ExplainAs(Exit::kUsage, charter::OpenCharter::FromText(charter.note.text),
                      "This is not a charter that can be signed"));
  std::shared_ptr<const charter::OpenCharter> before;
  if (!options.after.empty()) {
    SC_ASSIGN(const SecretBytes file,
              ReadFile(options.after, note::kMaxNoteBytes, "the charter before"));
    SC_ASSIGN(before, OpenEarlier(AsText(file.Reveal()), options.after, *opened));
  }
  const std::vector<std::string> warnings = WarningsOf(*opened, before.get(), context.Now());
  SC_ASSIGN(const RootKey root, OwnRootKey(context, options.name));
  SC_TRY(Explain(note::Sign(charter.note, root.name, root.key), "The charter cannot be signed"));
  SC_TRY(WriteNewFile(charter.out, AsBytes(note::Serialize(charter.note)), Overwrite::kAllowed));

  Output& out = context.out();
  JsonObject json;
  json.Add("file", charter.out);
  json.Add("origin", opened->origin());
  json.AddNumber("version", opened->version());
  json.Add("signed_as", root.name);
  json.Add("signatures", SignerNames(charter.note));
  json.Add("warnings", WarningList(warnings));
  out.Print(json);
  PrintSummary(out, *opened);
  PrintWarnings(out, warnings);
  out.Line();
  out.Line("Signed as " + root.name + "; " + charter.out + " now has " +
           std::to_string(charter.note.signatures.size()) + " signature(s).");
  return {};
}

}  // namespace safeconduct::cli
