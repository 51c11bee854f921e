#include "gateway/program/commands.h"

#include <gtest/gtest.h>

#include "gateway/program/files.h"
#include "gateway/program/store.h"
#include "gateway/program/witness.h"
#include "tests/gateway/program/installation.h"

namespace safeconduct::program {
namespace {

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(CommandsTest, CheckConfigTellsGoodFromBad) {
  const Installation good;
  EXPECT_EQ(CheckConfig(good.file()), ExitCode::kOk);
  EXPECT_EQ(CheckConfig(good.folder.File("absent.toml")), ExitCode::kConfiguration);
  const struct {
    const char* name;
    std::string file;
    std::string content;
  } kTable[] = {
      {"unknown key", "gateway.toml", Replaced(good.Toml(), "disk_reserve", "disk_reserv")},
      {"no TOML", "gateway.toml", "= ="},
      {"no trust", "trust.txt", "nonsense"},
      {"no key", "log.key", "nonsense"},
  };
  for (const auto& row : kTable) {
    const Installation bad;
    bad.Write(row.file, row.content);
    EXPECT_EQ(CheckConfig(bad.file()), ExitCode::kConfiguration) << row.name;
  }
  EXPECT_EQ(ListConfigKeys(), ExitCode::kOk);
}

TEST(CommandsTest, AWitnessIsMadeOnceItsFolderIsToBeHad) {
  const Installation installation;
  const auto other = *note::MakeVerifierKey(
      "log.example.com", installation.office.log.Key(identity::Purpose::kNote).public_key());
  const std::string table =
      "[witness]\nname = \"w.example.org\"\nstate_folder = \"witness\"\n[[witness.logs]]\nkey = "
      "\"" +
      note::FormatVerifierKey(other) + "\"\n";
  const work::SystemClock clock;
  const SigningKey key = installation.office.log.Key(identity::Purpose::kCosignature);
  auto none = OpenWitness(installation.Config().witness, key, clock);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->witness, nullptr);

  installation.Write("gateway.toml", installation.Toml() + table);
  ASSERT_EQ(CheckConfig(installation.file()), ExitCode::kOk);
  const config::Witness config = installation.Config().witness;
  {
    auto opened = OpenWitness(config, key, clock);
    ASSERT_TRUE(opened.ok()) << opened.refusal().message;
    EXPECT_EQ(opened->witness->verifier().name, "w.example.org");
    const auto second = OpenWitness(config, key, clock);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.refusal().code, ExitCode::kUnavailable);
  }
  const std::string kept = installation.folder.File("witness/" + witness::OriginHash(other.name));
  std::ofstream(kept) << "nonsense";
  const auto damaged = OpenWitness(config, key, clock);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.refusal().code, ExitCode::kStore);
  EXPECT_NE(damaged.refusal().message.find(kept), std::string::npos);
}

TEST(CommandsTest, FilesThatAreTooLongOrAbsentAreNamed) {
  const Installation installation;
  installation.Write("long", std::string(100'000, 'x'));
  for (const char* name : {"long", "absent"}) {
    const std::string path = installation.folder.File(name);
    const auto trust = ReadTrust(path);
    ASSERT_FALSE(trust.ok());
    EXPECT_EQ(trust.refusal().code, ExitCode::kConfiguration);
    EXPECT_NE(trust.refusal().message.find(path), std::string::npos);
    EXPECT_FALSE(ReadOwnKeys(path).ok());
  }
}

TEST(CommandsTest, ABackupBecomesAStoreAgain) {
  const Installation installation;
  const std::string backups = installation.folder.File("backups");
  {
    auto store = OpenStore(installation.Config(), storage::OpenMode::kServe);
    ASSERT_TRUE(store.ok()) << store.refusal().message;
    storage::CharterRecord charter;
    charter.version = 1;
    charter.note = "note";
    ASSERT_TRUE((*store)->PutCharter(charter).ok());
  }
  ASSERT_EQ(Backup(installation.file(), backups), ExitCode::kOk);
  EXPECT_EQ(Verify(installation.file()), ExitCode::kOk);
  // Never over a store that is there.
  EXPECT_EQ(Restore(installation.file(), backups), ExitCode::kStore);
  installation.Write("gateway.toml", Replaced(installation.Toml(), "\"store\"", "\"restored\""));
  ASSERT_EQ(Restore(installation.file(), backups), ExitCode::kOk);
  auto restored = OpenStore(installation.Config(), storage::OpenMode::kServe);
  ASSERT_TRUE(restored.ok()) << restored.refusal().message;
  EXPECT_EQ((*(*restored)->NewestCharter())->note, "note");
}

TEST(CommandsTest, AStoreThatIsInUseAsksTheGatewayAndSaysWhenThereIsNone) {
  const Installation installation;
  auto store = OpenStore(installation.Config(), storage::OpenMode::kServe);
  ASSERT_TRUE(store.ok()) << store.refusal().message;
  EXPECT_EQ(Backup(installation.file(), installation.folder.File("backups")),
            ExitCode::kUnavailable);
  EXPECT_EQ(Verify(installation.file()), ExitCode::kUnavailable);
}

TEST(CommandsTest, RestoringFromNothingIsRefused) {
  const Installation installation;
  EXPECT_EQ(Restore(installation.file(), installation.folder.File("nothing")), ExitCode::kStore);
}

}  // namespace
}  // namespace safeconduct::program
