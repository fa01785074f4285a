// Plan reductions: the plans that are a little smaller than a given one, the boldest cut first.
//
// Why: a finding on five nodes, ten clients and twelve faults is a riddle; the same finding on
// three nodes, two clients and one cut is an explanation. Whoever shrinks a run takes the first of
// these that still shows the finding, and asks again (Zeller and Hildebrandt 2002, in spirit).
// Invariants: every reduction is valid where the plan is, and smaller, so that taking one after
// another ends; system and planted bugs stay as they are.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/model/plan.hpp"

namespace eris::shrink {

/// What is cut down, in the order in which it pays: a shorter run makes all that follows cheaper.
enum class Part {
  quirks,
  time,
  injections,
  nodes,
  clients,
  workload,
  rate,
  delays,  ///< of the first injection: all of them earlier
  targets,
  moments
};

inline constexpr Part all_parts[] = {Part::quirks,  Part::time,     Part::injections, Part::nodes,
                                     Part::clients, Part::workload, Part::rate,       Part::delays,
                                     Part::targets, Part::moments};

/// "time limit", "injections", …
[[nodiscard]] std::string to_text(Part part);

/// A change to anything but the faults gives the run another course: the finding may then show on
/// another seed only.
[[nodiscard]] bool changes_course(Part part);

/// `workload` is the schema of the plan's own workload.
[[nodiscard]] std::vector<model::Plan> reductions(const model::Plan& plan, Part part,
                                                  const model::EntrySchema& workload);

}  // namespace eris::shrink
