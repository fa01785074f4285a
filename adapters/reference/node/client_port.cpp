#include "adapters/reference/node/client_port.hpp"

#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>
#include <sys/epoll.h>

#include "adapters/reference/node/listener.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/bytes.hpp"

namespace eris::node {
namespace {

using Serial = std::uint32_t;

core::RequestId request_id(Serial connection, Serial request) {
  return core::RequestId((std::uint64_t{connection} << 32) | request);
}
Serial connection_of(core::RequestId id) {
  return static_cast<Serial>(id.value >> 32);
}
Serial request_of(core::RequestId id) {
  return static_cast<Serial>(id.value);
}

class TcpClientPort final : public ClientPort {
 public:
  TcpClientPort(ClientPortOptions options, FileDescriptor listener, Poller& poller,
                Callbacks callbacks)
      : options_(std::move(options)),
        poller_(poller),
        callbacks_(std::move(callbacks)),
        listener_(std::move(listener), poller,
                  [this](FileDescriptor socket) { accept(std::move(socket)); }) {}
  TcpClientPort(const TcpClientPort&) = delete;
  TcpClientPort& operator=(const TcpClientPort&) = delete;
  ~TcpClientPort() override {
    for (const auto& [serial, connection] : connections_) poller_.remove(connection.token);
  }

  void reply(core::RequestId to, std::string_view reply) override {
    const auto found = connections_.find(connection_of(to));
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    const auto number = connection.open_requests.find(request_of(to));
    if (number == connection.open_requests.end()) return;
    std::string head;
    base::put_integer(head, number->second);
    connection.stream.queue(head, reply);
    connection.open_requests.erase(number);
    needs_flush(found->first, connection);
  }

  void flush() override {
    for (const Serial serial : std::exchange(to_flush_, {}))
      if (const auto found = connections_.find(serial); found != connections_.end())
        flush(found->first, found->second);
  }

  void hold(bool held) override {
    if (held == std::exchange(held_, held)) return;
    std::vector<Serial> serials;  // Taking a malformed request removes its connection.
    for (const auto& [serial, connection] : connections_) serials.push_back(serial);
    for (const Serial serial : serials) take_requests(serial, connections_.at(serial));
  }

 private:
  struct Connection {
    FrameStream stream;
    Poller::Token token = 0;
    std::uint32_t interest = EPOLLIN;
    bool needs_flush = false;
    Serial requests = 0;                                               ///< asked so far
    boost::unordered_flat_map<Serial, std::uint64_t> open_requests{};  ///< to the client's number
  };

  void accept(FileDescriptor socket) {
    if (connections_.size() >= options_.connections_max)
      return callbacks_.log("too many clients; the newest is sent away");
    const int descriptor = socket.get();
    const Serial serial = ++last_connection_;
    Connection& connection =
        connections_
            .emplace(serial, Connection{.stream = FrameStream(std::move(socket),
                                                              options_.request_bytes_max)})
            .first->second;
    connection.token = poller_.add(descriptor, EPOLLIN,
                                   [this, serial](std::uint32_t events) { ready(serial, events); });
    update_interest(connection);
  }

  void ready(Serial serial, std::uint32_t events) {
    Connection& connection = connections_.at(serial);
    if (events & EPOLLOUT) needs_flush(serial, connection);
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) == 0) return;
    const auto received = connection.stream.receive();
    if (!received) return close(serial);  // Nobody is left to hear an answer.
    take_requests(serial, connection);
  }

  /// Takes requests up to the connection's bound, none while held; the rest waits in its buffer.
  void take_requests(Serial serial, Connection& connection) {
    while (!held_ && !full(connection)) {
      const auto payload = connection.stream.next();
      if (!payload) return close(serial, to_text(payload.error()));
      if (!*payload) break;
      if ((*payload)->size() < client_number_bytes)
        return close(serial, "a request without its number");
      if (connection.requests == std::numeric_limits<Serial>::max())
        return close(serial, "no request ids left for it; it may connect again");
      const core::RequestId id = request_id(serial, ++connection.requests);
      connection.open_requests.emplace(request_of(id),
                                       base::get_integer<std::uint64_t>(**payload, 0));
      callbacks_.requested(id, std::string((*payload)->substr(client_number_bytes)));
    }
    update_interest(connection);
  }

  [[nodiscard]] bool full(const Connection& connection) const {
    return connection.open_requests.size() >= options_.open_requests_max ||
           connection.stream.unsent_bytes() >= options_.unsent_reply_bytes_max;
  }

  void needs_flush(Serial serial, Connection& connection) {
    if (!std::exchange(connection.needs_flush, true)) to_flush_.push_back(serial);
  }

  void flush(Serial serial, Connection& connection) {
    connection.needs_flush = false;
    if (!connection.stream.flush()) return close(serial);
    // Answers made room: requests that wait in the buffer will not make the socket ready again.
    take_requests(serial, connection);
  }

  void update_interest(Connection& connection) {
    const std::uint32_t interest = (held_ || full(connection) ? 0u : EPOLLIN) |
                                   (connection.stream.unsent_bytes() > 0 ? EPOLLOUT : 0u);
    if (interest != std::exchange(connection.interest, interest))
      poller_.change(connection.token, interest);
  }

  void close(Serial serial, std::string_view complaint = {}) {
    const auto found = connections_.find(serial);
    poller_.remove(found->second.token);
    connections_.erase(found);
    if (!complaint.empty()) callbacks_.log(fmt::format("closed a client: {}", complaint));
  }

  ClientPortOptions options_;
  Poller& poller_;
  Callbacks callbacks_;
  Listener listener_;
  Serial last_connection_ = 0;
  std::map<Serial, Connection> connections_;
  std::vector<Serial> to_flush_;
  bool held_ = false;
};

}  // namespace

base::Result<std::unique_ptr<ClientPort>> ClientPort::make(ClientPortOptions options,
                                                           Poller& poller, Callbacks callbacks) {
  ERIS_ASSERT(callbacks.requested && callbacks.log, "both callbacks are set");
  ERIS_TRY(FileDescriptor listener, listen_at(options.listen));
  return std::make_unique<TcpClientPort>(std::move(options), std::move(listener), poller,
                                         std::move(callbacks));
}

}  // namespace eris::node
