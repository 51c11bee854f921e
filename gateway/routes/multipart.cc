#include "gateway/routes/multipart.h"

#include <algorithm>

namespace safeconduct::routes {
namespace {

constexpr std::size_t kMaxParts = 16;
constexpr std::size_t kMaxPartHeaders = 4096;
constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 §5.1.1

Error Malformed() { return {Code::kMalformed, "this is not multipart/form-data", "body"}; }

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view TrimSpace(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t");
  return text.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin);
}

// Of `; name=value` or `; name="value"`; browsers write quotes in a value as %22, never as \".
std::optional<std::string_view> Parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = TrimSpace(header.substr(at + 1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = Lower(TrimSpace(rest.substr(0, equals))) == name;
    rest.remove_prefix(equals + 1);
    const bool quoted = rest.starts_with('"');
    const std::size_t end = quoted ? rest.find('"', 1) : std::min(rest.find(';'), rest.size());
    if (end == std::string_view::npos) return std::nullopt;
    if (wanted) return quoted ? rest.substr(1, end - 1) : TrimSpace(rest.substr(0, end));
    const std::size_t next = rest.find(';', end);
    at = next == std::string_view::npos
             ? next
             : static_cast<std::size_t>(rest.data() - header.data()) + next;
  }
  return std::nullopt;
}

// The name of a part, by its Content-Disposition.
std::optional<std::string_view> NameOf(std::string_view headers) {
  while (!headers.empty()) {
    const std::size_t end = std::min(headers.find("\r\n"), headers.size());
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(std::min(end + 2, headers.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (Lower(line.substr(0, colon)) != "content-disposition") continue;
    const std::string_view value = TrimSpace(line.substr(colon + 1));
    if (!Lower(value.substr(0, value.find(';'))).starts_with("form-data")) return std::nullopt;
    return Parameter(value, "name");
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<FormField>> ParseForm(std::string_view content_type, std::string_view body) {
  const std::optional<std::string_view> boundary = Parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundary) return Malformed();
  const std::string opening = "--" + std::string(*boundary);
  const std::string delimiter = "\r\n" + opening;
  if (!body.starts_with(opening)) return Malformed();
  body.remove_prefix(opening.size());
  std::vector<FormField> form;
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return Malformed();
    if (form.size() == kMaxParts) {
      return Error(Code::kTooLarge, "a form with more than 16 parts", "body");
    }
    body.remove_prefix(2);
    const std::size_t blank = body.substr(0, kMaxPartHeaders).find("\r\n\r\n");
    if (blank == std::string_view::npos) {
      return body.size() < kMaxPartHeaders
                 ? Malformed()
                 : Error(Code::kTooLarge, "a part's headers are longer than 4 KiB", "body");
    }
    const std::optional<std::string_view> name = NameOf(body.substr(0, blank));
    const std::size_t begin = blank + 4;
    const std::size_t end = body.find(delimiter, begin);
    if (!name || end == std::string_view::npos) return Malformed();
    form.push_back({*name, body.substr(begin, end - begin)});
    body.remove_prefix(end + delimiter.size());
  }
  return form;
}

std::optional<std::string_view> FieldValue(const std::vector<FormField>& form,
                                           std::string_view name) {
  const auto found = std::find_if(form.begin(), form.end(),
                                  [name](const FormField& each) { return each.name == name; });
  if (found == form.end()) return std::nullopt;
  return found->value;
}

}  // namespace safeconduct::routes
