// In which files a report is recognised.
#include "gateway/cli/log_subject.h"

#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "proto/parse.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::cli {
namespace {

class Subject : public ::testing::Test {
 protected:
  testing::Sample sample;
  std::string serialized = sample.sealed.report.SerializeAsString();
};

TEST_F(Subject, ASealedReportInEachForm) {
  const std::string json = *proto::ToJson(sample.sealed.report);
  const std::string readable = *proto::ToJson(sample.sealed.report, proto::JsonForm::kReadable);
  for (const std::string& file : {serialized, sample.sealed.report.manifest(), json, readable}) {
    const Outcome<Hash> hash = ReportHashOf(AsBytes(file), "");
    ASSERT_TRUE(hash.ok()) << hash.error().message;
    EXPECT_EQ(*hash, sample.sealed.hash);
    EXPECT_EQ(ReportHashOf(AsBytes(file), "mission").error().exit, Exit::kUsage);
  }
}

TEST_F(Subject, AManifestForReadingIsToldFromAReport) {
  const std::string json = *proto::ToJson(sample.manifest(), proto::JsonForm::kReadable);
  const Outcome<Hash> hash = ReportHashOf(AsBytes(json), "");
  ASSERT_FALSE(hash.ok());
  EXPECT_EQ(hash.error().exit, Exit::kUsage);
  EXPECT_NE(hash.error().hint.find("manifest.json"), std::string::npos);
}

TEST_F(Subject, AReportThatWasChangedIsRefused) {
  v1::SealedReport changed = sample.sealed.report;
  (*changed.mutable_signature())[0] = static_cast<char>(changed.signature()[0] ^ 1);
  EXPECT_EQ(ReportHashOf(AsBytes(changed.SerializeAsString()), "").error().exit, Exit::kUnverified);
}

TEST_F(Subject, NothingElseIsAReport) {
  for (const std::string& file : {std::string(), std::string("{}"), std::string("words"),
                                  std::string("\x0a\x01x"), serialized.substr(1)}) {
    EXPECT_EQ(ReportHashOf(AsBytes(file), "").error().exit, Exit::kUsage) << file;
  }
}

TEST_F(Subject, APlainReportNeedsItsChannel) {
  const std::string binary = "age-encryption.org/v1\n-> X a\n\n--- mac\nbytes";
  const std::string armored = age::Armor(AsBytes(binary));
  EXPECT_EQ(ReportHashOf(AsBytes(binary), "").error().exit, Exit::kUsage);
  const Outcome<Hash> hash = ReportHashOf(AsBytes(binary), "mission");
  ASSERT_TRUE(hash.ok());
  EXPECT_EQ(*ReportHashOf(AsBytes(armored), "mission"), *hash) << "the hash is of the binary file";
  EXPECT_NE(*ReportHashOf(AsBytes(binary), "office"), *hash);
}

TEST_F(Subject, TheHashOfAPlainReportIsTheGateways) {
  const auto recipient = *age::ParseRecipient(sample.office.intake.recipient());
  const std::vector<const age::Recipient*> recipients = {recipient.get()};
  const Bytes file = *age::Encrypt(recipients, AsBytes("what happened"));
  EXPECT_EQ(*ReportHashOf(file, "mission"),
            report::CheckPlain("mission", file, *sample.charter)->hash);
}

TEST_F(Subject, AProofFileIsReadBackAsItWas) {
  for (const char* channel : {"", "mission"}) {
    const ProofFile proof{"safeconduct/promise/v1\n\xe2\x80\x94 x\n", serialized, channel};
    const Outcome<ProofFile> again = ParseProofFile(FormatProofFile(proof));
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->promise, proof.promise);
    EXPECT_EQ(again->report, proof.report);
    EXPECT_EQ(again->channel, proof.channel);
  }
  for (const char* text : {"", "[]", "{}", R"({"promise":"x"})", R"({"promise":"x","report":"!"})",
                           R"({"report":"AAAA"})"}) {
    EXPECT_EQ(ParseProofFile(text).error().exit, Exit::kUsage) << text;
  }
}

}  // namespace
}  // namespace safeconduct::cli
