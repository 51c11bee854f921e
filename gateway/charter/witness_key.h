// Verifier keys of witnesses: vkeys of type 0x04, whose key signs cosignatures
// (c2sp.org/tlog-cosignature, "Format"). Their form is that of signed notes; their id differs.
#ifndef SAFECONDUCT_GATEWAY_CHARTER_WITNESS_KEY_H_
#define SAFECONDUCT_GATEWAY_CHARTER_WITNESS_KEY_H_

#include <string>
#include <string_view>

#include "crypto/note/note.h"

namespace safeconduct::charter {

// kRejected for a name that no key may have.
Result<note::VerifierKey> MakeWitnessKey(std::string_view name, const PublicKey& key);
// kMalformed; kUnsupported for a key of another type.
Result<note::VerifierKey> ParseWitnessKey(std::string_view vkey);
std::string FormatWitnessKey(const note::VerifierKey& key);

}  // namespace safeconduct::charter

#endif  // SAFECONDUCT_GATEWAY_CHARTER_WITNESS_KEY_H_
