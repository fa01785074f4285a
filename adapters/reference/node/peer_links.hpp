// PeerLinks: messages between nodes over TCP.
//
// Each node sends over a connection of its own to each peer, and receives over those that peers
// made to it; the first frame of a connection says whose it is. A message is delivered at most
// once; it is dropped when the peer cannot be reached or is too slow, since a protocol core
// expects loss anyway.
// A cut network is silent: nothing is refused, bytes just stay unacknowledged, and TCP's own next
// try comes later and later. So a link that makes no progress tries a new connection every few
// ticks, and keeps the old one, which wins if it moves first: a link that is merely slow is not
// torn down, and one that heals carries messages again within some 100 ms.
// Time is counted in ticks of the caller's timer, not read from the clock, because that clock may
// be bent on purpose.
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/reference/node/poller.hpp"
#include "adapters/reference/node/sockets.hpp"
#include "harness/base/result.hpp"
#include "harness/base/strong_id.hpp"

namespace eris::node {

struct Peer {
  base::NodeId id;
  Endpoint endpoint;
};

struct PeerLinksOptions {
  base::NodeId self;
  Endpoint listen;
  std::vector<Peer> peers;  ///< the others
  std::size_t message_bytes_max = 64 << 20;
  /// Messages that do not fit behind what waits to be sent to a peer are dropped.
  std::size_t queue_bytes_max = 64 << 20;
  unsigned stalled_ticks = 5;      ///< without progress for so long, a new connection is tried
  unsigned attempt_ticks = 3;      ///< between two tries
  unsigned give_up_ticks = 50;     ///< how long one try may take
  std::size_t strangers_max = 64;  ///< incoming connections that have not yet said whose they are
};

class PeerLinks {
 public:
  struct Callbacks {
    std::function<void(base::NodeId from, std::string message)> received;
    std::function<void(std::string_view line)> log;
  };

  /// Listens, and begins to connect. `poller` must outlive it. Errors: environment, usage.
  [[nodiscard]] static base::Result<std::unique_ptr<PeerLinks>> make(PeerLinksOptions options,
                                                                     Poller& poller,
                                                                     Callbacks callbacks);
  virtual ~PeerLinks() = default;

  /// Queues a message; flush() sends it.
  virtual void send(base::NodeId to, std::string_view message) = 0;
  /// Sends what was queued, one write for each peer. Call it at the end of each turn.
  virtual void flush() = 0;
  /// To be called at a steady pace: watches progress and connects anew. See PeerLinksOptions.
  virtual void tick() = 0;
  /// Messages dropped since the start, because a peer could not be reached or a queue was full.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

}  // namespace eris::node
