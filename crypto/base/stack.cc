#include "crypto/base/stack.h"

#include <sodium.h>

namespace safeconduct {

void WipeStack() { sodium_stackzero(std::size_t{64} * 1024); }

}  // namespace safeconduct
