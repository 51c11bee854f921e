#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "crypto/base/hash.h"
#include "gateway/report/report.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::Office;

class CheckPlainTest : public ::testing::Test {
 protected:
  Bytes Encrypt(const std::vector<std::string>& recipients, ByteView plaintext) {
    std::vector<std::unique_ptr<age::Recipient>> owned;
    std::vector<const age::Recipient*> pointers;
    for (const std::string& recipient : recipients) {
      owned.push_back(*age::ParseRecipient(recipient));
      pointers.push_back(owned.back().get());
    }
    return *age::Encrypt(pointers, plaintext);
  }
  // The same file with one more stanza; its MAC no longer fits, which the gateway cannot see.
  static Bytes AddStanza(const Bytes& to, const age::Stanza& stanza) {
    age::ParsedHeader parsed = *age::ParseHeader(to);
    parsed.header.stanzas.push_back(stanza);
    Bytes out = age::SerializeHeader(parsed.header);
    Append(out, ByteView(to).subspan(parsed.size));
    return out;
  }
  Result<CheckedPlain> Check(ByteView bytes) { return CheckPlain("mission", bytes, *charter); }

  const Office office{};
  const std::shared_ptr<const charter::OpenCharter> charter = testing::OpenDemoCharter(office);
  const Bytes file = Encrypt({office.intake.recipient()}, AsBytes("what happened"));
};

TEST_F(CheckPlainTest, TakesBinaryAndArmoredFilesAsTheSameReport) {
  const auto binary = Check(file);
  ASSERT_TRUE(binary.ok()) << binary.error().message();
  Bytes whole = binary->header;
  Append(whole, binary->payload);
  EXPECT_EQ(whole, file);
  EXPECT_EQ(binary->id, IdOf(binary->hash));
  EXPECT_EQ(binary->hash, Sha256({AsBytes("safeconduct/plain/v1\nmission\n"), ByteView(file)}));

  const std::string armored = age::Armor(file);
  const auto text = Check(AsBytes(armored));
  ASSERT_TRUE(text.ok()) << text.error().message();
  EXPECT_EQ(text->hash, binary->hash);
  EXPECT_EQ(text->header, binary->header);
  EXPECT_EQ(text->payload, binary->payload);
}

TEST_F(CheckPlainTest, SkipsGrease) {
  EXPECT_TRUE(Check(AddStanza(file, {"joint-grease", {"abc"}, {1, 2, 3}})).ok());
  EXPECT_TRUE(Check(AddStanza(file, {"-grease", {}, {}})).ok());
}

TEST_F(CheckPlainTest, RefusesWhatNobodyHereCouldOpen) {
  const auto error = [&](const Bytes& bytes) { return Check(bytes).error(); };
  const Bytes classic =
      Encrypt({"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}, AsBytes("x"));
  EXPECT_EQ(error(classic).code(), Code::kRejected);
  EXPECT_STREQ(error(classic).field(), "age_file");
  const auto passphrase = age::PassphraseRecipient(SecretBytes::Copy(AsBytes("secret")), 1);
  const age::Recipient* pointer = passphrase.get();
  const Bytes wrapped = *age::Encrypt(std::span(&pointer, 1), AsBytes("x"));
  EXPECT_EQ(error(wrapped).code(), Code::kRejected);
  EXPECT_EQ(error(AddStanza(file, {"ssh-ed25519", {"abc"}, {1}})).code(), Code::kRejected);
  EXPECT_EQ(error(AddStanza(file, {"mlkem768x25519", {"abc"}, {1}})).code(), Code::kMalformed);
  age::ParsedHeader grease_only = *age::ParseHeader(file);
  grease_only.header.stanzas = {{"x-grease", {}, {}}};
  Bytes bytes = age::SerializeHeader(grease_only.header);
  Append(bytes, ByteView(file).subspan(grease_only.size));
  EXPECT_EQ(error(bytes).code(), Code::kRejected);
}

TEST_F(CheckPlainTest, RefusesChannelsThatDoNotTakeThem) {
  EXPECT_EQ(CheckPlain("nothing", file, *charter).error().code(), Code::kNotFound);
  EXPECT_EQ(CheckPlain("fraud", file, *charter).error().code(), Code::kRejected);
  EXPECT_STREQ(CheckPlain("fraud", file, *charter).error().field(), "channel");
}

TEST_F(CheckPlainTest, BoundsSizesAndStanzas) {
  // The channel takes 1 MiB.
  const Bytes large = Encrypt({office.intake.recipient()}, Bytes(1024 * 1024));
  EXPECT_EQ(Check(large).error().code(), Code::kTooLarge);
  EXPECT_EQ(Check(AsBytes(age::Armor(large))).error().code(), Code::kTooLarge);
  const Bytes fits = Encrypt({office.intake.recipient()}, Bytes(1024 * 1024 - 8192));
  EXPECT_TRUE(Check(fits).ok());
  EXPECT_TRUE(Check(AsBytes(age::Armor(fits))).ok());
  const std::string blank = "-----BEGIN AGE ENCRYPTED FILE-----\n" + std::string(4'000'000, '\n');
  EXPECT_EQ(Check(AsBytes(blank)).error().code(), Code::kTooLarge);

  Bytes many = file;
  for (int i = 0; i < 63; ++i) many = AddStanza(many, {"x-grease", {}, {}});
  EXPECT_TRUE(Check(many).ok());
  EXPECT_EQ(Check(AddStanza(many, {"x-grease", {}, {}})).error().code(), Code::kTooLarge);
  EXPECT_FALSE(Check(AddStanza(file, {"x-grease", {}, Bytes(150'000)})).ok());
}

TEST_F(CheckPlainTest, RefusesEveryTruncationOfHeaderAndOfAShortPayload) {
  // A payload of one chunk cannot be told to be cut before its nonce and tag are incomplete.
  const std::size_t complete = file.size() - std::string_view("what happened").size();
  for (std::size_t size = 0; size < complete; ++size) {
    ASSERT_FALSE(Check(ByteView(file).first(size)).ok()) << size;
  }
  const std::string armored = age::Armor(file);
  for (std::size_t size = 0; size + 1 < armored.size(); ++size) {
    ASSERT_FALSE(Check(AsBytes(armored).first(size)).ok()) << size;
  }
}

}  // namespace
}  // namespace safeconduct::report
