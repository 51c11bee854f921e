// For this folder alone.
#ifndef SAFECONDUCT_GATEWAY_FETCH_START_H_
#define SAFECONDUCT_GATEWAY_FETCH_START_H_

namespace safeconduct::fetch {

// Readies libcurl, once for the process. Any thread. False when it does not start.
bool CurlStarts();

}  // namespace safeconduct::fetch

#endif  // SAFECONDUCT_GATEWAY_FETCH_START_H_
