// exact_schedule: the injections that a run really saw, at their times, in place of the random
// faults that chose them.
//
// Why: what the seed decided cannot be taken away one by one; what is written down can.
// In virtual time the plan with this schedule mostly gives the very same run. Not always: what the
// run did one after the other at one moment, since a fault took long to begin or to end, may change
// places. So whoever shrinks asks first whether the plan still shows the finding.
// Thread rule: pure function.
#pragma once

#include "harness/model/history.hpp"
#include "harness/model/plan.hpp"

namespace eris::shrink {

/// The plan of the history with its injections as a schedule, and without random faults. Those that
/// were skipped did nothing, and are left out.
[[nodiscard]] model::Plan exact_schedule(const model::History& history);

}  // namespace eris::shrink
