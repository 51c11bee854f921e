#include "gateway/routes/case_view.h"

#include <algorithm>
#include <utility>

#include "gateway/release/access.h"
#include "gateway/release/policy.h"
#include "gateway/report/event.h"
#include "gateway/routes/error_response.h"
#include "proto/parse.h"

namespace safeconduct::routes {
namespace {

constexpr Error kDamaged(Code::kCorrupted, "a stored record is damaged");

// Read at once from the store; a page takes several readings if it must.
constexpr std::size_t kEventsAtOnce = 64;
constexpr std::size_t kSealedOverhead = 1024;

Result<Manifest> ReadManifest(const storage::EnvelopeStore& store, const storage::CaseRef& ref) {
  SC_ASSIGN(const Bytes bytes, store.Sealed(ref.sequence));
  Manifest manifest;
  Result<v1::SealedReport> sealed =
      proto::ParseTolerant<v1::SealedReport>(bytes, report::kMaxManifestBytes + kSealedOverhead);
  if (!sealed.ok()) return kDamaged;
  manifest.sealed = *std::move(sealed);
  Result<v1::Manifest> message = proto::ParseTolerant<v1::Manifest>(
      AsBytes(manifest.sealed.manifest()), report::kMaxManifestBytes);
  if (!message.ok() || message->compartments_size() != ref.record.compartments_size()) {
    return kDamaged;
  }
  manifest.message = *std::move(message);
  return manifest;
}

Result<storage::CaseRef> Find(const Services& services, std::string_view id) {
  const Result<report::ReportId> parsed = report::ParseId(id);
  if (!parsed.ok()) return kNothingHere;
  Result<storage::CaseRef> ref = services.store.FindCase(*parsed);
  if (!ref.ok()) return ref.error().code() == Code::kNotFound ? kNothingHere : ref.error();
  return ref;
}

}  // namespace

v1::CaseSummary SummaryOf(const storage::CaseRef& ref, const v1::Holder& holder,
                          const charter::OpenCharter& charter, std::int64_t now) {
  v1::CaseSummary summary;
  summary.set_report_id(report::FormatId(ref.id));
  summary.set_channel(ref.record.channel());
  summary.set_plain(release::IsPlain(ref.record));
  summary.set_status(ref.record.status());
  summary.set_received_day(ref.record.received_day());
  summary.set_events(ref.record.events());
  std::uint64_t bytes = 0;
  for (const v1::StoredCompartment& compartment : ref.record.compartments()) {
    bytes += compartment.payload_bytes();
  }
  summary.set_size_bytes(bytes);
  summary.set_assigned(release::IsAssigned(holder, ref.record));
  summary.set_dismissed(ref.record.dismissed());
  summary.set_held(ref.record.held());
  summary.set_requests(
      static_cast<std::uint32_t>(release::WaitingRequests(holder, ref.record, charter, now)));
  summary.set_erased(ref.record.erased());
  summary.set_by_sms(!ref.record.relay().empty());
  summary.set_acknowledged_day(ref.record.acknowledged_day());
  summary.set_closed_day(ref.record.closed_day());
  summary.set_expires_day(release::ExpiresDay(ref.record, charter));
  return summary;
}

Result<storage::CaseRef> FindVisible(const Services& services, std::string_view id,
                                     const v1::Holder& holder,
                                     const charter::OpenCharter& charter) {
  SC_ASSIGN(storage::CaseRef ref, Find(services, id));
  if (release::MaySee(holder, ref.record, charter, services.clock.UnixSeconds())) return ref;
  return kNothingHere;
}

Result<storage::CaseRef> FindForEvent(const Services& services, std::string_view id,
                                      const v1::Holder& holder,
                                      const charter::OpenCharter& charter) {
  SC_ASSIGN(storage::CaseRef ref, Find(services, id));
  if (release::MaySee(holder, ref.record, charter, services.clock.UnixSeconds()) ||
      release::Relays(holder, ref.record, charter)) {
    return ref;
  }
  return kNothingHere;
}

Result<const Manifest*> CaseFiles::TheManifest() {
  if (!manifest_) {
    SC_ASSIGN(manifest_, ReadManifest(store_, ref_));
  }
  return &*manifest_;
}

Result<std::string> CaseFiles::GrantedHeader(const v1::StoredAccess& grant) {
  auto found = grants_.find(grant.event());
  if (found == grants_.end()) {
    SC_ASSIGN(const v1::SignedEvent signed_event, ReadEvent(store_, ref_, grant.event()));
    Result<v1::Event> event =
        proto::ParseTolerant<v1::Event>(AsBytes(signed_event.event()), report::kMaxEventBytes);
    if (!event.ok()) return kDamaged;
    found = grants_.emplace(grant.event(), *std::move(event)).first;
  }
  for (const v1::GrantedHeader& each : found->second.grant().headers()) {
    if (each.compartment() == grant.compartment()) return each.header();
  }
  return kDamaged;
}

Result<CompartmentFile> CaseFiles::Find(const release::Download& download) {
  const int index = static_cast<int>(download.index);
  const v1::StoredCompartment& stored = ref_.record.compartments(index);
  CompartmentFile file{download.index, stored.header(), stored.payload_bytes(), 0};
  if (download.grant != nullptr && download.grant->event() != 0) {
    file.grant = download.grant->event();
    SC_ASSIGN(file.header, GrantedHeader(*download.grant));
  } else if (!release::IsPlain(ref_.record)) {
    SC_ASSIGN(const Manifest* const manifest, TheManifest());
    file.header = manifest->message.compartments(index).header();
  }
  return file;
}

Result<v1::SignedEvent> ReadEvent(const storage::EnvelopeStore& store, const storage::CaseRef& ref,
                                  std::uint64_t number) {
  SC_ASSIGN(const std::vector<storage::StoredEvent> stored, store.Events(ref.sequence, number, 1));
  if (stored.size() != 1) return kDamaged;
  Result<v1::SignedEvent> parsed = proto::ParseTolerant<v1::SignedEvent>(
      stored.front().signed_event, report::kMaxEventBytes + kSealedOverhead);
  if (!parsed.ok()) return kDamaged;
  return parsed;
}

Result<EventPage> ReadEvents(const storage::EnvelopeStore& store, const storage::CaseRef& ref,
                             std::uint64_t after, const PageLimits& limits) {
  EventPage page;
  page.last = ref.record.erased() ? std::max(after, ref.record.events() - 1) : after;
  std::size_t bytes = 0;
  while (page.last < ref.record.events() && page.events.size() < limits.events) {
    const std::size_t count = std::min(kEventsAtOnce, limits.events - page.events.size());
    SC_ASSIGN(const std::vector<storage::StoredEvent> stored,
              store.Events(ref.sequence, page.last + 1, count));
    if (stored.empty()) return kDamaged;  // the record says that there are more
    for (const storage::StoredEvent& event : stored) {
      bytes += event.signed_event.size();
      if (bytes > limits.bytes && !page.events.empty()) return page;
      Result<v1::SignedEvent> parsed = proto::ParseTolerant<v1::SignedEvent>(
          event.signed_event, report::kMaxEventBytes + kSealedOverhead);
      if (!parsed.ok()) return kDamaged;
      page.events.push_back(*std::move(parsed));
      page.last = event.number;
    }
  }
  return page;
}

}  // namespace safeconduct::routes
