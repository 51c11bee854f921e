#include "gateway/pages/template.h"

#include <algorithm>
#include <string>
#include <utility>

#include "gateway/pages/values.h"

namespace safeconduct::pages {

std::string EscapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&#38;";
        break;
      case '<':
        out += "&#60;";
        break;
      case '>':
        out += "&#62;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

namespace {

// What EscapeHtml made something else of.
std::string Unescape(std::string_view text) {
  static constexpr std::string_view kEscaped = "&<>\"'";
  static constexpr std::size_t kReference = 5;  // &#38;
  std::string out;
  while (!text.empty()) {
    const auto* const found = std::find_if(kEscaped.begin(), kEscaped.end(), [&](const char& c) {
      return text.substr(0, kReference) == EscapeHtml({&c, 1});
    });
    out += found == kEscaped.end() ? text.front() : *found;
    text.remove_prefix(found == kEscaped.end() ? 1 : kReference);
  }
  return out;
}

}  // namespace

Result<Template> Template::Parse(std::string_view text) {
  Template page;
  while (true) {
    const std::size_t begin = text.find("{{");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
    if (end == std::string_view::npos) break;
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
      return Error(Code::kUnsupported,
                   "a page has a placeholder that this gateway does not know: it is of another "
                   "version");
    }
    page.pieces_.push_back({std::string(text.substr(0, begin)), std::string(name)});
    text.remove_prefix(end + 2);
  }
  page.pieces_.push_back({std::string(text), ""});
  return page;
}

std::string Template::Fill(const Values& values) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.text;
    const auto value = values.find(piece.name);
    if (value != values.end()) out += EscapeHtml(value->second);
  }
  return out;
}

Values Template::Read(std::string_view page, const Values& known) const {
  Values values;
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    if (!page.starts_with(pieces_[i].text)) return values;
    page.remove_prefix(pieces_[i].text.size());
    std::size_t length = page.find(pieces_[i + 1].text);
    if (const auto value = known.find(pieces_[i].name); value != known.end()) {
      length = EscapeHtml(value->second).size();
    } else if (length != std::string_view::npos) {
      values.try_emplace(pieces_[i].name, Unescape(page.substr(0, length)));
    }
    if (length > page.size()) return values;
    page.remove_prefix(length);
  }
  return values;
}

}  // namespace safeconduct::pages
