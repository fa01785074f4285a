// The stages of a run in which operations are sent.
// Thread rule: the owner of the RunLoop.
#pragma once

#include <optional>

#include "harness/base/time.hpp"
#include "harness/run/run_loop.hpp"

namespace eris::run {

/// Offers the workload at its rate and lets faults strike, until the time limit, an interruption,
/// or a workload that has nothing left to ask.
void load(RunLoop& loop);

/// Waits for the quiet period, then tries one operation after another, by fresh processes, until
/// one succeeds: the time of that; or nothing when none did within the plan's ready timeout.
[[nodiscard]] std::optional<base::Instant> recover(RunLoop& loop);

/// Has fresh processes do the workload's final reads. One that gets no answer is tried again a few
/// times; what stays unread is remarked.
void final_reads(RunLoop& loop);

}  // namespace eris::run
