// Which root key signs.
#ifndef SAFECONDUCT_GATEWAY_CLI_ROOT_KEY_H_
#define SAFECONDUCT_GATEWAY_CLI_ROOT_KEY_H_

#include <string>

#include "crypto/note/note.h"
#include "gateway/cli/context.h"

namespace safeconduct::cli {

struct RootKey {
  std::string name;
  SigningKey key;
};

// The root key of --identity, under `name`, or where that is empty under the name by which the
// trust file knows it. kKey, kUsage.
Outcome<RootKey> OwnRootKey(Context& context, const std::string& name);

// A note that is there already.
Outcome<note::Note> ReadNote(const std::string& path, const std::string& what);

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_ROOT_KEY_H_
