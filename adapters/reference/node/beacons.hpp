// Beacons: a node's protocol state as lines of JSON, {"beacon":{"term":3,…}}, for whoever watches.
//
// A change of term, role, leader or vote is said at once, since invariants and faults aimed at the
// leader depend on it; anything else (the commit index moves thousands of times a second) at most
// once for each call of tick().
// Thread rule: one owner.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/core/core.hpp"

namespace eris::node {

/// One line without its newline.
[[nodiscard]] std::string to_json_line(const core::Beacon& beacon);

class Beacons {
 public:
  /// Gives false when the line could not be taken; the state is then said again later.
  using Write = std::function<bool(std::string_view line)>;
  explicit Beacons(Write write) : write_(std::move(write)) {}

  /// To be called after each turn with the state then.
  void observe(core::Beacon beacon);
  /// To be called some ten times a second.
  void tick();

 private:
  void say();

  Write write_;
  core::Beacon latest_;
  core::Beacon said_;
};

}  // namespace eris::node
