// Who makes a request: RFC 9421 (gateway/auth), then what the charter says of the key.
//
// Every failure is the same answer, kNotShown: no signature, a bad one, one that came before, an
// unknown key, a key without a post. Whether a key is known is looked at after its signature was
// verified, so that not even the time tells.
//
// Thread-safety: free functions; the replay caches are safe.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_AUTHENTICATE_H_
#define SAFECONDUCT_GATEWAY_ROUTES_AUTHENTICATE_H_

#include "crypto/base/result.h"
#include "gateway/routes/call.h"
#include "gateway/routes/route.h"
#include "gateway/routes/services.h"

namespace safeconduct::routes {

// Fills in call.signer and, for holders, call.holder. For mailboxes the nonce is not remembered
// yet: see RememberMailbox. kUnauthorized; kBusy when the replay cache is full.
Status Authenticate(const Services& services, Caller caller, Call& call);

// Once the mailbox is known to exist, so that strangers cannot fill the cache. Errors as above.
Status RememberMailbox(const Services& services, const Call& call);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_AUTHENTICATE_H_
