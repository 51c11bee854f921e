#include "bench/load/baseline_server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "bench/load/group_commit.h"

namespace safeconduct::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Stream = asio::ssl::stream<tcp::socket>;

// Suspends the coroutine until the store has synced `body`.
asio::awaitable<void> Store(GroupCommit& store, std::string body) {
  auto executor = co_await asio::this_coro::executor;
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [&](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        store.Put(std::move(body), [shared, executor] {
          asio::post(executor, [shared] { std::move (*shared)(); });
        });
      },
      asio::use_awaitable);
}

asio::awaitable<void> Serve(Stream stream, const BaselineSettings& settings, GroupCommit* store) {
  boost::system::error_code error;
  const auto token = [&error] { return asio::redirect_error(asio::use_awaitable, error); };
  co_await stream.async_handshake(asio::ssl::stream_base::server, token());
  beast::flat_buffer buffer;
  buffer.reserve(settings.body_bytes + 8 * 1024);
  while (!error) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(16 * 1024 * 1024);
    co_await http::async_read(stream, buffer, parser, token());
    if (error) break;
    http::request<http::string_body> request = parser.release();
    if (store != nullptr) co_await Store(*store, std::move(request.body()));
    http::response<http::empty_body> answer(http::status::created, request.version());
    answer.keep_alive(request.keep_alive());
    answer.content_length(0);
    co_await http::async_write(stream, answer, token());
  }
  boost::system::error_code ignored;
  stream.lowest_layer().close(ignored);
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor, asio::ssl::context& tls,
                             std::vector<std::unique_ptr<asio::io_context>>& contexts,
                             const BaselineSettings& settings, GroupCommit* store) {
  for (std::size_t next = 0;; next = (next + 1) % contexts.size()) {
    boost::system::error_code error;
    tcp::socket socket = co_await acceptor.async_accept(
        *contexts[next], asio::redirect_error(asio::use_awaitable, error));
    if (error) continue;
    socket.set_option(tcp::no_delay(true), error);
    asio::co_spawn(*contexts[next], Serve(Stream(std::move(socket), tls), settings, store),
                   asio::detached);
  }
}

}  // namespace

[[noreturn]] void ServeBaseline(const BaselineSettings& settings) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(tls.native_handle(), 0);
  SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  tls.use_certificate_chain_file(settings.certificate_file);
  tls.use_private_key_file(settings.key_file, asio::ssl::context::pem);
  std::unique_ptr<GroupCommit> store;
  if (!settings.store_folder.empty()) store = OpenGroupCommit(settings.store_folder);

  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
  for (int i = 0; i < settings.threads; ++i) {
    contexts.push_back(std::make_unique<asio::io_context>(1));
    guards.push_back(asio::make_work_guard(*contexts.back()));
  }
  tcp::acceptor acceptor(*contexts[0],
                         tcp::endpoint(asio::ip::address_v4::loopback(), settings.port));
  acceptor.listen(4096);
  asio::co_spawn(*contexts[0], Accept(acceptor, tls, contexts, settings, store.get()),
                 asio::detached);
  std::puts("ready");
  std::fflush(stdout);
  std::vector<std::thread> threads;
  for (auto& context : contexts) {
    threads.emplace_back([&context] { context->run(); });
  }
  for (std::thread& thread : threads) thread.join();
  std::abort();
}

}  // namespace safeconduct::bench
