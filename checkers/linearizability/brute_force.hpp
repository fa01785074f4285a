// Brute force: the slow twin that every fast algorithm is compared with.
//
// Why: it tries every order of every subset of the optional operations, straight from the
// definition (Herlihy and Wing 1990, section 2.2), and shares nothing with the fast ones but the
// sequential object. Fit for a dozen operations.
// Thread rule: pure function.
#pragma once

#include <span>
#include <vector>

#include "checkers/objects/object.hpp"
#include "harness/model/operation.hpp"

namespace eris::checkers::linearizability {

struct TimedCall {
  Call call;
  model::EventIndex invoked = 0;
  model::EventIndex completed = model::never;  ///< `never`: it may be left out
  bool operator==(const TimedCall&) const = default;
};

/// True when some order of all completed calls and any of the others respects their times and the
/// object, beginning in one of these states.
[[nodiscard]] bool brute_force_linearizable(const SequentialObject& object,
                                            std::span<const TimedCall> calls,
                                            const std::vector<model::Value>& initial_states);

}  // namespace eris::checkers::linearizability
