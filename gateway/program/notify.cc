// What of the gateway tells holders to look in.
#include "gateway/program/gateway.h"

namespace safeconduct::program {
namespace {

constexpr std::chrono::milliseconds kNotifyTick{250};

}  // namespace

std::optional<Refusal> Gateway::MakeNotifier() {
  if (config_.notify.recipients.empty()) return std::nullopt;
  OrRefusal<NotifyFiles> files = ReadNotifyFiles(config_.notify);
  if (!files.ok()) return files.refusal();
  notify_sender_ = std::make_unique<notify::NetworkSender>(
      std::move(files->server), config_.notify.mail.from, config_.ConsoleAddress());
  const auto office = [this]() -> notify::Office {
    const routes::CharterSnapshot* const snapshot = charters_.InForce();
    if (snapshot == nullptr) return {};
    return {snapshot->charter, snapshot->log_interval_seconds};
  };
  const auto tell = [this](const Status& status) {
    if (status.ok()) {
      logger_.Log(log::Event::kNotifyWorks);
    } else {
      logger_.Log(log::Event::kNotifyFails, {log::Field::Failure(status.error())});
    }
  };
  notifier_ = std::make_unique<notify::Notifier>(config_.notify, std::move(files->recipients),
                                                 keys_.moments.Clone(), *store_, office,
                                                 *notify_sender_, clock_, tell);
  return std::nullopt;
}

void Gateway::StartNotifier() {
  if (notifier_ == nullptr) return;
  notify_timer_ = std::make_unique<work::Timer>(kNotifyTick, [this] { notifier_->Tick(); });
}

void Gateway::StopNotifier() {
  if (notifier_ != nullptr) notifier_->Stop();
  notify_timer_.reset();
}

}  // namespace safeconduct::program
