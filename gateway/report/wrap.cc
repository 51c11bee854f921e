#include "gateway/report/wrap.h"

#include "crypto/identity/identity.h"

namespace safeconduct::report {

Status Readers::Add(const std::string& recipient) {
  SC_ASSIGN(std::unique_ptr<age::Recipient> parsed, age::ParseRecipient(recipient));
  if (parsed->kind() != age::Kind::kHybrid) {
    return Error(Code::kMalformed, "not a post-quantum recipient");
  }
  recipients_.push_back(std::move(parsed));
  return {};
}

Status Readers::Add(const std::vector<const v1::Holder*>& holders) {
  for (const v1::Holder* holder : holders) SC_TRY(Add(holder->recipient()));
  return {};
}

Status Readers::AddThrowaways(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) SC_TRY(Add(identity::Party::Generate().recipient()));
  return {};
}

Result<age::Header> Readers::Wrap(const age::FileKey& file_key) const {
  std::vector<const age::Recipient*> pointers;
  pointers.reserve(recipients_.size());
  for (const auto& recipient : recipients_) pointers.push_back(recipient.get());
  return age::WrapHeader(file_key, pointers);
}

}  // namespace safeconduct::report
