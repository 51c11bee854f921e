// Each published vector gets the verdict that it names, by every way there is to open a file.
#include "tests/crypto/age/cctv.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "crypto/age/age.h"
#include "crypto/age/armor.h"
#include "crypto/base/hash.h"
#include "tests/crypto/age/seal_again.h"
#include "tests/crypto/testing.h"

namespace safeconduct::age::cctv {
namespace {

using ::safeconduct::testing::ToBytes;

// What came of one attempt. `released` is all plaintext that was given out, also before an error.
struct Outcome {
  std::string verdict;
  Bytes released;
};

class IdentityList {
 public:
  explicit IdentityList(const Vector& vector) {
    for (const std::string& text : vector.identities) {
      auto identity = ParseIdentity(text);
      EXPECT_TRUE(testing::Succeeds(identity)) << text;
      owned_.push_back(*std::move(identity));
    }
    for (const std::string& passphrase : vector.passphrases) {
      owned_.push_back(PassphraseIdentity(SecretBytes::Copy(AsBytes(passphrase))));
    }
    for (const auto& identity : owned_) all_.push_back(identity.get());
  }
  Identities all() const { return all_; }

 private:
  std::vector<std::unique_ptr<Identity>> owned_;
  std::vector<const Identity*> all_;
};

std::string UnwrapVerdict(const Error& error) {
  if (error.code() == Code::kWrongKey) return "no match";
  if (error.code() == Code::kUnverified) return "HMAC failure";
  return "header failure";
}

// A payload that lacks its nonce counts as a header failure with CCTV.
std::string PayloadVerdict(std::size_t payload_bytes) {
  return payload_bytes < kPayloadNonceBytes ? "header failure" : "payload failure";
}

// The two halves apart: the header as it is kept on its own, then the payload in memory.
Outcome OpenDetached(ByteView file, Identities identities) {
  const auto parsed = ParseHeader(file);
  if (!parsed.ok()) return {"header failure", {}};
  const auto file_key = UnwrapHeader(parsed->header, identities);
  if (!file_key.ok()) return {UnwrapVerdict(file_key.error()), {}};
  EXPECT_TRUE(testing::Succeeds(VerifyHeader(parsed->header, *file_key)));
  const ByteView payload = file.subspan(parsed->size);
  const auto plaintext = OpenPayload(*file_key, payload);
  if (!plaintext.ok()) return {PayloadVerdict(payload.size()), {}};
  return {"success", ToBytes(plaintext->Reveal())};
}

// As a reader of a stream does it: the header as soon as it is complete, then pieces.
Outcome OpenStream(ByteView file, Identities identities, std::size_t piece) {
  std::size_t seen = 0;
  auto parsed = ParseHeader(file.first(0));
  while (!parsed.ok() && IsHeaderIncomplete(parsed.error()) && seen < file.size()) {
    seen = std::min(file.size(), seen + piece);
    parsed = ParseHeader(file.first(seen));
  }
  if (!parsed.ok()) return {"header failure", {}};
  const auto file_key = UnwrapHeader(parsed->header, identities);
  if (!file_key.ok()) return {UnwrapVerdict(file_key.error()), {}};
  const ByteView payload = file.subspan(parsed->size);
  PayloadOpener opener(*file_key);
  SecretBytes out;
  Status status;
  for (std::size_t at = 0; at < payload.size() && status.ok(); at += piece) {
    status = opener.Update(payload.subspan(at, std::min(piece, payload.size() - at)), out);
  }
  if (status.ok()) status = opener.Finish(out);
  return {status.ok() ? "success" : PayloadVerdict(payload.size()), ToBytes(out.Reveal())};
}

class InMemory final : public RandomAccess {
 public:
  explicit InMemory(ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status ReadAt(std::uint64_t offset, MutableBytes out) const override {
    const ByteView part = bytes_.subspan(static_cast<std::size_t>(offset), out.size());
    std::copy(part.begin(), part.end(), out.begin());
    return {};
  }

 private:
  ByteView bytes_;
};

// By ranges from the end to the beginning.
Outcome OpenRanges(ByteView file, Identities identities) {
  const auto parsed = ParseHeader(file);
  if (!parsed.ok()) return {"header failure", {}};
  const auto file_key = UnwrapHeader(parsed->header, identities);
  if (!file_key.ok()) return {UnwrapVerdict(file_key.error()), {}};
  const InMemory payload(file.subspan(parsed->size));
  auto reader = PayloadReader::Open(*file_key, payload);
  if (!reader.ok()) return {PayloadVerdict(payload.size()), {}};
  constexpr std::size_t kRange = 50000;
  Bytes out(static_cast<std::size_t>(reader->size()));
  for (std::size_t end = out.size(); end > 0;) {
    const std::size_t begin = end - std::min(end, kRange);
    const Status status = reader->ReadAt(begin, MutableBytes(out).subspan(begin, end - begin));
    if (!status.ok()) return {PayloadVerdict(payload.size()), {}};
    end = begin;
  }
  return {"success", std::move(out)};
}

class Cctv : public ::testing::TestWithParam<Vector> {
 protected:
  const Vector& vector() const { return GetParam(); }

  // The binary file; nothing for an armor failure, which is checked here.
  bool Unarmored(Bytes& binary) const {
    if (!vector().armored) {
      binary = vector().file;
      return true;
    }
    auto dearmored = Dearmor(vector().file);
    EXPECT_EQ(dearmored.ok(), vector().expect != "armor failure");
    if (!dearmored.ok()) {
      EXPECT_TRUE(testing::Fails(dearmored, Code::kMalformed));
      return false;
    }
    binary = *std::move(dearmored);
    return true;
  }

  void ExpectReleased(const Bytes& released) const {
    if (vector().payload_sha256.empty()) {
      EXPECT_TRUE(released.empty());
    } else {
      EXPECT_EQ(HexEncode(Sha256(released)), vector().payload_sha256);
    }
  }
};

TEST_P(Cctv, WholeFile) {
  const IdentityList identities(vector());
  const auto plaintext = Decrypt(identities.all(), vector().file);
  ASSERT_EQ(plaintext.ok(), vector().expect == "success");
  if (plaintext.ok()) {
    ExpectReleased(ToBytes(plaintext->Reveal()));
  } else if (vector().expect == "no match") {
    EXPECT_TRUE(testing::Fails(plaintext, Code::kWrongKey));
  } else if (vector().expect == "HMAC failure") {
    EXPECT_TRUE(testing::Fails(plaintext, Code::kUnverified));
  } else {
    EXPECT_NE(plaintext.error().code(), Code::kWrongKey);
  }
}

TEST_P(Cctv, DetachedHeader) {
  const IdentityList identities(vector());
  Bytes binary;
  if (!Unarmored(binary)) return;
  const Outcome outcome = OpenDetached(binary, identities.all());
  EXPECT_EQ(outcome.verdict, vector().expect);
  if (outcome.verdict == "success") ExpectReleased(outcome.released);
}

TEST_P(Cctv, Stream) {
  const IdentityList identities(vector());
  Bytes binary;
  if (!Unarmored(binary)) return;
  // Small pieces for small files only: the header is parsed anew with each.
  const std::size_t pieces[] = {binary.size() < 10000 ? std::size_t{1} : std::size_t{4099}, 65552,
                                binary.size() + 1};
  for (const std::size_t piece : pieces) {
    const Outcome outcome = OpenStream(binary, identities.all(), piece);
    EXPECT_EQ(outcome.verdict, vector().expect) << piece;
    ExpectReleased(outcome.released);
  }
}

TEST_P(Cctv, Ranges) {
  const IdentityList identities(vector());
  Bytes binary;
  if (!Unarmored(binary)) return;
  const Outcome outcome = OpenRanges(binary, identities.all());
  EXPECT_EQ(outcome.verdict, vector().expect);
  if (outcome.verdict == "success") ExpectReleased(outcome.released);
}

TEST_P(Cctv, ArmorInPieces) {
  if (!vector().armored) return;
  for (const std::size_t piece : {1, 2, 63, 1000}) {
    ArmorDecoder decoder;
    Bytes out;
    Status status;
    const ByteView text = vector().file;
    for (std::size_t at = 0; at < text.size() && status.ok(); at += piece) {
      status = decoder.Update(text.subspan(at, std::min(piece, text.size() - at)), out);
    }
    if (status.ok()) status = decoder.Finish(out);
    EXPECT_EQ(status.ok(), vector().expect != "armor failure") << piece;
    if (status.ok()) {
      EXPECT_EQ(out, *Dearmor(text));
    }
  }
}

TEST_P(Cctv, HeaderEncodesToTheSameBytes) {
  Bytes binary;
  if (!Unarmored(binary)) return;
  const auto parsed = ParseHeader(binary);
  if (!parsed.ok()) {
    EXPECT_EQ(vector().expect, "header failure");
    return;
  }
  EXPECT_EQ(SerializeHeader(parsed->header), ToBytes(ByteView(binary).first(parsed->size)));
  if (vector().expect == "success") {
    const auto key = FileKey::Copy(*HexDecode(vector().file_key));
    EXPECT_EQ(AuthenticateHeader(key, parsed->header.stanzas).mac, parsed->header.mac);
  }
}

TEST_P(Cctv, PayloadSealsToTheSameBytes) {
  if (vector().expect != "success") return;
  Bytes binary;
  ASSERT_TRUE(Unarmored(binary));
  const auto parsed = ParseHeader(binary);
  const ByteView payload = ByteView(binary).subspan(parsed->size);
  const auto key = FileKey::Copy(*HexDecode(vector().file_key));
  const auto plaintext = OpenPayload(key, payload);
  ASSERT_TRUE(testing::Succeeds(plaintext));
  EXPECT_TRUE(SealAgain(key, payload.first(kPayloadNonceBytes), plaintext->Reveal()) ==
              ToBytes(payload));
}

TEST_P(Cctv, ArmorEncodesToTheSameText) {
  if (!vector().armored || vector().expect == "armor failure") return;
  std::string expected;
  for (const char c : AsText(vector().file)) {
    if (c != '\r') expected.push_back(c);
  }
  expected.erase(0, expected.find('-'));
  expected.erase(expected.rfind('-') + 1);
  EXPECT_EQ(Armor(*Dearmor(vector().file)), expected + "\n");
}

INSTANTIATE_TEST_SUITE_P(Vectors, Cctv, ::testing::ValuesIn(Load()),
                         [](const auto& one) { return one.param.name; });

TEST(CctvSet, IsComplete) {
  EXPECT_EQ(Load().size(), kVectors);
  const auto count = [](const char* verdict) {
    return std::count_if(Load().begin(), Load().end(),
                         [&](const Vector& one) { return one.expect == verdict; });
  };
  EXPECT_GT(count("success"), 20);
  EXPECT_GT(count("no match"), 8);
  EXPECT_EQ(count("HMAC failure"), 1);
  EXPECT_GT(count("header failure"), 50);
  EXPECT_GT(count("armor failure"), 15);
  EXPECT_GT(count("payload failure"), 15);
}

}  // namespace
}  // namespace safeconduct::age::cctv
