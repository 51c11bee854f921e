// kill -9 at random moments while reports are committed and uploads go on: what was acknowledged is
// there after a start that needs no help. The child is this program itself.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "storage/rocksdb/rocksdb_store.h"
#include "tests/storage/conformance.h"
#include "tests/storage/reports.h"
#include "tests/storage/temp_folder.h"

namespace safeconduct::storage {
namespace {

constexpr Sequence kUploadBase = 1'000'000'000;
constexpr std::size_t kUploadPieces = 6;

RocksDbSettings SettingsFor(const std::string& folder) {
  RocksDbSettings settings;
  settings.folder = folder;
  settings.write_buffer_bytes = 2 << 20;  // flushes and changes of the log belong to the picture
  settings.log_bytes = 4 << 20;
  return settings;
}

// What the child says when something was acknowledged.
struct Acknowledged {
  char kind = 0;  // 'r' report, 'e' its erasure, 'u' upload up to `bytes`
  Sequence sequence = 0;
  std::uint64_t bytes = 0;
};

void Say(int out, const Acknowledged& what) {
  if (write(out, &what, sizeof what) != sizeof what) _exit(3);
}

// Five reports, an event of one of them, and that one's erasure. `within`: any of their numbers.
struct Round {
  static constexpr Sequence kNumbers = 12;

  explicit Round(Sequence within) : first((within - 1) / kNumbers * kNumbers + 1) {
    for (Sequence sequence = first; sequence < first + 10; sequence += 2) {
      reports.push_back(SealedReportAt(sequence, "north", {512, 6000, 512}));
    }
    v1::StoredCase record = erased().record;
    event = NextEvent(erased().sequence, record, first + 10);
    erasing = ErasingEvent(erased().sequence, record, first + 11);
  }
  const Report& erased() const { return reports[2]; }

  Sequence first;
  std::vector<Report> reports;
  CaseEvent event;
  CaseEvent erasing;
};

// --- The child --------------------------------------------------------------------------------

void KeepCommitting(EnvelopeStore& store, int out) {
  Sequence next = 1;
  const auto last = store.ListCases("north", 0, 1);
  if (!last.ok()) _exit(4);
  if (!last->empty()) next = Round(last->front().sequence).first + Round::kNumbers;
  for (;; next += Round::kNumbers) {
    const Round round(next);
    Batch batch;
    for (const Report& report : round.reports) batch.cases.push_back(report.View());
    batch.events.push_back(round.event.View());
    if (!store.Commit(batch).ok()) _exit(5);
    for (const Report& report : round.reports) Say(out, {'r', report.sequence, 0});
    if (!CommitOne(store, round.erasing).ok()) _exit(5);
    Say(out, {'e', round.erased().sequence, 0});
  }
}

void KeepUploading(EnvelopeStore& store, int out, Sequence first) {
  for (Sequence sequence = first;; sequence += 2) {
    const Upload upload = UploadAt(sequence, kUploadPieces * kPieceBytes);
    const Status made = store.CreateUpload(upload.ref);
    if (!made.ok() && made.error().code() == Code::kExists) continue;
    if (!made.ok()) _exit(6);
    for (std::uint64_t i = 0; i < kUploadPieces; ++i) {
      if (!store.WritePiece(upload.ref, i, upload.Piece(i)).ok()) _exit(7);
      if (!store.SyncUpload(upload.At((i + 1) * kPieceBytes)).ok()) _exit(8);
      Say(out, {'u', sequence, (i + 1) * kPieceBytes});
    }
  }
}

int Child(const std::string& folder, int out) {
  auto opened = OpenRocksDb(SettingsFor(folder));
  if (!opened.ok()) return 2;
  Say(out, {'o', 0, 0});
  EnvelopeStore& store = **opened;
  std::thread first(KeepUploading, std::ref(store), out, kUploadBase);
  std::thread second(KeepUploading, std::ref(store), out, kUploadBase + 1);
  KeepCommitting(store, out);
  return 0;
}

// --- The parent -------------------------------------------------------------------------------

struct Life {
  bool opened = false;
  std::vector<Acknowledged> acknowledged;
};

// Starts the child, and kills it once it acknowledged so many writes.
Life LiveAndKill(const std::string& folder, std::size_t after) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  const std::string out = std::to_string(pipe_ends[1]);
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    execl("/proc/self/exe", "crash", "--child", folder.c_str(), out.c_str(), nullptr);
    _exit(9);
  }
  close(pipe_ends[1]);
  Life life;
  Acknowledged said;
  bool killed = false;
  while (read(pipe_ends[0], &said, sizeof said) == sizeof said) {
    if (said.kind == 'o') {
      life.opened = true;
    } else {
      life.acknowledged.push_back(said);
    }
    if (!killed && life.acknowledged.size() >= after) {
      kill(child, SIGKILL);
      killed = true;  // what is in the pipe was said before
    }
  }
  close(pipe_ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  return life;
}

// Whether the report is there, or as much of it as its erasure leaves.
void ExpectThere(const EnvelopeStore& store, Sequence sequence, const std::set<Sequence>& erased) {
  const Round round(sequence);
  if (sequence == round.erased().sequence) {
    if (NotErased(store, round.erased(), round.erasing).empty()) return;
    ASSERT_FALSE(erased.contains(sequence)) << sequence;
    ASSERT_EQ(store.Events(sequence, 1, 10)->front().signed_event, round.event.signed_event);
  }
  ASSERT_EQ(Missing(store, round.reports[(sequence - round.first) / 2]), "") << sequence;
}

void ExpectAllThere(const std::string& folder, const std::set<Sequence>& reports,
                    const std::set<Sequence>& erased,
                    const std::map<Sequence, std::uint64_t>& uploads) {
  OpenDiagnosis diagnosis;
  const auto opened = OpenRocksDb(SettingsFor(folder), &diagnosis);
  ASSERT_TRUE(opened.ok()) << opened.error().message() << " " << diagnosis.detail;
  const EnvelopeStore& store = **opened;
  for (const Sequence sequence : reports) {
    ASSERT_NO_FATAL_FAILURE(ExpectThere(store, sequence, erased));
  }
  for (const auto& [sequence, bytes] : uploads) {
    const Upload upload = UploadAt(sequence, kUploadPieces * kPieceBytes);
    const auto found = store.FindUpload(upload.id_hash);
    ASSERT_TRUE(found.ok()) << sequence;
    EXPECT_GE(found->record.offset(), bytes);
    for (std::uint64_t i = 0; (i + 1) * kPieceBytes <= bytes; ++i) {
      const ByteView piece = upload.Piece(i);
      EXPECT_EQ(*store.ReadPiece(*found, i), Bytes(piece.begin(), piece.end()));
    }
  }
  const auto verified = store.Verify();
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->damaged.empty());
  EXPECT_GE(verified->cases, reports.size());
}

TEST(Crash, AtRandomMomentsLosesNothingAcknowledged) {
  const char* const wanted = std::getenv("SAFECONDUCT_CRASHES");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : 8;
  const TempFolder folder;
  std::set<Sequence> reports;
  std::set<Sequence> erased;
  std::map<Sequence, std::uint64_t> uploads;
  std::uint64_t seed = static_cast<std::uint64_t>(getpid());
  for (int round = 0; round < rounds; ++round) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const Life life = LiveAndKill(folder.path(), 1 + (seed >> 33) % 400);
    ASSERT_TRUE(life.opened);
    ASSERT_FALSE(life.acknowledged.empty());
    for (const Acknowledged& said : life.acknowledged) {
      if (said.kind == 'r') {
        reports.insert(said.sequence);
      } else if (said.kind == 'e') {
        erased.insert(said.sequence);
      } else {
        std::uint64_t& bytes = uploads[said.sequence];
        bytes = std::max(bytes, said.bytes);
      }
    }
    ExpectAllThere(folder.path(), reports, erased, uploads);
  }
  EXPECT_GT(reports.size(), 100u);
  EXPECT_GT(erased.size(), 20u);
  EXPECT_FALSE(uploads.empty());
}

// Killed while the store is made, it is made by the next start.
TEST(Crash, WhileTheStoreIsMadeLeavesNothingThatIsInTheWay) {
  for (int microseconds = 500; microseconds < 60'000; microseconds += microseconds / 3) {
    const TempFolder folder;
    const pid_t child = fork();
    if (child == 0) {
      const int nowhere = open("/dev/null", O_WRONLY);
      execl("/proc/self/exe", "crash", "--child", folder.path().c_str(),
            std::to_string(nowhere).c_str(), nullptr);
      _exit(9);
    }
    usleep(static_cast<useconds_t>(microseconds));  // the moment is what is varied here
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    const auto opened = OpenRocksDb(SettingsFor(folder.path()));
    ASSERT_TRUE(opened.ok()) << opened.error().message() << " after " << microseconds;
    SC_EXPECT_OK(CommitOne(**opened, SealedReportAt(900'000'001)));
  }
}

}  // namespace
}  // namespace safeconduct::storage

int main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "--child") {
    return safeconduct::storage::Child(argv[2], std::atoi(argv[3]));
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
