// The texts of SMS, in whatever bytes they come: what is made of them is UTF-8, none is lost by
// being broken, and neither keywords nor languages fall over them.
#include <cstdlib>
#include <string>

#include "crypto/base/utf8.h"
#include "gateway/sms/inbound/keywords.h"
#include "gateway/sms/inbound/language.h"
#include "gateway/sms/text/decode.h"
#include "gateway/sms/text/length.h"

namespace {

using namespace safeconduct;  // NOLINT

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckText(const std::string& text, bool from_something) {
  Require(IsUtf8(text));
  Require(!from_something || !text.empty());
  Require(sms::FromUtf8(text).size() <= text.size());
  Require(sms::LengthOf(text).parts > 0 || text.empty());
  const std::string bounded = sms::Bounded(text, 32);
  Require(bounded.size() <= 32 && IsUtf8(bounded));
  sms::KeywordOf(text);
  const std::string_view language = sms::LanguageOf(text);
  Require(language.empty() || language.size() == 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const bool some = size > 3;  // more than a mark that is left out
  CheckText(sms::FromUtf8(AsText(bytes)), some);
  CheckText(sms::FromUtf16(bytes), some);
  CheckText(sms::FromUtf16(bytes, sms::ByteOrder::kLittle), some);
  CheckText(sms::FromWindows1252(bytes), some);
  CheckText(sms::FromUnnamed(AsText(bytes)), some);
  CheckText(sms::FromGsmSeptets(bytes), some);
  const std::size_t end = AsText(bytes).find('\n');
  if (end != std::string_view::npos) {
    const auto named =
        sms::FromCharset(AsText(bytes).substr(0, end), AsText(bytes).substr(end + 1));
    if (named) CheckText(*named, false);
  }
  return 0;
}
