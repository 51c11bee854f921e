// Headers for holders of a charter. Not for others.
#ifndef SAFECONDUCT_GATEWAY_REPORT_WRAP_H_
#define SAFECONDUCT_GATEWAY_REPORT_WRAP_H_

#include <string>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/base/result.h"
#include "safeconduct/v1/charter.pb.h"

namespace safeconduct::report {

// Collects who gets a stanza, in order.
class Readers {
 public:
  // kMalformed for what is no post-quantum recipient.
  Status Add(const std::string& recipient);
  Status Add(const std::vector<const v1::Holder*>& holders);
  // As many stanzas for keys that nobody has: made and thrown away.
  Status AddThrowaways(std::size_t count);

  Result<age::Header> Wrap(const age::FileKey& file_key) const;

 private:
  std::vector<std::unique_ptr<age::Recipient>> recipients_;
};

}  // namespace safeconduct::report

#endif  // SAFECONDUCT_GATEWAY_REPORT_WRAP_H_
