// API v1 as its client sees it: requests signed where somebody must show who he is, answers parsed
// within bounds, errors turned into Failures, lost connections repeated. What is repeated is
// harmless to repeat: reads, the same report, the same event.
//
// Until the gateway has answered once, a failure is final at once; afterwards it is tried again
// for as long as Patience allows.
//
// Not thread-safe.
#ifndef SAFECONDUCT_GATEWAY_CLI_GATEWAY_API_H_
#define SAFECONDUCT_GATEWAY_CLI_GATEWAY_API_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/ed25519.h"
#include "gateway/cli/failure.h"
#include "gateway/cli/http_client.h"
#include "gateway/cli/output.h"
#include "safeconduct/v1/api.pb.h"

namespace safeconduct::cli {

// How long to go on after a failure that may pass. Waits between tries grow from 0.25 to 15 s.
class Patience {
 public:
  Patience(std::uint32_t seconds, Output& out) : seconds_(seconds), out_(&out) {}
  // Waits before the next try and says so; false when the time is used up. `asked_seconds` is what
  // the gateway asked for with Retry-After, or 0.
  bool Wait(const Failure& failure, std::uint32_t asked_seconds = 0);
  // After a success: the next failure begins anew.
  void Reset();

 private:
  std::uint32_t seconds_;
  Output* out_;
  int tries_ = 0;
  double waited_seconds_ = 0;
};

// The Failure that an answer other than 2xx stands for.
Failure FailureOf(const HttpResponse& response);
// Whether the same request may succeed later.
bool MayPass(int http_status);

class GatewayApi {
 public:
  GatewayApi(std::unique_ptr<HttpClient> http, std::uint32_t retry_seconds, Output& out);

  HttpClient& http() { return *http_; }
  Patience NewPatience() const { return Patience(retry_seconds_, *out_); }
  std::int64_t GatewayTime() const { return http_->GatewayTime(); }

  Outcome<v1::CharterDocument> ReadCharter();
  Done PublishCharter(const v1::CharterDocument& document);
  // kRefused when the gateway does not have it. Not checked here: the caller knows the digest.
  Outcome<std::string> ReadText(const Hash& sha256);

  // What everybody may read under `target`: logs, receipts, pages. None for 404. In that coding of
  // content, as it came, if one is given.
  Outcome<std::optional<std::string>> ReadPublic(const std::string& target,
                                                 const std::string& coding = "");

  // tus 1.0. An append is tried once: ask for the offset before the next one.
  Outcome<std::string> CreateUpload(std::uint64_t bytes);  // its id
  Outcome<std::uint64_t> UploadOffset(const std::string& id);
  Outcome<std::uint64_t> AppendUpload(const std::string& id, std::uint64_t offset, ByteView bytes,
                                      const std::function<void(std::uint64_t)>& sent);

  Outcome<v1::SubmitReply> Submit(const v1::SubmitReport& report);

  // With the events after number `after`, as many as fit into one answer.
  Outcome<v1::Mailbox> ReadMailbox(const SigningKey& request_key, std::uint64_t after);
  Outcome<v1::AppendEventReply> AppendToMailbox(const SigningKey& request_key,
                                                const v1::SignedEvent& event);

  // `channel` and `after` may be empty.
  enum class Triages : std::uint8_t { kNo, kToo };
  Outcome<v1::CaseList> ListCases(const SigningKey& request_key, const std::string& channel,
                                  const std::string& after, Triages triages = Triages::kNo);
  // With all its events, in as many requests as that takes.
  Outcome<v1::CaseView> ReadCase(const SigningKey& request_key, const std::string& id);
  Outcome<v1::AppendEventReply> AppendToCase(const SigningKey& request_key, const std::string& id,
                                             const v1::SignedEvent& event);
  // What the entries of the report log are, a page at a time; of all of it for an auditor without a
  // `channel`. `after` may be empty.
  Outcome<v1::LogOpenings> ReadOpenings(const SigningKey& request_key, const std::string& channel,
                                        const std::string& after);
  // That the log has the report and the events, a page at a time. `after` may be empty. None where
  // the gateway has no proofs to give, being an older one.
  Outcome<std::optional<v1::CaseProofs>> ReadProofs(const SigningKey& request_key,
                                                    const std::string& id,
                                                    const std::string& after);
  // The age file of a compartment, in order and once; goes on where a broken connection left off.
  // kUnverified when it is longer or shorter than `file_bytes`.
  Done ReadCompartment(const SigningKey& request_key, const std::string& id,
                       const std::string& name, std::uint64_t file_bytes,
                       const std::function<Done(ByteView)>& sink);

 private:
  Outcome<HttpResponse> Once(HttpRequest request, const SigningKey* key);
  Outcome<HttpResponse> Call(const HttpRequest& request, const SigningKey* key = nullptr);
  // For a gateway that is under load; none when it gives no challenge that can be solved.
  std::optional<std::string> SolveAnyChallenge();
  template <typename Reply>
  Outcome<Reply> CallFor(const HttpRequest& request, const SigningKey* key = nullptr);

  std::unique_ptr<HttpClient> http_;
  std::uint32_t retry_seconds_;
  Output* out_;
  bool reached_ = false;
};

}  // namespace safeconduct::cli

#endif  // SAFECONDUCT_GATEWAY_CLI_GATEWAY_API_H_
