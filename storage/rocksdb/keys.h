// The keys of each column family, byte by byte as storage/FORMAT.md has them. Integers are
// big-endian, so that the order of keys is the order of numbers.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_KEYS_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_KEYS_H_

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "crypto/base/bytes.h"
#include "storage/envelope_store.h"

namespace safeconduct::storage::keys {

// Writes `size` bytes of `value` to `out`.
inline std::uint8_t* Write(std::uint8_t* out, std::uint64_t value, int size = 8) {
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    *out++ = static_cast<std::uint8_t>(value >> shift);
  }
  return out;
}

// The first 8 bytes, which must be there.
inline std::uint64_t Read(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

inline ByteArray<8> Number(std::uint64_t number) {
  ByteArray<8> key;
  Write(key.data(), number);
  return key;
}

inline ByteArray<16> Pair(std::uint64_t first, std::uint64_t second) {
  ByteArray<16> key;
  Write(Write(key.data(), first), second);
  return key;
}

inline ByteArray<9> Tagged(char tag, std::uint64_t number) {
  ByteArray<9> key;
  key[0] = static_cast<std::uint8_t>(tag);
  Write(key.data() + 1, number);
  return key;
}

template <std::size_t N>
ByteArray<N + 1> Tagged(char tag, const ByteArray<N>& bytes) {
  ByteArray<N + 1> key;
  key[0] = static_cast<std::uint8_t>(tag);
  for (std::size_t i = 0; i < N; ++i) key[i + 1] = bytes[i];
  return key;
}

// meta
inline constexpr std::string_view kFormat = "format";
inline constexpr std::string_view kCommitted = "committed";
inline constexpr std::string_view kUploadSequence = "upload-sequence";
inline constexpr std::string_view kLog = "log";
inline constexpr std::string_view kLogNumber = "log-number";
inline ByteArray<15> Erasing(Sequence case_sequence) {
  constexpr std::string_view kName = "erasing";
  ByteArray<15> key;
  Write(std::copy(kName.begin(), kName.end(), key.begin()), case_sequence);
  return key;
}

// cases, leaves
inline auto Case(Sequence sequence) { return Number(sequence); }
inline auto Leaf(Sequence sequence) { return Number(sequence); }

// envelopes: part 0 is the sealed report, part i + 1 the payload of compartment i
inline ByteArray<14> Envelope(Sequence sequence, std::size_t part, std::uint64_t piece) {
  ByteArray<14> key;
  Write(Write(Write(key.data(), sequence), part, 2), piece, 4);
  return key;
}

// events, pieces
inline auto Event(Sequence case_sequence, std::uint64_t number) {
  return Pair(case_sequence, number);
}
inline auto Piece(Sequence upload, std::uint64_t index) { return Pair(upload, index); }

// lookup
inline auto Id(const ReportId& id) { return Tagged('i', id); }
inline auto Mailbox(const MailboxKey& mailbox) { return Tagged('m', mailbox); }
inline ByteArray<41> OfHolder(char tag, const HolderKey& holder, Sequence case_sequence) {
  ByteArray<41> key;
  const ByteArray<33> prefix = Tagged(tag, holder);
  Write(std::copy(prefix.begin(), prefix.end(), key.begin()), case_sequence);
  return key;
}
inline auto Holder(const HolderKey& holder, Sequence case_sequence) {
  return OfHolder('w', holder, case_sequence);
}
inline auto Outbox(const HolderKey& relay, Sequence case_sequence) {
  return OfHolder('o', relay, case_sequence);
}

// channels
inline Bytes Channel(std::string_view channel, Sequence sequence) {
  Bytes key(2 + channel.size() + 8);
  Write(key.data(), channel.size(), 2);
  std::copy(channel.begin(), channel.end(), key.begin() + 2);
  Write(key.data() + 2 + channel.size(), sequence);
  return key;
}

// uploads; the sign bit is turned, so that times before 1970 come first
inline auto Upload(Sequence sequence) { return Tagged('r', sequence); }
inline auto UploadId(const Hash& id_hash) { return Tagged('h', id_hash); }
inline ByteArray<17> Expiry(std::int64_t expires, Sequence sequence) {
  const auto turned = static_cast<std::uint64_t>(expires) ^ (std::uint64_t{1} << 63);
  return Tagged('e', Pair(turned, sequence));
}

// charters
inline auto Charter(std::uint64_t version) { return Tagged('v', version); }
inline auto Text(const Hash& sha256) { return Tagged('t', sha256); }

// log
inline ByteArray<9> LogPart(std::uint8_t level, std::uint64_t index) {
  return Tagged(static_cast<char>(level), index);
}

// marks
inline const HolderKey& Marks(const HolderKey& holder) { return holder; }

// The least key that is greater than all that begin with `tag`.
inline ByteArray<1> TagEnd(char tag) { return {static_cast<std::uint8_t>(tag + 1)}; }
inline ByteArray<1> TagBegin(char tag) { return {static_cast<std::uint8_t>(tag)}; }

}  // namespace safeconduct::storage::keys

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_KEYS_H_
