// Network: whether and when messages between nodes arrive.
//
// Messages on one link may overtake each other. What is sent over a cut link is lost, without a
// word to the sender; what is under way when the cut begins still arrives.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "harness/base/rng.hpp"
#include "harness/base/time.hpp"
#include "harness/model/fault.hpp"

namespace eris::sim {

class Network {
 public:
  explicit Network(base::Rng rng) : rng_(std::move(rng)) {}

  /// How long a message over this link takes; nothing when it is lost.
  [[nodiscard]] std::optional<base::Duration> carry(model::Link link);
  /// Between a client and a node, one way.
  [[nodiscard]] base::Duration client_delay();

  void cut(const std::vector<model::Link>& links);
  void heal(const std::vector<model::Link>& links);
  /// Messages that were lost since the link was cut.
  [[nodiscard]] std::uint64_t dropped(model::Link link) const;

 private:
  struct CutLink {
    unsigned times = 0;  ///< cuts in force
    std::uint64_t dropped = 0;
  };

  base::Rng rng_;
  std::map<model::Link, CutLink> cuts_;
};

}  // namespace eris::sim
