// What a command can end with: a value, or a Failure that says what went wrong, what to do next
// and with which code the program exits.
//
// Unlike crypto's Error a Failure may name files and addresses, since only the user sees it; what
// comes from outside is made printable by Output, not here. An Error does not turn into a Failure
// by itself: Explain says what was being done, so no message stands alone.
#ifndef SAFECONDUCT_GATEWAY_CLI_FAILURE_H_
#define SAFECONDUCT_GATEWAY_CLI_FAILURE_H_

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "crypto/base/result.h"

namespace safeconduct::cli {

// Exit codes (design, "Names that others rely on"); kInternal is for defects and local disks.
enum class Exit : int {
  kOk = 0,
  kInternal = 1,
  kUsage = 2,
  kRefused = 3,     // refused, or absent
  kUnverified = 4,  // something did not verify: do not trust what was received
  kNetwork = 5,     // try again later
  kKey = 6,         // the wrong key, or none
};

struct [[nodiscard]] Failure {
  Exit exit = Exit::kInternal;
  std::string message;
  std::string hint;     // what to do next; may be empty
  std::string field;    // the part of the input that was wrong, as the API spells it; may be empty
  int http_status = 0;  // when a gateway's answer was the failure
};

inline Failure UsageFailure(std::string message, std::string hint = "") {
  return {Exit::kUsage, std::move(message), std::move(hint), "", 0};
}
inline Failure RefusedFailure(std::string message, std::string hint = "") {
  return {Exit::kRefused, std::move(message), std::move(hint), "", 0};
}
inline Failure UnverifiedFailure(std::string message, std::string hint = "") {
  return {Exit::kUnverified, std::move(message), std::move(hint), "", 0};
}
inline Failure NetworkFailure(std::string message, std::string hint = "") {
  return {Exit::kNetwork, std::move(message), std::move(hint), "", 0};
}
inline Failure KeyFailure(std::string message, std::string hint = "") {
  return {Exit::kKey, std::move(message), std::move(hint), "", 0};
}
inline Failure InternalFailure(std::string message, std::string hint = "") {
  return {Exit::kInternal, std::move(message), std::move(hint), "", 0};
}

// The exit code that an Error stands for when nothing more is known about it.
Exit ExitFor(Code code);

// "usage", "refused", …: what --json calls the exit code.
const char* ExitName(Exit exit);

// `doing` is a sentence without its full stop: "The charter cannot be used".
Failure Explain(const Error& error, std::string doing, std::string hint = "");
// The same, with an exit code that the caller knows better: what a gateway sent and does not
// verify is kUnverified, whatever is wrong with it.
Failure ExplainAs(Exit exit, const Error& error, std::string doing, std::string hint = "");

// Either a T or a Failure. Works with SC_TRY and SC_ASSIGN. Reading the one that is not there is a
// defect and aborts.
template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Outcome(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  bool ok() const { return state_.index() == 0; }
  T& operator*() & { return Value(); }
  const T& operator*() const& { return Value(); }
  T&& operator*() && { return std::move(Value()); }
  T* operator->() { return &Value(); }
  const T* operator->() const { return &Value(); }
  const Failure& error() const {
    if (ok()) __builtin_trap();
    return *std::get_if<1>(&state_);
  }

 private:
  T& Value() {
    if (!ok()) __builtin_trap();
    return *std::get_if<0>(&state_);
  }
  const T& Value() const {
    if (!ok()) __builtin_trap();
    return *std::get_if<0>(&state_);
  }
  std::variant<T, Failure> state_;
};

template <>
class [[nodiscard]] Outcome<void> {
 public:
  Outcome() = default;
  Outcome(Failure failure) : failure_(std::move(failure)) {}
  bool ok() const { return !failure_.has_value(); }
  const Failure& error() const {
    if (ok()) __builtin_trap();
    return *failure_;
  }

 private:
  std::optional<Failure> failure_;
};

using Done = Outcome<void>;

template <typename T>
Outcome<T> Explain(Result<T> result, std::string doing, std::string hint = "") {
  if (!result.ok()) return Explain(result.error(), std::move(doing), std::move(hint));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

template <typename T>
Outcome<T> ExplainAs(Exit exit, Result<T> result, std::string doing, std::string hint = "") {
  if (!result.ok()) return ExplainAs(exit, result.error(), std::move(doing), std::move(hint));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_FAILURE_H_
