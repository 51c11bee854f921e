// A mailbox as bytes whose number is a multiple of a bucket, so that what travels tells little of
// what is in it: in protobuf by the field `padding`, in JSON by spaces before the final newline.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_BUCKET_H_
#define SAFECONDUCT_GATEWAY_ROUTES_BUCKET_H_

#include <string>

#include "crypto/base/result.h"
#include "gateway/routes/media_type.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::routes {

inline constexpr std::size_t kBucketBytes = 16 * 1024;

// `mailbox` comes without padding. kInternal.
Result<std::string> SerializeInBuckets(Format format, v1::Mailbox mailbox);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_BUCKET_H_
