// A page with holes: {{name}}. There is one rule: a value is escaped (& < > " ') and put where the
// name stands, so that no value can become markup.
//
// Thread-safety: constant once parsed.
#ifndef SAFECONDUCT_GATEWAY_PAGES_TEMPLATE_H_
#define SAFECONDUCT_GATEWAY_PAGES_TEMPLATE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace safeconduct::pages {

using Values = std::map<std::string, std::string, std::less<>>;

std::string EscapeHtml(std::string_view text);

class Template {
 public:
  // kUnsupported for a name that is not in kNames (values.h): a web app of another version.
  static Result<Template> Parse(std::string_view text);
  // What has no value is empty.
  std::string Fill(const Values& values) const;
  // What stands in the holes that `known` has nothing for, if `page` is this template filled; else
  // anything. Whether it is, tells Fill with both.
  Values Read(std::string_view page, const Values& known) const;

 private:
  struct Piece {
    std::string text;  // before the hole
    std::string name;  // of the hole; empty: the end
  };
  std::vector<Piece> pieces_;
};

}  // namespace safeconduct::pages

#endif  // SAFECONDUCT_GATEWAY_PAGES_TEMPLATE_H_
