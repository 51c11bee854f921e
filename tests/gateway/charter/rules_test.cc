// One row for each rule that charter.proto states.
#include <gtest/gtest.h>

#include <cctype>
#include <functional>

#include "crypto/base/encoding.h"
#include "gateway/charter/charter.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::charter {
namespace {

using ::safeconduct::testing::DemoCharter;
using ::safeconduct::testing::kExpiry;
using ::safeconduct::testing::kOrigin;
using ::safeconduct::testing::MakeHolder;
using ::safeconduct::testing::MakeQuestion;
using ::safeconduct::testing::NoteKey;
using ::safeconduct::testing::Office;

std::string TextOf(const v1::Charter& charter) {
  return std::string(kOrigin) + "\n1\n" + std::to_string(kExpiry) + "\n" +
         Base64Encode(AsBytes(charter.SerializeAsString())) + "\n";
}

struct Rule {
  const char* name;
  std::function<void(v1::Charter&)> breaks;
  Code code;
  const char* field;
};

v1::Channel& Mission(v1::Charter& charter) { return *charter.mutable_channels(0); }
// Besides the one that is there; every other one of another organisation.
void AddTrustees(v1::Charter& charter, int count) {
  for (int i = 0; i < count; ++i) {
    v1::Holder& holder = *charter.add_holders();
    holder = testing::MakeHolder("more-" + std::to_string(i),
                                 testing::MakeParty(static_cast<std::uint8_t>(100 + i)),
                                 {v1::ROLE_TRUSTEE});
    if (i % 2 == 0) holder.set_organisation("Oversight");
  }
}
void SetQuorum(v1::Charter& charter, std::uint32_t threshold, std::uint32_t organisations) {
  v1::Policy& policy = *Mission(charter).mutable_policy();
  policy.set_account(v1::ACCOUNT_RELEASE_QUORUM);
  policy.set_quorum_threshold(threshold);
  policy.set_quorum_organisations(organisations);
}
v1::Question& Question(v1::Charter& charter, int index) {
  return *Mission(charter).mutable_questionnaire()->mutable_steps(0)->mutable_questions(index);
}

std::vector<Rule> Rules() {
  return {
      {"label_empty", [](auto& c) { c.mutable_holders(0)->set_label(""); }, Code::kRejected,
       "holders.label"},
      {"label_with_capital", [](auto& c) { c.mutable_holders(0)->set_label("Anna"); },
       Code::kRejected, "holders.label"},
      {"label_too_long", [](auto& c) { c.mutable_holders(1)->set_label(std::string(64, 'a')); },
       Code::kRejected, "holders.label"},
      {"label_twice", [](auto& c) { c.mutable_holders(1)->set_label("intake-1"); }, Code::kRejected,
       "holders.label"},
      {"organisation_empty", [](auto& c) { c.mutable_holders(0)->clear_organisation(); },
       Code::kRejected, "holders.organisation"},
      {"organisation_too_long",
       [](auto& c) { c.mutable_holders(0)->set_organisation(std::string(129, 'o')); },
       Code::kRejected, "holders.organisation"},
      {"organisation_with_newline", [](auto& c) { c.mutable_holders(0)->set_organisation("a\nb"); },
       Code::kRejected, "holders.organisation"},
      {"no_role", [](auto& c) { c.mutable_holders(4)->clear_roles(); }, Code::kRejected,
       "holders.roles"},
      {"role_unspecified", [](auto& c) { c.mutable_holders(4)->add_roles(v1::ROLE_UNSPECIFIED); },
       Code::kRejected, "holders.roles"},
      {"role_twice", [](auto& c) { c.mutable_holders(0)->add_roles(v1::ROLE_INTAKE); },
       Code::kRejected, "holders.roles"},
      {"role_unknown", [](auto& c) { c.mutable_holders(0)->add_roles(static_cast<v1::Role>(77)); },
       Code::kUnsupported, ""},
      {"holder_of_unknown_channel", [](auto& c) { c.mutable_holders(0)->add_channels("moon"); },
       Code::kRejected, "holders.channels"},
      {"holder_channel_twice",
       [](auto& c) {
         c.mutable_holders(4)->add_channels("mission");
         c.mutable_holders(4)->add_channels("mission");
       },
       Code::kRejected, "holders.channels"},
      {"recipient_empty", [](auto& c) { c.mutable_holders(0)->clear_recipient(); }, Code::kRejected,
       "holders.recipient"},
      {"recipient_classic",
       [](auto& c) {
         c.mutable_holders(0)->set_recipient(
             "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
       },
       Code::kRejected, "holders.recipient"},
      {"recipient_mistyped",
       [](auto& c) { c.mutable_holders(0)->mutable_recipient()->back() ^= 1; }, Code::kRejected,
       "holders.recipient"},
      {"recipient_upper_case",
       [](auto& c) {
         for (char& ch : *c.mutable_holders(0)->mutable_recipient()) {
           ch = static_cast<char>(std::toupper(ch));
         }
       },
       Code::kRejected, "holders.recipient"},
      {"recipient_twice",
       [](auto& c) { c.mutable_holders(1)->set_recipient(c.holders(0).recipient()); },
       Code::kRejected, "holders.recipient"},
      {"request_key_short",
       [](auto& c) { c.mutable_holders(0)->mutable_request_key()->pop_back(); }, Code::kRejected,
       "holders.request_key"},
      {"request_key_of_another",
       [](auto& c) { c.mutable_holders(1)->set_request_key(c.holders(0).request_key()); },
       Code::kRejected, "holders.request_key"},
      {"event_key_is_request_key",
       [](auto& c) { c.mutable_holders(1)->set_event_key(c.holders(0).request_key()); },
       Code::kRejected, "holders.event_key"},
      {"event_key_missing", [](auto& c) { c.mutable_holders(2)->clear_event_key(); },
       Code::kRejected, "holders.event_key"},
      {"no_channel",
       [](auto& c) {
         c.clear_channels();
         c.mutable_holders(3)->clear_channels();
       },
       Code::kRejected, "channels"},
      {"too_many_channels",
       [](auto& c) {
         for (int i = 0; i < 255; ++i) {
           *c.add_channels() = c.channels(1);
           c.mutable_channels(c.channels_size() - 1)->set_id("c" + std::to_string(i));
         }
       },
       Code::kTooLarge, "channels"},
      {"channel_id_bad", [](auto& c) { Mission(c).set_id("Mission!"); }, Code::kRejected,
       "holders.channels"},
      {"other_channel_id_bad", [](auto& c) { c.mutable_channels(1)->set_id("a/b"); },
       Code::kRejected, "channels.id"},
      {"channel_id_twice", [](auto& c) { c.mutable_channels(1)->set_id("mission"); },
       Code::kRejected, "channels.id"},
      {"no_policy", [](auto& c) { Mission(c).clear_policy(); }, Code::kRejected,
       "channels.policy.account"},
      {"quorum",
       [](auto& c) {
         Mission(c).mutable_policy()->set_account(v1::ACCOUNT_RELEASE_QUORUM);
         Mission(c).mutable_policy()->set_quorum_threshold(2);
         Mission(c).mutable_policy()->set_quorum_organisations(1);
       },
       Code::kRejected, "channels.policy.quorum_threshold"},  // of one trustee
      {"quorum_of_one",
       [](auto& c) {
         AddTrustees(c, 3);
         SetQuorum(c, 1, 1);
       },
       Code::kRejected, "channels.policy.quorum_threshold"},
      {"quorum_of_more_than_there_are",
       [](auto& c) {
         AddTrustees(c, 1);
         SetQuorum(c, 3, 1);
       },
       Code::kRejected, "channels.policy.quorum_threshold"},
      {"quorum_of_no_organisation",
       [](auto& c) {
         AddTrustees(c, 1);
         SetQuorum(c, 2, 0);
       },
       Code::kRejected, "channels.policy.quorum_organisations"},
      {"quorum_of_more_organisations_than_there_are",
       [](auto& c) {
         AddTrustees(c, 1);
         SetQuorum(c, 2, 3);
       },
       Code::kRejected, "channels.policy.quorum_organisations"},
      {"quorum_of_too_many_trustees",
       [](auto& c) {
         AddTrustees(c, 16);
         SetQuorum(c, 2, 1);
       },
       Code::kTooLarge, "channels"},
      {"quorum_with_more_attachments_than_a_manifest_holds",
       [](auto& c) {
         AddTrustees(c, 15);
         SetQuorum(c, 2, 1);
         Mission(c).mutable_limits()->set_attachments(64);
       },
       Code::kTooLarge, "channels.limits.attachments"},
      {"quorum_size_without_quorum",
       [](auto& c) { Mission(c).mutable_policy()->set_quorum_threshold(2); }, Code::kRejected,
       "channels.policy"},
      {"deadline_too_long",
       [](auto& c) { Mission(c).mutable_deadlines()->set_conclude_days(3651); }, Code::kRejected,
       "channels.deadlines"},
      {"retention_too_long",
       [](auto& c) { Mission(c).mutable_retention()->set_closed_days(36501); }, Code::kRejected,
       "channels.retention"},
      {"too_many_attachments", [](auto& c) { Mission(c).mutable_limits()->set_attachments(65); },
       Code::kRejected, "channels.limits.attachments"},
      {"attachments_do_not_fit_the_manifest",
       [](auto& c) {
         for (int i = 0; i < 10; ++i) {
           const auto party = testing::MakeParty(static_cast<std::uint8_t>(50 + i));
           *c.add_holders() = MakeHolder("more-" + std::to_string(i), party, {v1::ROLE_INTAKE});
         }
         Mission(c).mutable_limits()->set_attachments(64);
       },
       Code::kTooLarge, "channels.limits.attachments"},
      {"attachment_bytes_too_small",
       [](auto& c) { Mission(c).mutable_limits()->set_attachment_bytes(4127); }, Code::kRejected,
       "channels.limits.attachment_bytes"},
      {"attachment_bytes_too_large",
       [](auto& c) { Mission(c).mutable_limits()->set_attachment_bytes((1ull << 40) + 1); },
       Code::kRejected, "channels.limits.attachment_bytes"},
      {"account_bytes_missing", [](auto& c) { Mission(c).mutable_limits()->clear_account_bytes(); },
       Code::kRejected, "channels.limits.account_bytes"},
      {"account_bytes_too_small",
       [](auto& c) { Mission(c).mutable_limits()->set_account_bytes(16415); }, Code::kRejected,
       "channels.limits.account_bytes"},
      {"account_bytes_too_large",
       [](auto& c) { Mission(c).mutable_limits()->set_account_bytes(1024 * 1024 + 1); },
       Code::kRejected, "channels.limits.account_bytes"},
      {"plain_bytes_too_large",
       [](auto& c) { Mission(c).mutable_limits()->set_plain_bytes(16 * 1024 * 1024 + 1); },
       Code::kRejected, "channels.limits.plain_bytes"},
      {"plain_bytes_without_recipients", [](auto& c) { Mission(c).clear_plain_recipients(); },
       Code::kRejected, "channels.limits.plain_bytes"},
      {"plain_recipients_without_bytes",
       [](auto& c) { Mission(c).mutable_limits()->clear_plain_bytes(); }, Code::kRejected,
       "channels.limits.plain_bytes"},
      {"plain_recipient_unknown", [](auto& c) { Mission(c).set_plain_recipients(0, "nobody"); },
       Code::kRejected, "channels.plain_recipients"},
      {"plain_recipient_of_another_channel",
       [](auto& c) {
         c.mutable_channels(1)->add_plain_recipients("support-2");
         c.mutable_channels(1)->mutable_limits()->set_plain_bytes(100'000);
       },
       Code::kRejected, "channels.plain_recipients"},
      {"plain_recipient_who_may_not_read",
       [](auto& c) { Mission(c).set_plain_recipients(0, "auditor"); }, Code::kRejected,
       "channels.plain_recipients"},
      {"plain_recipient_twice", [](auto& c) { Mission(c).add_plain_recipients("intake-1"); },
       Code::kRejected, "channels.plain_recipients"},
      {"contact_without_value", [](auto& c) { Mission(c).mutable_contacts(0)->clear_value(); },
       Code::kRejected, "channels.contacts"},
      {"contact_kind_bad", [](auto& c) { Mission(c).mutable_contacts(0)->set_kind("Call us"); },
       Code::kRejected, "channels.contacts"},
      {"contacts_too_many",
       [](auto& c) {
         while (Mission(c).contacts_size() < 33)
           *Mission(c).add_contacts() = Mission(c).contacts(0);
       },
       Code::kTooLarge, "channels.contacts"},
      {"channel_without_intake",
       [](auto& c) {
         c.mutable_holders(0)->add_channels("fraud");
         c.mutable_holders(1)->add_channels("fraud");
         Mission(c).clear_plain_recipients();
         Mission(c).mutable_limits()->clear_plain_bytes();
       },
       Code::kRejected, "channels"},
      {"step_without_questions",
       [](auto& c) { Mission(c).mutable_questionnaire()->add_steps()->set_id("empty"); },
       Code::kRejected, "channels.questionnaire.steps"},
      {"step_id_twice",
       [](auto& c) {
         v1::Step& step = *Mission(c).mutable_questionnaire()->add_steps();
         step.set_id("now");
         *step.add_questions() = MakeQuestion("q", v1::QUESTION_KIND_TEXT, v1::PLACE_ACCOUNT);
       },
       Code::kRejected, "channels.questionnaire.steps"},
      {"question_id_twice", [](auto& c) { Question(c, 1).set_id("danger"); }, Code::kRejected,
       "channels.questionnaire.id"},
      {"question_id_bad", [](auto& c) { Question(c, 0).set_id("a b"); }, Code::kRejected,
       "channels.questionnaire.id"},
      {"question_kind_missing", [](auto& c) { Question(c, 0).clear_kind(); }, Code::kRejected,
       "channels.questionnaire.kind"},
      {"question_place_missing", [](auto& c) { Question(c, 0).clear_place(); }, Code::kRejected,
       "channels.questionnaire.place"},
      {"file_outside_account", [](auto& c) { Question(c, 0).set_kind(v1::QUESTION_KIND_FILE); },
       Code::kRejected, "channels.questionnaire.place"},
      {"choice_without_options", [](auto& c) { Question(c, 1).clear_options(); }, Code::kRejected,
       "channels.questionnaire.options"},
      {"choice_option_twice", [](auto& c) { Question(c, 1).add_options("fraud"); }, Code::kRejected,
       "channels.questionnaire.options"},
      {"options_of_no_choice", [](auto& c) { Question(c, 0).add_options("perhaps"); },
       Code::kRejected, "channels.questionnaire.options"},
      {"shown_if_forward", [](auto& c) { Question(c, 0).mutable_shown_if()->set_question("kind"); },
       Code::kRejected, "channels.questionnaire.shown_if"},
      {"shown_if_itself", [](auto& c) { Question(c, 2).mutable_shown_if()->set_question("where"); },
       Code::kRejected, "channels.questionnaire.shown_if"},
      {"shown_if_impossible",
       [](auto& c) { Question(c, 2).mutable_shown_if()->set_equals(0, "x"); }, Code::kRejected,
       "channels.questionnaire.shown_if"},
      {"shown_if_without_answers",
       [](auto& c) { Question(c, 2).mutable_shown_if()->clear_equals(); }, Code::kRejected,
       "channels.questionnaire.shown_if"},
      {"shown_if_of_free_text",
       [](auto& c) {
         Question(c, 0).set_kind(v1::QUESTION_KIND_TEXT);
         Question(c, 2).mutable_shown_if()->set_question("danger");
       },
       Code::kRejected, "channels.questionnaire.shown_if"},
      {"no_log", [](auto& c) { c.clear_logs(); }, Code::kRejected, "logs"},
      {"log_key_bad", [](auto& c) { c.mutable_logs(0)->set_vkey("nonsense"); }, Code::kRejected,
       "logs.vkey"},
      {"log_key_of_a_witness", [](auto& c) { c.mutable_logs(0)->set_vkey(c.witnesses(0)); },
       Code::kRejected, "logs.vkey"},
      {"log_twice", [](auto& c) { *c.add_logs() = c.logs(0); }, Code::kRejected, "logs.vkey"},
      {"log_interval_missing", [](auto& c) { c.mutable_logs(0)->clear_interval_seconds(); },
       Code::kRejected, "logs.interval_seconds"},
      {"log_interval_too_long", [](auto& c) { c.mutable_logs(0)->set_interval_seconds(86'401); },
       Code::kRejected, "logs.interval_seconds"},
      {"log_in_use_with_last_checkpoint",
       [](auto& c) { c.mutable_logs(0)->set_last_checkpoint("x"); }, Code::kRejected,
       "logs.last_checkpoint"},
      {"log_named_as_the_charter",
       [](auto& c) {
         c.mutable_logs(0)->set_vkey(
             note::FormatVerifierKey(NoteKey(testing::MakeParty(20), kOrigin)));
       },
       Code::kRejected, "logs.vkey"},
      {"retired_log_without_checkpoint",
       [](auto& c) {
         v1::Log& old = *c.add_logs();
         old.set_vkey(note::FormatVerifierKey(NoteKey(testing::MakeParty(30), "example.org/old")));
         old.set_interval_seconds(3600);
       },
       Code::kRejected, "logs.last_checkpoint"},
      {"witness_key_bad", [](auto& c) { c.set_witnesses(0, "w"); }, Code::kRejected, "witnesses"},
      {"witness_key_of_type_1", [](auto& c) { c.set_witnesses(0, c.logs(0).vkey()); },
       Code::kRejected, "witnesses"},
      {"witness_twice", [](auto& c) { c.add_witnesses(c.witnesses(0)); }, Code::kRejected,
       "witnesses"},
      {"witness_threshold_too_high", [](auto& c) { c.set_witness_threshold(2); }, Code::kRejected,
       "witness_threshold"},
      {"next_roots_empty", [](auto& c) { c.mutable_next_roots(); }, Code::kRejected,
       "next_roots.threshold"},
      {"next_roots_key_bad",
       [](auto& c) {
         c.mutable_next_roots()->add_vkeys("x");
         c.mutable_next_roots()->set_threshold(1);
       },
       Code::kRejected, "next_roots.vkeys"},
      {"next_roots_key_twice",
       [](auto& c) {
         // Under another name it is still the same key.
         for (const char* name : {"a", "b"}) {
           c.mutable_next_roots()->add_vkeys(
               note::FormatVerifierKey(NoteKey(testing::MakeParty(13), name)));
         }
         c.mutable_next_roots()->set_threshold(2);
       },
       Code::kRejected, "next_roots.vkeys"},
      {"next_roots_threshold_too_high",
       [](auto& c) {
         c.mutable_next_roots()->add_vkeys(
             note::FormatVerifierKey(NoteKey(testing::MakeParty(13), "a")));
         c.mutable_next_roots()->set_threshold(2);
       },
       Code::kRejected, "next_roots.threshold"},
      {"text_language_twice", [](auto& c) { *c.add_texts() = c.texts(0); }, Code::kRejected,
       "texts.language"},
      {"text_language_bad", [](auto& c) { c.mutable_texts(0)->set_language("en_GB"); },
       Code::kRejected, "texts.language"},
      {"text_digest_short", [](auto& c) { c.mutable_texts(0)->set_sha256("short"); },
       Code::kRejected, "texts.sha256"},
      {"web_digest_short", [](auto& c) { c.mutable_web()->set_manifest_digest("short"); },
       Code::kRejected, "web.manifest_digest"},
      {"web_version_bad", [](auto& c) { c.mutable_web()->set_minimum_version("1 2"); },
       Code::kRejected, "web.minimum_version"},
      {"unknown_field",
       [](auto& c) {
         // Field 99, a varint.
         v1::Charter more;
         const std::string bytes = c.SerializeAsString() + "\x98\x06\x01";
         ASSERT_TRUE(more.ParseFromString(bytes));
         c = more;
       },
       Code::kUnsupported, ""},
  };
}

TEST(OpenCharter, RefusesEveryBrokenRuleAndNamesTheField) {
  const Office office;
  const v1::Charter good = DemoCharter(office);
  ASSERT_TRUE(OpenCharter::FromText(TextOf(good)).ok());
  for (const Rule& rule : Rules()) {
    v1::Charter bad = good;
    rule.breaks(bad);
    const auto opened = OpenCharter::FromText(TextOf(bad));
    ASSERT_FALSE(opened.ok()) << rule.name;
    EXPECT_EQ(opened.error().code(), rule.code) << rule.name << ": " << opened.error().message();
    EXPECT_STREQ(opened.error().field(), rule.field)
        << rule.name << ": " << opened.error().message();
    EXPECT_FALSE(MakeText(kOrigin, 1, kExpiry, bad).ok()) << rule.name;
  }
}

}  // namespace
}  // namespace safeconduct::charter
