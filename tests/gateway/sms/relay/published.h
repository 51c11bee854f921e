// The demo office's charter with a relay on it, as a gateway publishes it, and what its log signs.
#ifndef SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_PUBLISHED_H_
#define SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_PUBLISHED_H_

#include <memory>
#include <string>

#include "crypto/tlog/proof.h"
#include "gateway/charter/published.h"
#include "gateway/report/event.h"
#include "safeconduct/v1/api.pb.h"
#include "tests/crypto/tlog/naive.h"
#include "tests/gateway/charter/demo_charter.h"

namespace safeconduct::testing {

inline identity::Party RelayParty() { return MakeParty(70); }

inline v1::Charter CharterWithRelay(const Office& office) {
  v1::Charter charter = DemoCharter(office);
  const identity::Party relay = RelayParty();
  *charter.add_holders() = MakeHolder("relay", relay, {v1::ROLE_RELAY});
  charter.clear_witnesses();
  charter.set_witness_threshold(0);
  return charter;
}

class Charters {
 public:
  explicit Charters(const Office& office) : message(CharterWithRelay(office)), office_(office) {}

  v1::CharterDocument Document() const {
    v1::CharterDocument document;
    document.set_note(SignNote(
        Text(version), {{RootName(0), &office_.roots[0]}, {RootName(1), &office_.roots[1]}}));
    tlog::Log log;
    for (std::uint64_t each = 1; each <= version; ++each) {
      log.Add(AsBytes(*charter::LogEntry(Text(each))));
    }
    tlog::LogProof proof;
    proof.index = version - 1;
    proof.hashes = *tlog::ProveInclusion(proof.index, version, log);
    note::Note note;
    note.text = tlog::FormatCheckpoint({std::string(kOrigin), version, *tlog::Root(version, log)});
    const SigningKey key = office_.log.Key(identity::Purpose::kNote);
    if (!note::Sign(note, kOrigin, key).ok()) std::abort();
    proof.checkpoint = note::Serialize(note);
    document.set_proof(tlog::FormatLogProof(proof));
    return document;
  }
  std::shared_ptr<const charter::OpenCharter> Open() const {
    return OpenCharterOf(message, version);
  }
  std::string Promise(report::LeafKind kind, const Hash& hash) const {
    return report::MakePromise(report::MakeLeaf(kind, hash, kNow, 3600), kLogOrigin,
                               office_.log.Key(identity::Purpose::kNote));
  }

  v1::Charter message;
  std::uint64_t version = 1;

 private:
  std::string Text(std::uint64_t of) const {
    return *charter::MakeText(kOrigin, of, kExpiry, message);
  }
  const Office& office_;
};

}  // namespace safeconduct::testing

#endif  // SAFECONDUCT_TESTS_GATEWAY_SMS_RELAY_PUBLISHED_H_
