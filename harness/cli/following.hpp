// Following: has the online check go along with a run, and the run stopped when it finds something.
//
// Why a thread: the run loop must not wait for a check, or operations would be sent and recorded
// late. In virtual time there is nothing to wait for, and the run must be the same each time, so
// there the check is done in place.
// Invariant: what waits for the thread is bounded; where it falls behind that far, it stops and
// says so. Thread rule: made, asked and ended by the run loop's thread; has one thread of its own.
#pragma once

#include <memory>

#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"
#include "harness/run/orchestrator.hpp"

namespace eris::cli {

enum class FollowingMode { in_a_thread, in_place };

class Following {
 public:
  /// Nothing where the plan does not ask for it. Errors: usage, when what the run is held to cannot
  /// be followed.
  [[nodiscard]] static base::Result<std::unique_ptr<Following>> of(const model::Plan& plan,
                                                                   FollowingMode mode);
  virtual ~Following() = default;

  /// Lets the run tell this and ask it. This must outlive the run.
  virtual void attach(run::RunHooks& hooks) = 0;
};

}  // namespace eris::cli
