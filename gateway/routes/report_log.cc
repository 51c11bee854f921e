// The report log as c2sp.org/tlog-tiles has it, its receipts and openings; what it holds is in
// gateway/transparency.
#include <map>
#include <utility>

#include "crypto/base/text.h"
#include "crypto/tlog/leaf.h"
#include "crypto/tlog/tiles.h"
#include "gateway/release/access.h"
#include "gateway/report/report.h"
#include "gateway/routes/endpoints.h"
#include "gateway/routes/error_response.h"
#include "gateway/routes/query.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::size_t kLeavesAtOnce = 2'048;

// Whose openings a holder gets: everybody's, or those of one channel.
struct Whose {
  bool all = false;
  std::string channel;
  const v1::Holder* holder = nullptr;  // gets the ids of cases of his channels only
};

// kNotFound alike for a channel that is not there and for one of which he sees nothing.
Result<Whose> WhoseOpenings(const Call& call) {
  const std::optional<std::string_view> one = QueryValue(call.head.query(), "channel");
  if (!one) {
    if (!charter::HasRole(*call.holder, v1::ROLE_AUDITOR)) return kNothingHere;
    return Whose{true, {}, call.holder};
  }
  const charter::ChannelInfo* const channel = call.charter->charter->FindChannel(*one);
  if (channel == nullptr || !release::SeesByPost(*call.holder, *channel)) return kNothingHere;
  return Whose{false, std::string(*one), call.holder};
}

class OpeningPage {
 public:
  OpeningPage(const Services& services, const Whose& whose)
      : store_(services.store), log_(services.report_log), whose_(whose) {}

  Result<v1::LogOpenings> Read(std::uint64_t after) {
    SC_ASSIGN(const std::vector<storage::Leaf> leaves, store_.Leaves(after, kLeavesAtOnce));
    v1::LogOpenings page;
    for (const storage::Leaf& leaf : leaves) SC_TRY(Add(leaf.record, page));
    if (leaves.size() == kLeavesAtOnce) page.set_next(std::to_string(leaves.back().sequence));
    return page;
  }

 private:
  Status Add(const v1::StoredLeaf& leaf, v1::LogOpenings& page) {
    const std::optional<std::uint64_t> entry = log_.EntryOf(leaf);
    if (!entry) return {};
    const bool cover = leaf.kind() == static_cast<std::uint32_t>(tlog::LeafKind::kCover);
    const storage::CaseRef* of = nullptr;
    if (!cover) {
      SC_ASSIGN(of, CaseOf(leaf.case_sequence()));
    }
    if (!whose_.all && (of == nullptr || of->record.channel() != whose_.channel)) return {};
    v1::LogOpening& opening = *page.add_openings();
    opening.set_entry(*entry);
    opening.set_kind(leaf.kind());
    opening.set_salt(leaf.salt());
    opening.set_entry_hash(leaf.entry_hash());
    if (of == nullptr) return {};
    if (charter::OnChannel(*whose_.holder, of->record.channel())) {
      opening.set_report_id(report::FormatId(of->id));
    }
    if (leaf.salt().empty()) opening.set_erased_by(of->record.head());
    return {};
  }

  Result<const storage::CaseRef*> CaseOf(storage::Sequence sequence) {
    const auto found = cases_.find(sequence);
    if (found != cases_.end()) return &found->second;
    Result<storage::CaseRef> read = store_.CaseAt(sequence);
    if (!read.ok() && read.error().code() == Code::kNotFound) {
      return Error(Code::kCorrupted, "a leaf of the log names a case that is missing");
    }
    if (!read.ok()) return read.error();
    return &cases_.emplace(sequence, *std::move(read)).first->second;
  }

  const storage::EnvelopeStore& store_;
  const transparency::ReportLog& log_;
  const Whose& whose_;
  std::map<storage::Sequence, storage::CaseRef> cases_;  // of this page
};

}  // namespace

void GetReportLogCheckpoint(const Services& services, CallPtr call) {
  Result<std::string> checkpoint = services.report_log.Checkpoint();
  if (!checkpoint.ok()) return call->Fail(kNothingHere);
  call->SendBytes(kText, *std::move(checkpoint));
}

void GetReportLogTile(const Services& services, CallPtr call) {
  const Result<tlog::TileName> name = tlog::ParseTileName(call->params[0]);
  if (!name.ok()) return call->Fail(kNothingHere);
  OnPool(services, call, [&services, name = *name](Call& each) {
    const Result<Bytes> tile = services.report_log.Tile(name);
    if (!tile.ok() && tile.error().code() == Code::kNotFound) return each.Fail(kNothingHere);
    SC_ANSWER_ERROR(each, tile);
    each.SendBytes("application/octet-stream", std::string(AsText(*tile)));
  });
}

// Whoever knows the id may have it: the reporter, and whom the reporter gave it to.
void GetReceipt(const Services& services, CallPtr call) {
  const Result<report::ReportId> id = report::ParseId(call->params[0]);
  if (!id.ok()) return call->Fail(kNothingHere);
  OnPool(services, call, [&services, id = *id](Call& each) {
    const Result<storage::CaseRef> ref = services.store.FindCase(id);
    if (!ref.ok() && ref.error().code() == Code::kNotFound) return each.Fail(kNothingHere);
    SC_ANSWER_ERROR(each, ref);
    SC_ANSWER_ASSIGN(each, const storage::Leaf leaf, services.store.FindLeaf(ref->record.leaf()));
    SC_ANSWER_ASSIGN(each, std::string receipt, services.report_log.Receipt(leaf.record));
    each.SendBytes(kText, std::move(receipt));
  });
}

void GetOpenings(const Services& services, CallPtr call) {
  SC_ANSWER_ASSIGN(*call, const std::uint64_t after, QueryAfter(call->head.query()));
  SC_ANSWER_ASSIGN(*call, Whose whose, WhoseOpenings(*call));
  OnPool(services, call, [&services, after, whose = std::move(whose)](Call& each) {
    SC_ANSWER_ASSIGN(each, const v1::LogOpenings page, OpeningPage(services, whose).Read(after));
    each.SendMessage(200, page);
  });
}

}  // namespace safeconduct::routes
