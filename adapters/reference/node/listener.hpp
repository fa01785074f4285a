// Listener: takes the connections that wait at a listening socket, each as soon as it is there.
// Invariant: the callback is not called after the listener is gone.
// Thread rule: the poller's.
#pragma once

#include <functional>
#include <utility>

#include <sys/epoll.h>

#include "adapters/reference/node/file_descriptor.hpp"
#include "adapters/reference/node/poller.hpp"
#include "adapters/reference/node/sockets.hpp"

namespace eris::node {

class Listener {
 public:
  /// Gets each new connection, non-blocking. One that it does not keep is closed.
  using Callback = std::function<void(FileDescriptor connection)>;

  /// `socket` comes from listen_at(). `poller` must outlive this.
  Listener(FileDescriptor socket, Poller& poller, Callback connected)
      : socket_(std::move(socket)), poller_(poller), connected_(std::move(connected)) {
    token_ = poller_.add(socket_.get(), EPOLLIN, [this](std::uint32_t) { accept_waiting(); });
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { poller_.remove(token_); }

 private:
  void accept_waiting() {
    while (true) {
      FileDescriptor connection = accept_from(socket_);
      if (!connection.open()) return;
      connected_(std::move(connection));
    }
  }

  FileDescriptor socket_;
  Poller& poller_;
  Callback connected_;
  Poller::Token token_ = 0;
};

}  // namespace eris::node
