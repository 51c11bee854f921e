#include "gateway/sms/outbound/message_template.h"

#include "gateway/sms/inbound/fields.h"

namespace safeconduct::sms {
namespace {

// The name after a brace at `at`; empty when there is none.
std::string_view NameAt(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('}', at);
  if (text[at] != '{' || end == std::string_view::npos) return {};
  const std::string_view name = text.substr(at + 1, end - at - 1);
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos
             ? name
             : std::string_view();
}

const std::string_view* Find(const TemplateValues& values, std::string_view name) {
  if (name == "to") return &values.to;
  if (name == "to_digits") return &values.to_digits;
  if (name == "from") return &values.from;
  if (name == "text") return &values.text;
  if (name == "token") return &values.token;
  return nullptr;
}

std::string JsonEscape(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out;
}

std::string XmlEscape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&apos;";
    } else if (byte >= 0x20 || c == '\n' || c == '\t' || c == '\r') {
      out += c;  // the others may not stand in XML at all
    }
  }
  return out;
}

std::string HeaderEscape(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return out;
}

std::string Escaped(std::string_view value, Escape escape) {
  switch (escape) {
    case Escape::kPercent:
      return PercentEncode(value);
    case Escape::kJson:
      return JsonEscape(value);
    case Escape::kXml:
      return XmlEscape(value);
    case Escape::kHeader:
      return HeaderEscape(value);
  }
  return {};
}

}  // namespace

std::optional<Escape> EscapeFor(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  if (type == "application/x-www-form-urlencoded") return Escape::kPercent;
  if (type == "application/json" || type.ends_with("+json")) return Escape::kJson;
  if (type == "application/xml" || type == "text/xml" || type.ends_with("+xml"))
    return Escape::kXml;
  return std::nullopt;
}

Status CheckTemplate(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view name = NameAt(text, i);
    if (!name.empty() && Find(TemplateValues(), name) == nullptr) {
      return Error(Code::kMalformed, "in braces: to, to_digits, from, text, token");
    }
  }
  return {};
}

std::string Fill(std::string_view text, const TemplateValues& values, Escape escape) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view name = NameAt(text, i);
    const std::string_view* const value = name.empty() ? nullptr : Find(values, name);
    if (value == nullptr) {
      out += text[i];
      continue;
    }
    out += Escaped(*value, escape);
    i += name.size() + 1;
  }
  return out;
}

}  // namespace safeconduct::sms
