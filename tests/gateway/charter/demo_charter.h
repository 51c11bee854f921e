// A small office for the tests of the protocol: two intake officers, two support officers, an
// investigator, a trustee and an auditor over two channels, under three root keys of which two
// sign.
#ifndef SAFECONDUCT_TESTS_GATEWAY_CHARTER_DEMO_CHARTER_H_
#define SAFECONDUCT_TESTS_GATEWAY_CHARTER_DEMO_CHARTER_H_

#include <cstdlib>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/secret.h"
#include "crypto/identity/identity.h"
#include "crypto/note/note.h"
#include "crypto/tlog/cosignature.h"
#include "gateway/charter/charter.h"

namespace safeconduct::testing {

inline constexpr std::string_view kOrigin = "example.org/charter";
inline constexpr std::string_view kLogOrigin = "example.org/log";
inline constexpr std::int64_t kNow = 1'800'000'000;
inline constexpr std::int64_t kExpiry = kNow + 365 * 86'400;

// The same party for the same number, in every run.
inline identity::Party MakeParty(std::uint8_t number) {
  if (!InitCrypto().ok()) std::abort();
  SecretArray<32> seed;
  seed.RevealMutable()[0] = number;
  seed.RevealMutable()[31] = 0x5c;
  return identity::Party::FromSeed(seed);
}

inline std::string KeyText(const identity::Party& party, identity::Purpose purpose) {
  return std::string(AsText(party.Key(purpose).public_key()));
}

inline v1::Holder MakeHolder(std::string_view label, const identity::Party& party,
                             std::initializer_list<v1::Role> roles) {
  v1::Holder holder;
  holder.set_label(std::string(label));
  holder.set_organisation("Conduct and Discipline");
  for (const v1::Role role : roles) holder.add_roles(role);
  holder.set_recipient(party.recipient());
  holder.set_request_key(KeyText(party, identity::Purpose::kRequest));
  holder.set_event_key(KeyText(party, identity::Purpose::kEvent));
  return holder;
}

struct Office {
  identity::Party intake = MakeParty(1);
  identity::Party second_intake = MakeParty(2);
  identity::Party support = MakeParty(3);
  identity::Party second_support = MakeParty(4);
  identity::Party investigator = MakeParty(5);
  identity::Party trustee = MakeParty(6);
  identity::Party auditor = MakeParty(7);
  identity::Party second_trustee = MakeParty(30);  // in the quorum's office only, as the next three
  identity::Party third_trustee = MakeParty(31);
  identity::Party national = MakeParty(32);
  identity::Party second_investigator = MakeParty(33);
  identity::Party relay = MakeParty(40);  // in the office with relays only, as the next one
  identity::Party second_relay = MakeParty(41);
  identity::Party roots[3] = {MakeParty(10), MakeParty(11), MakeParty(12)};
  identity::Party new_roots[2] = {MakeParty(13), MakeParty(14)};
  identity::Party log = MakeParty(20);
  identity::Party witness = MakeParty(21);
  identity::Party outsider = MakeParty(99);
};

inline note::VerifierKey NoteKey(const identity::Party& party, std::string_view name) {
  return *note::MakeVerifierKey(name, party.Key(identity::Purpose::kNote).public_key());
}

inline std::string RootName(int number) { return "root-" + std::to_string(number); }

inline v1::Question MakeQuestion(std::string_view id, v1::QuestionKind kind, v1::Place place) {
  v1::Question question;
  question.set_id(std::string(id));
  question.set_kind(kind);
  question.set_place(place);
  return question;
}

inline v1::Charter DemoCharter(const Office& office) {
  v1::Charter charter;
  *charter.add_holders() = MakeHolder("intake-1", office.intake, {v1::ROLE_INTAKE});
  *charter.add_holders() = MakeHolder("intake-2", office.second_intake, {v1::ROLE_INTAKE});
  *charter.add_holders() = MakeHolder("support-1", office.support, {v1::ROLE_SUPPORT});
  *charter.add_holders() = MakeHolder("support-2", office.second_support, {v1::ROLE_SUPPORT});
  *charter.add_holders() = MakeHolder("oios", office.investigator, {v1::ROLE_INVESTIGATOR});
  *charter.add_holders() = MakeHolder("trustee-1", office.trustee, {v1::ROLE_TRUSTEE});
  *charter.add_holders() = MakeHolder("auditor", office.auditor, {v1::ROLE_AUDITOR});
  charter.mutable_holders(3)->add_channels("mission");

  v1::Channel& channel = *charter.add_channels();
  channel.set_id("mission");
  channel.mutable_policy()->set_account(v1::ACCOUNT_RELEASE_INTAKE);
  channel.mutable_deadlines()->set_acknowledge_days(7);
  channel.mutable_limits()->set_attachment_bytes(64 * 1024 * 1024);
  channel.mutable_limits()->set_attachments(3);
  channel.mutable_limits()->set_account_bytes(1024 * 1024);
  channel.mutable_limits()->set_plain_bytes(1024 * 1024);
  channel.add_plain_recipients("intake-1");
  v1::Contact& contact = *channel.add_contacts();
  contact.set_kind("emergency");
  contact.set_value("+243 000 000");
  v1::Step& step = *channel.mutable_questionnaire()->add_steps();
  step.set_id("now");
  *step.add_questions() = MakeQuestion("danger", v1::QUESTION_KIND_YES_NO, v1::PLACE_TRIAGE);
  v1::Question& kind = *step.add_questions();
  kind = MakeQuestion("kind", v1::QUESTION_KIND_CHOICE, v1::PLACE_TRIAGE);
  kind.add_options("abuse");
  kind.add_options("fraud");
  v1::Question& place = *step.add_questions();
  place = MakeQuestion("where", v1::QUESTION_KIND_PLACE, v1::PLACE_ACCOUNT);
  place.mutable_shown_if()->set_question("kind");
  place.mutable_shown_if()->add_equals("abuse");

  v1::Channel& other = *charter.add_channels();
  other.set_id("fraud");
  other.mutable_policy()->set_account(v1::ACCOUNT_RELEASE_INTAKE);
  other.mutable_limits()->set_account_bytes(64 * 1024);

  v1::Log& log = *charter.add_logs();
  log.set_vkey(note::FormatVerifierKey(NoteKey(office.log, kLogOrigin)));
  log.set_interval_seconds(3600);
  charter.add_witnesses(tlog::FormatWitnessKey(*tlog::MakeWitnessKey(
      "example.net/witness", office.witness.Key(identity::Purpose::kCosignature).public_key())));
  charter.set_witness_threshold(1);
  v1::Text& text = *charter.add_texts();
  text.set_language("en");
  text.set_sha256(std::string(32, '\7'));
  return charter;
}

// The same with accounts of "mission" sealed to 2 of 3 trustees, of 3 organisations of which 2 have
// to approve, and an investigator of a Member State.
inline v1::Charter QuorumCharter(const Office& office) {
  v1::Charter charter = DemoCharter(office);
  const auto add = [&](std::string_view label, const identity::Party& party, v1::Role role,
                       std::string_view organisation) {
    v1::Holder& holder = *charter.add_holders();
    holder = MakeHolder(label, party, {role});
    holder.set_organisation(std::string(organisation));
  };
  add("trustee-2", office.second_trustee, v1::ROLE_TRUSTEE, "Oversight");
  add("trustee-3", office.third_trustee, v1::ROLE_TRUSTEE, "Ombudsman");
  add("national", office.national, v1::ROLE_INVESTIGATOR, "Member State");
  charter.mutable_holders(charter.holders_size() - 1)->set_national_authority(true);
  add("oios-2", office.second_investigator, v1::ROLE_INVESTIGATOR, "Oversight");
  v1::Policy& policy = *charter.mutable_channels(0)->mutable_policy();
  policy.set_account(v1::ACCOUNT_RELEASE_QUORUM);
  policy.set_quorum_threshold(2);
  policy.set_quorum_organisations(2);
  return charter;
}

// The demo's with two relays of "mission" for SMS.
inline v1::Charter RelayCharter(const Office& office) {
  v1::Charter charter = DemoCharter(office);
  *charter.add_holders() = MakeHolder("sms", office.relay, {v1::ROLE_RELAY});
  charter.mutable_holders(charter.holders_size() - 1)->add_channels("mission");
  *charter.add_holders() = MakeHolder("sms-2", office.second_relay, {v1::ROLE_RELAY});
  return charter;
}

inline std::shared_ptr<const charter::OpenCharter> OpenCharterOf(const v1::Charter& message,
                                                                 std::uint64_t version = 1) {
  const auto text = charter::MakeText(kOrigin, version, kExpiry, message);
  if (!text.ok()) std::abort();
  return *charter::OpenCharter::FromText(*text);
}

inline std::shared_ptr<const charter::OpenCharter> OpenDemoCharter(const Office& office,
                                                                   std::uint64_t version = 1) {
  return OpenCharterOf(DemoCharter(office), version);
}

// The note over `text`, signed by those parties under their root names.
inline std::string SignNote(std::string text,
                            const std::vector<std::pair<std::string, const identity::Party*>>& by) {
  note::Note note;
  note.text = std::move(text);
  for (const auto& [name, party] : by) {
    if (!note::Sign(note, name, party->Key(identity::Purpose::kNote)).ok()) std::abort();
  }
  return note::Serialize(note);
}

inline charter::Trust DemoTrust(const Office& office) {
  charter::Trust trust;
  trust.origin = kOrigin;
  for (int i = 0; i < 3; ++i) trust.roots.push_back(NoteKey(office.roots[i], RootName(i)));
  trust.threshold = 2;
  trust.logs.push_back(NoteKey(office.log, kLogOrigin));
  return trust;
}

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_CHARTER_DEMO_CHARTER_H_
