// liveness: once everything has healed, a system must serve again.
//
// Why only of simulated runs: there time is virtual and nothing else takes of it, so a cluster that
// does not serve within the bound does not serve because of what it does. On a real machine the
// same may be the machine's fault; there the check `assumptions` says that it is not known. What is
// asked: after the final heal, the nodes whose disks faults have left alone are a majority (the
// core quorum; faults/core_quorum.hpp sees to it), they run, and the links between them carry. Then
// an operation must succeed within the plan's ready-timeout of the quiet period's end. A bound of
// less than ten seconds proves nothing: a clock that was set back by a few seconds may rightly hold
// everything up for that long. Thread rule: as Checker.
#pragma once

#include <memory>

#include "checkers/checker.hpp"

namespace eris::checkers {

[[nodiscard]] std::unique_ptr<Checker> make_liveness_checker();

}  // namespace eris::checkers
