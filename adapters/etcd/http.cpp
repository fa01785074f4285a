#include "adapters/etcd/http.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace eris::adapters::etcd {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t receive_chunk_bytes = 16 << 10;
constexpr std::size_t response_bytes_max = 64 << 20;

std::unexpected<Failure> failed(FailureKind kind, std::string words) {
  return std::unexpected(Failure{.kind = kind, .code = 0, .words = std::move(words)});
}

std::unexpected<Failure> failed(FailureKind kind, std::string_view words, int error) {
  return failed(kind, fmt::format("{}: {}", words, std::strerror(error)));
}

/// True once the socket is ready for `events` (or has failed), false when the deadline came first.
bool wait_for(int socket, short events, Deadline deadline) {
  while (true) {
    const auto left = std::max(deadline - std::chrono::steady_clock::now(), Deadline::duration{});
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec limit{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
    pollfd watched{.fd = socket, .events = events, .revents = 0};
    const int ready = ::ppoll(&watched, 1, &limit, nullptr);
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return true;  // the call on the socket that follows will say what is wrong
  }
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<SocketAddress> socket_address(const Endpoint& endpoint) {
  SocketAddress address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    address.size = sizeof(sockaddr_in);
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return std::nullopt;
}

std::string message_of(const HttpRequest& request, std::string_view authority) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n"
      "\r\n{}",
      request.method, request.target, authority,
      request.require_leader ? "Grpc-Metadata-hasleader: true\r\n" : "", request.body.size(),
      request.body);
}

/// Feeds what the buffer holds to the parser. False where it is not HTTP.
bool feed(http::response_parser<http::string_body>& parser, boost::beast::flat_buffer& buffer) {
  while (!parser.is_done() && buffer.size() > 0) {
    boost::beast::error_code error;
    const std::size_t used = parser.put(buffer.data(), error);
    buffer.consume(used);
    if (error == http::error::need_more) return true;
    if (error) return false;
  }
  return true;
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", endpoint.address, endpoint.port)
               : fmt::format("{}:{}", endpoint.address, endpoint.port);
}

HttpConnection::HttpConnection(Endpoint endpoint)
    : endpoint_(std::move(endpoint)), authority_(to_text(endpoint_)) {}

HttpConnection::~HttpConnection() {
  close();
}

void HttpConnection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

/// An idle connection that the node has closed meanwhile shows it by being readable. Found out
/// before anything is sent, it costs a new connection instead of an unknown outcome.
bool HttpConnection::is_usable() const {
  if (socket_ < 0) return false;
  char byte = 0;
  const ssize_t count = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

std::expected<HttpResponse, Failure> HttpConnection::exchange(const HttpRequest& request,
                                                              Deadline deadline) {
  if (!is_usable()) {
    close();
    if (auto connected = connect(deadline); !connected) {
      close();
      return std::unexpected(std::move(connected).error());
    }
  }
  if (auto sent = send(request, deadline); !sent) {
    close();
    return std::unexpected(std::move(sent).error());
  }
  auto response = receive(deadline);
  if (!response) close();
  return response;
}

HttpConnection::Step HttpConnection::connect(Deadline deadline) {
  const auto address = socket_address(endpoint_);
  if (!address) return failed(FailureKind::connect_failed, "not a numeric address: " + authority_);
  socket_ = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return failed(FailureKind::connect_failed, "socket", errno);
  const int on = 1;
  // Without it a request in two segments would wait for the acknowledgement of the first.
  if (::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    return failed(FailureKind::connect_failed, "TCP_NODELAY", errno);

  int error = 0;
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address->storage), address->size) != 0)
    error = errno;
  if (error == EINPROGRESS || error == EINTR) {
    if (!wait_for(socket_, POLLOUT, deadline))
      return failed(FailureKind::connect_timed_out, "connect timed out");
    socklen_t size = sizeof error;
    if (::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error == 0) return {};
  if (error == ECONNREFUSED) return failed(FailureKind::connect_refused, "connection refused");
  if (error == ETIMEDOUT) return failed(FailureKind::connect_timed_out, "connect timed out");
  return failed(FailureKind::connect_failed, "connect", error);
}

HttpConnection::Step HttpConnection::send(const HttpRequest& request, Deadline deadline) {
  const std::string message = message_of(request, authority_);
  std::string_view rest = message;
  while (!rest.empty()) {
    const ssize_t count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count > 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    const bool untouched = rest.size() == message.size();
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return failed(untouched ? FailureKind::nothing_sent : FailureKind::broken, "send", errno);
    if (!wait_for(socket_, POLLOUT, deadline))
      return failed(untouched ? FailureKind::nothing_sent : FailureKind::timed_out, "timed out");
  }
  return {};
}

std::expected<HttpResponse, Failure> HttpConnection::receive(Deadline deadline) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(response_bytes_max);
  boost::beast::flat_buffer buffer;
  while (!parser.is_done()) {
    if (!wait_for(socket_, POLLIN, deadline)) return failed(FailureKind::timed_out, "timed out");
    const auto space = buffer.prepare(receive_chunk_bytes);
    const ssize_t count = ::recv(socket_, space.data(), space.size(), 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)) continue;
    if (count < 0) return failed(FailureKind::broken, "receive", errno);
    if (count == 0) {
      boost::beast::error_code error;
      if (parser.got_some()) parser.put_eof(error);
      if (!parser.is_done()) return failed(FailureKind::broken, "connection closed by the node");
      break;
    }
    buffer.commit(static_cast<std::size_t>(count));
    if (!feed(parser, buffer)) return failed(FailureKind::malformed, "the answer is not HTTP");
  }
  if (!parser.keep_alive()) close();
  return HttpResponse{.status = parser.get().result_int(),
                      .body = std::move(parser.release().body())};
}

}  // namespace eris::adapters::etcd
