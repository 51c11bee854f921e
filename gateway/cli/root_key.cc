#include "gateway/cli/root_key.h"

#include <utility>

#include "gateway/cli/files.h"

namespace safeconduct::cli {
namespace {

Outcome<std::string> NameOf(Context& context, const PublicKey& key) {
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

Outcome<RootKey> OwnRootKey(Context& context, const std::string& name) {
  SC_ASSIGN(const identity::Party party, context.Identity());
  RootKey root{name, party.Key(identity::Purpose::kNote)};
  if (name.empty()) {
    SC_ASSIGN(root.name, NameOf(context, root.key.public_key()));
  }
  return root;
}

Outcome<note::Note> ReadNote(const std::string& path, const std::string& what) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, note::kMaxNoteBytes, what));
  return ExplainAs(Exit::kUsage, note::Parse(AsText(file.Reveal())),
                   path + " is not a signed note");
}

}  // namespace safeconduct::cli
