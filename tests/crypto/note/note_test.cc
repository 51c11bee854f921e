#include "crypto/note/note.h"

#include <string>
#include <vector>

#include "crypto/base/encoding.h"
#include "tests/crypto/testing.h"

namespace safeconduct::note {
namespace {

using testing::Fails;
using testing::Pattern;
using testing::Succeeds;

// The example of Go's golang.org/x/mod/sumdb/note, from which c2sp.org/signed-note comes.
constexpr char kNeumannKey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kEnochKey[] = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const std::string kText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
const std::string kNeumannLine =
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const std::string kEnochLine =
    "\u2014 EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/"
    "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

SigningKey KeyOf(std::uint8_t number) {
  return SigningKey::FromSeed(SecretArray<32>::Copy(Bytes(32, number)));
}

VerifierKey Verifier(std::string_view name, std::uint8_t number) {
  return *MakeVerifierKey(name, KeyOf(number).public_key());
}

std::string Signed(std::string text, const std::vector<std::pair<std::string, std::uint8_t>>& by) {
  Note note{std::move(text), {}};
  for (const auto& [name, number] : by) {
    EXPECT_TRUE(Succeeds(Sign(note, name, KeyOf(number))));
  }
  return Serialize(note);
}

TEST(Note, TheExampleOfGoOpens) {
  const std::string note = kText + "\n" + kNeumannLine + kEnochLine;
  const VerifierKey keys[] = {*ParseVerifierKey(kNeumannKey), *ParseVerifierKey(kEnochKey)};
  EXPECT_EQ(*Open(note, keys, 2), kText);
  EXPECT_EQ(*Open(note, std::span(keys).first(1), 1), kText);
  EXPECT_TRUE(Fails(Open(note, std::span(keys).first(1), 2), Code::kUnverified));
}

// Its private key, PRIVATE+KEY+PeterNeumann+c74f20a3+AYEK…, makes the signature that is published.
TEST(Note, SigningGivesTheSignatureOfGosExample) {
  const Bytes material = *Base64Decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz");
  const auto key = SigningKey::FromSeed(SecretArray<32>::Copy(ByteView(material).subspan(1)));
  Note note{kText, {}};
  ASSERT_TRUE(Succeeds(Sign(note, "PeterNeumann", key)));
  EXPECT_EQ(Serialize(note), kText + "\n" + kNeumannLine);
  EXPECT_EQ(FormatVerifierKey(*MakeVerifierKey("PeterNeumann", key.public_key())), kNeumannKey);
}

TEST(VerifierKey, RoundTrips) {
  for (const char* text : {kNeumannKey, kEnochKey}) {
    const auto key = ParseVerifierKey(text);
    ASSERT_TRUE(Succeeds(key));
    EXPECT_EQ(FormatVerifierKey(*key), text);
  }
  const VerifierKey made = Verifier("safeconduct.example/root-1", 1);
  EXPECT_EQ(*ParseVerifierKey(FormatVerifierKey(made)), made);
}

TEST(VerifierKey, RefusesBadNames) {
  for (const char* name :
       {"", "a b", "a+b", "a\tb", "a\nb", "a\u00a0b", "a\u2003b", "\xff", "\x01"}) {
    EXPECT_TRUE(Fails(MakeVerifierKey(name, {}), Code::kRejected)) << name;
  }
}

TEST(VerifierKey, NoBitFlipAndNoTruncationIsTaken) {
  const std::string text = kNeumannKey;
  testing::ForEachBitFlip(AsBytes(text), [](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(ParseVerifierKey(AsText(changed)).ok()) << bit;
  });
  testing::ForEachTruncation(AsBytes(text), [](ByteView cut, std::size_t size) {
    EXPECT_FALSE(ParseVerifierKey(AsText(cut)).ok()) << size;
  });
}

TEST(VerifierKey, OtherTypesAreUnsupported) {
  Bytes material = *Base64Decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  material[0] = 0x04;
  EXPECT_TRUE(Fails(ParseVerifierKey("PeterNeumann+c74f20a3+" + Base64Encode(material)),
                    Code::kUnsupported));
}

TEST(Note, ParsesAndSerializesToTheSameBytes) {
  for (const std::string& text :
       {kText, std::string("a\n\nb\n"), std::string("\n"), std::string("a\n\n\n"),
        std::string("\u00e9 \u4e2d\n"), "x\n\n" + kNeumannLine}) {
    const std::string note = text + "\n" + kNeumannLine + kEnochLine;
    const auto parsed = Parse(note);
    ASSERT_TRUE(Succeeds(parsed)) << text;
    EXPECT_EQ(parsed->text, text);
    EXPECT_EQ(parsed->signatures.size(), 2U);
    EXPECT_EQ(Serialize(*parsed), note);
  }
}

TEST(Note, TakesTheFormatOnly) {
  const std::string line = kNeumannLine;
  const std::string body = line.substr(4);
  const std::vector<std::string> notes = {std::string(),
                                          std::string("\n"),
                                          std::string("text\n"),
                                          std::string("text\n\n"),
                                          "text" + line,
                                          "text\n" + line,
                                          "text\n\n" + line + "\n",
                                          "text\n\n" + line + "x",
                                          "text\n\n" + line.substr(0, line.size() - 1),
                                          "text\n\n-" + body,
                                          "text\n\n\u2014" + body,
                                          "text\n\n" + line + "text\n",
                                          "text\n\n \n" + line,
                                          "te\txt\n\n" + line,
                                          "te\rxt\n\n" + line,
                                          "te\xffxt\n\n" + line,
                                          std::string("te\0xt\n\n", 7) + line,
                                          "text\n\n\u2014 a b c\n",
                                          "text\n\n\u2014  c29tZQ==\n",
                                          "text\n\n\u2014 a \n",
                                          "text\n\n\u2014 a+b c29tZWJ5dGVz\n",
                                          "text\n\n\u2014 a c29tZQ==\n",
                                          "text\n\n\u2014 a c29tZWJ5dGV\n",
                                          "text\n\n\u2014 a c29tZWJ5dGVz \n"};
  for (const std::string& note : notes) {
    EXPECT_TRUE(Fails(Parse(note), Code::kMalformed)) << note;
  }
}

TEST(Note, IsBounded) {
  std::string lines;
  for (std::size_t i = 0; i < kMaxSignatures; ++i) lines += kNeumannLine;
  EXPECT_TRUE(Succeeds(Parse("text\n\n" + lines)));
  EXPECT_TRUE(Fails(Parse("text\n\n" + lines + kNeumannLine), Code::kTooLarge));
  const std::string rest = "\n\n" + kNeumannLine;
  const std::string text(kMaxNoteBytes - rest.size(), 'a');
  EXPECT_TRUE(Succeeds(Parse(text + rest)));
  EXPECT_TRUE(Fails(Parse("a" + text + rest), Code::kTooLarge));
}

TEST(Note, CountsDifferentKeysOnly) {
  const VerifierKey keys[] = {Verifier("a", 1), Verifier("b", 2), Verifier("c", 3)};
  const auto signers = [&](const std::string& note) { return *CountSigners(*Parse(note), keys); };
  EXPECT_EQ(signers(Signed("text\n", {{"a", 1}})), 1U);
  EXPECT_EQ(signers(Signed("text\n", {{"a", 1}, {"b", 2}, {"c", 3}})), 3U);
  // Unknown: another name, another key, both.
  EXPECT_EQ(signers(Signed("text\n", {{"a", 1}, {"x", 2}, {"b", 7}, {"y", 8}})), 1U);
  // The same line twice.
  const std::string once = Signed("text\n", {{"a", 1}});
  EXPECT_EQ(signers(once + once.substr(6)), 1U);
}

// A root key that stands under two names must not reach a threshold of two by itself.
TEST(Note, AKeyUnderTwoNamesCountsOnce) {
  const VerifierKey keys[] = {Verifier("a", 1), Verifier("b", 1)};
  const std::string note = Signed("text\n", {{"a", 1}, {"b", 1}});
  EXPECT_EQ(*CountSigners(*Parse(note), keys), 1U);
  EXPECT_TRUE(Fails(Open(note, keys, 2), Code::kUnverified));
}

TEST(Note, SigningAgainReplacesTheSignature) {
  const std::string note = Signed("text\n", {{"a", 1}, {"b", 2}, {"a", 1}});
  EXPECT_EQ(Parse(note)->signatures.size(), 2U);
}

TEST(Note, AWrongSignatureOfAKnownKeySpoilsTheNote) {
  const VerifierKey keys[] = {Verifier("a", 1), Verifier("b", 2)};
  auto note = *Parse(Signed("text\n", {{"a", 1}, {"b", 2}}));
  note.signatures[1].bytes[5] ^= 1;
  EXPECT_TRUE(Fails(CountSigners(note, keys), Code::kUnverified));
  EXPECT_EQ(*CountSigners(note, std::span(keys).first(1)), 1U);
  note.signatures[1].bytes.pop_back();
  EXPECT_TRUE(Fails(CountSigners(note, keys), Code::kUnverified));
}

// An attacker can make a key with the name and id of another; nobody could tell whose a line is.
TEST(Note, TwoKeysOfOneNameAndIdAreRefused) {
  VerifierKey keys[] = {Verifier("a", 1), Verifier("a", 2)};
  keys[1].id = keys[0].id;
  const std::string note = Signed("text\n", {{"a", 1}});
  EXPECT_TRUE(Fails(Open(note, keys, 1), Code::kRejected));
  const VerifierKey same[] = {Verifier("a", 1), Verifier("a", 1)};
  EXPECT_EQ(*CountSigners(*Parse(note), same), 1U);
}

TEST(Note, ANoteThatNobodyKnownSignedDoesNotOpen) {
  const VerifierKey keys[] = {Verifier("a", 1)};
  EXPECT_TRUE(Fails(Open(Signed("text\n", {{"b", 2}}), keys, 0), Code::kUnverified));
  EXPECT_TRUE(Fails(Open(Signed("text\n", {{"a", 1}}), {}, 0), Code::kUnverified));
}

TEST(Note, SignRefusesWhatNoNoteCanSay) {
  for (const std::string& text :
       {std::string(), std::string("no newline"), std::string("a\tb\n"), std::string("\xff\n")}) {
    Note note{text, {}};
    EXPECT_TRUE(Fails(Sign(note, "a", KeyOf(1)), Code::kMalformed)) << text;
  }
  Note note{"text\n", {}};
  EXPECT_TRUE(Fails(Sign(note, "a b", KeyOf(1)), Code::kRejected));
  for (std::uint8_t i = 0; i < kMaxSignatures; ++i) {
    ASSERT_TRUE(Succeeds(Sign(note, "a", KeyOf(i))));
  }
  EXPECT_TRUE(Fails(Sign(note, "a", KeyOf(200)), Code::kTooLarge));
}

TEST(Note, NoBitOfASignedNoteCanBeChangedUnnoticed) {
  const VerifierKey keys[] = {Verifier("a", 1)};
  const std::string note = Signed("some text\nof two lines\n", {{"a", 1}});
  ASSERT_TRUE(Succeeds(Open(note, keys, 1)));
  testing::ForEachBitFlip(AsBytes(note), [&](ByteView changed, std::size_t bit) {
    EXPECT_FALSE(Open(AsText(changed), keys, 1).ok()) << bit;
    const auto parsed = Parse(AsText(changed));
    if (parsed.ok()) {
      EXPECT_EQ(Serialize(*parsed), AsText(changed)) << bit;
    }
  });
  testing::ForEachTruncation(AsBytes(note), [&](ByteView cut, std::size_t size) {
    EXPECT_FALSE(Open(AsText(cut), keys, 1).ok()) << size;
  });
}

}  // namespace
}  // namespace safeconduct::note
