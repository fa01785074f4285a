#include "adapters/reference/node/sockets.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace eris::node {
namespace {

constexpr int waiting_connections_max = 128;
constexpr std::size_t read_bytes = 64 * 1024;
/// One receive() takes this much at most; the poller brings us back for the rest.
constexpr std::size_t turn_bytes_max = 4 * read_bytes;

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

base::Result<AddressList> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found))
    return base::usage_error(fmt::format("'{}' is no IP address", endpoint.host), {},
                             "give an address such as 10.77.0.1, not a name");
  return AddressList(found, &::freeaddrinfo);
}

FileDescriptor tcp_socket(int family) {
  return FileDescriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void switch_on(const FileDescriptor& socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket.get(), level, option, &on, sizeof on);
}

std::string system_text(int code) {
  return std::strerror(code);  // NOLINT(concurrency-mt-unsafe): glibc's is safe
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  const bool ipv6 = endpoint.host.find(':') != std::string::npos;
  return ipv6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
              : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

base::Result<FileDescriptor> listen_at(const Endpoint& endpoint) {
  ERIS_TRY(const AddressList address, resolve(endpoint));
  FileDescriptor socket = tcp_socket(address->ai_family);
  if (!socket.open()) return base::system_error("cannot make a socket", errno);
  switch_on(socket, SOL_SOCKET, SO_REUSEADDR);
  if (::bind(socket.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(socket.get(), waiting_connections_max) != 0) {
    const int code = errno;
    return base::system_error(fmt::format("cannot listen at {}", to_text(endpoint)), code, {},
                              code == EADDRINUSE ? "stop what uses the port, or choose another"
                                                 : "give an address of this machine");
  }
  return socket;
}

FileDescriptor accept_from(const FileDescriptor& listener) {
  FileDescriptor socket(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.open()) switch_on(socket, IPPROTO_TCP, TCP_NODELAY);
  return socket;
}

base::Result<FileDescriptor> begin_connect(const Endpoint& endpoint) {
  ERIS_TRY(const AddressList address, resolve(endpoint));
  FileDescriptor socket = tcp_socket(address->ai_family);
  if (!socket.open()) return base::system_error("cannot make a socket", errno);
  switch_on(socket, IPPROTO_TCP, TCP_NODELAY);
  if (::connect(socket.get(), address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
    return base::system_error("cannot connect", errno, to_text(endpoint));
  return socket;
}

int connect_result(const FileDescriptor& socket) {
  int code = 0;
  socklen_t length = sizeof code;
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno;
}

std::expected<void, FrameStream::Closed> FrameStream::receive() {
  std::array<char, read_bytes> buffer;
  for (std::size_t taken = 0; taken < turn_bytes_max;) {
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) return std::unexpected("closed by the other side");
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(system_text(errno));
    taken += static_cast<std::size_t>(count);
    frames_.feed({buffer.data(), static_cast<std::size_t>(count)});
    if (static_cast<std::size_t>(count) < buffer.size()) return {};
  }
  return {};
}

std::expected<void, FrameStream::Closed> FrameStream::flush() {
  while (sent_ < out_.size()) {
    const ssize_t count =
        ::send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(system_text(errno));
    sent_ += static_cast<std::size_t>(count);
    handed_over_ += static_cast<std::size_t>(count);
  }
  // Moving the rest forward costs its length, so it waits until most of the buffer is gone.
  if (sent_ * 2 >= out_.size()) {
    out_.erase(0, sent_);
    sent_ = 0;
  }
  return {};
}

std::uint64_t FrameStream::unacknowledged_bytes() const {
  int waiting = 0;
  return ::ioctl(socket_.get(), SIOCOUTQ, &waiting) == 0 ? static_cast<std::uint64_t>(waiting) : 0;
}

std::uint64_t FrameStream::acknowledged_bytes() const {
  return handed_over_ - unacknowledged_bytes();
}

}  // namespace eris::node
