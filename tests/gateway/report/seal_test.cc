// What a reporter's client makes, and who can open it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/age/native.h"
#include "crypto/base/hash.h"
#include "crypto/base/padding.h"
#include "gateway/report/compartment.h"
#include "gateway/report/report.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::kConsents;
using testing::MakeDraft;
using testing::Sample;

TEST(SealReport, MakesWhatTheGatewayAccepts) {
  const Sample sample;
  const auto checked = CheckReport(sample.sealed.report, *sample.charter);
  ASSERT_TRUE(checked.ok()) << checked.error().message() << " " << checked.error().field();
  EXPECT_EQ(checked->hash, sample.sealed.hash);
  EXPECT_EQ(checked->id, sample.sealed.id);
  EXPECT_EQ(checked->hash, Sha256(AsBytes(sample.sealed.report.manifest())));
  EXPECT_TRUE(CheckPayloads(*checked, sample.payloads()).ok());
}

TEST(SealReport, LooksTheSameWhateverWasConsented) {
  const Sample first(0);
  for (int consent = 0; consent < kConsents; ++consent) {
    const Sample sample(consent);
    const v1::Manifest manifest = sample.manifest();
    ASSERT_EQ(manifest.compartments_size(), 3);
    EXPECT_EQ(sample.sealed.report.manifest().size(), first.sealed.report.manifest().size());
    for (int i = 0; i < 3; ++i) {
      const auto header = age::ParseHeader(AsBytes(manifest.compartments(i).header()));
      ASSERT_TRUE(header.ok());
      EXPECT_EQ(header->header.stanzas.size(), i == 2 ? 4u : 2u) << consent;
      for (const age::Stanza& stanza : header->header.stanzas) {
        EXPECT_EQ(stanza.type, "mlkem768x25519");
        EXPECT_TRUE(age::CheckHybridStanza(stanza).ok());
      }
      EXPECT_EQ(manifest.compartments(i).payload_bytes(),
                first.manifest().compartments(i).payload_bytes())
          << consent;
    }
    EXPECT_TRUE(CheckReport(sample.sealed.report, *sample.charter).ok()) << consent;
  }
}

// Lengths at which one more word of JSON would cross a size class.
TEST(SealReport, HidesConsentAlsoWhereASizeClassEnds) {
  const Sample sample;
  for (std::size_t length = 16'000; length < 16'384; length += 24) {
    std::uint64_t sizes[2];
    int i = 0;
    for (const int consent : {0, 15}) {
      Draft draft = MakeDraft(consent);
      draft.narrative = std::string(length, 'n');
      // So that identity is near the end of a class too, with and without anyone to read it.
      draft.identity_answers[0].set_values(0, std::string(length - 13'000, 'i'));
      const auto sealed = SealReport(draft, *sample.charter, sample.reporter);
      ASSERT_TRUE(sealed.ok());
      sizes[i++] = sealed->payloads[1].size() * 1'000'000 + sealed->payloads[2].size();
    }
    ASSERT_EQ(sizes[0], sizes[1]) << length;
  }
}

struct CanOpen {
  bool triage;
  bool account;
  bool identity;
  bool operator==(const CanOpen&) const = default;
};

template <typename T>
bool Opens(const Result<T>& opened) {
  if (!opened.ok()) {
    EXPECT_EQ(opened.error().code(), Code::kWrongKey) << opened.error().message();
  }
  return opened.ok();
}

CanOpen WhatOpens(const Sample& sample, const identity::Party& party) {
  const auto checked = VerifyReport(sample.sealed.report, sample.sealed.id);
  EXPECT_TRUE(checked.ok());
  const auto& payloads = sample.sealed.payloads;
  return {Opens(OpenTriage(*checked, payloads[0], party)),
          Opens(OpenAccount(*checked, payloads[1], party)),
          Opens(OpenIdentity(*checked, payloads[2], party))};
}

TEST(SealReport, OpensForThoseWhomTheReporterConsentedToAndNobodyElse) {
  for (int number = 0; number < kConsents; ++number) {
    const Sample sample(number);
    const v1::Consent consent = testing::ConsentNumber(number);
    const CanOpen intake = {true, true, consent.investigators()};
    const CanOpen support = {false, false, consent.support_services()};
    const CanOpen nothing = {false, false, false};
    EXPECT_EQ(WhatOpens(sample, sample.office.intake), intake) << number;
    EXPECT_EQ(WhatOpens(sample, sample.office.second_intake), intake) << number;
    EXPECT_EQ(WhatOpens(sample, sample.office.support), support) << number;
    EXPECT_EQ(WhatOpens(sample, sample.office.second_support), support) << number;
    for (const identity::Party* party :
         {&sample.office.investigator, &sample.office.trustee, &sample.office.auditor,
          &sample.office.outsider, &sample.reporter}) {
      EXPECT_EQ(WhatOpens(sample, *party), nothing) << number;
    }
  }
}

TEST(SealReport, CarriesWhatWasWritten) {
  const Sample sample(15);
  const auto checked = VerifyReport(sample.sealed.report, sample.sealed.id);
  ASSERT_TRUE(checked.ok());
  const auto triage = OpenTriage(*checked, sample.sealed.payloads[0], sample.office.intake);
  ASSERT_TRUE(triage.ok());
  EXPECT_EQ(triage->language(), "fr");
  EXPECT_EQ(triage->answers(0).values(0), "yes");
  EXPECT_TRUE(triage->consent().national_authorities());
  EXPECT_EQ(triage->reporter().recipient(), sample.reporter.recipient());
  EXPECT_EQ(triage->reporter().request_key(), checked->manifest.request_key());
  const auto account = OpenAccount(*checked, sample.sealed.payloads[1], sample.office.intake);
  ASSERT_TRUE(account.ok());
  EXPECT_EQ(account->narrative(), "Ils sont venus la nuit.");
  EXPECT_EQ(account->answers(0).question(), "where");
  const auto identity = OpenIdentity(*checked, sample.sealed.payloads[2], sample.office.support);
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->answers(0).values(0), "A. B.");
}

TEST(SealReport, PadsPlaintextsAsJson) {
  const Sample sample(15);
  const v1::Manifest manifest = sample.manifest();
  const std::uint64_t minimum[] = {4096, 16384, 4096};
  for (int i = 0; i < 3; ++i) {
    const auto key = OpenFileKey(manifest.compartments(i), sample.office.intake);
    ASSERT_TRUE(key.ok());
    const auto plaintext =
        age::OpenPayload(*key, sample.sealed.payloads[static_cast<std::size_t>(i)]);
    ASSERT_TRUE(plaintext.ok());
    EXPECT_EQ(plaintext->size(), minimum[i]);
    const std::string_view text = AsText(plaintext->Reveal());
    EXPECT_EQ(text.front(), '{');
    EXPECT_EQ(text.back(), '\n');
    const std::size_t end = text.find_last_not_of(" \n");
    EXPECT_EQ(text[end], '}');
    EXPECT_EQ(text.find('\n'), text.size() - 1);
  }
}

TEST(SealReport, RefusesWhatTheChannelDoesNotTake) {
  const Sample sample;
  const auto code = [&](const Draft& draft) {
    const auto sealed = SealReport(draft, *sample.charter, sample.reporter);
    return sealed.ok() ? Code::kInternal : sealed.error().code();
  };
  Draft draft = MakeDraft();
  draft.channel = "nothing";
  EXPECT_EQ(code(draft), Code::kNotFound);
  draft = MakeDraft();
  draft.channel = "fraud";
  draft.narrative = std::string(70'000, 'n');  // takes 64 KiB
  EXPECT_EQ(code(draft), Code::kTooLarge);
  draft = MakeDraft();
  draft.triage_answers[0].set_values(0, std::string(70'000, 't'));
  EXPECT_EQ(code(draft), Code::kTooLarge);
  draft = MakeDraft();
  draft.identity_answers[0].set_values(0, std::string(70'000, 'i'));
  EXPECT_EQ(code(draft), Code::kTooLarge);
  draft = MakeDraft();
  draft.narrative = "\xff";
  EXPECT_EQ(code(draft), Code::kMalformed);
  draft = MakeDraft();
  draft.attachments.resize(4);
  EXPECT_EQ(code(draft), Code::kTooLarge);
  draft.attachments.resize(1);
  draft.attachments[0].payload_bytes = 65 * 1024 * 1024;
  EXPECT_EQ(code(draft), Code::kTooLarge);
}

TEST(SealReport, TakesALongAccount) {
  const Sample sample;
  Draft draft = MakeDraft();
  draft.narrative = std::string(900'000, 'n');
  const auto sealed = SealReport(draft, *sample.charter, sample.reporter);
  ASSERT_TRUE(sealed.ok()) << sealed.error().message();
  const auto checked = CheckReport(sealed->report, *sample.charter);
  ASSERT_TRUE(checked.ok()) << checked.error().message();
  EXPECT_EQ(OpenAccount(*checked, sealed->payloads[1], sample.office.intake)->narrative(),
            draft.narrative);
}

TEST(SealReport, FitsTheLargestAttachmentsThatACharterMayAllow) {
  const testing::Office office;
  v1::Charter message = testing::DemoCharter(office);
  v1::Limits& limits = *message.mutable_channels(0)->mutable_limits();
  std::uint32_t attachments = 64;
  for (int i = 0; i < 3; ++i) {
    *message.add_holders() = testing::MakeHolder(
        "more-" + std::to_string(i), testing::MakeParty(static_cast<std::uint8_t>(50 + i)),
        {v1::ROLE_INTAKE});
  }
  std::shared_ptr<const charter::OpenCharter> charter;
  for (; attachments > 0 && !charter; --attachments) {
    limits.set_attachments(attachments);
    const auto text =
        charter::MakeText(testing::kOrigin, UINT64_C(1) << 62, testing::kExpiry, message);
    if (text.ok()) charter = *charter::OpenCharter::FromText(*text);
  }
  ASSERT_NE(charter, nullptr);
  ASSERT_LT(limits.attachments(), 64u) << "the rule that this test is about was not met";

  Draft draft = MakeDraft();
  for (std::uint32_t i = 0; i < limits.attachments(); ++i) {
    SealedAttachment attachment;
    attachment.file_key = std::make_shared<const age::FileKey>(age::FileKey::Random());
    attachment.payload_bytes = 4128;
    draft.attachments.push_back(std::move(attachment));
  }
  const auto sealed = SealReport(draft, *charter, testing::MakeParty(80));
  ASSERT_TRUE(sealed.ok()) << sealed.error().message();
  EXPECT_GT(sealed->report.manifest().size(), kMaxManifestBytes * 95 / 100)
      << "the charter's bound is further from the truth than it need be";
  const auto checked = CheckReport(sealed->report, *charter);
  EXPECT_TRUE(checked.ok()) << checked.error().message();
}

}  // namespace
}  // namespace safeconduct::report
