// Script: a Problem as the search plays it, event by event.
//
// What is settled here, once for all passes of the search:
//   - the order of events;
//   - slots: every operation that must be linearized owns a slot while it is open, so that a
//     configuration is a few machine words however long the history is;
//   - deeds: calls that do and answer the same are one deed, and optional operations of one deed
//     are one class, of which only the number matters;
//   - values that nobody ever looks at are made one value, and an optional operation that installs
//     one is left out (nobody could tell), unless a failed comparison could tell.
// Thread rule: plain value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkers/linearizability/problem.hpp"

namespace eris::checkers::linearizability {

using StateId = std::uint32_t;

/// What an operation does to the object, and what that tells.
struct Deed {
  ShapeKind kind = ShapeKind::read;
  ValueId first = 0;
  ValueId second = 0;
  std::uint32_t call = 0;  ///< for observe and effect: index into Problem::calls
};

struct ScriptOperation {
  std::uint32_t entry = 0;  ///< index into Problem::entries
  std::uint32_t deed = 0;
  std::uint32_t slot = 0;  ///< for an optional operation: its class
  bool optional = false;
  model::EventIndex completed = model::never;
};

struct ScriptEvent {
  std::uint32_t operation = 0;  ///< index into Script::operations
  bool response = false;
};

struct Script {
  std::vector<ScriptOperation> operations;
  std::vector<ScriptEvent> events;
  std::vector<Deed> deeds;
  std::vector<std::uint32_t> classes;   ///< the deed of each class of optional operations
  std::vector<std::uint32_t> supplies;  ///< how many operations each class has
  std::vector<StateId> initial_states;
  std::size_t values = 0;  ///< ids below this are ValueIds
  unsigned slots = 0;      ///< the most operations open at once, optional ones apart
  std::size_t optional_operations = 0;

  [[nodiscard]] const Deed& deed_of(const ScriptOperation& operation) const {
    return deeds[operation.deed];
  }
};

[[nodiscard]] Script make_script(const Problem& problem);

/// By entry: true for optional operations whose absence no one could notice, so that leaving them
/// out changes no verdict.
[[nodiscard]] std::vector<bool> unnoticeable(const Problem& problem);

}  // namespace eris::checkers::linearizability
