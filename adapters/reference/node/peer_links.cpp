#include "adapters/reference/node/peer_links.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>

#include "adapters/reference/node/listener.hpp"
#include "adapters/reference/node/outgoing_link.hpp"
#include "harness/base/assert.hpp"
#include "harness/base/text.hpp"

namespace eris::node {
namespace {

/// A stranger that has not said who it is after so many ticks is sent away.
constexpr unsigned hello_ticks_max = 100;

class TcpPeerLinks final : public PeerLinks {
 public:
  TcpPeerLinks(PeerLinksOptions options, FileDescriptor listener, Poller& poller,
               Callbacks callbacks)
      : options_(std::move(options)),
        poller_(poller),
        callbacks_(std::move(callbacks)),
        listener_(std::move(listener), poller,
                  [this](FileDescriptor socket) { accept(std::move(socket)); }) {
    for (const Peer& peer : options_.peers)
      outgoing_.try_emplace(peer.id, options_, peer, poller_, callbacks_.log);
  }
  TcpPeerLinks(const TcpPeerLinks&) = delete;
  TcpPeerLinks& operator=(const TcpPeerLinks&) = delete;
  ~TcpPeerLinks() override {
    for (const Incoming& incoming : incoming_) poller_.remove(incoming.token);
  }

  void send(base::NodeId to, std::string_view message) override {
    const auto link = outgoing_.find(to);
    // A core may name a server that this process was not told of: as good as unreachable.
    if (link == outgoing_.end() || !link->second.send(message)) ++dropped_;
  }

  void flush() override {
    for (auto& [id, link] : outgoing_) link.flush();
  }

  void tick() override {
    for (auto& [id, link] : outgoing_) link.tick();
    for (auto incoming = incoming_.begin(); incoming != incoming_.end();) {
      const auto next = std::next(incoming);
      if (!incoming->from && ++incoming->ticks > hello_ticks_max)
        close(incoming, "did not say who it is");
      incoming = next;
    }
  }

  [[nodiscard]] std::uint64_t dropped() const override { return dropped_; }

 private:
  struct Incoming {
    FrameStream stream;
    Poller::Token token = 0;
    std::optional<base::NodeId> from;
    unsigned ticks = 0;
  };
  using Place = std::list<Incoming>::iterator;

  void accept(FileDescriptor socket) {
    const auto strangers = static_cast<std::size_t>(
        std::ranges::count_if(incoming_, [](const Incoming& incoming) { return !incoming.from; }));
    if (strangers >= options_.strangers_max) return;  // closes it
    const int descriptor = socket.get();
    const Place place = incoming_.insert(
        incoming_.end(),
        Incoming{.stream = FrameStream(std::move(socket), options_.message_bytes_max)});
    place->token =
        poller_.add(descriptor, EPOLLIN, [this, place](std::uint32_t) { receive(place); });
  }

  void receive(Place place) {
    // What arrived before the end counts, so frames come first and the end second.
    const auto received = place->stream.receive();
    while (true) {
      const auto payload = place->stream.next();
      if (!payload) return close(place, to_text(payload.error()));
      if (!*payload) break;
      if (place->from) {
        callbacks_.received(*place->from, std::string(**payload));
      } else if (!welcome(place, **payload)) {
        return close(place, "did not begin with a greeting of this cluster's nodes");
      }
    }
    if (!received) close(place, received.error());
  }

  /// Learns whose connection this is; its older connection is then of no more use.
  bool welcome(Place place, std::string_view payload) {
    const std::optional<base::NodeId> from = decode_hello(payload);
    if (!from || !outgoing_.contains(*from)) return false;
    const auto older = std::ranges::find_if(
        incoming_, [&](const Incoming& incoming) { return incoming.from == from; });
    if (older != incoming_.end()) close(older, "replaced by a new connection");
    place->from = from;
    return true;
  }

  void close(Place place, std::string_view why) {
    const std::string whose = place->from ? to_text(*place->from) : "a stranger";
    poller_.remove(place->token);
    incoming_.erase(place);
    callbacks_.log(fmt::format("connection from {}: {}", whose, why));
  }

  PeerLinksOptions options_;
  Poller& poller_;
  Callbacks callbacks_;
  Listener listener_;
  std::map<base::NodeId, OutgoingLink> outgoing_;
  std::list<Incoming> incoming_;
  std::uint64_t dropped_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<PeerLinks>> PeerLinks::make(PeerLinksOptions options, Poller& poller,
                                                         Callbacks callbacks) {
  ERIS_ASSERT(callbacks.received && callbacks.log, "both callbacks are set");
  ERIS_TRY(FileDescriptor listener, listen_at(options.listen));
  return std::make_unique<TcpPeerLinks>(std::move(options), std::move(listener), poller,
                                        std::move(callbacks));
}

}  // namespace eris::node
