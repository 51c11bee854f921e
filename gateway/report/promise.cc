// Leaves of the log, and the promise that one will be in it.
#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/base/secret.h"
#include "crypto/base/text.h"
#include "crypto/tlog/leaf.h"
#include "gateway/charter/text.h"
#include "gateway/report/event.h"

namespace safeconduct::report {
namespace {

constexpr std::string_view kPromiseLine = "safeconduct/promise/v1";

Error NotAPromise() { return {Code::kMalformed, "not a promise of a log"}; }

note::Note Unsigned(const v1::StoredLeaf& leaf, std::string_view log_origin) {
  note::Note promise;
  promise.text.append(kPromiseLine).append("\n");
  promise.text.append(log_origin).append("\n");
  promise.text.append(Base64Encode(LeafOf(leaf))).append("\n");
  promise.text.append(std::to_string(leaf.promised_until())).append("\n");
  promise.text.append(Base64Encode(AsBytes(leaf.salt()))).append("\n");
  return promise;
}

struct Lines {
  std::string_view origin;
  std::string_view leaf;
  std::string_view until;
  std::string_view salt;
};

Result<Lines> Split(std::string_view text) {
  Lines lines;
  std::string_view kind;
  for (std::string_view* line : {&kind, &lines.origin, &lines.leaf, &lines.until, &lines.salt}) {
    const std::optional<std::string_view> taken = TakeLine(text);
    if (!taken) return NotAPromise();
    *line = *taken;
  }
  if (kind != kPromiseLine || !text.empty()) return NotAPromise();
  return lines;
}

}  // namespace

Hash LeafOf(const v1::StoredLeaf& leaf) {
  const Result<Hash> entry =
      tlog::CommitLeaf(AsBytes(leaf.salt()), leaf.kind(), AsBytes(leaf.entry_hash()));
  if (!entry.ok()) __builtin_trap();  // MakeLeaf made it
  return *entry;
}

std::int64_t PromisedUntil(std::int64_t now, std::uint32_t interval_seconds) {
  const std::int64_t interval = std::max<std::int64_t>(interval_seconds, 1);
  return (now + interval - 1) / interval * interval + 2 * interval;
}

v1::StoredLeaf MakeLeaf(LeafKind kind, const Hash& entry_hash, std::int64_t now,
                        std::uint32_t interval_seconds) {
  v1::StoredLeaf leaf;
  leaf.set_salt(std::string(AsText(RandomArray<tlog::kSaltBytes>())));
  leaf.set_kind(static_cast<std::uint32_t>(kind));
  leaf.set_entry_hash(std::string(AsText(entry_hash)));
  leaf.set_promised_until(PromisedUntil(now, interval_seconds));
  return leaf;
}

std::string MakePromise(const v1::StoredLeaf& leaf, std::string_view log_origin,
                        const SigningKey& log_key) {
  note::Note promise = Unsigned(leaf, log_origin);
  // The origin is the name of a vkey of the charter, so it can be signed under.
  if (!note::Sign(promise, log_origin, log_key).ok()) __builtin_trap();
  return note::Serialize(promise);
}

std::string MakeDecoyPromise(std::int64_t now, std::uint32_t interval_seconds,
                             const note::VerifierKey& log) {
  note::Note promise =
      Unsigned(MakeLeaf(LeafKind::kReport, RandomArray<32>(), now, interval_seconds), log.name);
  const auto signature = RandomArray<std::tuple_size_v<Signature>>();
  promise.signatures.push_back({log.name, log.id, Bytes(signature.begin(), signature.end())});
  return note::Serialize(promise);
}

Result<Promise> VerifyPromise(std::string_view promise, LeafKind kind, const Hash& entry_hash,
                              std::span<const note::VerifierKey> logs) {
  SC_ASSIGN(const note::Note parsed, note::Parse(promise));
  SC_ASSIGN(const Lines lines, Split(parsed.text));
  const auto log = std::find_if(logs.begin(), logs.end(), [&](const note::VerifierKey& key) {
    return key.name == lines.origin;
  });
  if (log == logs.end()) return Error(Code::kUnverified, "a promise of an unknown log");
  SC_ASSIGN(const std::size_t signers, note::CountSigners(parsed, std::span(&*log, 1)));
  if (signers == 0) return Error(Code::kUnverified, "a promise that its log did not sign");

  const Result<Bytes> leaf = Base64Decode(lines.leaf);
  const Result<std::uint64_t> until = ParseDecimal(lines.until, charter::kMaxTime);
  const Result<Bytes> salt = Base64Decode(lines.salt);
  if (!leaf.ok() || leaf->size() != std::tuple_size_v<Hash> || !until.ok() || !salt.ok() ||
      salt->size() != tlog::kSaltBytes) {
    return NotAPromise();
  }
  Promise out{ToArray<32>(*leaf), static_cast<std::int64_t>(*until)};
  SC_ASSIGN(const Hash entry,
            tlog::CommitLeaf(*salt, static_cast<std::uint32_t>(kind), entry_hash));
  if (out.leaf != entry) {
    return Error(Code::kUnverified, "a promise for something else");
  }
  return out;
}

}  // namespace safeconduct::report
