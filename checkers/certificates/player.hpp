// Player: one copy of an object that is played from its beginning, call after call.
//
// Why beside SequentialObject: a state there is a value, so that a search can keep many; each step
// of a queue copies the queue. To follow one order of a million calls takes one copy that changes
// in place. Invariant: it accepts what SequentialObject::step accepts, call for call; a test plays
// both.
// Thread rule: one owner.
#pragma once

#include <memory>

#include "checkers/objects/object.hpp"

namespace eris::checkers::certificates {

class Player {
 public:
  virtual ~Player() = default;
  /// Makes the call. False where it cannot have had its answer; then nothing may follow.
  [[nodiscard]] virtual bool play(const Call& call) = 0;
};

/// The fastest that there is for this object: whatever object it is, its own steps.
[[nodiscard]] std::unique_ptr<Player> make_player(const SequentialObject& object);

}  // namespace eris::checkers::certificates
