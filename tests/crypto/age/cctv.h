// The age vectors of C2SP/CCTV, as the npm package cctv-age carries them.
#ifndef SAFECONDUCT_TESTS_CRYPTO_AGE_CCTV_H_
#define SAFECONDUCT_TESTS_CRYPTO_AGE_CCTV_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"

namespace safeconduct::age::cctv {

inline constexpr std::size_t kVectors = 143;  // of cctv-age 0.2.0

struct Vector {
  std::string name;
  std::string expect;
  std::string payload_sha256;  // in hex; empty where there is none
  std::string file_key;        // in hex; empty where there is none
  std::vector<std::string> identities;
  std::vector<std::string> passphrases;
  bool armored = false;
  Bytes file;  // not compressed
};

inline void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

// All vectors of the package, whose place is $SAFECONDUCT_TESTS_DIR/node_modules/cctv-age. Aborts
// with a message when it is not there or not as it should be.
const std::vector<Vector>& Load();

}  // namespace safeconduct::age::cctv

#endif  // SAFECONDUCT_TESTS_CRYPTO_AGE_CCTV_H_
