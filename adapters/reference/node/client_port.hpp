// ClientPort: where clients connect, ask, and are answered.
//
// A frame from a client is a number of its own choosing (u64) and a request; the answer is a frame
// with the same number and the reply. Many requests may be open on one connection, and answers come
// in any order. Whoever asks too much is not read from until answers have gone out, so that TCP
// slows the client down and memory stays bounded.
// Invariant: a request id is used once, and names a connection that is never confused with a later
// one: the connection's serial number is its upper half.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/reference/node/poller.hpp"
#include "adapters/reference/node/sockets.hpp"
#include "harness/base/result.hpp"
#include "harness/core/core.hpp"

namespace eris::node {

/// A frame's payload between client and node: number, then bytes.
inline constexpr std::size_t client_number_bytes = 8;

struct ClientPortOptions {
  Endpoint listen;
  std::size_t request_bytes_max = 4 << 20;
  std::size_t open_requests_max = 1024;          ///< of one connection
  std::size_t unsent_reply_bytes_max = 8 << 20;  ///< of one connection
  std::size_t connections_max = 512;  ///< more are closed at once; below the usual 1024 descriptors
};

class ClientPort {
 public:
  struct Callbacks {
    std::function<void(core::RequestId id, std::string request)> requested;
    std::function<void(std::string_view line)> log;
  };
  /// Listens. `poller` must outlive it. Errors: environment, usage.
  [[nodiscard]] static base::Result<std::unique_ptr<ClientPort>> make(ClientPortOptions options,
                                                                      Poller& poller,
                                                                      Callbacks callbacks);
  virtual ~ClientPort() = default;

  /// Queues an answer; flush() sends it. Nothing happens when its client has gone.
  virtual void reply(core::RequestId to, std::string_view reply) = 0;
  /// Sends what was queued, one write for each client. Call it at the end of each turn.
  virtual void flush() = 0;
  /// Stops reading from all clients, or goes on: while the disk cannot keep up.
  virtual void hold(bool held) = 0;
};

}  // namespace eris::node
