#include "tests/crypto/age/cctv.h"

#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "crypto/base/encoding.h"

namespace safeconduct::age::cctv {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "the CCTV vectors: %s\n", why.c_str());
  std::abort();
}

std::string ReadPackage() {
  const char* const tests = std::getenv("SAFECONDUCT_TESTS_DIR");
  const std::string path =
      std::string(tests == nullptr ? "." : tests) + "/node_modules/cctv-age/index.js";
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail(path + " is not there; tests/run installs it");
  return {std::istreambuf_iterator<char>(file), {}};
}

Bytes Inflate(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) Fail("zlib does not start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  Bytes out;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    Bytes piece(1 << 20);
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) Fail("a compressed vector that is not zlib");
    Append(out, ByteView(piece).first(piece.size() - stream.avail_out));
  }
  inflateEnd(&stream);
  return out;
}

// `key: value` lines, an empty line, the file.
Vector Parse(std::string name, std::string_view text) {
  Vector out;
  out.name = std::move(name);
  bool compressed = false;
  for (;;) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) Fail(out.name + " has no empty line");
    const std::string line(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) Fail(out.name + " has a line without a key");
    const std::string key = line.substr(0, colon);
    const std::string value = line.substr(colon + 2);
    if (key == "expect") out.expect = value;
    if (key == "payload") out.payload_sha256 = value;
    if (key == "file key") out.file_key = value;
    if (key == "identity") out.identities.push_back(value);
    if (key == "passphrase") out.passphrases.push_back(value);
    if (key == "armored") out.armored = value == "yes";
    if (key == "compressed") compressed = true;
  }
  out.file = compressed ? Inflate(text) : Bytes(AsBytes(text).begin(), AsBytes(text).end());
  return out;
}

// The package has, for each vector, `// ../testdata/NAME` and then `… = __toBinary("BASE64")`.
std::vector<Vector> ParsePackage(std::string_view script) {
  constexpr std::string_view kName = "// ../testdata/";
  constexpr std::string_view kData = "__toBinary(\"";
  std::vector<Vector> out;
  for (std::size_t at = script.find(kName); at != std::string_view::npos;
       at = script.find(kName, at)) {
    at += kName.size();
    const std::size_t name_end = script.find('\n', at);
    const std::size_t data = script.find(kData, at);
    const std::size_t data_end = data == std::string_view::npos
                                     ? std::string_view::npos
                                     : script.find('"', data + kData.size());
    if (data_end == std::string_view::npos) Fail("the package is not as it should be");
    const auto bytes =
        Base64Decode(script.substr(data + kData.size(), data_end - data - kData.size()));
    if (!bytes.ok()) Fail("a vector that is not base64");
    out.push_back(Parse(std::string(script.substr(at, name_end - at)), AsText(*bytes)));
    at = data_end;
  }
  return out;
}

}  // namespace

const std::vector<Vector>& Load() {
  static const std::vector<Vector> vectors = ParsePackage(ReadPackage());
  return vectors;
}

}  // namespace safeconduct::age::cctv
