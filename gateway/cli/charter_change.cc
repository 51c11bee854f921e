#include "gateway/cli/charter_change.h"

#include <utility>

#include "crypto/note/note.h"
#include "gateway/charter/retention.h"
#include "gateway/cli/output.h"

namespace safeconduct::cli {
namespace {

std::string Sentence(const v1::Channel& channel, const v1::Retention& before) {
  return "Channel " + channel.id() + ": its cases are erased " +
         RetentionText(channel.retention()) + "; before this charter: " + RetentionText(before) +
         ". Those that were closed long ago go at once, or in less than " +
         std::to_string(charter::kAnnouncedDays) +
         " days: too soon for those who would put a hold on them";
}

}  // namespace

Outcome<std::shared_ptr<const charter::OpenCharter>> OpenEarlier(
    std::string_view note, const std::string& name, const charter::OpenCharter& charter) {
  SC_ASSIGN(const note::Note parsed,
            ExplainAs(Exit::kUsage, note::Parse(note), name + " is no signed charter"));
  SC_ASSIGN(std::shared_ptr<const charter::OpenCharter> earlier,
            ExplainAs(Exit::kUsage, charter::OpenCharter::FromText(parsed.text),
                      name + " holds no charter"));
  if (earlier->origin() != charter.origin() || earlier->version() >= charter.version()) {
    return UsageFailure(name + " is no charter that came before version " +
                        std::to_string(charter.version()) + " of " + charter.origin());
  }
  return earlier;
}

std::vector<std::string> UnannouncedErasures(const charter::OpenCharter* before,
                                             const charter::OpenCharter& charter,
                                             std::int64_t now) {
  std::vector<std::string> sentences;
  if (before == nullptr) return sentences;
  for (const v1::Channel* channel :
       charter::UnannouncedRetentions(before->message(), charter.message(), now)) {
    sentences.push_back(
        Sentence(*channel, before->FindChannel(channel->id())->channel->retention()) + ".");
  }
  return sentences;
}

std::vector<std::string> WarningsOf(const charter::OpenCharter& charter,
                                    const charter::OpenCharter* before, std::int64_t now) {
  std::vector<std::string> warnings = charter::Warnings(charter, now);
  for (std::string& sentence : UnannouncedErasures(before, charter, now)) {
    warnings.push_back(std::move(sentence));
  }
  return warnings;
}

Failure UnannouncedErasure(const v1::Channel& channel, const v1::Retention& before,
                           std::int64_t now) {
  return RefusedFailure(
      Sentence(channel, before),
      "Announce it with --retention-from " + FormatDay(charter::FirstAnnouncedDay(now)) +
          " or later, counted from when the charter will be in force; or, if it is meant so, say "
          "--unannounced.");
}

std::string RetentionText(const v1::Retention& retention) {
  if (retention.closed_days() == 0) return "never";
  const std::string days = std::to_string(retention.closed_days()) +
                           (retention.closed_days() == 1 ? " day" : " days") +
                           " after the case is closed";
  return retention.from_day() == 0 ? days
                                   : days + ", none before " + FormatDay(retention.from_day());
}

}  // namespace safeconduct::cli
