#include "adapters/reference/client/network/node_connection.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include "adapters/reference/node/client_port.hpp"
#include "harness/base/bytes.hpp"

namespace eris::client {
namespace {

constexpr std::size_t answer_bytes_max = 64 << 20;

}  // namespace

std::expected<std::string, NoAnswer> NodeConnection::exchange(std::string_view request,
                                                              Deadline deadline) {
  // A node that was killed meanwhile has closed its end: notice that before sending into the void.
  if (stream_ && !stream_->receive()) close();
  if (!stream_)
    if (const auto failed = connect(deadline)) return std::unexpected(*failed);
  if (const auto failed = send(request, deadline)) {
    close();
    return std::unexpected(*failed);
  }
  auto answer = await_answer(deadline);
  if (!answer) close();
  return answer;
}

std::optional<NoAnswer> NodeConnection::connect(Deadline deadline) {
  base::Result<node::FileDescriptor> socket = node::begin_connect(endpoint_);
  if (!socket) return NoAnswer::connect_failed;
  if (!wait(socket->get(), POLLOUT, deadline)) return NoAnswer::connect_timed_out;
  const int code = node::connect_result(*socket);
  if (code == ECONNREFUSED) return NoAnswer::connect_refused;
  if (code != 0) return NoAnswer::connect_failed;
  stream_.emplace(*std::move(socket), answer_bytes_max);
  return std::nullopt;
}

std::optional<NoAnswer> NodeConnection::send(std::string_view request, Deadline deadline) {
  std::string number;
  base::put_integer(number, ++last_number_);
  stream_->queue(number, request);
  const std::size_t whole = stream_->unsent_bytes();
  const auto failure = [&](NoAnswer otherwise) {
    return stream_->unsent_bytes() == whole ? NoAnswer::nothing_sent : otherwise;
  };
  while (true) {
    if (!stream_->flush()) return failure(NoAnswer::connection_lost);
    if (stream_->unsent_bytes() == 0) return std::nullopt;
    if (!wait(stream_->descriptor(), POLLOUT, deadline)) return failure(NoAnswer::timed_out);
  }
}

std::expected<std::string, NoAnswer> NodeConnection::await_answer(Deadline deadline) {
  while (true) {
    const auto payload = stream_->next();
    if (!payload) return std::unexpected(NoAnswer::malformed);
    if (*payload) {
      if ((*payload)->size() < node::client_number_bytes)
        return std::unexpected(NoAnswer::malformed);
      if (base::get_integer<std::uint64_t>(**payload, 0) != last_number_) continue;
      return std::string((*payload)->substr(node::client_number_bytes));
    }
    if (!wait(stream_->descriptor(), POLLIN, deadline)) return std::unexpected(NoAnswer::timed_out);
    if (!stream_->receive()) return std::unexpected(NoAnswer::connection_lost);
  }
}

bool NodeConnection::wait(int descriptor, short events, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wanted{.fd = descriptor, .events = events, .revents = 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return false;
  }
}

}  // namespace eris::client
