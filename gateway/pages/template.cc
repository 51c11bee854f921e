#include "gateway/pages/template.h"

#include <algorithm>
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

}  // namespace safeconduct::pages
