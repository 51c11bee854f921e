// The values of each column family (storage/FORMAT.md), to and from bytes.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_RECORDS_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_RECORDS_H_

#include <algorithm>
#include <string>

#include "storage/envelope_store.h"
#include "storage/rocksdb/keys.h"

namespace safeconduct::storage::records {

inline constexpr std::size_t kMaxChannelBytes = 255;

inline Error Damaged() { return Error(Code::kCorrupted, "a stored record cannot be read"); }

template <typename Message>
Result<Message> Parse(ByteView bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Damaged();
  return Result<Message>(std::move(message));
}

inline Result<std::uint64_t> Number(ByteView value) {
  if (value.size() != 8) return Damaged();
  return keys::Read(value);
}

// id (16 bytes) ‖ StoredCase
inline Result<CaseRef> ParseCase(Sequence sequence, ByteView value) {
  CaseRef ref;
  if (value.size() < ref.id.size()) return Damaged();
  ref.sequence = sequence;
  ref.id = ToArray<16>(value.first<16>());
  SC_ASSIGN(ref.record, Parse<v1::StoredCase>(value.subspan<16>()));
  return Result<CaseRef>(std::move(ref));
}

// Whether a relay has something to send: then the case stands in its outbox.
inline bool WaitsForRelay(const v1::StoredCase& record) {
  const auto& answers = record.answers();
  return !record.relay().empty() && !record.erased() &&
         std::any_of(answers.begin(), answers.end(), [](const v1::StoredAnswer& each) {
           return each.state() == v1::DELIVERY_STATE_UNSPECIFIED;
         });
}

// sequence of the leaf (8 bytes) ‖ SignedEvent; the leaf's record stays empty
inline Result<StoredEvent> ParseEvent(std::uint64_t number, ByteView value) {
  if (value.size() < 8) return Damaged();
  StoredEvent event;
  event.number = number;
  event.leaf.sequence = keys::Read(value);
  const ByteView signed_event = value.subspan<8>();
  event.signed_event.assign(signed_event.begin(), signed_event.end());
  return Result<StoredEvent>(std::move(event));
}

inline Result<LogHead> ParseLog(ByteView value) {
  if (value.size() < 16) return Damaged();
  return LogHead{keys::Read(value), keys::Read(value.subspan<8>()),
                 std::string(AsText(value.subspan<16>())), 0, 0};
}

// version (8 bytes) ‖ the age file
inline Result<ReadMarks> ParseMarks(ByteView value) {
  if (value.size() <= 8 || value.size() > 8 + kMaxMarksBytes) return Damaged();
  const ByteView sealed = value.subspan<8>();
  ReadMarks marks{keys::Read(value), Bytes(sealed.begin(), sealed.end())};
  if (marks.version == 0) return Damaged();
  return Result<ReadMarks>(std::move(marks));
}

inline Result<Leaf> ParseLeaf(Sequence sequence, ByteView value) {
  Leaf leaf;
  leaf.sequence = sequence;
  SC_ASSIGN(leaf.record, Parse<v1::StoredLeaf>(value));
  return Result<Leaf>(std::move(leaf));
}

}  // namespace safeconduct::storage::records

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_RECORDS_H_
