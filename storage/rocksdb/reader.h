// What a Database holds, in the words of the interface. Contracts and errors are those of
// EnvelopeStore's calls of the same name.
#ifndef SAFECONDUCT_STORAGE_ROCKSDB_READER_H_
#define SAFECONDUCT_STORAGE_ROCKSDB_READER_H_

#include <optional>
#include <vector>

#include "storage/envelope_store.h"
#include "storage/rocksdb/database.h"

namespace safeconduct::storage {

class Reader {
 public:
  // `database` must outlive the reader.
  explicit Reader(const Database& database, Database::Caching caching = Database::Caching::kFill)
      : database_(database), caching_(caching) {}

  Result<std::optional<CharterRecord>> NewestCharter() const;
  Result<CharterRecord> Charter(std::uint64_t version) const;
  Result<Bytes> Text(const Hash& sha256) const;

  Result<CaseRef> FindCase(const ReportId& id) const;
  Result<CaseRef> FindMailbox(const MailboxKey& mailbox) const;
  Result<CaseRef> CaseAt(Sequence sequence) const;
  Result<std::vector<CaseRef>> ListCases(std::string_view channel, Sequence before,
                                         std::size_t limit) const;
  Result<std::vector<CaseRef>> ListOutbox(const HolderKey& relay, Sequence after,
                                          std::size_t limit) const;
  Result<std::vector<CaseRef>> ListCasesOf(const HolderKey& holder, Sequence before,
                                           std::size_t limit) const;
  Result<Bytes> Sealed(Sequence case_sequence) const;
  Result<Bytes> ReadPayload(const CaseRef& ref, std::size_t index, std::uint64_t offset,
                            std::size_t limit) const;
  Result<std::vector<StoredEvent>> Events(Sequence case_sequence, std::uint64_t from,
                                          std::size_t limit) const;
  Result<StoredEvent> Event(Sequence case_sequence, std::uint64_t number) const;
  Result<Leaf> FindLeaf(Sequence sequence) const;
  Result<std::vector<Leaf>> Leaves(Sequence after, std::size_t limit) const;

  Result<ReadMarks> Marks(const HolderKey& holder) const;

  Result<LogHead> Log() const;
  Result<Bytes> LogPart(std::uint8_t level, std::uint64_t index) const;

  Result<UploadRef> FindUpload(const Hash& id_hash) const;
  Result<v1::StoredUpload> UploadAt(Sequence sequence) const;
  Result<Bytes> ReadPiece(Sequence upload, std::uint64_t index) const;
  Result<std::vector<UploadRef>> ExpiredUploads(std::int64_t now, std::size_t limit) const;

  // A counter of the meta family; 0 when it was never written.
  Result<std::uint64_t> Counter(std::string_view name) const;

 private:
  Result<Sequence> Lookup(ByteView key) const;
  // Passes over damage behind `last` by the numbers that leaves may have there: those that are
  // damaged, and the first that is whole, go into `page`. Whether there are more behind.
  Result<bool> PassDamage(Sequence& last, std::size_t limit, std::vector<Leaf>& page) const;
  // The last `limit` cases of an index from `lower` to `upper` whose keys end in their numbers.
  enum class Order : std::uint8_t { kNewestFirst, kOldestFirst };
  Result<std::vector<CaseRef>> Page(Family family, ByteView lower, ByteView upper, Order order,
                                    std::size_t limit) const;

  const Database& database_;
  const Database::Caching caching_;
};

}  // namespace safeconduct::storage

#endif  // SAFECONDUCT_STORAGE_ROCKSDB_READER_H_
