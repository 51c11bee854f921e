#include "gateway/pages/encoding.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

#include "crypto/base/bytes.h"

namespace safeconduct::pages {
namespace {

// Pages are compressed while whoever brings a charter waits: 9 costs a tenth of 11, and 2 % in
// size.
constexpr int kBrotliQuality = 9;
constexpr int kGzipWindow = 15 + 16;  // zlib's sign for a gzip header

std::uint8_t* Data(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

Result<std::string> Brotli(std::string_view text) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
  std::string out(size, '\0');
  if (BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                            AsBytes(text).data(), &size, Data(out)) == BROTLI_FALSE) {
    return Error(Code::kInternal, "Brotli failed to compress");
  }
  out.resize(size);
  return out;
}

bool IsBrotliOf(std::string_view brotli, std::string_view text) {
  std::string out(text.size() + 1, '\0');  // one more, so that what is longer shows
  std::size_t size = out.size();
  return BrotliDecoderDecompress(brotli.size(), AsBytes(brotli).data(), &size, Data(out)) ==
             BROTLI_DECODER_RESULT_SUCCESS &&
         std::string_view(out).substr(0, size) == text;
}

Result<std::string> Gzip(std::string_view text) {
  const Error failed(Code::kInternal, "zlib failed to compress");
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return failed;
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in(text);  // zlib takes no const
  stream.next_in = Data(in);
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = Data(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (!done) return failed;
  return out;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = text.find_last_not_of(" \t");
  return text.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin);
}

// Whether the parameters of a coding say ";q=0" (RFC 9110 §12.4.2).
bool IsRefused(std::string_view parameters) {
  const std::string_view weight = Trim(parameters);
  if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
  return weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string_view CodingName(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "";
    case Coding::kGzip:
      return "gzip";
    case Coding::kBrotli:
      return "br";
  }
  return "";
}

Coding ChooseCoding(std::string_view accept_encoding) {
  Coding best = Coding::kIdentity;
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string_view name = Trim(item.substr(0, semicolon));
    if (semicolon < item.size() && IsRefused(item.substr(semicolon + 1))) continue;
    for (const Coding each : {Coding::kGzip, Coding::kBrotli}) {
      if (name == CodingName(each)) best = std::max(best, each);
    }
  }
  return best;
}

const std::string& BytesIn(const Encoded& encoded, Coding coding) {
  switch (coding) {
    case Coding::kGzip:
      return encoded.gzip;
    case Coding::kBrotli:
      return encoded.brotli;
    case Coding::kIdentity:
      break;
  }
  return encoded.identity;
}

Result<Encoded> Encode(std::string type, std::string identity) {
  Encoded encoded;
  SC_ASSIGN(encoded.brotli, Brotli(identity));
  SC_ASSIGN(encoded.gzip, Gzip(identity));
  encoded.type = std::move(type);
  encoded.identity = std::move(identity);
  return encoded;
}

Result<Encoded> EncodeWith(std::string type, std::string identity, std::string brotli) {
  if (!IsBrotliOf(brotli, identity)) {
    return Error(Code::kUnverified, "a compressed file is not its file");
  }
  Encoded encoded;
  SC_ASSIGN(encoded.gzip, Gzip(identity));
  encoded.type = std::move(type);
  encoded.identity = std::move(identity);
  encoded.brotli = std::move(brotli);
  return encoded;
}

}  // namespace safeconduct::pages
