#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "safeconduct/v1/event.pb.h"
#include "safeconduct/v1/report.pb.h"
#include "storage/memory/memory_store.h"

namespace safeconduct::storage {
namespace {

bool Equal(const Hash& hash, std::string_view stored) { return AsText(hash) == stored; }

template <typename T>
bool Parse(ByteView bytes, T& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

class MemoryStore::Verifier {
 public:
  explicit Verifier(const State& state) : state_(state) {}

  VerifyReport Run() {
    for (const auto& [sequence, entry] : state_.cases) CheckCase(entry);
    for (const auto& [sequence, upload] : state_.uploads) {
      if (!upload.record.bound()) CheckUpload(sequence, upload);
    }
    for (const auto& [sequence, leaf] : state_.leaves) CheckPlace(sequence, leaf);
    for (const auto& [hash, text] : state_.texts) {
      if (Sha256(*text) != hash) Report("text " + HexEncode(hash), "a text has another digest");
    }
    return std::move(report_);
  }

 private:
  void Report(std::string record, Message message) {
    report_.damaged.push_back({std::move(record), Error(Code::kCorrupted, message)});
  }

  void CheckCase(const Case& entry) {
    ++report_.cases;
    const std::string name = "case " + HexEncode(entry.id);
    const v1::StoredCase& record = entry.record;
    const std::string_view hash = record.report_hash();
    if (!hash.starts_with(AsText(entry.id))) Report(name, "the id is not of the report's hash");
    CheckLeaf(name, record.leaf(), 1, record.erased());
    if (record.erased()) {
      CheckErased(name, entry);
    } else {
      CheckContent(name, entry);
    }
    CheckEvents(name, entry);
  }

  void CheckContent(const std::string& name, const Case& entry) {
    if (!entry.record.mailbox().empty()) {
      v1::SealedReport sealed;
      if (!Parse(*entry.sealed, sealed) ||
          !Equal(Sha256(AsBytes(sealed.manifest())), entry.record.report_hash())) {
        Report(name + " manifest", "the manifest has another digest");
      }
    }
    for (int i = 0; i < entry.record.compartments_size(); ++i) {
      CheckPayload(name, entry, static_cast<std::size_t>(i));
    }
  }

  void CheckErased(const std::string& name, const Case& entry) {
    constexpr Message kLeft = "what was erased is still there";
    if (entry.sealed != nullptr) Report(name + " manifest", kLeft);
    for (int i = 0; i < entry.record.compartments_size(); ++i) {
      const v1::StoredCompartment& compartment = entry.record.compartments(i);
      if (entry.payloads.contains(static_cast<std::size_t>(i)) ||
          state_.uploads.contains(compartment.upload())) {
        Report(name + " compartment " + compartment.name(), kLeft);
      }
    }
    for (std::size_t i = 0; i + 1 < entry.events.size(); ++i) {
      if (!entry.events[i].signed_event->empty()) {
        Report(name + " event " + std::to_string(i + 1), kLeft);
      }
    }
  }

  void CheckLeaf(const std::string& name, Sequence sequence, std::uint32_t kind, bool emptied) {
    const auto leaf = state_.leaves.find(sequence);
    if (leaf == state_.leaves.end() || leaf->second.kind() != kind) {
      Report(name, "the entry's leaf is missing");
    } else if (emptied && !leaf->second.salt().empty()) {
      Report(name + " leaf", "what was erased is still there");
    }
  }

  void CheckPayload(const std::string& name, const Case& entry, std::size_t index) {
    const v1::StoredCompartment& compartment = entry.record.compartments(static_cast<int>(index));
    report_.payload_bytes += compartment.payload_bytes();
    const std::string record = name + " compartment " + compartment.name();
    if (compartment.upload() == 0) {
      const auto payload = entry.payloads.find(index);
      if (payload == entry.payloads.end() ||
          !Equal(Sha256(*payload->second), compartment.digest())) {
        Report(record, "a payload has another digest");
      }
      return;
    }
    const auto upload = state_.uploads.find(compartment.upload());
    if (upload == state_.uploads.end()) return Report(record, "the upload is missing");
    tlog::Frontier frontier;
    if (!ReadPieces(record, upload->second, compartment.payload_bytes(), frontier)) return;
    if (!Equal(frontier.Root(), compartment.digest())) {
      Report(record, "a payload has another digest");
    }
  }

  void CheckPlace(Sequence sequence, const v1::StoredLeaf& leaf) {
    const std::string name = "leaf " + std::to_string(sequence);
    if (leaf.kind() == 0) {
      Report(name, "a stored leaf cannot be read");
    } else if (sequence <= state_.log.placed &&
               (leaf.place() == 0 || leaf.log() != state_.log.number)) {
      Report(name, "the leaf has no place in the log");
    }
  }

  // Whether all pieces of the first `bytes` are there.
  bool ReadPieces(const std::string& name, const Upload& upload, std::uint64_t bytes,
                  tlog::Frontier& frontier) {
    bool whole = true;
    for (std::uint64_t done = 0; done < bytes; done += kPieceBytes) {
      const std::uint64_t index = done / kPieceBytes;
      const auto piece = upload.pieces.find(index);
      const std::uint64_t want = std::min<std::uint64_t>(kPieceBytes, bytes - done);
      if (piece == upload.pieces.end() || piece->second->size() < want) {
        Report(name + " piece " + std::to_string(index), "a piece is missing");
        whole = false;
      } else {
        frontier.Append(tlog::LeafHash(*piece->second));
      }
    }
    return whole;
  }

  void CheckUpload(Sequence sequence, const Upload& upload) {
    const std::string name = "upload " + std::to_string(sequence);
    const std::uint64_t offset = upload.record.offset();
    tlog::Frontier whole;
    if (!ReadPieces(name, upload, offset / kPieceBytes * kPieceBytes, whole)) return;
    tlog::Frontier all;  // with the piece that is not whole, if the upload ended in one
    if (!ReadPieces(name, upload, offset, all)) return;
    const auto matches = [&](const tlog::Frontier& frontier) {
      const auto& roots = frontier.subtree_roots();
      if (roots.size() != static_cast<std::size_t>(upload.record.subtree_roots_size()))
        return false;
      for (std::size_t i = 0; i < roots.size(); ++i) {
        if (!Equal(roots[i], upload.record.subtree_roots(static_cast<int>(i)))) return false;
      }
      return true;
    };
    if (!matches(whole) && !(offset == upload.record.length() && matches(all))) {
      Report(name, "the pieces have another digest");
    }
  }

  void CheckEvents(const std::string& name, const Case& entry) {
    // Of an erased case the last event alone can be read.
    const std::size_t erased = entry.record.erased() ? entry.events.size() - 1 : 0;
    std::string head = entry.record.report_hash();
    for (std::size_t i = 0; i < entry.events.size(); ++i) {
      ++report_.events;
      const std::string record = name + " event " + std::to_string(i + 1);
      CheckLeaf(record, entry.events[i].leaf, 2, i < erased);
      if (i < erased) continue;
      v1::SignedEvent signed_event;
      v1::Event event;
      if (!Parse(*entry.events[i].signed_event, signed_event) ||
          !event.ParseFromString(signed_event.event())) {
        return Report(record, "the event cannot be read");
      }
      const bool linked = erased > 0 || event.previous() == head;
      if (event.sequence() != i + 1 || !linked ||
          event.report_hash() != entry.record.report_hash()) {
        Report(record, "the event is not the next of its chain");
      }
      head = AsText(Sha256(AsBytes(signed_event.event())));
    }
    if (entry.record.events() != entry.events.size() || entry.record.head() != head) {
      Report(name, "the case's chain has another head");
    }
  }

  const State& state_;
  VerifyReport report_;
};

Result<VerifyReport> MemoryStore::Verify() const {
  const std::shared_lock<std::shared_mutex> lock(mutex_);
  return Verifier(state_).Run();
}

}  // namespace safeconduct::storage
