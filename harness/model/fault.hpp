// FaultAction: what a fault decided to do, as a value. Deciding (faults/) is apart from enacting
// (harness/live, harness/sim), so that one fault lives in both worlds.
// Thread rule: plain values.
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/strong_id.hpp"
#include "harness/model/value.hpp"

namespace eris::model {

/// One direction between two nodes.
struct Link {
  base::NodeId from;
  base::NodeId to;
  auto operator<=>(const Link&) const = default;
};

/// Packets on these links vanish without a word to the sender.
struct Cut {
  std::vector<Link> links;
  bool operator==(const Cut&) const = default;
};
/// Undoes Cut.
struct Heal {
  std::vector<Link> links;
  bool operator==(const Heal&) const = default;
};
/// SIGKILL: the processes die at once, without a chance to flush anything.
struct Kill {
  std::vector<base::NodeId> nodes;
  bool operator==(const Kill&) const = default;
};
/// Undoes Kill: the same program on the same data.
struct Restart {
  std::vector<base::NodeId> nodes;
  bool operator==(const Restart&) const = default;
};
/// SIGSTOP: the processes stand still while the world's clocks go on.
struct Pause {
  std::vector<base::NodeId> nodes;
  bool operator==(const Pause&) const = default;
};
/// Undoes Pause.
struct Resume {
  std::vector<base::NodeId> nodes;
  bool operator==(const Resume&) const = default;
};

using FaultAction = std::variant<Cut, Heal, Kill, Restart, Pause, Resume>;

/// The action that undoes this one. Every action that a fault may choose has one.
[[nodiscard]] FaultAction inverse(const FaultAction& action);

/// "cut n1→n2, n2→n1"; "kill n3".
[[nodiscard]] std::string to_text(const FaultAction& action);

/// The nodes that the action touches, ascending, without repeats.
[[nodiscard]] std::vector<base::NodeId> nodes_of(const FaultAction& action);

/// What was seen of an action when it was enacted: a fault that cannot show this did not happen.
struct Evidence {
  bool took_effect = false;
  Fields facts;  ///< "packets dropped" 34; "n3 state" "stopped"; …
  bool operator==(const Evidence&) const = default;
};

}  // namespace eris::model
