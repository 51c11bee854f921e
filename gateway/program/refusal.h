// Why the program does not go on, for the operator's terminal: it may name files of the
// configuration, which an Error cannot.
#ifndef SAFECONDUCT_GATEWAY_PROGRAM_REFUSAL_H_
#define SAFECONDUCT_GATEWAY_PROGRAM_REFUSAL_H_

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "crypto/base/result.h"
#include "gateway/program/exit_code.h"

namespace safeconduct::program {

struct [[nodiscard]] Refusal {
  ExitCode code = ExitCode::kFailed;
  std::string message;
  std::optional<Error> cause;  // what may stand in the log
};

Refusal Refuse(ExitCode code, std::string message);
// "<what>: <message of the error>".
Refusal Refuse(ExitCode code, std::string what, const Error& error);

// Either a T or a Refusal.
template <typename T>
class [[nodiscard]] OrRefusal {
 public:
  OrRefusal(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  OrRefusal(Refusal refusal) : state_(std::in_place_index<1>, std::move(refusal)) {}
  bool ok() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const Refusal& refusal() const { return std::get<1>(state_); }

 private:
  std::variant<T, Refusal> state_;
};

}  // namespace safeconduct::program

#endif  // SAFECONDUCT_GATEWAY_PROGRAM_REFUSAL_H_
