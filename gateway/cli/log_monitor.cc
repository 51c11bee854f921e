// safeconduct log monitor: follows both logs and the web app, for whoever wants to keep a gateway
// honest. Needs no identity, and tells the gateway nothing.
#include <optional>

#include "crypto/base/encoding.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/gateway_log.h"
#include "gateway/cli/log_state.h"
#include "gateway/cli/log_web.h"
#include "gateway/cli/pause.h"
#include "gateway/cli/state_file.h"

namespace safeconduct::cli {
namespace {

class Monitor {
 public:
  static Outcome<Monitor> Start(Context& context, const LogMonitorOptions& options);

  // One look at everything.
  Done Round();
  std::uint32_t interval_seconds() const { return interval_seconds_; }

 private:
  Monitor(Context& context, GatewayApi& gateway, charter::Trust trust, std::string state)
      : context_(context), gateway_(gateway), trust_(std::move(trust)), state_(std::move(state)) {}

  Outcome<VerifiedCharter> FollowCharters();
  Done FollowRetired(const charter::OpenCharter& charter);
  Done FollowReports(const VerifiedCharter& verified);
  Outcome<Look> LookAt(const std::string& prefix, const note::VerifierKey& log,
                       const TakeEntry& take);
  Failure Alarm(const Contradiction& found);
  void Print(const note::VerifierKey& log, const LogStep& step);
  void PrintRetired(const note::VerifierKey& log, const note::VerifierKey& next, std::uint64_t size,
                    std::uint64_t unseen);
  Done CompareWeb(const VerifiedCharter& verified);

  Context& context_;
  GatewayApi& gateway_;
  charter::Trust trust_;
  std::string state_;
  SeenLogs seen_;
  std::optional<pages::WebApp> app_;
  std::uint32_t interval_seconds_ = 0;
};

Outcome<Monitor> Monitor::Start(Context& context, const LogMonitorOptions& options) {
  SC_ASSIGN(charter::Trust trust, context.Trust());
  SC_ASSIGN(GatewayApi* const gateway, context.Gateway());
  std::string state = options.state;
  if (state.empty()) {
    const std::string folder = StateFolder();
    if (folder.empty()) {
      return UsageFailure("There is neither XDG_STATE_HOME nor HOME", "Give --state FILE.");
    }
    SC_TRY(MakeStateFolder(folder));
    state = folder + "/log-monitor";
  }
  Monitor monitor(context, *gateway, std::move(trust), std::move(state));
  SC_ASSIGN(monitor.seen_, ReadSeenLogs(monitor.state_));
  if (!options.web.empty()) {
    SC_ASSIGN(pages::WebApp app, Explain(pages::WebApp::Load(options.web, ""),
                                         "The web app in " + options.web + " cannot be used",
                                         "It is what deploy/run builds: build/web/reporter."));
    monitor.app_ = std::move(app);
  }
  return monitor;
}

// What was found is kept before anything is said of it.
Failure Monitor::Alarm(const Contradiction& found) {
  const Outcome<std::string> kept = KeepContradiction(state_, found);
  JsonObject json;
  json.Add("contradiction", found.what);
  JsonArray checkpoints;
  checkpoints.Add(found.before);
  checkpoints.Add(found.now);
  json.Add("checkpoints", checkpoints);
  if (kept.ok()) json.Add("file", *kept);
  Output& out = context_.out();
  out.Print(json);
  out.Line("ALARM: " + found.what + ".");
  out.Block(found.before);
  out.Line();
  out.Block(found.now);
  if (!kept.ok()) out.Warn(kept.error().message);
  return UnverifiedFailure(found.what, kept.ok() ? "Both checkpoints are kept in " + *kept +
                                                       ". They prove it: show them to others."
                                                 : "Keep this output: it proves it.");
}

void Monitor::Print(const note::VerifierKey& log, const LogStep& step) {
  const tlog::Checkpoint& newest = step.newest.checkpoint;
  const Result<std::vector<tlog::Cosigned>> cosigned =
      tlog::ReadCosignatures(step.newest.note, trust_.witnesses);
  const std::size_t witnesses = cosigned.ok() ? cosigned->size() : 0;
  JsonObject json;
  json.Add("log", log.name);
  json.AddNumber("size", newest.size);
  json.AddNumber("new", newest.size - step.before);
  json.Add("root", Base64Encode(newest.root));
  json.AddNumber("witnesses", witnesses);
  context_.out().Print(json);
  context_.out().Pair(log.name, std::to_string(newest.size) + " entries, " +
                                    std::to_string(newest.size - step.before) + " new; root " +
                                    Base64Encode(newest.root) + "; cosigned by " +
                                    std::to_string(witnesses) + " witnesses");
}

Outcome<Look> Monitor::LookAt(const std::string& prefix, const note::VerifierKey& log,
                              const TakeEntry& take) {
  GatewayLog source(gateway_, prefix);
  SeenLog& seen = seen_[log.name];
  SC_ASSIGN(Look look, LookAtLog(source, log, Tiles::kCompared, context_.Now(), seen, take));
  if (look.contradiction) return Alarm(*look.contradiction);
  SC_TRY(WriteSeenLogs(state_, seen_));
  return look;
}

// The charter in force, which has to be the newest entry of the charters' log.
Outcome<VerifiedCharter> Monitor::FollowCharters() {
  for (int tries = 0;; ++tries) {
    SC_ASSIGN(VerifiedCharter verified, context_.Charter(Memory::kForget));
    SC_ASSIGN(
        const note::VerifierKey log,
        Explain(note::MakeVerifierKey(verified.charter->origin(), verified.charter->log().key),
                "The charters' log has no name"));
    std::vector<std::string> entries;
    std::uint64_t first = 0;
    SC_ASSIGN(const Look look,
              LookAt(kCharterLog, log, [&](std::uint64_t index, ByteView entry) -> Done {
                if (entries.empty()) first = index;
                entries.emplace_back(AsText(entry));
                return {};
              }));
    if (!look.step) return UnverifiedFailure("The charters' log has no checkpoint");
    Output& out = context_.out();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      JsonObject json;
      json.AddNumber("charter", first + i + 1);
      json.Add("entry", entries[i]);
      out.Print(json);
      out.Line("Charter " + std::to_string(first + i + 1) + " was published:");
      out.Block(entries[i]);
    }
    const tlog::Checkpoint& newest = look.step->newest.checkpoint;
    if (newest.size == verified.charter->version()) {
      if (!tlog::Agree(*verified.checkpoint, newest)) {
        return Alarm({"The log " + log.name + " forked: it shows another charter " +
                          std::to_string(newest.size) + " than it proves",
                      verified.checkpoint_note, seen_[log.name].note});
      }
      Print(log, *look.step);
      return verified;
    }
    // One that was published between the two answers is there when asked again.
    if (tries == 1) {
      return UnverifiedFailure(
          "The gateway serves charter " + std::to_string(verified.charter->version()) +
              " as the newest one, and the charters' log has " + std::to_string(newest.size),
          "Somebody may be passing off an old charter.");
    }
  }
}

// A log that the charter retires must have ended with all that it ever showed. Its entries are not
// served any more, so what it added after the last look stays unseen.
Done Monitor::FollowRetired(const charter::OpenCharter& charter) {
  const bool is_new = !seen_.contains(charter.log().name);
  for (std::size_t i = 1; i < charter.logs().size(); ++i) {
    const note::VerifierKey& log = charter.logs()[i];
    const auto known = seen_.find(log.name);
    if (known == seen_.end()) continue;
    SeenLog& seen = known->second;
    const std::string& last_note = charter.message().logs(static_cast<int>(i)).last_checkpoint();
    const std::string doing = "The checkpoints of the log " + log.name + " cannot be understood";
    SC_ASSIGN(const tlog::OpenedCheckpoint last,
              ExplainAs(Exit::kUnverified, tlog::OpenCheckpoint(last_note, log), doing));
    tlog::Checkpoint before{log.name, 0, tlog::EmptyRoot()};
    if (!seen.note.empty()) {
      SC_ASSIGN(const note::Note note, ExplainAs(Exit::kInternal, note::Parse(seen.note), doing));
      SC_ASSIGN(before, ExplainAs(Exit::kInternal, tlog::ParseCheckpoint(note.text), doing));
    }
    const tlog::Checkpoint& end = last.checkpoint;
    const std::string ended =
        "The log " + log.name + " was ended with " + std::to_string(end.size) + " entries, ";
    if (end.size < before.size) {
      return Alarm({ended + "and had shown " + std::to_string(before.size), seen.note, last_note});
    }
    if (!tlog::Agree(before, end)) {
      return Alarm({ended + "which are not those that it had shown", seen.note, last_note});
    }
    if (is_new) PrintRetired(log, charter.log(), end.size, end.size - before.size);
    seen.note = last_note;
  }
  return {};
}

void Monitor::PrintRetired(const note::VerifierKey& log, const note::VerifierKey& next,
                           std::uint64_t size, std::uint64_t unseen) {
  JsonObject json;
  json.Add("retired", log.name);
  json.AddNumber("size", size);
  json.AddNumber("unseen", unseen);
  json.Add("log", next.name);
  context_.out().Print(json);
  context_.out().Line("The log " + log.name + " was ended with " + std::to_string(size) +
                      " entries. The log " + next.name +
                      " goes on, with every leaf that the gateway still has.");
  if (unseen == 0) return;
  context_.out().Warn("The last " + std::to_string(unseen) + " entries of " + log.name +
                      " were never seen here, and are not served any more.");
}

Done Monitor::FollowReports(const VerifiedCharter& verified) {
  const note::VerifierKey& log = verified.charter->log();
  interval_seconds_ = verified.charter->message().logs(0).interval_seconds();
  SC_ASSIGN(const Look look,
            LookAt(kReportLog, log, [](std::uint64_t, ByteView) { return Done(); }));
  if (look.step) {
    Print(log, *look.step);
  } else {
    context_.out().Note("The log " + log.name + " has no checkpoint yet.");
    SC_TRY(WriteSeenLogs(state_, seen_));
  }
  const SeenLog& seen = seen_[log.name];
  if (!IsStalled(seen, interval_seconds_, context_.Now())) return {};
  return UnverifiedFailure("The log " + log.name + " stalls: it has not grown since " +
                               FormatTime(seen.grew_at) + ", and should every " +
                               std::to_string(interval_seconds_) + " seconds",
                           "What was accepted since then may be lost. Tell the operator and the "
                           "oversight body.");
}

Done Monitor::CompareWeb(const VerifiedCharter& verified) {
  if (!app_) return {};
  const Outcome<WebCheck> compared = CompareServedWeb(gateway_, *app_, verified, trust_);
  if (!compared.ok()) {
    if (compared.error().exit != Exit::kUnverified) return compared.error();
    // Pages are filled anew for a charter that came meanwhile.
    SC_ASSIGN(const VerifiedCharter now, context_.Charter(Memory::kForget));
    return now.charter->version() == verified.charter->version() ? Done(compared.error()) : Done();
  }
  JsonObject json;
  json.Add("web", HexEncode(app_->manifest_digest()));
  json.AddNumber("files", compared->files);
  json.AddNumber("pages", compared->pages);
  JsonArray notes;
  for (const std::string& note : compared->notes) notes.Add(note);
  json.Add("notes", notes);
  context_.out().Print(json);
  context_.out().Pair("web app", std::to_string(compared->files) + " files and " +
                                     std::to_string(compared->pages) +
                                     " pages as the charter says");
  for (const std::string& note : compared->notes) context_.out().Line("  " + note + ".");
  return {};
}

Done Monitor::Round() {
  SC_ASSIGN(const VerifiedCharter verified, FollowCharters());
  SC_TRY(FollowRetired(*verified.charter));
  SC_TRY(FollowReports(verified));
  return CompareWeb(verified);
}

}  // namespace

Done LogMonitor(Context& context, const LogMonitorOptions& options) {
  SC_ASSIGN(Monitor monitor, Monitor::Start(context, options));
  if (options.web.empty()) {
    context.out().Note("What the gateway serves as web app is not compared: give --web FOLDER.");
  }
  for (;;) {
    const Done round = monitor.Round();
    if (options.once) return round;
    if (!round.ok()) {
      if (round.error().exit != Exit::kNetwork) return round;
      context.out().Warn(round.error().message + ". Trying again.");
    }
    static constexpr std::uint32_t kFirstSeconds = 60;  // before the charter has been read
    const std::uint32_t pause = options.every_seconds != 0        ? options.every_seconds
                                : monitor.interval_seconds() != 0 ? monitor.interval_seconds()
                                                                  : kFirstSeconds;
    Pause(pause);
  }
}

}  // namespace safeconduct::cli
