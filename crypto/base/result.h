// Result<T>: the outcome of everything that can fail in an expected way.
//
// An Error is a code from a closed set, a message fixed at compile time and, where it helps the
// caller, the name of the field that was wrong. No value that came from outside can get into an
// Error, so an Error may be logged and sent to anyone.
//
// Thread-safety: plain values; no shared state. Nothing here throws or allocates.
#ifndef SAFECONDUCT_CRYPTO_BASE_RESULT_H_
#define SAFECONDUCT_CRYPTO_BASE_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace safeconduct {

enum class Code : std::uint8_t {
  kMalformed,     // bytes that do not follow their format
  kUnsupported,   // well-formed, but of a version or kind this program does not have
  kTooLarge,      // a limit on size or count was passed
  kWrongKey,      // an identity that does not fit: try the next one
  kUnverified,    // a MAC, signature, digest or proof that does not match
  kUnauthorized,  // the caller did not show who he is
  kNotFound,      // absent, or not for this caller: never told apart
  kConflict,      // contradicts what is stored already
  kRejected,      // well-formed and authentic, but the policy forbids it
  kExpired,       // past its time
  kBusy,          // a bound on work or memory was reached: try again later
  kNoSpace,       // the disk is full, or what is left of it is kept for reports
  kUnavailable,   // storage or network failed: try again later
  kCorrupted,     // stored bytes do not match what was written
  kExists,        // would overwrite something
  kInternal,      // a defect of this program or of a library
};

// A string literal, and nothing else: the constructor runs only at compile time.
class Message {
 public:
  template <std::size_t N>
  consteval Message(const char (&literal)[N]) : text_(literal) {}
  constexpr Message() = default;  // empty
  constexpr const char* c_str() const { return text_; }

 private:
  const char* text_ = "";
};

class [[nodiscard]] Error {
 public:
  constexpr Error(Code code, Message message) : code_(code), message_(message) {}
  // `field` names the part of the input that was wrong, as the API spells it.
  constexpr Error(Code code, Message message, Message field)
      : code_(code), message_(message), field_(field) {}

  constexpr Code code() const { return code_; }
  constexpr const char* message() const { return message_.c_str(); }
  constexpr const char* field() const { return field_.c_str(); }

  // The same error, said about `field`, unless it names one already.
  constexpr Error In(Message field) const {
    return *field_.c_str() == '\0' ? Error(code_, message_, field) : *this;
  }

 private:
  Code code_;
  Message message_;
  Message field_;
};

// Either a T or an Error. Reading the one that is not there is a defect and aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, error) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return Value(); }
  const T& operator*() const& { return Value(); }
  T&& operator*() && { return std::move(Value()); }
  T* operator->() { return &Value(); }
  const T* operator->() const { return &Value(); }

  const Error& error() const {
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

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(error) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    if (ok()) __builtin_trap();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

// Leaves the enclosing function with the error of `expression`, if it is one.
#define SC_TRY(expression)                                \
  do {                                                    \
    if (auto sc_status = (expression); !sc_status.ok()) { \
      return sc_status.error();                           \
    }                                                     \
  } while (false)

// Declares or assigns `target` from the value of `expression`, or leaves with its error.
#define SC_ASSIGN(target, expression) \
  SC_ASSIGN_INNER(SC_CONCAT(sc_result_, __LINE__), target, expression)
#define SC_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                       \
  if (!result.ok()) return result.error();          \
  target = *std::move(result)
#define SC_CONCAT(a, b) SC_CONCAT_INNER(a, b)
#define SC_CONCAT_INNER(a, b) a##b

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_RESULT_H_
