// The body of a PATCH on its way into an upload. Small pieces are copied on the io thread; what
// may block runs on the pool, and the next bytes wait for it.
//
// A body that was cut is kept as far as it came, unless it has a checksum: then all or nothing. So
// is one whose upload another request goes on with; its own client then gets 409.
#ifndef SAFECONDUCT_GATEWAY_ROUTES_UPLOAD_SINK_H_
#define SAFECONDUCT_GATEWAY_ROUTES_UPLOAD_SINK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/http/http.h"
#include "gateway/routes/cross_origin.h"
#include "gateway/routes/media_type.h"
#include "gateway/routes/services.h"
#include "gateway/routes/tus.h"
#include "gateway/work/slots.h"

namespace safeconduct::routes {

class UploadSink final : public http::BodySink {
 public:
  UploadSink(const Services& services, Audience audience, Format format, std::string id,
             tus::Append append, work::Slots::Slot slot);
  ~UploadSink() override;

  void Write(ByteView bytes, std::function<void(Status)> done) override;
  void End(http::Responder respond) override;
  void Abort(Error error, std::optional<http::Responder> respond) override;

 private:
  class State;
  std::shared_ptr<State> state_;  // work on the pool may outlive the sink
};

// How errors of uploads are answered: those of the table, but that somebody else is busy with an
// upload is 423.
int UploadStatusOf(const Error& error);

}  // namespace safeconduct::routes

#endif  // SAFECONDUCT_GATEWAY_ROUTES_UPLOAD_SINK_H_
