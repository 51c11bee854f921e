#include "gateway/cli/log_openings.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "crypto/tlog/leaf.h"
#include "gateway/report/expiry.h"
#include "gateway/report/report.h"

namespace safeconduct::cli {
namespace {

constexpr auto kReportKind = static_cast<std::uint32_t>(tlog::LeafKind::kReport);
constexpr auto kCoverKind = static_cast<std::uint32_t>(tlog::LeafKind::kCover);
constexpr std::int64_t kHour = 3'600;  // to which events' times are rounded down
// Two are promised, after the time was rounded up to a whole one.
constexpr std::int64_t kIntervalsToWait = 3;

std::string Entry(std::uint64_t number) { return "Entry " + std::to_string(number); }

struct CaseState {
  const AuditedCase* about = nullptr;
  std::map<Hash, const AuditedEvent*> events;
  std::set<Hash> opened_events;
  bool report_opened = false;
  std::vector<Hash> erased_leaves;
};

class Auditor {
 public:
  explicit Auditor(const Audit& audit) : audit_(audit), opened_(audit.entries.size(), false) {}

  AuditResult Run() {
    for (const AuditedCase& each : audit_.cases) Add(each);
    for (const v1::LogOpening& opening : audit_.openings) {
      if (opening.entry() < audit_.entries.size()) Take(opening);
    }
    CheckErasedElsewhere();
    if (audit_.scope != Scope::kChannel) {
      for (std::size_t i = 0; i < opened_.size(); ++i) {
        if (!opened_[i]) Alarm(Entry(i) + " has no opening: something may be hidden behind it");
      }
    }
    for (const auto& [id, state] : cases_) Finish(state);
    return std::move(result_);
  }

 private:
  void Alarm(std::string text) { result_.alarms.push_back(std::move(text)); }

  void Add(const AuditedCase& each) {
    const auto [found, added] = cases_.try_emplace(each.report_id);
    if (!added) return Alarm("Case " + each.report_id + " is listed twice");
    found->second.about = &each;
    for (const AuditedEvent& event : each.events) found->second.events[event.hash] = &event;
  }

  CaseState* Find(const v1::LogOpening& opening) {
    const auto found = cases_.find(opening.report_id());
    return found == cases_.end() ? nullptr : &found->second;
  }

  void Take(const v1::LogOpening& opening) {
    const std::string entry = Entry(opening.entry());
    if (opened_[opening.entry()]) return Alarm(entry + " is opened twice");
    opened_[opening.entry()] = true;
    if (IsElsewhere(opening)) return TakeElsewhere(opening);
    if (!opening.erased_by().empty()) return TakeErased(opening);
    if (!Opens(opening)) return Alarm(entry + " is not what its opening says");
    if (opening.kind() == kCoverKind) {
      ++result_.covers;
    } else if (opening.kind() == kReportKind) {
      TakeReport(opening);
    } else {
      TakeEvent(opening);
    }
  }

  // Whether the opening has its form and is that of the entry.
  bool Opens(const v1::LogOpening& opening) const {
    const bool cover = opening.kind() == kCoverKind;
    return opening.report_id().empty() == cover && IsOfEntry(opening);
  }

  bool IsOfEntry(const v1::LogOpening& opening) const {
    const Result<Hash> entry =
        tlog::CommitLeaf(AsBytes(opening.salt()), opening.kind(), AsBytes(opening.entry_hash()));
    return entry.ok() && *entry == audit_.entries[opening.entry()];
  }

  bool IsElsewhere(const v1::LogOpening& opening) const {
    return audit_.scope == Scope::kSomeChannels && opening.report_id().empty() &&
           opening.kind() != kCoverKind;
  }

  // Of a case that the auditor does not see: what it is can be told all the same.
  void TakeElsewhere(const v1::LogOpening& opening) {
    ++result_.elsewhere;
    const std::string entry = Entry(opening.entry());
    if (!opening.erased_by().empty()) {
      if (!opening.salt().empty() || !opening.entry_hash().empty()) {
        return Alarm(entry + " is said to be erased, but its opening has not been");
      }
      ++erased_elsewhere_[opening.erased_by()];
      return;
    }
    if (!IsOfEntry(opening)) return Alarm(entry + " is not what its opening says");
    if (opening.kind() != kReportKind) {
      events_elsewhere_.insert(opening.entry_hash());
      return;
    }
    const Hash hash = ToArray<sizeof(Hash)>(AsBytes(opening.entry_hash()));
    const std::string id = report::FormatId(report::IdOf(hash));
    if (cases_.contains(id)) {
      Alarm(entry + " is report " + id + ", and is said to be of another channel");
    }
  }

  // By events that are in the log, or may be waiting for it. Which case it was, and how many
  // entries it had, is not seen.
  void CheckErasedElsewhere() {
    for (const auto& [event, entries] : erased_elsewhere_) {
      if (!events_elsewhere_.contains(event)) result_.waiting += entries;
    }
  }

  void TakeReport(const v1::LogOpening& opening) {
    ++result_.reports;
    const std::string entry = Entry(opening.entry());
    const Hash hash = ToArray<sizeof(Hash)>(AsBytes(opening.entry_hash()));
    const std::string id = report::FormatId(report::IdOf(hash));
    if (opening.report_id() != id) {
      return Alarm(entry + " is report " + id + ", and is said to be of case " +
                   opening.report_id());
    }
    CaseState* const state = Find(opening);
    if (state == nullptr || state->about->report_hash != hash) {
      return Alarm(entry + " is report " + id + ", which is not among the cases: it is hidden");
    }
    if (state->report_opened) return Alarm(entry + " is report " + id + " a second time");
    state->report_opened = true;
    if (state->about->promise.leaf != audit_.entries[opening.entry()]) {
      Alarm(entry + " is report " + id + ", but not the leaf that its reporter was promised");
    }
  }

  void TakeEvent(const v1::LogOpening& opening) {
    ++result_.events;
    const std::string what = Entry(opening.entry()) + " is an event of case " + opening.report_id();
    CaseState* const state = Find(opening);
    if (state == nullptr) return Alarm(what + ", which is not among the cases: it is hidden");
    const Hash hash = ToArray<sizeof(Hash)>(AsBytes(opening.entry_hash()));
    if (!state->events.contains(hash)) return Alarm(what + " that is not in its chain");
    if (!state->opened_events.insert(hash).second) Alarm(what + " that is in the log already");
  }

  void TakeErased(const v1::LogOpening& opening) {
    ++result_.erased;
    const std::string what = Entry(opening.entry()) + " is said to be erased with case " +
                             (opening.report_id().empty() ? "(none)" : opening.report_id());
    if (!opening.salt().empty() || !opening.entry_hash().empty()) {
      return Alarm(what + ", but its opening has not been");
    }
    CaseState* const state = Find(opening);
    if (state == nullptr) return Alarm(what + ", which is not among the cases");
    const auto erasure =
        std::find_if(state->events.begin(), state->events.end(), [&](const auto& each) {
          return AsText(each.first) == opening.erased_by() && each.second->erases;
        });
    if (!state->about->erased || erasure == state->events.end()) {
      return Alarm(what + " by an event that there is not");
    }
    state->erased_leaves.push_back(audit_.entries[opening.entry()]);
  }

  void Finish(const CaseState& state) {
    const std::string name = "case " + state.about->report_id;
    if (!state.about->erased && !state.report_opened) {
      Missing("The report of " + name, state.about->promise.until);
    }
    for (const auto& [hash, event] : state.events) {
      if (!state.opened_events.contains(hash)) {
        Missing("Event " + std::to_string(event->sequence) + " of " + name, EndOf(*event));
      }
      if (event->erases) CountErased(state, *event);
    }
  }

  // The number of an erasure is that of the leaves before it: the report's, and its events'. An
  // expiry names them too.
  void CountErased(const CaseState& state, const AuditedEvent& erasure) {
    const std::string name = "case " + state.about->report_id;
    const std::uint64_t erased = state.erased_leaves.size();
    if (erased > erasure.sequence) {
      Alarm(std::to_string(erased) + " entries are said to be erased with " + name +
            ", which had " + std::to_string(erasure.sequence) + ": others hide among them");
    }
    if (erased == erasure.sequence && erasure.leaves &&
        report::RootOfLeaves(state.erased_leaves) != *erasure.leaves) {
      Alarm("The entries that are said to be erased with " + name +
            " are not those that its expiry names");
    }
    if (erased >= erasure.sequence) return;
    const std::uint64_t missing = erasure.sequence - erased;
    if (EndOf(erasure) > audit_.now) {
      result_.waiting += missing;
    } else {
      Alarm("Of what was erased with " + name + ", " + std::to_string(missing) +
            " of its entries are not in the log");
    }
  }

  // When it must be in the log: its own promise is its author's, and not known here.
  std::int64_t EndOf(const AuditedEvent& event) const {
    return event.time + kHour + kIntervalsToWait * audit_.interval_seconds;
  }

  void Missing(const std::string& what, std::int64_t until) {
    if (until >= audit_.now) {
      ++result_.waiting;
    } else {
      Alarm(what + " is not in the log, though its time has passed");
    }
  }

  const Audit& audit_;
  AuditResult result_;
  std::vector<bool> opened_;
  std::set<std::string> events_elsewhere_;                 // their hashes
  std::map<std::string, std::uint64_t> erased_elsewhere_;  // entries, by what erased them
  std::map<std::string, CaseState> cases_;
};

}  // namespace

AuditResult AuditLog(const Audit& audit) { return Auditor(audit).Run(); }

}  // namespace safeconduct::cli
