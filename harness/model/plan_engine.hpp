// A plan file for an engine that was chosen elsewhere: `eris sim` and `--engine` say what a plan
// need not say again, and its faults are held against that engine. Thread rule: pure function.
#pragma once

#include <string_view>

#include "harness/base/result.hpp"
#include "harness/model/plan.hpp"

namespace eris::model {

/// As parse_plan(), on this engine whatever the plan says; empty: as it says.
[[nodiscard]] base::Result<Plan> parse_plan_for(std::string_view engine, std::string_view toml,
                                                std::string_view file, const Catalogue& catalogue);

}  // namespace eris::model
