// crypto/quorum's secret sharing as a program, for tests against other implementations.
//
//   quorum_tool split K N HEX    N shares of the secret, K of which give it back, one a line
//   quorum_tool combine HEX...   the secret that the shares give
//
// With `-` in place of all of these it takes such lines, without the program's name, from standard
// input, and answers each with one line: words, or `error` and the message.
// Exits 1 with the message of the error, 2 for arguments that it does not understand.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/quorum/shamir.h"

namespace safeconduct {
namespace {

using Words = std::vector<std::string>;

Error NotUnderstood() { return Error(Code::kUnsupported, "split K N HEX or combine HEX..."); }

Result<Words> Split(const Words& words) {
  SC_ASSIGN(const Bytes secret, HexDecode(words[3]));
  SC_ASSIGN(const std::vector<SecretBytes> shares,
            quorum::SplitSecret(secret, std::strtoul(words[1].c_str(), nullptr, 10),
                                std::strtoul(words[2].c_str(), nullptr, 10)));
  Words out;
  for (const SecretBytes& share : shares) out.push_back(HexEncode(share.Reveal()));
  return out;
}

Result<Words> Combine(const Words& words) {
  std::vector<Bytes> shares;
  for (std::size_t i = 1; i < words.size(); ++i) {
    SC_ASSIGN(Bytes share, HexDecode(words[i]));
    shares.push_back(std::move(share));
  }
  const std::vector<ByteView> views(shares.begin(), shares.end());
  SC_ASSIGN(const SecretBytes secret, quorum::CombineSecret(views));
  return Words{HexEncode(secret.Reveal())};
}

Result<Words> Do(const Words& words) {
  if (words.size() == 4 && words[0] == "split") return Split(words);
  if (!words.empty() && words[0] == "combine") return Combine(words);
  return NotUnderstood();
}

int Once(const Words& words) {
  const Result<Words> out = Do(words);
  if (!out.ok()) {
    std::fprintf(stderr, "quorum_tool: %s\n", out.error().message());
    return out.error().code() == Code::kUnsupported ? 2 : 1;
  }
  for (const std::string& word : *out) std::printf("%s\n", word.c_str());
  return 0;
}

int EachLine() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream stream(line);
    Words words;
    for (std::string word; stream >> word;) words.push_back(word);
    const Result<Words> out = Do(words);
    if (!out.ok()) std::printf("error %s", out.error().message());
    if (out.ok()) {
      for (const std::string& word : *out) std::printf("%s ", word.c_str());
    }
    std::printf("\n");
  }
  return 0;
}

}  // namespace
}  // namespace safeconduct

int main(int argc, char** argv) {
  if (!safeconduct::InitCrypto().ok()) return 1;
  const safeconduct::Words words(argv + 1, argv + argc);
  const int status =
      words == safeconduct::Words{"-"} ? safeconduct::EachLine() : safeconduct::Once(words);
  return std::fflush(stdout) == 0 ? status : 1;
}
