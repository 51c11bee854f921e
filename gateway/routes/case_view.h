// Stored cases as the API shows them.
//
// Thread-safety: free functions; those that are given the store may block on the disk.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_CASE_VIEW_H_
#define SAFECONDUCT_GATEWAY_ROUTES_CASE_VIEW_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/charter/charter.h"
#include "gateway/release/access.h"
#include "gateway/report/report.h"
#include "gateway/routes/services.h"
#include "safeconduct/v1/api.pb.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

v1::CaseSummary SummaryOf(const storage::CaseRef& ref, const v1::Holder& holder,
                          const charter::OpenCharter& charter, std::int64_t now);

// The case with that id (hex), if `holder` may see it. kNotFound, always kNothingHere, when there
// is none, when it is not for him, and when this is no id.
Result<storage::CaseRef> FindVisible(const Services& services, std::string_view id,
                                     const v1::Holder& holder, const charter::OpenCharter& charter);

// The same for whoever may add an event to it: also the relay of the case, who does not see it.
Result<storage::CaseRef> FindForEvent(const Services& services, std::string_view id,
                                      const v1::Holder& holder,
                                      const charter::OpenCharter& charter);

// The signed manifest of a sealed case.
struct Manifest {
  v1::SealedReport sealed;
  v1::Manifest message;
};

// Where a compartment stands in its case, and the age header for whoever asks.
struct CompartmentFile {
  std::size_t index = 0;
  std::string header;
  std::uint64_t payload_bytes = 0;
  std::uint64_t grant = 0;  // number of the event that brought the header; 0: the original
};

// The files of one case, whose manifest and grants are read when they are first asked for, and
// once.
class CaseFiles {
 public:
  // Both must outlive it.
  CaseFiles(const storage::EnvelopeStore& store, const storage::CaseRef& ref)
      : store_(store), ref_(ref) {}

  // Of a sealed case. kCorrupted.
  Result<const Manifest*> TheManifest();
  // As the download's grant gave it, or as the reporter sealed it. kCorrupted.
  Result<CompartmentFile> Find(const release::Download& download);

 private:
  Result<std::string> GrantedHeader(const v1::StoredAccess& grant);

  const storage::EnvelopeStore& store_;
  const storage::CaseRef& ref_;
  std::optional<Manifest> manifest_;
  std::map<std::uint64_t, v1::Event> grants_;  // by number
};

// One event that the case has. kCorrupted.
Result<v1::SignedEvent> ReadEvent(const storage::EnvelopeStore& store, const storage::CaseRef& ref,
                                  std::uint64_t number);

// A part of a case's chain, oldest first: events with a number above `after`, so many and of so
// many bytes at most, but one at least. Of an erased case only the event that erased it.
struct EventPage {
  std::vector<v1::SignedEvent> events;
  std::uint64_t last = 0;  // number of the last one that was looked at; `after` when there is none
};
struct PageLimits {
  std::size_t events = 0;
  std::size_t bytes = 0;
};
Result<EventPage> ReadEvents(const storage::EnvelopeStore& store, const storage::CaseRef& ref,
                             std::uint64_t after, const PageLimits& limits);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_CASE_VIEW_H_
