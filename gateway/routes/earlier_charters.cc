#include "gateway/routes/earlier_charters.h"

#include <utility>

#include "crypto/note/note.h"

namespace safeconduct::routes {

Result<EarlierCharters::Opened> EarlierCharters::Open(std::uint64_t version) {
  {
    const std::lock_guard lock(mutex_);
    for (Opened& each : opened_) {
      if (each == nullptr || each->version() != version) continue;
      if (&each != &opened_[0]) std::swap(opened_[0], opened_[1]);
      return opened_[0];
    }
  }
  // Without the lock, so that nobody waits for another one's charter.
  SC_ASSIGN(const storage::CharterRecord record, store_.Charter(version));
  const Result<note::Note> note = note::Parse(record.note);
  if (!note.ok()) return Error(Code::kCorrupted, "a stored charter is damaged");
  Result<Opened> charter = charter::OpenCharter::FromText(note->text);
  if (!charter.ok() || (*charter)->version() != version) {
    return Error(Code::kCorrupted, "a stored charter is damaged");
  }
  const std::lock_guard lock(mutex_);
  opened_[1] = std::exchange(opened_[0], *charter);
  return charter;
}

}  // namespace safeconduct::routes
