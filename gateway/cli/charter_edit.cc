// safeconduct charter new|add-holder|add-channel|add-text|add-web: what makes and edits drafts.
#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/charter/charter.h"
#include "gateway/charter/retention.h"
#include "gateway/cli/charter_change.h"
#include "gateway/cli/charter_draft.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"
#include "proto/parse.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxManifestBytes = 1024 * 1024;
constexpr std::size_t kMaxCardBytes = 64 * 1024;
constexpr std::size_t kMaxChannelBytes = 512 * 1024;

using ParseKey = Result<note::VerifierKey> (*)(std::string_view);

Outcome<std::vector<note::VerifierKey>> ParseKeys(const std::vector<std::string>& vkeys,
                                                  const std::string& option,
                                                  ParseKey parse = note::ParseVerifierKey) {
  std::vector<note::VerifierKey> keys;
  for (const std::string& vkey : vkeys) {
    SC_ASSIGN(note::VerifierKey key,
              Explain(parse(vkey), option + " " + vkey + " is no verifier key",
                      "One is printed by: safeconduct identity show --identity FILE --name NAME"));
    keys.push_back(std::move(key));
  }
  return keys;
}

Outcome<std::int64_t> ExpiryOf(const CharterNewOptions& options, std::int64_t now) {
  if (!options.expires.empty()) return ParseTime(options.expires);
  const std::int64_t day =
      now / charter::kDaySeconds;  // whole days, so that it says nothing of the hour
  return (day + options.days) * charter::kDaySeconds;
}

Outcome<CharterDraft> NextDraft(Context& context, const CharterNewOptions& options) {
  SC_ASSIGN(const charter::Trust trust, context.Trust());
  SC_ASSIGN(const SecretBytes file, ReadFile(options.next, note::kMaxNoteBytes, "the charter"));
  // An expired one may be followed all the same, so it is read as of its first second.
  SC_ASSIGN(const std::shared_ptr<const charter::OpenCharter> current,
            ExplainAs(Exit::kUnverified, charter::OpenTrusted(AsText(file.Reveal()), trust, 0),
                      "The charter in " + options.next + " does not verify"));
  CharterDraft draft;
  draft.origin = current->origin();
  draft.version = current->version() + 1;
  draft.charter = current->message();
  if (!options.roots.empty()) {
    SC_TRY(ParseKeys(options.roots, "--root"));
    v1::RootSet& roots = *draft.charter.mutable_next_roots();
    for (const std::string& vkey : options.roots) roots.add_vkeys(vkey);
    roots.set_threshold(options.threshold);
  }
  return draft;
}

Outcome<CharterDraft> FirstDraft(const CharterNewOptions& options) {
  if (options.origin.empty() || options.roots.empty() || options.log.empty()) {
    return UsageFailure("A first charter needs --origin, --root and --log",
                        "See the example in: safeconduct charter new --help");
  }
  CharterDraft draft;
  draft.origin = options.origin;
  v1::Log& log = *draft.charter.add_logs();
  log.set_vkey(options.log);
  log.set_interval_seconds(options.log_interval_seconds);
  for (const std::string& vkey : options.witnesses) draft.charter.add_witnesses(vkey);
  draft.charter.set_witness_threshold(options.witness_threshold);
  return draft;
}

Outcome<charter::Trust> TrustOf(const CharterNewOptions& options) {
  charter::Trust trust;
  trust.origin = options.origin;
  SC_ASSIGN(trust.roots, ParseKeys(options.roots, "--root"));
  trust.threshold = options.threshold;
  SC_ASSIGN(trust.logs, ParseKeys({options.log}, "--log"));
  SC_ASSIGN(trust.witnesses, ParseKeys(options.witnesses, "--witness", tlog::ParseWitnessKey));
  trust.witness_threshold = options.witness_threshold;
  if (trust.threshold < 1 || trust.threshold > trust.roots.size()) {
    return UsageFailure("--threshold must be between 1 and the number of root keys");
  }
  return trust;
}

// What clients are to trust once the draft is in force; after new roots took over, they alone.
Done WriteTrust(Context& context, const CharterNewOptions& options, std::uint64_t version) {
  charter::Trust trust;
  if (options.next.empty()) {
    SC_ASSIGN(trust, TrustOf(options));
  } else {
    SC_ASSIGN(trust, context.Trust());
    trust.minimum_version = version;
    if (!options.roots.empty()) {
      SC_ASSIGN(trust.roots, ParseKeys(options.roots, "--root"));
      trust.threshold = options.threshold;
      trust.minimum_version = version + 1;
    }
  }
  if (options.trust_out.empty()) return {};
  return WriteNewFile(options.trust_out, AsBytes(charter::FormatTrust(trust)), Overwrite::kNever);
}

Outcome<v1::Role> ParseRole(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  v1::Role role = v1::ROLE_UNSPECIFIED;
  if (!v1::Role_Parse("ROLE_" + name, &role) || role == v1::ROLE_UNSPECIFIED) {
    return UsageFailure("There is no role '" + name + "'",
                        "Roles are intake, investigator, support, trustee, auditor and relay.");
  }
  return role;
}

// The keys of a new holder, as `identity show --json` prints them.
Done TakeCard(const std::string& path, v1::Holder& holder) {
  SC_ASSIGN(const SecretBytes file, ReadFile(path, kMaxCardBytes, "the holder's public keys"));
  SC_ASSIGN(google::protobuf::Struct card,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<google::protobuf::Struct>(
                          AsText(file.Reveal()), kMaxCardBytes, proto::Unknown::kRefuse),
                      "The holder's public keys in " + path + " are not JSON",
                      "They are what the holder's safeconduct identity show --json prints."));
  auto& fields = *card.mutable_fields();
  const auto text = [&](const char* name) { return fields[name].string_value(); };
  Result<Bytes> request_key = Base64Decode(text("request_key"));
  Result<Bytes> event_key = Base64Decode(text("event_key"));
  if (text("recipient").empty() || !request_key.ok() || request_key->empty() || !event_key.ok() ||
      event_key->empty()) {
    return UsageFailure("The holder's public keys in " + path + " are incomplete",
                        "They are what the holder's safeconduct identity show --json prints.");
  }
  holder.set_recipient(text("recipient"));
  holder.set_request_key(request_key->data(), request_key->size());
  holder.set_event_key(event_key->data(), event_key->size());
  return {};
}

// Puts `entry` into `list`, in the place of the one of the same name if that is wanted.
template <typename Entries, typename Entry, typename Same>
Done Put(Entries& list, const Entry& entry, Same same, bool replace, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), same);
  if (found == list.end()) {
    *list.Add() = entry;
    return {};
  }
  if (!replace) {
    return RefusedFailure("The draft has " + name + " already",
                          "With --replace the new one takes its place.");
  }
  *found = entry;
  return {};
}

// The draft of a next version begins with the channels of the charter in force.
Done CheckAnnounced(const CharterDraft& draft, const v1::Channel& channel, std::int64_t now) {
  if (draft.version == 1) return {};  // there are no cases yet
  for (const v1::Channel& before : draft.charter.channels()) {
    if (before.id() == channel.id() &&
        charter::IsUnannounced(before.retention(), channel.retention(), now)) {
      return UnannouncedErasure(channel, before.retention(), now);
    }
  }
  return {};
}

// Says the same in both forms: what the draft holds now.
void ShowDraft(Output& out, const std::string& path, const CharterDraft& draft,
               const std::string& what) {
  JsonObject json;
  json.Add("draft", path);
  json.AddNumber("version", draft.version);
  json.Add("expires", Rfc3339(draft.expiry));
  json.AddNumber("holders", static_cast<std::uint64_t>(draft.charter.holders_size()));
  json.AddNumber("channels", static_cast<std::uint64_t>(draft.charter.channels_size()));
  json.AddNumber("texts", static_cast<std::uint64_t>(draft.charter.texts_size()));
  out.Print(json);
  out.Line(what);
}

}  // namespace

Done CharterNew(Context& context, const CharterNewOptions& options) {
  Outcome<CharterDraft> made =
      options.next.empty() ? FirstDraft(options) : NextDraft(context, options);
  SC_ASSIGN(CharterDraft draft, std::move(made));
  SC_ASSIGN(draft.expiry, ExpiryOf(options, context.Now()));
  SC_TRY(WriteTrust(context, options, draft.version));
  SC_TRY(WriteDraft(options.out, draft, Overwrite::kNever));
  Output& out = context.out();
  ShowDraft(out, options.out, draft,
            "Wrote the draft of version " + std::to_string(draft.version) + " to " + options.out +
                ", valid until " + FormatTime(draft.expiry) + ".");
  if (!options.trust_out.empty()) {
    out.Line("Wrote " + options.trust_out +
             ": publish it where people trust it, apart from the "
             "gateway.");
  }
  out.Line("Next: charter add-holder, add-channel, add-text; then charter sign by each root key.");
  return {};
}

Done CharterAddHolder(Context& context, const CharterAddHolderOptions& options) {
  SC_ASSIGN(CharterDraft draft, ReadDraft(options.draft));
  v1::Holder holder;
  holder.set_label(options.label);
  holder.set_organisation(options.organisation);
  for (const std::string& name : options.roles) {
    SC_ASSIGN(const v1::Role role, ParseRole(name));
    holder.add_roles(role);
  }
  for (const std::string& channel : options.channels) holder.add_channels(channel);
  holder.set_national_authority(options.national);
  SC_TRY(TakeCard(options.card, holder));
  SC_TRY(Put(
      *draft.charter.mutable_holders(), holder,
      [&](const v1::Holder& other) { return other.label() == options.label; }, options.replace,
      "a holder '" + options.label + "'"));
  SC_TRY(WriteDraft(options.draft, draft, Overwrite::kAllowed));
  ShowDraft(context.out(), options.draft, draft,
            "Entered the holder '" + options.label + "' in " + options.draft + ".");
  return {};
}

Done CharterAddChannel(Context& context, const CharterAddChannelOptions& options) {
  SC_ASSIGN(CharterDraft draft, ReadDraft(options.draft));
  SC_ASSIGN(const SecretBytes file, ReadFile(options.file, kMaxChannelBytes, "the channel"));
  SC_ASSIGN(v1::Channel channel,
            ExplainAs(Exit::kUsage,
                      proto::FromJson<v1::Channel>(AsText(file.Reveal()), kMaxChannelBytes,
                                                   proto::Unknown::kRefuse),
                      "The channel in " + options.file + " cannot be understood",
                      "It is the JSON of a Channel: deploy/demo has one, and "
                      "proto/safeconduct/v1/charter.proto says which fields there are."));
  if (!options.retention_from.empty()) {
    SC_ASSIGN(const std::int64_t day, ParseTime(options.retention_from));
    channel.mutable_retention()->set_from_day(day);
  }
  if (!options.unannounced) SC_TRY(CheckAnnounced(draft, channel, context.Now()));
  SC_TRY(Put(
      *draft.charter.mutable_channels(), channel,
      [&](const v1::Channel& other) { return other.id() == channel.id(); }, options.replace,
      "a channel '" + channel.id() + "'"));
  SC_TRY(WriteDraft(options.draft, draft, Overwrite::kAllowed));
  ShowDraft(context.out(), options.draft, draft,
            "Entered the channel '" + channel.id() + "' in " + options.draft + ".");
  return {};
}

Done CharterAddText(Context& context, const CharterAddTextOptions& options) {
  SC_ASSIGN(CharterDraft draft, ReadDraft(options.draft));
  SC_ASSIGN(const SecretBytes file, ReadFile(options.file, charter::kMaxTextBytes, "the texts"));
  const Hash digest = Sha256(file.Reveal());
  v1::Text text;
  text.set_language(options.language);
  text.set_sha256(digest.data(), digest.size());
  // A language has one text: a new one takes the place of the old.
  SC_TRY(Put(
      *draft.charter.mutable_texts(), text,
      [&](const v1::Text& other) { return other.language() == options.language; }, true, ""));
  SC_TRY(WriteDraft(options.draft, draft, Overwrite::kAllowed));
  ShowDraft(context.out(), options.draft, draft,
            "Entered the texts for '" + options.language + "' in " + options.draft +
                "; give the file again to charter publish --text.");
  return {};
}

Done CharterAddWeb(Context& context, const CharterAddWebOptions& options) {
  SC_ASSIGN(CharterDraft draft, ReadDraft(options.draft));
  SC_ASSIGN(const SecretBytes file,
            ReadFile(options.manifest, kMaxManifestBytes, "the web app's manifest"));
  const Hash digest = Sha256(file.Reveal());
  v1::Web& web = *draft.charter.mutable_web();
  web.set_manifest_digest(digest.data(), digest.size());
  web.set_minimum_version(options.minimum_version);
  SC_TRY(WriteDraft(options.draft, draft, Overwrite::kAllowed));
  ShowDraft(context.out(), options.draft, draft,
            "Entered the web app " + HexEncode(digest) + " in " + options.draft + ".");
  return {};
}

}  // namespace safeconduct::cli
