// Network: whether and when messages between nodes arrive.
//
// As over TCP, messages on one link arrive in order, unless a quirk or a fault has it otherwise.
// What is sent over a cut link is lost, without a word to the sender; what is under way when the
// cut begins still arrives. A corrupted message is found by the receiver's checksum, and its
// connection closed (adapters/reference/node/frames.hpp): what is under way on the link is lost.
// Thread rule: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"
#include "harness/sim/quirks.hpp"

namespace eris::sim {

/// Counts the connections on one link, from 0.
using ConnectionCount = std::uint32_t;

/// When a message arrives: never, once or twice.
struct Arrivals {
  unsigned count = 0;
  std::array<base::Instant, 2> at{};
  ConnectionCount connection = 0;
};

/// What faults did to the messages on a link.
struct LinkCounts {
  std::uint64_t dropped = 0;  ///< by cuts
  std::uint64_t held = 0;     ///< by clogs
  // By bad quality.
  std::uint64_t lost = 0;
  std::uint64_t repeated = 0;
  std::uint64_t reordered = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t delayed = 0;
};
[[nodiscard]] LinkCounts operator-(LinkCounts counts, const LinkCounts& before);

class Network {
 public:
  Network(base::Rng rng, const Quirks& quirks) : rng_(std::move(rng)), quirks_(quirks) {}

  /// A message sets off over this link. Nothing arrives of one that is lost or held; a held one is
  /// taken out of `message`.
  [[nodiscard]] Arrivals carry(base::Instant now, model::Link link, std::string& message);
  /// Whether what set off over this connection still arrives.
  [[nodiscard]] bool is_open(model::Link link, ConnectionCount connection) {
    return at(link).connection == connection;
  }
  /// Between a client and a node, one way.
  [[nodiscard]] base::Duration client_delay();

  void cut(const std::vector<model::Link>& links);
  void heal(const std::vector<model::Link>& links);
  void degrade(const std::vector<model::Link>& links, const model::LinkQuality& quality);
  void restore(const std::vector<model::Link>& links);
  void clog(const std::vector<model::Link>& links);
  /// Gives back what was held, in the order in which it was sent.
  [[nodiscard]] std::vector<std::string> unclog(model::Link link);

  /// A machine is gone for good: its connections are closed, and what was on its way from it or to
  /// it does not arrive any more. One that comes back under its name begins anew.
  void close_connections_of(base::NodeId node);

  /// Since the run began.
  [[nodiscard]] const LinkCounts& counts(model::Link link) { return at(link).counts; }

 private:
  struct LinkState {
    unsigned cuts = 0;
    unsigned clogs = 0;
    model::LinkQuality quality;
    ConnectionCount connection = 0;
    base::Instant last_arrival{};
    LinkCounts counts;
    std::vector<std::string> held;
  };

  [[nodiscard]] LinkState& at(model::Link link);
  [[nodiscard]] base::Instant arrival(base::Instant now, LinkState& link);
  [[nodiscard]] bool chance(std::int64_t ppm);

  base::Rng rng_;
  const Quirks& quirks_;
  std::vector<std::vector<LinkState>> links_;  ///< by sender, then by receiver
};

}  // namespace eris::sim
