#include "storage/rocksdb/verify_index.h"

#include <functional>
#include <string>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/reader.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

using Visit = std::function<Status(ByteView key, ByteView value)>;

// Reads a range until its end or until damage, which is said of `name`.
Status Scan(const Database& database, Family family, ByteView lower, ByteView upper,
            const char* name, std::vector<Damage>& damaged, const Visit& visit) {
  Cursor cursor(database, family, lower, upper, Cursor::Use::kScan);
  for (cursor.SeekFirst(); cursor.valid(); cursor.Next()) {
    if (database.stopping()) return Error(Code::kUnavailable, "the store is being closed");
    const Status visited = visit(cursor.key(), cursor.value());
    if (!visited.ok()) damaged.push_back({name, visited.error()});
  }
  if (const Status status = cursor.status(); !status.ok())
    damaged.push_back({name, status.error()});
  return {};
}

// The sequence numbers of a family whose keys are such numbers, after `prefix` bytes. Damaged parts
// are skipped: the next number that another index knows of is where reading goes on.
Status SkippingScan(const Database& database, Family family, ByteView lower, ByteView upper,
                    std::size_t prefix, const std::function<Bytes(Sequence)>& key,
                    const std::function<Sequence(Sequence)>& next_known,
                    const std::function<void(Sequence)>& visit) {
  Sequence last = 0;
  Cursor cursor(database, family, lower, upper, Cursor::Use::kScan);
  cursor.SeekFirst();
  while (true) {
    if (database.stopping()) return Error(Code::kUnavailable, "the store is being closed");
    if (cursor.valid()) {
      last = keys::Read(cursor.key().subspan(prefix));
      visit(last);
      cursor.Next();
      continue;
    }
    if (cursor.status().ok()) return {};
    last = next_known(last);
    if (last == 0) return {};
    cursor.Seek(key(last));
  }
}

template <typename Key>
Bytes ToBytes(const Key& key) {
  return {key.begin(), key.end()};
}

}  // namespace

Result<std::map<Sequence, std::optional<ReportId>>> ExpectedCases(const Database& database,
                                                                  std::vector<Damage>& damaged) {
  std::map<Sequence, std::optional<ReportId>> expected;
  SC_TRY(Scan(database, Family::kLookup, keys::TagBegin('i'), keys::TagEnd('i'), "index of reports",
              damaged, [&](ByteView key, ByteView value) -> Status {
                SC_ASSIGN(const Sequence sequence, records::Number(value));
                if (key.size() != 17) return records::Damaged();
                expected[sequence] = ToArray<16>(key.subspan(1));
                return {};
              }));
  SC_TRY(Scan(database, Family::kChannels, {}, {}, "index of channels", damaged,
              [&](ByteView key, ByteView) -> Status {
                if (key.size() < 10) return records::Damaged();
                expected.try_emplace(keys::Read(key.subspan(key.size() - 8)));
                return {};
              }));
  std::set<Sequence> unlisted;
  SC_TRY(SkippingScan(
      database, Family::kCases, {}, {}, 0,
      [](Sequence sequence) { return ToBytes(keys::Case(sequence)); },
      [&](Sequence last) {
        const auto next = expected.upper_bound(last);
        return next == expected.end() ? 0 : next->first;
      },
      [&](Sequence sequence) {
        if (!expected.contains(sequence)) unlisted.insert(sequence);
      }));
  for (const Sequence sequence : unlisted) expected.try_emplace(sequence);
  return expected;
}

Status CheckOutboxes(const Database& database, std::vector<Damage>& damaged) {
  const Reader reader(database, Database::Caching::kBypass);
  const auto is_right = [&](ByteView key) {
    if (key.size() != 41) return false;
    const Result<CaseRef> ref = reader.CaseAt(keys::Read(key.last(8)));
    return ref.ok() && records::WaitsForRelay(ref->record) &&
           ref->record.relay() == AsText(key.subspan(1, 32));
  };
  return Scan(database, Family::kLookup, keys::TagBegin('o'), keys::TagEnd('o'),
              "index of outboxes", damaged, [&](ByteView key, ByteView) -> Status {
                if (is_right(key)) return {};
                // Was it changed since the index was read?
                SC_ASSIGN(const bool there, database.Contains(Family::kLookup, key));
                if (!there || is_right(key)) return {};
                return Error(Code::kCorrupted, "a case of which nothing is to be sent");
              });
}

Result<std::set<Sequence>> ExpectedUploads(const Database& database, std::vector<Damage>& damaged) {
  std::set<Sequence> expected;
  SC_TRY(Scan(database, Family::kUploads, keys::TagBegin('h'), keys::TagEnd('h'),
              "index of uploads", damaged, [&](ByteView, ByteView value) -> Status {
                SC_ASSIGN(const Sequence sequence, records::Number(value));
                expected.insert(sequence);
                return {};
              }));
  SC_TRY(Scan(database, Family::kUploads, keys::TagBegin('e'), keys::TagEnd('e'), "index of expiry",
              damaged, [&](ByteView key, ByteView) -> Status {
                if (key.size() != 17) return records::Damaged();
                expected.insert(keys::Read(key.subspan(9)));
                return {};
              }));
  std::set<Sequence> unlisted;
  SC_TRY(SkippingScan(
      database, Family::kUploads, keys::TagBegin('r'), keys::TagEnd('r'), 1,
      [](Sequence sequence) { return ToBytes(keys::Upload(sequence)); },
      [&](Sequence last) {
        const auto next = expected.upper_bound(last);
        return next == expected.end() ? 0 : *next;
      },
      [&](Sequence sequence) { unlisted.insert(sequence); }));
  expected.merge(unlisted);
  return expected;
}

}  // namespace safeconduct::storage
