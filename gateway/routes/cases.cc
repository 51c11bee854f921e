#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/routes/acceptance.h"
#include "gateway/routes/access.h"
#include "gateway/routes/case_view.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/query.h"

namespace safeconduct::routes {
namespace {

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kLargestPage = 500;
constexpr PageLimits kEventsWithCase{1'000, 16 * 1024 * 1024};

// Where a listing goes on: below the case that ended the last page. 0: from the newest.
Result<storage::Sequence> PageStart(const Services& services, const Call& call) {
  const std::optional<std::string_view> after = QueryValue(call.head.query(), "after");
  if (!after || after->empty()) return storage::Sequence{0};
  const Result<storage::CaseRef> ref =
      FindVisible(services.store, *after, *call.holder, *call.charter->charter);
  if (ref.ok()) return ref->sequence;
  if (ref.error().code() != Code::kNotFound) return ref.error();
  return Error(Code::kMalformed, "this is not the end of a page", "after");
}

// The newest `count` cases of the channel below `before` that the holder may see. Goes on until it
// has them or the channel ends: only plain recipients have to look past what is not theirs.
Result<std::vector<storage::CaseRef>> VisibleOf(const Services& services, const Call& call,
                                                const std::string& channel,
                                                storage::Sequence before, std::size_t count) {
  std::vector<storage::CaseRef> visible;
  while (true) {
    SC_ASSIGN(std::vector<storage::CaseRef> some, services.store.ListCases(channel, before, count));
    const bool end = some.size() < count;
    if (!some.empty()) before = some.back().sequence;
    for (storage::CaseRef& ref : some) {
      if (visible.size() < count && MaySee(*call.holder, ref.record, *call.charter->charter)) {
        visible.push_back(std::move(ref));
      }
    }
    if (end || visible.size() == count) return visible;
  }
}

// The channels that a listing is about. kNotFound alike for one that is not there and for one of
// which he sees nothing.
Result<std::vector<std::string>> ChannelsOf(const Call& call) {
  const std::optional<std::string_view> wanted = QueryValue(call.head.query(), "channel");
  std::vector<std::string> channels;
  for (const charter::ChannelInfo& channel : call.charter->charter->channels()) {
    const std::string& id = channel.channel->id();
    if (MaySeeSome(*call.holder, channel) && (!wanted || *wanted == id)) channels.push_back(id);
  }
  if (wanted && channels.empty()) return kNothingHere;
  return channels;
}

void List(const Services& services, Call& call, const std::vector<std::string>& channels,
          std::size_t limit) {
  SC_ANSWER_ASSIGN(call, const storage::Sequence before, PageStart(services, call));
  std::vector<storage::CaseRef> cases;
  for (const std::string& channel : channels) {
    // One more than the page has, to know whether there is a next one.
    SC_ANSWER_ASSIGN(call, std::vector<storage::CaseRef> some,
                     VisibleOf(services, call, channel, before, limit + 1));
    std::move(some.begin(), some.end(), std::back_inserter(cases));
    std::sort(cases.begin(), cases.end(),
              [](const auto& a, const auto& b) { return a.sequence > b.sequence; });
    if (cases.size() > limit + 1) cases.resize(limit + 1);
  }
  v1::CaseList list;
  const std::size_t count = std::min(cases.size(), limit);
  for (std::size_t i = 0; i < count; ++i) *list.add_cases() = SummaryOf(cases[i]);
  if (cases.size() > limit) list.set_next(report::FormatId(cases[limit - 1].id));
  call.SendMessage(200, list);
}

void AddCompartments(const storage::CaseRef& ref, const Call& call, const Manifest* manifest,
                     v1::CaseView& view) {
  for (int i = 0; i < ref.record.compartments_size(); ++i) {
    const v1::StoredCompartment& stored = ref.record.compartments(i);
    if (!MayRead(*call.holder, ref.record, stored.name(), *call.charter->charter)) continue;
    const std::size_t header_bytes = manifest == nullptr
                                         ? stored.header().size()
                                         : manifest->message.compartments(i).header().size();
    v1::CompartmentView* const compartment = view.add_compartments();
    compartment->set_name(stored.name());
    compartment->set_file_bytes(header_bytes + stored.payload_bytes());
  }
}

void Show(const Services& services, Call& call) {
  const charter::OpenCharter& charter = *call.charter->charter;
  SC_ANSWER_ASSIGN(call, const storage::CaseRef ref,
                   FindVisible(services.store, call.params[0], *call.holder, charter));
  v1::CaseView view;
  *view.mutable_summary() = SummaryOf(ref);
  view.set_report_hash(ref.record.report_hash());

  std::optional<Manifest> manifest;
  if (MayReadManifest(*call.holder, ref.record, charter)) {
    SC_ANSWER_ASSIGN(call, manifest, ReadManifest(services.store, ref));
    *view.mutable_sealed() = manifest->sealed;
  }
  AddCompartments(ref, call, manifest ? &*manifest : nullptr, view);

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
  SC_ANSWER_ASSIGN(*call, std::vector<std::string> channels, ChannelsOf(*call));
  OnPool(services, call, [&services, limit, channels = std::move(channels)](Call& each) {
    List(services, each, channels, limit);
  });
}

void GetCase(const Services& services, CallPtr call) {
  OnPool(services, call, [&services](Call& each) { Show(services, each); });
}

}  // namespace safeconduct::routes
