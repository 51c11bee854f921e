#include "gateway/sms/text/decode.h"

#include <array>
#include <cstdint>

#include "crypto/base/utf8.h"
#include "gateway/sms/text/gsm_alphabet.h"

namespace safeconduct::sms {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kByteOrderMark = 0xFEFF;

// 0x80 to 0x9F of Windows-1252; the others are those of Unicode. Five are nothing there.
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

bool IsHigh(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool IsLow(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// Septets to text, one after another.
class GsmReader {
 public:
  void Add(std::uint8_t septet) {
    if (escaped_) {
      escaped_ = false;
      const std::optional<char32_t> extended = FromGsmExtension(septet);
      if (extended) return AppendUtf8(out_, *extended);
      if (septet == kGsmEscape) return AppendUtf8(out_, U' ');
    } else if (septet == kGsmEscape) {
      escaped_ = true;
      return;
    }
    AppendUtf8(out_, FromGsm(septet).value_or(kReplacement));
  }
  std::string Finish() {
    if (escaped_) AppendUtf8(out_, kReplacement);
    return std::move(out_);
  }

 private:
  std::string out_;
  bool escaped_ = false;
};

// A name without case, hyphens, underscores, dots, colons and quotes.
std::string Bare(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out.push_back(static_cast<char>(c - 'A' + 'a'));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out.push_back(c);
  }
  return out;
}

}  // namespace

void AppendUtf8(std::string& out, char32_t code_point) {
  char32_t c = code_point;
  if (c > 0x10FFFF || IsHigh(c) || IsLow(c)) c = kReplacement;
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::string FromGsmSeptets(ByteView septets) {
  GsmReader reader;
  for (const std::uint8_t septet : septets) reader.Add(septet);
  return reader.Finish();
}

std::string FromUtf16(ByteView bytes, ByteOrder order) {
  const auto unit = [&](std::size_t at) {
    const char32_t first = bytes[at];
    const char32_t second = bytes[at + 1];
    return order == ByteOrder::kBig ? first << 8 | second : second << 8 | first;
  };
  std::size_t at = 0;
  if (bytes.size() >= 2) {
    if (unit(0) == 0xFFFE) order = order == ByteOrder::kBig ? ByteOrder::kLittle : ByteOrder::kBig;
    if (unit(0) == kByteOrderMark) at = 2;
  }
  std::string out;
  for (; at + 1 < bytes.size(); at += 2) {
    const char32_t first = unit(at);
    if (IsHigh(first) && at + 3 < bytes.size() && IsLow(unit(at + 2))) {
      AppendUtf8(out, 0x10000 + ((first - 0xD800) << 10) + (unit(at + 2) - 0xDC00));
      at += 2;
    } else {
      AppendUtf8(out, first);
    }
  }
  if (at < bytes.size()) AppendUtf8(out, kReplacement);  // half a unit
  return out;
}

std::string FromWindows1252(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    AppendUtf8(out, byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : char32_t{byte});
  }
  return out;
}

std::string FromUtf8(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (IsUtf8(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const std::optional<char32_t> character = TakeCodePoint(text);
    if (!character) text.remove_prefix(1);
    AppendUtf8(out, character.value_or(kReplacement));
  }
  return out;
}

std::string FromUnnamed(std::string_view bytes) {
  return IsUtf8(bytes) ? FromUtf8(bytes) : FromWindows1252(AsBytes(bytes));
}

std::optional<std::string> FromCharset(std::string_view charset, std::string_view bytes) {
  const std::string name = Bare(charset);
  if (name == "utf8" || name == "usascii" || name == "ascii") return FromUtf8(bytes);
  if (name == "utf16" || name == "utf16be" || name == "ucs2" || name == "iso10646ucs2") {
    return FromUtf16(AsBytes(bytes));
  }
  if (name == "utf16le") return FromUtf16(AsBytes(bytes), ByteOrder::kLittle);
  if (name == "iso88591" || name == "latin1" || name == "windows1252" || name == "cp1252") {
    return FromWindows1252(AsBytes(bytes));
  }
  if (name == "gsm" || name == "gsm7" || name == "gsm0338") return FromGsmSeptets(AsBytes(bytes));
  return std::nullopt;
}

std::string Bounded(std::string text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes - kOmission.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  text += kOmission;
  return text;
}

}  // namespace safeconduct::sms
