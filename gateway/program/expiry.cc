#include "gateway/program/expiry.h"

#include <algorithm>
#include <charconv>
#include <future>
#include <memory>
#include <utility>

#include "crypto/tlog/leaf.h"
#include "gateway/release/policy.h"
#include "gateway/report/event.h"
#include "gateway/report/expiry.h"
#include "gateway/work/clock.h"

namespace safeconduct::program {
namespace {

// Events may be large, so few are read at once for their leaves.
constexpr std::size_t kEventsAtOnce = 16;

using Answer = std::future<Result<ledger::Accepted>>;

Answer Submit(ledger::Ledger& ledger, ledger::EventEntry entry) {
  const auto promise = std::make_shared<std::promise<Result<ledger::Accepted>>>();
  Answer answer = promise->get_future();
  ledger.SubmitEvent(std::move(entry), [promise](Result<ledger::Accepted> accepted) {
    promise->set_value(std::move(accepted));
  });
  return answer;
}

// What the log has of a leaf, or will have.
Result<Hash> EntryOf(const v1::StoredLeaf& leaf) {
  return tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash()));
}

// Days since 1970, in decimal, and a line's end.
Result<std::int64_t> DayIn(const std::string& text) {
  std::int64_t days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (error != std::errc() || days < 0 || std::string_view(end) != "\n") {
    return Error(Code::kCorrupted, "the file of the last day of expiry has no day in it");
  }
  return days;
}

}  // namespace

void Expiry::Step(const charter::OpenCharter& charter, std::int64_t now) {
  if (pauses_still_ != 0) {
    --pauses_still_;
    return;
  }
  const Status status = Go(charter, now);
  if (!status.ok()) {
    pause_ = pause_ == 0 ? 1 : std::min(2 * pause_, kMostLeftOut);
    pauses_still_ = pause_;
  }
  if (std::exchange(failing_, !status.ok()) || status.ok()) return;
  parts_.logger.Log(log::Event::kExpiryFailed, {log::Field::Failure(status.error())});
}

Status Expiry::Go(const charter::OpenCharter& charter, std::int64_t now) {
  const std::int64_t today = now / work::kDaySeconds;
  if (!walk_ && walked_ == today) return {};
  SC_ASSIGN(const bool believed, Believe(today));
  if (!believed) return {};
  if (!walk_) {
    walk_ = Walk{today, {}, 0};
    for (const charter::ChannelInfo& channel : charter.channels()) {
      if (channel.channel->retention().closed_days() == 0) continue;
      walk_->channels.push_back(channel.channel->id());
    }
  }
  for (std::size_t i = 0; i < kPagesPerStep && !walk_->channels.empty(); ++i) {
    SC_TRY(TakePage(*walk_, charter, now));
  }
  if (!walk_->channels.empty()) return {};
  walked_ = walk_->begun;
  walk_.reset();
  return {};
}

Result<bool> Expiry::Believe(std::int64_t today) {
  if (believed_ == today && !paused_) return true;
  SC_ASSIGN(const std::string text, parts_.last_day.Load());
  std::int64_t last = today;
  if (!text.empty()) {
    SC_ASSIGN(last, DayIn(text));
  }
  const std::int64_t ahead = today - last;
  const bool paused = ahead < 0 || ahead > kMostDays;
  if (paused_.exchange(paused) != paused) {
    parts_.logger.Log(paused ? log::Event::kExpiryPaused : log::Event::kExpiryResumed,
                      {log::Field::Days(ahead)});
  }
  if (paused) return false;
  if (text.empty() || ahead != 0) {
    SC_TRY(parts_.last_day.Keep(std::to_string(today) + "\n"));
  }
  believed_ = today;
  return true;
}

// What the ledger refuses because others were faster, or too much waits, is looked at again.
Status Expiry::TakePage(Walk& walk, const charter::OpenCharter& charter, std::int64_t now) {
  SC_ASSIGN(const std::vector<storage::CaseRef> page,
            parts_.store.ListCases(walk.channels.back(), walk.before, kPageCases));
  std::vector<Answer> answers;
  Status failed;
  std::uint64_t unreadable = 0;
  for (const storage::CaseRef& ref : page) {
    const std::int64_t day = release::ExpiresDay(ref.record, charter);
    if (day == 0 || now < day) continue;
    Result<ledger::EventEntry> end = EndOf(ref, charter, now);
    if (end.ok()) {
      answers.push_back(Submit(parts_.ledger, *std::move(end)));
    } else if (end.error().code() == Code::kUnavailable || end.error().code() == Code::kNoSpace) {
      failed = end.error();
      break;
    } else {
      ++unreadable;  // damage: the case stays, and `verify` names it
    }
  }
  std::uint64_t ended = 0;
  for (Answer& answer : answers) {
    const Result<ledger::Accepted> accepted = answer.get();
    if (accepted.ok()) {
      ++ended;
    } else if (failed.ok()) {
      failed = accepted.error();
    }
  }
  expired_ += ended;
  if (ended != 0) parts_.logger.Log(log::Event::kCasesExpired, {log::Field::Count(ended)});
  SC_TRY(failed);
  if (unreadable != 0) {
    parts_.logger.Log(log::Event::kCasesNotExpired, {log::Field::Count(unreadable)});
  }
  pause_ = 0;
  if (page.size() < kPageCases) {
    walk.channels.pop_back();
    walk.before = 0;
  } else {
    walk.before = page.back().sequence;
  }
  return {};
}

Result<ledger::EventEntry> Expiry::EndOf(const storage::CaseRef& ref,
                                         const charter::OpenCharter& charter,
                                         std::int64_t now) const {
  const v1::StoredCase& record = ref.record;
  v1::Event event;
  event.set_report_hash(record.report_hash());
  event.set_sequence(record.events() + 1);
  event.set_previous(record.head());
  event.set_author(std::string(AsText(parts_.log_key.public_key())));
  event.set_charter_version(charter.version());
  event.set_time(work::RoundDown(now, work::kHourSeconds));
  v1::Expiry& expiry = *event.mutable_expiry();
  expiry.set_channel(record.channel());
  expiry.set_closed_day(record.closed_day());
  expiry.set_closed_days(charter.FindChannel(record.channel())->channel->retention().closed_days());
  SC_ASSIGN(const Hash leaves, LeavesOf(ref));
  expiry.set_leaves(std::string(AsText(leaves)));

  const v1::SignedEvent signed_event = report::SignEvent(event, parts_.log_key);
  SC_ASSIGN(const report::CheckedEvent checked, report::CheckEvent(signed_event));
  ledger::EventEntry entry;
  SC_ASSIGN(entry.after, release::Apply(checked, record, charter, now));
  entry.case_id = ref.id;
  entry.number = event.sequence();
  entry.previous = ToArray<sizeof(Hash)>(AsBytes(event.previous()));
  entry.hash = checked.hash;
  const std::string bytes = signed_event.SerializeAsString();
  entry.signed_event.assign(bytes.begin(), bytes.end());
  entry.leaf = report::MakeLeaf(report::LeafKind::kEvent, checked.hash, now,
                                charter.message().logs(0).interval_seconds());
  return entry;
}

Result<Hash> Expiry::LeavesOf(const storage::CaseRef& ref) const {
  SC_ASSIGN(const storage::Leaf of_report, parts_.store.FindLeaf(ref.record.leaf()));
  std::vector<Hash> leaves;
  SC_ASSIGN(leaves.emplace_back(), EntryOf(of_report.record));
  while (leaves.size() <= ref.record.events()) {
    SC_ASSIGN(const std::vector<storage::StoredEvent> events,
              parts_.store.Events(ref.sequence, leaves.size(), kEventsAtOnce));
    if (events.empty()) return Error(Code::kCorrupted, "an event of a case is missing");
    for (const storage::StoredEvent& each : events) {
      SC_ASSIGN(leaves.emplace_back(), EntryOf(each.leaf.record));
    }
  }
  return report::RootOfLeaves(std::move(leaves));
}

}  // namespace safeconduct::program
