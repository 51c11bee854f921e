#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "gateway/release/access.h"
#include "gateway/routes/acceptance.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/query.h"

namespace safeconduct::routes {
namespace {

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kLargestPage = 500;
// A page with triages ends after so many bytes.
constexpr std::size_t kPageBytes = 4 * 1024 * 1024;
constexpr std::size_t kMaxTriageBytes = report::kMaxSmallPayload;
constexpr PageLimits kEventsWithCase{1'000, 16 * 1024 * 1024};

// Where a listing goes on: below the case that ended the last page. 0: from the newest.
Result<storage::Sequence> PageStart(const Services& services, const Call& call) {
  const std::optional<std::string_view> after = QueryValue(call.head.query(), "after");
  if (!after || after->empty()) return storage::Sequence{0};
  const Result<storage::CaseRef> ref =
      FindVisible(services, *after, *call.holder, *call.charter->charter);
  if (ref.ok()) return ref->sequence;
  if (ref.error().code() != Code::kNotFound) return ref.error();
  return Error(Code::kMalformed, "this is not the end of a page", "after");
}

// Which cases a listing is about.
struct Wanted {
  std::set<std::string, std::less<>> channels;  // of these
  std::vector<std::string> whole;               // and of these all that there are
};

using Lister =
    std::function<Result<std::vector<storage::CaseRef>>(storage::Sequence before, std::size_t)>;

// The newest `count` cases of an index below `before` that the holder may see. Goes on until it has
// them or the index ends.
Result<std::vector<storage::CaseRef>> VisibleOf(const Services& services, const Call& call,
                                                const Wanted& wanted, const Lister& list,
                                                storage::Sequence before, std::size_t count) {
  const std::int64_t now = services.clock.UnixSeconds();
  std::vector<storage::CaseRef> visible;
  while (true) {
    SC_ASSIGN(std::vector<storage::CaseRef> some, list(before, count));
    const bool end = some.size() < count;
    if (!some.empty()) before = some.back().sequence;
    for (storage::CaseRef& ref : some) {
      if (visible.size() < count && wanted.channels.contains(ref.record.channel()) &&
          release::MaySee(*call.holder, ref.record, *call.charter->charter, now)) {
        visible.push_back(std::move(ref));
      }
    }
    if (end || visible.size() == count) return visible;
  }
}

// What a listing is about. kNotFound alike for a channel that is not there and for one of which he
// sees nothing.
Result<Wanted> WantedBy(const Call& call) {
  const std::optional<std::string_view> one = QueryValue(call.head.query(), "channel");
  Wanted wanted;
  for (const charter::ChannelInfo& channel : call.charter->charter->channels()) {
    const std::string& id = channel.channel->id();
    if (one && *one != id) continue;
    if (release::SeesByPost(*call.holder, channel)) {
      wanted.whole.push_back(id);
    } else if (!release::MayWork(*call.holder, id)) {
      continue;
    }
    wanted.channels.insert(id);
  }
  if (one && wanted.channels.empty()) return kNothingHere;
  return wanted;
}

// Adds what is not there yet and keeps the newest `count`.
void Merge(std::vector<storage::CaseRef> some, std::size_t count,
           std::vector<storage::CaseRef>& cases) {
  std::move(some.begin(), some.end(), std::back_inserter(cases));
  std::sort(cases.begin(), cases.end(),
            [](const auto& a, const auto& b) { return a.sequence > b.sequence; });
  const auto last = std::unique(cases.begin(), cases.end(), [](const auto& a, const auto& b) {
    return a.sequence == b.sequence;
  });
  cases.erase(last, cases.end());
  if (cases.size() > count) cases.resize(count);
}

// The triage of the case, if it is for the holder.
Status AddTriage(const Services& services, const storage::CaseRef& ref, const Call& call,
                 v1::CaseList& list) {
  const std::optional<release::Download> download = release::FindDownload(
      *call.holder, ref.record, "triage", *call.charter->charter, services.clock.UnixSeconds());
  if (!download) return {};
  CaseFiles files(services.store, ref);
  SC_ASSIGN(CompartmentFile file, files.Find(*download));
  SC_ASSIGN(const Manifest* const manifest, files.TheManifest());
  SC_ASSIGN(const Bytes payload, services.store.ReadPayload(ref, file.index, 0, kMaxTriageBytes));
  v1::CaseTriage& triage = *list.add_triages();
  triage.set_report_id(report::FormatId(ref.id));
  *triage.mutable_sealed() = manifest->sealed;
  if (file.grant != 0) triage.set_header(std::move(file.header));
  triage.set_payload(payload.data(), payload.size());
  return {};
}

void List(const Services& services, Call& call, const Wanted& wanted, std::size_t limit) {
  const std::int64_t now = services.clock.UnixSeconds();
  const bool with_triage = QueryValue(call.head.query(), "with") == "triage";
  SC_ANSWER_ASSIGN(call, const storage::Sequence before, PageStart(services, call));
  // One more than the page has, to know whether there is a next one.
  const std::size_t count = limit + 1;
  std::vector<storage::CaseRef> cases;
  std::vector<Lister> listers;
  for (const std::string& channel : wanted.whole) {
    listers.push_back([&services, &channel](storage::Sequence from, std::size_t some) {
      return services.store.ListCases(channel, from, some);
    });
  }
  listers.push_back([&services, key = ToArray<32>(AsBytes(call.holder->event_key()))](
                        storage::Sequence from, std::size_t some) {
    return services.store.ListCasesOf(key, from, some);
  });
  for (const Lister& list : listers) {
    SC_ANSWER_ASSIGN(call, std::vector<storage::CaseRef> some,
                     VisibleOf(services, call, wanted, list, before, count));
    Merge(std::move(some), count, cases);
  }
  v1::CaseList list;
  for (std::size_t i = 0; i < std::min(cases.size(), limit); ++i) {
    *list.add_cases() = SummaryOf(cases[i], *call.holder, *call.charter->charter, now);
    if (with_triage) SC_ANSWER_ERROR(call, AddTriage(services, cases[i], call, list));
    if (list.ByteSizeLong() > kPageBytes) limit = i + 1;
  }
  if (cases.size() > limit) list.set_next(report::FormatId(cases[limit - 1].id));
  call.SendMessage(200, list);
}

Status AddCompartments(const Services& services, const storage::CaseRef& ref, const Call& call,
                       CaseFiles& files, v1::CaseView& view) {
  const std::int64_t now = services.clock.UnixSeconds();
  for (const v1::StoredCompartment& stored : ref.record.compartments()) {
    const std::optional<release::Download> download =
        release::FindDownload(*call.holder, ref.record, stored.name(), *call.charter->charter, now);
    if (!download) continue;
    SC_ASSIGN(const CompartmentFile file, files.Find(*download));
    v1::CompartmentView* const compartment = view.add_compartments();
    compartment->set_name(stored.name());
    compartment->set_file_bytes(file.header.size() + file.payload_bytes);
    compartment->set_grant(file.grant);
  }
  return {};
}

void Show(const Services& services, Call& call) {
  const charter::OpenCharter& charter = *call.charter->charter;
  SC_ANSWER_ASSIGN(call, const storage::CaseRef ref,
                   FindVisible(services, call.params[0], *call.holder, charter));
  v1::CaseView view;
  *view.mutable_summary() = SummaryOf(ref, *call.holder, charter, services.clock.UnixSeconds());
  view.set_report_hash(ref.record.report_hash());

  CaseFiles files(services.store, ref);
  if (release::MayReadManifest(*call.holder, ref.record, charter, services.clock.UnixSeconds())) {
    SC_ANSWER_ASSIGN(call, const Manifest* const manifest, files.TheManifest());
    *view.mutable_sealed() = manifest->sealed;
  }
  SC_ANSWER_ERROR(call, AddCompartments(services, ref, call, files, view));

  SC_ANSWER_ASSIGN(call, EventPage page, ReadEvents(services.store, ref, 0, kEventsWithCase));
  for (v1::SignedEvent& event : page.events) *view.add_events() = std::move(event);
  SC_ANSWER_ASSIGN(call, const storage::Leaf leaf, services.store.FindLeaf(ref.record.leaf()));
  view.set_promise(PromiseFor(services, *call.charter, leaf.record));
  call.SendMessage(200, view);
}

}  // namespace

void ListCases(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::size_t limit,
                   QueryLimit(call->head.query(), kUsualPage, kLargestPage));
  SC_ANSWER_ASSIGN(*call, Wanted wanted, WantedBy(*call));
  OnPool(services, call, [&services, limit, wanted = std::move(wanted)](Call& each) {
    List(services, each, wanted, limit);
  });
}

void GetCase(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) { Show(services, each); });
}

}  // namespace safeconduct::routes
