#include "tests/gateway/http/test_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

namespace safeconduct::http::test {

namespace {

constexpr std::chrono::seconds kPatience{30};

}  // namespace

void HeldAnswers::Hold(Request request, Responder respond) {
  const std::lock_guard lock(mutex_);
  held_.push_back(std::make_unique<Held>(Held{std::move(request), std::move(respond)}));
  changed_.notify_all();
}

bool HeldAnswers::WaitFor(std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return held_.size() >= count; });
}

Responder HeldAnswers::Take() {
  const std::lock_guard lock(mutex_);
  Responder respond = std::move(held_.front()->respond);
  held_.pop_front();
  return respond;
}

std::size_t HeldAnswers::size() {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

Response Text(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/plain"});
  response.body = std::move(body);
  return response;
}

std::string Echo(const RequestHead& head, std::string_view body) {
  return std::string(MethodName(head.method)) + " " + head.target + "\n" + std::string(body);
}

BodyPlan TestHandler::Plan(const RequestHead& head) {
  return plan ? plan(head) : BodyPlan::Buffer(1 << 20);
}

void TestHandler::Handle(Request request, Responder respond) {
  {
    const std::lock_guard lock(mutex_);
    handled_.push_back(request.head.target);
  }
  if (handle) {
    handle(std::move(request), std::move(respond));
    return;
  }
  respond(Text(200, Echo(request.head, request.body)));
}

Response TestHandler::Failure(int status, const Error& error) {
  if (failure) return failure(status, error);
  return Text(status, "{\"status\":" + std::to_string(status) + "}");
}

std::vector<std::string> TestHandler::handled() {
  const std::lock_guard lock(mutex_);
  return handled_;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sc-http-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteCertificate(const std::string& certificate_file, const std::string& key_file) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  std::uint32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

Elsewhere::Elsewhere() : thread_([this] { Run(); }) {}

Elsewhere::~Elsewhere() {
  Do(nullptr);
  thread_.join();
}

void Elsewhere::Do(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
  changed_.notify_one();
}

void Elsewhere::Run() {
  for (;;) {
    std::function<void()> call;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !calls_.empty(); });
      call = std::move(calls_.front());
      calls_.pop_front();
    }
    if (!call) return;
    call();
  }
}

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 11);
  return bytes;
}

TestServer::TestServer(Limits limits, int threads, bool allow_tls12) {
  WriteCertificate(certificate_file(), key_file());
  ListenerSettings tls;
  tls.address = "127.0.0.1";
  tls.tls = TlsSettings{certificate_file(), key_file(), allow_tls12};
  ListenerSettings plain;
  plain.kind = Listener::kPrivate;
  plain.address = "127.0.0.1";
  ListenerSettings onion;
  onion.kind = Listener::kOnion;
  onion.unix_path = unix_path();
  auto created = Server::Create({tls, plain, onion}, limits, threads, handler_);
  if (!created.ok()) {
    std::fprintf(stderr, "%s\n", created.error().message());
    std::abort();
  }
  server_ = *std::move(created);
  server_->Start();
}

TestServer::~TestServer() = default;

bool TestServer::Serves() {
  Client client = Plain();
  return client.Send("GET /still-there HTTP/1.1\r\nHost: h\r\n\r\n") &&
         client.ReadAnswer().status == 200;
}

bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace safeconduct::http::test
