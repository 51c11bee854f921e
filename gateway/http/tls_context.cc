#include "gateway/http/tls_context.h"

#include <openssl/err.h>

#include <string_view>

namespace safeconduct::http {
namespace {

// Where the client leaves the choice to us: what is fast and as strong as it gets.
constexpr char kGroups[] = "X25519:P-256:P-384";
constexpr char kTls13Suites[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char kTls12Suites[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// RFC 7301 section 3.2: a client that offers protocols, but not ours, is told so.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::string_view kProtocol = "http/1.1";
  for (unsigned at = 0; at < offered_size; at += 1u + offered[at]) {
    const unsigned size = offered[at];
    if (size > offered_size - at - 1) break;
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, size);
    if (name != kProtocol) continue;
    *chosen = offered + at + 1;
    *chosen_size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool Configure(SSL_CTX* context, bool allow_tls12) {
  const int oldest = allow_tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (SSL_CTX_set_min_proto_version(context, oldest) != 1 ||
      SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set1_groups_list(context, kGroups) != 1 ||
      SSL_CTX_set_ciphersuites(context, kTls13Suites) != 1 ||
      SSL_CTX_set_cipher_list(context, kTls12Suites) != 1 ||
      SSL_CTX_set_num_tickets(context, 0) != 1) {
    return false;
  }
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, &ChooseProtocol, nullptr);
  return true;
}

}  // namespace

Result<SslContextPtr> LoadSslContext(const TlsSettings& settings) {
  ERR_clear_error();
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || !Configure(context.get(), settings.allow_tls12)) {
    return Error(Code::kInternal, "OpenSSL does not offer the TLS that this server needs");
  }
  const auto failed = [](Error error) {
    ERR_clear_error();
    return error;
  };
  if (SSL_CTX_use_certificate_chain_file(context.get(), settings.certificate_file.c_str()) != 1) {
    return failed(Error(Code::kMalformed, "the file holds no readable PEM certificate chain",
                        "certificate_file"));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), settings.key_file.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    return failed(Error(Code::kMalformed,
                        "the file holds no readable PEM key that belongs to the certificate",
                        "key_file"));
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return failed(
        Error(Code::kMalformed, "the key does not belong to the certificate", "key_file"));
  }
  return context;
}

void TlsContext::Replace(SslContextPtr context) {
  const std::lock_guard lock(mutex_);
  context_.swap(context);
}

SslPtr TlsContext::NewSession() {
  SslContextPtr context;
  {
    const std::lock_guard lock(mutex_);
    SSL_CTX_up_ref(context_.get());
    context.reset(context_.get());
  }
  return SslPtr(SSL_new(context.get()));
}

}  // namespace safeconduct::http
