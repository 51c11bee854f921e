#include "tests/storage/reports.h"

#include <algorithm>

#include "crypto/base/hash.h"
#include "crypto/tlog/tree.h"
#include "safeconduct/v1/event.pb.h"
#include "safeconduct/v1/report.pb.h"

namespace safeconduct::storage {
namespace {

std::string Text(ByteView bytes) { return std::string(AsText(bytes)); }
std::string Text(const Hash& hash) { return Text(ByteView(hash)); }

Bytes Serialize(const google::protobuf::MessageLite& message) {
  const std::string text = message.SerializeAsString();
  return {text.begin(), text.end()};
}

void AddCompartment(Report& report, std::string name, Bytes payload) {
  v1::StoredCompartment& compartment = *report.record.add_compartments();
  compartment.set_name(std::move(name));
  compartment.set_payload_bytes(payload.size());
  compartment.set_digest(Text(Sha256(payload)));
  report.payloads.push_back(std::move(payload));
}

CaseEvent EventOf(Sequence case_sequence, v1::StoredCase& record, Sequence leaf, v1::Event body) {
  body.set_report_hash(record.report_hash());
  body.set_sequence(record.events() + 1);
  body.set_previous(record.head());
  v1::SignedEvent signed_event;
  signed_event.set_event(body.SerializeAsString());
  signed_event.set_signature(Text(SomeBytes(leaf, 64)));

  record.set_events(body.sequence());
  record.set_head(Text(Sha256(AsBytes(signed_event.event()))));
  CaseEvent event;
  event.case_sequence = case_sequence;
  event.record = record;
  event.number = body.sequence();
  event.signed_event = Serialize(signed_event);
  event.leaf = SomeLeaf(leaf, 2);
  return event;
}

template <typename T>
bool IsNotFound(const Result<T>& result) {
  return !result.ok() && result.error().code() == Code::kNotFound;
}

std::string EventsNotErased(const EnvelopeStore& store, const CaseEvent& erasing) {
  const auto events = store.Events(erasing.case_sequence, 1, 1000);
  if (!events.ok() || events->size() != erasing.number) return "another number of events";
  for (const StoredEvent& event : *events) {
    const auto leaf = store.FindLeaf(event.leaf.sequence);
    const bool last = event.number == erasing.number;
    if (!leaf.ok() || leaf->record.salt().empty() == last) return "an event's leaf";
    const Bytes kept = last ? erasing.signed_event : Bytes();
    if (event.signed_event != kept) return "event " + std::to_string(event.number);
  }
  return "";
}

}  // namespace

Bytes SomeBytes(std::uint64_t seed, std::size_t size) {
  std::uint64_t state = seed * 0x9e3779b97f4a7c15 + 1;
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state >> 32);
  }
  return bytes;
}

NewCase Report::View() const {
  NewCase view{sequence, id, record, sealed, {}, leaf};
  view.payloads.assign(payloads.begin(), payloads.end());
  return view;
}

NewEvent CaseEvent::View() const { return {case_sequence, record, number, signed_event, leaf}; }

ByteView Upload::Piece(std::uint64_t index) const {
  const auto start = static_cast<std::size_t>(index) * kPieceBytes;
  return ByteView(content).subspan(start, std::min(kPieceBytes, content.size() - start));
}

std::uint64_t Upload::Pieces() const { return (content.size() + kPieceBytes - 1) / kPieceBytes; }

Hash Upload::Root() const {
  tlog::Frontier frontier;
  for (std::uint64_t i = 0; i < Pieces(); ++i) frontier.Append(tlog::LeafHash(Piece(i)));
  return frontier.Root();
}

UploadRef Upload::At(std::uint64_t bytes) const {
  UploadRef at = ref;
  at.record.set_offset(bytes);
  tlog::Frontier frontier;
  for (std::uint64_t i = 0; (i + 1) * kPieceBytes <= bytes; ++i) {
    frontier.Append(tlog::LeafHash(Piece(i)));
  }
  for (const Hash& root : frontier.subtree_roots()) at.record.add_subtree_roots(Text(root));
  return at;
}

Leaf SomeLeaf(Sequence sequence, std::uint32_t kind) {
  Leaf leaf;
  leaf.sequence = sequence;
  // Unlike all others, also in a part of it.
  leaf.record.set_salt(Text(Sha256(SomeBytes(sequence + 1'000'000, 32))));
  leaf.record.set_kind(kind);
  leaf.record.set_entry_hash(Text(SomeBytes(sequence + 2'000'000, 32)));
  leaf.record.set_promised_until(1'700'000'000);
  return leaf;
}

Leaf Emptied(const Leaf& leaf) {
  Leaf emptied = leaf;
  const v1::StoredLeaf& record = leaf.record;
  const std::string entry = "safeconduct/leaf/v1" + record.salt() +
                            static_cast<char>(record.kind()) + record.entry_hash();
  emptied.record.clear_salt();
  emptied.record.clear_entry_hash();
  emptied.record.set_erased_entry(Text(Sha256(AsBytes(entry))));
  return emptied;
}

Report SealedReportAt(Sequence sequence, const std::string& channel,
                      const std::vector<std::size_t>& payload_bytes) {
  Report report;
  report.sequence = sequence;
  report.mailbox = ToArray<32>(SomeBytes(sequence, 32));
  report.leaf = SomeLeaf(sequence + 1, 1);

  v1::Manifest manifest;
  manifest.set_channel(channel);
  manifest.set_charter_version(1);
  manifest.set_request_key(Text(report.mailbox));
  manifest.set_event_key(Text(SomeBytes(sequence + 3'000'000, 32)));
  manifest.add_compartments()->set_header(Text(SomeBytes(sequence + 4'000'000, 8000)));
  v1::SealedReport sealed;
  sealed.set_manifest(manifest.SerializeAsString());
  sealed.set_signature(Text(SomeBytes(sequence, 64)));
  report.sealed = Serialize(sealed);

  const Hash hash = Sha256(AsBytes(sealed.manifest()));
  report.id = ToArray<16>(ByteView(hash).first<16>());
  v1::StoredCase& record = report.record;
  record.set_report_hash(Text(hash));
  record.set_channel(channel);
  record.set_mailbox(Text(report.mailbox));
  record.set_event_key(manifest.event_key());
  record.set_received_day(1'699'920'000);
  record.set_status(v1::CASE_STATUS_RECEIVED);
  record.set_head(record.report_hash());
  record.set_leaf(report.leaf.sequence);
  const char* const names[] = {"triage", "account", "identity"};
  for (std::size_t i = 0; i < payload_bytes.size(); ++i) {
    AddCompartment(report, i < 3 ? names[i] : "more-" + std::to_string(i),
                   SomeBytes(sequence * 10 + i, payload_bytes[i]));
  }
  return report;
}

Report PlainReportAt(Sequence sequence, const std::string& channel, std::size_t payload_bytes) {
  Report report;
  report.sequence = sequence;
  report.leaf = SomeLeaf(sequence + 1, 1);
  const Bytes payload = SomeBytes(sequence, payload_bytes);
  const Hash hash = Sha256(payload);
  report.id = ToArray<16>(ByteView(hash).first<16>());
  report.record.set_report_hash(Text(hash));
  report.record.set_channel(channel);
  report.record.set_status(v1::CASE_STATUS_RECEIVED);
  report.record.set_head(report.record.report_hash());
  report.record.set_leaf(report.leaf.sequence);
  AddCompartment(report, "plain", payload);
  report.record.mutable_compartments(0)->set_header("age-encryption.org/v1\n");
  return report;
}

void Attach(Report& report, const Upload& upload) {
  v1::StoredCompartment& compartment = *report.record.add_compartments();
  compartment.set_name("attachment-" + std::to_string(upload.ref.sequence));
  compartment.set_payload_bytes(upload.content.size());
  compartment.set_digest(Text(upload.Root()));
  compartment.set_upload(upload.ref.sequence);
}

CaseEvent NextEvent(Sequence case_sequence, v1::StoredCase& record, Sequence leaf) {
  v1::Event body;
  body.mutable_message()->set_sealed(Text(SomeBytes(leaf, 6000)));
  return EventOf(case_sequence, record, leaf, std::move(body));
}

CaseEvent ErasingEvent(Sequence case_sequence, v1::StoredCase& record, Sequence leaf) {
  v1::Event body;
  body.mutable_erasure();
  record.set_erased(true);
  return EventOf(case_sequence, record, leaf, std::move(body));
}

Upload UploadAt(Sequence sequence, std::size_t bytes, std::int64_t expires) {
  Upload upload;
  upload.content = SomeBytes(sequence + 5'000'000, bytes);
  upload.id_hash = ToArray<32>(SomeBytes(sequence + 6'000'000, 32));
  upload.ref.sequence = sequence;
  upload.ref.record.set_id_hash(Text(upload.id_hash));
  upload.ref.record.set_length(bytes);
  upload.ref.record.set_expires(expires);
  return upload;
}

Status Store(EnvelopeStore& store, const Upload& upload) {
  SC_TRY(store.CreateUpload(upload.ref));
  for (std::uint64_t i = 0; i < upload.Pieces(); ++i) {
    SC_TRY(store.WritePiece(upload.ref, i, upload.Piece(i)));
  }
  return store.SyncUpload(upload.At(upload.content.size()));
}

Status CommitOne(EnvelopeStore& store, const Report& report) {
  Batch batch;
  batch.cases.push_back(report.View());
  return store.Commit(batch);
}

Status CommitOne(EnvelopeStore& store, const CaseEvent& event) {
  Batch batch;
  batch.events.push_back(event.View());
  return store.Commit(batch);
}

Result<Bytes> ReadAll(const EnvelopeStore& store, const CaseRef& ref, std::size_t index,
                      std::size_t slice) {
  Bytes all;
  while (true) {
    SC_ASSIGN(const Bytes next, store.ReadPayload(ref, index, all.size(), slice));
    if (next.empty()) return all;
    Append(all, next);
  }
}

std::string Missing(const EnvelopeStore& store, const Report& report) {
  const auto found = store.FindCase(report.id);
  if (!found.ok()) return std::string("by id: ") + found.error().message();
  if (found->sequence != report.sequence || found->id != report.id) return "another case";
  if (found->record.report_hash() != report.record.report_hash()) return "another record";
  if (!report.record.mailbox().empty()) {
    const auto by_mailbox = store.FindMailbox(report.mailbox);
    if (!by_mailbox.ok() || by_mailbox->id != report.id) return "by mailbox";
  }
  const auto sealed = store.Sealed(report.sequence);
  if (!sealed.ok() || *sealed != report.sealed) return "the sealed report";
  std::size_t next = 0;
  for (int i = 0; i < report.record.compartments_size(); ++i) {
    const auto payload = ReadAll(store, *found, static_cast<std::size_t>(i));
    if (!payload.ok()) return "a payload: " + std::string(payload.error().message());
    if (report.record.compartments(i).upload() != 0) {
      if (payload->size() != report.record.compartments(i).payload_bytes()) return "an attachment";
    } else if (*payload != report.payloads[next++]) {
      return "a payload";
    }
  }
  const auto leaf = store.FindLeaf(report.leaf.sequence);
  if (!leaf.ok() || leaf->record.salt() != report.leaf.record.salt()) return "the leaf";
  return "";
}

std::string NotErased(const EnvelopeStore& store, const Report& report, const CaseEvent& erasing) {
  const auto found = store.FindCase(report.id);
  if (!found.ok()) return std::string("by id: ") + found.error().message();
  if (found->record.SerializeAsString() != erasing.record.SerializeAsString()) {
    return "another record";
  }
  if (!report.record.mailbox().empty()) {
    const auto by_mailbox = store.FindMailbox(report.mailbox);
    if (!by_mailbox.ok() || by_mailbox->id != report.id) return "by mailbox";
  }
  const auto listed = store.ListCases(report.record.channel(), report.sequence + 1, 1);
  if (!listed.ok() || listed->empty() || listed->front().id != report.id) return "not listed";
  if (!IsNotFound(store.Sealed(report.sequence))) return "the sealed report";
  const CaseRef before{report.sequence, report.id, report.record};
  for (int i = 0; i < report.record.compartments_size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (!IsNotFound(store.ReadPayload(*found, index, 0, 1))) return "a payload";
    const bool empty = report.record.compartments(i).payload_bytes() == 0;
    if (!empty && !IsNotFound(store.ReadPayload(before, index, 0, 1))) return "a payload";
  }
  const auto leaf = store.FindLeaf(report.leaf.sequence);
  if (!leaf.ok() ||
      leaf->record.SerializeAsString() != Emptied(report.leaf).record.SerializeAsString()) {
    return "the leaf";
  }
  return EventsNotErased(store, erasing);
}

}  // namespace safeconduct::storage
