// OutgoingLink: this node's connection to one peer, made again as often as it takes.
// See peer_links.hpp for why it may hold several tries at once.
// Invariant: messages wait only on an established connection; without one they are dropped.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/reference/node/peer_links.hpp"
#include "adapters/reference/node/poller.hpp"
#include "adapters/reference/node/sockets.hpp"

namespace eris::node {

/// The first frame of each connection between nodes.
[[nodiscard]] std::string encode_hello(base::NodeId self);
[[nodiscard]] std::optional<base::NodeId> decode_hello(std::string_view payload);

class OutgoingLink {
 public:
  using Log = std::function<void(std::string_view line)>;

  /// All three outlive the link.
  OutgoingLink(const PeerLinksOptions& options, const Peer& peer, Poller& poller, const Log& log);
  OutgoingLink(const OutgoingLink&) = delete;
  OutgoingLink& operator=(const OutgoingLink&) = delete;
  ~OutgoingLink();

  /// False when the message was dropped.
  bool send(std::string_view message);
  void flush();
  void tick();

 private:
  struct Established {
    FrameStream stream;
    Poller::Token token = 0;
    bool waits_to_write = false;
    std::uint64_t acknowledged = 0;  ///< as of the last tick
    unsigned stalled_ticks = 0;
  };
  struct Attempt {
    FileDescriptor socket;
    Poller::Token token = 0;
    unsigned ticks = 0;
  };

  [[nodiscard]] bool stalled() const;
  void watch_progress();
  void begin_attempt();
  void age_attempts();
  void drop_attempts();
  void attempt_ended(std::list<Attempt>::iterator attempt);
  void establish(FileDescriptor socket);
  void ready(std::uint32_t events);
  void close(std::string_view why);

  const PeerLinksOptions& options_;
  const Peer& peer_;
  Poller& poller_;
  const Log& log_;
  std::optional<Established> established_;
  std::list<Attempt> attempts_;
  unsigned ticks_to_attempt_ = 0;
};

}  // namespace eris::node
