// Poller: tells which of many descriptors are ready (epoll), and calls what was registered for
// each.
//
// Why not Asio: the node takes everything that is waiting on all connections, steps its core with
// it, and then sends each connection one write for the whole turn. That is a plain loop over ready
// descriptors; an Asio handler for each read and write would put the turn's boundary out of sight.
// Invariant: after remove() a callback is not called again, even when it was already found ready.
// Thread rule: one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "adapters/reference/node/file_descriptor.hpp"
#include "harness/base/result.hpp"

namespace eris::node {

class Poller {
 public:
  using Token = std::uint64_t;
  /// Gets epoll's event bits: EPOLLIN, EPOLLOUT, EPOLLERR, …
  using Callback = std::function<void(std::uint32_t events)>;

  /// Errors: environment.
  [[nodiscard]] static base::Result<Poller> make();

  /// Watches `descriptor` (level-triggered) until remove(). The token names it from then on.
  [[nodiscard]] Token add(int descriptor, std::uint32_t events, Callback callback);
  void change(Token token, std::uint32_t events);
  /// Must come before the descriptor is closed.
  void remove(Token token);

  /// Waits for `timeout` at most (for ever without one) and calls the callbacks of all that is
  /// ready.
  void wait(std::optional<std::chrono::nanoseconds> timeout);

 private:
  struct Watched {
    int descriptor = -1;
    std::shared_ptr<Callback> callback;
  };
  explicit Poller(FileDescriptor epoll) : epoll_(std::move(epoll)) {}

  FileDescriptor epoll_;
  Token last_token_ = 0;
  std::unordered_map<Token, Watched> watched_;
};

}  // namespace eris::node
