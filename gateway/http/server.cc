// Listeners, io threads, and how connections are spread over them.
#include <algorithm>
#include <mutex>
#include <utility>

#include "gateway/http/http.h"
#include "gateway/http/listening.h"
#include "gateway/http/worker.h"

namespace safeconduct::http {
namespace {

// A listener and, where it speaks TLS, one context per io thread.
struct Front {
  ListenerSettings settings;
  Listening listening;
  std::vector<std::unique_ptr<TlsContext>> tls;
};

Result<std::vector<SslContextPtr>> LoadContexts(const TlsSettings& settings, std::size_t count) {
  std::vector<SslContextPtr> contexts;
  for (std::size_t i = 0; i < count; ++i) {
    SC_ASSIGN(SslContextPtr context, LoadSslContext(settings));
    contexts.push_back(std::move(context));
  }
  return contexts;
}

class ServerOfWorkers final : public Server {
 public:
  ServerOfWorkers(Handler& handler, const Limits& limits, std::size_t threads)
      : state_(handler, limits) {
    for (std::size_t i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>(state_));
  }
  ~ServerOfWorkers() override { Stop(); }

  Status Add(ListenerSettings settings) {
    Front front;
    if (settings.tls) {
      SC_ASSIGN(std::vector<SslContextPtr> contexts, LoadContexts(*settings.tls, workers_.size()));
      for (SslContextPtr& context : contexts) {
        front.tls.push_back(std::make_unique<TlsContext>(std::move(context)));
      }
    }
    SC_ASSIGN(Listening listening, Listen(settings));
    fronts_.push_back(std::make_unique<Front>(
        Front{std::move(settings), std::move(listening), std::move(front.tls)}));
    return {};
  }

  void Start() override {
    const std::lock_guard lock(mutex_);
    if (started_ || stopped_) return;
    started_ = true;
    for (std::size_t i = 0; i < fronts_.size(); ++i) {
      Front& front = *fronts_[i];
      const std::size_t home = i % workers_.size();
      workers_[home]->AddAcceptor(
          std::move(front.listening.socket),
          [this, &front, home](Descriptor socket) { Place(front, home, std::move(socket)); });
    }
    for (const auto& worker : workers_) worker->Start();
  }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    if (!started_ || stopped_) {
      stopped_ = true;
      return;
    }
    stopped_ = true;
    const auto deadline = std::chrono::steady_clock::now() + state_.limits.shutdown_time;
    for (const auto& worker : workers_) worker->BeginStop();
    for (const auto& worker : workers_) {
      if (!worker->WaitUntil(deadline)) worker->Kill();
    }
    for (const auto& worker : workers_) worker->Join();
  }

  Status ReloadCertificates() override {
    const std::lock_guard lock(mutex_);
    std::vector<std::vector<SslContextPtr>> fresh;
    for (const auto& front : fronts_) {
      fresh.emplace_back();
      if (!front->settings.tls) continue;
      SC_ASSIGN(fresh.back(), LoadContexts(*front->settings.tls, workers_.size()));
    }
    for (std::size_t i = 0; i < fronts_.size(); ++i) {
      for (std::size_t j = 0; j < fresh[i].size(); ++j) {
        fronts_[i]->tls[j]->Replace(std::move(fresh[i][j]));
      }
    }
    return {};
  }

  std::uint16_t port(std::size_t listener) const override {
    return listener < fronts_.size() ? fronts_[listener]->listening.port : std::uint16_t{0};
  }

  Counters counters() const override {
    Counters counters;
    counters.connections_open = state_.connections.used();
    counters.connections_accepted = state_.accepted.load(std::memory_order_relaxed);
    counters.connections_refused = state_.refused.load(std::memory_order_relaxed);
    counters.requests = state_.requests.load(std::memory_order_relaxed);
    counters.requests_in_flight = state_.in_flight.used();
    for (std::size_t i = 0; i < state_.limit_answers.size(); ++i) {
      counters.limit_answers[i] = state_.limit_answers[i].load(std::memory_order_relaxed);
    }
    counters.body_memory_in_use = state_.body_memory.used();
    return counters;
  }

 private:
  // On the accepting io thread. The thread with the fewest connections takes the socket, so that
  // eight busy clients do not share one core by chance; the accepting thread when all are equal.
  void Place(Front& front, std::size_t home, Descriptor socket) {
    if (!state_.connections.Take(1)) {
      state_.refused.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    state_.accepted.fetch_add(1, std::memory_order_relaxed);
    std::size_t best = home;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (workers_[i]->load() < workers_[best]->load()) best = i;
    }
    TlsContext* const tls = front.tls.empty() ? nullptr : front.tls[best].get();
    workers_[best]->Adopt(std::move(socket), front.settings.kind, tls);
  }

  SharedState state_;
  std::vector<std::unique_ptr<Front>> fronts_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::mutex mutex_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Create(std::vector<ListenerSettings> listeners,
                                               const Limits& limits, int threads,
                                               Handler& handler) {
  auto server = std::make_unique<ServerOfWorkers>(handler, limits,
                                                  static_cast<std::size_t>(std::max(threads, 1)));
  for (ListenerSettings& settings : listeners) SC_TRY(server->Add(std::move(settings)));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace safeconduct::http
