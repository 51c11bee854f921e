// What a holder's client refuses, so that nothing can be moved or swapped under way.
#include <gtest/gtest.h>

#include "crypto/base/hash.h"
#include "gateway/report/compartment.h"
#include "gateway/report/plaintext.h"
#include "gateway/report/report.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::Sample;
using testing::SignManifest;

Checked Verified(const v1::SealedReport& report) {
  const auto checked = VerifyReport(report, IdOf(ReportHash(AsBytes(report.manifest()))));
  EXPECT_TRUE(checked.ok());
  return *checked;
}

TEST(VerifyReport, RefusesAnotherReportThanTheOneAskedFor) {
  const Sample sample;
  const Sample other(0, 81);
  EXPECT_TRUE(VerifyReport(sample.sealed.report, sample.sealed.id).ok());
  EXPECT_EQ(VerifyReport(other.sealed.report, sample.sealed.id).error().code(), Code::kUnverified);
  v1::SealedReport mixed = sample.sealed.report;
  mixed.set_signature(other.sealed.report.signature());
  EXPECT_EQ(VerifyReport(mixed, sample.sealed.id).error().code(), Code::kUnverified);
  EXPECT_EQ(VerifyReport({}, {}).error().code(), Code::kUnverified);
}

// A gateway that serves one report's compartments as another's: it cannot sign, so the reporter of
// the other report does it.
TEST(Open, RefusesCompartmentsMovedFromAnotherReport) {
  const Sample victim(15);
  const Sample attacker(15, 81);
  v1::Manifest manifest = attacker.manifest();
  for (int i = 0; i < 3; ++i) {
    *manifest.mutable_compartments(i) = victim.manifest().compartments(i);
  }
  const v1::SealedReport moved = SignManifest(manifest, attacker.reporter);
  ASSERT_TRUE(CheckReport(moved, *victim.charter).ok()) << "outside nothing shows";
  const Checked checked = Verified(moved);
  const auto& payloads = victim.sealed.payloads;
  EXPECT_EQ(OpenTriage(checked, payloads[0], victim.office.intake).error().code(),
            Code::kUnverified);
  EXPECT_EQ(OpenAccount(checked, payloads[1], victim.office.intake).error().code(),
            Code::kUnverified);
  EXPECT_EQ(OpenIdentity(checked, payloads[2], victim.office.support).error().code(),
            Code::kUnverified);
}

TEST(Open, RefusesAPayloadThatIsNotTheSignedOne) {
  const Sample sample(15);
  const Sample other(15, 81);
  const Checked checked = Verified(sample.sealed.report);
  const identity::Party& intake = sample.office.intake;
  ASSERT_TRUE(OpenTriage(checked, sample.sealed.payloads[0], intake).ok());
  EXPECT_EQ(OpenTriage(checked, other.sealed.payloads[0], intake).error().code(),
            Code::kUnverified);
  EXPECT_EQ(OpenTriage(checked, {}, intake).error().code(), Code::kUnverified);
  Bytes changed = sample.sealed.payloads[0];
  for (std::size_t i = 0; i < changed.size(); i += 61) {
    changed[i] ^= 1;
    const auto opened = OpenTriage(checked, changed, intake);
    EXPECT_EQ(opened.error().code(), Code::kUnverified);
    EXPECT_STREQ(opened.error().field(), "triage.payload");
    changed[i] ^= 1;
  }
}

// A hostile reporter signs what he likes: the client reports it and does not crash.
class HostileReporter : public ::testing::Test {
 protected:
  Error OpenTriageOver(std::string_view plaintext) {
    v1::Manifest manifest = sample.manifest();
    const age::FileKey file_key = *OpenFileKey(manifest.compartments(0), sample.office.intake);
    const Bytes payload = age::SealPayload(file_key, AsBytes(plaintext));
    v1::Compartment& triage = *manifest.mutable_compartments(0);
    triage.set_payload_bytes(payload.size());
    triage.set_payload_digest(std::string(AsText(Sha256(payload))));
    const Checked checked = Verified(SignManifest(manifest, sample.reporter));
    const auto opened = OpenTriage(checked, payload, sample.office.intake);
    if (opened.ok()) {
      ADD_FAILURE() << plaintext;
      return Error(Code::kInternal, "opened");
    }
    return opened.error();
  }
  const Sample sample{15};
};

TEST_F(HostileReporter, SealsGarbage) {
  for (const std::string& plaintext :
       {std::string(), std::string("garbage"), std::string(5000, '['), std::string(100, '\0'),
        std::string("[]"), std::string("{\"language\":\"\xff\"}")}) {
    EXPECT_EQ(OpenTriageOver(plaintext).code(), Code::kMalformed);
  }
}

TEST_F(HostileReporter, LeavesOutTheKeys) {
  EXPECT_EQ(OpenTriageOver("{\"language\":\"en\"}").code(), Code::kUnverified);
  EXPECT_EQ(OpenTriageOver("{}").code(), Code::kUnverified);
}

TEST_F(HostileReporter, ExchangesTheHeader) {
  v1::Manifest manifest = sample.manifest();
  manifest.mutable_compartments(0)->set_header(manifest.compartments(1).header());
  const Checked checked = Verified(SignManifest(manifest, sample.reporter));
  EXPECT_EQ(OpenTriage(checked, sample.sealed.payloads[0], sample.office.intake).error().code(),
            Code::kUnverified)
      << "the payload does not open with the key of another header";
}

TEST_F(HostileReporter, BreaksTheMacOfTheHeader) {
  v1::Manifest manifest = sample.manifest();
  std::string& header = *manifest.mutable_compartments(0)->mutable_header();
  char& first = header[header.rfind("--- ") + 4];
  first = first == 'A' ? 'B' : 'A';
  const Checked checked = Verified(SignManifest(manifest, sample.reporter));
  EXPECT_EQ(OpenTriage(checked, sample.sealed.payloads[0], sample.office.intake).error().code(),
            Code::kUnverified);
}

TEST(Open, SkipsFieldsThatANewerClientAdded) {
  const Sample sample(15);
  v1::Manifest manifest = sample.manifest();
  const age::FileKey file_key = *OpenFileKey(manifest.compartments(0), sample.office.intake);
  v1::Triage triage;
  triage.mutable_reporter()->set_request_key(manifest.request_key());
  triage.mutable_reporter()->set_event_key(manifest.event_key());
  std::string json = *proto::ToJson(triage);
  json.replace(0, 1, "{\"mood\":{\"is\":[1,2,3]},");
  const Bytes payload = age::SealPayload(file_key, AsBytes(json));
  manifest.mutable_compartments(0)->set_payload_bytes(payload.size());
  manifest.mutable_compartments(0)->set_payload_digest(std::string(AsText(Sha256(payload))));
  const Checked checked = Verified(SignManifest(manifest, sample.reporter));
  EXPECT_TRUE(OpenTriage(checked, payload, sample.office.intake).ok());
}

TEST(OpenFileKey, SaysWrongKeyForSomebodyElse) {
  const Sample sample;
  EXPECT_EQ(OpenFileKey(sample.manifest().compartments(0), sample.office.outsider).error().code(),
            Code::kWrongKey);
}

}  // namespace
}  // namespace safeconduct::report
