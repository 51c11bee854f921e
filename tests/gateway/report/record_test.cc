// What holders give each other: records, granted headers, and the form of the events that carry
// them.
#include <gtest/gtest.h>

#include <functional>

#include "gateway/report/event.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::KeyText;
using testing::kNow;
using testing::Sample;

class RecordTest : public ::testing::Test {
 protected:
  const v1::Holder& Named(const char* label) const { return *sample.charter->FindByLabel(label); }
  std::string HashText() const { return std::string(AsText(sample.sealed.hash)); }
  const v1::Compartment& Account() const { return manifest.compartments(1); }
  age::FileKey AccountKey() const { return *OpenFileKey(Account(), sample.office.intake); }
  std::string Header(const char* label) const {
    return std::string(
        AsText(*MakeGrantedHeader(AsBytes(Account().header()), AccountKey(), Named(label))));
  }

  v1::Event MakeEvent(const std::function<void(v1::Event&)>& fill) const {
    v1::Event event;
    event.set_report_hash(HashText());
    event.set_sequence(1);
    event.set_previous(HashText());
    event.set_author(KeyText(sample.office.intake, identity::Purpose::kEvent));
    event.set_charter_version(1);
    event.set_time(kNow / 3600 * 3600);
    fill(event);
    return event;
  }
  Result<CheckedEvent> Check(const std::function<void(v1::Event&)>& fill) const {
    return CheckEvent(
        SignEvent(MakeEvent(fill), sample.office.intake.Key(identity::Purpose::kEvent)));
  }
  void Give(v1::Event& event, const char* compartment = "account", std::int64_t expires = 0) const {
    v1::Grant& grant = *event.mutable_grant();
    grant.set_grantee(KeyText(sample.office.investigator, identity::Purpose::kEvent));
    grant.set_expires(expires);
    v1::GrantedHeader& header = *grant.add_headers();
    header.set_compartment(compartment);
    header.set_header(Header("oios"));
  }

  const Sample sample{15};
  const v1::Manifest manifest = sample.manifest();
};

TEST_F(RecordTest, OpensForItsReadersAndInItsCase) {
  v1::CustodyRecord record;
  record.set_report_hash(HashText());
  record.set_item("telephone");
  const Bytes sealed = *SealRecord(record, {&Named("intake-1"), &Named("oios")});
  for (const identity::Party* party : {&sample.office.intake, &sample.office.investigator}) {
    EXPECT_EQ(OpenCustody(sealed, *party, sample.sealed.hash)->item(), "telephone");
  }
  EXPECT_EQ(OpenCustody(sealed, sample.office.support, sample.sealed.hash).error().code(),
            Code::kWrongKey);
  EXPECT_EQ(OpenCustody(sealed, sample.office.intake, Hash{}).error().code(), Code::kUnverified);
  EXPECT_EQ(SealRecord(record, {}).error().code(), Code::kRejected);
  record.set_remarks(std::string(kMaxMessageBytes, 'x'));
  EXPECT_EQ(SealRecord(record, {&Named("oios")}).error().code(), Code::kTooLarge);
  record.set_remarks("\xff");
  EXPECT_EQ(SealRecord(record, {&Named("oios")}).error().code(), Code::kMalformed);
}

TEST_F(RecordTest, AGrantedHeaderGivesTheReportersContentOrNothing) {
  const std::string header = Header("oios");
  const auto key =
      OpenGrantedHeader(AsBytes(Account().header()), AsBytes(header), sample.office.investigator);
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(OpenAccount(*VerifyReport(sample.sealed.report, sample.sealed.id),
                          sample.sealed.payloads[1], *key)
                  .ok());
  EXPECT_EQ(OpenGrantedHeader(AsBytes(Account().header()), AsBytes(header), sample.office.support)
                .error()
                .code(),
            Code::kWrongKey);
  // Of another compartment, or over a key of the granter's own choosing: never opened.
  EXPECT_EQ(OpenGrantedHeader(AsBytes(manifest.compartments(0).header()), AsBytes(header),
                              sample.office.investigator)
                .error()
                .code(),
            Code::kUnverified);
  const auto recipient = age::ParseRecipient(sample.office.investigator.recipient());
  const age::Recipient* const recipients[] = {recipient->get()};
  const Bytes forged = age::SerializeHeader(*age::WrapHeader(age::FileKey::Random(), recipients));
  EXPECT_EQ(OpenGrantedHeader(AsBytes(Account().header()), forged, sample.office.investigator)
                .error()
                .code(),
            Code::kUnverified);
  EXPECT_EQ(MakeGrantedHeader(AsBytes(Account().header()), age::FileKey::Random(), Named("oios"))
                .error()
                .code(),
            Code::kUnverified);
}

TEST_F(RecordTest, EveryKindHasItsForm) {
  const std::string key = KeyText(sample.office.investigator, identity::Purpose::kEvent);
  const std::function<void(v1::Event&)> good[] = {
      [&](auto& e) { e.mutable_assignment()->set_holder(key); },
      [&](auto& e) { e.mutable_exclusion()->set_holder(key); },
      [&](auto& e) { Give(e); },
      [&](auto& e) { Give(e, "attachment-63", kNow + 1); },
      [&](auto& e) { e.mutable_revocation()->set_holder(key); },
      [&](auto& e) { e.mutable_link()->set_report_hash(std::string(32, 'h')); },
      [&](auto& e) { e.mutable_dismissal(); },
      [&](auto& e) { e.mutable_hold()->set_ended(true); },
  };
  for (const auto& fill : good) EXPECT_TRUE(Check(fill).ok());

  const struct {
    std::function<void(v1::Event&)> fill;
    Code code;
    const char* field;
  } bad[] = {
      {[](auto& e) { e.mutable_assignment(); }, Code::kMalformed, "assignment.holder"},
      {[](auto& e) { e.mutable_exclusion()->set_holder("x"); }, Code::kMalformed,
       "exclusion.holder"},
      {[&](auto& e) { e.mutable_grant()->set_grantee(key); }, Code::kMalformed, "grant.headers"},
      {[&](auto& e) {
         Give(e);
         e.mutable_grant()->set_grantee("x");
       },
       Code::kMalformed, "grant.grantee"},
      {[&](auto& e) { Give(e, "diary"); }, Code::kMalformed, "grant.headers.compartment"},
      {[&](auto& e) { Give(e, "attachment-64"); }, Code::kMalformed, "grant.headers.compartment"},
      {[&](auto& e) {
         Give(e);
         Give(e);
       },
       Code::kRejected, "grant.headers.compartment"},
      {[&](auto& e) { Give(e, "account", kNow / 3600 * 3600); }, Code::kRejected, "grant.expires"},
      {[&](auto& e) {
         Give(e);
         e.mutable_grant()->mutable_headers(0)->set_header("x");
       },
       Code::kMalformed, "grant.headers.header"},
      {[&](auto& e) {
         Give(e);
         e.mutable_grant()->mutable_headers(0)->set_header(manifest.compartments(1).header());
       },
       Code::kRejected, "grant.headers.header"},  // to two
      {[](auto& e) { e.mutable_revocation()->set_holder("x"); }, Code::kMalformed,
       "revocation.holder"},
      {[&](auto& e) {
         e.mutable_revocation()->set_holder(key);
         e.mutable_revocation()->add_compartments("diary");
       },
       Code::kMalformed, "revocation.compartments"},
      {[](auto& e) { e.mutable_link()->set_report_hash("x"); }, Code::kMalformed,
       "link.report_hash"},
      {[](auto& e) { e.mutable_note()->set_sealed("x"); }, Code::kMalformed, "note.sealed"},
      {[](auto& e) { e.mutable_custody(); }, Code::kMalformed, "custody.sealed"},
      {[](auto& e) { e.mutable_measures()->set_sealed(std::string(kMaxMessageBytes + 1, 'x')); },
       Code::kTooLarge, "measures.sealed"},
  };
  for (const auto& row : bad) {
    const auto checked = Check(row.fill);
    ASSERT_FALSE(checked.ok()) << row.field;
    EXPECT_EQ(checked.error().code(), row.code) << row.field;
    EXPECT_STREQ(checked.error().field(), row.field);
  }
}

TEST_F(RecordTest, WhoIsGrantedTheAccountReadsTheConversation) {
  const charter::ChannelInfo& channel = sample.channel();
  const auto grantees = [&](const std::vector<v1::Event>& events, std::int64_t now = kNow) {
    std::vector<CheckedEvent> checked;
    for (const v1::Event& event : events) checked.push_back({event, {}});
    return AccountGrantees(checked, channel, *sample.charter, now);
  };
  const std::vector<const v1::Holder*> nobody;
  const std::vector<const v1::Holder*> oios = {&Named("oios")};
  const v1::Event given = MakeEvent([&](auto& e) { Give(e, "account", kNow + 10); });
  EXPECT_EQ(grantees({given}), oios);
  EXPECT_EQ(grantees({given}, kNow + 10), nobody);
  EXPECT_EQ(grantees({MakeEvent([&](auto& e) { Give(e, "triage"); })}), nobody);
  EXPECT_EQ(grantees({MakeEvent([](auto& e) { e.mutable_hold(); })}), nobody);
  v1::Event by_support = given;
  by_support.set_author(KeyText(sample.office.support, identity::Purpose::kEvent));
  EXPECT_EQ(grantees({by_support}), nobody) << "the account is not support's to grant";
  v1::Event to_nobody = given;
  to_nobody.mutable_grant()->set_grantee(
      KeyText(sample.office.outsider, identity::Purpose::kEvent));
  EXPECT_EQ(grantees({to_nobody}), nobody);
  const std::string key = KeyText(sample.office.investigator, identity::Purpose::kEvent);
  const v1::Event revoked = MakeEvent([&](auto& e) { e.mutable_revocation()->set_holder(key); });
  EXPECT_EQ(grantees({given, revoked}), nobody);
  EXPECT_EQ(grantees({revoked, given}), oios);
  EXPECT_EQ(grantees({given, MakeEvent([&](auto& e) { e.mutable_exclusion()->set_holder(key); })}),
            nobody);
  const std::vector<const v1::Holder*> readers = {&Named("intake-1"), &Named("intake-2"),
                                                  &Named("oios")};
  EXPECT_EQ(ConversationReaders(channel, *sample.charter,
                                {&Named("oios"), &Named("intake-1"), &Named("oios")}),
            readers);
}

}  // namespace
}  // namespace safeconduct::report
