#include "gateway/witness/client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

#include "crypto/tlog/checkpoint.h"
#include "crypto/tlog/witness.h"
#include "gateway/fetch/fetch.h"

namespace safeconduct::witness {
namespace {

constexpr int kOk = 200;
constexpr int kConflict = 409;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;

std::string AddCheckpointUrl(std::string prefix) {
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix + "/add-checkpoint";
}

// The size that a 409 names, of whatever it is about.
std::optional<std::uint64_t> KnownSize(const fetch::Answer& answer) {
  const std::string_view type = answer.Find("content-type");
  if (type.substr(0, type.find(';')) != tlog::kTreeSizeType) return std::nullopt;
  const Result<std::uint64_t> size = tlog::ParseTreeSize(answer.body);
  return size.ok() ? std::optional(*size) : std::nullopt;
}

}  // namespace

// One round, as all of its threads see it.
struct Client::Task {
  const std::string& note;
  const std::string& text;
  const tlog::Checkpoint& checkpoint;
  const ConsistencyProver& prove;
  std::mutex& proving;

  Result<std::vector<Hash>> ProofFrom(std::uint64_t old_size) const {
    if (old_size == 0 || old_size == checkpoint.size) return std::vector<Hash>();
    const std::lock_guard lock(proving);
    return prove(old_size, checkpoint.size);
  }
};

struct Client::Answer {
  enum class Kind : std::uint8_t { kUnreachable, kRefused, kCosigned };
  Kind kind = Kind::kUnreachable;
  note::NoteSignature line = {};
  std::uint64_t known = 0;
};

Client::Client(std::vector<Settings> witnesses) : witnesses_(std::move(witnesses)) {}

std::uint64_t Client::Remembered(const std::string& origin, std::size_t witness) const {
  const std::lock_guard lock(mutex_);
  const auto found = sizes_.find({origin, witness});
  return found == sizes_.end() ? 0 : found->second;
}

void Client::Remember(const std::string& origin, std::size_t witness, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  sizes_[{origin, witness}] = size;
}

Client::Answer Client::Ask(std::size_t witness, const Task& task) {
  const Settings& settings = witnesses_[witness];
  const std::string& origin = task.checkpoint.origin;
  fetch::Settings trust;
  trust.ca_file = settings.ca_file;
  fetch::Client client(trust);
  fetch::Request request;
  request.method = "POST";
  request.url = AddCheckpointUrl(settings.url);
  request.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  request.timeout = std::chrono::seconds(kRequestSeconds);
  Answer out;
  std::uint64_t old_size = std::min(Remembered(origin, witness), task.checkpoint.size);
  for (int attempt = 0; attempt < 2; ++attempt) {
    out.kind = Answer::Kind::kUnreachable;
    Result<std::vector<Hash>> proof = task.ProofFrom(old_size);
    if (!proof.ok()) return out;
    const std::string body = tlog::FormatAddCheckpoint({old_size, *std::move(proof), task.note});
    request.body = AsBytes(body);
    const Result<fetch::Answer> answer = client.Send(request);
    if (!answer.ok() || answer->status == kTooManyRequests || answer->status >= kServerErrors) {
      return out;
    }
    out.kind = Answer::Kind::kRefused;
    if (answer->status == kOk) {
      Result<note::NoteSignature> line =
          tlog::FindCosignature(answer->body, task.text, settings.key);
      if (!line.ok()) return out;
      Remember(origin, witness, task.checkpoint.size);
      out.kind = Answer::Kind::kCosigned;
      out.line = *std::move(line);
      return out;
    }
    const std::optional<std::uint64_t> known =
        answer->status == kConflict ? KnownSize(*answer) : std::nullopt;
    if (!known) return out;
    out.known = std::max(out.known, *known);
    if (*known > task.checkpoint.size || *known == old_size) return out;
    Remember(origin, witness, *known);
    old_size = *known;
  }
  return out;
}

Round Client::Gather(const std::string& checkpoint, const ConsistencyProver& prove) {
  Round round;
  round.checkpoint = checkpoint;
  Result<note::Note> note = note::Parse(checkpoint);
  if (!note.ok()) return round;
  const Result<tlog::Checkpoint> opened = tlog::ParseCheckpoint(note->text);
  if (!opened.ok()) return round;

  std::mutex proving;
  const Task task{checkpoint, note->text, *opened, prove, proving};
  std::vector<Answer> answers(witnesses_.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    try {
      threads.emplace_back([this, &answers, &task, i] { answers[i] = Ask(i, task); });
    } catch (const std::system_error&) {
      break;  // no more threads: these witnesses count as unreachable
    }
  }
  for (std::thread& thread : threads) thread.join();

  for (std::size_t i = 0; i < answers.size(); ++i) {
    Answer& answer = answers[i];
    round.largest_known = std::max(round.largest_known, answer.known);
    if (answer.kind == Answer::Kind::kUnreachable) ++round.unreachable;
    if (answer.kind == Answer::Kind::kRefused) ++round.refused;
    if (answer.kind != Answer::Kind::kCosigned) continue;
    std::erase_if(note->signatures,
                  [&](const auto& each) { return note::IsBy(each, witnesses_[i].key); });
    if (note->signatures.size() == note::kMaxSignatures) continue;
    note->signatures.push_back(std::move(answer.line));
    ++round.cosigned;
  }
  round.checkpoint = note::Serialize(*note);
  return round;
}

}  // namespace safeconduct::witness
