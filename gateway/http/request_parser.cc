#include "gateway/http/request_parser.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/optional/optional.hpp>
#include <functional>
#include <utility>

namespace safeconduct::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using beast::http::verb;
using ErrorCode = beast::error_code;

constexpr std::size_t kUsualHeaders = 12;
// Between chunks there are at least these bytes to come; Beast 1.81 asserts that it gets them.
constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();

Method ToMethod(verb method) {
  switch (method) {
    case verb::get:
      return Method::kGet;
    case verb::head:
      return Method::kHead;
    case verb::post:
      return Method::kPost;
    case verb::put:
      return Method::kPut;
    case verb::patch:
      return Method::kPatch;
    case verb::delete_:
      return Method::kDelete;
    case verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return ToLower(a) == b; });
}

// RFC 3986 section 3.2.2 and a port; what such a host means is the handler's business.
bool IsHost(std::string_view host) {
  static constexpr std::string_view kOthers = "-._~%!$&'()*+,;=:[]";
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestParser::Impl final : beast::http::basic_parser<true> {
  explicit Impl(std::uint32_t limit) : header_bytes(limit) {
    body_limit(boost::none);
    header_limit(limit);
    head.headers.reserve(kUsualHeaders);
  }

  void Fail(int with, ErrorCode& error) {
    if (status == 0) status = with;
    error = beast::http::error::bad_field;
  }

  void on_request_impl(verb method, beast::string_view, beast::string_view target, int http_version,
                       ErrorCode& error) override {
    if (target.front() != '/') return Fail(400, error);
    head.method = ToMethod(method);
    head.target = View(target);
    version = http_version;
  }

  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}

  void on_field_impl(field name, beast::string_view name_text, beast::string_view value,
                     ErrorCode& error) override {
    if (header_done) {
      if (++trailers > kMaxHeaders) Fail(431, error);
      return;
    }
    if (head.headers.size() == kMaxHeaders) return Fail(431, error);
    if (IsFolded(name_text, value)) return Fail(400, error);
    Check(name, View(value), error);
    Header& header = head.headers.emplace_back();
    header.name.resize(name_text.size());
    std::transform(name_text.begin(), name_text.end(), header.name.begin(), ToLower);
    header.value = View(value);
  }

  // Beast unfolds: its value then lies in another buffer, or beyond a line end.
  bool IsFolded(beast::string_view name, beast::string_view value) const {
    const char* const gap = name.data() + name.size() + 1;
    const char* const end = input.data() + input.size();
    if (std::less<>()(value.data(), gap) || std::less<>()(end, value.data() + value.size())) {
      return true;
    }
    return std::find(gap, value.data(), '\r') != value.data();
  }

  void Check(field name, std::string_view value, ErrorCode& error) {
    switch (name) {
      case field::host:
        if (++hosts > 1 || !IsHost(value)) Fail(400, error);
        return;
      case field::content_length:
        if (++lengths > 1 || value.find(',') != std::string_view::npos) Fail(400, error);
        return;
      case field::transfer_encoding:
        if (version < 11) return Fail(400, error);
        if (!EqualIgnoringCase(value, "chunked")) return Fail(501, error);
        return;
      case field::expect:
        if (!EqualIgnoringCase(value, "100-continue")) return Fail(417, error);
        expects_continue = version >= 11;
        return;
      default:
        return;
    }
  }

  void on_header_impl(ErrorCode& error) override {
    header_done = true;
    if (hosts == 0 && version >= 11) Fail(400, error);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view, ErrorCode&) override { return 0; }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view, ErrorCode& error) override {
    if (size > max_bytes - body_bytes) return Fail(413, error);
    body_bytes += size;
    chunk_left = size;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode&) override {
    const std::size_t room = out_bytes > out->size() ? out_bytes - out->size() : 0;
    const std::size_t taken = std::min(room, body.size());
    out->append(body.data(), taken);
    full = taken < body.size();
    chunk_left -= taken;
    return taken;
  }

  void on_finish_impl(ErrorCode&) override {}

  State Failed(const ErrorCode& error) {
    if (status != 0) return State::kFailed;
    const bool limit = error == beast::http::error::header_limit;
    status = limit ? 431 : 400;
    return State::kFailed;
  }

  const std::uint32_t header_bytes;
  std::string_view input;
  RequestHead head;
  int version = 0;
  int hosts = 0;
  int lengths = 0;
  int status = 0;
  bool expects_continue = false;
  bool header_done = false;
  std::size_t head_used = 0;

  std::string* out = nullptr;
  std::size_t out_bytes = 0;
  std::uint64_t max_bytes = 0;
  std::uint64_t body_bytes = 0;
  std::uint64_t chunk_left = 0;
  std::size_t trailers = 0;
  bool full = false;
};

RequestParser::RequestParser(std::uint32_t header_bytes)
    : impl_(std::make_unique<Impl>(header_bytes)) {}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::PutHead(std::string_view input, std::size_t& used) {
  Impl& impl = *impl_;
  ErrorCode error;
  impl.input = input;
  used = impl.put(boost::asio::const_buffer(input.data(), input.size()), error);
  impl.input = {};
  impl.head_used += used;
  if (error && error != beast::http::error::need_more) return impl.Failed(error);
  const std::size_t waiting = error ? input.size() - used : 0;
  if (impl.head_used + waiting > impl.header_bytes) {
    impl.status = 431;
    return State::kFailed;
  }
  if (error || !impl.is_header_done()) return State::kMore;
  if (!impl.chunked()) {
    const boost::optional<std::uint64_t> length = impl.content_length();
    if (length) impl.head.content_length = *length;
  }
  return State::kHeadDone;
}

RequestParser::State RequestParser::PutChunks(std::string_view input, std::size_t& used,
                                              std::string& out, std::size_t out_bytes,
                                              std::uint64_t max_bytes) {
  Impl& impl = *impl_;
  impl.out = &out;
  impl.out_bytes = out_bytes;
  impl.max_bytes = max_bytes;
  impl.full = false;
  used = 0;
  while (!impl.is_done() && !impl.full && used < input.size()) {
    ErrorCode error;
    const std::string_view rest = input.substr(used);
    if (impl.chunk_left == 0 && rest.size() < kLastChunkBytes) return State::kMore;
    const std::size_t had = out.size();
    const std::size_t taken = impl.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    used += taken;
    const bool more = error == beast::http::error::need_more;
    if (error && !more) return impl.Failed(error);
    // What is not the body itself: the same limit however it was cut on its way.
    const std::size_t other = more ? input.size() - used : taken - (out.size() - had);
    if (other > kMaxChunkHeaderBytes) {
      impl.status = 400;
      return State::kFailed;
    }
    if (more) return State::kMore;
  }
  if (impl.is_done()) return State::kBodyDone;
  return impl.full ? State::kFull : State::kMore;
}

int RequestParser::status() const { return impl_->status; }
RequestHead& RequestParser::head() { return impl_->head; }
bool RequestParser::chunked() const { return impl_->chunked(); }
bool RequestParser::keep_alive() const { return impl_->version >= 11 && impl_->keep_alive(); }
bool RequestParser::expects_continue() const { return impl_->expects_continue; }

}  // namespace safeconduct::http
