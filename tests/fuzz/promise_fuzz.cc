// A promise: as received, and any text that a log signed.
#include "crypto/base/hash.h"
#include "gateway/report/event.h"
#include "tests/gateway/charter/demo_charter.h"

using namespace safeconduct;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const identity::Party log = testing::MakeParty(20);
  static const note::VerifierKey key = testing::NoteKey(log, testing::kLogOrigin);
  static const SigningKey signing_key = log.Key(identity::Purpose::kNote);
  if (size == 0) return 0;
  const std::string_view rest = AsText({data + 1, size - 1});
  std::string promise(rest);
  if (data[0] != 'N') {
    note::Note note;
    note.text = rest;
    if (!note::Sign(note, testing::kLogOrigin, signing_key).ok()) return 0;
    promise = note::Serialize(note);
  }
  static const Hash entry = Sha256(AsBytes("a manifest"));
  (void)report::VerifyPromise(promise, report::LeafKind::kReport, entry, std::span(&key, 1));
  return 0;
}
