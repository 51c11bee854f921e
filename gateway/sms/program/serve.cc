#include <memory>
#include <string>
#include <utility>

#include "crypto/base/secret.h"
#include "gateway/config/system_limits.h"
#include "gateway/log/log.h"
#include "gateway/program/files.h"
#include "gateway/program/process.h"
#include "gateway/program/refusal.h"
#include "gateway/program/terminal.h"
#include "gateway/sms/program/build.h"
#include "gateway/sms/program/commands.h"
#include "gateway/sms/program/figures.h"
#include "gateway/sms/program/telephone_side.h"
#include "gateway/work/timer.h"

namespace safeconduct::sms {
namespace {

using program::ExitCode;
using program::OrRefusal;
using program::Refusal;
using program::Refuse;

constexpr std::size_t kWaitingRequests = 1'024;
constexpr std::chrono::seconds kWatchPeriod{10};

OrRefusal<RelayConfig> ReadConfig(const std::string& file) {
  LoadedRelayConfig loaded = LoadRelayConfig(file);
  if (loaded.errors.empty()) return std::move(loaded.config);
  std::string message;
  for (const config::ConfigError& error : loaded.errors) {
    if (!message.empty()) message += '\n';
    message += config::Format(error, file);
  }
  return Refuse(ExitCode::kConfiguration, std::move(message));
}

ExitCode Complain(const Refusal& refusal) {
  program::Complain(refusal.message);
  return refusal.code;
}

http::Limits HttpLimits(const RelayConfig& config) {
  http::Limits limits;
  // A connection's buffers hold what came last by it, until it is closed.
  limits.idle_time = config.listen.idle_time;
  limits.connections = 2'048;
  limits.requests_in_flight = kWaitingRequests;
  limits.body_memory_bytes = 64ull * 1024 * 1024;
  return limits;
}

Refusal RefuseStart(const Error& error) {
  const bool busy = error.code() == Code::kBusy || error.code() == Code::kUnavailable;
  const bool store = busy || error.code() == Code::kCorrupted || error.code() == Code::kNoSpace;
  return Refuse(store ? ExitCode::kStore : ExitCode::kConfiguration,
                std::string("the relay does not start: ") + error.field(), error);
}

// All of a relay that runs, in the order in which its parts need each other.
class Service {
 public:
  explicit Service(log::Logger& logger) : logger_(logger) {}
  ~Service() { Stop(); }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::optional<Refusal> Start(const RelayConfig& config) {
    OrRefusal<identity::Party> identity = ReadIdentity(config.relay.key_file);
    if (!identity.ok()) return identity.refusal();
    OrRefusal<std::vector<std::unique_ptr<Interface>>> interfaces = BuildInterfaces(config);
    if (!interfaces.ok()) return interfaces.refusal();
    OrRefusal<ProviderMaker> make_provider = BuildProviderMaker(config);
    if (!make_provider.ok()) return make_provider.refusal();
    Result<std::unique_ptr<Relay>> relay = Relay::Start(
        RelaySettings(config), {std::move(*identity), std::move(*make_provider), nullptr}, clock_);
    if (!relay.ok()) return RefuseStart(relay.error());
    relay_ = *std::move(relay);
    pool_ = std::make_unique<work::WorkerPool>(config.relay.workers, kWaitingRequests);
    side_ = std::make_unique<TelephoneSide>(
        std::move(*interfaces), relay_->desk(), *pool_, clock_,
        TelephoneSide::Operations{[this] { return relay_->gauges().charter_version != 0; },
                                  [this] { return Figures(*relay_, *side_, *server_); }});
    Result<std::unique_ptr<http::Server>> server =
        http::Server::Create(config.Listeners(), HttpLimits(config), 1, *side_);
    if (!server.ok()) {
      const bool address = server.error().code() == Code::kUnavailable;
      return Refuse(address ? ExitCode::kUnavailable : ExitCode::kConfiguration,
                    "the relay cannot listen", server.error());
    }
    server_ = *std::move(server);
    server_->Start();
    watch_ = std::make_unique<work::Timer>(kWatchPeriod, [this] { Watch(); });
    return std::nullopt;
  }

  // First whoever brings work, then the work, then what it was for.
  void Stop() {
    watch_.reset();
    if (server_ != nullptr) server_->Stop();
    if (pool_ != nullptr) pool_->Stop();
    if (relay_ != nullptr) relay_->Stop();
    server_.reset();
    side_.reset();
  }

  void Reload() {
    const Status certificates = server_->ReloadCertificates();
    if (certificates.ok()) {
      logger_.Log(log::Event::kCertificatesReloaded);
    } else {
      logger_.Log(log::Event::kCertificatesNotReloaded,
                  {log::Field::Failure(certificates.error())});
    }
    static_cast<void>(logger_.Reopen());
  }

  std::uint16_t port() const { return server_->port(0); }

 private:
  // What the operator should know, once each time that it begins.
  void Watch() {
    const Gauges gauges = relay_->gauges();
    if (gauges.gateway_reachable != reachable_) {
      reachable_ = gauges.gateway_reachable;
      logger_.Log(reachable_ ? log::Event::kGatewayReached : log::Event::kGatewayAway,
                  {log::Field::Count(gauges.queued)});
    }
    const std::uint64_t rejected = relay_->counters().rejected.load();
    if (rejected > rejected_) {
      logger_.Log(log::Event::kMessagesRefused, {log::Field::Count(rejected - rejected_)});
      rejected_ = rejected;
    }
  }

  log::Logger& logger_;
  const work::SystemClock clock_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<work::WorkerPool> pool_;
  std::unique_ptr<TelephoneSide> side_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<work::Timer> watch_;
  bool reachable_ = true;
  std::uint64_t rejected_ = 0;
};

std::string AddressOf(const RelayConfig& config, std::uint16_t port) {
  const std::string scheme = config.listen.tls_certificate.empty() ? "http://" : "https://";
  const bool v6 = config.listen.address.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + config.listen.address + "]" : config.listen.address;
  return scheme + host + ":" + std::to_string(port);
}

}  // namespace

ExitCode Serve(const std::string& config_file) {
  program::ShutOthersOut();
  const sigset_t signals = program::BlockSignals();
  OrRefusal<RelayConfig> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  Result<std::unique_ptr<log::Logger>> logger = log::Logger::Open(config->log);
  if (!logger.ok()) {
    return Complain(
        Refuse(ExitCode::kConfiguration, "the log " + config->log.file, logger.error()));
  }
  log::Logger& log = **logger;
  log.Log(log::Event::kStarting);
  config::RaiseOpenFileLimit();
  if (const Status locked = ProbeLockedMemory(config::kLockedBytes); !locked.ok()) {
    log.Log(log::Event::kMemoryNotLocked);
    return Complain(Refuse(ExitCode::kMemory, "memory for keys", locked.error()));
  }
  Service service(log);
  if (const std::optional<Refusal> refusal = service.Start(*config)) {
    if (refusal->cause) {
      log.Log(log::Event::kStartRefused, {log::Field::Failure(*refusal->cause)});
    } else {
      log.Log(log::Event::kStartRefused);
    }
    return Complain(*refusal);
  }
  log.Log(log::Event::kStarted);
  program::Say("serving on " + AddressOf(*config, service.port()));

  int received = 0;
  while (sigwait(&signals, &received) != 0 || received == SIGHUP) {
    if (received == SIGHUP) service.Reload();
  }
  log.Log(log::Event::kStopping);
  service.Stop();
  log.Log(log::Event::kStopped);
  return ExitCode::kOk;
}

ExitCode CheckConfig(const std::string& config_file) {
  OrRefusal<RelayConfig> config = ReadConfig(config_file);
  if (!config.ok()) return Complain(config.refusal());
  if (const auto trust = program::ReadTrust(config->gateway.trust_file); !trust.ok()) {
    return Complain(trust.refusal());
  }
  if (const auto identity = ReadIdentity(config->relay.key_file); !identity.ok()) {
    return Complain(identity.refusal());
  }
  if (const auto interfaces = BuildInterfaces(*config); !interfaces.ok()) {
    return Complain(interfaces.refusal());
  }
  if (const auto provider = BuildProviderMaker(*config); !provider.ok()) {
    return Complain(provider.refusal());
  }
  if (const Status settings = CheckSettings(RelaySettings(*config)); !settings.ok()) {
    return Complain(Refuse(ExitCode::kConfiguration, settings.error().field(), settings.error()));
  }
  if (config->send.kind.empty()) program::Say("note: without [send] nobody can be answered");
  program::Say("the configuration is good");
  return ExitCode::kOk;
}

ExitCode ListConfigKeys() {
  RelayConfig defaults;
  for (const config::KeyDescription& key : RelaySchema().Describe(&defaults)) {
    program::Say(config::Format(key));
  }
  return ExitCode::kOk;
}

}  // namespace safeconduct::sms
