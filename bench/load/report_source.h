// Valid reports by the hundred thousand: one smallest report of a channel, sealed once, of which
// each request carries its own mailbox key and its own signature, made beforehand. So the gateway
// does for each what it does for any report, and the client copies 96 bytes.
#ifndef SAFECONDUCT_BENCH_LOAD_REPORT_SOURCE_H_
#define SAFECONDUCT_BENCH_LOAD_REPORT_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/result.h"
#include "gateway/charter/charter.h"
#include "gateway/report/report.h"

namespace safeconduct::bench {

class ReportSource {
 public:
  // Makes `count` reports for `channel` on all cores.
  static Result<std::unique_ptr<ReportSource>> Make(const charter::OpenCharter& charter,
                                                    const std::string& channel, std::size_t count);

  // The HTTP request that submits report number `n` (modulo count).
  void Request(std::uint64_t n, std::string& out) const;
  // The id that the gateway gives it.
  report::ReportId Id(std::uint64_t n) const;

  std::size_t body_bytes() const { return body_bytes_; }
  std::size_t count() const { return variants_.size(); }

 private:
  struct Variant {
    ByteArray<32> request_key;
    ByteArray<64> signature;
  };
  std::string message_;
  std::string manifest_;
  std::size_t key_in_manifest_ = 0;
  std::size_t body_bytes_ = 0;
  std::size_t key_at_ = 0;
  std::size_t signature_at_ = 0;
  std::vector<Variant> variants_;
};

}  // namespace safeconduct::bench

#endif  // SAFECONDUCT_BENCH_LOAD_REPORT_SOURCE_H_
