// Seals and opens a long stream and measures what memory that takes at its worst.
#ifndef SAFECONDUCT_TESTS_CRYPTO_AGE_STREAMING_H_
#define SAFECONDUCT_TESTS_CRYPTO_AGE_STREAMING_H_

#include <cstddef>
#include <cstdint>

namespace safeconduct::age {

struct StreamingCost {
  std::uint64_t opened_bytes = 0;         // how much plaintext came out again, all of it right
  std::size_t peak_heap_bytes = 0;        // at any moment, of operator new and of libcrypto
  std::size_t resident_growth_bytes = 0;  // of the process; with sanitizers it means nothing
};

StreamingCost StreamThrough(std::uint64_t plaintext_bytes);

}  // namespace safeconduct::age

#endif  // SAFECONDUCT_TESTS_CRYPTO_AGE_STREAMING_H_
