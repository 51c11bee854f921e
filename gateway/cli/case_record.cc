// safeconduct case note|custody|measures: what holders seal for each other.
#include "crypto/base/hash.h"
#include "gateway/cli/case_append.h"
#include "gateway/cli/case_people.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/time_text.h"

namespace safeconduct::cli {
namespace {

constexpr std::size_t kMaxTextBytes = 64 * 1024;
constexpr std::size_t kMaxDocumentBytes = 256 * 1024 * 1024;

// Names the case in the record, seals it to the readers and appends it where `place` says.
template <typename Record>
Done Append(Context& context, const ActOptions& options, Record record,
            v1::SealedRecord* (v1::Event::*place)(), const char* what) {
  SC_ASSIGN(OpenedCase opened, FetchCase(context, options.id));
  SC_ASSIGN(const std::vector<const v1::Holder*> readers, ReadersOf(opened, options.readers));
  record.set_report_hash(opened.file.report_hash.data(), opened.file.report_hash.size());
  SC_ASSIGN(const Bytes sealed,
            Explain(report::SealRecord(record, readers), "The record cannot be sealed"));
  std::string said = std::string(what) + " Sealed to";
  for (const v1::Holder* reader : readers) said += " " + reader->label();
  return AppendToCase(
      context, opened,
      [&](v1::Event& event) -> Done {
        (event.*place)()->set_sealed(sealed.data(), sealed.size());
        return {};
      },
      said + ".");
}

Outcome<v1::Measure> ParseMeasure(const std::string& text) {
  v1::Measure measure;
  const std::size_t first = text.find('=');
  const std::size_t second = first == std::string::npos ? first : text.find('=', first + 1);
  measure.set_kind(text.substr(0, first));
  if (first != std::string::npos) {
    measure.set_date(
        text.substr(first + 1, second == std::string::npos ? second : second - first - 1));
  }
  if (second != std::string::npos) measure.set_reference(text.substr(second + 1));
  if (measure.kind().empty()) {
    return UsageFailure("'" + text + "' is no measure",
                        "Write KIND, KIND=DATE or "
                        "KIND=DATE=REFERENCE.");
  }
  if (!measure.date().empty()) {
    SC_TRY(ParseTime(measure.date()));
  }
  return measure;
}

}  // namespace

Done CaseNote(Context& context, const ActOptions& options) {
  SC_ASSIGN(const SecretBytes text, ReadFile(options.text, kMaxTextBytes, "the note"));
  if (text.empty()) return UsageFailure("The note is empty");
  v1::NoteText note;
  note.set_text(std::string(AsText(text.Reveal())));
  return Append(context, options, std::move(note), &v1::Event::mutable_note, "Noted.");
}

Done CaseCustody(Context& context, const CustodyOptions& options) {
  v1::CustodyRecord record;
  record.set_item(options.item);
  record.set_place(options.place);
  if (!options.time.empty()) {
    SC_ASSIGN(const std::int64_t time, ParseTime(options.time));
    record.set_time(Rfc3339(time));
  }
  record.set_from(options.from);
  record.set_to(options.to);
  record.set_seal_number(options.seal);
  if (!options.document.empty()) {
    SC_ASSIGN(const SecretBytes document,
              ReadFile(options.document, kMaxDocumentBytes, "the document"));
    const Hash digest = Sha256(document.Reveal());
    record.set_document_sha256(digest.data(), digest.size());
  }
  record.set_remarks(options.remarks);
  return Append(context, options.act, std::move(record), &v1::Event::mutable_custody, "Recorded.");
}

Done CaseMeasures(Context& context, const MeasuresOptions& options) {
  v1::MeasuresRecord record;
  for (const std::string& text : options.measures) {
    SC_ASSIGN(*record.add_measures(), ParseMeasure(text));
  }
  record.set_sanction(options.sanction);
  record.set_remarks(options.remarks);
  if (record.measures().empty() && record.sanction().empty() && record.remarks().empty()) {
    return UsageFailure("There is nothing to record", "Give --measure, --sanction or --remarks.");
  }
  return Append(context, options.act, std::move(record), &v1::Event::mutable_measures, "Recorded.");
}

}  // namespace safeconduct::cli
