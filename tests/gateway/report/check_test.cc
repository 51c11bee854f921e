// What the gateway refuses: one row for each check.
#include <gtest/gtest.h>

#include <functional>

#include "crypto/age/age.h"
#include "crypto/base/hash.h"
#include "gateway/report/report.h"
#include "tests/gateway/report/sample.h"

namespace safeconduct::report {
namespace {

using testing::MakeParty;
using testing::Sample;
using testing::SignManifest;

struct Mutation {
  const char* name;
  std::function<void(v1::Manifest&)> breaks;
  Code code;
  const char* field;
};

// A well-formed header to so many recipients of that kind.
std::string HeaderFor(std::size_t count, bool classic = false) {
  const age::FileKey file_key = age::FileKey::Random();
  std::vector<std::unique_ptr<age::Recipient>> owned;
  std::vector<const age::Recipient*> recipients;
  for (std::size_t i = 0; i < count; ++i) {
    owned.push_back(*age::ParseRecipient(
        classic ? "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
                : identity::Party::Generate().recipient()));
    recipients.push_back(owned.back().get());
  }
  return std::string(AsText(age::SerializeHeader(*age::WrapHeader(file_key, recipients))));
}

std::string WithGrease(const std::string& header) {
  age::Header parsed = age::ParseHeader(AsBytes(header))->header;
  parsed.stanzas.back() = {"joint-grease", {"a"}, {1, 2, 3}};
  return std::string(AsText(age::SerializeHeader(parsed)));
}

std::string PassphraseHeader() {
  const auto recipient = age::PassphraseRecipient(SecretBytes::Copy(AsBytes("x")), 1);
  const age::Recipient* pointer = recipient.get();
  return std::string(AsText(
      age::SerializeHeader(*age::WrapHeader(age::FileKey::Random(), std::span(&pointer, 1)))));
}

v1::Compartment& At(v1::Manifest& manifest, int index) {
  return *manifest.mutable_compartments(index);
}

void AddAttachments(v1::Manifest& manifest, int count) {
  const std::string header = HeaderFor(2);
  for (int i = 0; i < count; ++i) {
    v1::Compartment& attachment = *manifest.add_compartments();
    attachment.set_name("attachment-" + std::to_string(i));
    attachment.set_header(header);
    attachment.set_payload_bytes(4128);
    attachment.set_payload_digest(std::string(32, 'd'));
  }
}

std::vector<Mutation> Mutations() {
  std::vector<Mutation> out = {
      {"channel_unknown", [](auto& m) { m.set_channel("moon"); }, Code::kNotFound, "channel"},
      {"channel_empty", [](auto& m) { m.clear_channel(); }, Code::kNotFound, "channel"},
      {"charter_old", [](auto& m) { m.set_charter_version(6); }, Code::kConflict,
       "charter_version"},
      {"charter_future", [](auto& m) { m.set_charter_version(8); }, Code::kConflict,
       "charter_version"},
      {"request_key_missing", [](auto& m) { m.clear_request_key(); }, Code::kMalformed,
       "request_key"},
      {"request_key_long", [](auto& m) { m.mutable_request_key()->push_back('x'); },
       Code::kMalformed, "request_key"},
      {"request_key_is_event_key", [](auto& m) { m.set_request_key(m.event_key()); },
       Code::kRejected, "request_key"},
      {"request_key_of_a_holder",
       [](auto& m) {
         m.set_request_key(testing::KeyText(MakeParty(1), identity::Purpose::kRequest));
       },
       Code::kRejected, "request_key"},
      {"event_key_missing", [](auto& m) { m.clear_event_key(); }, Code::kMalformed, "event_key"},
      {"event_key_of_another",
       [](auto& m) { m.set_event_key(testing::KeyText(MakeParty(81), identity::Purpose::kEvent)); },
       Code::kUnverified, "signature"},
      {"event_key_of_small_order", [](auto& m) { m.set_event_key(std::string(32, '\0')); },
       Code::kUnverified, "signature"},
      {"no_compartments", [](auto& m) { m.clear_compartments(); }, Code::kRejected, "compartments"},
      {"compartment_missing", [](auto& m) { m.mutable_compartments()->RemoveLast(); },
       Code::kRejected, "compartments"},
      {"compartments_swapped", [](auto& m) { m.mutable_compartments()->SwapElements(0, 1); },
       Code::kRejected, "compartments.name"},
      {"compartment_twice", [](auto& m) { *m.add_compartments() = m.compartments(0); },
       Code::kRejected, "compartments.name"},
      {"compartment_unknown", [](auto& m) { At(m, 1).set_name("diary"); }, Code::kRejected,
       "compartments.name"},
      {"attachments_misnumbered",
       [](auto& m) {
         AddAttachments(m, 2);
         m.mutable_compartments()->SwapElements(3, 4);
       },
       Code::kRejected, "compartments.name"},
      {"attachment_name_not_canonical",
       [](auto& m) {
         AddAttachments(m, 1);
         At(m, 3).set_name("attachment-00");
       },
       Code::kRejected, "compartments.name"},
      {"attachments_more_than_the_channel_takes", [](auto& m) { AddAttachments(m, 4); },
       Code::kTooLarge, "compartments"},
      {"attachments_more_than_anyone_takes", [](auto& m) { AddAttachments(m, 65); },
       Code::kTooLarge, "compartments"},
      {"attachment_for_fewer_readers",
       [](auto& m) {
         AddAttachments(m, 1);
         At(m, 3).set_header(HeaderFor(1));
       },
       Code::kRejected, "attachment.header"},
      {"attachment_too_long",
       [](auto& m) {
         AddAttachments(m, 1);
         At(m, 3).set_payload_bytes(age::PayloadSize(128 * 1024 * 1024));
       },
       Code::kTooLarge, "attachment.payload_bytes"},
      {"attachment_not_padded",
       [](auto& m) {
         AddAttachments(m, 1);
         At(m, 3).set_payload_bytes(age::PayloadSize(65'537));
       },
       Code::kRejected, "attachment.payload_bytes"},
      {"attachment_below_minimum",
       [](auto& m) {
         AddAttachments(m, 1);
         At(m, 3).set_payload_bytes(age::PayloadSize(2048));
       },
       Code::kRejected, "attachment.payload_bytes"},
      {"account_over_the_limit",
       [](auto& m) { At(m, 1).set_payload_bytes(age::PayloadSize(1024 * 1024)); }, Code::kTooLarge,
       "account.payload_bytes"},
      {"triage_over_the_limit",
       [](auto& m) { At(m, 0).set_payload_bytes(age::PayloadSize(64 * 1024)); }, Code::kTooLarge,
       "triage.payload_bytes"},
  };
  const char* const headers[] = {"triage.header", "account.header", "identity.header"};
  const char* const sizes[] = {"triage.payload_bytes", "account.payload_bytes",
                               "identity.payload_bytes"};
  const char* const digests[] = {"triage.payload_digest", "account.payload_digest",
                                 "identity.payload_digest"};
  for (int i = 0; i < 3; ++i) {
    const std::size_t stanzas = i == 2 ? 4 : 2;
    const auto add = [&](const char* name, std::function<void(v1::Compartment&)> breaks, Code code,
                         const char* field) {
      out.push_back({name, [i, breaks](auto& m) { breaks(At(m, i)); }, code, field});
    };
    add(
        "header_empty", [](auto& c) { c.clear_header(); }, Code::kMalformed, headers[i]);
    add(
        "header_with_more_behind", [](auto& c) { c.mutable_header()->push_back('x'); },
        Code::kMalformed, headers[i]);
    add(
        "header_without_mac", [](auto& c) { c.mutable_header()->resize(c.header().rfind("---")); },
        Code::kMalformed, headers[i]);
    add(
        "header_cut", [](auto& c) { c.mutable_header()->pop_back(); }, Code::kMalformed,
        headers[i]);
    add(
        "header_version_2",
        [](auto& c) { c.mutable_header()->replace(c.header().find("/v1"), 3, "/v2"); },
        Code::kUnsupported, headers[i]);
    add(
        "header_one_too_few", [=](auto& c) { c.set_header(HeaderFor(stanzas - 1)); },
        Code::kRejected, headers[i]);
    add(
        "header_one_too_many", [=](auto& c) { c.set_header(HeaderFor(stanzas + 1)); },
        Code::kRejected, headers[i]);
    add(
        "header_classic", [=](auto& c) { c.set_header(HeaderFor(stanzas, true)); }, Code::kRejected,
        headers[i]);
    add(
        "header_with_grease", [](auto& c) { c.set_header(WithGrease(c.header())); },
        Code::kRejected, headers[i]);
    add(
        "header_with_passphrase", [](auto& c) { c.set_header(PassphraseHeader()); },
        Code::kRejected, headers[i]);
    add(
        "stanza_argument_cut",
        [](auto& c) {
          // Four base64 characters less are canonical, but no encapsulated key.
          c.mutable_header()->erase(c.header().find("mlkem768x25519 ") + 15, 4);
        },
        Code::kMalformed, headers[i]);
    add(
        "size_0", [](auto& c) { c.set_payload_bytes(0); }, Code::kRejected, sizes[i]);
    add(
        "size_of_no_payload", [](auto& c) { c.set_payload_bytes(65'536 + 32 + 16); },
        i == 1 ? Code::kRejected : Code::kTooLarge, sizes[i]);
    add(
        "size_one_more", [](auto& c) { c.set_payload_bytes(c.payload_bytes() + 1); },
        Code::kRejected, sizes[i]);
    add(
        "size_below_minimum", [](auto& c) { c.set_payload_bytes(age::PayloadSize(2048)); },
        Code::kRejected, sizes[i]);
    add(
        "size_enormous", [](auto& c) { c.set_payload_bytes(UINT64_MAX); }, Code::kTooLarge,
        sizes[i]);
    add(
        "digest_short", [](auto& c) { c.mutable_payload_digest()->pop_back(); }, Code::kMalformed,
        digests[i]);
    add(
        "digest_missing", [](auto& c) { c.clear_payload_digest(); }, Code::kMalformed, digests[i]);
  }
  return out;
}

class CheckReportTest : public ::testing::Test {
 protected:
  const Sample sample;
  const std::shared_ptr<const charter::OpenCharter> charter =
      testing::OpenDemoCharter(sample.office, 7);
  const Sealed sealed = *SealReport(testing::MakeDraft(5), *charter, sample.reporter);
  v1::Manifest Manifest() const {
    v1::Manifest manifest;
    EXPECT_TRUE(manifest.ParseFromString(sealed.report.manifest()));
    return manifest;
  }
};

TEST_F(CheckReportTest, RefusesEveryMutationAndNamesTheField) {
  ASSERT_TRUE(CheckReport(SignManifest(Manifest(), sample.reporter), *charter).ok());
  for (const Mutation& mutation : Mutations()) {
    v1::Manifest manifest = Manifest();
    mutation.breaks(manifest);
    const auto checked = CheckReport(SignManifest(manifest, sample.reporter), *charter);
    ASSERT_FALSE(checked.ok()) << mutation.name << " " << mutation.field;
    EXPECT_EQ(checked.error().code(), mutation.code)
        << mutation.name << " " << mutation.field << ": " << checked.error().message();
    EXPECT_STREQ(checked.error().field(), mutation.field)
        << mutation.name << ": " << checked.error().message();
  }
}

TEST_F(CheckReportTest, TakesAsManyAttachmentsAsTheChannelAllows) {
  v1::Manifest manifest = Manifest();
  AddAttachments(manifest, 3);
  const auto checked = CheckReport(SignManifest(manifest, sample.reporter), *charter);
  EXPECT_TRUE(checked.ok()) << checked.error().message();
}

TEST_F(CheckReportTest, RefusesWhatIsNoSignedManifest) {
  const auto error = [&](const std::string& manifest) {
    return CheckReport(SignManifest(manifest, sample.reporter), *charter).error();
  };
  const std::string good = sealed.report.manifest();
  EXPECT_EQ(error(good + "\x98\x06\x01").code(), Code::kUnsupported);
  EXPECT_STREQ(error(good + "\x98\x06\x01").field(), "manifest");
  EXPECT_EQ(error(good + "\x2a\x03\x98\x06\x01").code(), Code::kUnsupported)
      << "within a compartment";
  EXPECT_EQ(error(std::string(kMaxManifestBytes + 1, 'x')).code(), Code::kTooLarge);
  EXPECT_EQ(error("nonsense").code(), Code::kMalformed);
  EXPECT_STREQ(error("").field(), "request_key");

  v1::SealedReport report = sealed.report;
  report.mutable_signature()->pop_back();
  EXPECT_EQ(CheckReport(report, *charter).error().code(), Code::kMalformed);
  EXPECT_STREQ(CheckReport(report, *charter).error().field(), "signature");
}

TEST_F(CheckReportTest, RefusesASignatureMadeForSomethingElse) {
  v1::SealedReport report = sealed.report;
  const auto key = sample.reporter.Key(identity::Purpose::kEvent);
  for (const std::string& message :
       {report.manifest(), "safeconduct/event/v1\n" + report.manifest(),
        "safeconduct/report/v2\n" + report.manifest()}) {
    report.set_signature(std::string(AsText(key.Sign(AsBytes(message)))));
    EXPECT_EQ(CheckReport(report, *charter).error().code(), Code::kUnverified);
  }
}

TEST_F(CheckReportTest, RefusesEveryBitFlip) {
  for (std::size_t i = 0; i < sealed.report.manifest().size(); ++i) {
    v1::SealedReport report = sealed.report;
    char& byte = (*report.mutable_manifest())[i];
    byte = static_cast<char>(byte ^ (1 << (i % 8)));
    ASSERT_FALSE(CheckReport(report, *charter).ok()) << i;
    ASSERT_FALSE(VerifyReport(report, sealed.id).ok()) << i;
  }
  for (std::size_t i = 0; i < sealed.report.signature().size() * 8; ++i) {
    v1::SealedReport report = sealed.report;
    char& byte = (*report.mutable_signature())[i / 8];
    byte = static_cast<char>(byte ^ (1 << (i % 8)));
    ASSERT_FALSE(CheckReport(report, *charter).ok()) << i;
    ASSERT_FALSE(VerifyReport(report, sealed.id).ok()) << i;
  }
}

TEST_F(CheckReportTest, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < sealed.report.manifest().size(); ++size) {
    v1::SealedReport report = sealed.report;
    report.mutable_manifest()->resize(size);
    ASSERT_FALSE(CheckReport(report, *charter).ok()) << size;
  }
}

TEST_F(CheckReportTest, ComparesPayloadsWithTheManifest) {
  const auto checked = CheckReport(sealed.report, *charter);
  ASSERT_TRUE(checked.ok());
  std::vector<ByteView> payloads(sealed.payloads.begin(), sealed.payloads.end());
  ASSERT_TRUE(CheckPayloads(*checked, payloads).ok());

  std::vector<ByteView> swapped = {payloads[2], payloads[1], payloads[0]};
  EXPECT_STREQ(CheckPayloads(*checked, swapped).error().field(), "triage.payload");
  EXPECT_EQ(CheckPayloads(*checked, swapped).error().code(), Code::kUnverified);
  for (std::size_t i = 0; i < 3; ++i) {
    const char* const fields[] = {"triage.payload", "account.payload", "identity.payload"};
    std::vector<ByteView> cut = payloads;
    cut[i] = cut[i].first(cut[i].size() - 1);
    EXPECT_EQ(CheckPayloads(*checked, cut).error().code(), Code::kRejected);
    EXPECT_STREQ(CheckPayloads(*checked, cut).error().field(), fields[i]);
    for (const std::size_t at : {std::size_t{0}, payloads[i].size() / 2, payloads[i].size() - 1}) {
      Bytes changed(payloads[i].begin(), payloads[i].end());
      changed[at] ^= 0x80;
      std::vector<ByteView> flipped = payloads;
      flipped[i] = changed;
      EXPECT_EQ(CheckPayloads(*checked, flipped).error().code(), Code::kUnverified);
      EXPECT_STREQ(CheckPayloads(*checked, flipped).error().field(), fields[i]);
    }
  }
  payloads.pop_back();
  EXPECT_STREQ(CheckPayloads(*checked, payloads).error().field(), "payloads");
  EXPECT_STREQ(CheckPayloads(*checked, {}).error().field(), "payloads");
}

TEST(CheckDecoy, TakesWhatSomeReportWithoutAttachmentsHas) {
  const Sample sample;
  const std::vector<ByteView> payloads(sample.sealed.payloads.begin(),
                                       sample.sealed.payloads.end());
  const Bytes sealed(sample.sealed.report.ByteSizeLong());
  EXPECT_TRUE(CheckDecoy(sealed, payloads, *sample.charter).ok());
  EXPECT_EQ(CheckDecoy({}, payloads, *sample.charter).error().code(), Code::kMalformed);
  const Bytes largest(kMaxSealedBytes + 1);
  EXPECT_TRUE(CheckDecoy(ByteView(largest).first(kMaxSealedBytes), payloads, *sample.charter).ok());
  EXPECT_EQ(CheckDecoy(largest, payloads, *sample.charter).error().code(), Code::kTooLarge);
  for (std::size_t i = 0; i < 3; ++i) {
    const char* const fields[] = {"triage.payload", "account.payload", "identity.payload"};
    std::vector<ByteView> changed = payloads;
    changed[i] = changed[i].first(changed[i].size() - 1);
    EXPECT_EQ(CheckDecoy(sealed, changed, *sample.charter).error().code(), Code::kRejected);
    EXPECT_STREQ(CheckDecoy(sealed, changed, *sample.charter).error().field(), fields[i]);
    const Bytes huge(2 * kMaxAccountBytes);
    changed[i] = huge;
    EXPECT_EQ(CheckDecoy(sealed, changed, *sample.charter).error().code(), Code::kTooLarge);
    EXPECT_STREQ(CheckDecoy(sealed, changed, *sample.charter).error().field(), fields[i]);
  }
}

// A manifest and a signature of their greatest sizes, and no byte more.
TEST(CheckDecoy, KnowsTheLongestSealedReport) {
  v1::SealedReport longest;
  longest.set_manifest(std::string(kMaxManifestBytes, 'x'));
  longest.set_signature(std::string(64, 'x'));
  EXPECT_EQ(longest.ByteSizeLong(), kMaxSealedBytes);
}

}  // namespace
}  // namespace safeconduct::report
