// A relay's parts over a real store in a folder of their own, without its threads.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_WORLD_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_WORLD_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/sms/relay/carrier.h"
#include "gateway/sms/relay/context.h"
#include "gateway/sms/relay/outgoing.h"
#include "gateway/sms/relay/readers.h"
#include "gateway/sms/relay/relay_desk.h"
#include "tests/gateway/sms/relay/fake_clock.h"
#include "tests/gateway/sms/relay/fake_gateway.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::sms {

inline constexpr std::int64_t kDay = 86'400;
inline const Number kNumber{"41791234567"};
inline const Number kOther{"243810000001"};

inline Incoming Sms(const std::string& id, const std::string& text, const Number& from = kNumber,
                    const std::string& to = "2020") {
  return {"kannel", id, from, to, text, std::nullopt};
}

inline Settings SettingsIn(const std::string& folder) {
  Settings settings;
  settings.state_folder = folder;
  settings.trust_file = folder + "/trust.txt";
  settings.epoch_days = 30;
  settings.reply_days = 60;
  ChannelSettings mission;
  mission.id = "mission";
  v1::Answer fact;
  fact.set_question("kind");
  fact.add_values("abuse");
  mission.facts = {fact};
  ChannelSettings fraud;
  fraud.id = "fraud";
  fraud.to = {"3030"};
  fraud.language = "fr";
  fraud.number_for.support_services = true;
  settings.channels = {mission, fraud};
  return settings;
}

class World {
 public:
  World() : World(SettingsWithTrust()) {}

  // As after a kill: everything but the gateway, the telephones and the folder is made anew.
  void Restart() {
    desk.reset();
    outgoing.reset();
    context.reset();
    epochs.reset();
    keeper.reset();
    store.reset();
    Begin();
  }

  // Everything that waits is taken to the gateway, in order.
  void Deliver(bool maybe_there = false) {
    const std::unique_ptr<Gateway> client = gateway.Connect();
    Carrier carrier(*context, *client);
    const auto places = store->Queue(0, 1000);
    ASSERT_TRUE(places.ok());
    for (const storage::RelayPlace& place : *places) {
      Waiting waiting{place, {}, {}, maybe_there};
      ASSERT_EQ(carrier.Carry(waiting), Carried::kDone);
    }
  }

  Thread ThreadOf(const Number& number = kNumber, const std::string& channel = "mission") {
    return Thread(*epochs->Newest(), channel, number);
  }
  // What a holder sees of the only case, or of that one.
  report::Checked Open(FakeGateway::Case& of) {
    return *report::VerifyReport(of.report.sealed(), report::IdOf(of.hash));
  }
  v1::Account AccountOf(FakeGateway::Case& of) {
    return *report::OpenAccount(Open(of), AsBytes(of.report.payloads(1)), office.intake);
  }
  v1::Triage TriageOf(FakeGateway::Case& of) {
    return *report::OpenTriage(Open(of), AsBytes(of.report.payloads(0)), office.intake);
  }
  std::vector<std::string> MessagesOf(FakeGateway::Case& of) {
    std::vector<std::string> texts;
    for (const v1::SignedEvent& signed_event : of.events) {
      const auto event = report::CheckEvent(signed_event);
      EXPECT_TRUE(event.ok());
      if (!event->event.has_message()) continue;
      const auto text =
          report::OpenMessage(AsBytes(event->event.message().sealed()), office.intake, of.hash);
      EXPECT_TRUE(text.ok());
      texts.push_back(text->text());
    }
    return texts;
  }
  // An answer by `author`, in the case and in the outbox.
  v1::OutboxItem Answer(FakeGateway::Case& of, const std::string& text,
                        const identity::Party& author) {
    const v1::ReporterKeys keys = TriageOf(of).reporter();
    v1::MessageText message;
    *message.mutable_reporter() = keys;
    message.set_report_hash(of.hash.data(), of.hash.size());
    message.set_text(text);
    const auto charter = gateway.charters.Open();
    const auto& channel = *charter->FindChannel(of.manifest.channel());
    const Bytes sealed = *report::SealMessage(
        message, keys.recipient(), report::ConversationReaders(channel, *charter, {}), channel);
    v1::Event event;
    event.set_report_hash(of.hash.data(), of.hash.size());
    event.set_sequence(of.head.sequence + 1);
    event.set_previous(of.head.hash.data(), of.head.hash.size());
    event.set_author(testing::KeyText(author, identity::Purpose::kEvent));
    event.set_charter_version(gateway.charters.version);
    event.set_time(testing::kNow / 3600 * 3600);
    event.mutable_message()->set_sealed(sealed.data(), sealed.size());
    v1::OutboxItem item;
    *item.mutable_message() = report::SignEvent(event, author.Key(identity::Purpose::kEvent));
    gateway.Append(of, item.message());
    item.set_report_id(report::FormatId(report::IdOf(of.hash)));
    item.set_report_hash(of.hash.data(), of.hash.size());
    item.set_channel(of.manifest.channel());
    item.set_capsule(of.manifest.relay().capsule());
    item.set_sequence(of.head.sequence);
    item.set_head(of.head.hash.data(), of.head.hash.size());
    return item;
  }
  // Whether any file of the relay has these bytes.
  bool IsOnDisk(std::string_view bytes) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file() || entry.file_size() == 0) continue;
      const Bytes file = storage::ReadFile(entry.path().string());
      if (AsText(file).find(bytes) != std::string_view::npos) return true;
    }
    return false;
  }

  storage::TempFolder folder;
  testing::Office office;
  identity::Party relay = testing::RelayParty();
  FakeClock clock{testing::kNow};
  FakeGateway gateway{office};
  Settings settings;
  Counters counters;
  std::unique_ptr<storage::RelayStore> store;
  std::unique_ptr<Epochs> epochs;
  std::unique_ptr<CharterKeeper> keeper;
  std::unique_ptr<Limits> limits;
  std::unique_ptr<Context> context;
  std::unique_ptr<Readers> readers;
  std::unique_ptr<RelayDesk> desk;
  std::unique_ptr<Outgoing> outgoing;
  std::vector<storage::SendToken> to_send;  // what the desk passed on

 private:
  struct SettingsWithTrust {};
  explicit World(SettingsWithTrust) : settings(SettingsIn(folder.path())) {
    const std::string trust = charter::FormatTrust(testing::DemoTrust(office));
    storage::WriteFile(settings.trust_file, AsBytes(trust));
    Begin();
    const std::unique_ptr<Gateway> client = gateway.Connect();
    const Status fetched = keeper->Refresh(*client);
    EXPECT_TRUE(fetched.ok()) << fetched.error().message();
  }

  void Begin() {
    storage::RelayStoreSettings stored;
    stored.folder = folder / "store";
    stored.queue_entries = settings.queue_entries;
    store = *storage::OpenRelayStore(stored);
    keeper = *CharterKeeper::Open(settings.trust_file, folder / "charter", relay, clock);
    epochs = *Epochs::Open({folder / "epochs", settings.epoch_days, settings.reply_days}, relay,
                           clock.UnixSeconds());
    limits = std::make_unique<Limits>(settings.limits);
    context = std::make_unique<Context>(
        Context{settings, *limits, relay, *store, *epochs, *keeper, clock, counters});
    readers = std::make_unique<Readers>(*context, gateway.Maker());
    outgoing = std::make_unique<Outgoing>(*context);
    Onward onward;
    onward.queued = [](const auto&, const auto&) {};
    onward.outgoing = [this](const auto& token) { to_send.push_back(token); };
    onward.reported = [this](const DeliveryReport& report) -> Status {
      SC_TRY(outgoing->Take(report));
      return {};
    };
    desk = std::make_unique<RelayDesk>(*context, *readers, std::move(onward));
  }
};

// Remembers what it was given, and answers as it is told.
class FakeProvider final : public Provider {
 public:
  struct Sent {
    std::string to;
    std::string from;
    std::string text;
    std::string token;
  };
  SendResult Send(const Number& to, std::string_view from, std::string_view text,
                  std::string_view token) override {
    sent.push_back({to.digits, std::string(from), std::string(text), std::string(token)});
    if (then) then();
    return result;
  }
  std::vector<Sent> sent;
  SendResult result{Sending::kTaken, ""};
  std::function<void()> then;
};

}  // namespace safeconduct::sms

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_WORLD_H_
