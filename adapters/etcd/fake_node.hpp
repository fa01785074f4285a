// FakeNode: a listening socket on loopback that misbehaves as a test tells it to.
//
// Why: outcomes depend on how far a request got, and real nodes cannot be made to fail at a given
// byte.
// Thread rule: the script runs on a thread of its own; the destructor ends it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/etcd/http.hpp"
#include "harness/base/assert.hpp"

namespace eris::adapters::etcd {

/// One accepted connection, as the script of a FakeNode sees it.
class FakeConnection {
 public:
  explicit FakeConnection(int socket) : socket_(socket) {}
  FakeConnection(FakeConnection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  FakeConnection& operator=(FakeConnection&&) = delete;
  ~FakeConnection() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// The next request as it came; empty when the client has closed. Requests of these tests end
  /// with their JSON body or, for GET, with their headers.
  std::string receive() {
    std::string text;
    char byte = 0;
    while (::recv(socket_, &byte, 1, 0) == 1) {
      text += byte;
      if (text.ends_with("}") || (text.ends_with("\r\n\r\n") && text.starts_with("GET"))) break;
    }
    return text;
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void answer(std::string_view json) {
    send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", json.size(), json));
  }

 private:
  int socket_;
};

class FakeNode {
 public:
  using Script = std::function<void(FakeNode&)>;

  /// Without a script nobody accepts: the kernel completes handshakes, and nothing answers.
  explicit FakeNode(Script script = {}, int backlog = 16) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    const bool listening = ::bind(listener_, generic, size) == 0 &&
                           ::listen(listener_, backlog) == 0 &&
                           ::getsockname(listener_, generic, &size) == 0;
    ERIS_ASSERT(listening, "loopback has a free port");
    endpoint_ = {.address = "127.0.0.1", .port = ntohs(address.sin_port)};
    if (script) thread_ = std::jthread([this, run = std::move(script)] { run(*this); });
  }
  ~FakeNode() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes an accept
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

  FakeConnection accept() { return FakeConnection(::accept(listener_, nullptr, nullptr)); }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  int listener_ = -1;
  Endpoint endpoint_;
  std::jthread thread_;
};

/// A port that nobody listens at.
inline Endpoint closed_endpoint() {
  return FakeNode().endpoint();
}

}  // namespace eris::adapters::etcd
