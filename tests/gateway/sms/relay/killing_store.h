// A store that ends the process, as far as a test has one, at a chosen write: before or after it.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_KILLING_STORE_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_KILLING_STORE_H_

#include "storage/relay/relay_store.h"

namespace safeconduct::sms {

struct Killed {};

class KillingStore final : public storage::RelayStore {
 private:
  template <typename Write>
  auto Around(const Write& write) {
    if (++count_ == at_) throw Killed();
    auto result = write();
    if (++count_ == at_) throw Killed();
    return result;
  }

 public:
  using KeyedHash = storage::KeyedHash;
  using MailboxKey = storage::MailboxKey;
  using SendToken = storage::SendToken;

  // At write number `at`, from 1; each write counts twice: before and after.
  KillingStore(storage::RelayStore& real, int at) : real_(real), at_(at) {}
  int count() const { return count_; }

  KeyedHash Keyed(std::string_view use, ByteView value) const override {
    return real_.Keyed(use, value);
  }
  Result<std::vector<storage::RelayPlace>> Commit(const storage::RelayChange& change) override {
    return Around([&] { return real_.Commit(change); });
  }
  Result<bool> Seen(const KeyedHash& id) const override { return real_.Seen(id); }
  Result<std::vector<v1::RelayPart>> Parts(const KeyedHash& message) const override {
    return real_.Parts(message);
  }
  Result<std::vector<KeyedHash>> PartsBefore(std::int64_t time) const override {
    return real_.PartsBefore(time);
  }
  Result<v1::RelayThread> FindThread(const MailboxKey& thread) const override {
    return real_.FindThread(thread);
  }
  Result<std::vector<storage::RelayPlace>> Queue(std::uint64_t after,
                                                 std::size_t limit) const override {
    return real_.Queue(after, limit);
  }
  Result<v1::RelayQueued> ReadQueued(const storage::RelayPlace& place) const override {
    return real_.ReadQueued(place);
  }
  Status RemoveQueued(const storage::RelayPlace& place) override {
    return Around([&] { return real_.RemoveQueued(place); });
  }
  storage::RelayQueueSize queue_size() const override { return real_.queue_size(); }
  Result<bool> AddOutgoing(const SendToken& token, const v1::RelayOutgoing& record) override {
    return Around([&] { return real_.AddOutgoing(token, record); });
  }
  Result<v1::RelayOutgoing> FindOutgoing(const SendToken& token) const override {
    return real_.FindOutgoing(token);
  }
  Result<SendToken> FindByProvider(const KeyedHash& provider_id) const override {
    return real_.FindByProvider(provider_id);
  }
  Result<v1::RelayOutgoing> UpdateOutgoing(const SendToken& token, const Edit& edit) override {
    return Around([&] { return real_.UpdateOutgoing(token, edit); });
  }
  Status RemoveOutgoing(const SendToken& token) override {
    return Around([&] { return real_.RemoveOutgoing(token); });
  }
  Status VisitOutgoing(const Visit& visit) const override { return real_.VisitOutgoing(visit); }
  Result<storage::RelayForgotten> KeepEpochs(const std::set<std::uint64_t>& living) override {
    return Around([&] { return real_.KeepEpochs(living); });
  }
  Status Tidy(std::int64_t now, std::uint32_t outgoing_days) override {
    return Around([&] { return real_.Tidy(now, outgoing_days); });
  }

 private:
  storage::RelayStore& real_;
  const int at_;
  int count_ = 0;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_KILLING_STORE_H_
