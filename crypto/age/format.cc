#include "crypto/age/format.h"

#include <algorithm>
#include <string_view>

#include "crypto/base/encoding.h"

namespace safeconduct::age {
namespace {

constexpr std::string_view kVersionStart = "age-encryption.org/";
constexpr std::string_view kVersionLine = "age-encryption.org/v1";
constexpr std::string_view kStanzaStart = "-> ";
constexpr std::string_view kMacStart = "---";
constexpr std::size_t kColumns = 64;

Error Malformed(Message message) { return Error(Code::kMalformed, message); }

// One or more VCHAR of RFC 5234. Looks at all of them, which many at a time is faster than to stop.
bool IsArgument(std::string_view text) {
  bool visible = true;
  for (const char c : text) visible &= c >= 0x21 && c <= 0x7e;
  return visible && !text.empty();
}

// Takes lines off the front of a text that may end in the middle of one.
class Lines {
 public:
  explicit Lines(ByteView bytes)
      : bytes_(AsText(bytes.first(std::min(bytes.size(), kMaxHeaderBytes)))),
        cut_(bytes.size() > kMaxHeaderBytes) {}

  // The next line without its newline.
  Result<std::string_view> Take() {
    const std::size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) {
      if (cut_) return Error(Code::kTooLarge, "a header of more than 1 MiB");
      return Malformed(kHeaderIncomplete);
    }
    const std::string_view line = bytes_.substr(position_, end - position_);
    position_ = end + 1;
    return line;
  }

  std::size_t position() const { return position_; }

 private:
  std::string_view bytes_;
  bool cut_;
  std::size_t position_ = 0;
};

// Other files than age's are told from headers that are merely cut, so that nobody waits for more.
Status CheckStart(ByteView bytes) {
  const std::string_view start = AsText(bytes.first(std::min(bytes.size(), kVersionStart.size())));
  if (!kVersionStart.starts_with(start)) return Malformed("not an age file");
  return {};
}

Status TakeVersion(Lines& lines) {
  SC_ASSIGN(const std::string_view line, lines.Take());
  if (line == kVersionLine) return {};
  if (!IsArgument(line)) return Malformed("not an age file");
  return Error(Code::kUnsupported, "an age file of another version");
}

Status ParseArguments(std::string_view text, Stanza& stanza) {
  for (bool first = true;; first = false) {
    const std::size_t space = text.find(' ');
    const std::string_view argument = text.substr(0, space);
    if (!IsArgument(argument)) return Malformed("a stanza with a bad argument");
    if (first) {
      stanza.type = argument;
    } else {
      stanza.args.emplace_back(argument);
    }
    if (space == std::string_view::npos) return {};
    text.remove_prefix(space + 1);
  }
}

Status TakeBody(Lines& lines, Bytes& body) {
  for (;;) {
    SC_ASSIGN(const std::string_view line, lines.Take());
    if (line.size() > kColumns) return Malformed("a stanza with a line of more than 64 columns");
    SC_TRY(Base64Append(line, body, Base64::kUnpadded));
    if (line.size() < kColumns) return {};
  }
}

Status ParseMac(std::string_view line, ByteArray<32>& mac) {
  line.remove_prefix(kMacStart.size());
  if (!line.starts_with(' ')) return Malformed("a header without its MAC");
  SC_ASSIGN(const Bytes decoded, Base64Decode(line.substr(1), Base64::kUnpadded));
  if (decoded.size() != mac.size()) return Malformed("a header with a MAC of the wrong length");
  mac = ToArray<32>(decoded);
  return {};
}

void AppendStanza(Bytes& out, const Stanza& stanza) {
  // An argument with a newline would smuggle a stanza in: a defect of whoever made it.
  if (!IsArgument(stanza.type) ||
      !std::all_of(stanza.args.begin(), stanza.args.end(), IsArgument)) {
    __builtin_trap();
  }
  Append(out, kStanzaStart);
  Append(out, stanza.type);
  for (const std::string& argument : stanza.args) {
    Append(out, " ");
    Append(out, argument);
  }
  Append(out, "\n");
  const std::string body = Base64Encode(stanza.body, Base64::kUnpadded);
  // The last line is shorter than the others, and empty where need be.
  for (std::size_t at = 0; at <= body.size(); at += kColumns) {
    Append(out, std::string_view(body).substr(at, kColumns));
    Append(out, "\n");
  }
}

}  // namespace

Result<ParsedHeader> ParseHeader(ByteView bytes) {
  SC_TRY(CheckStart(bytes));
  Lines lines(bytes);
  SC_TRY(TakeVersion(lines));
  ParsedHeader out;
  for (;;) {
    SC_ASSIGN(const std::string_view line, lines.Take());
    if (line.starts_with(kMacStart)) {
      if (out.header.stanzas.empty()) return Malformed("a header without stanzas");
      SC_TRY(ParseMac(line, out.header.mac));
      out.size = lines.position();
      return out;
    }
    if (!line.starts_with(kStanzaStart)) return Malformed("a header line of no known kind");
    if (out.header.stanzas.size() == kMaxStanzas) {
      return Error(Code::kTooLarge, "a header with more than 1024 stanzas");
    }
    Stanza& stanza = out.header.stanzas.emplace_back();
    SC_TRY(ParseArguments(line.substr(kStanzaStart.size()), stanza));
    SC_TRY(TakeBody(lines, stanza.body));
  }
}

Bytes SerializeForMac(std::span<const Stanza> stanzas) {
  Bytes out;
  Append(out, kVersionLine);
  Append(out, "\n");
  for (const Stanza& stanza : stanzas) AppendStanza(out, stanza);
  Append(out, kMacStart);
  return out;
}

Bytes SerializeHeader(const Header& header) {
  Bytes out = SerializeForMac(header.stanzas);
  Append(out, " ");
  Append(out, Base64Encode(header.mac, Base64::kUnpadded));
  Append(out, "\n");
  return out;
}

}  // namespace safeconduct::age
