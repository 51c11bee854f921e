#include "gateway/ledger/batch_builder.h"

#include <algorithm>
#include <utility>

namespace safeconduct::ledger {
namespace {

constexpr Error kMailboxTaken(Code::kConflict, "this mailbox belongs to another report");
constexpr Error kOtherReport(Code::kConflict, "another report has this id");
constexpr Error kErased(Code::kConflict, "this report was erased");
constexpr Error kUploadTaken(Code::kConflict, "this upload belongs to another report", "uploads");
constexpr Error kChainMoved(Code::kConflict, "the case has other events meanwhile", "previous");

// Absent for a plain report, and for one whose record is not of 32 bytes.
std::optional<storage::MailboxKey> MailboxOf(const v1::StoredCase& record) {
  if (record.mailbox().size() != storage::MailboxKey().size()) return std::nullopt;
  return ToArray<32>(AsBytes(record.mailbox()));
}

}  // namespace

void Item::Answer(Result<Accepted> result) {
  if (done) std::exchange(done, nullptr)(std::move(result));
}

void Item::Settle(Status status) {
  if (settled) std::exchange(settled, nullptr)(status);
}

void Item::Refuse(const Error& error) {
  Settle(error);
  Answer(error);
}

BatchBuilder::BatchBuilder(storage::EnvelopeStore& store, std::atomic<storage::Sequence>& sequence,
                           std::size_t expected)
    : store_(store), sequence_(sequence) {
  batch_.cases.reserve(expected);
  waiting_.reserve(expected);
  reports_.reserve(expected);
  mailboxes_.reserve(expected);
}

void BatchBuilder::Add(Item& item) {
  if (auto* report = std::get_if<ReportEntry>(&item.entry)) {
    AddReport(item, *report);
  } else if (const auto* decoy = std::get_if<DecoyEntry>(&item.entry)) {
    AddDecoy(item, *decoy);
  } else {
    AddEvent(item, std::get<EventEntry>(item.entry));
  }
}

void BatchBuilder::AddReport(Item& item, ReportEntry& entry) {
  if (const auto same = reports_.find(entry.id); same != reports_.end()) {
    const bool identical =
        batch_.cases[same->second].record.report_hash() == entry.record.report_hash();
    waiting_.push_back({&item, identical ? Kind::kCase : Kind::kConflict, same->second, false});
    return;
  }
  if (auto answer = FindStored(entry)) return item.Answer(std::move(*answer));

  const auto mailbox = MailboxOf(entry.record);
  if ((mailbox && mailboxes_.contains(*mailbox)) || TakesUploadOfBatch(entry)) {
    waiting_.push_back({&item, Kind::kConflict, 0, false});
    return;
  }
  reports_.emplace(entry.id, batch_.cases.size());
  if (mailbox) mailboxes_.insert(*mailbox);
  for (const auto& compartment : entry.record.compartments()) {
    if (compartment.upload() != 0) uploads_.insert(compartment.upload());
  }

  storage::NewCase& added = batch_.cases.emplace_back();
  added.sequence = Draw();
  added.id = entry.id;
  added.leaf.sequence = Draw();
  added.leaf.record.Swap(&entry.leaf);
  added.leaf.record.set_case_sequence(added.sequence);
  added.record.Swap(&entry.record);
  added.record.set_leaf(added.leaf.sequence);
  added.sealed = entry.sealed;
  added.payloads.assign(entry.payloads.begin(), entry.payloads.end());
  waiting_.push_back({&item, Kind::kCase, batch_.cases.size() - 1, true});
}

std::optional<Result<Accepted>> BatchBuilder::FindStored(const ReportEntry& entry) {
  const auto stored = store_.FindCase(entry.id);
  if (stored.ok()) {
    if (stored->record.report_hash() != entry.record.report_hash()) return kOtherReport;
    if (stored->record.erased()) return kErased;
    const auto leaf = store_.FindLeaf(stored->record.leaf());
    if (!leaf.ok()) return Noted(leaf.error());
    return Accepted{entry.id, 0, leaf->record};
  }
  if (stored.error().code() != Code::kNotFound) return Noted(stored.error());

  const auto mailbox = MailboxOf(entry.record);
  if (!mailbox) return std::nullopt;
  const auto owner = store_.FindMailbox(*mailbox);
  if (owner.ok()) return kMailboxTaken;
  if (owner.error().code() != Code::kNotFound) return Noted(owner.error());
  return std::nullopt;
}

bool BatchBuilder::TakesUploadOfBatch(const ReportEntry& entry) const {
  const auto& compartments = entry.record.compartments();
  return std::any_of(compartments.begin(), compartments.end(), [this](const auto& compartment) {
    return uploads_.contains(compartment.upload());
  });
}

void BatchBuilder::AddEvent(Item& item, EventEntry& entry) {
  const auto open = Open(entry.case_id);
  if (!open.ok()) return item.Answer(open.error());
  const v1::StoredCase& record = (*open)->ref.record;
  if (entry.number >= 1 && entry.number <= record.events()) {
    CompareEvent(item, entry, **open);
  } else if (entry.number == record.events() + 1 && entry.after &&
             AsText(entry.previous) == std::string_view(record.head())) {
    AppendEvent(item, entry, **open);
  } else if ((*open)->added.empty()) {
    item.Answer(kChainMoved);
  } else {
    waiting_.push_back({&item, Kind::kConflict, 0, false});
  }
}

Result<BatchBuilder::OpenCase*> BatchBuilder::Open(const storage::ReportId& id) {
  if (const auto found = open_.find(id); found != open_.end()) return &found->second;
  auto ref = store_.FindCase(id);
  if (!ref.ok()) {
    return ref.error().code() == Code::kNotFound ? ref.error() : Noted(ref.error());
  }
  OpenCase& open = open_[id];
  open.stored = ref->record.events();
  open.ref = *std::move(ref);
  return &open;
}

void BatchBuilder::CompareEvent(Item& item, const EventEntry& entry, const OpenCase& open) {
  if (entry.number > open.stored) {
    const std::size_t index = open.added[entry.number - open.stored - 1];
    const bool same = batch_.events[index].leaf.record.entry_hash() == AsText(entry.hash);
    waiting_.push_back({&item, same ? Kind::kEvent : Kind::kConflict, index, false});
    return;
  }
  const auto stored = store_.Events(open.ref.sequence, entry.number, 1);
  if (!stored.ok()) return item.Answer(Noted(stored.error()));
  if (stored->size() != 1 || stored->front().number != entry.number) {
    return item.Answer(Error(Code::kCorrupted, "an event of the case is missing"));
  }
  const v1::StoredLeaf& leaf = stored->front().leaf.record;
  if (leaf.entry_hash() != AsText(entry.hash)) return item.Answer(kChainMoved);
  item.Answer(Accepted{entry.case_id, entry.number, leaf});
}

void BatchBuilder::AppendEvent(Item& item, EventEntry& entry, OpenCase& open) {
  v1::StoredCase& record = open.ref.record;
  const storage::Sequence leaf = record.leaf();
  record = *entry.after;
  record.set_leaf(leaf);  // chain and leaf are the ledger's own
  record.set_events(entry.number);
  record.set_head(std::string(AsText(entry.hash)));

  open.added.push_back(batch_.events.size());
  storage::NewEvent& added = batch_.events.emplace_back();
  added.case_sequence = open.ref.sequence;
  added.record = record;
  added.number = entry.number;
  added.signed_event = entry.signed_event;
  added.leaf.sequence = Draw();
  added.leaf.record.Swap(&entry.leaf);
  added.leaf.record.set_case_sequence(added.case_sequence);
  waiting_.push_back({&item, Kind::kEvent, batch_.events.size() - 1, true});
}

Error BatchBuilder::Noted(const Error& error) {
  const bool store_failed = error.code() == Code::kUnavailable || error.code() == Code::kNoSpace;
  if (store_failed && !read_failure_) read_failure_ = error;
  return error;
}

void BatchBuilder::AddDecoy(Item& item, const DecoyEntry& entry) {
  batch_.decoys.emplace_back(entry.sealed);
  batch_.decoys.insert(batch_.decoys.end(), entry.payloads.begin(), entry.payloads.end());
  ++decoys_;
  waiting_.push_back({&item, Kind::kDecoy, 0, false});
}

void BatchBuilder::Succeed() {
  for (const Waiting& waiting : waiting_) {
    if (waiting.kind == Kind::kCase) {
      const storage::NewCase& stored = batch_.cases[waiting.index];
      waiting.item->Answer(Accepted{stored.id, 0, stored.leaf.record});
    } else if (waiting.kind == Kind::kEvent) {
      const storage::NewEvent& stored = batch_.events[waiting.index];
      const auto& entry = std::get<EventEntry>(waiting.item->entry);
      waiting.item->Answer(Accepted{entry.case_id, stored.number, stored.leaf.record});
    } else if (waiting.kind == Kind::kDecoy) {
      waiting.item->Settle({});
    } else if (std::holds_alternative<EventEntry>(waiting.item->entry)) {
      waiting.item->Answer(kChainMoved);
    } else {
      const auto& report = std::get<ReportEntry>(waiting.item->entry);
      waiting.item->Answer(reports_.contains(report.id) ? kOtherReport
                           : TakesUploadOfBatch(report) ? kUploadTaken
                                                        : kMailboxTaken);
    }
  }
  waiting_.clear();
}

void BatchBuilder::Fail(const Error& error) {
  for (const Waiting& waiting : waiting_) waiting.item->Refuse(error);
  waiting_.clear();
}

std::vector<Item*> BatchBuilder::Undo() {
  std::vector<Item*> items;
  for (const Waiting& waiting : waiting_) {
    items.push_back(waiting.item);
    if (!waiting.owner) continue;
    if (waiting.kind == Kind::kCase) {
      auto& report = std::get<ReportEntry>(waiting.item->entry);
      report.record.Swap(&batch_.cases[waiting.index].record);
      report.leaf.Swap(&batch_.cases[waiting.index].leaf.record);
    } else {
      std::get<EventEntry>(waiting.item->entry)
          .leaf.Swap(&batch_.events[waiting.index].leaf.record);
    }
  }
  waiting_.clear();
  batch_ = {};
  decoys_ = 0;
  return items;
}

}  // namespace safeconduct::ledger
