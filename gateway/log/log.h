// Logging by allow-list (design: "Anonymity"). What can be logged is an Event of the list below
// and Fields made by the functions below: counts, rounded durations, statuses, versions, ports and
// the compile-time text of an Error. There is no way to log a string that came from outside, an
// address, a user agent, an id or a token, and no per-request event. Times are those of the
// process's own life, so they say nothing of who did what.
//
// Thread-safety: any thread, any time. Log may take a short lock and write; nothing on the path of
// a request logs.
#ifndef SAFECONDUCT_GATEWAY_LOG_LOG_H_
#define SAFECONDUCT_GATEWAY_LOG_LOG_H_

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "crypto/base/result.h"

namespace safeconduct::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

enum class Event : std::uint8_t {
  kStarting,
  kListening,
  kStarted,
  kStopping,
  kStopped,
  kStartRefused,
  kMemoryNotLocked,
  kOpenFilesLow,
  kCharterLoaded,
  kCharterTaken,
  kCharterMissing,
  kCharterExpiresSoon,
  kCharterExpired,
  kStoreOpened,
  kStoreFailed,
  kStoreRecovered,
  kDiskReserveReached,
  kDiskReserveFree,
  kUploadsExpired,
  kCertificatesReloaded,
  kCertificatesNotReloaded,
  kSweepFailed,
  kWebAppDiffers,    // from the one that the charter in force names
  kLogStands,        // the report log cannot grow
  kLogGrows,         // it does again
  kLeavesDamaged,    // how many got no place in the report log
  kCasesExpired,     // how many were erased, since the retention of their channel was over
  kCasesNotExpired,  // how many should have been, and are damaged
  kExpiryFailed,     // it is tried again
  kExpiryPaused,     // the clock is so many days from when it was last looked at
  kExpiryResumed,
  kGatewayAway,      // of the relay for SMS: the gateway does not answer
  kGatewayReached,   // it does again
  kMessagesRefused,  // the gateway refuses messages of the relay for good
  kNotifyFails,      // holders cannot be notified
  kNotifyWorks,      // they can again
  kNotifyUnknown,    // how many that are to be notified are no holders of the charter in force
};
const char* EventName(Event event);
Level EventLevel(Event event);

enum class Listener : std::uint8_t { kPublic, kOnion, kPrivate };

class Field {
 public:
  static Field Count(std::uint64_t count);
  static Field Bytes(std::uint64_t bytes);                    // rounded up to whole MiB
  static Field Duration(std::chrono::milliseconds duration);  // rounded to two digits
  static Field Status(int http_status);                       // 100 to 599, others become 0
  static Field Version(std::uint64_t version);
  static Field Port(std::uint16_t port);
  static Field Days(std::int64_t days);
  static Field At(Listener listener);
  static Field Failure(const Error& error);  // its code and its compile-time message

 private:
  friend class Logger;
  enum class Kind : std::uint8_t {
    kCount,
    kBytes,
    kDuration,
    kStatus,
    kVersion,
    kPort,
    kDays,
    kListener,
    kFailure
  };
  Field(Kind kind, std::int64_t number) : kind_(kind), number_(number) {}
  Field(Kind kind, const Error& error) : kind_(kind), error_(error) {}
  std::string Text() const;

  Kind kind_;
  std::int64_t number_ = 0;
  Error error_{Code::kInternal, ""};
};

struct Settings {
  Level level = Level::kInfo;
  std::string file;  // empty: standard error. Created with mode 0600, appended to.
};

class Logger {
 public:
  // kUnavailable when the file cannot be opened.
  static Result<std::unique_ptr<Logger>> Open(const Settings& settings);
  ~Logger();  // flushes
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  // One line: time (UTC, seconds), level, event name, fields as name=value.
  void Log(Event event, std::initializer_list<Field> fields = {});
  // Opens the file anew, for log rotation. kUnavailable; goes on with the old one then.
  Status Reopen();

 private:
  struct State;
  explicit Logger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace safeconduct::log

#endif  // SAFECONDUCT_GATEWAY_LOG_LOG_H_
