#include "gateway/cli/case_triage.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string_view>
#include <thread>

namespace safeconduct::cli {
namespace {

// Where the holder stands among those to whom the case's triage is sealed.
std::size_t PlaceOf(const Office& office, const v1::CaseSummary& summary) {
  const charter::ChannelInfo* const channel =
      office.charter.charter->FindChannel(summary.channel());
  if (channel == nullptr) return 0;
  const auto& intake = channel->intake;
  const auto found = std::find(intake.begin(), intake.end(), office.holder.entry);
  return found == intake.end() ? 0 : static_cast<std::size_t>(found - intake.begin());
}

std::vector<std::size_t> PlacesOf(const Office& office, const v1::CaseList& page) {
  std::map<std::string_view, std::size_t> by_id;
  for (const v1::CaseSummary& summary : page.cases()) {
    by_id[summary.report_id()] = PlaceOf(office, summary);
  }
  std::vector<std::size_t> places;
  for (const v1::CaseTriage& triage : page.triages()) places.push_back(by_id[triage.report_id()]);
  return places;
}

}  // namespace

OpenedTriages OpenTriages(const v1::CaseList& page, const Office& office) {
  const auto count = static_cast<std::size_t>(page.triages_size());
  OpenedTriages opened(count, Result<v1::Triage>(Error(Code::kInternal, "not opened")));
  const std::vector<std::size_t> places = PlacesOf(office, page);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      opened[i] = report::OpenListedTriage(page.triages(static_cast<int>(i)), office.holder.party,
                                           places[i]);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  threads.clear();  // waits for them
  return opened;
}

}  // namespace safeconduct::cli
