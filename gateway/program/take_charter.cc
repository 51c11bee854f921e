// Take-charter: what a running gateway cannot take. A charter that names a new log has another key
// than the gateway that runs; and a gateway whose store is behind what it published does not run.
//
// All that it writes is the charter, in one atomic write. What follows from it (a new report log,
// other marks) is done by the next start, so a kill at any point leaves nothing half done.
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base/hash.h"
#include "crypto/note/note.h"
#include "crypto/tlog/checkpoint.h"
#include "gateway/charter/published.h"
#include "gateway/program/charter_log.h"
#include "gateway/program/commands.h"
#include "gateway/program/files.h"
#include "gateway/program/page_settings.h"
#include "gateway/program/store.h"
#include "gateway/program/terminal.h"
#include "gateway/routes/charters.h"
#include "gateway/routes/page_filling.h"
#include "gateway/transparency/high_water_file.h"
#include "gateway/work/clock.h"

namespace safeconduct::program {
namespace {

using Charter = std::shared_ptr<const charter::OpenCharter>;

// `max`: bytes. Nothing here is secret.
OrRefusal<std::string> ReadWhole(const std::string& path, const std::string& what,
                                 std::size_t max) {
  std::ifstream file(path, std::ios::binary);
  std::string text(max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() || file.gcount() == 0) {
    return Refuse(ExitCode::kUsage,
                  what + " " + path + (file.gcount() == 0 ? " cannot be read" : " is too long"));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// What was let out of the charters' log, if anything.
struct Published {
  std::uint64_t size = 0;
  Hash root{};
};

class Taking {
 public:
  Taking(const config::Config& config, charter::Trust trust, const OwnKeys& keys,
         std::optional<pages::WebApp> web_app, storage::EnvelopeStore& store)
      : config_(config),
        trust_(std::move(trust)),
        keys_(keys),
        web_app_(std::move(web_app)),
        store_(store) {}

  ExitCode Take(const std::string& note, const std::vector<Bytes>& texts);

 private:
  std::optional<Refusal> ReadCurrent();
  std::optional<Refusal> ReadPublished();
  std::optional<Refusal> CheckPublished(const std::string& note, std::uint64_t version) const;
  std::optional<Refusal> CheckLog(const charter::OpenCharter& next) const;
  std::optional<Refusal> CheckTexts(const charter::OpenCharter& next, const std::string& note,
                                    const std::vector<Bytes>& texts) const;
  ExitCode SayTaken(std::uint64_t version) const;

  const config::Config& config_;
  const charter::Trust trust_;
  const OwnKeys& keys_;
  const std::optional<pages::WebApp> web_app_;
  storage::EnvelopeStore& store_;
  std::string current_note_;  // empty: none
  Charter current_;
  Published published_;
};

std::optional<Refusal> Taking::ReadCurrent() {
  Result<std::optional<storage::CharterRecord>> newest = store_.NewestCharter();
  if (!newest.ok()) return Refuse(ExitCode::kStore, "the charter cannot be read", newest.error());
  if (!newest->has_value()) return std::nullopt;
  current_note_ = (*newest)->note;
  const Result<note::Note> note = note::Parse(current_note_);
  if (!note.ok()) return Refuse(ExitCode::kStore, "the stored charter", note.error());
  Result<Charter> opened = charter::OpenCharter::FromText(note->text);
  if (!opened.ok()) return Refuse(ExitCode::kStore, "the stored charter", opened.error());
  current_ = *std::move(opened);
  return std::nullopt;
}

// The log takes the key of the report log in use, so any that clients trust may have signed.
std::optional<Refusal> Taking::ReadPublished() {
  const std::string file = config_.HighWaterFile();
  const Result<std::string> mark = transparency::HighWaterFile(file).Load();
  if (!mark.ok()) return Refuse(ExitCode::kUnavailable, "the mark " + file, mark.error());
  if (mark->empty()) return std::nullopt;
  std::vector<PublicKey> keys{keys_.note.public_key()};
  for (const note::VerifierKey& log : trust_.logs) keys.push_back(log.key);
  for (const PublicKey& key : keys) {
    const auto log = note::MakeVerifierKey(trust_.origin, key);
    if (!log.ok()) continue;
    const auto opened = tlog::OpenCheckpoint(*mark, *log);
    if (!opened.ok()) continue;
    published_ = {opened->checkpoint.size, opened->checkpoint.root};
    return std::nullopt;
  }
  return Refuse(ExitCode::kStore, "the mark " + file +
                                      " is no checkpoint of the charters' log by a key that the "
                                      "trust file names");
}

// That the charters up to this one are those that were published, as far as that can be told.
std::optional<Refusal> Taking::CheckPublished(const std::string& note,
                                              std::uint64_t version) const {
  if (version < published_.size) return std::nullopt;
  OrRefusal<std::vector<std::string>> entries = CharterEntries(store_, version - 1);
  if (!entries.ok()) return entries.refusal();
  const Result<note::Note> parsed = note::Parse(note);
  if (!parsed.ok()) return Refuse(ExitCode::kConfiguration, "the charter", parsed.error());
  Result<std::string> entry = charter::LogEntry(parsed->text);
  if (!entry.ok()) return Refuse(ExitCode::kConfiguration, "the charter", entry.error());
  entries->push_back(*std::move(entry));
  tlog::Frontier tree;
  for (std::uint64_t i = 0; i < published_.size; ++i) {
    tree.Append(tlog::LeafHash(AsBytes((*entries)[i])));
  }
  if (published_.size == 0 || tree.Root() == published_.root) return std::nullopt;
  return Refuse(ExitCode::kStore, "the charters up to version " + std::to_string(published_.size) +
                                      " are not those that were published, by what " +
                                      config_.HighWaterFile() + " says");
}

// Of a charter that nobody has seen yet: its log is this gateway's, and of the logs before it says
// the last that they published.
std::optional<Refusal> Taking::CheckLog(const charter::OpenCharter& next) const {
  if (next.log().key != keys_.note.public_key()) {
    return Refuse(ExitCode::kConfiguration,
                  "the log key file is not the key of the log that this charter names");
  }
  const std::string file = config_.ReportHighWaterFile();
  const Result<std::string> mark = transparency::HighWaterFile(file).Load();
  if (!mark.ok()) return Refuse(ExitCode::kUnavailable, "the mark " + file, mark.error());
  const Result<storage::LogHead> head = store_.Log();
  if (!head.ok()) return Refuse(ExitCode::kStore, "the report log", head.error());
  const std::vector<transparency::RetiredLog> retired = RetiredLogs(next);
  for (const std::string& checkpoint : {*mark, head->checkpoint}) {
    if (checkpoint.empty() || tlog::OpenCheckpoint(checkpoint, next.log()).ok()) continue;
    const Result<bool> over = transparency::IsOfRetired(checkpoint, retired);
    if (!over.ok()) {
      Refusal refusal = Refuse(ExitCode::kStore, "the charter", over.error());
      refusal.message += "\n  the newest checkpoint that was let out is in " + file;
      return refusal;
    }
    if (!*over) {
      return Refuse(ExitCode::kStore,
                    "the charter names neither as in use nor as retired the log of " + file +
                        ", or that of the store");
    }
  }
  return std::nullopt;
}

std::optional<Refusal> Taking::CheckTexts(const charter::OpenCharter& next, const std::string& note,
                                          const std::vector<Bytes>& texts) const {
  routes::TextsByDigest known = routes::StoredTexts(store_, next);
  for (const Bytes& text : texts) known.emplace(AsText(Sha256(text)), AsText(text));
  for (const v1::Text& text : next.message().texts()) {
    if (!known.contains(text.sha256())) {
      return Refuse(ExitCode::kConfiguration, "the text for " + text.language() +
                                                  " that the charter names is missing: give "
                                                  "it with --text");
    }
  }
  const auto pages = routes::FillPages(web_app_ ? &*web_app_ : nullptr,
                                       PageSettings(config_, trust_), next, note, known);
  if (!pages.ok()) return Refuse(ExitCode::kConfiguration, "the pages", pages.error());
  return std::nullopt;
}

ExitCode Taking::SayTaken(std::uint64_t version) const {
  Say("charter " + std::to_string(version) + " is in the store");
  if (version < published_.size) {
    Say("take those up to version " + std::to_string(published_.size) +
        " next, which were published as well");
  } else {
    Say("it is in force with the next start");
  }
  return ExitCode::kOk;
}

ExitCode Taking::Take(const std::string& note, const std::vector<Bytes>& texts) {
  if (const auto refusal = ReadCurrent()) return Complain(*refusal);
  if (const auto refusal = ReadPublished()) return Complain(*refusal);
  if (current_ != nullptr && note == current_note_) return SayTaken(current_->version());
  // One that was in force before may have expired since, and is followed by others.
  const std::uint64_t version = current_ == nullptr ? 1 : current_->version() + 1;
  const bool was_published = version <= published_.size;
  const std::int64_t now = was_published ? 0 : work::SystemClock().UnixSeconds();
  const Result<Charter> next = charter::OpenNext(note, current_.get(), trust_, now);
  if (!next.ok()) return Complain(Refuse(ExitCode::kConfiguration, "the charter", next.error()));
  if (const auto refusal = CheckPublished(note, version)) return Complain(*refusal);
  if (!was_published) {
    if (const auto refusal = CheckLog(**next)) return Complain(*refusal);
  }
  if (const auto refusal = CheckTexts(**next, note, texts)) return Complain(*refusal);
  storage::CharterRecord record = routes::RecordOf(**next, note);
  record.texts = texts;
  const Status stored = store_.PutCharter(record);
  if (!stored.ok()) return Complain(Refuse(ExitCode::kStore, "the charter", stored.error()));
  return SayTaken(version);
}

}  // namespace

ExitCode TakeCharter(const std::string& config_file, const std::string& charter_file,
                     const std::vector<std::string>& texts) {
  OrRefusal<config::Config> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  OrRefusal<charter::Trust> trust = ReadTrust(config->trust_file);
  if (!trust.ok()) return Complain(trust.refusal());
  OrRefusal<OwnKeys> keys = ReadOwnKeys(config->log_key_file);
  if (!keys.ok()) return Complain(keys.refusal());
  OrRefusal<std::optional<pages::WebApp>> web_app = ReadWebApp(config->web);
  if (!web_app.ok()) return Complain(web_app.refusal());
  OrRefusal<std::string> note = ReadWhole(charter_file, "the charter", note::kMaxNoteBytes);
  if (!note.ok()) return Complain(note.refusal());
  std::vector<Bytes> read;
  for (const std::string& path : texts) {
    OrRefusal<std::string> text = ReadWhole(path, "the text", charter::kMaxTextBytes);
    if (!text.ok()) return Complain(text.refusal());
    const ByteView bytes = AsBytes(*text);
    read.emplace_back(bytes.begin(), bytes.end());
  }
  OrRefusal<std::unique_ptr<storage::EnvelopeStore>> store =
      OpenStore(*config, storage::OpenMode::kServe);
  if (!store.ok()) return Complain(store.refusal());
  return Taking(*config, std::move(*trust), *keys, std::move(*web_app), **store).Take(*note, read);
}

}  // namespace safeconduct::program
