#include <gtest/gtest.h>

#include "gateway/report/event.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::Sample;

class MessageTest : public ::testing::Test {
 protected:
  v1::ReporterKeys Keys(const identity::Party& reporter) {
    v1::ReporterKeys keys;
    keys.set_recipient(reporter.recipient());
    keys.set_request_key(testing::KeyText(reporter, identity::Purpose::kRequest));
    keys.set_event_key(testing::KeyText(reporter, identity::Purpose::kEvent));
    return keys;
  }
  v1::MessageText Text(const std::string& words) {
    v1::MessageText text;
    *text.mutable_reporter() = Keys(sample.reporter);
    text.set_report_hash(std::string(AsText(sample.sealed.hash)));
    text.set_text(words);
    return text;
  }
  Result<Bytes> Seal(const v1::MessageText& text) {
    return SealMessage(text, sample.reporter.recipient(), readers, sample.channel());
  }

  const Sample sample;
  const std::vector<const v1::Holder*> readers =
      AccountReaders(*sample.charter->FindChannel("mission"));
};

TEST_F(MessageTest, OpensForTheReporterAndTheReadersOnly) {
  const auto sealed = Seal(Text("Bonjour"));
  ASSERT_TRUE(sealed.ok());
  const v1::ReporterKeys keys = Keys(sample.reporter);
  for (const identity::Party* party :
       {&sample.reporter, &sample.office.intake, &sample.office.second_intake}) {
    const auto opened = OpenMessage(*sealed, *party, sample.sealed.hash, &keys);
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    EXPECT_EQ(opened->text(), "Bonjour");
  }
  for (const identity::Party* party :
       {&sample.office.support, &sample.office.investigator, &sample.office.outsider}) {
    EXPECT_EQ(OpenMessage(*sealed, *party, sample.sealed.hash).error().code(), Code::kWrongKey);
  }
}

TEST_F(MessageTest, ForReadersItLooksTheSameAndTheReporterCannotOpenIt) {
  const auto sealed = SealMessageForReaders(Text("Bonjour"), readers, sample.channel());
  ASSERT_TRUE(sealed.ok());
  EXPECT_EQ(sealed->size(), Seal(Text("Bonjour"))->size());
  EXPECT_EQ(OpenMessage(*sealed, sample.office.intake, sample.sealed.hash)->text(), "Bonjour");
  EXPECT_EQ(OpenMessage(*sealed, sample.reporter, sample.sealed.hash).error().code(),
            Code::kWrongKey);
}

TEST_F(MessageTest, StaysInItsCase) {
  const Bytes sealed = *Seal(Text("Bonjour"));
  EXPECT_EQ(OpenMessage(sealed, sample.reporter, Hash{}).error().code(), Code::kUnverified);
  const v1::ReporterKeys other = Keys(testing::MakeParty(81));
  EXPECT_EQ(OpenMessage(sealed, sample.reporter, sample.sealed.hash, &other).error().code(),
            Code::kUnverified);
}

TEST_F(MessageTest, HidesItsLength) {
  const std::size_t shortest = Seal(Text(""))->size();
  EXPECT_EQ(Seal(Text(std::string(1000, 'x')))->size(), shortest);
  EXPECT_GT(Seal(Text(std::string(10'000, 'x')))->size(), shortest);
}

TEST_F(MessageTest, RefusesWhatCannotBeSent) {
  EXPECT_EQ(Seal(Text(std::string(kMaxMessageBytes, 'x'))).error().code(), Code::kTooLarge);
  EXPECT_EQ(Seal(Text("\xff")).error().code(), Code::kMalformed);
  EXPECT_EQ(SealMessage(Text("x"), "age1nonsense", readers, sample.channel()).error().code(),
            Code::kMalformed);
  EXPECT_EQ(SealMessage(Text("x"), "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
                        readers, sample.channel())
                .error()
                .code(),
            Code::kMalformed);
}

TEST_F(MessageTest, RefusesTruncationAndChangedBytes) {
  Bytes sealed = *Seal(Text("Bonjour"));
  for (std::size_t size = 0; size < sealed.size(); size += 97) {
    EXPECT_FALSE(
        OpenMessage(ByteView(sealed).first(size), sample.reporter, sample.sealed.hash).ok());
  }
  for (std::size_t i = 0; i < sealed.size(); i += 89) {
    sealed[i] ^= 2;
    EXPECT_FALSE(OpenMessage(sealed, sample.reporter, sample.sealed.hash).ok()) << i;
    sealed[i] ^= 2;
  }
  EXPECT_TRUE(OpenMessage(sealed, sample.reporter, sample.sealed.hash).ok());
  EXPECT_FALSE(OpenMessage(Bytes(kMaxMessageBytes + 1), sample.reporter, sample.sealed.hash).ok());
}

}  // namespace
}  // namespace safeconduct::report
