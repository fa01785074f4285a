// Scenarios: the plans that `eris prove` puts a system to.
//
// They are ordinary plans in ci/prove, built into the program, so that anybody can run one by hand
// (`eris sim ci/prove/raft-leases.toml`). Their first lines may say "# bugs: a, b": then the
// scenario is what a tester would set up who suspects just those, and other bugs are not looked for
// in it. A system without any gets plans made of every workload that it serves and every fault
// there is. Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"

namespace eris::cli {

struct Scenario {
  model::Plan plan;               ///< engine sim, no bug planted
  std::vector<std::string> bugs;  ///< empty: for all
};

/// Errors: usage, where a plan of ci/prove is malformed; internal, where none could be made.
[[nodiscard]] base::Result<std::vector<Scenario>> scenarios_of(const model::EntrySchema& system,
                                                               const model::Catalogue& catalogue);

/// Those that a bug is looked for in.
[[nodiscard]] std::vector<Scenario> scenarios_for(const std::vector<Scenario>& all,
                                                  const std::string& bug);

/// The text after "# KEY:" among the comments that open a plan; empty where there is none.
[[nodiscard]] std::string declared(std::string_view plan, std::string_view key);

/// Words that stand between commas.
[[nodiscard]] std::vector<std::string> listed(std::string_view text);

}  // namespace eris::cli
