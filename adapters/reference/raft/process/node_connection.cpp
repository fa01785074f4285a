#include "adapters/reference/raft/process/node_connection.hpp"

#include <algorithm>
#include <cerrno>

#include <poll.h>

#include "adapters/reference/node/client_port.hpp"
#include "harness/base/bytes.hpp"

namespace eris::raft {
namespace {

constexpr std::size_t answer_bytes_max = 64 << 20;

}  // namespace

std::expected<std::string, Ending> NodeConnection::exchange(std::string_view request,
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

std::optional<Ending> NodeConnection::connect(Deadline deadline) {
  base::Result<node::FileDescriptor> socket = node::begin_connect(endpoint_);
  if (!socket) return Ending::connect_failed;
  if (!wait(socket->get(), POLLOUT, deadline)) return Ending::connect_timed_out;
  const int code = node::connect_result(*socket);
  if (code == ECONNREFUSED) return Ending::connect_refused;
  if (code != 0) return Ending::connect_failed;
  stream_.emplace(*std::move(socket), answer_bytes_max);
  return std::nullopt;
}

std::optional<Ending> NodeConnection::send(std::string_view request, Deadline deadline) {
  std::string number;
  base::put_integer(number, ++last_number_);
  stream_->queue(number, request);
  const std::size_t whole = stream_->unsent_bytes();
  const auto failure = [&](Ending otherwise) {
    return stream_->unsent_bytes() == whole ? Ending::nothing_sent : otherwise;
  };
  while (true) {
    if (!stream_->flush()) return failure(Ending::connection_lost);
    if (stream_->unsent_bytes() == 0) return std::nullopt;
    if (!wait(stream_->descriptor(), POLLOUT, deadline)) return failure(Ending::timed_out);
  }
}

std::expected<std::string, Ending> NodeConnection::await_answer(Deadline deadline) {
  while (true) {
    const auto payload = stream_->next();
    if (!payload) return std::unexpected(Ending::malformed);
    if (*payload) {
      if ((*payload)->size() < node::client_number_bytes) return std::unexpected(Ending::malformed);
      if (base::get_integer<std::uint64_t>(**payload, 0) != last_number_) continue;
      return std::string((*payload)->substr(node::client_number_bytes));
    }
    if (!wait(stream_->descriptor(), POLLIN, deadline)) return std::unexpected(Ending::timed_out);
    if (!stream_->receive()) return std::unexpected(Ending::connection_lost);
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

}  // namespace eris::raft
