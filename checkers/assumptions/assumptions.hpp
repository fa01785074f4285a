// assumptions: did the run test what its plan set out to test?
//
// Why: a checker that finds nothing wrong in a run where nothing happened says "valid" and means
// nothing. Partitions that never cut, nodes that were never killed and operations that never
// succeeded have passed broken systems for years. So this check goes with every other.
//
// The verdict is `vacuous`, with each reason named, when
//   - an operation of a function that the workload needs never succeeded;
//   - faults were planned and none took effect, by the evidence in the journal;
//   - one type of fault never took effect although others did: that part of the plan was not
//     tested, whatever the cause (no leader known, conflicts, failures). There is one exception:
//     a type that was never due, because the load ended before its first injection, is only
//     mentioned. That is a run shorter than its plan, which anyone sees from its times; but a load
//     that lasted beyond `start` + `every` with no trace of the fault counts as not tested;
//   - no operation overlapped any injection of a type of fault that took effect;
//   - the run was interrupted before any fault struck.
// It is `unknown` when something happened that no plan asks for, since silence is no success: the
// journal ends before its run (the harness was killed, the disk was full), a node exited although
// no fault had killed it, or the cluster never served again after everything had healed. Thread
// rule: as Checker.
#pragma once

#include <memory>
#include <vector>

#include "checkers/checker.hpp"
#include "harness/model/operation.hpp"

namespace eris::checkers {

/// `required`: the functions of which at least one operation must have succeeded.
[[nodiscard]] std::unique_ptr<Checker> make_assumptions_checker(
    std::vector<model::Function> required);

}  // namespace eris::checkers
