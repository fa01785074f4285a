// Decision: what an algorithm says of a model, and for a violation the facts that lead to it.
// Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/weak/sessions.hpp"

namespace eris::checkers::weak {

enum class ModelAnswer : std::uint8_t { holds, violated, unknown };

/// Why one event comes before another.
struct Link {
  enum class Why : std::uint8_t {
    session,      ///< the same session did it earlier
    reads,        ///< `to` saw what `from` wrote
    overwritten,  ///< the read `because` had to see both, and saw `to`
    overwrites,   ///< `from` is a read of what stood there before `to` replaced it
  };
  EventId from = no_event;
  EventId to = no_event;
  Why why = Why::session;
  EventId because = no_event;
  bool operator==(const Link&) const = default;
};

struct Violation {
  enum class Kind : std::uint8_t {
    cycle,         ///< `links` lead from an event back to itself
    stale_read,    ///< `read` saw the first event of `links`, though they lead over a newer write
    missed_write,  ///< `read` saw the initial value, though `links` lead to it from a write
    no_order,      ///< a search through all orders found none
  };
  Kind kind = Kind::no_order;
  EventId read = no_event;
  std::vector<Link> links;
  /// Every event that the argument speaks of; with a read its source.
  std::vector<EventId> core;
};

/// A part of the history that holds the model by itself, where nothing is known of the whole.
struct Proven {
  /// By session: its events before this one are in an order that explains all reads among them.
  /// Empty where nothing is known of such an order.
  std::vector<EventId> until;
  /// Sessions, ascending, whose reads are explained when those of all others are left out.
  std::vector<std::uint32_t> sessions;
};

struct Decision {
  ModelAnswer answer = ModelAnswer::holds;
  Violation violation;  ///< where the answer is `violated`
  std::string reason;   ///< for `unknown`: what ran out, and what to do
  Proven proven;        ///< for `unknown`
};

}  // namespace eris::checkers::weak
