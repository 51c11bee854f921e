#include "gateway/sms/relay/relay.h"

#include <set>
#include <utility>

#include "gateway/sms/relay/courier.h"
#include "gateway/sms/relay/files.h"
#include "gateway/sms/relay/gateway_client.h"
#include "gateway/sms/relay/housekeeping.h"
#include "gateway/work/timer.h"

namespace safeconduct::sms {
namespace {

constexpr std::chrono::milliseconds kStepEvery{1'000};
constexpr std::uint32_t kMostDays = 366;
constexpr std::size_t kMostThreads = 256;

storage::RelayStoreSettings StoreSettingsOf(const Settings& settings) {
  return {settings.state_folder + "/store", settings.queue_entries, settings.queue_bytes};
}

}  // namespace

struct Relay::State {
  State(const Settings& given, Parts given_parts, const work::Clock& given_clock)
      : settings(given), parts(std::move(given_parts)), clock(given_clock) {}

  Status Open();
  Status StartThreads();

  const Settings settings;
  Parts parts;
  const work::Clock& clock;
  Counters counters;
  Limits limits{settings.limits};
  std::unique_ptr<storage::RelayStore> store;
  std::unique_ptr<Epochs> epochs;
  std::unique_ptr<CharterKeeper> charters;
  std::unique_ptr<Context> context;
  std::unique_ptr<Readers> readers;
  std::unique_ptr<Courier> courier;
  std::unique_ptr<Answers> answers;
  std::unique_ptr<RelayDesk> desk;
  std::unique_ptr<Gateway> gateway;  // of the housekeeping
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<work::Timer> timer;  // before all that it uses is gone
};

Status CheckSettings(const Settings& settings) {
  if (settings.channels.empty()) {
    return Error(Code::kRejected, "a relay needs at least one channel", "channels");
  }
  std::set<std::string> ids;
  std::set<std::string> numbers;
  bool fallback = false;
  for (const ChannelSettings& channel : settings.channels) {
    if (channel.id.empty() || !ids.insert(channel.id).second) {
      return Error(Code::kRejected, "each channel has an id of its own", "channels.id");
    }
    if (channel.to.empty() && std::exchange(fallback, true)) {
      return Error(Code::kRejected, "only one channel can take what is not another's",
                   "channels.to");
    }
    for (const std::string& to : channel.to) {
      if (to.empty() || !numbers.insert(to).second) {
        return Error(Code::kRejected, "each number is of one channel", "channels.to");
      }
    }
  }
  const auto days = [](std::uint32_t number) { return number >= 1 && number <= kMostDays; };
  if (!days(settings.epoch_days)) {
    return Error(Code::kRejected, "an epoch lasts 1 to 366 days", "epoch_days");
  }
  if (!days(settings.reply_days)) {
    return Error(Code::kRejected, "the time for answers is 1 to 366 days", "reply_days");
  }
  const auto threads = [](std::size_t number) { return number >= 1 && number <= kMostThreads; };
  if (!threads(settings.courier_threads) || !threads(settings.sender_threads)) {
    return Error(Code::kRejected, "1 to 256 threads of a kind", "threads");
  }
  if (settings.queue_entries == 0 || settings.queue_bytes == 0) {
    return Error(Code::kRejected, "a queue of nothing holds nothing", "queue");
  }
  return {};
}

Status Relay::State::Open() {
  SC_TRY(CheckSettings(settings));
  if (!parts.make_gateway) {
    SC_ASSIGN(const GatewayAddress address, ParseGatewayAddress(settings.gateway));
    fetch::Settings http;
    http.ca_file = settings.ca_file;
    http.proxy = settings.proxy;
    http.allow_http = address.scheme == "http";
    parts.make_gateway = [address, http, this]() -> std::unique_ptr<Gateway> {
      return std::make_unique<GatewayClient>(address, http, clock);
    };
  }
  SC_TRY(MakeFolder(settings.state_folder));
  // The store first: its lock keeps a second process from the rest of the folder.
  SC_ASSIGN(store, storage::OpenRelayStore(StoreSettingsOf(settings)));
  SC_ASSIGN(charters, CharterKeeper::Open(settings.trust_file, settings.state_folder + "/charter",
                                          parts.identity, clock));
  SC_ASSIGN(epochs, Epochs::Open({settings.state_folder + "/epochs", settings.epoch_days,
                                  settings.reply_days},
                                 parts.identity, clock.UnixSeconds()));
  context = std::make_unique<Context>(
      Context{settings, limits, parts.identity, *store, *epochs, *charters, clock, counters});
  return {};
}

Status Relay::State::StartThreads() {
  readers = std::make_unique<Readers>(*context, parts.make_gateway);
  courier = std::make_unique<Courier>(*context, parts.make_gateway);
  answers = std::make_unique<Answers>(*context, parts.make_gateway, parts.make_provider,
                                      [this] { courier->GatewayIsBack(); });
  Onward onward;
  onward.queued = [this](const auto& places, const auto& thread) { courier->Add(places, thread); };
  onward.outgoing = [this](const auto& token) { answers->Send(token); };
  onward.reported = [this](const DeliveryReport& report) { return answers->Take(report); };
  desk = std::make_unique<RelayDesk>(*context, *readers, std::move(onward));
  gateway = parts.make_gateway();
  housekeeping = std::make_unique<Housekeeping>(*context, *gateway, *desk,
                                                [this] { courier->GatewayIsBack(); });
  // What hangs on epochs that ended while nobody ran is forgotten before anything uses it.
  housekeeping->Step();
  SC_TRY(courier->Start());
  SC_TRY(answers->Start());
  timer = std::make_unique<work::Timer>(kStepEvery, [this] { housekeeping->Step(); });
  return {};
}

Relay::Relay(std::unique_ptr<State> state) : state_(std::move(state)) {}
Relay::~Relay() { Stop(); }

Result<std::unique_ptr<Relay>> Relay::Start(const Settings& settings, Parts parts,
                                            const work::Clock& clock) {
  auto state = std::make_unique<State>(settings, std::move(parts), clock);
  SC_TRY(state->Open());
  std::unique_ptr<Relay> relay(new Relay(std::move(state)));
  SC_TRY(relay->state_->StartThreads());
  return relay;
}

Desk& Relay::desk() { return *state_->desk; }
const Counters& Relay::counters() const { return state_->counters; }
LimitCounters Relay::limited() const { return state_->limits.counters(); }

Gauges Relay::gauges() const {
  Gauges gauges;
  const storage::RelayQueueSize queue = state_->store->queue_size();
  gauges.queued = queue.entries;
  gauges.queued_bytes = queue.bytes;
  gauges.outgoing = state_->answers->waiting();
  gauges.epochs = state_->epochs->Numbers().size();
  const CharterPtr charter = state_->charters->Current();
  gauges.charter_version = charter == nullptr ? 0 : charter->version();
  gauges.gateway_reachable = charter != nullptr && !state_->courier->gateway_away();
  return gauges;
}

void Relay::Stop() {
  state_->timer.reset();
  if (state_->answers) state_->answers->Stop();
  if (state_->courier) state_->courier->Stop();
}

}  // namespace safeconduct::sms
