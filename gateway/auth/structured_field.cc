#include "gateway/auth/structured_field.h"

#include <algorithm>
#include <optional>

#include "crypto/base/encoding.h"

namespace safeconduct::auth::sf {
namespace {

constexpr Error kBad(Code::kMalformed, "not a structured field of RFC 8941");
constexpr Error kTooMany(Code::kTooLarge, "a structured field with too many parts");

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsKeyChar(char c) {
  return IsLower(c) || IsDigit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}

// tchar of RFC 9110 §5.6.2, and the two that tokens of structured fields may also have.
bool IsTokenChar(char c) {
  return IsAlpha(c) || IsDigit(c) ||
         std::string_view("!#$%&'*+-.^_`|~:/").find(c) != std::string_view::npos;
}

// A key that comes again replaces the earlier value, in its place (§4.2.2, §4.2.3.2).
template <typename Value>
void Put(std::vector<std::pair<std::string, Value>>& entries, std::string key, Value value) {
  const auto same = std::find_if(entries.begin(), entries.end(),
                                 [&](const auto& entry) { return entry.first == key; });
  if (same != entries.end()) {
    same->second = std::move(value);
  } else {
    entries.emplace_back(std::move(key), std::move(value));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<Dictionary> ParseDictionary() {
    Dictionary out;
    Skip(" ");
    while (!rest_.empty()) {
      SC_ASSIGN(std::string key, ParseKey());
      SC_ASSIGN(Member member, ParseMember());
      Put(out, std::move(key), std::move(member));
      if (out.size() > kMaxMembers) return kTooMany;
      Skip(" \t");
      if (rest_.empty()) break;
      if (!Take(',')) return kBad;
      Skip(" \t");
      if (rest_.empty()) return kBad;  // a comma at the end
    }
    return out;
  }

 private:
  void Skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  bool At(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool Take(char c) {
    if (!At(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <typename Predicate>
  std::string TakeWhile(Predicate predicate) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    const auto count = static_cast<std::size_t>(end - rest_.begin());
    std::string out(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return out;
  }

  Result<std::string> ParseKey() {
    if (rest_.empty() || !(IsLower(rest_.front()) || rest_.front() == '*')) return kBad;
    return TakeWhile(IsKeyChar);
  }

  Result<Member> ParseMember() {
    if (!Take('=')) {
      SC_ASSIGN(Parameters parameters, ParseParameters());
      return Member(Item{true, std::move(parameters)});
    }
    if (At('(')) {
      SC_ASSIGN(InnerList list, ParseInnerList());
      return Member(std::move(list));
    }
    SC_ASSIGN(Item item, ParseItem());
    return Member(std::move(item));
  }

  Result<InnerList> ParseInnerList() {
    InnerList out;
    if (!Take('(')) return kBad;
    for (;;) {
      Skip(" ");
      if (Take(')')) break;
      if (out.items.size() == kMaxItems) return kTooMany;
      SC_ASSIGN(Item item, ParseItem());
      out.items.push_back(std::move(item));
      if (!At(' ') && !At(')')) return kBad;
    }
    SC_ASSIGN(out.parameters, ParseParameters());
    return out;
  }

  Result<Item> ParseItem() {
    SC_ASSIGN(BareItem value, ParseBareItem());
    SC_ASSIGN(Parameters parameters, ParseParameters());
    return Item{std::move(value), std::move(parameters)};
  }

  Result<Parameters> ParseParameters() {
    Parameters out;
    while (Take(';')) {
      Skip(" ");
      SC_ASSIGN(std::string key, ParseKey());
      BareItem value = true;
      if (Take('=')) {
        SC_ASSIGN(value, ParseBareItem());
      }
      Put(out, std::move(key), std::move(value));
      if (out.size() > kMaxParameters) return kTooMany;
    }
    return out;
  }

  Result<BareItem> ParseBareItem() {
    if (rest_.empty()) return kBad;
    const char c = rest_.front();
    if (c == '-' || IsDigit(c)) return ParseNumber();
    if (c == '"') return ParseString();
    if (c == ':') return ParseBytes();
    if (c == '?') return ParseBoolean();
    if (c == '*' || IsAlpha(c)) return BareItem(Token{TakeWhile(IsTokenChar)});
    return kBad;
  }

  // §4.2.4: 15 digits at most; with a point 12 before it and 1 to 3 after it.
  Result<BareItem> ParseNumber() {
    const bool negative = Take('-');
    const std::string whole = TakeWhile(IsDigit);
    if (whole.empty() || whole.size() > 15) return kBad;
    std::int64_t value = 0;
    for (const char digit : whole) value = value * 10 + (digit - '0');
    if (!Take('.')) return BareItem(negative ? -value : value);

    const std::string fraction = TakeWhile(IsDigit);
    if (whole.size() > 12 || fraction.empty() || fraction.size() > 3) return kBad;
    for (std::size_t i = 0; i < 3; ++i) {
      value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    }
    return BareItem(Decimal{negative ? -value : value});
  }

  Result<BareItem> ParseString() {
    std::string out;
    if (!Take('"')) return kBad;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return BareItem(std::move(out));
      if (c == '\\') {
        if (!At('"') && !At('\\')) return kBad;
        c = rest_.front();
        rest_.remove_prefix(1);
      } else if (c < 0x20 || c > 0x7e) {
        return kBad;
      }
      out.push_back(c);
    }
    return kBad;  // no closing quote
  }

  Result<BareItem> ParseBytes() {
    if (!Take(':')) return kBad;
    const std::size_t end = rest_.find(':');
    if (end == std::string_view::npos) return kBad;
    SC_ASSIGN(Bytes bytes, Base64Decode(rest_.substr(0, end)));
    rest_.remove_prefix(end + 1);
    return BareItem(std::move(bytes));
  }

  Result<BareItem> ParseBoolean() {
    if (!Take('?')) return kBad;
    if (Take('1')) return BareItem(true);
    if (Take('0')) return BareItem(false);
    return kBad;
  }

  std::string_view rest_;
};

std::string SerializeDecimal(const Decimal& decimal) {
  const std::int64_t magnitude =
      decimal.thousandths < 0 ? -decimal.thousandths : decimal.thousandths;
  std::string fraction = std::to_string(magnitude % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  while (fraction.size() > 1 && fraction.back() == '0') fraction.pop_back();
  return (decimal.thousandths < 0 ? "-" : "") + std::to_string(magnitude / 1000) + "." + fraction;
}

std::string SerializeString(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

struct BareItemWriter {
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const Decimal& decimal) const { return SerializeDecimal(decimal); }
  std::string operator()(const std::string& text) const { return SerializeString(text); }
  std::string operator()(const Token& token) const { return token.text; }
  std::string operator()(const Bytes& bytes) const { return ":" + Base64Encode(bytes) + ":"; }
  std::string operator()(bool truth) const { return truth ? "?1" : "?0"; }
};

bool IsTrue(const BareItem& item) {
  const bool* truth = std::get_if<bool>(&item);
  return truth != nullptr && *truth;
}

std::string Serialize(const Parameters& parameters) {
  std::string out;
  for (const auto& [key, value] : parameters) {
    out += ";" + key;
    if (!IsTrue(value)) out += "=" + std::visit(BareItemWriter(), value);
  }
  return out;
}

}  // namespace

Result<Dictionary> ParseDictionary(std::string_view text) {
  if (text.size() > kMaxFieldBytes) return Error(Code::kTooLarge, "a structured field is too long");
  // Spaces may stand at both ends (§4.2); the parser stops at the last member.
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  return Parser(text).ParseDictionary();
}

std::string Serialize(const Item& item) {
  return std::visit(BareItemWriter(), item.value) + Serialize(item.parameters);
}

std::string Serialize(const InnerList& list) {
  std::string out = "(";
  for (const Item& item : list.items) {
    if (out.size() > 1) out.push_back(' ');
    out += Serialize(item);
  }
  return out + ")" + Serialize(list.parameters);
}

std::string Serialize(const Dictionary& dictionary) {
  std::string out;
  for (const auto& [key, member] : dictionary) {
    if (!out.empty()) out += ", ";
    out += key;
    if (const InnerList* list = std::get_if<InnerList>(&member)) {
      out += "=" + Serialize(*list);
    } else if (const Item& item = std::get<Item>(member); IsTrue(item.value)) {
      out += Serialize(item.parameters);
    } else {
      out += "=" + Serialize(item);
    }
  }
  return out;
}

const Member* Find(const Dictionary& dictionary, std::string_view name) {
  for (const auto& [key, member] : dictionary) {
    if (key == name) return &member;
  }
  return nullptr;
}

const BareItem* Find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace safeconduct::auth::sf
