// A report to the demo charter, and ways to break it.
#ifndef SAFECONDUCT_TESTS_GATEWAY_REPORT_SAMPLE_H_
#define SAFECONDUCT_TESTS_GATEWAY_REPORT_SAMPLE_H_

#include <string>
#include <vector>

#include "gateway/report/report.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::testing {

inline constexpr int kConsents = 16;

// The consent of that number: one bit for each of the four answers.
inline v1::Consent ConsentNumber(int number) {
  v1::Consent consent;
  consent.set_contact((number & 1) != 0);
  consent.set_support_services((number & 2) != 0);
  consent.set_investigators((number & 4) != 0);
  consent.set_national_authorities((number & 8) != 0);
  return consent;
}

inline v1::Answer MakeAnswer(std::string_view question, std::string_view value) {
  v1::Answer answer;
  answer.set_question(std::string(question));
  answer.add_values(std::string(value));
  return answer;
}

inline report::Draft MakeDraft(int consent = 0) {
  report::Draft draft;
  draft.channel = "mission";
  draft.consent = ConsentNumber(consent);
  draft.language = "fr";
  draft.narrative = "Ils sont venus la nuit.";
  draft.triage_answers = {MakeAnswer("danger", "yes")};
  draft.account_answers = {MakeAnswer("where", "near the market")};
  draft.identity_answers = {MakeAnswer("name", "A. B.")};
  return draft;
}

enum class SealedTo : std::uint8_t { kIntake, kQuorum, kIntakeByRelay };

inline v1::Charter CharterFor(const Office& office, SealedTo to) {
  switch (to) {
    case SealedTo::kQuorum:
      return QuorumCharter(office);
    case SealedTo::kIntakeByRelay:
      return RelayCharter(office);
    case SealedTo::kIntake:
      break;
  }
  return DemoCharter(office);
}

inline v1::Relay RelayOf(const identity::Party& relay, std::string capsule = "way back") {
  v1::Relay out;
  out.set_holder(KeyText(relay, identity::Purpose::kEvent));
  out.set_capsule(std::move(capsule));
  return out;
}

inline report::Draft MakeDraftFor(const Office& office, int consent, SealedTo to) {
  report::Draft draft = MakeDraft(consent);
  if (to == SealedTo::kIntakeByRelay) draft.relay = RelayOf(office.relay);
  return draft;
}

struct Sample {
  explicit Sample(int consent = 0, std::uint8_t reporter_number = 80,
                  SealedTo to = SealedTo::kIntake)
      : charter(OpenCharterOf(CharterFor(office, to))),
        reporter(MakeParty(reporter_number)),
        sealed(*report::SealReport(MakeDraftFor(office, consent, to), *charter, reporter)) {}

  v1::Manifest manifest() const {
    v1::Manifest out;
    if (!out.ParseFromString(sealed.report.manifest())) std::abort();
    return out;
  }
  const charter::ChannelInfo& channel() const { return *charter->FindChannel("mission"); }
  v1::ReporterKeys keys() const {
    v1::ReporterKeys out;
    out.set_recipient(reporter.recipient());
    out.set_request_key(KeyText(reporter, identity::Purpose::kRequest));
    out.set_event_key(KeyText(reporter, identity::Purpose::kEvent));
    return out;
  }
  std::vector<ByteView> payloads() const {
    return {sealed.payloads.begin(), sealed.payloads.end()};
  }

  Office office;
  std::shared_ptr<const charter::OpenCharter> charter;
  identity::Party reporter;
  report::Sealed sealed;
};

// `manifest` as its reporter would have signed it.
inline v1::SealedReport SignManifest(const std::string& manifest, const identity::Party& reporter) {
  v1::SealedReport out;
  out.set_manifest(manifest);
  const std::string message = "safeconduct/report/v1\n" + manifest;
  out.set_signature(
      std::string(AsText(reporter.Key(identity::Purpose::kEvent).Sign(AsBytes(message)))));
  return out;
}

inline v1::SealedReport SignManifest(const v1::Manifest& manifest,
                                     const identity::Party& reporter) {
  return SignManifest(manifest.SerializeAsString(), reporter);
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_REPORT_SAMPLE_H_
