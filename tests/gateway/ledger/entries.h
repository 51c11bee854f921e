// Entries for the ledger's tests, and waiting for their answers.
#ifndef SAFECONDUCT_TESTS_GATEWAY_LEDGER_ENTRIES_H_
#define SAFECONDUCT_TESTS_GATEWAY_LEDGER_ENTRIES_H_

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "crypto/base/hash.h"
#include "crypto/base/secret.h"
#include "gateway/ledger/ledger.h"

namespace safeconduct::ledger {

inline std::string Text(const Hash& hash) { return std::string(AsText(hash)); }

inline v1::StoredLeaf NewLeaf(std::uint32_t kind, const Hash& entry_hash) {
  v1::StoredLeaf leaf;
  leaf.set_kind(kind);
  leaf.set_salt(Text(RandomArray<32>()));  // new each time, as in the gateway
  leaf.set_entry_hash(Text(entry_hash));
  leaf.set_promised_until(1'800'000'000);
  return leaf;
}

// A report of that content with one small payload; its id follows from the content.
inline ReportEntry Report(const std::string& content, const std::string& mailbox) {
  ReportEntry entry;
  const Hash hash = Sha256(AsBytes("report " + content));
  std::copy_n(hash.begin(), entry.id.size(), entry.id.begin());
  entry.record.set_report_hash(Text(hash));
  entry.record.set_head(Text(hash));
  entry.record.set_channel("main");
  entry.record.set_status(v1::CASE_STATUS_RECEIVED);
  if (!mailbox.empty()) entry.record.set_mailbox(Text(Sha256(AsBytes("mailbox " + mailbox))));
  Append(entry.sealed, "sealed " + content);
  entry.payloads.emplace_back();
  Append(entry.payloads.back(), "payload " + content);
  v1::StoredCompartment* compartment = entry.record.add_compartments();
  compartment->set_name("account");
  compartment->set_payload_bytes(entry.payloads.back().size());
  entry.leaf = NewLeaf(1, hash);
  return entry;
}
inline ReportEntry Report(const std::string& content) { return Report(content, content); }

inline storage::ReportId IdOf(const std::string& content) { return Report(content).id; }

// An event that leaves its case as `after`, but for the chain.
inline EventEntry EventAt(const storage::ReportId& id, std::uint64_t number, const Hash& previous,
                          const std::string& content, v1::StoredCase after = {}) {
  EventEntry entry;
  entry.case_id = id;
  entry.after = std::move(after);
  entry.number = number;
  entry.previous = previous;
  entry.hash = Sha256(AsBytes("event " + content));
  Append(entry.signed_event, "signed " + content);
  entry.leaf = NewLeaf(2, entry.hash);
  return entry;
}

template <typename T>
T Wait(std::future<T> future) {
  if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
    throw std::runtime_error("no answer within a minute");
  }
  return future.get();
}

template <typename T>
bool IsReady(const std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

using Answer = std::future<Result<Accepted>>;

inline Answer Submit(Ledger& ledger, ReportEntry entry) {
  auto promise = std::make_shared<std::promise<Result<Accepted>>>();
  Answer answer = promise->get_future();
  ledger.SubmitReport(std::move(entry), [promise](Result<Accepted> result) {
    promise->set_value(std::move(result));
  });
  return answer;
}

inline Answer Submit(Ledger& ledger, EventEntry entry) {
  auto promise = std::make_shared<std::promise<Result<Accepted>>>();
  Answer answer = promise->get_future();
  ledger.SubmitEvent(std::move(entry),
                     [promise](Result<Accepted> result) { promise->set_value(std::move(result)); });
  return answer;
}

inline std::future<Status> Submit(Ledger& ledger, DecoyEntry entry) {
  auto promise = std::make_shared<std::promise<Status>>();
  std::future<Status> answer = promise->get_future();
  ledger.SubmitDecoy(std::move(entry), [promise](Status status) { promise->set_value(status); });
  return answer;
}

inline std::future<Status> Submit(Ledger& ledger, storage::CharterRecord charter) {
  auto promise = std::make_shared<std::promise<Status>>();
  std::future<Status> answer = promise->get_future();
  ledger.SubmitCharter(std::move(charter),
                       [promise](Status status) { promise->set_value(status); });
  return answer;
}

// Submits until the ledger takes it: only refusals that a client may try again are borne.
template <typename Entry>
Result<Accepted> SubmitUntilTaken(Ledger& ledger, const Entry& entry) {
  for (;;) {
    Result<Accepted> result = Wait(Submit(ledger, entry));
    if (result.ok()) return result;
    const Code code = result.error().code();
    if (code != Code::kUnavailable && code != Code::kNoSpace && code != Code::kBusy) return result;
    std::this_thread::yield();
  }
}

// Until all that was answered is also given back: that follows a batch's last answer.
inline void AwaitIdle(const Ledger& ledger) {
  while (ledger.counters().waiting_entries > 0) std::this_thread::yield();
}

inline std::unique_ptr<Ledger> StartLedger(storage::EnvelopeStore& store, Limits limits = {},
                                           Observer* observer = nullptr) {
  limits.first_retry = std::chrono::milliseconds(5);
  limits.last_retry = std::chrono::milliseconds(20);
  auto ledger = Ledger::Start(store, limits, observer);
  if (!ledger.ok()) throw std::runtime_error("the ledger did not start");
  return *std::move(ledger);
}

}  // namespace safeconduct::ledger

#endif  // SAFECONDUCT_TESTS_GATEWAY_LEDGER_ENTRIES_H_
