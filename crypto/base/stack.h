// What a thread leaves behind below its stack pointer.
#ifndef SAFECONDUCT_CRYPTO_BASE_STACK_H_
#define SAFECONDUCT_CRYPTO_BASE_STACK_H_

namespace safeconduct {

// Overwrites what calls that have returned left on this thread's stack, 64 KiB of it. For a thread
// that handled a secret and goes on to wait. Not reached: what lies deeper, and registers.
void WipeStack();

}  // namespace safeconduct

#endif  // SAFECONDUCT_CRYPTO_BASE_STACK_H_
