// What a relay has to send by SMS: holders' messages of which it has said nothing yet.
//
// Thread-safety: free functions; those that are given the store may block on the disk.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_H_
#define SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_H_

#include "crypto/base/result.h"
#include "gateway/charter/charter.h"
#include "safeconduct/v1/api.pb.h"
#include "storage/envelope_store.h"

namespace safeconduct::routes {

// The oldest cases first, their messages in the chain's order: at most 100, and no more once 4 MiB
// are reached. Cases of which `relay` is not the relay by `charter` any more are passed over.
// kCorrupted; others of the store.
Result<v1::Outbox> ReadOutbox(const storage::EnvelopeStore& store, const v1::Holder& relay,
                              const charter::OpenCharter& charter);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_OUTBOX_H_
