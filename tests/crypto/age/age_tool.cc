// crypto/age as a program, for tests against other implementations: standard input to standard
// output, in pieces, with keys on the command line as no real program should take them.
//
//   age_tool encrypt [--armor] (RECIPIENT... | --passphrase TEXT)
//   age_tool decrypt (IDENTITY... | --passphrase TEXT)
//   age_tool keygen             a key file
//   age_tool recipient [TEXT]   the recipient of the key file on standard input, and its passphrase
//
// Exits 1 with the message of the error, 2 for arguments that it does not understand.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/age/armor.h"
#include "crypto/identity/identity.h"

namespace safeconduct {
namespace {

constexpr std::size_t kPieceBytes = 100000;  // not in step with chunks or lines

[[noreturn]] void Fail(const char* message) {
  std::fprintf(stderr, "age_tool: %s\n", message);
  std::exit(1);
}

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) Fail(result.error().message());
  return *std::move(result);
}

void Must(const Status& status) {
  if (!status.ok()) Fail(status.error().message());
}

Bytes ReadPiece() {
  Bytes piece(kPieceBytes);
  piece.resize(std::fread(piece.data(), 1, piece.size(), stdin));
  return piece;
}

Bytes ReadAll() {
  Bytes all;
  for (Bytes piece = ReadPiece(); !piece.empty(); piece = ReadPiece()) Append(all, piece);
  return all;
}

void Write(ByteView bytes) {
  if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size())
    Fail("cannot write");
}

// Binary or armored output.
class Output {
 public:
  explicit Output(bool armored) : armored_(armored) {}
  void Put(ByteView bytes) {
    std::string text;
    if (armored_) encoder_.Update(bytes, text);
    Write(armored_ ? AsBytes(text) : bytes);
  }
  void End() {
    std::string text;
    if (armored_) encoder_.Finish(text);
    Write(AsBytes(text));
  }

 private:
  bool armored_;
  age::ArmorEncoder encoder_;
};

// Binary input, dearmored if need be.
class Input {
 public:
  Input() : first_(ReadPiece()), armored_(age::IsArmored(first_)) {}
  // Nothing at the end.
  Bytes Take() {
    for (;;) {
      Bytes piece = first_.empty() ? ReadPiece() : std::move(first_);
      first_.clear();
      if (!armored_) return piece;
      Bytes out;
      Must(piece.empty() ? decoder_.Finish(out) : decoder_.Update(piece, out));
      armored_ = !piece.empty();
      if (!out.empty() || piece.empty()) return out;
    }
  }

 private:
  Bytes first_;
  bool armored_;
  age::ArmorDecoder decoder_;
};

using Arguments = std::vector<std::string_view>;

SecretBytes Passphrase(const Arguments& arguments) {
  return SecretBytes::Copy(AsBytes(arguments.at(1)));
}

bool HasPassphrase(const Arguments& arguments) {
  return arguments.size() == 2 && arguments[0] == "--passphrase";
}

int Encrypt(Arguments arguments) {
  const bool armored = !arguments.empty() && arguments[0] == "--armor";
  if (armored) arguments.erase(arguments.begin());
  std::vector<std::unique_ptr<age::Recipient>> owned;
  if (HasPassphrase(arguments)) {
    owned.push_back(age::PassphraseRecipient(Passphrase(arguments), 12));
  } else {
    for (const std::string_view text : arguments) owned.push_back(Must(age::ParseRecipient(text)));
  }
  std::vector<const age::Recipient*> recipients;
  for (const auto& one : owned) recipients.push_back(one.get());

  const auto file_key = age::FileKey::Random();
  Output output(armored);
  output.Put(age::SerializeHeader(Must(age::WrapHeader(file_key, recipients))));
  age::PayloadSealer sealer(file_key);
  Bytes sealed;
  for (Bytes piece = ReadPiece(); !piece.empty(); piece = ReadPiece()) {
    sealed.clear();
    sealer.Update(piece, sealed);
    output.Put(sealed);
  }
  sealed.clear();
  sealer.Finish(sealed);
  output.Put(sealed);
  output.End();
  return 0;
}

int Decrypt(const Arguments& arguments) {
  std::vector<std::unique_ptr<age::Identity>> owned;
  if (HasPassphrase(arguments)) {
    owned.push_back(age::PassphraseIdentity(Passphrase(arguments)));
  } else {
    for (const std::string_view text : arguments) owned.push_back(Must(age::ParseIdentity(text)));
  }
  std::vector<const age::Identity*> identities;
  for (const auto& one : owned) identities.push_back(one.get());

  Input input;
  Bytes start;
  auto header = age::ParseHeader(start);
  while (!header.ok() && age::IsHeaderIncomplete(header.error())) {
    const Bytes piece = input.Take();
    if (piece.empty()) break;
    Append(start, piece);
    header = age::ParseHeader(start);
  }
  const age::ParsedHeader parsed = Must(std::move(header));
  age::PayloadOpener opener(Must(age::UnwrapHeader(parsed.header, identities)));
  // What came with the header may be nothing.
  Bytes piece(start.begin() + static_cast<std::ptrdiff_t>(parsed.size), start.end());
  do {
    SecretBytes plaintext;
    Must(opener.Update(piece, plaintext));
    Write(plaintext.Reveal());
    piece = input.Take();
  } while (!piece.empty());
  SecretBytes plaintext;
  Must(opener.Finish(plaintext));
  Write(plaintext.Reveal());
  return 0;
}

int Keygen() {
  Write(identity::Party::Generate().KeyFile("2026-01-01T00:00:00Z").Reveal());
  return 0;
}

int Recipient(const Arguments& arguments) {
  const SecretBytes passphrase =
      arguments.empty() ? SecretBytes() : SecretBytes::Copy(AsBytes(arguments[0]));
  const auto party =
      Must(identity::ParseKeyFile(ReadAll(), arguments.empty() ? nullptr : &passphrase));
  Write(AsBytes(party.recipient() + "\n"));
  return 0;
}

int Run(const Arguments& arguments) {
  Must(InitCrypto());
  if (!arguments.empty()) {
    const Arguments rest(arguments.begin() + 1, arguments.end());
    if (arguments[0] == "encrypt") return Encrypt(rest);
    if (arguments[0] == "decrypt") return Decrypt(rest);
    if (arguments[0] == "keygen") return Keygen();
    if (arguments[0] == "recipient") return Recipient(rest);
  }
  std::fprintf(stderr, "usage: age_tool encrypt|decrypt|keygen|recipient ...\n");
  return 2;
}

}  // namespace
}  // namespace safeconduct

int main(int argc, char** argv) {
  const int status = safeconduct::Run({argv + 1, argv + argc});
  return std::fflush(stdout) == 0 ? status : 1;
}
