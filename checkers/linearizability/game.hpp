// Game: which state a deed leads to.
//
// Why: for registers the answer stands in the deed itself; for any other object the object is asked
// once for each state and deed, and states are numbered as they turn up.
// Thread rule: one owner.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checkers/linearizability/script.hpp"

namespace eris::checkers::linearizability {

inline constexpr StateId no_state = 0xffffffff;

class Game {
 public:
  Game(const Problem& problem, const Script& script);

  /// The state after this deed, or no_state where it is not legal.
  [[nodiscard]] StateId next(StateId state, std::uint32_t deed) {
    const Deed& d = script_.deeds[deed];
    switch (d.kind) {
      case ShapeKind::read:
        return state == d.first ? state : no_state;
      case ShapeKind::differs:
        return state != d.first ? state : no_state;
      case ShapeKind::write:
        return d.first;
      case ShapeKind::swap:
        return state == d.first ? d.second : no_state;
      case ShapeKind::observe:
      case ShapeKind::effect:
        return asked(state, deed);
      default:
        return no_state;
    }
  }
  [[nodiscard]] bool legal(StateId state, std::uint32_t deed) {
    return next(state, deed) != no_state;
  }
  /// What a state is, for whoever has to remember it beyond this game.
  [[nodiscard]] const model::Value& state(StateId id) const {
    return problem_.plain() ? problem_.values[id] : states_[id];
  }
  [[nodiscard]] std::size_t bytes() const;

 private:
  StateId asked(StateId state, std::uint32_t deed);
  StateId number(const model::Value& value);

  const Problem& problem_;
  const Script& script_;
  std::vector<model::Value> states_;
  std::size_t state_bytes_ = 0;
  boost::unordered_flat_map<model::Value, StateId, std::hash<model::Value>> numbers_;
  boost::unordered_flat_map<std::uint64_t, StateId> answers_;
};

}  // namespace eris::checkers::linearizability
