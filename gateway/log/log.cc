#include "gateway/log/log.h"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <iterator>
#include <mutex>

namespace safeconduct::log {
namespace {

struct EventRow {
  const char* name;
  Level level;
};

// In the order of Event.
constexpr EventRow kEvents[] = {
    {"starting", Level::kInfo},
    {"listening", Level::kInfo},
    {"started", Level::kInfo},
    {"stopping", Level::kInfo},
    {"stopped", Level::kInfo},
    {"start_refused", Level::kError},
    {"memory_not_locked", Level::kError},
    {"open_files_low", Level::kWarning},
    {"charter_loaded", Level::kInfo},
    {"charter_taken", Level::kInfo},
    {"charter_missing", Level::kWarning},
    {"charter_expires_soon", Level::kWarning},
    {"charter_expired", Level::kError},
    {"store_opened", Level::kInfo},
    {"store_failed", Level::kError},
    {"store_recovered", Level::kInfo},
    {"disk_reserve_reached", Level::kWarning},
    {"disk_reserve_free", Level::kInfo},
    {"uploads_expired", Level::kDebug},
    {"certificates_reloaded", Level::kInfo},
    {"certificates_not_reloaded", Level::kError},
    {"sweep_failed", Level::kWarning},
    {"web_app_differs", Level::kWarning},
    {"log_stands", Level::kError},
    {"log_grows", Level::kInfo},
    {"leaves_damaged", Level::kError},
    {"cases_expired", Level::kInfo},
    {"cases_not_expired", Level::kError},
    {"expiry_failed", Level::kError},
    {"expiry_paused", Level::kError},
    {"expiry_resumed", Level::kInfo},
    {"gateway_away", Level::kWarning},
    {"gateway_reached", Level::kInfo},
    {"messages_refused", Level::kError},
    {"notify_fails", Level::kWarning},
    {"notify_works", Level::kInfo},
    {"notify_unknown", Level::kWarning},
};
static_assert(std::size(kEvents) == static_cast<std::size_t>(Event::kNotifyUnknown) + 1);

const EventRow& Row(Event event) { return kEvents[static_cast<std::size_t>(event)]; }

const char* CodeName(Code code) {
  switch (code) {
    case Code::kMalformed:
      return "malformed";
    case Code::kUnsupported:
      return "unsupported";
    case Code::kTooLarge:
      return "too_large";
    case Code::kWrongKey:
      return "wrong_key";
    case Code::kUnverified:
      return "unverified";
    case Code::kUnauthorized:
      return "unauthorized";
    case Code::kNotFound:
      return "not_found";
    case Code::kConflict:
      return "conflict";
    case Code::kRejected:
      return "rejected";
    case Code::kExpired:
      return "expired";
    case Code::kBusy:
      return "busy";
    case Code::kNoSpace:
      return "no_space";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kCorrupted:
      return "corrupted";
    case Code::kExists:
      return "exists";
    case Code::kInternal:
      return "internal";
  }
  return "unknown";
}

const char* ListenerName(std::int64_t listener) {
  switch (static_cast<Listener>(listener)) {
    case Listener::kPublic:
      return "public";
    case Listener::kOnion:
      return "onion";
    case Listener::kPrivate:
      return "private";
  }
  return "unknown";
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

const char* LevelName(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
      return "error";
    default:
      return "info";
  }
}

// Two digits say enough of a duration, and too little to recognise a request by.
std::int64_t TwoDigits(std::int64_t value) {
  std::int64_t unit = 1;
  while (value / unit >= 100) unit *= 10;
  return value / unit * unit;
}

// Appends lines to a file descriptor. Own, since spdlog's file sinks neither set the mode of the
// file nor open it anew.
class DescriptorSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  ~DescriptorSink() override { Close(); }

  void Replace(int descriptor) {
    const std::lock_guard lock(mutex_);
    Close();
    descriptor_ = descriptor;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::time_t time = std::chrono::system_clock::to_time_t(message.time);
    std::tm utc{};
    gmtime_r(&time, &utc);
    char stamp[32];
    std::strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
    std::string line = std::string(stamp) + " " + LevelName(message.level) + " ";
    line.append(message.payload.data(), message.payload.size());
    line.push_back('\n');
    Write(line);
  }
  void flush_() override {}

 private:
  // What cannot be written is lost: a full disk must not stop the gateway.
  void Write(std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(descriptor_, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void Close() {
    if (descriptor_ != STDERR_FILENO) ::close(descriptor_);
  }

  int descriptor_;
};

Result<int> OpenFile(const std::string& file) {
  if (file.empty()) return STDERR_FILENO;
  const int descriptor =
      ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return Error(Code::kUnavailable, "the log file cannot be opened", "log.file");
  return descriptor;
}

}  // namespace

const char* EventName(Event event) { return Row(event).name; }
Level EventLevel(Event event) { return Row(event).level; }

Field Field::Count(std::uint64_t count) {
  return Field(Kind::kCount, static_cast<std::int64_t>(count));
}
Field Field::Bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = 1024 * 1024;
  return Field(Kind::kBytes, static_cast<std::int64_t>(bytes / kMiB + (bytes % kMiB != 0)));
}
Field Field::Duration(std::chrono::milliseconds duration) {
  return Field(Kind::kDuration, TwoDigits(std::max<std::int64_t>(duration.count(), 0)));
}
Field Field::Status(int http_status) {
  return Field(Kind::kStatus, http_status >= 100 && http_status <= 599 ? http_status : 0);
}
Field Field::Version(std::uint64_t version) {
  return Field(Kind::kVersion, static_cast<std::int64_t>(version));
}
Field Field::Port(std::uint16_t port) { return Field(Kind::kPort, port); }
Field Field::Days(std::int64_t days) { return Field(Kind::kDays, days); }
Field Field::At(Listener listener) {
  return Field(Kind::kListener, static_cast<std::int64_t>(listener));
}
Field Field::Failure(const Error& error) { return Field(Kind::kFailure, error); }

std::string Field::Text() const {
  switch (kind_) {
    case Kind::kCount:
      return "count=" + std::to_string(number_);
    case Kind::kBytes:
      return "mib=" + std::to_string(number_);
    case Kind::kDuration:
      return "ms=" + std::to_string(number_);
    case Kind::kStatus:
      return "status=" + std::to_string(number_);
    case Kind::kVersion:
      return "version=" + std::to_string(number_);
    case Kind::kPort:
      return "port=" + std::to_string(number_);
    case Kind::kDays:
      return "days=" + std::to_string(number_);
    case Kind::kListener:
      return std::string("listener=") + ListenerName(number_);
    case Kind::kFailure:
      return std::string("error=") + CodeName(error_.code()) + " reason=\"" + error_.message() +
             "\"";
  }
  return {};
}

struct Logger::State {
  State(std::string file_name, std::shared_ptr<DescriptorSink> first, Level level)
      : file(std::move(file_name)), sink(std::move(first)), logger("safeconduct", sink) {
    logger.set_level(ToSpdlog(level));
  }
  const std::string file;
  const std::shared_ptr<DescriptorSink> sink;
  spdlog::logger logger;
};

Logger::Logger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Logger::~Logger() = default;

Result<std::unique_ptr<Logger>> Logger::Open(const Settings& settings) {
  SC_ASSIGN(const int descriptor, OpenFile(settings.file));
  auto state = std::make_unique<State>(settings.file, std::make_shared<DescriptorSink>(descriptor),
                                       settings.level);
  return std::unique_ptr<Logger>(new Logger(std::move(state)));
}

void Logger::Log(Event event, std::initializer_list<Field> fields) {
  const EventRow& row = Row(event);
  if (!state_->logger.should_log(ToSpdlog(row.level))) return;
  std::string line = row.name;
  for (const Field& field : fields) line += " " + field.Text();
  state_->logger.log(ToSpdlog(row.level), spdlog::string_view_t(line.data(), line.size()));
}

Status Logger::Reopen() {
  if (state_->file.empty()) return {};
  SC_ASSIGN(const int descriptor, OpenFile(state_->file));
  state_->sink->Replace(descriptor);
  return {};
}

}  // namespace safeconduct::log
