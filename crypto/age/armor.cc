#include "crypto/age/armor.h"

#include <algorithm>
#include <string_view>

#include "crypto/age/age.h"
#include "crypto/base/encoding.h"

namespace safeconduct::age {
namespace {

constexpr std::string_view kHeaderLine = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kFooterLine = "-----END AGE ENCRYPTED FILE-----";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kLineBytes = kColumns / 4 * 3;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsBlank(std::string_view text) { return std::all_of(text.begin(), text.end(), IsSpace); }

Error Malformed(Message message) { return Error(Code::kMalformed, message); }

void AppendLine(std::string& out, ByteView bytes) { out.append(Base64Encode(bytes)).append("\n"); }

}  // namespace

void ArmorEncoder::Begin(std::string& out) {
  if (!begun_) out.append(kHeaderLine).append("\n");
  begun_ = true;
}

void ArmorEncoder::Update(ByteView file, std::string& out) {
  Begin(out);
  while (pending_.size() + file.size() >= kLineBytes) {
    const std::size_t taken = kLineBytes - pending_.size();
    Append(pending_, file.first(taken));
    file = file.subspan(taken);
    AppendLine(out, pending_);
    pending_.clear();
  }
  Append(pending_, file);
}

void ArmorEncoder::Finish(std::string& out) {
  Begin(out);
  if (!pending_.empty()) AppendLine(out, pending_);
  pending_.clear();
  out.append(kFooterLine).append("\n");
}

Status ArmorDecoder::Update(ByteView text, Bytes& out) {
  for (const char character : AsText(text)) {
    const Status status = TakeCharacter(character, out);
    if (!status.ok()) {
      part_ = Part::kFailed;
      return status;
    }
  }
  return {};
}

Status ArmorDecoder::Finish(Bytes& out) {
  // The last newline may be missing.
  if (part_ == Part::kBody || part_ == Part::kFooter) {
    if (line_ != kFooterLine) return Malformed("armor without its last line");
    SC_TRY(TakeLine(out));
  }
  const bool complete = part_ == Part::kAfter && line_.empty();
  part_ = Part::kFailed;
  if (!complete) return Malformed("not an armored age file");
  return {};
}

Status ArmorDecoder::TakeCharacter(char character, Bytes& out) {
  if (part_ == Part::kFailed) return Malformed("not an armored age file");
  if (part_ == Part::kAfter) {
    if (!IsSpace(character)) return Malformed("more text after the armor");
    return CountWhitespace(1);
  }
  if (character != '\n') {
    line_.push_back(character);
    // Long enough for every line that can be right, its CR included, and for blank ones.
    if (line_.size() > kMaxArmorWhitespaceBytes)
      return Malformed("a line of armor that is too long");
    return {};
  }
  if (part_ == Part::kBefore && IsBlank(line_)) {
    SC_TRY(CountWhitespace(line_.size() + 1));
    line_.clear();
    return {};
  }
  SC_TRY(CheckLineEnd());
  return TakeLine(out);
}

// Takes the CR off.
Status ArmorDecoder::CheckLineEnd() {
  const bool has_cr = line_.ends_with('\r');
  if (has_cr) line_.pop_back();
  const LineEnd found = has_cr ? LineEnd::kCrLf : LineEnd::kLf;
  if (line_end_ == LineEnd::kUnknown) line_end_ = found;
  if (line_end_ != found) return Malformed("armor with line ends of two kinds");
  return {};
}

Status ArmorDecoder::CountWhitespace(std::size_t bytes) {
  whitespace_bytes_ += bytes;
  if (whitespace_bytes_ > kMaxArmorWhitespaceBytes) {
    return Malformed("too much white space around the armor");
  }
  return {};
}

Status ArmorDecoder::TakeLine(Bytes& out) {
  const std::string line = std::move(line_);
  line_.clear();
  if (part_ == Part::kBefore) {
    if (line != kHeaderLine) return Malformed("not an armored age file");
    part_ = Part::kBody;
    return {};
  }
  if (line == kFooterLine) {
    part_ = Part::kAfter;
    return {};
  }
  if (part_ == Part::kFooter) return Malformed("a short line of armor that is not the last");
  return TakeBodyLine(line, out);
}

Status ArmorDecoder::TakeBodyLine(std::string_view line, Bytes& out) {
  if (line.empty() || line.size() > kColumns) {
    return Malformed("a line of armor of the wrong length");
  }
  SC_ASSIGN(const Bytes decoded, Base64Decode(line));
  Append(out, decoded);
  if (decoded.size() < kLineBytes) part_ = Part::kFooter;
  return {};
}

bool IsArmored(ByteView bytes) {
  std::string_view text = AsText(bytes);
  const std::size_t start =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsSpace) - text.begin());
  return text.substr(start).starts_with(kHeaderLine);
}

std::string Armor(ByteView file) {
  std::string out;
  out.reserve((file.size() / kLineBytes + 1) * (kColumns + 1) + 80);
  ArmorEncoder encoder;
  encoder.Update(file, out);
  encoder.Finish(out);
  return out;
}

Result<Bytes> Dearmor(ByteView text) {
  Bytes out;
  out.reserve(text.size() / (kColumns + 1) * kLineBytes + kLineBytes);
  ArmorDecoder decoder;
  SC_TRY(decoder.Update(text, out));
  SC_TRY(decoder.Finish(out));
  return out;
}

}  // namespace safeconduct::age
