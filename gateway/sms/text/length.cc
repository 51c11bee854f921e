#include "gateway/sms/text/length.h"

#include <optional>

#include "crypto/base/utf8.h"
#include "gateway/sms/text/gsm_alphabet.h"

namespace safeconduct::sms {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

template <typename OnCharacter>
void ForEachCharacter(std::string_view text, OnCharacter on_character) {
  while (!text.empty()) {
    const std::optional<char32_t> character = TakeCodePoint(text);
    if (!character) text.remove_prefix(1);
    on_character(character.value_or(kReplacement));
  }
}

// Characters laid into parts of at most `room` units, each character into one of them.
class Parts {
 public:
  explicit Parts(std::size_t room) : room_(room), used_(room) {}

  void Add(std::size_t units) {
    if (used_ + units > room_) {
      ++count_;
      used_ = 0;
    }
    used_ += units;
  }
  std::size_t count() const { return count_; }

 private:
  const std::size_t room_;
  std::size_t used_;
  std::size_t count_ = 0;
};

// Lengths as one encoding has them.
class Counter {
 public:
  Counter(std::size_t single, std::size_t part) : single_(single), parts_(part) {}

  void Add(std::size_t units) {
    units_ += units;
    parts_.Add(units);
  }
  std::size_t units() const { return units_; }
  std::size_t parts() const {
    if (units_ == 0) return 0;
    return units_ <= single_ ? 1 : parts_.count();
  }

 private:
  const std::size_t single_;
  std::size_t units_ = 0;
  Parts parts_;
};

}  // namespace

SmsLength LengthOf(std::string_view utf8) {
  SmsLength length;
  Counter gsm(160, 153);
  Counter utf16(70, 67);
  ForEachCharacter(utf8, [&](char32_t character) {
    ++length.characters;
    utf16.Add(character > 0xFFFF ? 2 : 1);
    const std::optional<GsmCode> code = ToGsm(character);
    if (!code) length.gsm7 = false;
    gsm.Add(code && code->extension ? 2 : 1);
  });
  const Counter& used = length.gsm7 ? gsm : utf16;
  length.units = used.units();
  length.parts = used.parts();
  return length;
}

}  // namespace safeconduct::sms
