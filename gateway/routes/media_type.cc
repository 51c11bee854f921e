#include "gateway/routes/media_type.h"

#include <algorithm>

namespace safeconduct::routes {
namespace {

constexpr std::size_t kMaxRanges = 32;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string LowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Cuts what stands before `separator` off `text`.
std::string_view Next(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return Trim(part);
}

// A qvalue (RFC 9110 §12.4.2) in thousandths; -1 when it is none.
int ParseWeight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return -1;
  int weight = (text[0] - '0') * 1000;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return -1;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return -1;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight <= 1000 ? weight : -1;
}

// How much a client wants one of our types: of the ranges that match it, the most specific counts.
struct Wish {
  int specificity = -1;
  int weight = 0;

  void Consider(int range_specificity, int range_weight) {
    if (range_specificity < specificity) return;
    weight = range_specificity == specificity ? std::max(weight, range_weight) : range_weight;
    specificity = range_specificity;
  }
};

struct Wishes {
  Wish json;
  Wish protobuf;

  void Consider(std::string_view range, int weight) {
    if (range == "*/*") {
      json.Consider(0, weight);
      protobuf.Consider(0, weight);
    } else if (range == "application/*") {
      json.Consider(1, weight);
      protobuf.Consider(1, weight);
    } else if (range == kJsonType) {
      json.Consider(2, weight);
    } else if (range == kProtobufType) {
      protobuf.Consider(2, weight);
    }
  }
};

}  // namespace

std::string_view MediaTypeOf(Format format) {
  return format == Format::kJson ? kJsonType : kProtobufType;
}

std::string ContentType(const http::RequestHead& head) {
  if (head.Count("content-type") != 1) return {};
  std::string_view value = head.Find("content-type");
  const std::string type = LowerCase(Next(value, ';'));
  const std::size_t slash = type.find('/');
  const bool valid = slash != std::string::npos && slash > 0 && slash + 1 < type.size() &&
                     type.find_first_of(" \t,\"") == std::string::npos;
  return valid ? type : std::string();
}

Result<Format> RequestFormat(const http::RequestHead& head) {
  const std::string type = ContentType(head);
  if (type == kJsonType) return Format::kJson;
  if (type == kProtobufType) return Format::kProtobuf;
  return Error(Code::kUnsupported, "a body is application/json or application/x-protobuf",
               "content-type");
}

Result<Format> AnswerFormat(const http::RequestHead& head) {
  Wishes wishes;
  std::size_t ranges = 0;
  for (const http::Header& header : head.headers) {
    if (header.name != "accept") continue;
    std::string_view value = header.value;
    while (!value.empty() && ranges < kMaxRanges) {
      std::string_view range = Next(value, ',');
      if (range.empty()) continue;
      ++ranges;
      const std::string type = LowerCase(Next(range, ';'));
      int weight = 1000;
      while (!range.empty()) {
        const std::string_view parameter = Next(range, ';');
        if (parameter.size() > 2 && Lower(parameter[0]) == 'q' && parameter[1] == '=') {
          weight = std::max(0, ParseWeight(parameter.substr(2)));
        }
      }
      wishes.Consider(type, weight);
    }
  }
  if (ranges == 0) return Format::kJson;
  if (wishes.json.weight == 0 && wishes.protobuf.weight == 0) {
    return Error(Code::kUnsupported, "an answer is application/json or application/x-protobuf",
                 "accept");
  }
  return wishes.protobuf.weight > wishes.json.weight ? Format::kProtobuf : Format::kJson;
}

}  // namespace safeconduct::routes
