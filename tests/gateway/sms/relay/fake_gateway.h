// A gateway in memory: what it has, and how it fails. Many clients share one.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_GATEWAY_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_GATEWAY_H_

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "gateway/report/report.h"
#include "gateway/sms/relay/gateway.h"
#include "tests/gateway/sms/relay/published.h"

namespace safeconduct::sms {

class FakeGateway {
 public:
  struct Case {
    v1::SubmitReport report;
    v1::Manifest manifest;
    Hash hash{};
    std::vector<v1::SignedEvent> events;
    report::Head head;
  };

  explicit FakeGateway(const testing::Office& office) : charters(office) {}

  std::unique_ptr<Gateway> Connect();
  MakeGateway Maker() {
    return [this] { return Connect(); };
  }

  // --- What the test sets and sees, under the lock where threads run ---------------------------
  std::mutex mutex;
  std::condition_variable changed;
  testing::Charters charters;
  std::map<std::string, Case> cases;  // by request key
  v1::Outbox outbox;
  std::vector<v1::Event> deliveries;  // of relays, in order
  bool away = false;                  // no request arrives
  int losing = 0;                     // of so many requests that write the answer is lost
  int requests = 0;
  Code refusing = Code::kInternal;  // with kRejected, kBusy: everything that writes

  Case& only() { return cases.begin()->second; }
  // A holder writes; what is appended makes the head go on.
  void Append(Case& of, const v1::SignedEvent& event) {
    of.events.push_back(event);
    of.head = {of.head.sequence + 1, Sha256(AsBytes(event.event()))};
  }
};

class FakeGatewayClient final : public Gateway {
 public:
  explicit FakeGatewayClient(FakeGateway& gateway) : gateway_(gateway) {}

  Result<v1::CharterDocument> ReadCharter() override {
    const std::lock_guard lock(gateway_.mutex);
    SC_TRY(Arrive());
    return gateway_.charters.Document();
  }

  Result<v1::SubmitReply> Submit(const v1::SubmitReport& report) override {
    const std::lock_guard lock(gateway_.mutex);
    SC_TRY(Arrive());
    SC_TRY(Refuse());
    const auto charter = gateway_.charters.Open();
    const auto checked = report::CheckReport(report.sealed(), *charter);
    if (!checked.ok()) return checked.error();
    std::vector<ByteView> payloads;
    for (const std::string& payload : report.payloads()) payloads.push_back(AsBytes(payload));
    SC_TRY(report::CheckPayloads(*checked, payloads));
    const std::string& key = checked->manifest.request_key();
    const auto found = gateway_.cases.find(key);
    if (found == gateway_.cases.end()) {
      gateway_.cases[key] = {report, checked->manifest, checked->hash, {}, {0, checked->hash}};
    } else if (found->second.hash != checked->hash) {
      return Error(Code::kConflict, "the mailbox is taken");
    }
    gateway_.changed.notify_all();
    SC_TRY(Lose());
    v1::SubmitReply reply;
    reply.set_report_id(report::FormatId(checked->id));
    reply.set_promise(gateway_.charters.Promise(report::LeafKind::kReport, checked->hash));
    return reply;
  }

  Result<v1::Mailbox> ReadMailbox(const SigningKey& key, std::uint64_t after,
                                  std::chrono::milliseconds) override {
    const std::lock_guard lock(gateway_.mutex);
    SC_TRY(Arrive());
    SC_ASSIGN(FakeGateway::Case * of, Find(key));
    v1::Mailbox mailbox;
    mailbox.set_report_id(report::FormatId(report::IdOf(of->hash)));
    mailbox.set_channel(of->manifest.channel());
    mailbox.set_report_hash(of->hash.data(), of->hash.size());
    mailbox.set_sequence(of->head.sequence);
    mailbox.set_head(of->head.hash.data(), of->head.hash.size());
    // Two at a time, so that reading on is tested.
    for (std::uint64_t i = after; i < of->events.size() && i < after + 2; ++i) {
      *mailbox.add_events() = of->events[static_cast<std::size_t>(i)];
    }
    return mailbox;
  }

  Result<v1::AppendEventReply> AppendToMailbox(const SigningKey& key,
                                               const v1::SignedEvent& event) override {
    const std::lock_guard lock(gateway_.mutex);
    SC_TRY(Arrive());
    SC_TRY(Refuse());
    SC_ASSIGN(FakeGateway::Case * of, Find(key));
    return AppendTo(*of, event);
  }

  Result<v1::AppendEventReply> AppendToCase(const SigningKey&, const std::string& report_id,
                                            const v1::SignedEvent& event) override {
    const std::lock_guard lock(gateway_.mutex);
    SC_TRY(Arrive());
    SC_TRY(Refuse());
    for (auto& [key, of] : gateway_.cases) {
      if (report::FormatId(report::IdOf(of.hash)) != report_id) continue;
      const std::size_t had = of.events.size();
      auto reply = AppendTo(of, event);
      if (of.events.size() > had) {
        gateway_.deliveries.push_back(report::CheckEvent(event)->event);
        gateway_.changed.notify_all();
      }
      return reply;
    }
    return Error(Code::kNotFound, "no such case");
  }

  Result<v1::Outbox> ReadOutbox(const SigningKey&, std::chrono::seconds wait) override {
    std::unique_lock lock(gateway_.mutex);
    SC_TRY(Arrive());
    // Threads must not spin; tests that look once do not wait.
    if (gateway_.outbox.items().empty() && wait.count() > 0) {
      gateway_.changed.wait_for(lock, std::chrono::milliseconds(20));
    }
    return gateway_.outbox;
  }

  std::int64_t Time() const override { return testing::kNow; }

 private:
  // Under the lock.
  Status Arrive() {
    ++gateway_.requests;
    if (gateway_.away) return Error(Code::kUnavailable, "away");
    return {};
  }
  Status Refuse() {
    if (gateway_.refusing == Code::kRejected) return Error(Code::kRejected, "no");
    if (gateway_.refusing == Code::kBusy) return Error(Code::kBusy, "later");
    return {};
  }
  Status Lose() {
    if (gateway_.losing == 0) return {};
    --gateway_.losing;
    return Error(Code::kUnavailable, "lost");
  }
  Result<FakeGateway::Case*> Find(const SigningKey& key) {
    const auto found = gateway_.cases.find(std::string(AsText(key.public_key())));
    if (found == gateway_.cases.end()) return Error(Code::kNotFound, "no mailbox");
    return &found->second;
  }
  Result<v1::AppendEventReply> AppendTo(FakeGateway::Case& of, const v1::SignedEvent& event) {
    const auto checked = report::CheckEvent(event);
    if (!checked.ok()) return checked.error();
    const std::uint64_t sequence = checked->event.sequence();
    const bool again = sequence >= 1 && sequence <= of.events.size() &&
                       of.events[static_cast<std::size_t>(sequence) - 1].event() == event.event();
    if (!again) {
      SC_TRY(report::CheckPlace(*checked, of.hash, of.head));
      if (checked->event.charter_version() != gateway_.charters.version) {
        return Error(Code::kConflict, "another charter", "charter_version");
      }
      gateway_.Append(of, event);
      gateway_.changed.notify_all();
    }
    SC_TRY(Lose());
    v1::AppendEventReply reply;
    reply.set_sequence(sequence);
    reply.set_promise(gateway_.charters.Promise(report::LeafKind::kEvent, checked->hash));
    return reply;
  }

  FakeGateway& gateway_;
};

inline std::unique_ptr<Gateway> FakeGateway::Connect() {
  return std::make_unique<FakeGatewayClient>(*this);
}

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_FAKE_GATEWAY_H_
