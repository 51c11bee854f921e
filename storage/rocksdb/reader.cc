#include "storage/rocksdb/reader.h"

#include <algorithm>

#include "storage/rocksdb/keys.h"
#include "storage/rocksdb/records.h"

namespace safeconduct::storage {
namespace {

constexpr Sequence kNoEnd = ~Sequence{0};
constexpr Error kNoCase(Code::kNotFound, "no such case");

// What an index names must be there.
Error Missing(const Error& error) {
  if (error.code() != Code::kNotFound) return error;
  return Error(Code::kCorrupted, "an index names a record that is missing");
}

}  // namespace

Result<std::uint64_t> Reader::Counter(std::string_view name) const {
  const Result<Bytes> value = database_.Get(Family::kMeta, AsBytes(name));
  if (!value.ok()) {
    if (value.error().code() == Code::kNotFound) return std::uint64_t{0};
    return value.error();
  }
  return records::Number(*value);
}

// --- Charters ---------------------------------------------------------------------------------

Result<std::optional<CharterRecord>> Reader::NewestCharter() const {
  Cursor cursor(database_, Family::kCharters, keys::TagBegin('v'), keys::TagEnd('v'));
  cursor.SeekLast();
  if (!cursor.valid()) {
    SC_TRY(cursor.status());
    return std::optional<CharterRecord>();
  }
  CharterRecord charter;
  charter.version = keys::Read(cursor.key().subspan(1));
  charter.note = AsText(cursor.value());
  return std::optional<CharterRecord>(std::move(charter));
}

Result<CharterRecord> Reader::Charter(std::uint64_t version) const {
  SC_ASSIGN(const Bytes note, database_.Get(Family::kCharters, keys::Charter(version)));
  return CharterRecord{version, std::string(AsText(note)), {}};
}

Result<Bytes> Reader::Text(const Hash& sha256) const {
  return database_.Get(Family::kCharters, keys::Text(sha256));
}

// --- Cases ------------------------------------------------------------------------------------

Result<Sequence> Reader::Lookup(ByteView key) const {
  SC_ASSIGN(const Bytes value, database_.Get(Family::kLookup, key, caching_));
  return records::Number(value);
}

Result<CaseRef> Reader::CaseAt(Sequence sequence) const {
  SC_ASSIGN(const Bytes value, database_.Get(Family::kCases, keys::Case(sequence), caching_));
  return records::ParseCase(sequence, value);
}

Result<CaseRef> Reader::FindCase(const ReportId& id) const {
  const Result<Sequence> sequence = Lookup(keys::Id(id));
  if (!sequence.ok()) return sequence.error();
  Result<CaseRef> found = CaseAt(*sequence);
  if (!found.ok()) return Missing(found.error());
  return found;
}

Result<CaseRef> Reader::FindMailbox(const MailboxKey& mailbox) const {
  const Result<Sequence> sequence = Lookup(keys::Mailbox(mailbox));
  if (!sequence.ok()) return sequence.error();
  Result<CaseRef> found = CaseAt(*sequence);
  if (!found.ok()) return Missing(found.error());
  return found;
}

Result<std::vector<CaseRef>> Reader::ListCases(std::string_view channel, Sequence before,
                                               std::size_t limit) const {
  if (channel.size() > records::kMaxChannelBytes) return std::vector<CaseRef>();
  return Page(Family::kChannels, keys::Channel(channel, 0),
              keys::Channel(channel, before == 0 ? kNoEnd : before), Order::kNewestFirst, limit);
}

Result<std::vector<CaseRef>> Reader::ListCasesOf(const HolderKey& holder, Sequence before,
                                                 std::size_t limit) const {
  return Page(Family::kLookup, keys::Holder(holder, 0),
              keys::Holder(holder, before == 0 ? kNoEnd : before), Order::kNewestFirst, limit);
}

Result<std::vector<CaseRef>> Reader::ListOutbox(const HolderKey& relay, Sequence after,
                                                std::size_t limit) const {
  if (after == kNoEnd) return std::vector<CaseRef>();
  return Page(Family::kLookup, keys::Outbox(relay, after + 1), keys::Outbox(relay, kNoEnd),
              Order::kOldestFirst, limit);
}

Result<std::vector<CaseRef>> Reader::Page(Family family, ByteView lower, ByteView upper,
                                          Order order, std::size_t limit) const {
  std::vector<CaseRef> page;
  Cursor cursor(database_, family, lower, upper);
  const bool rising = order == Order::kOldestFirst;
  rising ? cursor.SeekFirst() : cursor.SeekLast();
  while (page.size() < limit && cursor.valid()) {
    std::vector<Sequence> sequences;
    std::vector<ByteArray<8>> keys_of;
    for (; cursor.valid() && page.size() + sequences.size() < limit;
         rising ? cursor.Next() : cursor.Previous()) {
      const ByteView key = cursor.key();
      sequences.push_back(keys::Read(key.subspan(key.size() - 8)));
      keys_of.push_back(keys::Case(sequences.back()));
    }
    const std::vector<ByteView> views(keys_of.begin(), keys_of.end());
    const std::vector<Result<Bytes>> values = database_.GetMany(Family::kCases, views);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i].ok()) {
        const Error error = Missing(values[i].error());
        if (error.code() != Code::kCorrupted) return error;
        continue;
      }
      Result<CaseRef> parsed = records::ParseCase(sequences[i], *values[i]);
      if (parsed.ok()) page.push_back(*std::move(parsed));
    }
  }
  SC_TRY(cursor.status());
  return page;
}

Result<Bytes> Reader::Sealed(Sequence case_sequence) const {
  Result<Bytes> sealed =
      database_.Get(Family::kEnvelopes, keys::Envelope(case_sequence, 0, 0), caching_);
  if (!sealed.ok() && sealed.error().code() == Code::kNotFound) return kNoCase;
  return sealed;
}

Result<Bytes> Reader::ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                                  std::size_t limit) const {
  if (ref.record.erased()) return kNoCase;
  if (index >= static_cast<std::size_t>(ref.record.compartments_size())) {
    return Error(Code::kNotFound, "no such compartment");
  }
  const v1::StoredCompartment& compartment = ref.record.compartments(static_cast<int>(index));
  if (offset >= compartment.payload_bytes()) return Bytes();
  const std::uint64_t piece = offset / kPieceBytes;
  const std::size_t start = static_cast<std::size_t>(offset % kPieceBytes);
  const Result<Bytes> value =
      compartment.upload() != 0
          ? database_.Get(Family::kPieces, keys::Piece(compartment.upload(), piece), caching_)
          : database_.Get(Family::kEnvelopes, keys::Envelope(ref.sequence, index + 1, piece),
                          caching_);
  if (!value.ok()) {
    // Erased since `ref` was read?
    const Result<CaseRef> now = CaseAt(ref.sequence);
    if (now.ok() && now->record.erased()) return kNoCase;
    return Missing(value.error());
  }
  if (start >= value->size()) {
    return Error(Code::kCorrupted, "a stored piece is shorter than its payload");
  }
  const auto from = value->begin() + static_cast<std::ptrdiff_t>(start);
  const std::size_t size = std::min(limit, value->size() - start);
  return Bytes(from, from + static_cast<std::ptrdiff_t>(size));
}

Result<std::vector<StoredEvent>> Reader::Events(Sequence case_sequence, std::uint64_t from,
                                                std::size_t limit) const {
  std::vector<StoredEvent> page;
  Cursor cursor(database_, Family::kEvents, keys::Event(case_sequence, from),
                keys::Event(case_sequence, ~std::uint64_t{0}));
  for (cursor.SeekFirst(); cursor.valid() && page.size() < limit; cursor.Next()) {
    SC_ASSIGN(StoredEvent event,
              records::ParseEvent(keys::Read(cursor.key().subspan(8)), cursor.value()));
    Result<Leaf> leaf = FindLeaf(event.leaf.sequence);
    if (!leaf.ok()) return Missing(leaf.error());
    event.leaf = *std::move(leaf);
    page.push_back(std::move(event));
  }
  SC_TRY(cursor.status());
  if (page.empty()) {  // of a case without events, or of none
    SC_ASSIGN(const bool there, database_.Contains(Family::kCases, keys::Case(case_sequence)));
    if (!there) return kNoCase;
  }
  return page;
}

Result<StoredEvent> Reader::Event(Sequence case_sequence, std::uint64_t number) const {
  SC_ASSIGN(const Bytes value,
            database_.Get(Family::kEvents, keys::Event(case_sequence, number), caching_));
  return records::ParseEvent(number, value);
}

Result<Leaf> Reader::FindLeaf(Sequence sequence) const {
  SC_ASSIGN(const Bytes value, database_.Get(Family::kLeaves, keys::Leaf(sequence), caching_));
  return records::ParseLeaf(sequence, value);
}

Result<std::vector<Leaf>> Reader::Leaves(Sequence after, std::size_t limit) const {
  std::vector<Leaf> page;
  if (after == ~Sequence{0}) return page;
  Cursor cursor(database_, Family::kLeaves, keys::Leaf(after + 1), {});
  Sequence last = after;
  cursor.SeekFirst();
  while (page.size() < limit) {
    if (cursor.valid()) {
      last = keys::Read(cursor.key());
      Result<Leaf> leaf = records::ParseLeaf(last, cursor.value());
      page.push_back(leaf.ok() ? *std::move(leaf) : Leaf{last, {}});
      cursor.Next();
      continue;
    }
    const Status status = cursor.status();
    if (status.ok()) break;
    if (status.error().code() != Code::kCorrupted) return status.error();
    SC_ASSIGN(const bool more, PassDamage(last, limit, page));
    if (!more) break;
    cursor.Seek(keys::Leaf(last + 1));
  }
  return page;
}

Result<bool> Reader::PassDamage(Sequence& last, std::size_t limit, std::vector<Leaf>& page) const {
  SC_ASSIGN(const Sequence end, Counter(keys::kCommitted));
  while (last < end && page.size() < limit) {
    const Result<Leaf> leaf = FindLeaf(++last);
    if (leaf.ok()) {
      page.push_back(*leaf);
      return last < end;
    }
    if (leaf.error().code() == Code::kCorrupted) page.push_back({last, {}});
    if (leaf.error().code() != Code::kCorrupted && leaf.error().code() != Code::kNotFound) {
      return leaf.error();
    }
  }
  return false;
}

// --- Read marks -------------------------------------------------------------------------------

Result<ReadMarks> Reader::Marks(const HolderKey& holder) const {
  const Result<Bytes> value = database_.Get(Family::kMarks, keys::Marks(holder), caching_);
  if (!value.ok() && value.error().code() == Code::kNotFound) return ReadMarks();
  if (!value.ok()) return value.error();
  return records::ParseMarks(*value);
}

// --- The report log ---------------------------------------------------------------------------

Result<LogHead> Reader::Log() const {
  const Result<Bytes> value = database_.Get(Family::kMeta, AsBytes(keys::kLog));
  if (!value.ok() && value.error().code() == Code::kNotFound) return LogHead();
  if (!value.ok()) return value.error();
  SC_ASSIGN(LogHead log, records::ParseLog(*value));
  const Result<Bytes> begun = database_.Get(Family::kMeta, AsBytes(keys::kLogNumber));
  if (!begun.ok() && begun.error().code() == Code::kNotFound) return log;
  if (!begun.ok()) return begun.error();
  if (begun->size() != 16) return records::Damaged();
  log.number = static_cast<std::uint32_t>(keys::Read(*begun));
  log.begun = static_cast<std::int64_t>(keys::Read(ByteView(*begun).subspan<8>()));
  return log;
}

Result<Bytes> Reader::LogPart(std::uint8_t level, std::uint64_t index) const {
  return database_.Get(Family::kLog, keys::LogPart(level, index), caching_);
}

// --- Uploads ----------------------------------------------------------------------------------

Result<v1::StoredUpload> Reader::UploadAt(Sequence sequence) const {
  SC_ASSIGN(const Bytes value, database_.Get(Family::kUploads, keys::Upload(sequence), caching_));
  return records::Parse<v1::StoredUpload>(value);
}

Result<UploadRef> Reader::FindUpload(const Hash& id_hash) const {
  SC_ASSIGN(const Bytes value, database_.Get(Family::kUploads, keys::UploadId(id_hash), caching_));
  SC_ASSIGN(const Sequence sequence, records::Number(value));
  Result<v1::StoredUpload> record = UploadAt(sequence);
  // Deleted between the two reads, or never there.
  if (!record.ok()) return record.error();
  return UploadRef{sequence, *std::move(record)};
}

Result<Bytes> Reader::ReadPiece(Sequence upload, std::uint64_t index) const {
  return database_.Get(Family::kPieces, keys::Piece(upload, index), caching_);
}

Result<std::vector<UploadRef>> Reader::ExpiredUploads(std::int64_t now, std::size_t limit) const {
  std::vector<UploadRef> expired;
  Cursor cursor(database_, Family::kUploads, keys::TagBegin('e'), keys::Expiry(now, ~Sequence{0}));
  for (cursor.SeekFirst(); cursor.valid() && expired.size() < limit; cursor.Next()) {
    const Sequence sequence = keys::Read(cursor.key().subspan(9));
    Result<v1::StoredUpload> record = UploadAt(sequence);
    if (record.ok()) {
      expired.push_back({sequence, *std::move(record)});
    } else if (record.error().code() != Code::kNotFound) {
      return record.error();
    }
  }
  SC_TRY(cursor.status());
  return expired;
}

}  // namespace safeconduct::storage
